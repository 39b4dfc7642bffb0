"""Pages set by hand: lines of text, plots, photographs and tables at known places."""

from __future__ import annotations

from collections.abc import Sequence

import pymupdf

from chatpaper.reading.floats import PageFloats, find_floats
from chatpaper.reading.pages import (
    TextLine,
    body_style,
    read_lines,
)
from chatpaper.records import Box, Figure

BODY_PT, LEADING_PT = 10.0, 12.0
LEFT = (54.0, 294.0)
RIGHT = (318.0, 558.0)
WHOLE = (72.0, 540.0)
_SENTENCE = (
    "the model is trained on many pictures of cats and it learns to tell them "
    "from dogs with an error that falls as the number of pictures grows while the "
    "cost of each step stays the same for every size that was tried so far here"
)
_WORDS = _SENTENCE.split()


class Layout:
    """A PDF under construction; y grows downwards, everything in points."""

    def __init__(self, width: float = 612, height: float = 792) -> None:
        self.document = pymupdf.open()
        self.page = self.document.new_page(width=width, height=height)

    def new_page(self) -> None:
        """Go on with an empty page."""
        self.page = self.document.new_page(width=612, height=792)

    def text(self, x: float, y: float, text: str, size: float = BODY_PT) -> None:
        """One line of text whose baseline is y."""
        self.page.insert_text((x, y), text, fontsize=size, fontname="helv")

    def body(self, column: tuple[float, float], top: float, bottom: float) -> None:
        """Running text that fills a column from top to bottom."""
        x0, x1 = column
        y, at = top + BODY_PT, int(top)
        while y < bottom:
            words: list[str] = []
            while pymupdf.get_text_length(" ".join(words), "helv", BODY_PT) < x1 - x0:
                words.append(_WORDS[at % len(_WORDS)])
                at += 1
            self.text(x0, y, " ".join(words[:-1]))
            at -= 1
            y += LEADING_PT

    def lines(self, x: float, y: float, texts: Sequence[str], size: float = 9) -> Box:
        """Lines of a caption or of code; returns their box."""
        for i, text in enumerate(texts):
            self.text(x, y + size + i * 1.2 * size, text, size)
        width = max(pymupdf.get_text_length(t, "helv", size) for t in texts)
        return (x, y, x + width, y + 1.2 * size * len(texts))

    def plot(self, box: Box) -> Box:
        """A vector plot with axis labels; returns the box with the labels."""
        x0, y0, x1, y1 = box
        self.page.draw_rect(box, color=(0, 0, 0), width=0.7)
        self.page.draw_line((x0, y1), (x1, y0), color=(1, 0, 0))
        self.page.draw_line((x0, y0), (x1, y1), color=(0, 0, 1))
        for i in range(5):
            self.text(x0 + i * (x1 - x0 - 10) / 4, y1 + 9, str(i), 7)
        self.text((x0 + x1) / 2 - 10, y1 + 18, "epoch", 7)
        return (x0, y0, x1, y1 + 19)

    def photo(self, box: Box) -> Box:
        """A bitmap without any white."""
        pix = pymupdf.Pixmap(pymupdf.csRGB, (0, 0, 60, 40))
        for y in range(40):
            for x in range(60):
                pix.set_pixel(x, y, (4 * x, 5 * y, 120))
        self.page.insert_image(box, pixmap=pix, keep_proportion=False)
        return box

    def rule(self, x0: float, x1: float, y: float) -> None:
        """A thin line across."""
        self.page.draw_line((x0, y), (x1, y), color=(0, 0, 0), width=0.6)

    def table(self, x0: float, x1: float, top: float, rows: int = 5) -> Box:
        """A table between three rules; returns its box."""
        self.rule(x0, x1, top)
        self.rule(x0, x1, top + 14)
        for row in range(rows):
            for column in range(4):
                x = x0 + 4 + column * (x1 - x0) / 4
                text = f"head {column}" if row == 0 else f"{row}.{column}7"
                self.text(x, top + 10 + row * 12 + (3 if row else 0), text, 9)
        bottom = top + 12 * rows + 5
        self.rule(x0, x1, bottom)
        return (x0, top, x1, bottom)

    def bytes(self) -> bytes:
        """The whole file."""
        data: bytes = self.document.tobytes()
        return data


def read(layout: Layout) -> tuple[list[list[TextLine]], list[PageFloats]]:
    """Lines and floats of every page."""
    pages = [read_lines(layout.document[i], i + 1) for i in range(len(layout.document))]
    style = body_style(pages)
    return pages, [
        find_floats(layout.document[i], lines, style) for i, lines in enumerate(pages)
    ]


def figures(layout: Layout) -> list[Figure]:
    """Floats of all pages."""
    return [figure for page in read(layout)[1] for figure in page.figures]


def same(found: Box, wanted: Box, slack_pt: float = 6.0) -> bool:
    """Whether a box holds another one and reaches no further than the slack."""
    return (
        -1.0 <= wanted[0] - found[0] <= slack_pt
        and -1.0 <= wanted[1] - found[1] <= slack_pt
        and -1.0 <= found[2] - wanted[2] <= slack_pt
        and -1.0 <= found[3] - wanted[3] <= slack_pt
    )
