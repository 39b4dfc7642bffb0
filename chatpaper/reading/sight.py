"""What of a page can be seen, by its dots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pymupdf

from chatpaper.reading.opening import ENGINE_ERRORS, out_of_memory
from chatpaper.records import Box

_DPI = 100
# Differences of red, green and blue, of 255, that an eye takes for none: it hardly sees
# blue, and pale yellow on white not at all.
_UNSEEN = (32, 26, 74)
_WHITE = 255
_CORNER_PT = 4.0
_FONTS = {"/Font", "/Type0", "/Type1", "/MMType1", "/Type3", "/TrueType"}
_EMPTY = "Empty"
# ISO 32000-1, 9.6.5: glyphs are procedures, of which this font has none.
_NO_LETTERS = (
    f"<</Type/Font/Subtype/Type3/Name/{_EMPTY}/FontBBox[0 0 0 0]"
    "/FontMatrix[.001 0 0 .001 0 0]/CharProcs<<>>/Encoding<</Differences[]>>"
    "/FirstChar 0/LastChar 0/Widths[0]>>"
)


class Sight:
    """A page as it is shown, and as it would be without its text; both made late."""

    def __init__(self, page: pymupdf.Page) -> None:
        self._page = page
        self._shown: Any = None
        self._alone: Any = None
        self._bare: Any = None
        self._left: list[Any] = []

    def contrasts(self, boxes: Sequence[Box]) -> list[bool]:
        """Whether anything is to be seen in each box."""
        if not boxes:
            return []
        if self._shown is None:
            self._shown = _dots(self._page)
        turned: Any = self._page.rotation_matrix
        return [_varied(self._shown, pymupdf.Rect(box) * turned) for box in boxes]

    def drowns(self, box: Box, color: int) -> bool:
        """Whether most dots of a box are of an ink's colour, so that it may drown."""
        if self._shown is None:
            self._shown = _dots(self._page)
        rect = pymupdf.Rect(box) * self._page.rotation_matrix
        dots = b"".join(_rows(self._shown, rect))
        for channel, unseen in enumerate(_UNSEEN):
            ink = color >> (16 - 8 * channel) & 255
            near = bytes(range(max(0, ink - unseen), min(255, ink + unseen) + 1))
            values = dots[channel::3]
            if len(values.translate(None, near)) >= 0.5 * len(values):
                return False
        return True

    def is_on_white(self) -> bool:
        """Whether the page's corner is white, as if nothing were painted there."""
        corner = pymupdf.Rect(0, 0, _CORNER_PT, _CORNER_PT)
        dots: Any = self._page.get_pixmap(clip=corner, annots=False)
        return bool(min(dots.samples) == _WHITE)

    def tells(self, boxes: Sequence[Box]) -> list[bool]:
        """Whether the text in each box changes what is to be seen there."""
        if not boxes:
            return []
        if self._alone is None:
            self._take_text_away()
        turned: Any = self._page.rotation_matrix
        rects = [pymupdf.Rect(box) * turned for box in boxes]
        return [
            any(rect.intersects(word) for word in self._left)
            or _differ(self._alone, self._bare, rect)
            for rect in rects
        ]

    def _take_text_away(self) -> None:
        with _copied(self._page) as alone:
            self._alone = _dots(alone[0])
        with _copied(self._page) as bare:
            _empty_fonts(bare)
            page = bare[0]
            if _lettered(page):  # in a font that is no object of its own
                everywhere = page.rect * page.derotation_matrix
                page.add_redact_annot(everywhere, fill=False)
                page.apply_redactions(images=0, graphics=0, text=0)
            self._bare = _dots(page)
            # Nothing can be said of text that would not go.
            self._left = [box * page.rotation_matrix for box in _lettered(page)]


def _copied(page: pymupdf.Page) -> pymupdf.Document:
    """A document of one page."""
    copy = pymupdf.open()
    number = page.number
    copy.insert_pdf(
        page.parent, from_page=number, to_page=number, links=False, annots=False
    )
    return copy


def _empty_fonts(document: pymupdf.Document) -> None:
    """Take the letters from the fonts of a document.

    Redaction takes all text, but rewrites a pattern each time that it is used.
    """
    for xref in range(1, document.xref_length()):
        try:
            kinds = {document.xref_get_key(xref, key)[1] for key in ("Type", "Subtype")}
        except ENGINE_ERRORS as error:
            if out_of_memory(error):
                raise
            continue  # lost in a damaged file
        if not kinds.isdisjoint(_FONTS):
            document.update_object(xref, _NO_LETTERS)


def _lettered(page: pymupdf.Page) -> list[pymupdf.Rect]:
    """Boxes of the text whose font has letters."""
    content: Any = page.get_text("dict", flags=0)
    return [
        pymupdf.Rect(span["bbox"])
        for block in content["blocks"]
        for line in block["lines"]
        for span in line["spans"]
        if span["font"] != _EMPTY and span["text"].strip()
    ]


def _dots(page: pymupdf.Page) -> Any:
    return page.get_pixmap(dpi=_DPI, colorspace=pymupdf.csRGB, annots=False)


def _rows(pixmap: Any, rect: pymupdf.Rect) -> Iterator[bytes]:
    """Dots of a box of the page as shown, row by row."""
    scale = _DPI / 72
    left, right = int(max(0, rect.x0 * scale)), int(rect.x1 * scale + 1)
    top, bottom = int(max(0, rect.y0 * scale)), int(rect.y1 * scale + 1)
    right = min(pixmap.width, right)
    for y in range(top, min(pixmap.height, bottom) if left < right else top):
        start = y * pixmap.stride
        yield bytes(pixmap.samples_mv[start + 3 * left : start + 3 * right])


def _varied(pixmap: Any, rect: pymupdf.Rect) -> bool:
    rows = list(_rows(pixmap, rect))
    for channel, unseen in enumerate(_UNSEEN):
        parts = [row[channel::3] for row in rows]
        values = [value for part in parts for value in (min(part), max(part))]
        if values and max(values) - min(values) > unseen:
            return True
    return False


def _differ(one: Any, other: Any, rect: pymupdf.Rect) -> bool:
    return any(
        abs(x - y) > _UNSEEN[at % 3]
        for a, b in zip(_rows(one, rect), _rows(other, rect), strict=True)
        if a != b
        for at, (x, y) in enumerate(zip(a, b, strict=True))
    )
