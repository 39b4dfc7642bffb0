"""Opening a PDF, recognising scanned pages and turning sideways ones upright."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pymupdf

from chatpaper.errors import DocumentError
from chatpaper.reading.geometry import Direction, turn_box
from chatpaper.reading.pages.lines import (
    TextLine,
)
from chatpaper.records import Box

# --------------------------------------------------------------------------------------
# Opening a PDF that may be anything.

# A PDF may have other bytes before its header (ISO 32000-1, annex H.3.4.1).
_HEADER_WITHIN = 1024

# What PyMuPDF raises: wrapped, RuntimeErrors or ValueErrors; bare, MuPDF's own.
ENGINE_ERRORS = (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase)
_NO_MEMORY = re.compile(r"alloc \(.*\) failed")


@contextmanager
def open_pdf(paper_id: str, pdf: bytes | Path) -> Iterator[pymupdf.Document]:
    """Open a PDF and close it whatever happens.

    Errors of the engine within the block are turned into ours, too.

    Raises:
        DocumentError: Unreadable, empty, not a PDF, locked by a password, damaged
            beyond repair or without pages.
        MemoryError: The engine was refused memory.
    """
    start = _first_bytes(paper_id, pdf)
    if not start:
        raise DocumentError(paper_id, "the file is empty")
    if b"%PDF-" not in start:
        markup = start.lstrip()[:1] == b"<"
        what = "a web page or XML" if markup else "another kind of file"
        raise DocumentError(paper_id, f"not a PDF but {what}")
    try:
        with _open(pdf) as document:
            if not document.is_pdf:
                raise DocumentError(paper_id, "not a PDF")
            if document.needs_pass:
                raise DocumentError(paper_id, "locked by a password")
            if not document.page_count:
                raise DocumentError(paper_id, "damaged: it has no pages")
            yield document
            return
    except ENGINE_ERRORS as error:
        reason = str(error).partition("\n")[0][:120]
        if out_of_memory(error):
            raise MemoryError from None
    # Raised out here, since the engine's own errors cannot be sent between processes.
    raise DocumentError(paper_id, f"damaged: {reason}")


def out_of_memory(error: Exception) -> bool:
    """Whether the engine was refused memory: no fault of one page or figure."""
    return _NO_MEMORY.search(str(error)) is not None


def _first_bytes(paper_id: str, pdf: bytes | Path) -> bytes:
    if isinstance(pdf, bytes):
        return pdf[:_HEADER_WITHIN]
    try:
        with pdf.open("rb") as file:
            return file.read(_HEADER_WITHIN)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DocumentError(paper_id, f"the file cannot be read: {reason}") from error


def _open(pdf: bytes | Path) -> pymupdf.Document:
    if isinstance(pdf, bytes):
        return pymupdf.Document(stream=pdf, filetype="pdf")
    return pymupdf.Document(str(pdf), filetype="pdf")


# --------------------------------------------------------------------------------------
# Pages that are pictures of pages.

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
    # Stamps and running heads are printed over the scan.
    if not unseen or share < 0.6 * sum(weights):
        return False
    boxes = picture_boxes(page)
    # Scans with wide margins cut off still fill half of the page.
    if _filled_share(page, boxes) < 0.5:
        return False
    on = sum(weights[index] for index in unseen if _on_any(lines[index], boxes))
    # Words at the very edge may stand beside the picture.
    return bool(on > 0.9 * share)


def is_bare_picture(page: pymupdf.Page, lines: Sequence[TextLine]) -> bool:
    """Whether a page is a picture whose text is not in the file."""
    if sum(len(line.text) for line in lines) > _STAMP_CHARS:
        return False
    boxes = picture_boxes(page)
    if _filled_share(page, boxes) < _FILLED:
        return False
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    wide: bool = max(x1) - min(x0) > _TO_THE_EDGE * page.cropbox.width
    tall: bool = max(y1) - min(y0) > _TO_THE_EDGE * page.cropbox.height
    return wide and tall


def _filled_share(page: pymupdf.Page, boxes: Sequence[Box]) -> float:
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


# --------------------------------------------------------------------------------------
# Pages whose text runs up or down the sheet, turned upright to be read.


def turn_upright(
    lines: Sequence[TextLine], width: float, height: float
) -> tuple[list[TextLine], Direction]:
    """Turn a page upright whose text mostly runs up or down.

    Args:
        lines: Of the page.
        width: Of the page, in points.
        height: Of the page, in points.

    Returns:
        The lines, upright, and the direction they had; most pages stay as they are.
    """
    weights: Counter[Direction] = Counter()
    for line in lines:
        x, y = line.direction
        weights[round(x), round(y)] += len(line.text)
    turn = weights.most_common(1)[0][0] if weights else (1, 0)
    # Page numbers and notes of a turned table often stay upright.
    if turn not in ((0, -1), (0, 1)) or weights[turn] < 0.7 * weights.total():
        return list(lines), (1, 0)
    return [_turn_line(line, turn, width, height) for line in lines], turn


def _turn_line(
    line: TextLine, turn: Direction, width: float, height: float
) -> TextLine:
    x, y = line.direction
    direction = (-y, x) if turn == (0, -1) else (y, -x)
    box = turn_box(line.box, turn, width, height)
    # The baseline lies a fifth of the height above the box's foot.
    baseline = box[3] - 0.2 * (box[3] - box[1])
    spans = tuple(
        span._replace(box=turn_box(span.box, turn, width, height), origin_y=baseline)
        for span in line.spans
    )
    return replace(line, box=box, spans=spans, direction=direction, baseline=baseline)
