"""Where the figure of a caption stands, between the text around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from chatpaper.reading.floats.captions import Caption
from chatpaper.reading.floats.geometry import (
    area,
    beside,
    centred_in,
    clear_of,
    holds,
    shared,
    stack,
    stacked,
    tall,
    union,
    wide,
)
from chatpaper.reading.floats.prose import find_prose, ruled_span
from chatpaper.reading.floats.sheet import Mark, Piece, Sheet
from chatpaper.records import Box

# Content further from its caption than this belongs to something else.
_FAR_PT = 90.0
_LABEL_REACH_PT = 10.0
_ROW_PT = 3.0
_APART_PT = 9.0
_LABELS_PT = 40.0
_TOUCH_PT = 8.0
_MARGIN_PT = 1.5
_PAGE_NUMBER = re.compile(r"\d+(?:[:.\-]\d+)?")


class Found(NamedTuple):
    """A place for a caption's figure, and how well it fits (0 to about 1)."""

    box: Box
    score: float
    ruled: bool
    clipped: bool


@dataclass(frozen=True, slots=True)
class _Region:
    """Free space above or below a caption, and what stands in it."""

    box: Box
    marks: tuple[Mark, ...]
    pieces: tuple[Piece, ...]
    upward: bool

    def distance(self, hull: Box) -> float:
        """White space between a hull in the region and the caption."""
        return self.box[3] - hull[3] if self.upward else hull[1] - self.box[1]


class Layout:
    """What bounds the floats of a sheet: running text, captions, placed floats."""

    def __init__(self, sheet: Sheet, captions: Sequence[Caption]) -> None:
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
        self.placed: list[Box] = []
        # A path that reaches over text shows only in part.
        texts = [*self.walls, *boxes]
        self._tall = [
            mark.box
            for mark in sheet.marks
            if tall(mark.box) > 40
            and wide(mark.box) > 40
            and (mark.image or not any(shared(mark.box, t) > 50 for t in texts))
        ]
        self._top = _header_bottom(sheet, upright)

    def look(self, caption: Caption, *, upward: bool) -> Found | None:
        """What stands above or below a caption, None when nothing does."""
        region = self._region(caption, self._band(caption, upward=upward), upward)
        if region is None:
            return None
        if caption.kind == "figure":
            found = _figure_in(region, self.sheet)
        else:
            found = _table_in(region, caption, self.sheet)
        return self._freed(found, caption) if found else None

    def look_aside(self, caption: Caption) -> Found | None:
        """What stands left or right of a caption, None when nothing does."""
        box = caption.box
        near = [
            mark.box
            for mark in self.sheet.marks
            if beside(mark.box, box) > 0.5 * min(tall(mark.box), tall(box))
            and (mark.box[2] <= box[0] + 3 or mark.box[0] >= box[2] - 3)
            and not any(shared(mark.box, wall) > 4 for wall in self.walls)
            and not any(shared(mark.box, other) > 4 for other in self.placed)
        ]
        if not near:
            return None
        hull = union(near)
        if tall(hull) < 20 or wide(hull) < 20:
            return None
        grown = _absorb(hull, [piece.box for piece in self.free])
        return self._freed(Found(grown, 0.3, ruled=False, clipped=True), caption)

    def _freed(self, found: Found, caption: Caption) -> Found:
        """What was found with a small margin, but not over text or other floats."""
        x0, y0, x1, y1 = found.box
        room = (x0 - _MARGIN_PT, y0 - _MARGIN_PT, x1 + _MARGIN_PT, y1 + _MARGIN_PT)
        walls = [*self.walls, *(c.box for c in self.captions), *self.placed]
        box = clear_of(room, [caption.box, *walls])
        lost = max(abs(a - b) for a, b in zip(room, box, strict=True))
        return found._replace(box=box, clipped=found.clipped or lost > 2 * _MARGIN_PT)

    def _band(self, caption: Caption, *, upward: bool) -> tuple[float, float]:
        """Range of x in which the caption's figure may stand."""
        box, columns = caption.box, self.sheet.columns
        left, right = 0.0, self.sheet.width
        if len(columns) == 2:
            gutter = (columns[0][1] + columns[1][0]) / 2
            if not self._spans(caption, gutter, upward=upward):
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
        """Where the figures of two captions side by side part."""
        x = (left[2] + right[0]) / 2
        for mark in self._tall:
            near = abs(mark[3] - min(left[1], right[1])) < _FAR_PT
            if near and mark[0] < x < mark[2] and wide(mark) < 0.6 * self.sheet.width:
                middle = (mark[0] + mark[2]) / 2
                x = mark[2] + 1 if middle < x else mark[0] - 1
        return x

    def _spans(self, caption: Caption, gutter: float, *, upward: bool) -> bool:
        """Whether an image or a rule next to the caption reaches over the gutter."""
        box = caption.box
        for mark in self.sheet.marks:
            a = mark.box
            near = box[1] - a[3] if upward else a[1] - box[3]
            rule = mark.is_rule and caption.kind != "figure" and -3 < near < 14
            image = mark.image and -3 < near < 40
            if (image or rule) and a[0] < gutter - 40 and a[2] > gutter + 40:
                return not any(shared(a, wall) > 100 for wall in self.walls)
        return False

    def _companions(self, caption: Caption) -> list[Box]:
        """Captions left and right of a caption or of its figure."""
        box = caption.box
        return [
            other.box
            for other in self.captions
            if other is not caption
            and stacked(other.box, box) <= 0
            and (beside(other.box, box) > 2 or self._abreast(other.box, box))
        ]

    def _obstacles(self, caption: Caption) -> list[Box]:
        """Text and drawings left and right of a caption."""
        box = caption.box
        found = [wall for wall in self.walls if beside(wall, box) > 3]
        found += [mark for mark in self._tall if beside(mark, box) > 0.8 * tall(box)]
        return [other for other in found if stacked(other, box) <= 0]

    def _abreast(self, one: Box, other: Box) -> bool:
        """Whether the lower caption's figure reaches up beside the upper one."""
        upper, lower = sorted((one, other), key=lambda box: box[1])
        return stacked(upper, lower) < 0 and any(
            mark[1] < upper[1] - 4
            and mark[3] > upper[3] + 4
            and stacked(mark, upper) < 0 < stacked(mark, lower)
            for mark in self._tall
        )

    def _region(
        self, caption: Caption, band: tuple[float, float], upward: bool
    ) -> _Region | None:
        x0, x1 = band
        box = caption.box
        limit = self._top if upward else self.sheet.height
        others = [c.box for c in self.captions if c is not caption]
        for wall in (*self.walls, *others, *self.placed):
            if min(wall[2], x1) - max(wall[0], x0) < _TOUCH_PT:
                continue
            if upward and wall[1] < box[1] and wall[3] < box[1] + 4:
                limit = max(limit, wall[3])
            elif not upward and wall[3] > box[3] and wall[1] > box[3] - 4:
                limit = min(limit, wall[1])
        top, bottom = (limit, box[1]) if upward else (box[3], limit)
        if bottom - top < 8:
            return None
        space = (x0, top, x1, bottom)
        marks = tuple(mark for mark in self.sheet.marks if _in_space(mark.box, space))
        pieces = tuple(p for p in self.free if centred_in(space, p.box))
        if not marks and not pieces:
            return None
        return _Region(space, marks, pieces, upward)


def _figure_in(region: _Region, sheet: Sheet) -> Found | None:
    """The figure in a region: drawings and images with the labels round them."""
    space = region.box
    drawn = [
        m for m in region.marks if not m.is_rule or wide(m.box) < 0.95 * wide(space)
    ]
    boxes = [_cut(mark.box, space) for mark in drawn]
    texts = [_cut(piece.box, space) for piece in region.pieces]
    groups = _trim(stack([*boxes, *texts], gap=4.0), region, sheet)
    if not groups:
        return None
    hull = union(groups)
    distance = region.distance(hull)
    if distance > _FAR_PT:
        return None
    painted = any(tall(box) > 12 and wide(box) > 12 for box in boxes)
    score = 1.0 if painted else 0.35
    score *= 1.0 if region.upward else 0.62
    score *= 1.0 - 0.5 * max(distance, 0) / _FAR_PT
    if tall(hull) < 18:
        score *= 0.3
    return Found(hull, score, ruled=False, clipped=bool(drawn))


def _table_in(region: _Region, caption: Caption, sheet: Sheet) -> Found | None:
    """The table or algorithm in a region: from its first rule to its last one."""
    space = region.box
    rules = [_cut(r, space) for r in sheet.rules if _in_space(r, space)]
    solid = [m.box for m in region.marks if not m.is_rule and tall(m.box) > 3]
    solid = [_cut(box, space) for box in solid]
    texts = [_cut(piece.box, space) for piece in region.pieces]
    groups = stack([*rules, *solid, *texts], gap=0.8 * sheet.style.leading_pt)
    chosen = _run(groups[::-1] if region.upward else groups, sheet)
    if not chosen:
        return None
    hull = union(chosen)
    within = [rule for rule in rules if holds(hull, rule) and wide(rule) > 30]
    family = _family(within, upward=region.upward)
    if len(family) >= 2:
        gap = 0.5 * sheet.style.leading_pt
        hull = _between(hull, union(family), [*rules, *texts], solid, gap)
    distance = region.distance(hull)
    if distance > _FAR_PT:
        return None
    score = 1.0 if len(family) >= 2 else 0.7 if solid or within else 0.45
    if score < 0.5 and caption.kind == "table" and _rows(texts) < 2:
        return None
    if region.upward:
        score *= 0.4 if caption.kind == "algorithm" else 0.9
    score *= 1.0 - 0.5 * max(distance, 0) / _FAR_PT
    if tall(hull) < 12:
        score *= 0.3
    clipped = any(_reaches_out(m.box, space) for m in region.marks)
    return Found(hull, score, ruled=len(family) >= 2, clipped=clipped)


def _rows(texts: Sequence[Box]) -> int:
    """How many rows have more than one cell."""
    middles = sorted((box[1] + box[3]) / 2 for box in texts)
    cells = [1]
    for above, below in pairwise(middles):
        if below - above < _ROW_PT:
            cells[-1] += 1
        else:
            cells.append(1)
    return sum(count > 1 for count in cells)


def _family(rules: Sequence[Box], *, upward: bool) -> list[Box]:
    """Rules of the width of the one next to the caption."""
    if not rules:
        return []
    first = max(rules, key=lambda r: r[1]) if upward else min(rules, key=lambda r: r[1])
    return [r for r in rules if abs(r[0] - first[0]) < 4 and abs(r[2] - first[2]) < 4]


def _between(
    hull: Box, span: Box, rows: Sequence[Box], solid: Sequence[Box], gap: float
) -> Box:
    """Hull from the first to the last rule, and the rows that follow closely."""
    frame = (hull[0], span[1] - 1, hull[2], span[3] + 1)
    drawn = [
        box for box in solid if min(tall(box), wide(box)) > 12 and not holds(frame, box)
    ]
    if tall(span) < max(10, 0.6 * tall(hull)) and not drawn:
        return hull
    found = union([span, *(box for box in (*rows, *solid) if centred_in(frame, box))])
    rest = [
        box
        for box in rows
        if not centred_in(frame, box)
        and not any(beside(box, other) > -2 for other in drawn)
    ]
    while near := [box for box in rest if beside(box, found) > -gap]:
        found = union([found, *near])
        rest = [box for box in rest if box not in near]
    return found


def _run(groups: Sequence[Box], sheet: Sheet) -> list[Box]:
    """Groups from the caption on that follow each other closely."""
    chosen: list[Box] = []
    for group in groups:
        if not chosen:
            if tall(group) > 6:
                chosen.append(group)
            continue
        if -beside(group, union(chosen)) > 1.6 * sheet.style.leading_pt:
            break
        chosen.append(group)
    return chosen


def _trim(groups: list[Box], region: _Region, sheet: Sheet) -> list[Box]:
    """Groups without the equations and headings at the far end of a region."""
    order = groups if region.upward else groups[::-1]
    body = sheet.style.size_pt
    solid = [
        m.box
        for m in region.marks
        if tall(m.box) > 3.5 and max(wide(m.box), tall(m.box)) > 12
    ]
    # Listings and text figures have rules at most.
    marks = solid or [m.box for m in region.marks if wide(m.box) > 100]
    art = [any(holds(group, _cut(m, region.box)) for m in marks) for group in order]
    first = art.index(True) if True in art else len(order) - 1
    kept = order[first:]
    for group in reversed(order[:first]):
        texts = [p for p in region.pieces if holds(group, p.box)]
        like_body = [p for p in texts if p.size > body - 0.35]
        label = (
            -beside(group, kept[0]) < _APART_PT
            and tall(union([group, order[first]])) - tall(order[first]) < _LABELS_PT
        )
        if not texts or (len(like_body) >= 0.5 * len(texts) and not label):
            break
        kept.insert(0, group)
    return kept if region.upward else kept[::-1]


def _absorb(hull: Box, boxes: Sequence[Box]) -> Box:
    """Hull grown over the boxes within reach of it."""
    rest = list(boxes)
    while near := [
        box
        for box in rest
        if stacked(box, hull) > -_LABEL_REACH_PT
        and beside(box, hull) > -_LABEL_REACH_PT
    ]:
        hull = union([hull, *near])
        rest = [box for box in rest if box not in near]
    return hull


def _header_bottom(sheet: Sheet, free: Sequence[Piece]) -> float:
    """Height of the running head's lower end, 0 where there is none."""
    limit = 0.1 * sheet.height
    left, right = 0.09 * sheet.width, 0.91 * sheet.width
    known = [
        p.box[3]
        for p in sheet.apart
        if p.box[3] < 1.5 * limit and p.box[2] > left and p.box[0] < right
    ]
    heads = [p for p in free if p.box[3] < 1.4 * limit]
    if known:
        bottom = max(known)
    elif heads and _is_header(sheet, heads):
        bottom = stack([p.box for p in heads], gap=3.0)[0][3]
    else:
        bottom = 0.0
    for rule in sheet.rules:
        under = -2 < rule[1] - bottom < 14 if bottom else rule[1] < 0.7 * limit
        if under and wide(rule) > 0.8 * _text(sheet):
            return rule[3] + 0.5
    return bottom


def _is_header(sheet: Sheet, heads: Sequence[Piece]) -> bool:
    """Whether the uppermost text is a running head and not a label of a figure."""
    head = stack([p.box for p in heads], gap=3.0)[0]
    if any(-2 < head[1] - rule[1] < 9 for rule in sheet.rules):
        return False
    drawn = [mark.box for mark in sheet.marks if not mark.image]
    if tall(head) > 20 or any(beside(head, box) > -5 for box in drawn):
        return False
    if any(_PAGE_NUMBER.fullmatch(p.text) and holds(head, p.box) for p in heads):
        return True
    edge = any(
        abs(head[0] - x0) < 3 or abs(head[2] - x1) < 3 for x0, x1 in sheet.columns
    )
    below = [p.box for p in heads if not holds(head, p.box)]
    close = any(beside(head, box) > -9 for box in [*below, *drawn])
    return edge and not close and head[3] < 0.1 * sheet.height


def _text(sheet: Sheet) -> float:
    return sheet.columns[-1][1] - sheet.columns[0][0]


def _in_space(box: Box, space: Box) -> bool:
    """Whether a box has its middle in a space, or most of itself."""
    return centred_in(space, box) or shared(box, space) > 0.6 * max(1.0, area(box))


def _cut(box: Box, space: Box) -> Box:
    """Part of a box within a space, nothing at its edge when it is outside."""
    x0, x1 = max(box[0], space[0]), min(box[2], space[2])
    y0, y1 = max(box[1], space[1]), min(box[3], space[3])
    return (min(x0, space[2]), min(y0, space[3]), max(x1, space[0]), max(y1, space[1]))


def _reaches_out(box: Box, space: Box) -> bool:
    return (
        box[1] < space[1] - 1.5
        or box[3] > space[3] + 1.5
        or box[0] < space[0] - 1.5
        or box[2] > space[2] + 1.5
    )
