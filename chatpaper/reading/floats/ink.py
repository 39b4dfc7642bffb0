"""What a page paints beside its text, from MuPDF's log of painted boxes."""

from __future__ import annotations

import pymupdf

from chatpaper.reading.floats.sheet import Mark
from chatpaper.reading.paint import PaintLog
from chatpaper.records import Box

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
    seen: dict[tuple[float, ...], Mark] = {}
    log = paint.entries()
    grid = _GRID_PT if len(log) > _MANY else 0.25
    for kind, (left, top, right, bottom) in log:
        if kind.endswith("text"):
            continue
        x0, y0 = max(left, 0.0), max(top, 0.0)
        x1, y1 = min(right, width), min(bottom, height)
        # A line may be logged without thickness.
        x1 = x1 if right > left else x1 + _HAIR_PT
        y1 = y1 if bottom > top else y1 + _HAIR_PT
        if x1 <= x0 or y1 <= y0 or (x1 - x0) * (y1 - y0) > 0.85 * width * height:
            continue
        if _is_band((x0, y0, x1, y1), width, height):
            continue
        image = kind in ("fill-image", "fill-shade", "fill-imgmask")
        key = (x0 // grid, y0 // grid, x1 // grid, y1 // grid, image)
        if key not in seen:
            seen[key] = Mark((x0, y0, x1, y1), image)
    return list(seen.values())


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
