"""Small PDFs, set by code, for the tests of reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pymupdf

WIDTH, HEIGHT = 612, 792
ROMAN, BOLD, ITALIC = "tiro", "tibo", "tiit"

FONT: Any = pymupdf.Font(ROMAN)
_SENTENCE = """
    the network learns a map from noise to pictures and a second network tells
    real pictures from made ones while both of them improve over many rounds of
    training until neither side gains by any further change of its own weights
"""
WORDS = _SENTENCE.split()


class Setter:
    """Sets lines of text on pages, column by column.

    Args:
        columns: x ranges of the columns, left to right, in points.
        top: y of the first baseline of each column.
    """

    def __init__(
        self, *columns: tuple[float, float], top: float = 90, size: float = 10
    ) -> None:
        self.document: Any = pymupdf.Document()
        self.columns = columns or ((108, 504),)
        self.top, self.size = top, size
        self.page: Any = None
        self.column = 0
        self.y = top
        self.turn_page()

    def turn_page(self) -> None:
        """Go on at the top of a new page."""
        self.page = self.document.new_page(width=WIDTH, height=HEIGHT)
        self.column, self.y = 0, self.top

    def turn_column(self) -> None:
        """Go on at the top of the next column."""
        if self.column + 1 < len(self.columns):
            self.column, self.y = self.column + 1, self.top
        else:
            self.turn_page()

    def put(self, x: float, y: float, text: str, **style: Any) -> None:
        """Set a line anywhere; `style` is that of pymupdf's `insert_text`."""
        style.setdefault("fontname", ROMAN)
        style.setdefault("fontsize", self.size)
        self.page.insert_text((x, y), text, **style)

    def paint(self, operators: str) -> None:
        """Add to the page's content, in PDF's own words; `/tiro` is a font there."""
        self.put(0, 0, " ")
        (first, *_) = self.page.get_contents()
        before = b"\n".join(
            self.document.xref_stream(xref) for xref in self.page.get_contents()
        )
        self.document.update_stream(first, before + b"\n" + operators.encode("latin-1"))
        self.document.xref_set_key(self.page.xref, "Contents", f"{first} 0 R")

    def heading(
        self, text: str, *, size: float = 12, font: str = BOLD, centred: bool = False
    ) -> None:
        """Set a heading with air above and below it."""
        self.y += 12
        x0, x1 = self.columns[self.column]
        if centred:
            x0 += (x1 - x0 - pymupdf.get_text_length(text, font, size)) / 2
        self.put(x0, self.y, text, fontname=font, fontsize=size)
        self.y += 18

    def prose(self, lines: int, *, start: str = "", seed: int = 0) -> None:
        """Set a paragraph of so many lines, the first one starting as said."""
        x0, x1 = self.columns[self.column]
        writer: Any = pymupdf.TextWriter(self.page.rect)
        at = seed
        for number in range(lines):
            words = [start] if start and not number else []
            width = (x1 - x0) * (1 if number + 1 < lines else 0.5)
            while True:
                word = WORDS[at % len(WORDS)]
                length = FONT.text_length(" ".join([*words, word]), self.size)
                if length > width:
                    break
                words.append(word)
                at += 1
            if number + 1 == lines:
                writer.append((x0, self.y), " ".join(words) + ".", FONT, self.size)
            else:
                self._justified(writer, words)
            self.y += 12
        writer.write_text(self.page)
        self.y += 2

    def _justified(self, writer: Any, words: list[str]) -> None:
        """Set words over the whole width of the column, as TeX does."""
        x0, x1 = self.columns[self.column]
        lengths = [FONT.text_length(word, self.size) for word in words]
        gap = (x1 - x0 - sum(lengths)) / max(1, len(words) - 1)
        for word, length in zip(words, lengths, strict=True):
            writer.append((x0, self.y), word, FONT, self.size)
            x0 += length + gap

    def line(self, text: str, **style: Any) -> None:
        """Set one line of running text."""
        self.put(self.columns[self.column][0], self.y, text, **style)
        self.y += 12

    def pdf(self, **options: Any) -> bytes:
        """All of the file."""
        data: bytes = self.document.tobytes(**options)
        self.document.close()
        return data


def paper(*headings: str, lines: int = 6) -> bytes:
    """A one-column paper with title, abstract and the given headings."""
    setter = Setter()
    setter.put(150, 90, "On Small Networks", fontname=BOLD, fontsize=17)
    setter.put(150, 115, "Ada Example, University of Somewhere")
    setter.y = 140
    setter.heading("Abstract", centred=True)
    setter.prose(8)
    for at, heading in enumerate(headings):
        if setter.y > 600:
            setter.turn_page()
        setter.heading(heading)
        setter.prose(lines, start="Here", seed=at)
    return setter.pdf()


def with_page(draw: Callable[[Setter], None]) -> bytes:
    """A page of prose on which something more is drawn."""
    setter = Setter()
    setter.heading("1 Introduction")
    setter.prose(8)
    draw(setter)
    return setter.pdf()


def picture(width: int = 60, height: int = 40, grey: int = 90) -> bytes:
    """A plain grey picture as PNG."""
    pixmap = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, width, height))
    pixmap.clear_with(grey)
    data: bytes = pixmap.tobytes("png")
    return data


def noise(width: int = 120, height: int = 20, *, clear: bool = False) -> bytes:
    """A picture of dots in all greys as PNG; with an opaque mask, or a clear one."""
    greys = bytes(range(0, 256, 3)) * (width * height // 86 + 1)
    pixmap = pymupdf.Pixmap(pymupdf.csGRAY, width, height, greys[: width * height], 0)
    masked = pymupdf.Pixmap(pixmap, 1)
    masked.set_alpha(bytes([30 if clear else 255]) * (width * height))
    data: bytes = masked.tobytes("png")
    return data


def many_pages(count: int) -> bytes:
    """A document of many short pages."""
    document: Any = pymupdf.Document()
    for number in range(count):
        page = document.new_page(width=200, height=200)
        page.insert_text((20, 40), f"{number + 1} Part", fontname=BOLD, fontsize=14)
        page.insert_text((20, 60), "some words of the text", fontname=ROMAN, fontsize=9)
    data: bytes = document.tobytes()
    document.close()
    return data


def texts(items: Iterable[Any]) -> list[str]:
    """The `text` of each item."""
    return [item.text for item in items]
