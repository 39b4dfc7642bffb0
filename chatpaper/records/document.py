"""What the PDF says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from chatpaper.records.frames import data_frame
from chatpaper.records.outline import outline_html, table_html
from chatpaper.records.shown import Shown

if TYPE_CHECKING:
    import pandas

Box = tuple[float, float, float, float]

SectionKind = Literal[
    "front", "abstract", "section", "appendix", "references", "acknowledgements"
]
FigureKind = Literal["figure", "table", "algorithm"]
PassageKind = Literal["caption", "table", "figure", "algorithm", "footnote", "margin"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Line(Shown):
    """One printed line of a section: where `text[start:]` of its section stands.

    Attributes:
        start: Offset into the section's text of the line's first character.
        page: From 1.
        box: In points.
    """

    start: int
    page: int
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Section(Shown):
    """A heading and the running text up to the next heading.

    Attributes:
        level: 1 for sections and appendices, 2 for subsections ...
        number: As printed (`3.1`, `IV`, `A`), None when unnumbered.
        title: As printed, without the number; empty for the front matter.
        page: Where the heading stands, from 1.
        kind: What it is; text before the first heading is `front`.
        text: Running text: paragraphs split by a blank line, words whole; raised and
            lowered text as `10^5`, `s^{-1}`, `H_2O`, without marks of notes.
        lines: For each printed line its offset, page and box, in order.
    """

    _shown: ClassVar = ("number", "title", "page", "kind", "text")

    level: int
    number: str | None
    title: str
    page: int
    kind: SectionKind = "section"
    text: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Passage(Shown):
    """Text kept apart from the running text: captions, table cells, notes, margins."""

    _shown: ClassVar = ("kind", "text", "page")

    kind: PassageKind
    text: str
    page: int
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Figure(Shown):
    """A figure, table or algorithm with its caption.

    Attributes:
        kind: What it is.
        label: As printed: `Figure 3`, `Table II`.
        caption: The whole caption, without the label.
        page: From 1.
        box: The figure itself without its caption, in points.
        caption_box: The caption, in points.
    """

    _shown: ClassVar = ("label", "page", "caption")

    kind: FigureKind
    label: str
    caption: str
    page: int
    box: Box
    caption_box: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Table(Shown):
    """A table's cells, one printed cell a cell.

    A table that goes on over pages is one. What is printed once for several columns
    of a head stands in the name of each (`Appearance F1`); a label printed once for
    several rows stands in the first of these.

    Attributes:
        label, caption: As in `Figure`.
        page: Where it begins, from 1.
        rows: n >= 1, each of as many cells as there are columns; an empty cell is "".
        head_rows: How many rows, from the first, name the columns: 0 or 1.
        notes: Text printed above or below the rows within the table.
        box: Of its part on `page`, without the caption, in points.
    """

    _shown: ClassVar = ("label", "page", "rows", "columns", "caption")

    label: str
    caption: str
    page: int
    rows: tuple[tuple[str, ...], ...]
    head_rows: int = 1
    notes: str = ""
    box: Box

    @property
    def columns(self) -> tuple[str, ...]:
        """A name for each column, each one once: `column 2` where none is printed."""
        printed = [name or f"column {at}" for at, name in enumerate(self._head, 1)]
        names: list[str] = []
        for name in printed:
            nth = 1
            while (again := f"{name} ({nth})" if nth > 1 else name) in names:
                nth += 1
            names.append(again)
        return tuple(names)

    @property
    def _head(self) -> tuple[str, ...]:
        return self.rows[0] if self.head_rows else ("",) * len(self.rows[0])

    def to_dict(self) -> dict[str, list[str]]:
        """Cells by column, as `pandas.DataFrame` takes them."""
        body = self.rows[self.head_rows :]
        return {name: [row[at] for row in body] for at, name in enumerate(self.columns)}

    def to_markdown(self) -> str:
        """The cells as a Markdown table (GitHub's), one row a line."""
        rows = [self._head, *self.rows[self.head_rows :]]
        lines = [f"| {' | '.join(map(_escaped, row))} |" for row in rows]
        return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])

    def to_frame(self) -> pandas.DataFrame:
        """The cells as a `pandas.DataFrame` of texts.

        Raises:
            ConfigError: pandas is not installed.
        """
        return data_frame(self.to_dict())

    def _repr_html_(self) -> str:
        return table_html(self)


def _escaped(cell: str) -> str:
    return " ".join(cell.split()).replace("|", "\\|")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HiddenText(Shown):
    """Words in the PDF that a reader of the page cannot see, and should know of.

    Attributes:
        reason: Why they cannot be seen; `replaced` are words that the file gives in
            place of the printed ones.
        text: The words.
        page: From 1.
        box: In points.
    """

    _shown: ClassVar = ("reason", "text", "page")

    reason: Literal[
        "white",
        "tiny",
        "invisible",
        "transparent",
        "off-page",
        "covered",
        "faint",
        "clipped",
        "replaced",
    ]
    text: str
    page: int
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Fact(Shown):
    """A fact read by pattern, with the words it rests on.

    Attributes:
        text: What is shown: an address, an institution.
        quote: The sentence or lines it was read from, as printed.
        page: Where they stand, from 1; None for arXiv's own record.
    """

    text: str
    quote: str
    page: int | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Document(Shown):
    """What a PDF holds.

    Attributes:
        paper_id: Versioned id of the paper, or the file's stem.
        page_count: Pages of the file; `pages_read` of them were read.
        title, abstract: As printed, empty when not found.
        authors: As printed, in order; empty when in doubt.
        affiliation: The first author's institution, None when in doubt.
        code_url: What the paper names as the address of its own code, if anything.
        sections: In reading order; every running character once, but note marks.
        figures: Figures, tables and algorithms in page order.
        tables: Cells of the tables among them, in page order.
        passages: Text kept apart from the sections.
        hidden: Text no reader sees, where it is prose or speaks to somebody. No unseen
            text is part of sections or passages, labels of drawings neither.
        missing: What could not be read, one sentence each, in English.
    """

    _shown: ClassVar = (
        "paper_id",
        "title",
        "page_count",
        "sections",
        "figures",
        "tables",
        "hidden",
        "missing",
    )

    paper_id: str
    page_count: int
    pages_read: int
    title: str = ""
    authors: tuple[str, ...] = ()
    abstract: str = ""
    affiliation: Fact | None = None
    code_url: Fact | None = None
    sections: tuple[Section, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    passages: tuple[Passage, ...] = ()
    hidden: tuple[HiddenText, ...] = ()
    missing: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        return outline_html(self)
