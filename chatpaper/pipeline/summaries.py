"""One paper's summary: drafted, looked up, judged, repaired once, judged again.

    draft_request       -> what the model is asked, or a batch is ordered with
    write_summary       -> draft -> look up -> judge -> repair -> look up -> judge
    publishable_claims  -> what of it may be shown

Every reply that is of use is kept by the question it answers before anything is made
of it. So a run that ends between two calls pays for none of them again, and a second
run asks nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal, TypeVar

from chatpaper.config import Config
from chatpaper.errors import QuotaSpent, SummaryError
from chatpaper.models import (
    Answer,
    ModelReply,
    ModelRequest,
    ParsedReply,
    ask,
)
from chatpaper.pipeline.drafts import DraftRequest, SummaryWriter, reply_key
from chatpaper.pipeline.provenance import provenance_of
from chatpaper.records import (
    TRANSLATION,
    Check,
    Claim,
    Provenance,
    Removed,
    Summary,
)
from chatpaper.store import PaidReply, Purpose
from chatpaper.summary import (
    Basis,
    FaultyClaim,
    prompt_version,
    read_repair,
    read_summary,
    repair_request,
    replacement_claims,
    with_translation,
)
from chatpaper.verify import (
    TITLE,
    PaperIndex,
    TitleItem,
    judge,
    look_up,
    look_up_labels,
    look_up_title,
    may_judge,
    may_judge_title,
    passages_for_repair,
    with_verdict,
)

log = logging.getLogger(__name__)

T = TypeVar("T")
# A repair names no more claims than this: with more, the draft itself is no good.
MAX_REPAIRS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSummary:
    """A summary with everything that is known of it.

    Attributes:
        summary: Every claim of it and its title, sound or not; the sound keywords.
        checks: One per claim.
        title: What was found out about the title; None where nobody looked.
        provenance: Who wrote and judged it, and at what price.
        withdrawn: Checks of claims that the repair took back.
    """

    summary: Summary
    checks: tuple[Check, ...]
    title: Check | None = None
    provenance: Provenance
    withdrawn: tuple[Check, ...] = ()


def write_summary(
    draft: DraftRequest, index: PaperIndex, config: Config, writer: SummaryWriter
) -> JudgedSummary:
    """A paper's summary, from kept replies as far as there are any.

    Args:
        draft: From `draft_request`.
        index: Of the paper; claims are looked up in it.
        config: Language, and who judges and repairs.
        writer: Writes, judges and repairs.

    Raises:
        QuotaSpent: It must wait for a later run; what was paid for is kept.
        SummaryError: It could not be made, or not judged.
    """
    begun = writer.store.reply(draft.key) is not None
    with writer.model.paper(draft.request.paper_id, begun=begun):
        return _written(draft, index, config, writer)


def _written(
    draft: DraftRequest, index: PaperIndex, config: Config, writer: SummaryWriter
) -> JudgedSummary:
    work = PaperCalls(draft.request.paper_id, index, config, writer)
    language = config.output.language
    summary = work.ask("draft", draft.request, read_summary)
    summary = with_translation(summary, draft.abstract)
    summary = look_up_labels(summary, index, language=language)
    translation = writer.prompts["translation"] if draft.abstract else None
    prompt = prompt_version(
        writer.prompts["summary"], language, translation=translation
    )
    return checked_summary(work, summary, basis=draft.basis, prompt=prompt)


def checked_summary(
    work: PaperCalls, summary: Summary, *, basis: Basis, prompt: str
) -> JudgedSummary:
    """Look up, judge, repair and judge again what a model has said of a paper.

    Args:
        work: The calls for it so far; the judge and the repair are asked by it, too.
        summary: What was said.
        basis: What it was made from.
        prompt: Version of the prompt that it answers.

    Raises:
        QuotaSpent, SummaryError: As for `write_summary`.
    """
    language = work.config.output.language
    checks = look_up(summary, work.index, language=language)
    found = look_up_title(summary.title, work.index, language=language)
    checks, title = _judged(work, summary, checks, range(len(checks)), title=found)
    withdrawn: tuple[Check, ...] = ()
    if work.config.trust.repair and _needs_repair(summary, checks):
        summary, checks, withdrawn = _repaired(work, summary, checks)
    return JudgedSummary(
        summary=summary,
        checks=checks,
        title=title,
        provenance=provenance_of(
            work.replies, writer=work.writer, basis=basis, prompt=prompt
        ),
        withdrawn=withdrawn,
    )


@dataclass(frozen=True, slots=True)
class PaperCalls:
    """What the calls for one paper share.

    Attributes:
        paper_id, index: Of the paper; its id with the version.
        config: Who is asked, and in which language.
        writer: Asks, and keeps what it is told.
        kept_under: What replies are kept under; by default the paper's id.
        replies: To all of them so far.
    """

    paper_id: str
    index: PaperIndex
    config: Config
    writer: SummaryWriter
    kept_under: str = ""
    replies: list[PaidReply] = field(default_factory=list)

    def ask(
        self,
        purpose: Purpose,
        request: ModelRequest,
        read: Callable[[str], ParsedReply[T]],
    ) -> T:
        """A reply from the store, or else from the model, which is then stored."""
        store = self.writer.store
        self.writer.watch(request.paper_id, purpose)
        key = reply_key(request, self.config.llm.model)
        reply = store.reply(key)
        if reply is not None and (seen := read(reply.text)).worth > 0:
            self.replies.append(reply)
            return seen.value
        store.check_room()
        # A repair is a second chance already.
        tries = 1 if purpose == "repair" else 2
        answer = ask(
            self.writer.model,
            request,
            read,
            tries=tries,
            # Once our own code is repaired, it is not paid for again.
            unread=lambda said: store.keep_reply(key, self._paid(purpose, said)),
        )
        reply = self._paid(purpose, answer)
        store.keep_reply(key, reply)
        self.replies.append(reply)
        log.info(
            "%s paper=%s seconds=%.1f tokens_in=%d tokens_out=%d",
            purpose,
            request.paper_id,
            answer.usage.seconds,
            answer.usage.tokens_in,
            answer.usage.tokens_out,
        )
        return answer.value

    def _paid(self, purpose: Purpose, said: ModelReply | Answer[T]) -> PaidReply:
        return PaidReply(
            paper_id=self.kept_under or self.paper_id,
            purpose=purpose,
            made_at=self.writer.now(),
            text=said.text,
            model=said.model,
            usage=said.usage,
        )


# --------------------------------------------------------------------------------------
# Judging: a model says of each claim whether its evidence bears it out.


def _judged(
    work: PaperCalls,
    summary: Summary,
    checks: Sequence[Check],
    indexes: Sequence[int],
    *,
    title: Check | None = None,
) -> tuple[tuple[Check, ...], Check | None]:
    """The checks with verdicts for some claims; what was not judged is marked so.

    The check of a title gets one, too; it goes to the judge along with the claims.

    Raises:
        SummaryError: The judge gave no verdict at all.
    """
    if not work.config.trust.judge:
        return tuple(checks), title
    wanted = {
        index + 1: summary.claims[index]
        for index in indexes
        if may_judge(checks[index])
    }
    titled = None
    if title and may_judge_title(summary.title, title, work.index):
        titled = TitleItem(text=summary.title, prompt=work.writer.prompts["title"])
    verdicts = judge(
        wanted,
        work.index,
        answer=partial(work.ask, "judge"),
        paper_id=work.paper_id,
        prompt=work.writer.prompts["judge"],
        model=work.config.judge_model,
        title=titled,
    )
    new = list(checks)
    for number in wanted:
        new[number - 1] = with_verdict(checks[number - 1], verdicts.get(number))
    if title and titled:
        title = with_verdict(title, verdicts.get(TITLE))
    return tuple(new), title


# --------------------------------------------------------------------------------------
# Repairing: faulty claims go back to the model, once.


def _repaired(
    work: PaperCalls, summary: Summary, checks: tuple[Check, ...]
) -> tuple[Summary, tuple[Check, ...], tuple[Check, ...]]:
    """The summary after its one repair; a claim that is no better stays as it was.

    A repair that fails for good leaves the draft, whose faults are marked.

    Raises:
        QuotaSpent: The repair must wait for a later run.
    """
    indexes = _to_repair(checks)
    faulty = {
        number: FaultyClaim(claim=summary.claims[i], findings=checks[i].findings)
        for number, i in indexes.items()
    }
    request = repair_request(
        faulty,
        passages_for_repair(
            [(item.claim, item.findings) for item in faulty.values()], work.index
        ),
        paper_id=work.paper_id,
        prompt=work.writer.prompts["repair"],
        language=work.config.output.language,
        translation=work.writer.prompts["translation"],
    )
    try:
        replacements = work.ask("repair", request, read_repair)
        new = replacement_claims(summary, indexes, replacements)
        return _better(work, summary, checks, new)
    except QuotaSpent:
        raise
    except SummaryError as error:
        log.warning("not repaired paper=%s: %s", work.paper_id, error.reason)
        return summary, checks, ()


def _better(
    work: PaperCalls,
    summary: Summary,
    checks: tuple[Check, ...],
    new: Mapping[int, Claim | None],
) -> tuple[Summary, tuple[Check, ...], tuple[Check, ...]]:
    """Each new claim where it is no worse than the old; what was withdrawn is out.

    Only the new claims are judged.
    """
    tried = [new.get(n) or claim for n, claim in enumerate(summary.claims)]
    candidate = replace(summary, claims=tuple(tried))
    again = look_up(candidate, work.index, language=work.config.output.language)
    fresh = [index for index, claim in new.items() if claim is not None]
    again, _ = _judged(work, candidate, again, fresh)
    best: list[tuple[Claim, Check]] = []
    for index, pair in enumerate(zip(summary.claims, checks, strict=True)):
        if index not in new:
            best.append(pair)
        elif new[index] is not None:
            fits = _severity(again[index]) <= _severity(checks[index])
            best.append((tried[index], again[index]) if fits else pair)
    withdrawn = tuple(checks[n] for n, claim in new.items() if claim is None)
    summary = replace(summary, claims=tuple(claim for claim, _ in best))
    return summary, tuple(check for _, check in best), withdrawn


def _needs_repair(summary: Summary, checks: Sequence[Check]) -> bool:
    """Whether a claim is faulty; for a translation alone nothing is paid."""
    pairs = zip(summary.claims, checks, strict=True)
    return any(check.findings and claim.field != TRANSLATION for claim, check in pairs)


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


# --------------------------------------------------------------------------------------
# What of it may be shown.


def publishable_claims(
    made: JudgedSummary, unsupported: Literal["mark", "drop"]
) -> tuple[Summary, tuple[Check, ...], Removed]:
    """What may be shown of claims and title, the checks, and counts of what may not.

    What the paper contradicts, what the judge gave no verdict on, and wording that is
    not for readers is never shown; what the evidence does not bear out as configured.
    A translation has no place for a mark, and none without a claim beside it; nor has
    a title.
    """
    shown: list[int] = []
    counts = {"contradicted": 0, "unsupported": 0, "unjudged": 0, "form": 0}
    for index, check in enumerate(made.checks):
        kinds = {finding.kind for finding in check.findings}
        translates = made.summary.claims[index].field == TRANSLATION
        if translates and not made.summary.claims[index].text:
            continue  # the model gave none: nothing was left out
        if check.verdict in ("contradicted", "unjudged"):
            counts[check.verdict] += 1
        elif "form" in kinds:
            counts["form"] += 1
        elif kinds and (translates or unsupported == "drop"):
            counts["unsupported"] += 1
        else:
            shown.append(index)
    if {made.summary.claims[index].field for index in shown} == {TRANSLATION}:
        shown = []
    counts["contradicted"] += sum(c.verdict == "contradicted" for c in made.withdrawn)
    title = made.title or Check()
    counts["title"] = int(title.verdict == "unjudged" or bool(title.findings))
    summary = replace(
        made.summary,
        title="" if counts["title"] else made.summary.title,
        claims=tuple(made.summary.claims[index] for index in shown),
    )
    return summary, tuple(made.checks[index] for index in shown), Removed(**counts)
