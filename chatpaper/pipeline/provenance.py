"""Who answered the calls about a paper, from what, when, and for how much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chatpaper.records import Provenance, Usage
from chatpaper.store import PaidReply
from chatpaper.summary import Basis
from chatpaper.verify import judge_version

if TYPE_CHECKING:
    from chatpaper.pipeline.drafts import SummaryWriter


def provenance_of(
    replies: Sequence[PaidReply], *, writer: SummaryWriter, basis: Basis, prompt: str
) -> Provenance:
    """The provenance of what was made of some replies, the first one's above all.

    Args:
        replies: To all calls, in order; one at least.
        writer: Who asked.
        basis: What was sent of the paper.
        prompt: Version of the prompt that the first reply answers.
    """
    judges = [reply.model for reply in replies if reply.purpose == "judge"]
    usage = sum((reply.usage for reply in replies), Usage())
    return Provenance(
        provider=writer.provider,
        model=replies[0].model,
        prompt=prompt,
        basis=basis,
        made_at=replies[0].made_at,
        calls=usage.calls,
        tokens_in=usage.tokens_in,
        tokens_out=usage.tokens_out,
        cost_usd=usage.cost_usd,
        seconds=usage.seconds,
        judge=judges[-1] if judges else "",
        judge_prompt=_judge_version(writer) if judges else "",
    )


def _judge_version(writer: SummaryWriter) -> str:
    return judge_version(writer.prompts["judge"], writer.prompts["title"])
