"""One paper's summary: drafted, looked up, judged, repaired once, judged again.

    draft_request       -> what the model is asked, or a batch is ordered with
    write_summary       -> draft -> look up -> judge -> repair -> look up -> judge

Every reply that is of use is kept by the question it answers before anything is made
of it. So a run that ends between two calls pays for none of them again, and a second
run asks nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

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
    Answers,
    Check,
    Claim,
    Provenance,
    Summary,
)
from chatpaper.store import PaidReply, Purpose, only_asker
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
    Question,
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
    if work.config.trust.repair and _needs_repair(work, summary, checks):
        summary, checks, withdrawn = _repaired(work, summary, checks)
    return JudgedSummary(
        summary=summary,
        checks=checks,
        title=title,
        provenance=provenance_of(
            work.replies,
            writer=work.writer,
            basis=basis,
            prompt=prompt,
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
        question: What the claims are to answer; None for those of a summary.
        replies: To all of them so far.
        answers: Which claims answer that, as far as the judge has said.
    """

    paper_id: str
    index: PaperIndex
    config: Config
    writer: SummaryWriter
    kept_under: str = ""
    question: Question | None = None
    replies: list[PaidReply] = field(default_factory=list)
    answers: dict[Claim, Answers] = field(default_factory=dict)

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
        if (kept := self._kept(key, read)) is not None:
            return kept
        store.check_room()
        with only_asker(store.directory, key, is_stopped=self.writer.model.is_stopped):
            # The page and a night may take up the same paper in the same second.
            if (kept := self._kept(key, read)) is not None:
                return kept
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

    def _kept(self, key: str, read: Callable[[str], ParsedReply[T]]) -> T | None:
        """What the store has of a reply, if that is of use."""
        reply = self.writer.store.reply(key)
        if reply is None or (seen := read(reply.text)).worth <= 0:
            return None
        self.replies.append(reply)
        return seen.value

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
        question=work.question,
    )
    new = list(checks)
    for number, claim in wanted.items():
        judged = verdicts.get(number)
        new[number - 1] = with_verdict(checks[number - 1], judged)
        if work.question and judged and judged.answers:
            work.answers[claim] = judged.answers
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
    indexes = _to_repair(work, summary, checks)
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


def _faulty(
    work: PaperCalls, summary: Summary, checks: Sequence[Check]
) -> dict[int, Claim]:
    """Claims with a fault that is worth mending, by index; no answer is not."""
    return {
        index: claim
        for index, claim in enumerate(summary.claims)
        if checks[index].findings and work.answers.get(claim) != "no"
    }


def _needs_repair(work: PaperCalls, summary: Summary, checks: Sequence[Check]) -> bool:
    """Whether a claim is faulty; for a translation alone nothing is paid."""
    faulty = _faulty(work, summary, checks).values()
    return any(claim.field != TRANSLATION for claim in faulty)


def _to_repair(
    work: PaperCalls, summary: Summary, checks: Sequence[Check]
) -> dict[int, int]:
    """Indexes of the claims that a repair names, by number; the gravest first."""
    faulty = [*_faulty(work, summary, checks)]
    faulty.sort(key=lambda index: -_severity(checks[index]))
    return dict(enumerate(sorted(faulty[:MAX_REPAIRS]), 1))


def _severity(check: Check) -> int:
    """2 for what is never published, 1 for what is marked, 0 for a sound claim."""
    if check.verdict in ("contradicted", "unjudged"):
        return 2
    return int(bool(check.findings))
