"""The order in which a page's lines are read: bands, columns, lines."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from chatpaper.reading.pages.lines import (
    BodyStyle,
    Span,
    TextLine,
)
from chatpaper.records import Box

# --------------------------------------------------------------------------------------
# What divides a page into bands: rows over both columns, boxes side by side.

_ABSTRACT = re.compile(r"a\s?b\s?s\s?t\s?r\s?a\s?c\s?t\b", re.IGNORECASE)
_FIRST_ENTRY = re.compile(r"\[1\]\s*\S")
_FEWEST_BESIDE = 4  # lines of a box of notes that has no heading beside the abstract's

Columns = tuple[tuple[float, float], ...]


def spans_both(line: TextLine, columns: Columns) -> bool:
    """Whether a line lies over a good part of both columns."""
    (x0, x1), (x2, x3) = columns
    # An overhanging row of one column reaches less far into the other.
    return line.box[0] < x1 - 0.15 * (x1 - x0) and line.box[2] > x2 + 0.15 * (x3 - x2)


def bridges(line: TextLine, columns: Columns) -> bool:
    """Whether a short row stands over the middle of the gap between the columns."""
    (_, x1), (x2, _) = columns
    off = (line.box[0] + line.box[2]) / 2 - (x1 + x2) / 2
    # A short title or a star line is centred; a formula that leaves its column is not.
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
    side_lines: list[TextLine] = []
    for part in (
        sorted(above, key=lambda item: -item.box[3]),
        sorted(below, key=lambda item: item.box[1]),
    ):
        for line in part:
            if line.box[0] < x < line.box[2]:
                break
            side_lines.append(line)
    left = sorted((ln for ln in side_lines if ln.box[2] <= x), key=lambda ln: ln.box[1])
    right = [line for line in side_lines if line.box[2] > x]
    words = [line for line in left if not line.text.isdigit()]
    beside = any(abs(line.baseline - opening.baseline) < 4 for line in words)
    if not beside and len(words) < _FEWEST_BESIDE:
        return None
    foot = max(line.box[3] for line in right)
    while len(left) > 1 and left[-1].box[1] > foot:
        # Nearer than that it is the notes' own last line.
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
    # Four long lines at the right are a column of text, not addresses.
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


# --------------------------------------------------------------------------------------
# Reading order: joins the lines of a page to rows, column by column.


@dataclass(slots=True)
class Row:
    """One printed row of running text, put together from its fragments.

    Attributes:
        page: From 1.
        left, right: x range of the column it stands in, in points.
        lines: Its fragments, left to right; one for most rows.
        step: Distance of its baseline from that of the row above in the same
            column, in points; None at the top of a column.
    """

    page: int
    left: float
    right: float
    lines: list[TextLine]
    step: float | None = None
    text: str = ""
    box: Box = (0.0, 0.0, 0.0, 0.0)
    spans: list[Span] = field(default_factory=list)

    @property
    def baseline(self) -> float:
        """Y of its first fragment's baseline, in points."""
        return self.lines[0].baseline

    @property
    def main(self) -> TextLine:
        """Its longest fragment: the one that shows the row's style."""
        if len(self.lines) == 1:
            return self.lines[0]
        return max(self.lines, key=lambda line: len(line.text))

    def close(self) -> None:
        """Fill text, box and spans from the fragments."""
        if len(self.lines) == 1:
            line = self.lines[0]
            self.text, self.box, self.spans = line.text, line.box, list(line.spans)
            return
        boxes = [line.box for line in self.lines]
        self.box = (
            min(box[0] for box in boxes),
            min(box[1] for box in boxes),
            max(box[2] for box in boxes),
            max(box[3] for box in boxes),
        )
        self.spans = []
        initial = _drop_cap(self.lines)
        for line in self.lines:
            if self.spans and not (initial and line is self.lines[1]):
                self.spans.append(Span(" ", *line.spans[0][1:]))
            self.spans.extend(line.spans)
        self.text = "".join([span.text for span in self.spans]).strip()


def _drop_cap(lines: Sequence[TextLine]) -> bool:
    """Whether a row opens with a large initial whose word goes on beside it."""
    first, second = lines[0], lines[1]
    # An initial is two rows high; the first letter of small capitals is not.
    large = len(first.text) == 1 and first.size_pt > 1.7 * second.size_pt
    return large and first.text.isupper() and second.text[:1].isalpha()


def _places(lines: Sequence[TextLine], columns: Columns) -> list[tuple[int, int]]:
    """Return band and column of each line; a row over both columns is its own band."""
    if len(columns) == 1:
        return [(0, 0)] * len(lines)
    middle = (columns[0][1] + columns[1][0]) / 2
    wide = [ln for ln in lines if spans_both(ln, columns) or bridges(ln, columns)]
    narrow = [line for line in lines if not spans_both(line, columns)]
    rows = [line for line in wide if not _has_neighbour(line, narrow)]
    # Each cut: height of a full-width row's middle, and its baseline.
    cuts = [((row.box[1] + row.box[3]) / 2, row.baseline) for row in rows]
    if (foot := front_foot(lines, columns)) is not None:
        cuts.append((foot, -1.0))
    if (foot := entries_top(lines, columns)) is not None:
        cuts.append((foot, -1.0))
    cuts.sort()
    heights = [height for height, _ in cuts]
    places: list[tuple[int, int]] = []
    for line in lines:
        centre = (line.box[1] + line.box[3]) / 2
        x = (line.box[0] + line.box[2]) / 2
        cut = next(
            # A row's fragments share its baseline, but for raised and lowered ones.
            (i for i, (_, y) in enumerate(cuts) if abs(line.baseline - y) < 2.5),
            None,
        )
        if cut is not None:
            places.append((2 * cut + 1, 0))
            continue
        band = 2 * bisect(heights, centre + 1)
        if spans_both(line, columns):
            # It spans both columns, so its middle says nothing: its start does.
            places.append((band, 0 if line.box[0] < columns[0][1] - 30 else 1))
        else:
            places.append((band, 0 if x < middle else 1))
    return places


def _has_neighbour(line: TextLine, others: Sequence[TextLine]) -> bool:
    """Whether other text stands beside a line: then it is no full-width row."""
    x0, top, x1, bottom = line.box
    return any(
        other.box[1] < bottom - 2
        and other.box[3] > top + 2
        and (other.box[0] >= x1 + 5 or other.box[2] <= x0 - 5)
        # What is shorter may be a page's or a formula's number.
        and len(other.text) > 8
        for other in others
    )


def _downwards(lines: Sequence[TextLine], style: BodyStyle) -> list[TextLine]:
    """Keep the file's order, but put no line after one that it stands clearly above.

    Short lines stay behind their predecessor if they stand near it: they are parts
    of a formula, and the file's order is how it is read.
    """
    in_order: list[TextLine] = []
    last = 0
    for line in lines:
        at = len(in_order)
        before = in_order[last] if in_order else None
        if (
            before
            and len(line.text) < 25
            and abs(line.baseline - before.baseline) < 3 * style.leading_pt
        ):
            at = last + 1
        else:
            while at and line.box[3] <= in_order[at - 1].box[1] + 1.0:
                at -= 1
        in_order.insert(at, line)
        last = at
    return in_order


def order_page(lines: Sequence[TextLine], style: BodyStyle) -> list[Row]:
    """Rows of a page's running text, in reading order.

    Args:
        lines: Upright lines of one page that belong to the running text.
        style: Of the document.

    Returns:
        Each line once. Full-width rows cut the page into bands; within a band the
        left column comes before the right one.
    """
    columns = style.columns
    boxes = side_boxes(lines)
    if boxes is None:
        return _order(lines, columns, style)
    left, right = boxes
    top = min(line.box[1] for line in left + right)
    rest = [line for line in lines if line not in left and line not in right]
    parts = [[ln for ln in rest if ln.box[1] < top], left, right]
    parts.append([ln for ln in rest if ln.box[1] >= top])
    rows: list[Row] = []
    for part in parts:
        inner = columns
        if part is left or part is right:
            inner = ((min(ln.box[0] for ln in part), max(ln.box[2] for ln in part)),)
        rows += _order(part, inner, style)
    return rows


def _order(lines: Sequence[TextLine], columns: Columns, style: BodyStyle) -> list[Row]:
    """Rows of lines that stand in the given columns."""
    places = _places(lines, columns)
    order = sorted(range(len(lines)), key=lambda i: places[i])
    rows: list[Row] = []
    for place, group in groupby(order, key=lambda i: places[i]):
        full = place[0] % 2 == 1
        left, right = (columns[0][0], columns[-1][1]) if full else columns[place[1]]
        first = len(rows)
        for line in _downwards([lines[i] for i in group], style):
            last = rows[-1] if len(rows) > first else None
            if last and _continues(last, line, style):
                last.lines.append(line)
            else:
                rows.append(Row(line.page, left, right, [line]))
                if last:
                    rows[-1].step = line.baseline - last.baseline
                elif place[0]:
                    rows[-1].step = _step_from_band(rows)
    for row in rows:
        row.close()
    return rows


def _step_from_band(rows: Sequence[Row]) -> float | None:
    """Distance of the last row to the nearest one above it, in an earlier band."""
    row = rows[-1]
    above = [
        other.baseline
        for other in rows[:-1]
        if other.baseline < row.baseline - 1 and other.left <= row.right
    ]
    return row.baseline - max(above) if above else None


def _continues(row: Row, line: TextLine, style: BodyStyle) -> bool:
    last = row.lines[-1]
    drift = abs(line.baseline - row.baseline)
    # Scripts and fractions stray up to half a row; the next row lies a whole one lower.
    if drift > 0.55 * style.leading_pt and drift > 0.5 * line.size_pt:
        return False
    return (
        # Parts of formulas may overlap the fragment before them, but start behind its
        # start.
        line.box[0] > last.box[0] + 0.3 * line.size_pt
        and line.box[0] > last.box[2] - 3.5 * line.size_pt
    )
