"""Claims of a digest as plain values: what is stated, on which words, how sure."""

from __future__ import annotations

from dataclasses import dataclass

from chatpaper.records import Answers, Check, Claim, Digest, Paper, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """Words of the paper that a claim rests on.

    Attributes:
        words: As the paper has them; untrusted.
        page: From 1.
        section: Title of the section, empty for captions and notes; untrusted.
        url: Of the page, None for a paper without an address.
    """

    words: str
    page: int
    section: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A claim that may be shown.

    Attributes:
        part: Of the digest it belongs to.
        text: The claim.
        quotes: Those of its quotes that were located in the paper.
        marks: What is doubtful about it, in words for readers; empty when nothing is.
        verdict: What the judge said; None when no judge was asked.
        answers: Whether it answers what was asked, as the judge said; None for a claim
            of a summary, and where no judge was asked.
    """

    part: str
    text: str
    quotes: tuple[Quoted, ...] = ()
    marks: tuple[str, ...] = ()
    verdict: Verdict | None = None
    answers: Answers | None = None

    def __str__(self) -> str:
        quotes = (f'    p.{quote.page}: "{quote.words}"' for quote in self.quotes)
        return "\n".join([" ".join([f"- {self.text}", *self.marks]), *quotes])


def stated_claims(digest: Digest, *, language: str) -> tuple[Stated, ...]:
    """The claims of a digest that a post may show, in order.

    Args:
        digest: Checked.
        language: Of the marks.
    """
    from chatpaper.posts import marks, phrases_in, printed_claim, shown_claims

    say = phrases_in(language)
    return tuple(
        Stated(
            part=checked.claim.field,
            text=printed_claim(checked.claim),
            quotes=quotes_of(checked.claim, checked.check, digest.paper),
            marks=marks(checked.check, say),
            verdict=checked.check.verdict,
        )
        for checked in shown_claims(digest)
    )


def quotes_of(claim: Claim, check: Check, paper: Paper) -> tuple[Quoted, ...]:
    """The located quotes of a claim, cut to what a reader can take in."""
    from chatpaper.posts import clean

    pairs = zip(claim.evidence, check.places, strict=False)
    return tuple(
        Quoted(
            words=clean(quote)[:_MAX_CHARS],
            page=place.page,
            section=clean(place.section)[:_MAX_CHARS],
            url=paper.page_url(place.page),
        )
        for quote, place in pairs
        if place is not None
    )


_MAX_CHARS = 600
