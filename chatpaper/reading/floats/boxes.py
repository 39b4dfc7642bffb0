"""Where the figure of a caption stands, between the text around it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from chatpaper.reading.floats.captions import (
    Caption,
    header_bottom,
)
from chatpaper.reading.floats.content import (
    FloatBox,
    Region,
    figure_in,
    in_space,
    table_in,
)
from chatpaper.reading.floats.prose import find_prose, ruled_span
from chatpaper.reading.floats.upright_page import (
    UprightPage,
)
from chatpaper.reading.geometry import (
    centred_in,
    clear_of,
    shared_area,
    tall,
    union,
    wide,
    x_overlap,
    y_overlap,
)
from chatpaper.records import Box

# Content further from its caption than this belongs to something else.
_FAR_PT = 90.0
# Labels stand so near their drawing, about a line.
_LABEL_REACH_PT = 10.0
# Text that reaches less into a range of x is not in the way.
_TOUCH_PT = 8.0
# White kept round a crop, so that no stroke at its edge is cut.
_MARGIN_PT = 1.5
_ROW_PT = 4.0
# A float that text runs round leaves at least a quarter of the column to it.
_WRAPPED = 0.75
_WRAPPED_PT = 150.0


class Layout:
    """The bounds of a sheet's floats: running text, captions and placed floats."""

    def __init__(self, sheet: UprightPage, captions: Sequence[Caption]) -> None:
        self.sheet = sheet
        self.captions = captions
        in_caption = {i for caption in captions for i in caption.pieces}
        boxes = [caption.box for caption in captions]
        spans = [
            span
            for caption in captions
            if caption.kind != "figure"
            and (span := ruled_span(sheet, caption.box, boxes))
        ]
        prose = find_prose(sheet, in_caption, spans)
        self.walls = [sheet.pieces[i].box for i in prose]
        upright = [
            piece
            for i, piece in enumerate(sheet.pieces)
            if i not in prose and i not in in_caption
        ]
        self.free = [*upright, *sheet.labels]
        self.placed_boxes: list[Box] = []
        self._cache: dict[tuple[Box, Box], FloatBox | None] = {}  # by caption and space
        # A path that reaches over text shows only in part.
        texts = [*self.walls, *boxes]
        self._tall = [
            mark.box
            for mark in sheet.marks
            # Panels and pictures; smaller ones are bullets, icons and frames of words.
            if tall(mark.box) > 40
            and wide(mark.box) > 40
            and (mark.image or not any(shared_area(mark.box, t) > 50 for t in texts))
        ]
        self._top = header_bottom(sheet, upright)

    def look(self, caption: Caption, *, upward: bool) -> FloatBox | None:
        """Find the content above or below a caption, None when there is none."""
        space = self._space(caption, upward)
        if space is None:
            return None
        key = (caption.box, space)
        if key not in self._cache:
            self._cache[key] = self._search(caption, space, upward)
        found = self._cache[key]
        return self._with_margin(found, caption) if found else None

    def _search(self, caption: Caption, space: Box, upward: bool) -> FloatBox | None:
        marks = tuple(mark for mark in self.sheet.marks if in_space(mark.box, space))
        pieces = tuple(p for p in self.free if centred_in(space, p.box))
        if not marks and not pieces:
            return None
        shared_space = (
            caption.kind == "table"
            and not upward
            and any(c.kind == "figure" and c.box[1] == space[3] for c in self.captions)
        )
        region = Region(space, marks, pieces, upward, shared_space)
        if caption.kind == "figure":
            return figure_in(region, self.sheet)
        return table_in(region, caption, self.sheet)

    def look_aside(self, caption: Caption) -> FloatBox | None:
        """Find the content left or right of a caption, None when there is none."""
        box = caption.box
        near = [
            mark.box
            for mark in self.sheet.marks
            if y_overlap(mark.box, box) > 0.5 * min(tall(mark.box), tall(box))
            and (mark.box[2] <= box[0] + 3 or mark.box[0] >= box[2] - 3)
            and not any(shared_area(mark.box, wall) > 4 for wall in self.walls)
            and not any(shared_area(mark.box, other) > 4 for other in self.placed_boxes)
        ]
        if not near:
            return None
        hull = union(near)
        # A bullet or a mark of a list.
        if tall(hull) < 20 or wide(hull) < 20:
            return None
        with_labels = _absorb(hull, [piece.box for piece in self.free])
        return self._with_margin(
            FloatBox(with_labels, 0.3, ruled=False, clipped=True), caption
        )

    def _with_margin(self, found: FloatBox, caption: Caption) -> FloatBox:
        """Add a small margin to a found box, but not over text or other floats."""
        x0, y0, x1, y1 = found.box
        room = (x0 - _MARGIN_PT, y0 - _MARGIN_PT, x1 + _MARGIN_PT, y1 + _MARGIN_PT)
        walls = [*self.walls, *(c.box for c in self.captions), *self.placed_boxes]
        box = clear_of(room, [caption.box, *walls])
        cut_pt = max(abs(a - b) for a, b in zip(room, box, strict=True))
        return found._replace(box=box, clipped=found.clipped or cut_pt > 2 * _MARGIN_PT)

    def _band(self, caption: Caption, *, upward: bool) -> tuple[float, float]:
        """Range of x in which the caption's figure may stand."""
        box, columns = caption.box, self.sheet.columns
        left, right = 0.0, self.sheet.width
        if len(columns) == 2:
            gutter = (columns[0][1] + columns[1][0]) / 2
            if not self._spans(caption, gutter, upward=upward):
                # Centred captions may reach a little over the middle of the gap.
                if box[2] < gutter + 8:
                    right = gutter
                elif box[0] > gutter - 8:
                    left = gutter
        for other in self._companions(caption):
            if other[0] >= box[2] - 2:
                right = min(right, max(box[2], self._between(box, other)))
            elif other[2] <= box[0] + 2:
                left = max(left, min(box[0], self._between(other, box)))
        for wall in self._obstacles(caption):
            if wall[0] >= box[2] - 2:
                right = min(right, wall[0] - 1)
            elif wall[2] <= box[0] + 2:
                left = max(left, wall[2] + 1)
        return (left, right)

    def _between(self, left: Box, right: Box) -> float:
        """Return the x that separates the figures of two captions side by side."""
        x = (left[2] + right[0]) / 2
        for mark in self._tall:
            near = abs(mark[3] - min(left[1], right[1])) < _FAR_PT
            if near and mark[0] < x < mark[2] and wide(mark) < 0.6 * self.sheet.width:
                middle = (mark[0] + mark[2]) / 2
                x = mark[2] + 1 if middle < x else mark[0] - 1
        return x

    def _spans(self, caption: Caption, gutter: float, *, upward: bool) -> bool:
        """Whether a picture, a panel or a rule next to it reaches over the gutter."""
        box = caption.box
        for mark in self.sheet.marks:
            a = mark.box
            # A rule stands within a line of a table's caption; an image may leave more.
            near = box[1] - a[3] if upward else a[1] - box[3]
            rule = mark.is_rule and caption.kind != "figure" and -3 < near < 14
            image = (mark.image or a in self._tall) and -3 < near < 40
            if (image or rule) and a[0] < gutter - 40 and a[2] > gutter + 40:
                return not any(shared_area(a, wall) > 100 for wall in self.walls)
        return False

    def _companions(self, caption: Caption) -> list[Box]:
        """Captions left and right of a caption or of its figure."""
        box = caption.box
        return [
            other.box
            for other in self.captions
            if other is not caption
            and x_overlap(other.box, box) <= 0
            and (y_overlap(other.box, box) > 2 or self._abreast(other.box, box))
        ]

    def _obstacles(self, caption: Caption) -> list[Box]:
        """Text and drawings left and right of a caption."""
        box = caption.box
        found = [wall for wall in self.walls if y_overlap(wall, box) > 3]
        found += self._text_beside(caption)
        found += [mark for mark in self._tall if y_overlap(mark, box) > 0.8 * tall(box)]
        return [other for other in found if x_overlap(other, box) <= 0]

    def _text_beside(self, caption: Caption) -> list[Box]:
        """Lines of the text that runs round a float, left or right of its caption.

        Equations and short lines are no prose, but bound such a float all the same.
        """
        box, style = caption.box, self.sheet.style
        column = max(x1 - x0 for x0, x1 in self.sheet.columns)
        if wide(box) > _WRAPPED * column:
            return []
        alike = [
            piece.box
            for piece in self.free
            if abs(piece.size - style.size_pt) < 0.35
            and y_overlap(piece.box, box) > 3
            and wide(piece.box) > 3 * style.size_pt
        ]
        sides = (
            [other for other in alike if other[2] <= box[0] + 2],
            [other for other in alike if other[0] >= box[2] - 2],
        )
        found = [
            other
            for side in sides
            # Lines beside half of the caption are text, fewer may be labels.
            if sum(map(tall, side)) > 0.5 * tall(box)
            for other in side
        ]
        return found + self._narrow_lines(caption)

    def _narrow_lines(self, caption: Caption) -> list[Box]:
        """Lines above or below that stand, three in a row, at the side of a caption."""
        box = caption.box
        near = [
            wall
            for wall in self.walls
            if -y_overlap(wall, box) < _WRAPPED_PT
            and any(
                x0 - 3 < wall[0] and wall[2] < x1 + 3 for x0, x1 in self._homes(box)
            )
        ]
        # Two rows up and down, so that three in a row reach each other.
        reach = 2.2 * self.sheet.style.leading_pt
        return [
            wall
            for side in (
                [wall for wall in near if wall[2] <= box[0] + 2],
                [wall for wall in near if wall[0] >= box[2] - 2],
            )
            for wall in side
            # A paragraph's last line may be as short, but not three in a row.
            if _rows([o for o in side if abs(wall[1] - o[1]) < reach]) > 2
        ]

    def _homes(self, box: Box) -> list[tuple[float, float]]:
        """Columns that a box stands in."""
        return [
            (x0, x1)
            for x0, x1 in self.sheet.columns
            if x0 - 3 < box[0] and box[2] < x1 + 3
        ]

    def _abreast(self, one: Box, other: Box) -> bool:
        """Whether the lower caption's figure reaches up beside the upper one."""
        upper, lower = sorted((one, other), key=lambda box: box[1])
        return x_overlap(upper, lower) < 0 and any(
            mark[1] < upper[1] - 4
            and mark[3] > upper[1] + 4
            and x_overlap(mark, upper) < 0 < x_overlap(mark, lower)
            for mark in self._tall
        )

    def _with_title_rule(self, caption: Caption) -> Box:
        """A caption's box with the rule that an algorithm's title stands under."""
        x0, top, x1, bottom = caption.box
        rule = self.sheet.rule_over(caption.box)
        if caption.kind == "algorithm" and rule:
            top = rule[1]
        return (x0, top, x1, bottom)

    def _space(self, caption: Caption, upward: bool) -> Box | None:
        """Free space above or below a caption, None where there is next to none."""
        x0, x1 = self._band(caption, upward=upward)
        box = caption.box
        limit = self._top if upward else self.sheet.height
        others = [self._with_title_rule(c) for c in self.captions if c is not caption]
        for wall in (*self.walls, *others, *self.placed_boxes):
            if min(wall[2], x1) - max(wall[0], x0) < _TOUCH_PT:
                continue
            if upward and wall[1] < box[1] and wall[3] < box[1] + 4:
                limit = max(limit, wall[3])
            elif not upward and wall[3] > box[3] and wall[1] > box[3] - 4:
                limit = min(limit, wall[1])
        top, bottom = (limit, box[1]) if upward else (box[3], limit)
        # Lower than a row of small type.
        return (x0, top, x1, bottom) if bottom - top >= 8 else None


def _rows(boxes: Sequence[Box]) -> int:
    """How many rows boxes stand in; the parts of an equation stand in one."""
    tops = sorted(box[1] for box in boxes)
    return len(tops[:1]) + sum(b - a > _ROW_PT for a, b in pairwise(tops))


def _absorb(hull: Box, boxes: Sequence[Box]) -> Box:
    """Extend a hull over the boxes within reach of it."""
    rest = list(boxes)
    while near := [
        box
        for box in rest
        if x_overlap(box, hull) > -_LABEL_REACH_PT
        and y_overlap(box, hull) > -_LABEL_REACH_PT
    ]:
        hull = union([hull, *near])
        rest = [box for box in rest if box not in near]
    return hull
