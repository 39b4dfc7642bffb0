"""Sections from rows: paragraphs, whole words, and where each line stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from chatpaper.reading.headings import Heading
from chatpaper.reading.lines import BodyStyle
from chatpaper.reading.order import Row
from chatpaper.reading.wording import Joiner, repair
from chatpaper.records import Box, Line, Section, SectionKind

_ENDED = re.compile(r"[.!?:;]['\"”’)\]]*$")
_ITEM = re.compile(
    r"(?:[•◦‣▪∗–—]\s|\(?(?:\d{1,2}|[ivx]{1,4}|[a-h])[).]\s|\[\d{1,3}\]\s?)"
)
_ENTRY = re.compile(r"(?:\[[\w+’'\-, .]{1,40}\]|\d{1,3}\.)\s*\S")

Back = Callable[[int, Box], Box]


class Writer:
    """Writes the text of sections from rows.

    Args:
        style: Of the document.
        joiner: Knows the document's words.
        back: Takes a page and a box on the sheet as it was read, and gives the box
            on the page.
    """

    def __init__(self, style: BodyStyle, joiner: Joiner, back: Back) -> None:
        self._style = style
        self._joiner = joiner
        self._back = back

    def write(
        self, rows: Sequence[Row], *, skip: int = 0, references: bool = False
    ) -> tuple[str, tuple[Line, ...]]:
        """Text and printed lines of consecutive rows.

        Args:
            rows: In reading order.
            skip: Characters of the first row that belong to a run-in heading.
            references: Whether entries of a bibliography are to be told apart.
        """
        parts: list[str] = []
        length = 0
        lines: list[Line] = []
        previous: Row | None = None
        for row in rows:
            words = row.text[skip:] if previous is None and skip else row.text
            words = repair(words).strip()
            if not words:
                previous = previous or row
                continue
            if parts and previous is not None:
                if self._breaks(previous, row, words, references=references):
                    between = "\n\n"
                else:
                    before, between = self._joiner.seam(parts[-1], words)
                    length += len(before) - len(parts[-1])
                    parts[-1] = before
                parts.append(between)
                length += len(between)
            lines.append(
                Line(start=length, page=row.page, box=self._back(row.page, row.box))
            )
            parts.append(words)
            length += len(words)
            previous = row
        return "".join(parts), tuple(lines)

    def _breaks(self, above: Row, row: Row, words: str, *, references: bool) -> bool:
        """Whether a row opens a new paragraph."""
        style = self._style
        size = style.size_pt
        if references:
            if _ENTRY.match(words) and row.box[0] < row.left + 2.5 * size:
                return True
            if above.left == row.left and above.page == row.page:
                if row.step is not None and row.step > 1.25 * style.leading_pt:
                    return _ENDED.search(above.text) is not None
                hanging = above.box[0] - row.box[0] > 0.6 * size
                return hanging and _ENDED.search(above.text) is not None
            return False
        indent = row.box[0] - row.left
        ended = _ENDED.search(above.text) is not None
        if 0.7 * size < indent < 3.5 * size and abs(above.box[0] - above.left) < 3:
            return ended or above.box[2] < above.right - 2 * size
        if row.page != above.page or row.left != above.left or row.step is None:
            return False
        if _ITEM.match(words) and ended and indent > -3:
            return True
        return row.step > 1.3 * style.leading_pt and ended and words[:1].isupper()


def make_sections(
    rows: Sequence[Row], headings: Sequence[Heading], writer: Writer
) -> tuple[Section, ...]:
    """Front matter and one section per heading, in reading order.

    Every row is in the text or the title of exactly one of them.
    """
    sections: list[Section] = []
    end = headings[0].first if headings else len(rows)
    if end:
        text, lines = writer.write(rows[:end])
        sections.append(
            Section(
                level=1, number=None, title="", page=rows[0].page, kind="front",
                text=text, lines=lines,
            )
        )  # fmt: skip
    for at, heading in enumerate(headings):
        end = headings[at + 1].first if at + 1 < len(headings) else len(rows)
        start = heading.last if heading.run_in else heading.last + 1
        references = heading.kind == "references"
        text, lines = writer.write(
            rows[start:end], skip=heading.run_in, references=references
        )
        kind: SectionKind = heading.kind
        sections.append(
            Section(
                level=heading.level, number=heading.number,
                title=repair(heading.title), page=rows[heading.first].page, kind=kind,
                text=text, lines=lines,
            )
        )  # fmt: skip
    return tuple(sections)
