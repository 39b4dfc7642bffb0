"""A page as a picture, with quotes marked on it as by a highlighter.

The marks are painted on the picture and the file is left alone: whatever a page's own
content does to what is drawn after it, they are where they should be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pymupdf

from chatpaper.errors import DocumentError
from chatpaper.figures.quote_boxes import boxes_overleaf, letters_of, quote_boxes
from chatpaper.reading import ENGINE_ERRORS, out_of_memory
from chatpaper.records import Box

if TYPE_CHECKING:
    from PIL.Image import Image

# A quote and the printed line that it begins on, where that is known.
Quote = tuple[str, Box | None]
_Area = tuple[int, int, int, int]
_Marked = tuple["Image", Sequence[_Area]]

_MAX_PIXELS = 4_000_000
_MARK = (255, 222, 89)  # black on it, or under it, has a contrast of 15 to 1
_UNDERLINE = (176, 96, 0)
_PAD_PX = 2
_BETWEEN_PX = 10  # of the band between a page and what follows overleaf
_BETWEEN = (96, 96, 96)
_BELOW = 0.04  # of a page's height is shown below its last mark overleaf
# Text and drawings are sharp and small without loss; pages of photographs are not.
_MAX_LOSSLESS_BYTES = 400_000
_QUALITY = 80


def page_picture(
    pdf: bytes | Path, number: int, quotes: Sequence[Quote], *, width_px: int = 1400
) -> tuple[bytes, tuple[Box, ...], int]:
    """Draw a page as WebP, with quotes marked.

    Where a quote goes on overleaf, the next page follows below, as far as to its end.

    Args:
        pdf: A file, or all of its bytes.
        number: Of the page, from 1.
        quotes: What is marked; one that is not on the page marks nothing.
        width_px: Of the picture; less for pages that are very tall.

    Returns:
        The whole file; the marks, `(x0, top, x1, bottom)` as shares of the picture's
        width and height; the number of the last page on it.

    Raises:
        DocumentError: Not a PDF, or without such a page.
        MemoryError: It needs more memory than this process may have.
    """
    name = pdf.stem if isinstance(pdf, Path) else ""
    try:
        with _open(pdf) as document:
            if not document.is_pdf or document.needs_pass:
                raise ValueError("not a PDF that can be opened")
            if not 1 <= number <= document.page_count:
                raise ValueError(f"it has no page {number}")
            page = document[number - 1]
            after = document[number] if number < document.page_count else None
            boxes, overleaf = _boxes(page, after, quotes)
            drawn = _painted(page, boxes, width_px)
            if after is not None and overleaf:
                below = _down_to_its_marks(*_painted(after, overleaf, width_px))
                return *_encoded(*_joined(drawn, below)), number + 1
            return *_encoded(*drawn), number
    except (*ENGINE_ERRORS, OSError) as error:
        if out_of_memory(error):
            raise MemoryError from None
        reason = str(error).partition("\n")[0][:120]
    # Raised out here, since the engine's own errors cannot be sent between processes.
    raise DocumentError(name, f"page {number} cannot be drawn: {reason}")


def _open(pdf: bytes | Path) -> pymupdf.Document:
    pymupdf.TOOLS.mupdf_display_errors(False)  # positional in C
    if isinstance(pdf, bytes):
        return pymupdf.open(stream=pdf, filetype="pdf")
    return pymupdf.open(str(pdf), filetype="pdf")


def _boxes(
    page: pymupdf.Page, after: pymupdf.Page | None, quotes: Sequence[Quote]
) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
    """The marks on a page, and on the next one those of what goes on there."""
    letters = letters_of(page)
    if after is None or not quotes:
        found = (quote_boxes(letters, words, near) for words, near in quotes)
        return tuple(dict.fromkeys(chain.from_iterable(found))), ()
    then = letters_of(after)
    both = [boxes_overleaf(letters, then, words, near) for words, near in quotes]
    here, there = zip(*both, strict=True)
    return (
        tuple(dict.fromkeys(chain.from_iterable(here))),
        tuple(dict.fromkeys(chain.from_iterable(there))),
    )


def _painted(page: pymupdf.Page, boxes: Iterable[Box], width_px: int) -> _Marked:
    from PIL import Image

    width, height = page.rect.width, page.rect.height
    scale = min(width_px / width, (_MAX_PIXELS / (width * height)) ** 0.5)
    drawn = page.get_pixmap(
        matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csRGB, annots=False
    )
    picture = Image.frombytes("RGB", (drawn.width, drawn.height), drawn.samples)
    matrix = page.rotation_matrix * pymupdf.Matrix(scale, scale)
    areas = [
        _area(pymupdf.Rect(box) * matrix, drawn.width, drawn.height) for box in boxes
    ]
    areas = [area for area in areas if area[0] < area[2] and area[1] < area[3]]
    for area in areas:
        _mark(picture, area)
    return picture, areas


def _down_to_its_marks(picture: Image, areas: Sequence[_Area]) -> _Marked:
    below = max((area[3] for area in areas), default=0) + int(_BELOW * picture.height)
    return picture.crop((0, 0, picture.width, min(below, picture.height))), areas


def _joined(above: _Marked, below: _Marked) -> _Marked:
    """One picture under another."""
    from PIL import Image

    (first, marks), (second, more) = above, below
    down = first.height + _BETWEEN_PX
    size = max(first.width, second.width), down + second.height
    whole = Image.new("RGB", size, _BETWEEN)
    whole.paste(first, (0, 0))
    whole.paste(second, (0, down))
    moved = [(x0, top + down, x1, bottom + down) for x0, top, x1, bottom in more]
    return whole, [*marks, *moved]


def _area(box: pymupdf.Rect, width: int, height: int) -> _Area:
    """The pixels of a box, with a little room, that are on the picture."""
    x0, y0, x1, y1 = box.x0, box.y0, box.x1, box.y1
    return (
        max(0, int(x0) - _PAD_PX),
        max(0, int(y0) - _PAD_PX),
        min(width, int(x1) + _PAD_PX),
        min(height, int(y1) + _PAD_PX),
    )


def _mark(picture: Image, area: _Area) -> None:
    from PIL import Image, ImageChops

    under = picture.crop(area)
    ink = Image.new("RGB", under.size, _MARK)
    picture.paste(ImageChops.multiply(under, ink), area)
    # Colour alone tells nothing to who sees none.
    x0, _, x1, bottom = area
    picture.paste(_UNDERLINE, (x0, bottom - _PAD_PX, x1, bottom))


def _encoded(picture: Image, areas: Iterable[_Area]) -> tuple[bytes, tuple[Box, ...]]:
    # Named here, it is found without loading every format there is.
    from PIL import WebPImagePlugin  # noqa: F401

    wide, high = picture.size
    marks = tuple(
        (x0 / wide, y0 / high, x1 / wide, y1 / high) for x0, y0, x1, y1 in areas
    )
    out = BytesIO()
    picture.save(out, "webp", lossless=True, method=2)
    if out.tell() > _MAX_LOSSLESS_BYTES:
        out = BytesIO()
        picture.save(out, "webp", quality=_QUALITY, method=2)
    return out.getvalue(), marks
