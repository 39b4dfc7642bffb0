"""What the first page says of the paper: its title and abstract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatpaper.reading.abstract import find_abstract
from chatpaper.reading.headings import Heading
from chatpaper.reading.lines import BodyStyle
from chatpaper.reading.order import Row
from chatpaper.reading.parts import with_front
from chatpaper.reading.prose import Writer
from chatpaper.reading.title import find_title


@dataclass(frozen=True, slots=True)
class Front:
    """Title and abstract as printed; empty where not found."""

    title: str
    abstract: str


def read_front(
    rows: Sequence[Row],
    headings: Sequence[Heading],
    writer: Writer,
    style: BodyStyle,
    hint: str = "",
) -> tuple[Front, list[Heading]]:
    """Read the front matter.

    Args:
        rows: Running text of all pages.
        headings: Found in it.
        writer: Joins rows.
        style: Of the document.
        hint: What the file says its title is.

    Returns:
        What was read, and the headings with those places at which the abstract and
        the text begin without one.
    """
    first = min((h.first for h in headings), default=len(rows))
    title, below = find_title(
        [row for row in rows[:first] if row.page <= 2], style, hint
    )
    abstract = find_abstract(rows, headings, below, style)
    marked = with_front(rows, headings, abstract, below, style)
    text = ""
    if abstract:
        body = rows[abstract.start : abstract.end]
        text = _tidy(writer.write(body, skip=abstract.skip)[0])
    return Front(title, text), marked


def _tidy(text: str) -> str:
    """An abstract in one paragraph."""
    return " ".join(text.split()).lstrip("—–-.:： ")
