"""Lines that something painted later lies over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pymupdf

from chatpaper.reading.lines import TextLine
from chatpaper.reading.paint import PaintLog
from chatpaper.records import Box

_CONTRAST = 26  # of 255, within the words' box as rendered
_DPI = 100
_LONG = 100_000  # bytes of drawing, in which looking for paint does not pay
_PAINTS = re.compile(rb"\s(?:Do|sh|EI|f\*?|F|B\*?|b\*?)\s")
_RECT = re.compile(rb"(-?[\d.]+)\s(-?[\d.]+)\sre\s+(?:W\*?\sn\s+)?(?:f\*?|F|B\*?)\s")


def contrasts(page: pymupdf.Page, boxes: Sequence[Box]) -> list[bool]:
    """Whether anything is to be seen in each box of the page as rendered."""
    if not boxes:
        return []
    pixmap: Any = page.get_pixmap(dpi=_DPI, colorspace=pymupdf.csGRAY, annots=False)
    scale = _DPI / 72
    turned: Any = page.rotation_matrix
    result = []
    for box in boxes:
        x0, y0, x1, y1 = pymupdf.Rect(box) * turned
        left, right = int(max(0, x0 * scale)), int(min(pixmap.width, x1 * scale + 1))
        top, bottom = int(max(0, y0 * scale)), int(min(pixmap.height, y1 * scale + 1))
        rows = [
            pixmap.samples_mv[y * pixmap.stride + left : y * pixmap.stride + right]
            for y in range(top, bottom)
        ]
        values = [value for row in rows if len(row) for value in (min(row), max(row))]
        result.append(bool(values) and max(values) - min(values) > _CONTRAST)
    return result


def _may_cover(page: pymupdf.Page) -> bool:
    """Whether a page paints anything but text and thin rules."""
    contents: bytes = page.read_contents()
    if len(contents) > _LONG:
        return True
    if not _PAINTS.search(contents):
        return False
    rest = _RECT.sub(_keep_large, contents)
    return _PAINTS.search(rest) is not None


def _keep_large(match: re.Match[bytes]) -> bytes:
    width, height = abs(float(match[1])), abs(float(match[2]))
    return b" f " if min(width, height) > 3 else b" "


def covered(
    page: pymupdf.Page, lines: Sequence[TextLine], paint: PaintLog
) -> list[int]:
    """Indices of lines that an opaque image or area, painted later, lies over."""
    if not lines or not _may_cover(page):
        return []
    log = paint.entries()
    last_text = max(
        (i for i, (kind, _) in enumerate(log) if kind.endswith("text")), default=-1
    )
    first_text = next(
        (i for i, (kind, _) in enumerate(log) if kind.endswith("text")), len(log)
    )
    covers = [
        (i, kind, box)
        for i, (kind, box) in enumerate(log)
        if i > first_text
        and kind in ("fill-path", "fill-image", "fill-shade")
        and box[2] - box[0] > 8
        and box[3] - box[1] > 4
    ]
    if not covers or last_text < 0:
        return []
    texts = [(i, box) for i, (kind, box) in enumerate(log) if kind.endswith("text")]
    suspects: dict[int, set[str]] = {}
    for index, line in enumerate(lines):
        over = [(i, kind) for i, kind, box in covers if _inside(line.box, box)]
        if over and (painted := _painted_at(texts, line)) < over[-1][0]:
            suspects[index] = {kind for i, kind in over if i > painted}
    if not suspects:
        return []
    shown = contrasts(page, [lines[index].box for index in suspects])
    opaque = _opaque(page) if any("fill-image" in k for k in suspects.values()) else []
    found = []
    for (index, kinds), seen in zip(suspects.items(), shown, strict=True):
        pictured = "fill-image" in kinds and any(
            _inside(lines[index].box, box) for box in opaque
        )
        if pictured or not seen:
            found.append(index)
    return found


def _inside(inner: Box, outer: Box) -> bool:
    return (
        inner[0] >= outer[0] - 1
        and inner[1] >= outer[1] - 1
        and inner[2] <= outer[2] + 1
        and inner[3] <= outer[3] + 1
    )


def _painted_at(texts: Sequence[tuple[int, Box]], line: TextLine) -> int:
    """Place in the painting order of the last text painted where a line stands."""
    x = (line.box[0] + line.box[2]) / 2
    y = (line.box[1] + line.box[3]) / 2
    for i, box in reversed(texts):
        if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
            return i
    return 1 << 60


def _opaque(page: pymupdf.Page) -> list[Box]:
    images: Any = page.get_image_info(xrefs=True)
    return [image["bbox"] for image in images if not image.get("has-mask")]
