"""Every claim of a summary, looked up in its paper by rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from chatpaper.records import (
    TRANSLATION,
    Check,
    Claim,
    Document,
    Finding,
    Paper,
    Summary,
)
from chatpaper.text import blank_formulas, compact, without_latex
from chatpaper.verify.form import check_form, check_quotation, check_repeats
from chatpaper.verify.numbers import check_numbers, counts_listed
from chatpaper.verify.printed_text import PrintedText
from chatpaper.verify.quotes import LocatedQuote, find_quote
from chatpaper.verify.translation import check_translation
from chatpaper.verify.vocabulary import Vocabulary, check_names

# Far beyond any bound of `form`: looking into endless text would delay the run.
MAX_CHARS = 1500
_HAN = re.compile(r"[\u3400-\u9fff]")


class PaperIndex:
    """What a paper prints, searchable by quote and by name.

    Attributes:
        printed: Its text, in blocks.
        vocabulary: The names in it.
    """

    def __init__(self, document: Document | None, paper: Paper) -> None:
        """Index a paper.

        Args:
            document: Of the PDF; None when only arXiv's own words are known.
            paper: arXiv's title, abstract, comment and authors count as printed.
        """
        self.printed = PrintedText(document, paper)
        self.vocabulary = Vocabulary(self.printed)
        self._quotes: dict[str, LocatedQuote | Finding] = {}

    @cached_property
    def of_head(self) -> PaperIndex:
        """Of title and abstract, which are all that a translated title may name."""
        paper = self.printed.paper
        head = Paper(id=paper.id, title=paper.title, abstract=paper.abstract)
        return PaperIndex(None, head)

    @cached_property
    def of_abstract(self) -> PaperIndex:
        """Of the abstract alone, which is all that a translation may rest on."""
        paper = self.printed.paper
        return PaperIndex(None, Paper(id=paper.id, title="", abstract=paper.abstract))

    def find(self, quote: str) -> LocatedQuote | Finding:
        """Where a quote stands, or why it is no evidence; each is searched once."""
        if quote not in self._quotes:
            self._quotes[quote] = find_quote(quote, self.printed)
        return self._quotes[quote]


def verify(
    summary: Summary, document: Document | None, *, paper: Paper, language: str = "zh"
) -> tuple[Check, ...]:
    """Index a paper, then `look_up` every claim of its summary.

    Args:
        summary: What the model says.
        document: Of the PDF; None when the summary was made from the abstract alone.
        paper: arXiv's own words count as evidence too, on page 1.
        language: What readers read.
    """
    return look_up(summary, PaperIndex(document, paper), language=language)


def look_up(
    summary: Summary, index: PaperIndex, *, language: str = "zh"
) -> tuple[Check, ...]:
    """Look every claim of a summary up in its paper: quotes, numbers, names, form.

    A claim that is nothing but a quotation (its text is its quote, and the paper has it
    letter by letter) is the paper's own word: it may be in the paper's language and
    cannot misstate a number or a name. A translation is looked up in the abstract.

    Args:
        summary: What the model says.
        index: Of the paper.
        language: What readers read.

    Returns:
        One check per claim, in order, without a verdict.
    """
    repeats = check_repeats(summary.claims)
    return tuple(
        _check(claim, index, language, more)
        for claim, more in zip(summary.claims, repeats, strict=True)
    )


def look_up_labels(
    summary: Summary, index: PaperIndex, *, language: str = "zh"
) -> Summary:
    """The summary without those keywords that have findings, or a needless title.

    A paper whose own title is in the readers' language has no other: what a model
    calls it would stand there without evidence. One whose title is in another language
    needs not the same once more.

    Args:
        summary: What the model says; keywords are checked for form and names.
        index: Of the paper.
        language: What readers read.
    """

    def is_sound(word: str) -> bool:
        findings = check_form(word, "keyword", index.printed, language=language)
        findings += check_names(word, index.vocabulary, language=language)
        return not findings

    own = index.printed.paper.title
    is_readable = bool(own) and bool(_HAN.search(own)) == (language == "zh")
    is_needed = is_readable == is_own_title(summary.title, index)
    return replace(
        summary,
        title=summary.title if is_needed else "",
        keywords=tuple(filter(is_sound, summary.keywords)),
    )


def look_up_title(title: str, index: PaperIndex, *, language: str = "zh") -> Check:
    """Look a translated title up: form, its numbers in the title, its names there too.

    A name may stand in the abstract alone, which spells out what a title cuts short.

    Args:
        title: What the model says; empty, or the paper's own, where there is none.
        index: Of the paper.
        language: What readers read.

    Returns:
        Its findings; no place, as it quotes nothing, and no verdict.
    """
    if not title:
        return Check()
    printed = index.printed
    findings = check_form(title, "title", printed, language=language)
    findings += check_names(title, index.of_head.vocabulary, language=language)
    if own := without_latex(printed.paper.title):
        # Capitals hide units: In Three Hours, A Decade of.
        findings += _lacking_numbers(title, [own, own.lower()])
    return Check(findings=tuple(findings))


def is_own_title(title: str, index: PaperIndex) -> bool:
    """Whether a title is the paper's own, letter by letter."""
    return compact(title) == compact(index.printed.paper.title)


def _check(
    claim: Claim, index: PaperIndex, language: str, repeats: list[Finding]
) -> Check:
    if len(claim.text) > MAX_CHARS:
        reason = f"more than {MAX_CHARS} characters: not looked into"
        found = Finding(kind="form", text=claim.text[:80], reason=reason)
        return Check(places=(None,) * len(claim.evidence), findings=(found,))
    translates = claim.field == TRANSLATION
    if translates:
        index = index.of_abstract
    quotes = [index.find(quote) for quote in claim.evidence]
    hits = [quote for quote in quotes if isinstance(quote, LocatedQuote)]
    findings = [quote for quote in quotes if isinstance(quote, Finding)]
    if not quotes:
        reason = "no evidence was given"
        findings.append(Finding(kind="quote", text=claim.text, reason=reason))
    if _is_quotation(claim, hits) and not translates:
        findings += check_quotation(claim.text)
    else:
        # Its formulas are held against the abstract's, sign by sign.
        text = blank_formulas(claim.text) if translates else claim.text
        findings += _number_findings(text, hits)
        findings += check_names(claim.text, index.vocabulary, language=language)
        findings += check_form(
            claim.text, claim.field, index.printed, language=language
        )
    if translates:
        findings += check_translation(claim.text, index.printed.paper.abstract)
    places = tuple(q.place if isinstance(q, LocatedQuote) else None for q in quotes)
    return Check(places=places, findings=(*findings, *repeats))


def _number_findings(text: str, hits: Sequence[LocatedQuote]) -> Iterator[Finding]:
    """Numbers that none of the claim's own located quotes has."""
    if hits:
        yield from _lacking_numbers(text, [hit.words for hit in hits])


def _lacking_numbers(text: str, sources: Sequence[str]) -> Iterator[Finding]:
    for check in check_numbers(text, sources):
        if check.found is None and not counts_listed(check, sources):
            text, reason = check.quantity.text, check.reason
            yield Finding(kind="number", text=text, reason=reason)


def _is_quotation(claim: Claim, hits: Sequence[LocatedQuote]) -> bool:
    words = compact(claim.text)
    return any(hit.is_verbatim for hit in hits) and any(
        words == compact(quote) for quote in claim.evidence
    )
