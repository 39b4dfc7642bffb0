"""What is painted over what: whether a line of text can be seen on its page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pymupdf

from chatpaper.reading.pages.lines import (
    TextLine,
)
from chatpaper.reading.pages.pdf import (
    ENGINE_ERRORS,
    out_of_memory,
)
from chatpaper.reading.pages.wording import (
    addresses,
    is_prose,
)
from chatpaper.records import Box

# --------------------------------------------------------------------------------------
# Whether text can be seen, found by comparing the dots of a page.

# Letters of small print are some ten dots high: enough to show, and quick to paint.
_DPI = 100
# Differences of red, green and blue, of 255, that an eye takes for none: it hardly sees
# blue, and pale yellow on white not at all.
_UNSEEN = (32, 26, 74)
_WHITE = 255
# No text stands so near the page's corner.
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
    """A page as it is shown, and as it would be without its text.

    Both pictures are made when they are first needed: most pages need neither.
    """

    def __init__(self, page: pymupdf.Page) -> None:
        self._page = page
        self._page_dots: Any = None
        self._with_text: Any = None
        self._without_text: Any = None
        self._residue: list[Any] = []

    def contrasts(self, boxes: Sequence[Box]) -> list[bool]:
        """Whether anything is to be seen in each box."""
        if not boxes:
            return []
        if self._page_dots is None:
            self._page_dots = _dots(self._page)
        turned: Any = self._page.rotation_matrix
        return [
            _has_contrast(self._page_dots, pymupdf.Rect(box) * turned) for box in boxes
        ]

    def has_ink_color(self, box: Box, color: int) -> bool:
        """Whether most dots of a box have an ink's colour, so that it may not show."""
        if self._page_dots is None:
            self._page_dots = _dots(self._page)
        rect = pymupdf.Rect(box) * self._page.rotation_matrix
        dots = b"".join(_rows(self._page_dots, rect))
        for channel, unseen in enumerate(_UNSEEN):
            ink = color >> (16 - 8 * channel) & 255
            near = bytes(range(max(0, ink - unseen), min(255, ink + unseen) + 1))
            values = dots[channel::3]
            # Half of the dots: letters themselves fill less of their box.
            if len(values.translate(None, near)) >= 0.5 * len(values):
                return False
        return True

    def is_on_white(self) -> bool:
        """Whether the page's corner is white, as if nothing were painted there."""
        corner = pymupdf.Rect(0, 0, _CORNER_PT, _CORNER_PT)
        dots: Any = self._page.get_pixmap(clip=corner, annots=False)
        return bool(min(dots.samples) == _WHITE)

    def changes_dots(self, boxes: Sequence[Box]) -> list[bool]:
        """Whether the text in each box changes what is to be seen there."""
        if not boxes:
            return []
        if self._with_text is None:
            self._take_text_away()
        turned: Any = self._page.rotation_matrix
        rects = [pymupdf.Rect(box) * turned for box in boxes]
        return [
            any(rect.intersects(word) for word in self._residue)
            or _differ(self._with_text, self._without_text, rect)
            for rect in rects
        ]

    def _take_text_away(self) -> None:
        with _copy_of_page(self._page) as alone:
            self._with_text = _dots(alone[0])
        with _copy_of_page(self._page) as bare:
            _empty_fonts(bare)
            page = bare[0]
            if _letter_boxes(page):  # in a font that is no object of its own
                everywhere = page.rect * page.derotation_matrix
                page.add_redact_annot(everywhere, fill=False)
                page.apply_redactions(images=0, graphics=0, text=0)
            self._without_text = _dots(page)
            # Nothing can be said of text that would not go.
            self._residue = [box * page.rotation_matrix for box in _letter_boxes(page)]


def _copy_of_page(page: pymupdf.Page) -> pymupdf.Document:
    """A document of one page."""
    copy = pymupdf.open()
    number = page.number
    copy.insert_pdf(
        page.parent, from_page=number, to_page=number, links=False, annots=False
    )
    return copy


def _empty_fonts(document: pymupdf.Document) -> None:
    """Remove the letters from the fonts of a document.

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


def _letter_boxes(page: pymupdf.Page) -> list[pymupdf.Rect]:
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


def _has_contrast(pixmap: Any, rect: pymupdf.Rect) -> bool:
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


# --------------------------------------------------------------------------------------
# The boxes that a page paints, in order, read from MuPDF at most once.


class PaintLog:
    """A page's painting, in order: kinds such as `fill-text` with their boxes.

    Reading it makes MuPDF run the whole page, so it is read when first asked for,
    and shared by all who ask.
    """

    def __init__(self, page: pymupdf.Page) -> None:
        self._page: pymupdf.Page | None = page
        self._entries: list[tuple[str, Box]] = []

    def entries(self) -> list[tuple[str, Box]]:
        """Every painted box, in points of the unrotated page."""
        if self._page is not None:
            log: Any = self._page.get_bboxlog()
            self._entries, self._page = log, None
        return self._entries


# --------------------------------------------------------------------------------------
# Lines that do not show: something is painted over them, or under them in their ink.

_LONG = 100_000  # bytes of drawing, in which looking for paint does not pay
_PAINTS = re.compile(rb"\s(?:Do|sh|EI|f\*?|F|B\*?|b\*?)\s")
_RECT = re.compile(rb"(-?[\d.]+)\s(-?[\d.]+)\sre\s+(?:W\*?\sn\s+)?(?:f\*?|F|B\*?)\s")
_AREAS = ("fill-path", "fill-image", "fill-shade", "fill-imgmask")
_PAGE = 0.85  # of the page: its ground
_PLACES = 12  # along a line that are looked at

Area = tuple[int, Box]  # with its place in the painting order


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


def find_covered(
    page: pymupdf.Page, lines: Sequence[TextLine], paint: PaintLog, sight: Sight
) -> tuple[list[int], list[int]]:
    """Find the lines that cannot be seen because of what is painted where they are.

    Args:
        page: The open page.
        lines: All of its lines.
        paint: Of the page.
        sight: Of the page.

    Returns:
        Indices of the lines under images or areas that are painted later, and of the
        lines whose ink is like that of an area painted before them.
    """
    if not lines or not _may_cover(page):
        return [], []
    log = paint.entries()
    texts = [(i, box) for i, (kind, box) in enumerate(log) if kind.endswith("text")]
    areas = [
        (i, box)
        for i, (kind, box) in enumerate(log)
        # What is smaller covers no word.
        if kind in _AREAS and box[2] - box[0] > 8 and box[3] - box[1] > 4
    ]
    if not texts or not areas:
        return [], []
    later = [area for area in areas if area[0] > texts[0][0]]
    under = [
        index
        for index, line in enumerate(lines)
        if (over := _areas_on(line.box, later))
        and _lies_over(line.box, over, _paint_order(texts, line))
    ]
    covered = _unseen_lines(lines, under, sight)
    rest = sorted(set(range(len(lines))).difference(covered))
    # A white page is often painted first: white on it does not show, but pale ink is
    # found by another test.
    grounds = [area for area in areas if not _is_page(page, area[1])]
    if len(grounds) < len(areas) and not sight.is_on_white():
        grounds = areas
    return covered, _faint_lines(lines, rest, grounds, sight)


def _is_page(page: pymupdf.Page, box: Box) -> bool:
    size = (box[2] - box[0]) * (box[3] - box[1])
    return bool(size > _PAGE * page.cropbox.width * page.cropbox.height)


def _hold_prose(lines: Sequence[TextLine], indices: Sequence[int]) -> bool:
    """Whether lines are more than labels, which are many; a closer look is slow."""
    text = " ".join([lines[index].text for index in indices])
    return addresses(text) or is_prose(text)


def _unseen_lines(
    lines: Sequence[TextLine], indices: Sequence[int], sight: Sight
) -> list[int]:
    """Return the lines whose text does not show in their boxes."""
    shown = sight.contrasts([lines[index].box for index in indices])
    pairs = list(zip(indices, shown, strict=True))
    # Something shows, which may be a picture: then only a page painted without its text
    # tells. It takes two more paintings.
    doubtful = [index for index, seen in pairs if seen]
    if not _hold_prose(lines, doubtful):
        return [index for index, seen in pairs if not seen]
    text_shows = sight.changes_dots([lines[index].box for index in doubtful])
    visible = {
        index for index, shows in zip(doubtful, text_shows, strict=True) if shows
    }
    return [index for index in indices if index not in visible]


def _areas_on(box: Box, areas: Sequence[Area]) -> list[Area]:
    x0, y0, x1, y1 = box
    return [
        (i, area)
        for i, area in areas
        if area[0] < x1 and area[2] > x0 and area[1] < y1 and area[3] > y0
    ]


def _lies_over(box: Box, areas: Sequence[Area], painted: int) -> bool:
    """Whether areas painted after a line lie over nearly all of it."""
    middle = (box[1] + box[3]) / 2
    later = [area for i, area in areas if i > painted and area[1] <= middle <= area[3]]
    if not later:
        return False
    step = (box[2] - box[0]) / _PLACES
    places = [box[0] + step * (n + 0.5) for n in range(_PLACES)]
    # All places but one: an area may end within the line's last letter.
    return sum(any(a[0] <= x <= a[2] for a in later) for x in places) >= _PLACES - 1


def _paint_order(texts: Sequence[Area], line: TextLine) -> int:
    """Return the place, in painting order, of the last text where a line stands."""
    x = (line.box[0] + line.box[2]) / 2
    y = (line.box[1] + line.box[3]) / 2
    for i, box in reversed(texts):
        if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
            return i
    # After all else: nothing covers text that the log does not know.
    return 1 << 60


def _faint_lines(
    lines: Sequence[TextLine], indices: Sequence[int], areas: Sequence[Area],
    sight: Sight,
) -> list[int]:  # fmt: skip
    within = [
        index
        for index in indices
        if any(
            _lies_over(lines[index].box, [area], -1)
            for area in _areas_on(lines[index].box, areas)
        )
    ]
    if not _hold_prose(lines, within):
        return []
    alike = [
        index
        for index in within
        if all(
            sight.has_ink_color(span.box, span.color)
            for span in lines[index].spans
            if span.text.strip()
        )
    ]
    return _unseen_lines(lines, alike, sight)
