"""Where the figure of a caption stands, between the text around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chatpaper.reading.floats.captions import Caption
from chatpaper.reading.floats.sheet import Mark, Piece, Sheet, union
from chatpaper.records import Box

# Content further from its caption than this belongs to something else.
_FAR_PT = 90.0


class Found(NamedTuple):
    """A place for a caption's figure, and how well it fits (0 to about 1)."""

    box: Box
    score: float
    clipped: bool


@dataclass(frozen=True, slots=True)
class _Region:
    """Free space beside a caption, and what stands in it."""

    box: Box
    marks: tuple[Mark, ...]
    pieces: tuple[Piece, ...]
    upward: bool


class Layout:
    """What bounds the floats of a sheet: running text, captions, placed floats."""

    def __init__(self, sheet: Sheet, captions: Sequence[Caption]) -> None:
        self.sheet = sheet
        self.captions = captions
        in_caption = {i for caption in captions for i in caption.pieces}
        self.rules = _table_rules(sheet)
        self.prose = _prose(sheet, in_caption, self.rules)
        self.free = [
            piece
            for i, piece in enumerate(sheet.pieces)
            if i not in self.prose and i not in in_caption
        ]
        self.walls = [sheet.pieces[i].box for i in self.prose]
        self.placed: list[Box] = []
        self.top = _header_bottom(sheet, self.free)

    def find(self, caption: Caption) -> Found | None:
        """Best place for the caption's figure, None when nothing is there."""
        best: Found | None = None
        for upward in (True, False):
            found = self._look(caption, upward=upward)
            if found and (best is None or found.score > best.score):
                best = found
        if best is None or best.score < 0.25:
            aside = self._look_aside(caption)
            if aside and (best is None or aside.score > best.score):
                best = aside
        return best

    def _look(self, caption: Caption, *, upward: bool) -> Found | None:
        band = self._band(caption, upward=upward)
        region = self._region(caption, band, upward=upward)
        if region is None:
            return None
        if caption.kind == "figure":
            return _figure_in(region, caption, self.sheet)
        return _table_in(region, caption, self.sheet)

    def _band(self, caption: Caption, *, upward: bool) -> tuple[float, float]:
        """X range in which the caption's figure may stand."""
        box = caption.box
        columns = self.sheet.columns
        left, right = columns[0][0] - 4, columns[-1][1] + 4
        if len(columns) == 2:
            gutter = (columns[0][1] + columns[1][0]) / 2
            if box[2] < gutter + 8 and not self._lonely(box, gutter, upward=upward):
                right = gutter
            elif box[0] > gutter - 8 and not self._lonely(box, gutter, upward=upward):
                left = gutter
        left, right = min(left, box[0] - 2), max(right, box[2] + 2)
        for other in self._beside(caption):
            if other[0] >= box[2] - 2:
                right = min(right, max(box[2], (box[2] + other[0]) / 2))
            elif other[2] <= box[0] + 2:
                left = max(left, min(box[0], (box[0] + other[2]) / 2))
        return (left, right)

    def _lonely(self, box: Box, gutter: float, *, upward: bool) -> bool:
        """Whether an image beside the caption reaches well over the gutter."""
        for mark in self.sheet.marks:
            a = mark.box
            near = -3 < (box[1] - a[3] if upward else a[1] - box[3]) < 40
            if mark.image and near and a[0] < gutter - 40 and a[2] > gutter + 40:
                return True
        return False

    def _beside(self, caption: Caption) -> list[Box]:
        """Text and captions at the caption's own height, left and right of it."""
        box = caption.box
        found = [
            other.box
            for other in self.captions
            if other is not caption and _v_overlap(other.box, box) > 2
        ]
        found += [
            wall
            for wall in self.walls
            if _v_overlap(wall, box) > 3 and (wall[2] <= box[0] or wall[0] >= box[2])
        ]
        return found

    def _region(
        self, caption: Caption, band: tuple[float, float], *, upward: bool
    ) -> _Region | None:
        x0, x1 = band
        box = caption.box
        limit = self.top if upward else self.sheet.height
        others = [c.box for c in self.captions if c is not caption]
        for wall in (*self.walls, *others, *self.placed):
            if min(wall[2], x1) - max(wall[0], x0) < 4:
                continue
            if upward and wall[1] < box[1] and wall[3] < box[1] + 4:
                limit = max(limit, wall[3])
            elif not upward and wall[3] > box[3] and wall[1] > box[3] - 4:
                limit = min(limit, wall[1])
        top, bottom = (limit, box[1]) if upward else (box[3], limit)
        if bottom - top < 8:
            return None
        area = (x0, top, x1, bottom)
        marks = tuple(mark for mark in self.sheet.marks if _belongs(mark.box, area))
        pieces = tuple(p for p in self.free if _belongs(p.box, area))
        if not marks and not pieces:
            return None
        return _Region(area, marks, pieces, upward)

    def _look_aside(self, caption: Caption) -> Found | None:
        """A figure left or right of its caption."""
        box = caption.box
        near = [
            mark
            for mark in self.sheet.marks
            if not mark.is_rule
            and _v_overlap(mark.box, box) > 0.5 * min(_tall(mark.box), _tall(box))
            and (mark.box[2] <= box[0] + 3 or mark.box[0] >= box[2] - 3)
            and not any(_meet(mark.box, wall) for wall in (*self.walls, *self.placed))
        ]
        if not near:
            return None
        hull = union(mark.box for mark in near)
        if _tall(hull) < 20 or _wide(hull) < 20:
            return None
        grown = _absorb(hull, [p.box for p in self.free], 8.0, None)
        return Found(grown, 0.4, clipped=True)


def _figure_in(region: _Region, caption: Caption, sheet: Sheet) -> Found | None:
    """The figure in a region: drawings and images with the labels round them."""
    area = region.box
    drawn = [
        m for m in region.marks if not m.is_rule or _wide(m.box) < 0.95 * _wide(area)
    ]
    boxes = [_cut(mark.box, area) for mark in drawn]
    texts = [piece.box for piece in region.pieces]
    groups = _stack([*boxes, *texts], gap=4.0)
    groups = _trim(groups, region, sheet)
    if not groups:
        return None
    hull = union(groups)
    distance = area[3] - hull[3] if region.upward else hull[1] - area[1]
    if distance > _FAR_PT:
        return None
    painted = any(_tall(box) > 12 and _wide(box) > 12 for box in boxes)
    score = 1.0 if painted else 0.35
    score *= 1.0 if region.upward else 0.62
    score *= 1.0 - 0.5 * distance / _FAR_PT
    if _tall(hull) < 18:
        score *= 0.3
    clipped = any(_outside(mark.box, area) for mark in drawn)
    return Found(hull, score, clipped)


def _table_in(region: _Region, caption: Caption, sheet: Sheet) -> Found | None:
    """The table or algorithm in a region: from its first rule to its last one."""
    area = region.box
    rules = [m for m in region.marks if m.is_rule]
    solid = [m for m in region.marks if not m.is_rule and _tall(m.box) > 3]
    boxes = [_cut(m.box, area) for m in (*rules, *solid)]
    texts = [piece.box for piece in region.pieces]
    groups = _stack([*boxes, *texts], gap=_row_gap(sheet))
    groups = groups[::-1] if region.upward else groups
    lined = [g for g in groups if any(_inside(m.box, g) for m in rules)]
    ruled = len([m for m in rules if _wide(m.box) > 30])
    chosen = _run(groups, lined or groups, sheet)
    if not chosen:
        return None
    hull = union(chosen)
    within = [m for m in rules if _inside(m.box, hull)]
    if len(within) >= 2:
        hull = _between_rules(hull, within, region, caption)
    distance = area[3] - hull[3] if region.upward else hull[1] - area[1]
    if distance > _FAR_PT:
        return None
    score = 1.0 if ruled >= 2 else 0.7 if solid or ruled else 0.45
    if caption.kind == "algorithm":
        score *= 0.4 if region.upward else 1.0
    elif region.upward:
        score *= 0.9
    score *= 1.0 - 0.5 * distance / _FAR_PT
    if _tall(hull) < 12:
        score *= 0.3
    clipped = any(_outside(m.box, area) for m in region.marks)
    return Found(hull, score, clipped)


def _between_rules(
    hull: Box, rules: Sequence[Mark], region: _Region, caption: Caption
) -> Box:
    """Hull without text beyond the outermost rules; rows reach from rule to rule."""
    top, bottom = min(m.box[1] for m in rules), max(m.box[3] for m in rules)
    widest = max(_wide(m.box) for m in rules)
    inside = [p.box for p in region.pieces if top - 1 <= _mid(p.box) <= bottom + 1]
    if not inside or bottom - top < 10 or widest < 30:
        return hull
    if caption.kind == "algorithm" or bottom - top > 0.6 * _tall(hull):
        others = [
            _cut(m.box, region.box)
            for m in region.marks
            if top - 1 <= _mid(m.box) <= bottom + 1
        ]
        return union([*inside, *others])
    return hull


def _run(groups: Sequence[Box], wanted: Sequence[Box], sheet: Sheet) -> list[Box]:
    """Groups from the caption on that follow each other closely."""
    chosen: list[Box] = []
    for group in groups:
        if not chosen:
            if group in wanted or _tall(group) > 6:
                chosen.append(group)
            continue
        last = union(chosen)
        gap = max(group[1] - last[3], last[1] - group[3])
        if gap > 1.6 * sheet.style.leading_pt:
            break
        chosen.append(group)
    return chosen


def _row_gap(sheet: Sheet) -> float:
    return 0.8 * sheet.style.leading_pt


def _trim(groups: list[Box], region: _Region, sheet: Sheet) -> list[Box]:
    """Groups without the equations and headings at the far end of a region."""
    order = groups if region.upward else groups[::-1]
    body = sheet.style.size_pt
    while order:
        far = order[0]
        art = [m for m in region.marks if _inside(m.box, far) and _tall(m.box) > 3.5]
        texts = [p for p in region.pieces if _inside(p.box, far)]
        like_body = [p for p in texts if p.size > body - 0.35]
        if (len(order) > 1 and not art and len(like_body) >= 0.5 * len(texts)) or (not texts and not art and len(order) > 1):
            order = order[1:]
        else:
            break
    return order if region.upward else order[::-1]


def _stack(boxes: Sequence[Box], gap: float) -> list[Box]:
    """Boxes joined into groups with white space between them, from the top."""
    groups: list[Box] = []
    for box in sorted(boxes, key=lambda b: b[1]):
        if groups and box[1] - groups[-1][3] <= gap:
            groups[-1] = union([groups[-1], box])
        else:
            groups.append(box)
    return groups


def _absorb(hull: Box, boxes: Sequence[Box], reach: float, area: Box | None) -> Box:
    """Hull grown over the boxes within reach of it."""
    rest = list(boxes)
    grown = True
    while grown:
        grown = False
        for box in list(rest):
            if (
                box[0] < hull[2] + reach
                and box[2] > hull[0] - reach
                and box[1] < hull[3] + reach
                and box[3] > hull[1] - reach
            ):
                hull = union([hull, box])
                rest.remove(box)
                grown = True
    return _cut(hull, area) if area else hull


def _prose(
    sheet: Sheet, in_caption: set[int], rules: Sequence[tuple[Box, Box]]
) -> set[int]:
    """Indices of running text, which no float may hold."""
    style = sheet.style
    column = min(x1 - x0 for x0, x1 in sheet.columns)
    wide: set[int] = set()
    strong: set[int] = set()
    for i, piece in enumerate(sheet.pieces):
        if i in in_caption:
            continue
        width = _wide(piece.box)
        words = piece.text.count(" ") + 1
        letters = sum(c.isalpha() for c in piece.text)
        if letters < 0.55 * len(piece.text):
            continue
        like_body = abs(piece.size - style.size_pt) < 0.65
        if (like_body and width > 0.55 * column and words >= 4) or (
            piece.size > 0.7 * style.size_pt and width > 0.8 * column and words >= 8
        ):
            wide.add(i)
            if piece.font == style.font and width > 0.93 * column:
                strong.add(i)
    wide -= _enclosed(sheet, wide, strong, rules)
    return wide | _paragraph_ends(sheet, wide, in_caption)


def _enclosed(
    sheet: Sheet,
    wide: set[int],
    strong: set[int],
    rules: Sequence[tuple[Box, Box]],
) -> set[int]:
    """Lines within a frame or between the rules of a table."""
    frames = [
        mark.box
        for mark in sheet.marks
        if _tall(mark.box) > 14 and _wide(mark.box) > 60
    ]
    frames += [(min(a[0], b[0]), a[1], max(a[2], b[2]), b[3]) for a, b in rules]
    # A page of a thousand drawn parts has few frames that matter.
    frames = sorted(frames, key=lambda b: -_wide(b) * _tall(b))[:60]
    released: set[int] = set()
    for frame in frames:
        held = {i for i in wide if _inside(sheet.pieces[i].box, frame)}
        if held and len(held & strong) < 2:
            released |= held
    return released


def _paragraph_ends(sheet: Sheet, wide: set[int], in_caption: set[int]) -> set[int]:
    """Short lines that stand in a paragraph with wide ones."""
    found: set[int] = set()
    pieces = sheet.pieces
    for i, piece in enumerate(pieces):
        if i in wide or i in in_caption:
            continue
        for j in (i - 1, i + 1):
            if not 0 <= j < len(pieces) or j not in wide:
                continue
            other = pieces[j]
            step = abs(other.baseline - piece.baseline)
            if (
                other.block == piece.block
                and abs(other.size - piece.size) < 0.65
                and step < 1.4 * piece.size
                and step > 0.5 * piece.size
            ):
                found.add(i)
    return found


def _table_rules(sheet: Sheet) -> list[tuple[Box, Box]]:
    """Pairs of neighbouring rules of one width, one above the other."""
    pairs = []
    rules = [rule for rule in sheet.rules if _wide(rule) > 40][:200]
    for i, upper in enumerate(rules):
        for lower in rules[i + 1 :]:
            if (
                abs(upper[0] - lower[0]) < 3
                and abs(upper[2] - lower[2]) < 3
                and lower[1] - upper[1] > 4
            ):
                pairs.append((upper, lower))
                break
    return pairs


def _header_bottom(sheet: Sheet, free: Sequence[Piece]) -> float:
    """Y below the running head, 0 where there is none."""
    limit = 0.1 * sheet.height
    heads = [p.box for p in free if p.box[3] < limit]
    if not heads:
        return 0.0
    head = union(_stack(heads, gap=3.0)[:1])
    rules = [
        rule
        for rule in sheet.rules
        if -2 < rule[1] - head[3] < 14 and _wide(rule) > 0.5 * _wide(head)
    ]
    if rules and rules[0][1] < limit:
        return rules[0][3] + 0.5
    # A figure's own top label is close to the figure; a running head is not.
    art = [m.box for m in sheet.marks if m.box[1] < head[3] + 6 and m.box[3] > head[3]]
    return 0.0 if art else head[3]


def _belongs(box: Box, area: Box) -> bool:
    """Whether a box has its middle in an area, or covers much of it."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    if area[0] <= x <= area[2] and area[1] - 1 <= y <= area[3] + 1:
        return True
    shared = max(0.0, min(box[2], area[2]) - max(box[0], area[0])) * max(
        0.0, min(box[3], area[3]) - max(box[1], area[1])
    )
    return shared > 0.6 * max(1.0, _wide(box) * _tall(box))


def _cut(box: Box, area: Box) -> Box:
    """Part of a box between an area's top and bottom."""
    top = min(max(box[1], area[1]), area[3])
    bottom = max(min(box[3], area[3]), area[1])
    return (box[0], top, box[2], bottom)


def _outside(box: Box, area: Box) -> bool:
    return (
        box[1] < area[1] - 1.5
        or box[3] > area[3] + 1.5
        or box[0] < area[0] - 6
        or box[2] > area[2] + 6
    )


def _inside(box: Box, frame: Box) -> bool:
    return (
        box[0] >= frame[0] - 2
        and box[1] >= frame[1] - 2
        and box[2] <= frame[2] + 2
        and box[3] <= frame[3] + 2
    )


def _meet(a: Box, b: Box) -> bool:
    return (
        min(a[2], b[2]) - max(a[0], b[0]) > 2 and min(a[3], b[3]) - max(a[1], b[1]) > 2
    )


def _v_overlap(a: Box, b: Box) -> float:
    return min(a[3], b[3]) - max(a[1], b[1])


def _wide(box: Box) -> float:
    return box[2] - box[0]


def _tall(box: Box) -> float:
    return box[3] - box[1]


def _mid(box: Box) -> float:
    return (box[1] + box[3]) / 2
