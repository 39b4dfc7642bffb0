"""One PDF, read and pictured: the job that a worker process does."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from chatpaper.records import Document, Figure


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
