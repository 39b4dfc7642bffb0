"""A question to one paper, answered by claims.

    answer -> look up -> judge -> repair -> look up -> judge

The judge also says which claims answer the question. The replies are kept by the
question that they answer, as those of a summary are: to ask again costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from chatpaper.config import Config
from chatpaper.errors import ConfigError
from chatpaper.pipeline.asking import choose_provider
from chatpaper.pipeline.assembly import Tools
from chatpaper.pipeline.digest import with_printed_facts
from chatpaper.pipeline.drafts import SummaryWriter
from chatpaper.pipeline.provenance import provenance_of
from chatpaper.pipeline.publishable import publishable_claims
from chatpaper.pipeline.summaries import (
    JudgedSummary,
    PaperCalls,
    checked_summary,
)
from chatpaper.posts import shown_claims
from chatpaper.reading import parse_document
from chatpaper.records import (
    Answers,
    Check,
    Claim,
    Digest,
    Document,
    Paper,
    Summary,
)
from chatpaper.store import ASKED
from chatpaper.summary import answer_request, answer_version, read_answer, read_question
from chatpaper.verify import PaperIndex, Question
from chatpaper.workers import result_of

# What answers more comes first; what nobody judged may answer all of it.
_ORDER: dict[Answers | None, int] = {"fully": 0, None: 1, "partly": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFound:
    """What a paper answers.

    Attributes:
        digest: The paper, and the claims that answer and may be shown, with their
            checks. `summary` is None where nothing was said that answers the question;
            it has no claims where nothing that may answer it passed the checks.
        answers: How each of these claims answers; None where nobody judged.
        beside: What was said, too: it holds, but does not answer.
    """

    digest: Digest
    answers: tuple[Answers | None, ...] = ()
    beside: Digest | None = None


def answer_question(
    paper: Paper, document: Document, question: str, config: Config, tools: Tools
) -> AnswerFound:
    """Answer a question by claims that the paper bears out.

    Args:
        paper: Which.
        document: Of its PDF.
        question: Somebody's; it is bounded and cleaned here.
        config: Language, who judges, and what becomes of unsupported claims.
        tools: Model and store.

    Raises:
        ConfigError: The question is empty or too long, or there is no model.
        QuotaSpent: The budget or the quota does not allow the calls.
        SummaryError: There was no usable reply, or no verdict.
    """
    asked = read_question(question)
    writer = _model_of(tools, config)
    paper = with_printed_facts(paper, document)
    language = config.output.language
    request, text = answer_request(
        paper,
        document,
        asked,
        prompt=writer.prompts["answer"],
        language=language,
        max_chars=config.llm.max_input_chars,
    )
    calls = calls_about(
        paper,
        PaperIndex(document, paper),
        config,
        writer,
        question=Question(text=asked, prompt=writer.prompts["relevance"]),
    )
    claims = calls.ask("answer", request, read_answer)
    version = answer_version(writer.prompts["answer"], language)
    digest = Digest(paper=paper, page_count=document.page_count, hidden=document.hidden)
    if not claims:
        made = provenance_of(
            calls.replies, writer=writer, basis=text.basis, prompt=version
        )
        return AnswerFound(digest=replace(digest, provenance=made))
    judged = checked_summary(
        calls, Summary(claims=claims), basis=text.basis, prompt=version
    )
    summary, checks, removed = publishable_claims(judged, config.trust.unsupported)
    digest = replace(
        digest,
        summary=summary,
        checks=checks,
        removed=removed,
        provenance=judged.provenance,
    )
    return _told_apart(_grounded(digest), judged, calls)


def _grounded(digest: Digest) -> Digest:
    """Without claims that no post may print, or that rest on no words of the paper.

    A post marks the latter. An answer is of somebody who may have been talked into it,
    and has nothing that the paper does not have.
    """
    assert digest.summary is not None
    shown = shown_claims(digest)
    kept = [checked for checked in shown if checked.check.located]
    gone = digest.removed
    return replace(
        digest,
        summary=replace(digest.summary, claims=tuple(c.claim for c in kept)),
        checks=tuple(checked.check for checked in kept),
        removed=replace(
            gone,
            form=gone.form + len(digest.summary.claims) - len(shown),
            unsupported=gone.unsupported + len(shown) - len(kept),
        ),
    )


def _told_apart(
    digest: Digest, judged: JudgedSummary, calls: PaperCalls
) -> AnswerFound:
    """What answers, and what holds beside it.

    Whether a claim answers is as much a model's word as whether it holds. So a claim
    that does not is shown apart, and what has a fault, too, is left out.
    """
    assert digest.summary is not None

    def answers(claim: Claim) -> Answers | None:
        return calls.answers.get(claim)

    pairs = [*zip(digest.summary.claims, digest.checks, strict=True)]
    answering = [pair for pair in pairs if answers(pair[0]) != "no"]
    answering.sort(key=lambda pair: _ORDER[answers(pair[0])])
    others = [pair for pair in pairs if answers(pair[0]) == "no"]
    sound = [(claim, check) for claim, check in others if not check.findings]
    # What was lost might have answered, as far as anybody knows.
    said = [*calls.answers.values(), *map(answers, judged.summary.claims)]
    is_lost = bool(judged.withdrawn) or any(each != "no" for each in said)
    gone = len(others) - len(sound)
    removed = replace(digest.removed, unsupported=digest.removed.unsupported + gone)
    found = replace(_with_claims(digest, answering), removed=removed)
    return AnswerFound(
        digest=found if answering or is_lost else replace(found, summary=None),
        answers=tuple(answers(claim) for claim, _ in answering),
        beside=_with_claims(digest, sound) if sound else None,
    )


def _with_claims(digest: Digest, pairs: list[tuple[Claim, Check]]) -> Digest:
    return replace(
        digest,
        summary=Summary(claims=tuple(claim for claim, _ in pairs)),
        checks=tuple(check for _, check in pairs),
    )


# --------------------------------------------------------------------------------------
# Who is asked.


def _model_of(tools: Tools, config: Config) -> SummaryWriter:
    """The language model that a question needs.

    Raises:
        ConfigError: There is none, with the way to have one.
    """
    if isinstance(tools.writer, SummaryWriter):
        return tools.writer
    need = "to ask a paper takes a language model"
    if config.llm.provider == "auto":
        choose_provider(config.llm, None, need=need)
    raise ConfigError("llm.provider", f"it is {tools.writer.name}: {need}")


def calls_about(
    paper: Paper,
    index: PaperIndex,
    config: Config,
    writer: SummaryWriter,
    *,
    question: Question | None = None,
) -> PaperCalls:
    """Calls for what somebody asks about a paper; its summary knows nothing of them."""
    name = paper.versioned_id
    kept_under = f"{ASKED}{name}"
    return PaperCalls(
        name, index, config, writer, kept_under=kept_under, question=question
    )


def document_of(paper: Paper, pdf: Path, config: Config, tools: Tools) -> Document:
    """A paper's PDF, read in a worker.

    Raises:
        DocumentError: It cannot be read, or its worker was lost.
    """
    tools.controls.watch(paper.versioned_id, "read")
    future = tools.readers.submit(
        parse_document, paper.versioned_id, pdf, max_pages=config.reading.max_pages
    )
    return result_of(future, paper.versioned_id)
