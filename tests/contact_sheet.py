"""Every figure of some PDFs on one HTML page and on PNG sheets, to be looked at.

python tests/contact_sheet.py PDF... --out DIR
"""

from __future__ import annotations

import argparse
import html
import sys
from pathlib import Path

import pymupdf

from chatpaper.reading import parse_document
from chatpaper.records import Figure

CELL_PT = (300, 330)
ACROSS, DOWN = 5, 3
GROUND = (0.75, 0.8, 0.9)
FRAME = (1, 0, 0)
AROUND_PT = 22


def figures_of(document: pymupdf.Document) -> tuple[Figure, ...]:
    """All figures of an open PDF."""
    path = Path(document.name)
    return parse_document(path.stem, path).figures


def draw(
    board: pymupdf.Page, at: int, source: pymupdf.Document, figure: Figure
) -> None:
    """Draw one figure's box, framed, with its surroundings, into a cell."""
    width, height = CELL_PT
    x, y = at % ACROSS * width, at // ACROSS * height
    page = source[figure.page - 1]
    box = pymupdf.Rect(figure.box)
    x0, y0, x1, y1 = figure.box
    around = pymupdf.Rect(
        x0 - AROUND_PT, y0 - AROUND_PT, x1 + AROUND_PT, y1 + AROUND_PT
    )
    page.draw_rect(box, color=FRAME, width=1.5, overlay=True)
    clip = (around * page.rotation_matrix) & page.rect
    scale = min((width - 8) / clip.width, (height - 22) / clip.height)
    pix = page.get_pixmap(clip=clip, matrix=pymupdf.Matrix(scale * 1.2, scale * 1.2))
    board.insert_image((x + 4, y + 18, x + width - 4, y + height - 4), pixmap=pix)
    name = f"{at} {Path(source.name).stem} p{figure.page} {figure.label}"
    board.insert_text((x + 6, y + 13), name, fontsize=10)


def main() -> int:
    """Write sheets and an index; the exit code is 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pdf", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    cells = [
        (document, figure)
        for path in arguments.pdf
        for document in [pymupdf.open(path)]
        for figure in figures_of(document)
    ]
    per_sheet = ACROSS * DOWN
    names = []
    for first in range(0, len(cells), per_sheet):
        board = pymupdf.open()
        sheet = board.new_page(width=ACROSS * CELL_PT[0], height=DOWN * CELL_PT[1])
        sheet.draw_rect(sheet.rect, color=None, fill=GROUND)
        for at, (document, figure) in enumerate(cells[first : first + per_sheet]):
            draw(sheet, at, document, figure)
        names.append(f"sheet{first // per_sheet:03d}.png")
        sheet.get_pixmap(dpi=72).save(arguments.out / names[-1])
    index = "\n".join(f'<img src="{html.escape(name)}">' for name in names)
    (arguments.out / "index.html").write_text(f"<!doctype html>{index}", "utf-8")
    print(f"{len(cells)} figures on {len(names)} sheets in {arguments.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
