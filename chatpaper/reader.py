"""One PDF, read and pictured: the job that a worker process does."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from chatpaper.records import Document, Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a worker brings back.

    Attributes:
        document: What the PDF holds.
        pictures: Chosen figures, most telling first, with file suffix, size in
            pixels (width, height) and the image itself.
        seconds: Time it took.
    """

    document: Document
    pictures: tuple[tuple[Figure, str, tuple[int, int], bytes], ...]
    seconds: float


def read_pdf(
    pdf: Path | bytes,
    paper_id: str,
    *,
    max_pages: int,
    max_figures: int,
    width_px: int,
) -> Reading:
    """Read a PDF and render its most telling figures.

    Needs nothing but its arguments, so that any executor may run it.

    Args:
        pdf: A file, or all of its bytes.
        paper_id: For errors and the document.
        max_pages: Pages read, from the first.
        max_figures: Figures rendered; 0 renders none.
        width_px: Of the images.

    Raises:
        DocumentError: The PDF cannot be read.
    """
    from chatpaper.reading import parse_document
    from chatpaper.reading.choose import choose_figures
    from chatpaper.reading.render import render_figures

    start = time.perf_counter()
    document = parse_document(paper_id, pdf, max_pages=max_pages)
    chosen = choose_figures(document.figures, limit=max_figures, title=document.title)
    images = render_figures(pdf, chosen, width_px=width_px) if chosen else ()
    return Reading(
        document=document,
        pictures=tuple(
            (figure, image.suffix, (image.width_px, image.height_px), image.data)
            for figure, image in zip(chosen, images, strict=True)
        ),
        seconds=time.perf_counter() - start,
    )
