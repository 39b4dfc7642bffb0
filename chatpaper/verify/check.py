"""verify: every claim of a summary, looked up in the paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chatpaper.records import (
    FIELDS,
    Check,
    Claim,
    Document,
    Finding,
    FindingKind,
    Paper,
    Summary,
)
from chatpaper.verify.evidence import Evidence, Spot, compact
from chatpaper.verify.form import check_form, check_quotation, check_repeats
from chatpaper.verify.names import Vocabulary, check_names
from chatpaper.verify.numbers import NumberCheck, check_numbers
from chatpaper.verify.quotes import Hit, find_quote
from chatpaper.verify.source import SourceIndex, index_source

# Far beyond any bound of `form`: a model that runs on must not hold up the night.
MAX_CHARS = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How the claims of a summary fared.

    Attributes:
        located: Claims whose evidence stands in the paper.
        total: All claims.
        doubtful: Claims with a finding of any kind.
    """

    located: int
    total: int
    doubtful: int


@dataclass(frozen=True, slots=True)
class _Source:
    """A paper in the three forms that claims are held against."""

    evidence: Evidence
    vocabulary: Vocabulary
    numbers: SourceIndex


def verify(
    summary: Summary, document: Document | None, *, paper: Paper, language: str = "zh"
) -> tuple[Check, ...]:
    """Look every claim of a summary up in its paper: quote, numbers, names, form.

    A claim that is nothing but a quotation (its text is its quote, and the paper has it
    letter by letter) is the paper's own word: it may be in the paper's language and
    cannot misstate a number or a name.

    Args:
        summary: What the model says.
        document: Of the PDF; None when the summary was made from the abstract alone.
        paper: arXiv's title, abstract, comment and authors count as evidence too, on
            page 1.
        language: What readers read.

    Returns:
        One check per claim, in order.
    """
    evidence = Evidence(document, paper)
    source = _Source(
        evidence=evidence,
        vocabulary=Vocabulary(evidence),
        numbers=index_source((piece.text, piece.section) for piece in evidence.pieces),
    )
    repeats = _repeats(summary.claims)
    return tuple(
        _check(claim, source, language, more)
        for claim, more in zip(summary.claims, repeats, strict=True)
    )


def verify_title(
    summary: Summary, document: Document | None, *, paper: Paper, language: str = "zh"
) -> tuple[Finding, ...]:
    """Look at a summary's title and keywords: form and names.

    Args:
        summary: What the model says; an empty title is no finding.
        document: Of the PDF, if any.
        paper: As in `verify`.
        language: What readers read.
    """
    return tuple(
        finding
        for _, _, findings in _labels(summary, document, paper, language)
        for finding in findings
    )


def keep_sound_labels(
    summary: Summary, document: Document | None, *, paper: Paper, language: str = "zh"
) -> Summary:
    """The summary without its title, or without those keywords, that have findings.

    Args:
        summary: What the model says.
        document: Of the PDF, if any.
        paper: As in `verify`.
        language: What readers read.
    """
    sound = [
        (slot, text)
        for slot, text, findings in _labels(summary, document, paper, language)
        if not findings
    ]
    return replace(
        summary,
        title="".join(text for slot, text in sound if slot == "title"),
        keywords=tuple(text for slot, text in sound if slot == "keyword"),
    )


def _labels(
    summary: Summary, document: Document | None, paper: Paper, language: str
) -> Iterator[tuple[str, str, list[Finding]]]:
    evidence = Evidence(document, paper)
    vocabulary = Vocabulary(evidence)
    slots = [("title", summary.title)] if summary.title else []
    for slot, text in [*slots, *(("keyword", word) for word in summary.keywords)]:
        findings = check_form(text, slot, evidence, language=language)
        findings += check_names(text, vocabulary, language=language)
        yield slot, text, findings


def describe(checks: Sequence[Check]) -> Tally:
    """Count for the reader's line 「核查：14/15 条在原文定位，1 条存疑」."""
    return Tally(
        located=sum(check.place is not None for check in checks),
        total=len(checks),
        doubtful=sum(bool(check.findings) for check in checks),
    )


def _check(
    claim: Claim, source: _Source, language: str, repeats: list[Finding]
) -> Check:
    if len(claim.text) > MAX_CHARS:
        reason = f"more than {MAX_CHARS} characters: not looked into"
        return Check(
            findings=(Finding(kind="form", text=claim.text[:80], reason=reason),)
        )
    if claim.quote.strip():
        quote = find_quote(claim.quote, source.evidence)
    else:
        quote = Finding(kind="quote", text=claim.text, reason="no evidence was given")
    if isinstance(quote, Finding):
        place, findings = None, [quote]
    else:
        place, findings = quote.place, []
    if isinstance(quote, Hit) and quote.is_verbatim and _is_quotation(claim):
        findings += check_quotation(claim.text)
    else:
        # Only the paper's own words may say what a number is said of.
        evidence = quote.words if isinstance(quote, Hit) else ""
        findings += _number_findings(claim.text, source, evidence)
        findings += check_names(claim.text, source.vocabulary, language=language)
        findings += check_form(
            claim.text, claim.field, source.evidence, language=language
        )
    return Check(place=place, findings=(*findings, *repeats))


def _number_findings(text: str, source: _Source, evidence: str) -> Iterator[Finding]:
    for check in check_numbers(text, source.numbers, evidence):
        if check.status != "supported":
            yield Finding(
                kind=_number_kind(check),
                text=check.quantity.text,
                reason=check.reason,
                found=check.found,
                page=_page(check, source.evidence),
            )


def _number_kind(check: NumberCheck) -> FindingKind:
    if check.status == "contradicted":
        return "contradicted"
    return "misattributed" if check.misattributed else "number"


def _page(check: NumberCheck, evidence: Evidence) -> int | None:
    if check.passage < 0:
        return None
    piece = evidence.pieces[check.passage]
    return Spot(piece=piece, start=check.offset, end=check.offset + 1).page


def _is_quotation(claim: Claim) -> bool:
    return compact(claim.text) == compact(claim.quote)


def _repeats(claims: Sequence[Claim]) -> list[list[Finding]]:
    findings: list[list[Finding]] = [[] for _ in claims]
    for field in FIELDS:
        nths = [nth for nth, claim in enumerate(claims) if claim.field == field]
        for nth, found in zip(
            nths, check_repeats([claims[nth].text for nth in nths]), strict=True
        ):
            findings[nth] = found
    return findings
