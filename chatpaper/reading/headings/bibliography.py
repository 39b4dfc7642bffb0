"""Where a bibliography stands, found by what its entries look like."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from chatpaper.reading.layout.order import (
    Row,
)

# `[12]`, `[Abc99]`, `12.`: what numbered entries open with.
_MARK = re.compile(r"\[[\w+’'-]{1,12}\]\s?\S|\d{1,3}\.\s+[^\W\d]|\(\d{1,3}\)\s+[A-Z]")
# What an entry opens with: its mark, or a surname and initials.
_OPENS = re.compile(
    r"(?:\[[\w+’'-]{1,12}\]|\d{1,3}\.)\s?\S|[A-Z][\w'’-]+,? (?:[A-Z]\.|[A-Z]{1,2},)|"
    r"[A-Z]\. ?(?:[A-Z]\. ?)?[A-Z][\w'’-]+,"
)
# Surname and initials, either way round, or several full names in a row.
_NAME = re.compile(
    r"\b[A-Z][\w'’-]+,? (?:[A-Z]\.[ -]?)+|(?:\b[A-Z]\.[ -]?)+[A-Z][\w'’-]+|"
    r"\b[A-Z][a-z'’-]+ [A-Z]{1,2}[,.]|"
    r"(?:[A-Z][\w'’-]+ ){1,2}[A-Z][\w'’-]+, (?=[A-Z]\w+ [A-Z]|and [A-Z])"
)
_YEAR = re.compile(r"(?<![\d.])(?:1[89]|20)\d\d[a-z]?(?=[).,:]|$)")
# `Guo et al. (2020)`, `(Guo and Li, 2020; Ho 1999)`: prose speaks so of entries.
_CITED = re.compile(
    r"et al\.?,? \(?\d{4}\w?|\([^()]*\d{4}[a-z]?\)|[^\W\d]+,? \d{4}[a-z]?[;)]"
)
_VENUE = re.compile(
    r"\d\s?[–-]\s?\d|\b\d+\s?\(\d+\)|\b\d+\s?:\s?\d|\b[Vv]ol\.|\bpp?\. ?\d|\bno\. \d|"
    r"\bProc(?:\.|eedings)|\b[Ii]n: |\barXiv|\bdoi\b|\bPhys\. |\bJ\. |\bJournal of|"
    r"\bPress\b|Springer|\b[Ee]ds?\.|https?://|\bIEEE|\bACM\b|\bConference on|"
    r"\[[JMCDR]\]|, \d{1,4}, [A-Z]?\d{1,6}\b"
)
# Most rows are prose, without what most of a pattern needs: looking for that first
# takes a third of the time. Patterns that open with a sign are the fastest.
_FOUR_DIGITS = re.compile(r"\d{4}")
_MAY_NAME = re.compile(r"[A-Z][\w'’-]*[.,]")
_MAY_BE_VENUE = (
    re.compile(r"\d\s?[–(:-]"),
    re.compile(r", \d"),
    re.compile(
        r"Vol\.|vol\.|p\.|no\. |Proc|In: |in: |arXiv|doi|Phys\. |J\. |Journal of|Press|"
        r"Springer|Ed\.|ed\.|Eds\.|eds\.|http|IEEE|ACM|Conf|\[[JMCDR]\]"
    ),
)
_PROSE_WORDS = """
    we our is are was were be been this that these those which has have had can could
    may will would it its they their there such then than thus hence not where when if
    but also each both because while however let est sont que qui dans nous ist sind
    wird werden dass nicht wir son para una las los
"""
_PROSE = frozenset(_PROSE_WORDS.split())
_CHINESE_PROSE = re.compile("[的是了我们可在]")
_WORD = re.compile(r"\w+")
# Rows of text beside which a change between prose and bibliography must pay.
_CHANGE = 7.0
_FEWEST = 3  # entries
_NOTE = re.compile(r"[*∗†‡§¶⋆✉\d]")


class Bibliographies:
    """Runs of rows that are entries of a bibliography.

    Each row speaks for or against it; the runs are those with which all rows
    together speak best, when every change between prose and entries costs.

    Args:
        rows: Running text of all pages, in reading order.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._points = [_points(row.text) for row in rows]
        self._runs = _runs(self._points)

    def entries(self) -> set[int]:
        """Rows that look like parts of an entry and stand among others."""
        return {
            at
            for start, end in self._runs
            if _is_bibliography(self._rows[start:end])
            for at in range(start, end)
            if self._points[at] >= 1
        }

    def between(self, headings: Collection[int]) -> list[tuple[int, int]]:
        """First rows and ends of the runs.

        Args:
            headings: Rows that open a heading; what stands under one must speak for
                itself.
        """
        return [
            (_start(self._rows, start), _end(self._rows, end, headings))
            for run in self._runs
            for start, end in _split(self._points, *run, headings)
            if _is_bibliography(self._rows[start:end])
        ]


def before_entries(texts: Sequence[str]) -> int:
    """How many lines of small print stand before the bibliography in it.

    Args:
        texts: Lines of one column's foot.

    Returns:
        All of them where there is no bibliography.
    """
    points = [_points(text) for text in texts]
    for at, text in enumerate(texts):
        if _OPENS.match(text) and sum(points[at:]) > _CHANGE / 2:
            # What is left of the entry above is no note.
            return at if _NOTE.match(texts[0]) else 0
    return len(texts)


def _split(
    points: Sequence[float], start: int, end: int, headings: Collection[int]
) -> list[tuple[int, int]]:
    """Remove a run's parts under headings that hold hardly an entry."""
    cuts = [start, *(at for at in range(start + 1, end) if at in headings), end]
    parts: list[tuple[int, int]] = []
    for first, stop in pairwise(cuts):
        if sum(points[first:stop]) < _CHANGE / 2:
            continue
        adjacent = parts and parts[-1][1] == first
        parts[-1:] = (
            [(parts[-1][0], stop)] if adjacent else [*parts[-1:], (first, stop)]
        )
    return parts


def _start(rows: Sequence[Row], start: int) -> int:
    """Find the row that opens a run's first entry."""
    # The first row of an entry may have no sign of one but its opening.
    for at in range(start, max(start - 3, -1), -1):
        if _OPENS.match(rows[at].text):
            return at
    return start


def _end(rows: Sequence[Row], end: int, headings: Collection[int]) -> int:
    """Find the row after the last entry of a run."""
    # An entry's last row is short and may hold no sign of one.
    while end < len(rows) and end not in headings and len(rows[end].text) < 40:
        if rows[end].page != rows[end - 1].page or rows[end - 1].text[-1] in ".])":
            break
        end += 1
    return end


def _points(text: str) -> float:
    citations = names = years = venue = 0
    if _FOUR_DIGITS.search(text):
        citations, years = len(_CITED.findall(text)), len(_YEAR.findall(text))
    if _MAY_NAME.search(text):
        names = len(_NAME.findall(text))
    if any(pattern.search(text) for pattern in _MAY_BE_VENUE):
        venue = len(_VENUE.findall(text))
    prose = sum(map(_PROSE.__contains__, _WORD.findall(text.lower())))
    prose += len(_CHINESE_PROSE.findall(text))
    # Each kind of sign counts a few times at most, so that no row outweighs all of its
    # neighbours; a row without any counts against a bibliography.
    points = 0.7 * min(names, 3) + 0.7 * min(years, 2) + 0.7 * min(venue, 3)
    points += 0.8 if _MARK.match(text) else 0.0
    return points - 0.9 * min(prose + citations, 3) - 0.4


def _runs(points: Sequence[float]) -> list[tuple[int, int]]:
    """Find the runs with the greatest sum of points, less a price for each run."""
    inside, outside = float("-inf"), 0.0
    was_inside: list[
        tuple[bool, bool]
    ] = []  # whether the row before was inside, for each
    for point in points:
        # A run has two ends, each at half of the price.
        enter, leave = outside - _CHANGE / 2, inside - _CHANGE / 2
        was_inside.append((inside >= enter, leave > outside))
        inside, outside = max(inside, enter) + point, max(outside, leave)
    runs: list[tuple[int, int]] = []
    within, end = inside > outside, len(points)
    for at in range(len(points) - 1, -1, -1):
        before = was_inside[at][0] if within else was_inside[at][1]
        if within and not before:
            runs.append((at, end))
        if not within and before:
            end = at
        within = before
    if within:
        runs.append((0, end))
    return runs[::-1]


def _is_bibliography(rows: Sequence[Row]) -> bool:
    """Whether enough rows have a name or a year to be a bibliography."""
    with_name = sum(_NAME.search(row.text) is not None for row in rows)
    with_year = sum(_YEAR.search(row.text) is not None for row in rows)
    return min(with_name, with_year) >= _FEWEST
