"""What a free space beside a caption holds: a figure, a table or an algorithm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import NamedTuple

from chatpaper.reading.floats.captions import Caption
from chatpaper.reading.floats.sheet import Mark, Piece, Sheet
from chatpaper.reading.geometry import (
    area,
    beside,
    centred_in,
    holds,
    shared,
    stack,
    tall,
    union,
    wide,
)
from chatpaper.records import Box

# Content further from its caption than this belongs to something else.
_FAR_PT = 90.0
_ROW_PT = 3.0
_APART_PT = 9.0
_LABELS_PT = 40.0
_STROKE_PT = 3.0
# Rows of a table stand closer than it and the figure below it, in leadings.
_SHARED = 0.4


class Found(NamedTuple):
    """A place for a caption's figure, and how well it fits (0 to about 1)."""

    box: Box
    score: float
    ruled: bool
    clipped: bool


@dataclass(frozen=True, slots=True)
class Region:
    """Free space above or below a caption, and what stands in it.

    Shared where a figure's caption ends it: then the figure stands in it, too.
    """

    box: Box
    marks: tuple[Mark, ...]
    pieces: tuple[Piece, ...]
    upward: bool
    shared: bool = False

    def distance(self, hull: Box) -> float:
        """White space between a hull in the region and the caption."""
        return self.box[3] - hull[3] if self.upward else hull[1] - self.box[1]


def figure_in(region: Region, sheet: Sheet) -> Found | None:
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


def table_in(region: Region, caption: Caption, sheet: Sheet) -> Found | None:
    """The table or algorithm in a region: from its first rule to its last one."""
    space = region.box
    rules = [_cut(r, space) for r in sheet.rules if in_space(r, space)]
    solid = [m.box for m in region.marks if not m.is_rule and tall(m.box) > 3]
    solid = [_cut(box, space) for box in solid]
    # The label of an axis reaches into the rows above its figure.
    held = [p for p in region.pieces if not (region.shared and p in sheet.labels)]
    texts = [_cut(piece.box, space) for piece in held]
    reach = _SHARED if region.shared else 0.8
    groups = stack([*rules, *solid, *texts], gap=reach * sheet.style.leading_pt)
    if region.shared:
        groups = list(takewhile(lambda group: not _drawn(group, region), groups))
    chosen = _run(groups[::-1] if region.upward else groups, sheet)
    if not chosen:
        return None
    hull = union(chosen)
    within = [rule for rule in rules if holds(hull, rule) and wide(rule) > 30]
    family = _family(within, upward=region.upward)
    if len(family) >= 2:
        gap = 0.6 * sheet.style.leading_pt
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
    sure = len(family) >= 2 or region.shared
    return Found(hull, score, ruled=sure, clipped=clipped)


def _drawn(group: Box, region: Region) -> bool:
    """Whether a group has more drawn than a table's rules, up, down and across."""
    return any(
        centred_in(group, m.box) and min(tall(m.box), wide(m.box)) > _STROKE_PT
        for m in region.marks
    )


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


def _trim(groups: list[Box], region: Region, sheet: Sheet) -> list[Box]:
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
    strokes = [_cut(m.box, region.box) for m in region.marks if not m.is_rule]
    kept = order[first:]
    for group in reversed(order[:first]):
        texts = [p for p in region.pieces if holds(group, p.box)]
        like_body = [p for p in texts if p.size > body - 0.35 and not p.mono]
        label = (
            -beside(group, kept[0]) < _APART_PT
            and tall(union([group, order[first]])) - tall(order[first]) < _LABELS_PT
        )
        # Dots and arrows in a row are drawn, a lone rule is the page's.
        if not texts and not any(holds(group, box) for box in strokes):
            break
        if texts and len(like_body) >= 0.5 * len(texts) and not label:
            break
        kept.insert(0, group)
    return kept if region.upward else kept[::-1]


def in_space(box: Box, space: Box) -> bool:
    """Whether a box has its middle in a space, or most of itself."""
    if box[2] <= space[0] or box[0] >= space[2] or box[3] <= space[1]:
        return centred_in(space, box)  # nothing is shared, as with most boxes
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
