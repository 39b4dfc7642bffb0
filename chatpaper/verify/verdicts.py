"""The judge: a model that reads each claim beside its evidence, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from chatpaper.errors import QuotaSpent, SummaryError
from chatpaper.models import (
    ModelRequest,
    NoObject,
    ParsedReply,
    Prompt,
    fenced,
    read_object,
    reply_schema,
    schema_version,
)
from chatpaper.records import Check, Claim, Finding, FindingKind, Verdict
from chatpaper.verify.lookup import PaperIndex, is_own_title
from chatpaper.verify.passages import (
    REACH,
    REACH_OF_MANY,
    REPAIR_REACH,
    ShownPassage,
    nearest_sentences,
    places_of,
    shown_passages,
)
from chatpaper.verify.printed_text import TextSpan
from chatpaper.verify.quotes import LocatedQuote

log = logging.getLogger(__name__)

MAX_REASON_CHARS = 300
# Claims that a reply leaves out are asked for once more.
ROUNDS = 2

TITLE = 0  # stands for a title among the numbers of claims, which begin with 1
Judgements = Mapping[int, "Judgement"]  # by the claim's number


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleItem:
    """A translated title that is put to the judge along with the claims.

    Attributes:
        text: The title.
        prompt: The bundled `title`, which stands behind the judge's own.
    """

    text: str
    prompt: Prompt


class Judgement(BaseModel):
    """What the judge says of one claim; a reason only where it is not supported."""

    number: Annotated[int, Field(ge=1)]
    reason: Annotated[str, Field(max_length=MAX_REASON_CHARS)] = ""
    verdict: Literal["supported", "contradicted", "unsupported"]


class JudgeReply(BaseModel):
    """One verdict a claim."""

    verdicts: Annotated[list[Judgement], Field(max_length=60)]


def judge(
    claims: Mapping[int, Claim],
    index: PaperIndex,
    *,
    answer: Callable[
        [ModelRequest, Callable[[str], ParsedReply[Judgements]]], Judgements
    ],
    paper_id: str,
    prompt: Prompt,
    model: str = "",
    title: TitleItem | None = None,
) -> Judgements:
    """Ask for verdicts on claims of one paper; ask again for those left out.

    A title goes with the claims; for it alone nothing is asked.

    Args:
        claims: By number; see `judge_request`.
        index: Of the paper.
        answer: Asks, and reads the reply with the function it is given.
        paper_id: Versioned id, for logs and errors.
        prompt: The bundled `judge`, or one with its variables.
        model: Who is asked; empty for the run's own model.
        title: The paper's translated title, if that is to be judged, too.

    Returns:
        Verdicts by number, the title's under `TITLE`; what has none is unjudged.

    Raises:
        SummaryError: There was no usable verdict at all.
        QuotaSpent: Nothing more can be asked in this run.
    """
    verdicts: dict[int, Judgement] = {}
    for _ in range(ROUNDS):
        left = {n: claim for n, claim in claims.items() if n not in verdicts}
        if not left:
            break
        asked = title if TITLE not in verdicts else None
        request = judge_request(
            left, index, paper_id=paper_id, prompt=prompt, model=model, title=asked
        )
        last = _title_number(left)
        numbers = (*left, last) if asked else tuple(left)
        try:
            given = answer(request, partial(read_verdicts, numbers=numbers))
            verdicts |= {n if n in left else TITLE: said for n, said in given.items()}
        except QuotaSpent:
            raise
        except SummaryError as error:
            if not verdicts:
                raise
            log.warning("not judged paper=%s: %s", paper_id, error.reason)
            break
    return verdicts


def judge_version(prompt: Prompt, title: Prompt) -> str:
    """Short hash of the judge's prompts, for claims and for titles, and schema."""
    return schema_version(prompt.text, JudgeReply, title.text)


def judge_request(
    claims: Mapping[int, Claim],
    index: PaperIndex,
    *,
    paper_id: str,
    prompt: Prompt,
    model: str = "",
    title: TitleItem | None = None,
) -> ModelRequest:
    """The question to the judge about some claims of one paper.

    Args:
        claims: By number, from 1. Each has a quote that was located; see `may_judge`.
        index: Of the paper.
        paper_id: Versioned id, for logs and errors.
        prompt: The bundled `judge`, or one with its variables.
        model: Who is asked; empty for the run's own model.
        title: The paper's translated title; the abstract is shown with it.

    Raises:
        PromptError: The prompt's variables are not those of `judge`.
    """
    hits = {number: located_quotes(claim, index) for number, claim in claims.items()}
    abstract = _abstract_spans(index) if title else ()
    shown = _passages_round(hits.values(), index, beside=abstract)
    lines = [f"[{stretch.label}] {stretch.text}" for stretch in shown]
    listed = [_claim_lines(n, claim, hits[n], shown) for n, claim in claims.items()]
    if title:
        number = _title_number(claims)
        listed += ["TITLE", _title_lines(number, title.text, index, abstract, shown)]
    material = "\n\n".join(["PASSAGES", *lines, "CLAIMS", *listed])
    text, fence = fenced(material, "judge")
    filled = prompt.fill(fence=fence, material=text)
    if title:
        filled = f"{filled.rstrip()}\n\n{title.prompt.fill()}"
    return ModelRequest(
        paper_id=paper_id,
        prompt=filled,
        schema=reply_schema(JudgeReply),
        model=model,
        step="later",
    )


def _passages_round(
    quotes: Iterable[Sequence[LocatedQuote]],
    index: PaperIndex,
    *,
    beside: Sequence[TextSpan] = (),
) -> tuple[ShownPassage, ...]:
    """What is shown with some claims, by the quotes of each, and what stands beside."""
    spans = [(span, 0) for span in beside]
    spans += [
        (span, REACH if len(of_claim) == 1 else REACH_OF_MANY)
        for of_claim in quotes
        for hit in of_claim
        for span in hit.spans
    ]
    return shown_passages(spans, index.printed)


def words_shown(claim: Claim, index: PaperIndex) -> str:
    """The words of the paper that a judge of this claim alone sees."""
    shown = _passages_round([located_quotes(claim, index)], index)
    return "\n\n".join(stretch.text for stretch in shown)


def may_judge(check: Check) -> bool:
    """Whether there is evidence to judge a claim by, and a claim fit to be shown."""
    form = any(finding.kind == "form" for finding in check.findings)
    return bool(check.located) and not form


def may_judge_title(title: str, check: Check, index: PaperIndex) -> bool:
    """Whether there is a translated title, fit to be shown."""
    return bool(title) and not check.findings and not is_own_title(title, index)


def located_quotes(claim: Claim, index: PaperIndex) -> list[LocatedQuote]:
    """The quotes of a claim that the paper has."""
    quotes = map(index.find, claim.evidence)
    return [quote for quote in quotes if isinstance(quote, LocatedQuote)]


def _claim_lines(
    number: int,
    claim: Claim,
    hits: Sequence[LocatedQuote],
    shown: Sequence[ShownPassage],
) -> str:
    lines = [f"{number}. {' '.join(claim.text.split())}"]
    for hit in hits:
        labels = (s.label for s in shown if any(map(s.contains, hit.spans)))
        words = " ".join(hit.words.split())
        lines.append(f'   evidence [{", ".join(labels)}]: "{words}"')
    return "\n".join(lines)


def _abstract_spans(index: PaperIndex) -> tuple[TextSpan, ...]:
    """Where the abstract is printed, or else arXiv's words of it; empty without one."""
    hit = index.find(index.printed.paper.abstract)
    return tuple(hit.spans) if isinstance(hit, LocatedQuote) else ()


def _title_number(claims: Mapping[int, Claim]) -> int:
    """What a title is numbered with behind some claims."""
    return max(claims, default=0) + 1


def _title_lines(
    number: int,
    title: str,
    index: PaperIndex,
    abstract: Sequence[TextSpan],
    shown: Sequence[ShownPassage],
) -> str:
    printed = " ".join(index.printed.paper.title.split())
    lines = [
        f"{number}. {' '.join(title.split())}",
        f'   evidence, the printed title: "{printed}"',
    ]
    labels = [s.label for s in shown if any(map(s.contains, abstract))]
    if labels:
        lines.append(f"   the abstract: [{', '.join(labels)}]")
    return "\n".join(lines)


def read_verdicts(text: str, numbers: Sequence[int]) -> ParsedReply[Judgements]:
    """The usable verdicts of a reply on the claims with these numbers.

    A verdict that is odd, of no such claim, or given twice in two ways is none.
    """
    try:
        data = read_object(text, keys=("verdicts",)).value
    except NoObject:
        return ParsedReply(value={}, worth=0, fault="the reply was not JSON")
    items = data.get("verdicts")
    verdicts: dict[int, Judgement] = {}
    odd: set[int] = set()
    for item in items if isinstance(items, list) else []:
        judgement = _judgement(item)
        if judgement is None or judgement.number not in numbers:
            continue
        before = verdicts.setdefault(judgement.number, judgement)
        if before.verdict != judgement.verdict:
            odd.add(judgement.number)
    sound = {n: j for n, j in verdicts.items() if n not in odd}
    fault = "" if sound else "the reply had no usable verdict"
    return ParsedReply(value=sound, worth=len(sound), fault=fault)


def _judgement(item: Any) -> Judgement | None:
    if not isinstance(item, dict):
        return None
    reason = item.get("reason")
    short = reason[:MAX_REASON_CHARS] if isinstance(reason, str) else ""
    try:
        return Judgement.model_validate({**item, "reason": short}, strict=True)
    except ValidationError:
        return None


def with_verdict(check: Check, judgement: Judgement | None) -> Check:
    """A look-up's check with the judge's verdict; without an answer, `unjudged`."""
    verdict: Verdict = "unjudged" if judgement is None else judgement.verdict
    findings = check.findings
    if judgement is not None and judgement.verdict != "supported":
        kind: FindingKind = judgement.verdict
        reason = judgement.reason or "the judge gave no reason"
        findings = (*findings, Finding(kind=kind, text="", reason=reason))
    return Check(places=check.places, findings=findings, verdict=verdict)


def passages_for_repair(
    faulty: Sequence[tuple[Claim, Sequence[Finding]]], index: PaperIndex
) -> str:
    """The passages of the paper that bear on faulty claims.

    These stand round each located quote, nearest to a quote that the paper does not
    have, and round a number that the claim's evidence lacks.
    """
    spans: list[TextSpan] = []
    for claim, findings in faulty:
        for quote in claim.evidence or (claim.text,):
            hit = index.find(quote)
            if isinstance(hit, LocatedQuote):
                spans += hit.spans
            else:
                spans += nearest_sentences(quote, index.printed)
        for finding in findings:
            if finding.kind == "number":
                spans += places_of(finding.text, index.printed)
    shown = shown_passages([(span, REPAIR_REACH) for span in spans], index.printed)
    return "\n\n".join(f"[{stretch.label}] {stretch.text}" for stretch in shown)
