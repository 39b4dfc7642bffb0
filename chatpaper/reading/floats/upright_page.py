"""A page turned upright to look for floats: its lines and what is painted on it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from functools import cached_property
from typing import NamedTuple

from chatpaper.reading.geometry import (
    Direction,
    holds,
    stack,
    turn_box,
    union,
    wide,
    x_overlap,
    y_overlap,
)
from chatpaper.reading.pages.lines import (
    BodyStyle,
    Span,
    TextLine,
)
from chatpaper.records import Box

# Share of the page's width that is margin.
_SIDE = 0.09
# Stamps stand nearer to the edge than labels of an axis, and are longer.
_EDGE = 0.07
_STAMP_CHARS = 20
_FLUSH_PT = 2.0
# Lines follow one another no closer (in ems); what stands between is a mark.
_NEXT = 0.7
_TITLE_PT = 6.0
# So near the edge nothing but running heads is set.
_HEAD = 0.075


class Piece(NamedTuple):
    """A `TextLine` in the sheet's own frame, in which it reads from left to right."""

    line: int
    box: Box
    text: str
    size: float
    font: str
    bold: bool
    spans: tuple[Span, ...]
    block: int
    baseline: float

    @property
    def visible(self) -> bool:
        """Whether any of it is painted in another colour than white."""
        return any(s.painted and s.alpha and s.color != 0xFFFFFF for s in self.spans)

    @property
    def mono(self) -> bool:
        """Whether it is set in a typewriter's letters, as listings are."""
        return all(span.mono for span in self.spans if span.text.strip())

    @property
    def largest(self) -> float:
        """Size of its largest letters: small capitals count by their capitals."""
        return max(span.size_pt for span in self.spans if span.text.strip())


class Mark(NamedTuple):
    """Something painted that is not text."""

    box: Box
    image: bool

    @property
    def is_rule(self) -> bool:
        """Whether it is a thin line across."""
        # Thicker are bars of a chart, shorter are fractions and minus signs.
        return self.box[3] - self.box[1] < 2.6 and self.box[2] - self.box[0] > 18


class UprightPage:
    """Lines and marks of a page in one direction of reading."""

    def __init__(
        self,
        lines: Sequence[TextLine],
        marks: Sequence[Mark],
        style: BodyStyle,
        size: tuple[float, float],
        direction: Direction,
        apart: Collection[int] = (),
    ) -> None:
        self.style = style
        self.direction = direction
        width, height = size
        self.page_size = size
        self.width, self.height = size if direction[1] == 0 else (height, width)
        self.pieces: list[Piece] = []
        apart = _outermost(lines, apart, marks, size, style.columns)
        # Text in another direction is never running text, but labels of an axis.
        self.labels: list[Piece] = []
        self.apart: list[Piece] = []
        for i, line in enumerate(lines):
            same = _same(line.direction, direction)
            piece = _piece(i, line, direction, width, height)
            home = self.pieces if same else self.labels
            beside = not same and _stands_beside(line, size)
            (self.apart if i in apart or beside else home).append(piece)
        self.marks = [
            Mark(turn_box(mark.box, direction, width, height), mark.image)
            for mark in marks
        ]
        self.columns = style.columns
        if direction[1] != 0:
            self.columns = (self._text_range(),)

    def _text_range(self) -> tuple[float, float]:
        if not self.pieces:
            return (0.1 * self.width, 0.9 * self.width)
        box = union(piece.box for piece in self.pieces)
        return (box[0], box[2])

    @cached_property
    def _by_baseline(self) -> list[tuple[float, int]]:
        return sorted((piece.baseline, i) for i, piece in enumerate(self.pieces))

    @cached_property
    def rules(self) -> list[Box]:
        """Thin lines across, from the top; parts at one height are one."""
        parts = sorted(
            (mark.box for mark in self.marks if mark.is_rule),
            key=lambda box: (round(box[1]), box[0]),
        )
        rules: list[Box] = []
        for part in parts:
            last = rules[-1] if rules else None
            # Rules drawn cell by cell, with a gap between groups of columns.
            if last and abs(part[1] - last[1]) < 1.2 and x_overlap(part, last) > -12:
                rules[-1] = union([last, part])
            else:
                rules.append(part)
        return sorted(rules, key=lambda box: box[1])

    def above(self, index: int) -> Piece | None:
        """Nearest line above within three lines' height, in the same column."""
        piece = self.pieces[index]
        order = self._by_baseline
        at = bisect_left(order, (piece.baseline - 0.5, -1)) - 1
        while at >= 0 and order[at][0] > piece.baseline - 3 * piece.size:
            other = self.pieces[order[at][1]]
            if x_overlap(piece.box, other.box) > 0.3 * min(
                wide(piece.box), wide(other.box)
            ):
                return other
            at -= 1
        return None

    def on_baseline(self, index: int) -> list[int]:
        """Indices of lines on the same baseline, from left to right."""
        piece = self.pieces[index]
        order = self._by_baseline
        at = bisect_left(order, (piece.baseline - 1.0, -1))
        found = []
        while at < len(order) and order[at][0] <= piece.baseline + 1.0:
            if order[at][1] != index:
                found.append(order[at][1])
            at += 1
        return sorted(found, key=lambda i: self.pieces[i].box[0])

    def below(self, last: Piece, box: Box) -> list[int]:
        """Indices of the next row under a line that touches the box's x range."""
        order = self._by_baseline
        at = bisect_left(order, (last.baseline + _NEXT * last.size, -1))
        row: list[int] = []
        first = 0.0
        while at < len(order):
            baseline, i = order[at]
            # Cells of one row drift less than half a line.
            if row and baseline > first + 0.4 * last.size:
                break
            if baseline > last.baseline + 3 * last.size:
                break
            other = self.pieces[i]
            if x_overlap(other.box, box) > 0 and other.size > 0.7 * last.size:
                if not row:
                    first = baseline
                row.append(i)
            at += 1
        return sorted(row, key=lambda i: self.pieces[i].box[0])

    def rule_over(self, box: Box) -> Box | None:
        """The rule right above a title, from where the title starts."""
        for rule in self.rules:
            if abs(rule[0] - box[0]) < 3 and -2 < box[1] - rule[3] < _TITLE_PT:
                return rule
        return None

    def rule_between(self, upper: Piece, lower: Piece) -> bool:
        """Whether a line is drawn between two rows of text."""
        top = upper.baseline - 0.2 * upper.size
        bottom = lower.baseline - 0.5 * lower.size
        return any(
            top < rule[1] < bottom and x_overlap(rule, upper.box) > 12
            for rule in self.rules
        )


def _piece(
    index: int, line: TextLine, direction: Direction, width: float, height: float
) -> Piece:
    if direction[1] == 0:
        # Some fonts tell MuPDF that they are flatter than they are.
        (x0, y0, x1, y1), baseline, size = line.box, line.baseline, line.size_pt
        # Letters reach about so far above and below their baseline.
        box = (x0, min(y0, baseline - 0.72 * size), x1, max(y1, baseline + 0.2 * size))
    else:
        box = turn_box(line.box, direction, width, height)
        baseline = box[3] - 0.22 * (box[3] - box[1])
    return Piece(
        index,
        box,
        line.text,
        line.size_pt,
        line.font,
        line.bold,
        line.spans,
        line.block,
        baseline,
    )


def _outermost(
    lines: Sequence[TextLine],
    apart: Collection[int],
    marks: Sequence[Mark],
    size: tuple[float, float],
    columns: Sequence[tuple[float, float]],
) -> set[int]:
    """Those of the lines set apart that stand free at the edge of the page.

    Labels of figures and heads of tables that stand alike on several pages are not
    running heads; whole phrases are, and what is flush with a column.
    """
    width, height = size
    upright = [i for i in apart if lines[i].upright]
    sides = {
        i
        for i in apart
        if lines[i].box[2] < max(_SIDE * width, columns[0][0])
        or lines[i].box[0] > min((1 - _SIDE) * width, columns[-1][1])
    }
    # Of the page's height: no running head or foot stands farther in.
    heads = [i for i in upright if lines[i].box[3] < 0.15 * height]
    feet = [i for i in upright if lines[i].box[1] > 0.85 * height]
    rest = [line.box for i, line in enumerate(lines) if i not in apart and line.upright]
    found = set(sides)
    for members, first in ((heads, 0), (feet, -1)):
        groups = stack([lines[i].box for i in members], gap=4.0)
        if not groups:
            continue
        group = groups[first]
        outer = any(
            box[1] < group[3] - 1 if first == 0 else box[3] > group[1] + 1
            for box in rest
        )
        far_out = min(group[3], height - group[1]) < _HEAD * height
        flush = any(
            abs(group[0] - x0) < _FLUSH_PT or abs(group[2] - x1) < _FLUSH_PT
            for x0, x1 in columns
        )
        wordy = any(lines[i].text.count(" ") > 2 for i in members)
        near = [mark for mark in marks if mark.is_rule or not (flush or wordy)]
        on_drawing = not far_out and any(_touches(group, mark) for mark in near)
        if not outer and not on_drawing:
            found.update(i for i in members if holds(group, lines[i].box))
    return found


def _stands_beside(line: TextLine, size: tuple[float, float]) -> bool:
    """Whether a line runs up or down the margin, as publishers' stamps do."""
    x0, _, x1, _ = line.box
    outside = x1 < _EDGE * size[0] or x0 > (1 - _EDGE) * size[0]
    return outside and len(line.text) > _STAMP_CHARS and abs(line.direction[1]) > 0.9


def _touches(group: Box, mark: Mark) -> bool:
    """Whether text belongs to a drawing: it stands close under it, or under a rule."""
    box = mark.box
    if x_overlap(group, box) < -5:
        return False
    if mark.is_rule:
        return -1 < group[1] - box[3] < 9
    return not mark.image and box[3] - box[1] > 3 and y_overlap(group, box) > -5


def _same(direction: tuple[float, float], wanted: Direction) -> bool:
    return abs(direction[0] - wanted[0]) + abs(direction[1] - wanted[1]) < 0.05
