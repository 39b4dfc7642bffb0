"""What parts a page into bands: rows over both columns, boxes side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatpaper.reading.lines import TextLine

_ABSTRACT = re.compile(r"a\s?b\s?s\s?t\s?r\s?a\s?c\s?t\b", re.IGNORECASE)
_FIRST_ENTRY = re.compile(r"\[1\]\s*\S")
_FEWEST_BESIDE = 4  # lines of a box of notes that has no heading beside the abstract's

Columns = tuple[tuple[float, float], ...]


def spans_both(line: TextLine, columns: Columns) -> bool:
    """Whether a line lies over a good part of both columns."""
    (x0, x1), (x2, x3) = columns
    return line.box[0] < x1 - 0.15 * (x1 - x0) and line.box[2] > x2 + 0.15 * (x3 - x2)


def bridges(line: TextLine, columns: Columns) -> bool:
    """Whether a short row stands over the middle of the gap between the columns."""
    (_, x1), (x2, _) = columns
    off = (line.box[0] + line.box[2]) / 2 - (x1 + x2) / 2
    return line.box[0] < x1 and line.box[2] > x2 and abs(off) < 5


def side_boxes(
    lines: Sequence[TextLine],
) -> tuple[list[TextLine], list[TextLine]] | None:
    """The box with notes on an article and the one with its abstract beside it.

    They stand beside each other whatever columns the text has, down to the first
    line that lies across the gap between them.
    """
    opening = next((line for line in lines if _ABSTRACT.fullmatch(line.text)), None)
    if opening is None or opening.page > 2:
        return None
    x = opening.box[0] - 4
    above = [ln for ln in lines if ln.box[1] < opening.box[1] - 4]
    below = [ln for ln in lines if ln.box[1] >= opening.box[1] - 4]
    kept: list[TextLine] = []
    for part in (
        sorted(above, key=lambda item: -item.box[3]),
        sorted(below, key=lambda item: item.box[1]),
    ):
        for line in part:
            if line.box[0] < x < line.box[2]:
                break
            kept.append(line)
    left = sorted((ln for ln in kept if ln.box[2] <= x), key=lambda ln: ln.box[1])
    right = [line for line in kept if line.box[2] > x]
    words = [line for line in left if not line.text.isdigit()]
    beside = any(abs(line.baseline - opening.baseline) < 4 for line in words)
    if not beside and len(words) < _FEWEST_BESIDE:
        return None
    foot = max(line.box[3] for line in right)
    while len(left) > 1 and left[-1].box[1] > foot:
        if left[-1].box[1] - left[-2].box[3] < left[-1].size_pt:
            break
        left.pop()  # a heading below both boxes
    places = {id(line): at for at, line in enumerate(lines)}
    left.sort(key=lambda item: places[id(item)])
    right.sort(key=lambda item: places[id(item)])
    return left, right


def front_foot(lines: Sequence[TextLine], columns: Columns) -> float | None:
    """Height at which the authors' part of a first page ends and its columns begin."""
    opening = next((line for line in lines if _ABSTRACT.match(line.text)), None)
    if opening is None or opening.page > 1 or spans_both(opening, columns):
        return None
    top = opening.box[1] - 1
    above = [line for line in lines if line.box[3] < top]
    prose = [line for line in above if len(line.text) > 50]
    beside = [line for line in prose if line.box[0] > columns[0][1]]
    return top if len(beside) < 4 else None


def entries_top(lines: Sequence[TextLine], columns: Columns) -> float | None:
    """Height at which a bibliography begins in both columns, under the text.

    Letters print it so, in smaller type, with its first entry at the left.
    """
    for first in lines:
        if _FIRST_ENTRY.match(first.text) and first.box[2] < columns[1][0]:
            top = first.box[1]
            below = [line for line in lines if line.box[3] > top + 2]
            beside = [line for line in below if line.box[0] > columns[0][1]]
            alike = all(line.size_pt < first.size_pt + 0.4 for line in below)
            apart = all(line.box[1] > top - 3 for line in below)
            return top - 1 if beside and alike and apart else None
    return None
