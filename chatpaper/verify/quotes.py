"""Evidence: does a claim's quote stand in the paper, and where?

Letters and digits are compared, nothing else, and words left out are forgiven (see
`alignment`). A quote with another number, another "not" or words of its own is no
quote, however near it comes.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from chatpaper.records import Finding, Place
from chatpaper.verify.alignment import (
    MAX_PLACES,
    Match,
    find_exact,
    find_near,
    without_citations,
)
from chatpaper.verify.evidence import Evidence, Spot, compact, words_of

# Shorter quotes are found by chance in any paper.
MIN_QUOTE_LETTERS = 12
_MARGIN_CHARS = 12  # an alignment may cut a number off at its ends
_MAX_GAP_CHARS = 1500  # between two parts joined by an ellipsis

_ELLIPSIS = re.compile(r"\s*[\[(]?(?:\.\s?\.\s?\.+|…+|\\l?dots)[\])]?\s*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SPLIT_DECIMAL = re.compile(r"(?<=\d)\s*([.,])\s*(?=\d)")
_NEGATION = re.compile(r"\b(?:not|no|never|without|cannot|nor|neither)\b|n['’]t\b")
_STOP_TEXT = """
    a an the of in on at to for from by with and or but as is are was were be been it
    its this that these those we our they their which who can could may might will would
    has have had do does did not no than then also more most such into over under both
    each all some any other there here when while where how what if so very
"""
_STOP_WORDS = frozenset(_STOP_TEXT.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A quote that was found.

    Attributes:
        spots: Where its parts stand, in order; one unless it has an ellipsis.
        score: 100 to the letter, less when aligned.
    """

    spots: tuple[Spot, ...]
    score: float

    @property
    def is_verbatim(self) -> bool:
        """Whether every letter and digit stands there."""
        return self.score >= 100

    @property
    def words(self) -> str:
        """The paper's own words for it, none cut in two."""
        margin = 0 if self.is_verbatim else _MARGIN_CHARS
        return " ... ".join(spot.widened(margin).words for spot in self.spots)

    @property
    def place(self) -> Place:
        """For the reader: where it begins."""
        spot = self.spots[0]
        return Place(
            page=spot.page,
            box=spot.line.box if spot.line else spot.piece.box,
            section=spot.piece.section,
            sentence=spot.sentence,
            score=round(self.score, 1),
        )


def find_quote(quote: str, evidence: Evidence) -> Hit | Finding:
    """Look a quote up in a paper.

    Args:
        quote: As the model gave it; `...` joins parts, which must stand in that order.
        evidence: The paper.

    Returns:
        Where it stands, or the finding that says why it is no evidence.
    """
    if not _is_telling(quote):
        return _refused(quote, "the quote is too short to be evidence")
    whole = find_exact(quote, evidence.compact, 0, len(evidence.compact))
    parts = [quote] if whole else _ELLIPSIS.split(quote)
    parts = [part for part in parts if compact(part)]
    matches = [whole] if whole else _chain(parts, evidence)
    if not matches:
        return _refused(quote, "the quote is not in the paper")
    spots = []
    for part, match in zip(parts, matches, strict=True):
        spot = evidence.spot(match.start, match.end)
        changed = _changed(part, spot, is_exact=match.score >= 100)
        if changed:
            return _refused(quote, f"the paper has it with {changed}", spot)
        spots.append(spot)
    return Hit(spots=tuple(spots), score=min(match.score for match in matches))


def _is_telling(part: str) -> bool:
    words = words_of(part)
    letters = sum(map(len, words))
    return letters >= MIN_QUOTE_LETTERS and not _STOP_WORDS.issuperset(words)


def _refused(quote: str, reason: str, spot: Spot | None = None) -> Finding:
    if spot is None:
        return Finding(kind="quote", text=quote, reason=reason)
    return Finding(
        kind="quote", text=quote, reason=reason, found=spot.sentence, page=spot.page
    )


def _chain(parts: list[str], evidence: Evidence) -> list[Match]:
    """Places of all parts, each near the one before; empty when one is missing.

    The longest part is looked for in the whole paper, the others only round it.
    """
    text, size = evidence.compact, len(evidence.compact)
    nth = max(range(len(parts)), key=lambda nth: len(parts[nth]))
    anchor = find_near(parts[nth], text, 0, size) if _is_telling(parts[nth]) else None
    for _ in range(MAX_PLACES):
        if anchor is None:
            break
        before = _row(parts[:nth][::-1], text, anchor.start, forward=False)
        after = _row(parts[nth + 1 :], text, anchor.end, forward=True)
        if before is not None and after is not None:
            return [*reversed(before), anchor, *after]
        anchor = find_exact(parts[nth], text, anchor.end, size)
    return []


def _row(parts: list[str], text: str, at: int, *, forward: bool) -> list[Match] | None:
    """Places of parts one after another from an offset on, or one before another."""
    matches: list[Match] = []
    for part in parts:
        low, high = (at, at + _MAX_GAP_CHARS) if forward else (at - _MAX_GAP_CHARS, at)
        match = find_near(part, text, max(0, low), min(len(text), high))
        if match is None:
            return None
        matches.append(match)
        at = match.end if forward else match.start
    return matches


def _changed(part: str, spot: Spot, *, is_exact: bool) -> str:
    """What a near quote may not change: its numbers, and whether it says "not"."""
    part = _SPLIT_DECIMAL.sub(r"\1", without_citations(part))
    words = _SPLIT_DECIMAL.sub(r"\1", spot.words)
    if is_exact:
        decimals = [
            Counter(number for number in _NUMBER.findall(side) if "." in number)
            for side in (part, words)
        ]
        return "" if decimals[0] == decimals[1] else "other decimals"
    wide = _SPLIT_DECIMAL.sub(r"\1", spot.widened(_MARGIN_CHARS).words)
    if Counter(_NUMBER.findall(part)) - Counter(_NUMBER.findall(wide)):
        return "other numbers"
    ours, theirs = (
        len(_NEGATION.findall(side.casefold())) for side in (part, spot.snapped().words)
    )
    return "" if ours == theirs else "another negation"
