"""Figures as images for a post: cut from the page, JPEG, bounded in size.

MuPDF writes JPEG and PNG but no WebP; JPEG needs no second library, and PNG is too
large for photographs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pymupdf

from chatpaper.errors import DocumentError
from chatpaper.reading import ENGINE_ERRORS, out_of_memory
from chatpaper.records import Box, Figure

# Beyond 300 dpi a printed figure gains no detail.
_MAX_DOTS_PER_PT = 300 / 72
_MAX_PIXELS = 4_000_000  # 12 MB while it is drawn
_MIN_SIDE_PT = 4.0
# JPEG's quality is lowered first, to where artefacts are plain; then the size.
_QUALITIES = (88, 80, 70, 60, 48, 36)
_SHRINK = 0.75


@dataclass(frozen=True, slots=True)
class FigureImage:
    """An encoded image.

    Attributes:
        data: The whole file.
        suffix: Of its file name, with the dot.
        width_px, height_px: At most the width asked; less where the figure is
            small or very tall.
    """

    data: bytes
    suffix: str
    width_px: int
    height_px: int

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height."""
        return self.width_px, self.height_px


def render_figures(
    pdf: bytes | Path,
    figures: Sequence[Figure],
    *,
    width_px: int = 1000,
    max_bytes: int = 200_000,
) -> tuple[FigureImage, ...]:
    """Render figures of one PDF, which is opened once.

    Sideways figures are turned so that most of their text reads upright.
    Annotations (comments, highlights) are not drawn.

    Args:
        pdf: A file, or all of its bytes.
        figures: Of this PDF.
        width_px: Width wanted; small figures are not blown up beyond 300 dpi.
        max_bytes: Of each image; quality, then size, are lowered to fit.

    Returns:
        One image per figure, in order.

    Raises:
        DocumentError: Not a PDF, or without a figure's page.
        MemoryError: It needs more memory than this process may have.
    """
    name = pdf.stem if isinstance(pdf, Path) else ""
    try:
        with _open(pdf) as document:
            # A stream that is no PDF may open as another kind of document.
            if not document.is_pdf:
                raise ValueError("not a PDF")
            return tuple(
                _render(document, figure, width_px, max_bytes) for figure in figures
            )
    except (*ENGINE_ERRORS, OSError, IndexError) as error:
        if out_of_memory(error):
            raise MemoryError from None
        raise DocumentError(name, f"a figure cannot be rendered: {error}") from error


def _open(pdf: bytes | Path) -> pymupdf.Document:
    if isinstance(pdf, Path):
        return pymupdf.open(str(pdf), filetype="pdf")
    return pymupdf.open(stream=pdf, filetype="pdf")


def _render(
    document: pymupdf.Document, figure: Figure, width_px: int, max_bytes: int
) -> FigureImage:
    page = document[figure.page - 1]
    clip = _clip(page, figure.box)
    quarter = _quarter_turns(page, figure.box)
    across = clip.height if quarter % 2 else clip.width
    scale = min(
        width_px / across,
        _MAX_DOTS_PER_PT,
        (_MAX_PIXELS / (clip.width * clip.height)) ** 0.5,
    )
    while True:
        matrix = pymupdf.Matrix(scale, scale).prerotate(90 * quarter)
        pix = page.get_pixmap(
            matrix=matrix, clip=clip, colorspace=pymupdf.csRGB, annots=False
        )
        for quality in _QUALITIES:
            data: bytes = pix.tobytes("jpeg", jpg_quality=quality)
            if len(data) <= max_bytes:
                return FigureImage(data, ".jpg", pix.width, pix.height)
        if min(pix.width, pix.height) < 8:
            raise ValueError(f"no image of {figure.label} fits {max_bytes} bytes")
        scale *= _SHRINK


def _clip(page: pymupdf.Page, box: Box) -> pymupdf.Rect:
    """The box on the page as it is shown, never empty."""
    clip: pymupdf.Rect = pymupdf.Rect(box).normalize() * page.rotation_matrix
    clip &= page.rect
    if clip.width >= _MIN_SIDE_PT and clip.height >= _MIN_SIDE_PT:
        return clip
    raise ValueError("its box is empty")


def _quarter_turns(page: pymupdf.Page, box: Box) -> int:
    """Quarter turns (clockwise) after which most text of the box reads upright."""
    turns = [0, 0, 0, 0]
    matrix = page.rotation_matrix
    text = page.get_text("dict", clip=box, flags=pymupdf.TEXT_PRESERVE_LIGATURES)
    for block in text["blocks"]:
        for line in block.get("lines", ()):
            dx, dy = line["dir"]
            x, y = dx * matrix.a + dy * matrix.c, dx * matrix.b + dy * matrix.d
            side = (0 if x > 0 else 2) if abs(x) >= abs(y) else (3 if y > 0 else 1)
            turns[side] += sum(len(span["text"]) for span in line["spans"])
    most = max(range(4), key=turns.__getitem__)
    # Plots have upright and sideways words; a sideways figure has hardly any other.
    return most if most % 2 and turns[most] > 0.66 * sum(turns) else 0
