"""One paper's summary: drafted, looked up, judged, repaired once, judged again.

Every reply that is of use is kept by the question it answers before anything is made
of it. So a run that ends between two calls pays for none of them again, and a second
run asks nothing.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Literal, Protocol, TypeVar

from chatpaper.errors import QuotaSpent, SummaryError
from chatpaper.models import (
    Model,
    ModelRequest,
    ParsedReply,
    Prompt,
    Step,
    ask,
)
from chatpaper.records import Check, Claim, Document, Paper, Provenance, Summary, Usage
from chatpaper.store import PaidReply, Purpose, Store
from chatpaper.summary import (
    Basis,
    FaultyClaim,
    prompt_version,
    read_repair,
    read_summary,
    repair_request,
    replacement_claims,
    summary_request,
)
from chatpaper.verify import (
    PaperIndex,
    judge,
    judge_version,
    look_up,
    look_up_labels,
    may_judge,
    passages_for_repair,
    with_verdict,
)

log = logging.getLogger(__name__)

T = TypeVar("T")
# A repair names no more claims than this: with more, the draft itself is no good.
MAX_REPAIRS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarySettings:
    """How summaries are made.

    Attributes:
        model_name: As asked for; part of what a kept reply is found by.
        summary_prompt, judge_prompt, repair_prompt: Of the model calls.
        language: Of the digest.
        max_input_chars: Of the paper's text that the model gets.
        judge: Whether a model judges each claim against its evidence.
        judge_model: Another model for that; empty for the same.
        repair: Whether faulty claims go back to the model, once.
    """

    model_name: str
    summary_prompt: Prompt
    judge_prompt: Prompt
    repair_prompt: Prompt
    language: Literal["zh", "en"] = "zh"
    max_input_chars: int = 120_000
    judge: bool = True
    judge_model: str = ""
    repair: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Summarized:
    """A summary with everything that is known of it.

    Attributes:
        summary: Every claim of it, sound or not; of title and keywords the sound ones.
        checks: One per claim.
        provenance: Who wrote and judged it, and at what price.
        withdrawn: Checks of claims that the repair took back.
    """

    summary: Summary
    checks: tuple[Check, ...]
    provenance: Provenance
    withdrawn: tuple[Check, ...] = ()


class ComesByBatch(Exception):
    """The draft is ordered, and comes with a batch."""


class Orders(Protocol):
    """Who orders drafts by batch."""

    def take(self, request: ModelRequest, *, key: str) -> bool:
        """Whether the draft comes by batch; False leaves it to a single call."""
        ...


class Summarizer:
    """Makes summaries; one instance serves many threads."""

    def __init__(
        self,
        settings: SummarySettings,
        *,
        model: Model,
        store: Store,
        now: Callable[[], datetime],
        orders: Orders | None = None,
    ) -> None:
        """Make a summarizer that asks `model` and keeps its replies in `store`.

        With `orders`, only drafts that it does not take are asked of the model.
        """
        self._settings = settings
        self._orders = orders
        self._model = model
        self._store = store
        self._now = now

    def summary(self, paper: Paper, document: Document) -> Summarized:
        """A paper's summary, from kept replies as far as there are any.

        Raises:
            ComesByBatch: The draft comes with a batch.
            QuotaSpent: It must wait for a later run; what was paid for is kept.
            SummaryError: It could not be made, or not judged.
        """
        work = _Work(paper, document, self._settings, self._answer)
        request, basis = work.draft_request()
        key = self._key(request)
        bought = self._orders is None or self._store.reply(key) is not None
        if not bought and self._orders and self._orders.take(request, key=key):
            raise ComesByBatch
        return work.run(request, basis)

    def forget(self, paper: Paper) -> None:
        """Let a later run ask anew for a paper of whose summary nothing was left."""
        self._store.forget_replies(paper.versioned_id)

    def _key(self, request: ModelRequest) -> str:
        return reply_key(request, self._settings.model_name)

    def _answer(
        self,
        purpose: Purpose,
        request: ModelRequest,
        read: Callable[[str], ParsedReply[T]],
    ) -> tuple[T, PaidReply]:
        """A reply from the store, or from the model; kept when it is new."""
        key = self._key(request)
        kept = self._store.reply(key)
        if kept is not None and (seen := read(kept.text)).worth > 0:
            return seen.value, kept
        # A repair is a second chance already.
        tries = 1 if purpose == "repair" else 2
        answer = ask(self._model, request, read, tries=tries)
        kept = PaidReply(
            paper_id=request.paper_id,
            purpose=purpose,
            made_at=self._now(),
            text=answer.text,
            model=answer.model,
            usage=answer.usage,
        )
        self._store.keep_reply(key, kept)
        log.info(
            "%s paper=%s seconds=%.1f tokens_in=%d tokens_out=%d",
            purpose,
            request.paper_id,
            answer.usage.seconds,
            answer.usage.tokens_in,
            answer.usage.tokens_out,
        )
        return answer.value, kept


def reply_key(request: ModelRequest, model_name: str) -> str:
    """What a reply is kept by: all that was asked, and of whom."""
    asked = json.dumps(
        [
            request.paper_id,
            request.model or model_name,
            request.prompt,
            request.schema,
        ],
        sort_keys=True,
    )
    return hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest()


class _Ask(Protocol):
    def __call__(
        self,
        purpose: Purpose,
        request: ModelRequest,
        read: Callable[[str], ParsedReply[T]],
    ) -> tuple[T, PaidReply]: ...


class _Work:
    """What the calls for one paper share: its index, and what they have cost."""

    def __init__(
        self, paper: Paper, document: Document, settings: SummarySettings, ask: _Ask
    ) -> None:
        self._paper, self._document = paper, document
        self._settings = settings
        self._ask = ask
        self._index = PaperIndex(document, paper)
        self._replies: list[PaidReply] = []

    def draft_request(self) -> tuple[ModelRequest, Basis]:
        request, text = summary_request(
            self._paper,
            self._document,
            prompt=self._settings.summary_prompt,
            language=self._settings.language,
            max_chars=self._settings.max_input_chars,
        )
        step: Step = "first" if self._settings.judge else "only"
        return replace(request, step=step), text.basis

    def run(self, request: ModelRequest, basis: Basis) -> Summarized:
        summary: Summary = self._answer("draft", request, read_summary)
        language = self._settings.language
        summary = look_up_labels(summary, self._index, language=language)
        checks = look_up(summary, self._index, language=language)
        checks = self._judged(summary, checks, range(len(checks)))
        withdrawn: tuple[Check, ...] = ()
        if self._settings.repair and any(check.findings for check in checks):
            summary, checks, withdrawn = self._repaired(summary, checks)
        return Summarized(
            summary=summary,
            checks=checks,
            provenance=self._provenance(basis),
            withdrawn=withdrawn,
        )

    # ------------------------------------------------------------ judging

    def _judged(
        self, summary: Summary, checks: Sequence[Check], indexes: Sequence[int]
    ) -> tuple[Check, ...]:
        """The checks with verdicts for some claims; what was not judged is marked so.

        Raises:
            SummaryError: The judge gave no verdict at all.
        """
        if not self._settings.judge:
            return tuple(checks)
        wanted = {
            index + 1: summary.claims[index]
            for index in indexes
            if may_judge(checks[index])
        }
        verdicts = judge(
            wanted,
            self._index,
            answer=partial(self._answer, "judge"),
            paper_id=self._paper.versioned_id,
            prompt=self._settings.judge_prompt,
            model=self._settings.judge_model,
        )
        new = list(checks)
        for number in wanted:
            new[number - 1] = with_verdict(checks[number - 1], verdicts.get(number))
        return tuple(new)

    # ------------------------------------------------------------ repairing

    def _repaired(
        self, summary: Summary, checks: tuple[Check, ...]
    ) -> tuple[Summary, tuple[Check, ...], tuple[Check, ...]]:
        """The summary after its one repair; a claim that is no better stays as it was.

        A repair that fails for good leaves the draft, whose faults are marked.

        Raises:
            QuotaSpent: The repair must wait for a later run.
        """
        paper_id = self._paper.versioned_id
        indexes = _to_repair(checks)
        faulty = {
            number: FaultyClaim(claim=summary.claims[i], findings=checks[i].findings)
            for number, i in indexes.items()
        }
        request = repair_request(
            faulty,
            passages_for_repair(
                [(item.claim, item.findings) for item in faulty.values()], self._index
            ),
            paper_id=paper_id,
            prompt=self._settings.repair_prompt,
            language=self._settings.language,
        )
        try:
            replacements = self._answer("repair", request, read_repair)
            new = replacement_claims(summary, indexes, replacements)
            return self._better(summary, checks, new)
        except QuotaSpent:
            raise
        except SummaryError as error:
            log.warning("not repaired paper=%s: %s", paper_id, error.reason)
            return summary, checks, ()

    def _better(
        self,
        summary: Summary,
        checks: tuple[Check, ...],
        new: Mapping[int, Claim | None],
    ) -> tuple[Summary, tuple[Check, ...], tuple[Check, ...]]:
        """Each new claim where it is no worse than the old; what was withdrawn is out.

        Only the new claims are judged.
        """
        tried = [new.get(n) or claim for n, claim in enumerate(summary.claims)]
        candidate = replace(summary, claims=tuple(tried))
        again = look_up(candidate, self._index, language=self._settings.language)
        fresh = [index for index, claim in new.items() if claim is not None]
        again = self._judged(candidate, again, fresh)
        kept: list[tuple[Claim, Check]] = []
        for index, pair in enumerate(zip(summary.claims, checks, strict=True)):
            if index not in new:
                kept.append(pair)
            elif new[index] is not None:
                fits = _severity(again[index]) <= _severity(checks[index])
                kept.append((tried[index], again[index]) if fits else pair)
        withdrawn = tuple(checks[n] for n, claim in new.items() if claim is None)
        summary = replace(summary, claims=tuple(claim for claim, _ in kept))
        return summary, tuple(check for _, check in kept), withdrawn

    # ------------------------------------------------------------ who, and for how much

    def _answer(
        self,
        purpose: Purpose,
        request: ModelRequest,
        read: Callable[[str], ParsedReply[T]],
    ) -> T:
        value, kept = self._ask(purpose, request, read)
        self._replies.append(kept)
        return value

    def _provenance(self, basis: Basis) -> Provenance:
        settings = self._settings
        judges = [reply.model for reply in self._replies if reply.purpose == "judge"]
        usage = sum((reply.usage for reply in self._replies), Usage())
        return Provenance(
            provider="gemini",
            model=self._replies[0].model,
            prompt=prompt_version(settings.summary_prompt, settings.language),
            basis=basis,
            made_at=self._replies[0].made_at,
            calls=usage.calls,
            tokens_in=usage.tokens_in,
            tokens_out=usage.tokens_out,
            cost_usd=usage.cost_usd,
            seconds=usage.seconds,
            judge=judges[-1] if judges else "",
            judge_prompt=judge_version(settings.judge_prompt) if judges else "",
        )


def _to_repair(checks: Sequence[Check]) -> dict[int, int]:
    """Indexes of the claims that a repair names, by number; the gravest first."""
    faulty = [index for index, check in enumerate(checks) if check.findings]
    faulty.sort(key=lambda index: -_severity(checks[index]))
    return dict(enumerate(sorted(faulty[:MAX_REPAIRS]), 1))


def _severity(check: Check) -> int:
    """2 for what is never published, 1 for what is marked, 0 for a sound claim."""
    if check.verdict in ("contradicted", "unjudged"):
        return 2
    return int(bool(check.findings))
