"""Where in the paper a quote stands, to the letter or nearly."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from chatpaper.records import Finding, Place
from chatpaper.text import compact, without_latex, words_of
from chatpaper.verify.printed_text import PrintedText, TextSpan

# --------------------------------------------------------------------------------------
# Where a run of words stands in a paper: to the letter first, then as near as may be.
#
# All texts here are compacted (see `printed_text`): letters and digits, nothing between
# them.

# Of 160 sentences of four papers with a word or two left out or a letter lost, 158 pass
# both bounds, and of 240 sentences of other papers none.
MIN_SCORE = 75.0  # of the alignment: it forgives words left out
MIN_SHARED = 0.97  # of the words' letters: words of the model's own are not forgiven

MAX_PLACES = 12  # of one string; a commoner one says nothing of where a quote stands
_MIN_CHARS = 12  # of what may be aligned
_MAX_CHARS = 800  # longer runs must stand there to the letter: aligning them is slow
_SHINGLE_CHARS = 8  # strings this long, shared with the needle, vote for a window
_MAX_WINDOWS = 3  # the best ones are aligned
_MISPRINT_LETTERS = 4  # one letter of a shorter word makes it another word

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
        _alignments(
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


def _alignments(
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
        if _share_of_words(words, near) >= MIN_SHARED:
            start, end = _within_block(window, found.dest_start, found.dest_end)
            yield Match(low + start, low + end, min(found.score, 99.9))


def _within_block(text: str, start: int, end: int) -> tuple[int, int]:
    """The longest part of `text[start:end]` that no line feed cuts."""
    parts = text[start:end].split("\n")
    longest = max(parts, key=len)
    start += text[start:end].index(longest)
    return start, start + len(longest)


def _share_of_words(words: list[str], stretch: str) -> float:
    """Share of the words that stand in the stretch, by letters; misprints pass."""
    long_words = [word for word in words if len(word) > 2]
    found = sum(
        len(word) for word in long_words if word in stretch or _misprint(word, stretch)
    )
    return found / max(sum(map(len, long_words)), 1)


def _misprint(word: str, stretch: str) -> bool:
    """Whether the word stands there but for one letter: never "un-" for nothing."""
    least = 100 * (len(word) - 1) / len(word)
    return len(word) >= _MISPRINT_LETTERS and (
        fuzz.partial_ratio(word, stretch, score_cutoff=least - 0.01) > 0
    )


# --------------------------------------------------------------------------------------
# Evidence: does a claim's quote stand in the paper, and where?
#
# Letters and digits are compared, nothing else, and words left out are forgiven (see
# `alignment`). A quote with another number, another "not" or words of its own is no
# quote, however near it comes.

# Shorter quotes are found by chance in any paper.
MIN_QUOTE_LETTERS = 12
_MARGIN_CHARS = 12  # an alignment may cut a number off at its ends
_MAX_GAP_CHARS = 1500  # between two parts joined by an ellipsis: less than half a page

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
class LocatedQuote:
    """A quote that was found.

    Attributes:
        spans: Where its parts stand, in order; one unless it has an ellipsis.
        score: 100 to the letter, less when aligned.
    """

    spans: tuple[TextSpan, ...]
    score: float

    @property
    def is_verbatim(self) -> bool:
        """Whether every letter and digit stands there."""
        return self.score >= 100

    @property
    def words(self) -> str:
        """The paper's own words for it, none cut in two."""
        margin = 0 if self.is_verbatim else _MARGIN_CHARS
        return " ... ".join(span.widen(margin).words for span in self.spans)

    @property
    def place(self) -> Place:
        """For the reader: where it begins."""
        span = self.spans[0]
        return Place(
            page=span.page,
            box=span.line.box if span.line else span.block.box,
            section=span.block.section,
            sentence=span.sentence,
            score=round(self.score, 1),
        )


def find_quote(quote: str, printed: PrintedText) -> LocatedQuote | Finding:
    """Look a quote up in a paper.

    Args:
        quote: As the model gave it; `...` joins parts, which must stand in that order.
        printed: The paper.

    Returns:
        Where it stands, or the finding that says why it is no evidence.
    """
    if not _is_specific(quote):
        return _finding(quote, "the quote is too short to be evidence")
    whole = find_exact(quote, printed.compact, 0, len(printed.compact))
    parts = [quote] if whole else _ELLIPSIS.split(quote)
    parts = [part for part in parts if compact(part)]
    matches = [whole] if whole else _chain(parts, printed)
    if not matches:
        return _finding(quote, "the quote is not in the paper")
    spans = []
    for part, match in zip(parts, matches, strict=True):
        span = printed.span(match.start, match.end)
        change = _change(part, span, is_exact=match.score >= 100)
        if change:
            return _finding(quote, f"the paper has it with {change}", span)
        spans.append(span)
    return LocatedQuote(spans=tuple(spans), score=min(match.score for match in matches))


def _is_specific(part: str) -> bool:
    words = words_of(part)
    letters = sum(map(len, words))
    return letters >= MIN_QUOTE_LETTERS and not _STOP_WORDS.issuperset(words)


def _finding(quote: str, reason: str, span: TextSpan | None = None) -> Finding:
    if span is None:
        return Finding(kind="quote", text=quote, reason=reason)
    return Finding(
        kind="quote", text=quote, reason=reason, found=span.sentence, page=span.page
    )


def _chain(parts: list[str], printed: PrintedText) -> list[Match]:
    """Places of all parts, each near the one before; empty when one is missing.

    The longest part is looked for in the whole paper, the others only round it.
    """
    text, size = printed.compact, len(printed.compact)
    nth = max(range(len(parts)), key=lambda nth: len(parts[nth]))
    anchor = find_near(parts[nth], text, 0, size) if _is_specific(parts[nth]) else None
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


def _change(part: str, span: TextSpan, *, is_exact: bool) -> str:
    """What a near quote may not change: its numbers, and whether it says "not"."""
    part = _SPLIT_DECIMAL.sub(r"\1", without_citations(part))
    words = _SPLIT_DECIMAL.sub(r"\1", span.words)
    if is_exact:
        decimals = [
            Counter(number for number in _NUMBER.findall(side) if "." in number)
            for side in (part, words)
        ]
        return "" if decimals[0] == decimals[1] else "other decimals"
    wide = _SPLIT_DECIMAL.sub(r"\1", span.widen(_MARGIN_CHARS).words)
    if Counter(_NUMBER.findall(part)) - Counter(_NUMBER.findall(wide)):
        return "other numbers"
    ours, theirs = (
        len(_NEGATION.findall(side.casefold()))
        for side in (part, span.to_whole_words().words)
    )
    return "" if ours == theirs else "another negation"
