"""Figures, tables and algorithms of a page: their captions and their boxes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import pymupdf

from chatpaper.reading.floats.boxes import Layout
from chatpaper.reading.floats.captions import find_captions, may_be_caption
from chatpaper.reading.floats.content import Found
from chatpaper.reading.floats.geometry import centred_in
from chatpaper.reading.floats.ink import inked_part, read_marks
from chatpaper.reading.floats.placing import place
from chatpaper.reading.floats.sheet import Direction, Mark, Sheet, turn_back
from chatpaper.reading.lines import BodyStyle, TextLine
from chatpaper.reading.paint import PaintLog
from chatpaper.records import Box, Figure, PassageKind

_DIRECTIONS: tuple[Direction, ...] = ((1, 0), (0, -1), (0, 1))


@dataclass(frozen=True, slots=True)
class PageFloats:
    """Floats of one page.

    Attributes:
        figures: From the top of the page.
        roles: For each line that is not running text, by its index among the
            page's lines: what it is part of.
    """

    figures: tuple[Figure, ...] = ()
    roles: dict[int, PassageKind] = field(default_factory=dict)


def find_floats(
    page: pymupdf.Page,
    lines: Sequence[TextLine],
    style: BodyStyle,
    *,
    margins: Collection[int] = (),
    paint: PaintLog | None = None,
) -> PageFloats:
    """Find the figures, tables and algorithms of a page by their captions.

    Args:
        page: An open page.
        lines: All of its lines, as `read_lines` gives them.
        style: Of the document's running text.
        margins: Indices of running heads, page numbers and stamps, which belong to
            no float.
        paint: Of the page, where somebody has asked for it before.

    Returns:
        One figure per caption whose figure was found; captions without one have
        the role of a caption all the same. What says that it continues a figure of
        an earlier page has roles, but is no figure again.
    """
    if not any(may_be_caption(line.text) for line in lines):
        return PageFloats()
    marks = read_marks(page, paint or PaintLog(page))
    figures: list[Figure] = []
    roles: dict[int, PassageKind] = {}
    for direction in _DIRECTIONS:
        if not any(
            round(line.direction[0]) == direction[0]
            and round(line.direction[1]) == direction[1]
            and may_be_caption(line.text)
            for line in lines
        ):
            continue
        found, its_roles = _on_sheet(page, lines, marks, style, direction, margins)
        figures += found
        roles |= its_roles
    figures.sort(key=lambda figure: (figure.box[1], figure.box[0]))
    return PageFloats(tuple(figures), roles)


def _on_sheet(
    page: pymupdf.Page,
    lines: Sequence[TextLine],
    marks: Sequence[Mark],
    style: BodyStyle,
    direction: Direction,
    margins: Collection[int],
) -> tuple[list[Figure], dict[int, PassageKind]]:
    size = (page.cropbox.width, page.cropbox.height)
    sheet = Sheet(lines, marks, style, size, direction, margins)
    captions = find_captions(sheet)
    roles: dict[int, PassageKind] = {
        sheet.pieces[i].line: "caption" for c in captions for i in c.pieces
    }
    layout = Layout(sheet, captions)
    figures = []
    for caption, found in place(layout, captions):
        for piece in layout.free:
            if centred_in(found.box, piece.box):
                roles.setdefault(piece.line, caption.kind)
        if caption.continued:
            continue
        box = _on_page(page, sheet, found)
        figures.append(
            Figure(
                kind=caption.kind,
                label=caption.label,
                caption=caption.text,
                page=lines[0].page,
                box=box,
                caption_box=_back(sheet, caption.box),
            )
        )
    return figures, roles


def _on_page(page: pymupdf.Page, sheet: Sheet, found: Found) -> Box:
    x0, y0, x1, y1 = _back(sheet, found.box)
    width, height = sheet.page_size
    box = (max(x0, 0.0), max(y0, 0.0), min(x1, width), min(y1, height))
    return inked_part(page, box) if found.clipped else box


def _back(sheet: Sheet, box: Box) -> Box:
    return turn_back(box, sheet.direction, *sheet.page_size)
