"""The counting column that manuscripts print beside their lines."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from chatpaper.reading.pages.lines import (
    Span,
    TextLine,
)

_NUMBER = re.compile(r"(\d{1,4})(?:\s+(?=\S)|$)")
# Each line has its number, or each second, fifth or tenth.
_STEPS = (1, 2, 5, 10)
_FEWEST = 15  # in the document; fewer may be a list or a table
_FEWEST_ON_PAGE = 3
_GAP = 10  # numbers that may be skipped between two lines: formulas have their own
# Of a page's rows of text; what counts less is a table's or a list's own.
_COVERED = 0.5


class _Mark(NamedTuple):
    line: int
    value: int
    right: float  # x at which the number ends


def part_line_numbers(
    pages: Sequence[Sequence[TextLine]],
) -> list[tuple[list[TextLine], set[int]]]:
    """Lines of each page with the numbers beside them as lines of their own.

    Args:
        pages: Lines of each page read, in order of pages.

    Returns:
        For each page its lines and the indices of those that are line numbers.
    """
    found = [_number_lines(lines) for lines in pages]
    full = [len(indices) for lines, indices in zip(pages, found, strict=True) if lines]
    # Plates, tables and title pages may have none.
    most = sum(count > 0 for count in full) >= 0.6 * len(full)
    if sum(full) < _FEWEST or not most or not _count_continues(pages, found):
        return [(list(lines), set()) for lines in pages]
    place = median(
        _at(lines, i).right for lines, f in zip(pages, found, strict=True) for i in f
    )
    last = 0
    for lines, indices in zip(pages, found, strict=True):
        if not indices:  # a page with a few lines
            indices.update(_continuing_lines(lines, place, last))
        last = max((_at(lines, i).value for i in indices), default=last)
    return [
        _split_lines(lines, indices)
        for lines, indices in zip(pages, found, strict=True)
    ]


def _at(lines: Sequence[TextLine], index: int) -> _Mark:
    """The mark that a line opens with; value 0 where it has none."""
    match = _NUMBER.match(lines[index].text) if lines[index].upright else None
    if match is None:
        return _Mark(index, 0, 0.0)
    return _Mark(index, int(match[1]), _right(lines[index], match[1]))


def _continuing_lines(lines: Sequence[TextLine], place: float, last: int) -> set[int]:
    """Lines with a number that goes on from the page before, at the same place."""
    marks = [_at(lines, index) for index in range(len(lines))]
    return {
        mark.line
        for mark in marks
        # Digits end flush right, give or take a bin of `_number_lines`.
        if abs(mark.right - place) < 4 and last < mark.value <= last + 2 * _GAP
    }


def _number_lines(lines: Sequence[TextLine]) -> set[int]:
    """Lines of a page that open with, or are, its line numbers."""
    upright = [line for line in lines if line.upright]
    # Shorter ones may be cells or formulas, which are not counted.
    text = [line for line in upright if len(line.text) > 25]
    columns: defaultdict[int, list[_Mark]] = defaultdict(list)
    for index in range(len(lines)):
        mark = _at(lines, index)
        if mark.value:
            columns[round(mark.right / 4)].append(mark)
    found: set[int] = set()
    for at, marks in columns.items():
        # With the next bin: one column of digits may lie on both sides of a bin's edge.
        near = [*marks, *columns.get(at + 1, ())]
        near.sort(key=lambda mark: lines[mark.line].baseline)
        step, run = _run(near)
        right = max((mark.right for mark in run), default=0.0)
        before = sum(line.box[0] < right - 40 for line in text)
        if before > 0.5 * len(text):
            continue  # text stands at both sides: not checked further
        if len(run) >= _FEWEST_ON_PAGE and len(run) * step >= _COVERED * len(text):
            low, high = run[0].value, run[-1].value
            found.update(mark.line for mark in near if low <= mark.value <= high)
    return found


def _right(line: TextLine, digits: str) -> float:
    """X at which the digits that open a line end."""
    span = next(span for span in line.spans if span.text.strip())
    share = min(1.0, len(digits) / max(1, len(span.text.strip())))
    return span.box[0] + share * (span.box[2] - span.box[0])


def _run(marks: Sequence[_Mark]) -> tuple[int, list[_Mark]]:
    """The marks, from the top, whose numbers grow by one step all the time."""
    steps = Counter(b.value - a.value for a, b in pairwise(marks))
    step = max(_STEPS, key=lambda size: (steps[size], -size))
    best: list[_Mark] = []
    run: list[_Mark] = []
    for mark in marks:
        if run and 0 < mark.value - run[-1].value <= _GAP * step:
            run.append(mark)
        elif len(run) < _FEWEST_ON_PAGE or mark.value > run[-1].value:
            run = [mark]
        best = list(run) if len(run) > len(best) else best
    return step, best


def _count_continues(
    pages: Sequence[Sequence[TextLine]], found: Sequence[set[int]]
) -> bool:
    """Whether the count goes on, or starts afresh, from page to page."""
    ends = []
    for lines, indices in zip(pages, found, strict=True):
        values = [
            int(match[1]) for i in indices if (match := _NUMBER.match(lines[i].text))
        ]
        if values:
            ends.append((min(values), max(values)))
    good = sum(
        # Lines of figures at the turn of a page are counted but not printed.
        0 < low - before <= 20 or low <= 10
        for (_, before), (low, _) in pairwise(ends)
    )
    return good >= 0.7 * (len(ends) - 1)


def _split_lines(
    lines: Sequence[TextLine], indices: set[int]
) -> tuple[list[TextLine], set[int]]:
    pieces: list[TextLine] = []
    numbers: set[int] = set()
    for index, line in enumerate(lines):
        if index not in indices:
            pieces.append(line)
            continue
        numbers.add(len(pieces))
        number, rest = _cut(line)
        pieces.append(number)
        if rest:
            pieces.append(rest)
    return pieces, numbers


def _cut(line: TextLine) -> tuple[TextLine, TextLine | None]:
    """A line's number and what it numbers."""
    match = _NUMBER.match(line.text)
    if match is None or match.end() == len(line.text):
        return line, None
    spans = [span for span in line.spans if span.text.strip()]
    first = spans[0]
    digits = match[1]
    edge = _right(line, digits)
    x0, top, x1, bottom = first.box
    head = first._replace(text=digits, box=(x0, top, edge, bottom))
    tail = first.text.strip()[len(digits) :].lstrip()
    tail_spans = list(line.spans[line.spans.index(first) + 1 :])
    if tail:
        tail_spans.insert(0, first._replace(text=tail, box=(edge, top, x1, bottom)))
    while tail_spans and not tail_spans[0].text.strip():
        tail_spans.pop(0)
    number = replace(
        line, text=digits, box=head.box, spans=(head,), size_pt=head.size_pt
    )
    return number, _line_of(line, tail_spans)


def _line_of(line: TextLine, spans: Sequence[Span]) -> TextLine:
    inked = [span for span in spans if span.text.strip()]
    main = max(inked, key=lambda span: len(span.text.strip()))
    boxes = [span.box for span in inked]
    return replace(
        line,
        text="".join(span.text for span in spans).strip(),
        box=(
            min(box[0] for box in boxes),
            min(box[1] for box in boxes),
            max(box[2] for box in boxes),
            max(box[3] for box in boxes),
        ),
        size_pt=main.size_pt,
        font=main.font,
        bold=main.bold,
        italic=main.italic,
        mono=main.mono,
        spans=tuple(spans),
        baseline=inked[0].origin_y,
    )
