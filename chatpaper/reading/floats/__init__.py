"""Figures, tables and algorithms of a page: their captions and their boxes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import pymupdf

from chatpaper.reading.floats.boxes import Layout
from chatpaper.reading.floats.captions import Caption, find_captions, may_be_caption
from chatpaper.reading.floats.content import (
    FloatBox,
    inked_part,
    read_marks,
)
from chatpaper.reading.floats.placing import place
from chatpaper.reading.floats.upright_page import (
    Piece,
    UprightPage,
)
from chatpaper.reading.geometry import (
    Direction,
    centred_in,
    holds,
    turn_back,
    turn_box,
    union,
)
from chatpaper.reading.pages.lines import (
    BodyStyle,
    TextLine,
)
from chatpaper.reading.pages.occlusion import (
    PaintLog,
)
from chatpaper.reading.tables import read_grid, read_words
from chatpaper.records import Box, Figure, PassageKind, Table

__all__ = ["PageFloats", "find_floats", "may_be_caption"]

_DIRECTIONS: tuple[Direction, ...] = ((1, 0), (0, -1), (0, 1))


@dataclass(frozen=True, slots=True)
class PageFloats:
    """Floats of one page.

    Attributes:
        figures: From the top of the page.
        tables: The cells of those of them that are tables, and of the rest of a
            table that began on an earlier page.
        roles: For each line that is not running text, by its index among the
            page's lines: what it is part of.
    """

    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
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
    tables: list[Table] = []
    roles: dict[int, PassageKind] = {}
    for direction in _DIRECTIONS:
        if not any(
            round(line.direction[0]) == direction[0]
            and round(line.direction[1]) == direction[1]
            and may_be_caption(line.text)
            for line in lines
        ):
            continue
        size = (page.cropbox.width, page.cropbox.height)
        sheet = UprightPage(lines, marks, style, size, direction, margins)
        found = _on_sheet(page, lines, sheet)
        figures += found.figures
        tables += found.tables
        roles |= found.roles
    figures.sort(key=lambda figure: (figure.box[1], figure.box[0]))
    tables.sort(key=lambda table: (table.box[1], table.box[0]))
    return PageFloats(tuple(figures), tuple(tables), roles)


def _on_sheet(
    page: pymupdf.Page, lines: Sequence[TextLine], sheet: UprightPage
) -> PageFloats:
    captions = find_captions(sheet)
    roles: dict[int, PassageKind] = {
        sheet.pieces[i].line: "caption" for c in captions for i in c.pieces
    }
    layout = Layout(sheet, captions)
    figures: list[Figure] = []
    tables: list[Table] = []
    for caption, found in place(layout, captions):
        inside = [p for p in layout.free if centred_in(found.box, p.box)]
        for piece in inside:
            roles.setdefault(piece.line, caption.kind)
        box = _on_page(page, sheet, found)
        if caption.kind == "table":
            tables += _table(page, lines, inside, sheet, caption, box)
        if not caption.continued:
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
    return PageFloats(tuple(figures), tuple(tables), roles)


def _table(
    page: pymupdf.Page,
    lines: Sequence[TextLine],
    inside: Sequence[Piece],
    sheet: UprightPage,
    caption: Caption,
    box: Box,
) -> list[Table]:
    """The cells of a table's lines: one table, or none where there are no words."""

    def upright(part: Box) -> Box:
        return turn_box(part, sheet.direction, *sheet.page_size)

    sideways = {piece.line for piece in sheet.labels}
    rows = [p for p in inside if p.line not in sideways]
    if not rows:
        return []
    frame = union(p.box for p in rows)
    # What is written sideways beside the rows is no part of them.
    rows += [p for p in inside if p.line in sideways and holds(frame, p.box)]
    words = read_words(page, [lines[p.line] for p in rows], box, upright)
    grid = read_grid(words, [mark.box for mark in sheet.marks])
    if grid is None:
        return []
    return [
        Table(
            label=caption.label,
            caption="" if caption.continued else caption.text,
            page=lines[0].page,
            rows=grid.rows,
            head_rows=grid.head_rows,
            notes=grid.notes,
            box=box,
        )
    ]


def _on_page(page: pymupdf.Page, sheet: UprightPage, found: FloatBox) -> Box:
    x0, y0, x1, y1 = _back(sheet, found.box)
    width, height = sheet.page_size
    box = (max(x0, 0.0), max(y0, 0.0), min(x1, width), min(y1, height))
    return inked_part(page, box) if found.clipped else box


def _back(sheet: UprightPage, box: Box) -> Box:
    return turn_back(box, sheet.direction, *sheet.page_size)
