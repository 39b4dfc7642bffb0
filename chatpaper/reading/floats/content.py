"""What a float may consist of: drawings, pictures, cells, and the ink of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import NamedTuple

import pymupdf

from chatpaper.reading.floats.captions import Caption
from chatpaper.reading.floats.upright_page import (
    Mark,
    Piece,
    UprightPage,
)
from chatpaper.reading.geometry import (
    area,
    centred_in,
    holds,
    shared_area,
    stack,
    tall,
    union,
    wide,
    y_overlap,
)
from chatpaper.reading.pages.occlusion import (
    PaintLog,
)
from chatpaper.records import Box

# --------------------------------------------------------------------------------------
# What a free space beside a caption holds: a figure, a table or an algorithm.

# Content further from its caption than this belongs to something else.
_FAR_PT = 90.0
# Middles of the cells of one row lie closer together.
_ROW_PT = 3.0
# Labels stand nearer to their drawing than text does, and add little to its height.
_APART_PT = 9.0
_LABELS_PT = 40.0
# What is thicker both ways than a rule is a drawing.
_STROKE_PT = 3.0
# Rows of a table stand closer than it and the figure below it, in leadings.
_SHARED = 0.4


class FloatBox(NamedTuple):
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


def figure_in(region: Region, sheet: UprightPage) -> FloatBox | None:
    """The figure in a region: drawings and images with the labels round them."""
    space = region.box
    drawn = [
        # A rule over the whole space is the page's or a table's.
        m
        for m in region.marks
        if not m.is_rule or wide(m.box) < 0.95 * wide(space)
    ]
    boxes = [_clip(mark.box, space) for mark in drawn]
    texts = [_clip(piece.box, space) for piece in region.pieces]
    groups = _trim(stack([*boxes, *texts], gap=4.0), region, sheet)
    if not groups:
        return None
    hull = union(groups)
    distance = region.distance(hull)
    if distance > _FAR_PT:
        return None
    # Larger than bullets, strokes and fraction bars.
    painted = any(tall(box) > 12 and wide(box) > 12 for box in boxes)
    score = 1.0 if painted else 0.35
    # Captions of figures stand below them nearly everywhere.
    score *= 1.0 if region.upward else 0.62
    score *= 1.0 - 0.5 * max(distance, 0) / _FAR_PT
    # Hardly higher than a row of text.
    if tall(hull) < 18:
        score *= 0.3
    return FloatBox(hull, score, ruled=False, clipped=bool(drawn))


def table_in(region: Region, caption: Caption, sheet: UprightPage) -> FloatBox | None:
    """The table or algorithm in a region: from its first rule to its last one."""
    space = region.box
    rules = [_clip(r, space) for r in sheet.rules if in_space(r, space)]
    solid = [m.box for m in region.marks if not m.is_rule and tall(m.box) > 3]
    solid = [_clip(box, space) for box in solid]
    # The label of an axis reaches into the rows above its figure.
    own_pieces = [p for p in region.pieces if not (region.shared and p in sheet.labels)]
    texts = [_clip(piece.box, space) for piece in own_pieces]
    # Otherwise rows are joined unless a line's distance parts them.
    reach = _SHARED if region.shared else 0.8
    groups = stack([*rules, *solid, *texts], gap=reach * sheet.style.leading_pt)
    if region.shared:
        groups = list(takewhile(lambda group: not _has_drawing(group, region), groups))
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
    # Without rules and cells it is text below a caption.
    if score < 0.5 and caption.kind == "table" and _rows(texts) < 2:
        return None
    if region.upward:
        # Titles of algorithms stand above them; captions of tables do mostly.
        score *= 0.4 if caption.kind == "algorithm" else 0.9
    score *= 1.0 - 0.5 * max(distance, 0) / _FAR_PT
    clipped = any(_reaches_out(m.box, space) for m in region.marks)
    # Two rules of one width, or a figure's caption, say where it ends.
    sure = len(family) >= 2 or region.shared
    return FloatBox(hull, score, ruled=sure, clipped=clipped)


def _has_drawing(group: Box, region: Region) -> bool:
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
    """Return the hull from the first to the last rule and the rows close to it."""
    frame = (hull[0], span[1] - 1, hull[2], span[3] + 1)
    drawn = [
        box for box in solid if min(tall(box), wide(box)) > 12 and not holds(frame, box)
    ]
    # Rules so near each other hold but a head: the table goes on without any.
    if tall(span) < max(10, 0.6 * tall(hull)) and not drawn:
        return hull
    found = union([span, *(box for box in (*rows, *solid) if centred_in(frame, box))])
    rest = [
        box
        for box in rows
        if not centred_in(frame, box)
        and not any(y_overlap(box, other) > -2 for other in drawn)
    ]
    while near := [box for box in rest if y_overlap(box, found) > -gap]:
        found = union([found, *near])
        rest = [box for box in rest if box not in near]
    return found


def _run(groups: Sequence[Box], sheet: UprightPage) -> list[Box]:
    """Return the groups, from the caption on, that follow each other closely."""
    chosen: list[Box] = []
    for group in groups:
        if not chosen:
            if tall(group) > 6:
                chosen.append(group)
            continue
        if -y_overlap(group, union(chosen)) > 1.6 * sheet.style.leading_pt:
            break
        chosen.append(group)
    return chosen


def _trim(groups: list[Box], region: Region, sheet: UprightPage) -> list[Box]:
    """Drop the equations and headings at the far end of a region."""
    order = groups if region.upward else groups[::-1]
    body = sheet.style.size_pt
    solid = [
        m.box
        for m in region.marks
        # Not a rule, a stroke of an equation, or a dot.
        if tall(m.box) > 3.5 and max(wide(m.box), tall(m.box)) > 12
    ]
    # Listings and text figures have rules at most.
    marks = solid or [m.box for m in region.marks if wide(m.box) > 100]
    art = [any(holds(group, _clip(m, region.box)) for m in marks) for group in order]
    first = art.index(True) if True in art else len(order) - 1
    strokes = [_clip(m.box, region.box) for m in region.marks if not m.is_rule]
    chosen = order[first:]
    for group in reversed(order[:first]):
        texts = [p for p in region.pieces if holds(group, p.box)]
        like_body = [p for p in texts if p.size > body - 0.35 and not p.mono]
        label = (
            -y_overlap(group, chosen[0]) < _APART_PT
            and tall(union([group, order[first]])) - tall(order[first]) < _LABELS_PT
        )
        # Dots and arrows in a row are drawn, a lone rule is the page's.
        if not texts and not any(holds(group, box) for box in strokes):
            break
        if texts and len(like_body) >= 0.5 * len(texts) and not label:
            break
        chosen.insert(0, group)
    return chosen if region.upward else chosen[::-1]


def in_space(box: Box, space: Box) -> bool:
    """Whether a box has its middle in a space, or most of itself."""
    if box[2] <= space[0] or box[0] >= space[2] or box[3] <= space[1]:
        return centred_in(space, box)  # nothing is shared, as with most boxes
    # At least one square point: lines have no area.
    return centred_in(space, box) or shared_area(box, space) > 0.6 * max(1.0, area(box))


def _clip(box: Box, space: Box) -> Box:
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


# --------------------------------------------------------------------------------------
# What a page paints beside its text, from MuPDF's log of painted boxes.

# A drawing of more parts than this is looked at on a coarser grid.
_MANY = 3000
_GRID_PT = 2.0
_MAX_DOTS = 1_000_000
_HAIR_PT = 0.2
# Bands of archives and publishers run along four fifths of an edge or more.
_ALONG = 0.8
_BAND = 0.08
# Rules between the text and what is printed up the margin are shorter: they go along
# the columns.
_RULE_ALONG = 0.6
_RULE_PT = 2.0
# Fine strokes fade at so few dots a point.
_EDGE_PT = 2.0


def read_marks(page: pymupdf.Page, paint: PaintLog) -> list[Mark]:
    """Images, lines and areas of a page without its background and its margins' own.

    The boxes are not clipped: a curve may reach beyond the part that shows.
    """
    width, height = page.cropbox.width, page.cropbox.height
    marks: dict[tuple[float, ...], Mark] = {}
    log = paint.entries()
    # What is painted twice at one place counts once.
    grid = _GRID_PT if len(log) > _MANY else 0.25
    for kind, (left, top, right, bottom) in log:
        if kind.endswith("text"):
            continue
        x0, y0 = max(left, 0.0), max(top, 0.0)
        x1, y1 = min(right, width), min(bottom, height)
        # A line may be logged without thickness.
        x1 = x1 if right > left else x1 + _HAIR_PT
        y1 = y1 if bottom > top else y1 + _HAIR_PT
        # So much of the page is its background.
        if x1 <= x0 or y1 <= y0 or (x1 - x0) * (y1 - y0) > 0.85 * width * height:
            continue
        if _is_band((x0, y0, x1, y1), width, height):
            continue
        image = kind in ("fill-image", "fill-shade", "fill-imgmask")
        key = (x0 // grid, y0 // grid, x1 // grid, y1 // grid, image)
        if key not in marks:
            marks[key] = Mark((x0, y0, x1, y1), image)
    return list(marks.values())


def _is_band(box: Box, width: float, height: float) -> bool:
    """Whether something is painted along a whole edge of the page."""
    x0, y0, x1, y1 = box
    along = _RULE_ALONG if x1 - x0 < _RULE_PT else _ALONG
    upright = y1 - y0 > along * height and (
        x1 < _BAND * width or x0 > (1 - _BAND) * width
    )
    across = x1 - x0 > _ALONG * width and (
        y1 < 0.5 * _BAND * height or y0 > (1 - 0.5 * _BAND) * height
    )
    return upright or across


def inked_part(page: pymupdf.Page, box: Box) -> Box:
    """The part of a box that shows anything but white, the box itself if none does."""
    clip = pymupdf.Rect(box) * page.rotation_matrix
    area = max(1.0, (box[2] - box[0]) * (box[3] - box[1]))
    dots_per_pt = min(1.0, (_MAX_DOTS / area) ** 0.5)
    pix = page.get_pixmap(
        matrix=pymupdf.Matrix(dots_per_pt, dots_per_pt),
        colorspace=pymupdf.csGRAY,
        clip=clip,
    )
    width, height, stride = pix.width, pix.height, pix.stride
    if width < 3 or height < 3:
        return box
    # Nearly white is white: 252 to 255. The outermost dots show what is outside, too.
    dots = pix.samples.translate(bytes(252) + b"\xff" * 4)
    rows = [dots[y * stride + 1 : y * stride + width - 1] for y in range(1, height - 1)]
    blank = b"\xff" * (width - 2)
    inked = [y for y, row in enumerate(rows, 1) if row != blank]
    if not inked:
        return box
    left = min(width - 1 - len(row.lstrip(b"\xff")) for row in rows if row != blank)
    right = max(len(row.rstrip(b"\xff")) + 1 for row in rows)
    edge = _EDGE_PT / dots_per_pt
    part = pymupdf.Rect(
        (pix.x + left) / dots_per_pt - edge,
        (pix.y + inked[0]) / dots_per_pt - edge,
        (pix.x + right) / dots_per_pt + edge,
        (pix.y + inked[-1] + 1) / dots_per_pt + edge,
    )
    part = (part & clip) * page.derotation_matrix
    return (part.x0, part.y0, part.x1, part.y1)
