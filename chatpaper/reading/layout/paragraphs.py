"""Joins lines to paragraphs, and collects the text that belongs to none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from chatpaper.reading.headings import Heading
from chatpaper.reading.layout.order import (
    Row,
)
from chatpaper.reading.pages.lines import (
    BodyStyle,
    TextLine,
)
from chatpaper.reading.pages.wording import (
    Joiner,
    repair,
)
from chatpaper.records import (
    Box,
    Figure,
    Line,
    Passage,
    PassageKind,
    Section,
    SectionKind,
)

# --------------------------------------------------------------------------------------
# Sections from rows: paragraphs, whole words, and where each line stands.

_SENTENCE_END = re.compile(r"[.!?:;]['\"”’)\]]*$")
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
            # Marks of entries hang or stand flush; farther in is a year or a page.
            if _ENTRY.match(words) and row.box[0] < row.left + 2.5 * size:
                return True
            if above.left == row.left and above.page == row.page:
                if row.step is not None and row.step > 1.25 * style.leading_pt:
                    return _SENTENCE_END.search(above.text) is not None
                # Rows of an entry hang by an em or more; less is a letter's white
                # space.
                hanging = above.box[0] - row.box[0] > 0.6 * size
                return hanging and _SENTENCE_END.search(above.text) is not None
            return False
        indent = row.box[0] - row.left
        sentence_over = _SENTENCE_END.search(above.text) is not None
        # Paragraphs are indented by one to three ems; farther in stand formulas and
        # lists.
        if 0.7 * size < indent < 3.5 * size and abs(above.box[0] - above.left) < 3:
            return sentence_over or above.box[2] < above.right - 2 * size
        if row.page != above.page or row.left != above.left or row.step is None:
            return False
        if _ITEM.match(words) and sentence_over and indent > -3:
            return True
        return (
            # Rows with formulas stand apart as well: only after a sentence, before a
            # capital.
            row.step > 1.3 * style.leading_pt and sentence_over and words[:1].isupper()
        )


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


# --------------------------------------------------------------------------------------
# Passages: text outside the running text, each in one piece.

_ORDER: tuple[PassageKind, ...] = (
    "caption", "table", "figure", "algorithm", "footnote", "margin",
)  # fmt: skip


def make_passages(
    lines: Sequence[TextLine],
    roles: Mapping[int, PassageKind],
    figures: Sequence[Figure],
    joiner: Joiner,
) -> list[Passage]:
    """Passages of one page: one per caption, table, figure and footnote.

    Args:
        lines: Of the page.
        roles: Of those lines, by index, that are not running text.
        figures: Of the page; lines within one belong together.
        joiner: Joins the lines of prose.
    """
    groups: dict[tuple[PassageKind, int], list[TextLine]] = {}
    for index, kind in roles.items():
        line = lines[index]
        groups.setdefault((kind, _owner(line, kind, figures)), []).append(line)
    passages = []
    for (kind, owner), members in groups.items():
        if kind in ("table", "figure", "algorithm"):
            passages.append(_passage(kind, members, _grid(members)))
        elif kind == "caption" and owner >= 0:
            text = joiner.join([repair(line.text) for line in members])
            passages.append(_passage(kind, members, text))
        else:
            passages += _runs(kind, members, joiner)
    passages.sort(key=lambda p: (_ORDER.index(p.kind), p.box[1], p.box[0]))
    return passages


def _owner(line: TextLine, kind: PassageKind, figures: Sequence[Figure]) -> int:
    x = (line.box[0] + line.box[2]) / 2
    y = (line.box[1] + line.box[3]) / 2
    for at, figure in enumerate(figures):
        box = figure.caption_box if kind == "caption" else figure.box
        if box and box[0] - 2 <= x <= box[2] + 2 and box[1] - 2 <= y <= box[3] + 2:
            return at
    return -1


def _passage(kind: PassageKind, lines: Sequence[TextLine], text: str) -> Passage:
    boxes = [line.box for line in lines]
    box: Box = (
        min(b[0] for b in boxes), min(b[1] for b in boxes),
        max(b[2] for b in boxes), max(b[3] for b in boxes),
    )  # fmt: skip
    return Passage(kind=kind, text=text, page=lines[0].page, box=box)


def _grid(lines: Sequence[TextLine]) -> str:
    """Rows of cells: one printed row a line, its cells split by ` | `."""
    upright = [line for line in lines if line.upright]
    turned = [line for line in lines if not line.upright]
    rows: list[list[TextLine]] = []
    for line in sorted(upright, key=lambda item: item.baseline):
        if rows and abs(line.baseline - rows[-1][0].baseline) < 0.4 * line.size_pt:
            rows[-1].append(line)
        else:
            rows.append([line])
    printed = [
        " | ".join(repair(c.text) for c in sorted(row, key=lambda item: item.box[0]))
        for row in rows
    ]
    return "\n".join([*printed, *[repair(line.text) for line in turned]])


def _runs(
    kind: PassageKind, lines: Sequence[TextLine], joiner: Joiner
) -> list[Passage]:
    """Lines that follow one another closely, as one passage each."""
    runs: list[list[TextLine]] = []
    for line in lines:
        last = runs[-1][-1] if runs else None
        if (
            last
            and -1
            < line.baseline - last.baseline
            < 1.6 * max(line.size_pt, last.size_pt)
            and line.box[0] < last.box[2] + 2 * line.size_pt
            and line.upright == last.upright
            and not (kind == "footnote" and _opens_note(line))
        ):
            runs[-1].append(line)
        else:
            runs.append([line])
    return [
        _passage(kind, run, joiner.join([repair(line.text) for line in run]))
        for run in runs
    ]


def _opens_note(line: TextLine) -> bool:
    inked = [span for span in line.spans if span.text.strip()]
    return len(inked) > 1 and inked[0].size_pt < inked[1].size_pt - 0.5
