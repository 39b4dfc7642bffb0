"""Figures, tables and algorithms of a page: their captions and their boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pymupdf

from chatpaper.reading.floats.boxes import Found, Layout
from chatpaper.reading.floats.captions import Caption, find_captions, may_be_caption
from chatpaper.reading.floats.ink import inked_part, read_marks
from chatpaper.reading.floats.sheet import Direction, Mark, Sheet, turn_back
from chatpaper.reading.lines import BodyStyle, TextLine
from chatpaper.records import Box, Figure, PassageKind

_DIRECTIONS: tuple[Direction, ...] = ((1, 0), (0, -1), (0, 1))
_MARGIN_PT = 1.5


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
    page: pymupdf.Page, lines: Sequence[TextLine], style: BodyStyle
) -> PageFloats:
    """Find the figures, tables and algorithms of a page by their captions.

    Args:
        page: An open page.
        lines: All of its lines, as `read_lines` gives them.
        style: Of the document's running text.

    Returns:
        One figure per caption whose figure was found; captions without one have
        the role of a caption all the same.
    """
    if not any(may_be_caption(line.text) for line in lines):
        return PageFloats()
    marks = read_marks(page)
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
        found, its_roles = _on_sheet(page, lines, marks, style, direction)
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
) -> tuple[list[Figure], dict[int, PassageKind]]:
    size = (page.cropbox.width, page.cropbox.height)
    sheet = Sheet(lines, marks, style, size, direction)
    captions = find_captions(sheet)
    roles: dict[int, PassageKind] = {
        sheet.pieces[i].line: "caption" for c in captions for i in c.pieces
    }
    layout = Layout(sheet, captions)
    figures = []
    for caption, found in _place(layout, captions):
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
        for piece in layout.free:
            if _centre_in(piece.box, found.box):
                roles.setdefault(piece.line, caption.kind)
    return figures, roles


def _place(layout: Layout, captions: Sequence[Caption]) -> list[tuple[Caption, Found]]:
    """Give each caption its figure, the surest first, no figure twice."""
    waiting = list(captions)
    placed = []
    while waiting:
        offers = [
            (found.score, -i, found)
            for i, caption in enumerate(waiting)
            if (found := layout.find(caption))
        ]
        if not offers:
            break
        _, at, found = max(offers)
        caption = waiting.pop(-at)
        layout.placed.append(found.box)
        placed.append((caption, found))
    return placed


def _on_page(page: pymupdf.Page, sheet: Sheet, found: Found) -> Box:
    box = _back(sheet, found.box)
    if found.clipped:
        box = inked_part(page, box)
    width, height = sheet.page_size
    return (
        max(box[0] - _MARGIN_PT, 0.0),
        max(box[1] - _MARGIN_PT, 0.0),
        min(box[2] + _MARGIN_PT, width),
        min(box[3] + _MARGIN_PT, height),
    )


def _back(sheet: Sheet, box: Box) -> Box:
    return turn_back(box, sheet.direction, *sheet.page_size)


def _centre_in(box: Box, frame: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return frame[0] - 1 <= x <= frame[2] + 1 and frame[1] - 1 <= y <= frame[3] + 1
