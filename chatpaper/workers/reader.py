"""One PDF, read and pictured, or a page of it: the jobs that a worker process does."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from chatpaper.records import Box, Document, Figure


# Not `figures.FigureImage`: whoever unpickles that loads the PDF engine.
class RenderedFigure(NamedTuple):
    """A figure of the paper and its image.

    Attributes:
        figure: Of the document.
        suffix: Of the image's file name, with the dot.
        size_px: Width and height.
        data: The whole image file.
    """

    figure: Figure
    suffix: str
    size_px: tuple[int, int]
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfContents:
    """What a worker brings back.

    Attributes:
        document: What the PDF holds.
        pictures: The chosen figures, most telling first.
        seconds: Time it took.
    """

    document: Document
    pictures: tuple[RenderedFigure, ...]
    seconds: float


def read_and_render(
    pdf: Path | bytes,
    paper_id: str,
    *,
    max_pages: int,
    max_figures: int,
    width_px: int,
) -> PdfContents:
    """Read a PDF and render its most telling figures.

    It needs nothing but its arguments, so any executor may run it.

    Args:
        pdf: A file, or all of its bytes.
        paper_id: For errors and the document.
        max_pages: Pages read, from the first.
        max_figures: Figures rendered; 0 renders none.
        width_px: Of the images.

    Raises:
        DocumentError: The PDF cannot be read.
    """
    from chatpaper.figures import choose_figures, render_figures
    from chatpaper.reading import parse_document

    start = time.perf_counter()
    document = parse_document(paper_id, pdf, max_pages=max_pages)
    chosen = choose_figures(document.figures, limit=max_figures, title=document.title)
    images = render_figures(pdf, chosen, width_px=width_px) if chosen else ()
    return PdfContents(
        document=document,
        pictures=tuple(
            RenderedFigure(figure, image.suffix, image.size_px, image.data)
            for figure, image in zip(chosen, images, strict=True)
        ),
        seconds=time.perf_counter() - start,
    )


class MarkedPage(NamedTuple):
    """A page's picture, with quotes marked on it.

    Attributes:
        data: The whole WebP file.
        marks: Each as `(x0, top, x1, bottom)` in shares of the picture's sides, in the
            order of the quotes; empty when none of them is on the page.
        last_page: The number of the last page on it: the one asked for, or the next
            one, as far as a quote goes on there.
    """

    data: bytes
    marks: tuple[Box, ...]
    last_page: int


def draw_page(
    pdf: Path | bytes,
    number: int,
    quotes: Sequence[tuple[str, Box | None]],
    *,
    width_px: int = 1400,
) -> MarkedPage:
    """Draw a page of a PDF with quotes marked; it needs Pillow.

    Args:
        pdf: A file, or all of its bytes.
        number: Of the page, from 1.
        quotes: Each with the box of the printed line that it begins on, as a `Place`
            has it, or None.
        width_px: Of the picture; less for pages that are very tall.

    Raises:
        DocumentError: The PDF cannot be read, or has no such page.
    """
    from chatpaper.figures import page_picture

    return MarkedPage(*page_picture(pdf, number, quotes, width_px=width_px))
