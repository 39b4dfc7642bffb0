"""Where a run of words stands in a paper: to the letter first, then as near as may be.

All texts here are compacted (see `evidence`): letters and digits, nothing between them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from chatpaper.verify.evidence import compact, without_latex, words_of

# Both chosen on real sentences, garbled and foreign ones; the README gives the figures.
MIN_SCORE = 75.0  # of the alignment: words left out are forgiven
MIN_SHARED = 0.97  # of the words' letters: words of one's own are not

MAX_PLACES = 12  # of one string; commoner ones tell nothing
_MIN_CHARS = 12  # of what may be aligned
_MAX_CHARS = 800  # longer runs must stand there to the letter
_SHINGLE_CHARS = 8
_MAX_WINDOWS = 3
_MISPRINT_LETTERS = 4  # shorter words must be there as they are

_CITATION = re.compile(r"\s?\[\d+(?:\s?[,–-]\s?\d+)*\]")


@dataclass(frozen=True, slots=True)
class Match:
    """`compact[start:end]` of the paper, and how well it fits."""

    start: int
    end: int
    score: float


def without_citations(words: str) -> str:
    """Words without LaTeX commands and without numbers in square brackets."""
    return _CITATION.sub("", without_latex(words))


def find_exact(part: str, haystack: str, low: int, high: int) -> Match | None:
    """To the letter, with or without the LaTeX and the citations of the quote."""
    plain = without_latex(part)
    for needle in dict.fromkeys(map(compact, (part, plain, without_citations(part)))):
        at = haystack.find(needle, low, high)
        if needle and at >= 0:
            return Match(at, at + len(needle), 100.0)
    return None


def find_near(part: str, haystack: str, low: int, high: int) -> Match | None:
    """To the letter, or the best alignment within `haystack[low:high]`."""
    exact = find_exact(part, haystack, low, high)
    plain = without_citations(part)
    needle = compact(plain)
    if exact or not _MIN_CHARS <= len(needle) <= _MAX_CHARS:
        return exact
    return max(
        _aligned(
            needle, words_of(plain), haystack, _windows(needle, haystack, low, high)
        ),
        key=lambda match: match.score,
        default=None,
    )


def _windows(
    needle: str, haystack: str, low: int, high: int
) -> Iterator[tuple[int, int]]:
    """The stretches that share most short strings with the needle, best first."""
    votes: Counter[int] = Counter()
    step = max(1, min(_SHINGLE_CHARS, len(needle) // 16))
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
    while at >= 0 and len(places) < MAX_PLACES:
        places.append(at)
        at = haystack.find(shingle, at + 1, high)
    return places


def _aligned(
    needle: str,
    words: list[str],
    haystack: str,
    windows: Iterable[tuple[int, int]],
) -> Iterator[Match]:
    for low, high in windows:
        window = haystack[low:high]
        found = fuzz.partial_ratio_alignment(needle, window, score_cutoff=MIN_SCORE)
        if found is None:
            continue
        slack = len(needle) // 4
        near = window[max(0, found.dest_start - slack) : found.dest_end + slack]
        if _shared(words, near) >= MIN_SHARED:
            start, end = _within_piece(window, found.dest_start, found.dest_end)
            yield Match(low + start, low + end, min(found.score, 99.9))


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
