"""What a model gets beside the sections: captions, tables, notes and appendices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from chatpaper.records import Document, Section, Table

_NUMBER = r"(?:[A-Z]{1,2}[.\-]?)?\d+(?:[.\-]\d+)*[a-z]?|[IVXL]+\b"
_MENTION = re.compile(
    rf"\btab(?:les?|s?\.)\s*((?:{_NUMBER})(?:(?:\s*(?:,|&|and|to|[-–—])\s*)+(?:{_NUMBER}))*)",
    re.IGNORECASE,
)
_ONE = re.compile(_NUMBER, re.IGNORECASE)


def table_block(table: Table) -> str:
    """Label and caption, the cells as Markdown, and the notes."""
    title = f"{table.label}: {table.caption}".strip(": ")
    return "\n\n".join(filter(None, (title, table.to_markdown(), table.notes)))


def first_mention(table: Table, sections: Sequence[Section]) -> int | None:
    """Index of the first section that speaks of a table, None when none does."""
    found = _ONE.findall(table.label)
    if not found:
        return None
    number = found[-1].casefold()
    for at, section in enumerate(sections):
        for mention in _MENTION.finditer(section.text):
            if number in map(str.casefold, _ONE.findall(mention[1])):
                return at
    return None


def heading_of(section: Section) -> str:
    """Heading of a section as Markdown, empty when it has none."""
    words = " ".join(filter(None, (section.number, section.title)))
    return f"{'#' * min(section.level + 1, 6)} {words}" if words else ""


def block_of(section: Section) -> str:
    """A section's heading and text."""
    return f"{heading_of(section)}\n{section.text.strip()}"


@dataclass(slots=True)
class _Budget:
    room: int
    left_out: list[str] = field(default_factory=list)

    def takes(self, name: str, block: str) -> bool:
        """Whether a block fits in what room is left."""
        if len(block) > self.room:
            self.left_out.append(name)
            return False
        self.room -= len(block)
        return True


def with_extras(
    document: Document, body: Sequence[Section], texts: Sequence[str], room: int
) -> tuple[list[str], list[str]]:
    """Put beside the sections what else fits, the most telling first.

    Args:
        document: Of the paper.
        body: Sections that are sent.
        texts: Of these, as they are sent.
        room: Characters that are left.

    Returns:
        Blocks in the order in which they are sent; names of what has no room.
    """
    budget = _Budget(room)
    captions = _captions(document, ())
    fits = budget.takes("captions", captions)
    shown = [
        table
        for table in document.tables
        if budget.takes(table.label or "a table", table_block(table))
    ]
    cells = "" if document.tables else _listed(document, "# Tables", "table")
    others = [
        block
        for name, block in (
            ("tables", cells),
            ("notes", _listed(document, "# Notes", "footnote")),
        )
        if block and budget.takes(name, block)
    ]
    appendices = [
        section
        for section in document.sections
        if section.kind == "appendix"
        and section.text.strip()
        and budget.takes("an appendix", block_of(section))
    ]
    named = [(table, first_mention(table, [*body, *appendices])) for table in shown]
    blocks = [*texts, *map(block_of, appendices)]
    blocks = [
        "\n\n".join([text, *[table_block(t) for t, home in named if home == at]])
        for at, text in enumerate(blocks)
    ]
    homeless = [table_block(table) for table, home in named if home is None]
    between = [
        _captions(document, shown) if fits else "",
        "\n\n".join(["# Tables", *homeless]) if homeless else "",
        *others,
    ]
    whole = [*blocks[: len(texts)], *filter(None, between), *blocks[len(texts) :]]
    return whole, budget.left_out


def _captions(document: Document, shown: Sequence[Table]) -> str:
    """Captions of figures, and of the tables that are not shown."""
    done = {(table.label, table.page) for table in shown}
    captions = [
        f"{f.label}: {f.caption}".strip(": ")
        for f in document.figures
        if (f.label, f.page) not in done
    ]
    if not document.figures:
        return _listed(document, "# Captions", "caption")
    return "\n".join(["# Captions", *captions]) if captions else ""


def _listed(document: Document, head: str, kind: str) -> str:
    texts = [p.text.strip() for p in document.passages if p.kind == kind]
    return "\n".join([head, *texts]) if texts else ""
