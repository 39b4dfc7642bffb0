"""Pages that are pictures of pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pymupdf

from chatpaper.reading.lines import TextLine
from chatpaper.records import Box

# Of the page's sides and area. Scans, whole or in strips, go to the edges: plates of
# pictures that fill as much were seen to leave margins.
_TO_THE_EDGE = 0.95
_FILLED = 0.9
_STAMP_CHARS = 300  # of text on a page of pictures: a stamp, a running head


def picture_boxes(page: pymupdf.Page) -> list[Box]:
    """Where pictures stand on a page."""
    images: Any = page.get_image_info()
    return [image["bbox"] for image in images]


def is_text_layer(
    page: pymupdf.Page, lines: Sequence[TextLine], unseen: Collection[int]
) -> bool:
    """Whether a page's unseen lines are the text of the picture that it is.

    OCR lays its words, invisible, over or under the scanned page. They are nearly all
    of its text and stand where its pictures are.

    Args:
        page: The open page.
        lines: All of its lines.
        unseen: Indices of those that are not seen.
    """
    weights = [len(line.text) for line in lines]
    share = sum(weights[index] for index in unseen)
    if not unseen or share < 0.6 * sum(weights):
        return False
    boxes = picture_boxes(page)
    if _filled(page, boxes) < 0.5:
        return False
    on = sum(weights[index] for index in unseen if _on_any(lines[index], boxes))
    return bool(on > 0.9 * share)


def is_bare_picture(page: pymupdf.Page, lines: Sequence[TextLine]) -> bool:
    """Whether a page is a picture whose text is not in the file."""
    if sum(len(line.text) for line in lines) > _STAMP_CHARS:
        return False
    boxes = picture_boxes(page)
    if _filled(page, boxes) < _FILLED:
        return False
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    wide: bool = max(x1) - min(x0) > _TO_THE_EDGE * page.cropbox.width
    tall: bool = max(y1) - min(y0) > _TO_THE_EDGE * page.cropbox.height
    return wide and tall


def _filled(page: pymupdf.Page, boxes: Sequence[Box]) -> float:
    """Share of the page that pictures fill; where they overlap it counts twice."""
    width, height = page.cropbox.width, page.cropbox.height
    areas = [
        max(0.0, min(x1, width) - max(x0, 0)) * max(0.0, min(y1, height) - max(y0, 0))
        for x0, y0, x1, y1 in boxes
    ]
    return float(sum(areas) / (width * height))


def _on_any(line: TextLine, boxes: Sequence[Box]) -> bool:
    x, y = (line.box[0] + line.box[2]) / 2, (line.box[1] + line.box[3]) / 2
    return any(b[0] <= x <= b[2] and b[1] <= y <= b[3] for b in boxes)
