"""What the PDF says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Box = tuple[float, float, float, float]

SectionKind = Literal[
    "front", "abstract", "section", "appendix", "references", "acknowledgements"
]
FigureKind = Literal["figure", "table", "algorithm"]
PassageKind = Literal["caption", "table", "figure", "algorithm", "footnote", "margin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One printed line of a section: where `text[start:]` of its section stands.

    Attributes:
        start: Offset into the section's text of the line's first character.
        page: From 1.
        box: In points.
    """

    start: int
    page: int
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
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

    level: int
    number: str | None
    title: str
    page: int
    kind: SectionKind = "section"
    text: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Text kept apart from the running text: captions, table cells, notes, margins."""

    kind: PassageKind
    text: str
    page: int
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure, table or algorithm with its caption.

    Attributes:
        kind: What it is.
        label: As printed: `Figure 3`, `Table II`.
        caption: The whole caption, without the label.
        page: From 1.
        box: The figure itself without its caption, in points.
        caption_box: The caption, in points.
    """

    kind: FigureKind
    label: str
    caption: str
    page: int
    box: Box
    caption_box: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenText:
    """Words in the PDF that a reader of the page cannot see.

    Attributes:
        reason: Why they cannot be seen.
        text: The words.
        page: From 1.
        box: In points.
    """

    reason: Literal["white", "tiny", "invisible", "transparent", "off-page", "covered"]
    text: str
    page: int
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a PDF holds.

    Attributes:
        paper_id: Versioned id of the paper, or the file's stem.
        page_count: Pages of the file; `pages_read` of them were read.
        title, abstract: As printed, empty when not found.
        affiliations: As printed on the first page.
        code_urls: GitHub, GitLab, Hugging Face and project pages, as printed.
        sections: In reading order; every running character once, but note marks.
        figures: Figures, tables and algorithms in page order.
        passages: Text kept apart from the sections.
        hidden: Text no reader sees; never part of sections or passages.
        missing: What could not be read, one sentence each, in English.
    """

    paper_id: str
    page_count: int
    pages_read: int
    title: str = ""
    abstract: str = ""
    affiliations: tuple[str, ...] = ()
    code_urls: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    figures: tuple[Figure, ...] = ()
    passages: tuple[Passage, ...] = ()
    hidden: tuple[HiddenText, ...] = ()
    missing: tuple[str, ...] = ()
