"""Which rows are the paper's headings, and at what level."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatpaper.reading.headings.candidates import find_candidates
from chatpaper.reading.headings.chains import Looks, best_chain, level_looks
from chatpaper.reading.headings.names import ABSTRACT, APPENDIX, REFERENCES, THANKS
from chatpaper.reading.headings.unnumbered import unnumbered
from chatpaper.reading.headings.weighing import Candidate
from chatpaper.reading.lines import BodyStyle
from chatpaper.reading.order import Row
from chatpaper.records import SectionKind

__all__ = ["Heading", "find_headings"]

_ENTRY = re.compile(r"\[(\d{1,3})\]\s*\S")


@dataclass(frozen=True, slots=True)
class Heading:
    """A chosen heading.

    Attributes:
        first, last: Indices of its rows.
        run_in: Length of the heading in its row where text goes on, else 0.
        level: From 1.
        number: As printed, None when unnumbered.
        title: As printed, without the number.
        kind: What it opens.
    """

    first: int
    last: int
    run_in: int
    level: int
    number: str | None
    title: str
    kind: SectionKind


def find_headings(rows: Sequence[Row], style: BodyStyle) -> list[Heading]:
    """Headings of a document, in reading order.

    Args:
        rows: Running text of all pages, in reading order.
        style: Of the document.

    Returns:
        Numbered headings whose numbers form one sequence, and unnumbered ones that
        are set like them or have a name of their own.
    """
    groups = find_candidates(rows, style)
    numbered = [c for group in groups for c in group if c.reading]
    looks: Looks = level_looks(best_chain(numbered, {}))
    chain = best_chain(numbered, looks)
    looks = level_looks(chain)
    chosen: dict[int, tuple[Candidate, int]] = {
        c.first: (c, len(path)) for c, path in chain
    }
    for c, level in unnumbered(groups, chain, looks, rows):
        chosen.setdefault(c.first, (c, level))
    headings = []
    back = False
    for first in sorted(chosen):
        c, level = chosen[first]
        back = back or _opens_appendix(c, level)
        headings.append(_heading(c, level, back=back))
    return _with_references(headings, rows)


def _opens_appendix(c: Candidate, level: int) -> bool:
    if APPENDIX.fullmatch(c.title):
        return True
    reading = c.reading
    lettered = reading is not None and reading.parts[0][0][0] in "LS"
    return reading is not None and level == 1 and (reading.word or lettered)


def _heading(c: Candidate, level: int, *, back: bool) -> Heading:
    """A heading; `back` tells whether the appendices have begun."""
    title = re.sub(r"^[.:]\s*", "", c.title)
    if c.run_in:
        title = title.rstrip(" .:—–-")
    number = c.reading.printed if c.reading else None
    kind: SectionKind = "appendix" if back else "section"
    if ABSTRACT.fullmatch(title) and not number:
        kind, level = "abstract", 1
    elif REFERENCES.fullmatch(title):
        kind, level = "references", 1
    elif THANKS.fullmatch(title):
        kind = "acknowledgements"
    return Heading(c.first, c.last, c.run_in, level, number, title, kind)


def _with_references(headings: list[Heading], rows: Sequence[Row]) -> list[Heading]:
    """Mark a bibliography that has no heading: `[1]`, `[2]` ... to the end."""
    if any(heading.kind == "references" for heading in headings):
        return headings
    entries = [
        (int(match[1]), at)
        for at, row in enumerate(rows)
        if (match := _ENTRY.match(row.text)) and row.box[0] < row.left + 12
    ]
    openings = [(i, at) for i, (number, at) in enumerate(entries) if number == 1]
    for i, at in reversed(openings):
        following = [number for number, _ in entries[i : i + 6]]
        if following == [1, 2, 3, 4, 5, 6]:
            start = Heading(at, at - 1, 0, 1, None, "", "references")
            return sorted([*headings, start], key=lambda heading: heading.first)
    return headings
