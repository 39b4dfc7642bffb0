"""Reads one PDF into one Document."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pymupdf

from chatpaper.errors import DocumentError
from chatpaper.reading.floats import find_floats
from chatpaper.reading.front.affiliations import (
    first_affiliation,
)
from chatpaper.reading.front.authors import (
    printed_authors,
)
from chatpaper.reading.front.front_matter import (
    read_front,
)
from chatpaper.reading.front.links import (
    find_code_link,
)
from chatpaper.reading.geometry import (
    turn_back,
    turn_box,
)
from chatpaper.reading.headings import find_headings
from chatpaper.reading.layout.line_numbers import (
    part_line_numbers,
)
from chatpaper.reading.layout.margins import (
    find_footnotes,
    find_margins,
)
from chatpaper.reading.layout.order import (
    Row,
    order_page,
)
from chatpaper.reading.layout.paragraphs import (
    Writer,
    make_passages,
    make_sections,
)
from chatpaper.reading.pages.hidden import (
    split_hidden,
)
from chatpaper.reading.pages.lines import (
    BodyStyle,
    TextLine,
    body_style,
    read_lines,
)
from chatpaper.reading.pages.occlusion import (
    PaintLog,
)
from chatpaper.reading.pages.pdf import (
    ENGINE_ERRORS,
    is_bare_picture,
    open_pdf,
    out_of_memory,
    turn_upright,
)
from chatpaper.reading.pages.raised import (
    write_scripts,
)
from chatpaper.reading.pages.wording import (
    Joiner,
)
from chatpaper.reading.tables.merging import (
    join_tables,
)
from chatpaper.records import (
    Box,
    Document,
    Figure,
    HiddenText,
    Passage,
    PassageKind,
    Table,
)

# Codes that are no letters anywhere; where only the brackets of an old font had such
# codes they were 4 % of the text, where all letters had 28 %.
_NO_LETTER = re.compile("[\x80-\x84\x86-\x9f]")
_GARBLED_SHARE = 0.1


@dataclass(slots=True)
class PageContents:
    """What was read of one page.

    Attributes:
        number: From 1.
        width, height: In points.
        printed: Its visible lines.
        lines: The same with their scripts written out and without marks of notes.
        paint: Of the page.
        scanned: Whether it is a picture whose text is not in the file.
        turn: Direction of writing that was turned upright; (1, 0) for most pages.
        roles: Of the lines that are not running text, by index.
        figures, tables: Found on it.
        rows: Its running text.
    """

    number: int
    width: float
    height: float
    printed: list[TextLine]
    lines: list[TextLine]
    paint: PaintLog
    scanned: bool = False
    turn: tuple[int, int] = (1, 0)
    roles: dict[int, PassageKind] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    rows: list[Row] = field(default_factory=list)


@contextmanager
def _without_cycle_search() -> Iterator[None]:
    """Stop Python's search for cycles, which looks at all spans again and again.

    Reading makes none: 12 of the largest papers seen left 5 objects in all.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_without_cycle_search()
def parse_document(
    paper_id: str, pdf: bytes | Path, *, max_pages: int = 100
) -> Document:
    """Split a paper's PDF into sections, passages and figures.

    The PDF's own outline is not used: it is missing or wrong too often.

    Args:
        paper_id: For the document and its errors.
        pdf: A file, or all of its bytes.
        max_pages: Pages read, from the first; later ones are left out.

    Returns:
        Sections in reading order and passages that together hold every character
        that can be seen, once, but marks of notes; `missing` names what could not be
        read.

    Raises:
        DocumentError: Not a PDF, empty, locked, damaged beyond repair, or without
            any text (pictures of pages only).
        MemoryError: It needs more memory than this process may have.
    """
    pymupdf.TOOLS.mupdf_display_errors(False)  # positional in C
    with open_pdf(paper_id, pdf) as document:
        count: int = document.page_count
        missing: list[str] = []
        if document.is_repaired:
            missing.append("The file is damaged and was repaired; text may be lost.")
        if count > max_pages:
            missing.append(f"Pages {max_pages + 1} to {count} were not read.")
        sheets, hidden, unreadable = _read_sheets(document, min(count, max_pages))
        if unreadable:
            missing.append(f"Pages that could not be read: {_page_list(unreadable)}.")
        if not sheets:
            raise DocumentError(paper_id, "damaged: none of its pages can be read")
        if not any(sheet.lines for sheet in sheets):
            raise DocumentError(paper_id, "no text: its pages are pictures or empty")
        return _compose(paper_id, document, sheets, hidden, missing)


def _read_sheets(
    document: pymupdf.Document, count: int
) -> tuple[list[PageContents], list[HiddenText], list[int]]:
    sheets: list[PageContents] = []
    hidden: list[HiddenText] = []
    unreadable: list[int] = []
    for number in range(1, count + 1):
        try:
            page = _page(document, number)
            width, height = page.cropbox.width, page.cropbox.height
            paint = PaintLog(page)
            lines, unseen = split_hidden(page, read_lines(page, number), paint)
            scanned = bool(lines) and is_bare_picture(page, lines)
        except ENGINE_ERRORS as error:
            if out_of_memory(error):
                raise MemoryError from None
            unreadable.append(number)
            continue
        hidden += unseen
        with_scripts = write_scripts(lines)
        sheets.append(
            PageContents(number, width, height, lines, with_scripts, paint, scanned)
        )
    return sheets, hidden, unreadable


def _page(document: pymupdf.Document, number: int) -> pymupdf.Page:
    """Return a page without readers' notes and highlights: these are not its text.

    Links stay where there are no other annotations.
    """
    page = document[number - 1]
    if page.first_annot is None:
        return page
    document.xref_set_key(page.xref, "Annots", "null")
    return document.reload_page(page)


def _compose(
    paper_id: str,
    document: pymupdf.Document,
    sheets: Sequence[PageContents],
    hidden: Sequence[HiddenText],
    missing: Sequence[str],
) -> Document:
    style = _lay_out(document, sheets)
    joiner = Joiner(line.text for sheet in sheets for line in sheet.lines)
    passages = [p for sheet in sheets for p in _passages(sheet, joiner)]
    rows = [row for sheet in sheets for row in sheet.rows]
    headings = find_headings(rows, style)
    turned_sheets = {sheet.number: sheet for sheet in sheets if sheet.turn != (1, 0)}

    def back(page: int, box: Box) -> Box:
        sheet = turned_sheets.get(page)
        return turn_back(box, sheet.turn, sheet.width, sheet.height) if sheet else box

    def printed(page: int) -> str:
        lines = next(sheet.printed for sheet in sheets if sheet.number == page)
        return joiner.join([line.text for line in lines])

    writer = Writer(style, joiner, back)
    metadata_title = (document.metadata or {}).get("title") or ""
    front, headings = read_front(rows, headings, writer, style, metadata_title)
    sections = make_sections(rows, headings, writer)
    # Authors are read with the marks of notes, which `lines` have lost.
    opening = sheets[0].printed
    return Document(
        paper_id=paper_id,
        page_count=document.page_count,
        pages_read=len(sheets),
        title=front.title,
        authors=printed_authors(opening, front.title),
        abstract=front.abstract,
        affiliation=first_affiliation(opening, front.title, style.size_pt, joiner),
        code_url=find_code_link(document, sections, passages, front.title, printed),
        sections=sections,
        figures=tuple(figure for sheet in sheets for figure in sheet.figures),
        tables=join_tables(table for sheet in sheets for table in sheet.tables),
        passages=tuple(passages),
        hidden=tuple(hidden),
        missing=(*missing, *_picture_notes(sheets), *_font_notes(sheets)),
    )


def _lay_out(document: pymupdf.Document, sheets: Sequence[PageContents]) -> BodyStyle:
    """Give every line its role and order the running text of each page."""
    # First of all: joined to numbers, headings would be sections 12 and 47, and no
    # indent or margin could be seen.
    numbered = part_line_numbers([sheet.lines for sheet in sheets])
    for sheet, (lines, _) in zip(sheets, numbered, strict=True):
        sheet.lines = lines
    printed = [sheet.lines for sheet in sheets]
    for sheet in sheets:
        sheet.lines, sheet.turn = turn_upright(sheet.lines, sheet.width, sheet.height)
    pages = [sheet.lines for sheet in sheets]
    style = body_style(pages)
    heights = [sheet.height if sheet.turn[0] else sheet.width for sheet in sheets]
    margins = find_margins(pages, heights, style)
    for sheet, lines, edge, height, (_, beside) in zip(
        sheets, printed, margins, heights, numbered, strict=True
    ):
        edge.update(dict.fromkeys(sorted(beside), "margin"))
        page = document[sheet.number - 1]
        # On the lines as printed: drawings are where the file has them, not turned.
        floats = find_floats(page, lines, style, margins=edge, paint=sheet.paint)
        sheet.figures, sheet.tables = floats.figures, floats.tables
        # Table heads that stand alike on several pages are no running heads.
        sheet.roles = {**edge, **floats.roles}
        notes = find_footnotes(
            sheet.lines, set(sheet.roles), style, height, sheet.number
        )
        sheet.roles.update(dict.fromkeys(sorted(notes), "footnote"))
        for index, line in enumerate(sheet.lines):
            if not line.upright:
                sheet.roles.setdefault(index, "margin")
        running = [ln for i, ln in enumerate(sheet.lines) if i not in sheet.roles]
        sheet.rows = order_page(running, style)
    return style


def _passages(sheet: PageContents, joiner: Joiner) -> Iterator[Passage]:
    roles = {index: sheet.roles[index] for index in sorted(sheet.roles)}
    figures = [
        replace(f, box=turn_box(f.box, sheet.turn, sheet.width, sheet.height))
        for f in sheet.figures
    ]
    for passage in make_passages(sheet.lines, roles, figures, joiner):
        box = turn_back(passage.box, sheet.turn, sheet.width, sheet.height)
        yield passage if box == passage.box else replace(passage, box=box)


def _picture_notes(sheets: Sequence[PageContents]) -> Iterator[str]:
    empty = [sheet.number for sheet in sheets if not sheet.lines]
    if empty:
        yield f"Pages without text: {_page_list(empty)}."
    scanned = [sheet.number for sheet in sheets if sheet.scanned]
    if scanned:
        yield f"Pages that are pictures of text: {_page_list(scanned)}."


def _font_notes(sheets: Sequence[PageContents]) -> Iterator[str]:
    text = "".join([line.text for sheet in sheets for line in sheet.lines])
    if len(_NO_LETTER.findall(text)) > _GARBLED_SHARE * len(text):
        yield "The letters of its fonts have no names: its text cannot be read."


def _page_list(pages: Sequence[int]) -> str:
    """Page numbers in words a reader understands: `3, 7, 9 and 12 more`."""
    shown = ", ".join(map(str, pages[:10]))
    return shown if len(pages) <= 10 else f"{shown} and {len(pages) - 10} more"
