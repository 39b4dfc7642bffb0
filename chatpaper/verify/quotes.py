"""Evidence: does a claim's quote stand in the paper, and where?

Letters and digits are compared, nothing else (see `evidence`). A quote that is not in
the paper to the letter is aligned with the few stretches that share most of its short
strings. A quote with another number, another "not" or words of its own is no quote,
however near it comes; words left out are forgiven.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from chatpaper.records import Finding, Place
from chatpaper.verify.evidence import Evidence, Spot, compact, without_latex, words_of

# Shorter quotes are found by chance in any paper.
MIN_QUOTE_LETTERS = 12
# Both chosen on real sentences, garbled and foreign ones; the README gives the figures.
MIN_SCORE = 75.0
MIN_SHARED = 0.97

_MAX_FUZZY_CHARS = 800  # longer quotes must stand there to the letter
_SHINGLE_CHARS = 8
_MAX_PLACES = 12  # of one short string; commoner ones tell nothing
_MAX_WINDOWS = 3
_MISPRINT_LETTERS = 4  # shorter words must be there as they are
_MARGIN_CHARS = 12  # an alignment may cut a number off at its ends
_MAX_GAP_CHARS = 1500  # between two parts joined by an ellipsis

_ELLIPSIS = re.compile(r"\s*[\[(]?(?:\.\s?\.\s?\.+|…+|\\l?dots)[\])]?\s*")
_CITATION = re.compile(r"\s?\[\d+(?:\s?[,–-]\s?\d+)*\]")
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
        spot: Where.
        score: 100 to the letter, less when aligned.
    """

    spot: Spot
    score: float

    @property
    def is_verbatim(self) -> bool:
        """Whether every letter and digit stands there."""
        return self.score >= 100

    @property
    def place(self) -> Place:
        """For the reader."""
        line, piece = self.spot.line, self.spot.piece
        return Place(
            page=self.spot.page,
            box=line.box if line else piece.box,
            section=piece.section,
            sentence=self.spot.sentence,
            score=round(self.score, 1),
        )


@dataclass(frozen=True, slots=True)
class _Match:
    """`compact[start:end]` of the paper, and how well it fits."""

    start: int
    end: int
    score: float


def find_quote(quote: str, evidence: Evidence) -> Hit | Finding:
    """Look a quote up in a paper.

    Args:
        quote: As the model gave it; `...` joins parts, which must stand in that order.
        evidence: The paper.

    Returns:
        Where the first part stands, or the finding that says why it is no evidence.
    """
    parts = [part for part in _ELLIPSIS.split(quote) if _is_telling(part)]
    if not parts:
        return _refused(quote, "the quote is too short to be evidence")
    hits: list[Hit] = []
    after = None
    for part in parts:
        match = _find(part, evidence, after)
        if match is None:
            return _refused(quote, "the quote is not in the paper")
        spot = evidence.spot(match.start, match.end)
        changed = _changed(part, spot, is_exact=match.score >= 100)
        if changed:
            return _refused(quote, f"the paper has it with {changed}", spot)
        hits.append(Hit(spot=spot, score=match.score))
        after = match.end
    return Hit(spot=hits[0].spot, score=min(hit.score for hit in hits))


def _is_telling(part: str) -> bool:
    words = words_of(part)
    return sum(map(len, words)) >= MIN_QUOTE_LETTERS and not _STOP_WORDS.issuperset(
        words
    )


def _refused(quote: str, reason: str, spot: Spot | None = None) -> Finding:
    if spot is None:
        return Finding(kind="quote", text=quote, reason=reason)
    return Finding(
        kind="quote", text=quote, reason=reason, found=spot.sentence, page=spot.page
    )


def _find(part: str, evidence: Evidence, after: int | None) -> _Match | None:
    """The place of one part; behind another part, if one goes before."""
    low = after or 0
    high = len(evidence.compact) if after is None else after + _MAX_GAP_CHARS
    needles = dict.fromkeys(
        compact(text)
        for text in (part, without_latex(part), _CITATION.sub("", without_latex(part)))
    )
    for needle in needles:
        at = evidence.compact.find(needle, low, high)
        if at >= 0:
            return _Match(at, at + len(needle), 100.0)
    plain = _CITATION.sub("", without_latex(part))
    needle = compact(plain)
    if not MIN_QUOTE_LETTERS <= len(needle) <= _MAX_FUZZY_CHARS:
        return None
    windows = _windows(needle, evidence.compact, low, high)
    return max(
        _aligned(needle, words_of(plain), evidence.compact, windows),
        key=lambda match: match.score,
        default=None,
    )


def _windows(
    needle: str, haystack: str, low: int, high: int
) -> Iterator[tuple[int, int]]:
    """The stretches that share most short strings with the needle, best first."""
    votes: Counter[int] = Counter()
    step = max(1, min(_SHINGLE_CHARS // 2, len(needle) // 8))
    width = len(needle)
    for offset in range(0, width - _SHINGLE_CHARS + 1, step):
        shingle = needle[offset : offset + _SHINGLE_CHARS]
        places = _places(shingle, haystack, low, high)
        votes.update({max(0, place - offset) // width for place in places})
    wide = Counter({nth: votes[nth] + votes[nth + 1] for nth in votes})
    for nth, shared in wide.most_common(_MAX_WINDOWS):
        if shared > 1:
            start = max(low, nth * width - width // 4)
            end = min(high, (nth + 3) * width + width // 2)
            yield start, end


def _places(shingle: str, haystack: str, low: int, high: int) -> list[int]:
    places: list[int] = []
    at = haystack.find(shingle, low, high)
    while at >= 0 and len(places) < _MAX_PLACES:
        places.append(at)
        at = haystack.find(shingle, at + 1, high)
    return places


def _aligned(
    needle: str,
    words: list[str],
    haystack: str,
    windows: Iterable[tuple[int, int]],
) -> Iterator[_Match]:
    for low, high in windows:
        window = haystack[low:high]
        found = fuzz.partial_ratio_alignment(needle, window, score_cutoff=MIN_SCORE)
        if found is None:
            continue
        slack = len(needle) // 4
        near = window[max(0, found.dest_start - slack) : found.dest_end + slack]
        if _shared(words, near) >= MIN_SHARED:
            start, end = _within_piece(window, found.dest_start, found.dest_end)
            yield _Match(low + start, low + end, min(found.score, 99.9))


def _within_piece(text: str, start: int, end: int) -> tuple[int, int]:
    """The longest part of `text[start:end]` that no line feed cuts."""
    parts = text[start:end].split("\n")
    longest = max(parts, key=len)
    start += text[start:end].index(longest)
    return start, start + len(longest)


def _shared(words: list[str], stretch: str) -> float:
    """Share of the words that stand in the stretch, by letters; misprints pass."""
    told = [word for word in words if len(word) > 2]
    found = sum(
        len(word) for word in told if word in stretch or _misprint(word, stretch)
    )
    return found / max(sum(map(len, told)), 1)


def _misprint(word: str, stretch: str) -> bool:
    """Whether the word stands there but for one letter: never "un-" for nothing."""
    least = 100 * (len(word) - 1) / len(word)
    return len(word) >= _MISPRINT_LETTERS and (
        fuzz.partial_ratio(word, stretch, score_cutoff=least - 0.01) > 0
    )


def _changed(part: str, spot: Spot, *, is_exact: bool) -> str:
    """What a near quote may not change: its numbers, and whether it says "not"."""
    part = _SPLIT_DECIMAL.sub(r"\1", _CITATION.sub("", without_latex(part)))
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
        len(_NEGATION.findall(side.casefold()))
        for side in (part, spot.widened(0).words)
    )
    return "" if ours == theirs else "another negation"
