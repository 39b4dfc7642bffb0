"""A paper's entry, and answers about it, whose claims lead to their quotes' pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from chatpaper.api import Answer
from chatpaper.fragments import ShownClaim, ShownEntry, entry_of, shown_claim
from chatpaper.posts import phrases_in, shown_claims
from chatpaper.records import Box, Digest, Picture

# Of a claim of an answer; more of them, or longer ones, would not fit an address.
MAX_QUOTES = 3
MAX_QUOTE_CHARS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAnswer:
    """An answer, ready for its template.

    Attributes:
        claims: Those that answer, the most direct first.
        notices: What a reader must know beside them.
        beside: Claims that hold, but answer nothing.
        beside_words: What is said above those.
    """

    claims: tuple[ShownClaim, ...]
    notices: tuple[str, ...]
    beside: tuple[ShownClaim, ...] = ()
    beside_words: str = ""


def shown_entry(job: str, digest: Digest, language: str) -> ShownEntry:
    """The entry of a paper.

    Args:
        job: The paper's id on this server.
        digest: What was made of it.
        language: Of the fixed words.
    """

    def picture_url(picture: Picture) -> str:
        return f"/papers/{job}/figures/{quote(picture.file)}"

    def page_url(page: int, anchor: str) -> str:
        return page_address(job, page, {"claim": anchor} if anchor else {})

    return entry_of(digest, phrases_in(language), picture_url, page_url)


def shown_answer(job: str, number: int, answer: Answer) -> ShownAnswer:
    """An answer to a question about a paper.

    Args:
        job: The paper's id on this server.
        number: Of the question, so that no two claims share an anchor.
        answer: Its claims checked as a summary's are.
    """
    claims = _shown(job, answer.digest, f"answer-{number}-", answer.language)
    beside: tuple[ShownClaim, ...] = ()
    if answer.aside is not None:
        beside = _shown(job, answer.aside, f"beside-{number}-", answer.language)
    return ShownAnswer(
        claims=claims,
        notices=answer.notices,
        beside=beside,
        beside_words=answer.beside_words,
    )


def _shown(
    job: str, digest: Digest, prefix: str, language: str
) -> tuple[ShownClaim, ...]:
    """The claims of an answer, with anchors that begin so."""
    claims = []
    for nth, checked in enumerate(shown_claims(digest), 1):
        quotes: dict[int, list[str]] = {}
        for words, place in zip(
            checked.claim.evidence, checked.check.places, strict=False
        ):
            if place is not None:
                quotes.setdefault(place.page, []).append(words[:MAX_QUOTE_CHARS])

        def page_url(page: int, _: str, quotes: dict[int, list[str]] = quotes) -> str:
            return page_address(job, page, {"quote": quotes[page][:MAX_QUOTES]})

        shown = shown_claim(checked, phrases_in(language), str(nth), page_url)
        claims.append(replace(shown, anchor=f"{prefix}{nth}"))
    return tuple(claims)


def page_address(job: str, page: int, marked: dict[str, str | list[str]]) -> str:
    """Where the picture of a page is, with something marked on it."""
    asked = f"?{urlencode(marked, doseq=True)}" if marked else ""
    return f"/papers/{job}/pages/{page}.webp{asked}"


def quotes_on(
    digest: Digest, anchor: str, page: int
) -> tuple[tuple[str, Box | None], ...]:
    """A claim's quotes that begin on a page, each with the line that it begins on."""
    for checked in shown_claims(digest):
        if checked.anchor == anchor:
            placed = zip(checked.claim.evidence, checked.check.places, strict=False)
            return tuple(
                (words, place.box)
                for words, place in placed
                if place is not None and place.page == page
            )
    return ()
