"""Which rows are the paper's headings, and at what level."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatpaper.reading.headings.bibliography import Bibliographies
from chatpaper.reading.headings.candidates import (
    Looks,
    best_chain,
    find_candidates,
    level_looks,
)
from chatpaper.reading.headings.numbering import read_number
from chatpaper.reading.headings.unnumbered import (
    find_unnumbered,
    with_display_fonts,
)
from chatpaper.reading.headings.weighing import (
    ABSTRACT,
    APPENDIX,
    REFERENCES,
    THANKS,
    Candidate,
    without_letter_spacing,
)
from chatpaper.reading.layout.order import (
    Row,
)
from chatpaper.reading.pages.lines import (
    BodyStyle,
)
from chatpaper.records import SectionKind

__all__ = ["Heading", "find_headings", "read_number"]

# Rows of thanks that may look like entries, between a section and its "References".
_THANKS_ROWS = 15
# More rows than this after a bibliography without a heading are text again; fewer are
# the rest of it, or addresses.
_REST_ROWS = 12


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
    rows = with_display_fonts(rows, style)
    bibliographies = Bibliographies(rows)
    entries = bibliographies.entries()
    groups = [g for g in find_candidates(rows, style) if g[0].first not in entries]
    numbered = [c for group in groups for c in group if c.reading]
    # Twice: only a first chain shows how each level is set, and this look then decides
    # between rows whose numbers fit equally well.
    looks: Looks = level_looks(best_chain(numbered, {}))
    chain = best_chain(numbered, looks)
    looks = level_looks(chain)
    chosen: dict[int, tuple[Candidate, int]] = {
        c.first: (c, len(path)) for c, path in chain
    }
    for c, level in find_unnumbered(groups, chain, looks, rows):
        chosen.setdefault(c.first, (c, level))
    headings = []
    in_appendix = False
    for first in sorted(chosen):
        c, level = chosen[first]
        in_appendix = in_appendix or _opens_appendix(c, level)
        headings.append(_heading(c, level, in_appendix=in_appendix))
    return _with_references(headings, rows, bibliographies)


def _opens_appendix(c: Candidate, level: int) -> bool:
    if APPENDIX.fullmatch(c.title):
        return True
    reading = c.reading
    lettered = reading is not None and reading.parts[0][0][0] in "LS"
    return reading is not None and level == 1 and (reading.word or lettered)


def _heading(c: Candidate, level: int, *, in_appendix: bool) -> Heading:
    """A heading; `back` tells whether the appendices have begun."""
    title = without_letter_spacing(re.sub(r"^[.:]\s*", "", c.title))
    if c.run_in:
        title = title.rstrip(" .:—–-")
    number = c.reading.printed if c.reading else None
    kind: SectionKind = "appendix" if in_appendix else "section"
    if ABSTRACT.fullmatch(title) and not number:
        kind, level = "abstract", 1
    elif REFERENCES.fullmatch(title):
        kind, level = "references", 1
    elif THANKS.fullmatch(title):
        kind = "acknowledgements"
    return Heading(c.first, c.last, c.run_in, level, number, title, kind)


def _with_references(
    headings: list[Heading], rows: Sequence[Row], bibliographies: Bibliographies
) -> list[Heading]:
    """Give each bibliography a section of its own, and no heading within it."""
    for start, end in bibliographies.between({h.first for h in headings}):
        opening = _opening(headings, rows, start, end)
        inside = range(opening.first + 1, end)
        outside = [h for h in headings if h.first not in inside and h != opening]
        before = [h for h in outside if h.first < opening.first]
        after = [h for h in outside if h.first >= end]
        stop = after[0].first if after else len(rows)
        rest: list[Heading] = []
        if not opening.title and stop - end > _REST_ROWS:
            kind = before[-1].kind if before else "section"
            level = before[-1].level if before else 1
            rest = [Heading(end, end - 1, 0, level, None, "", kind)]
        headings = [*before, opening, *rest, *after]
    return headings


def _opening(
    headings: Sequence[Heading], rows: Sequence[Row], start: int, end: int
) -> Heading:
    """The heading of a bibliography that was found by its entries."""
    for h in reversed(headings):
        if h.kind == "references" and h.first < min(start + _THANKS_ROWS, end):
            following = next((x for x in headings if x.first > h.first), None)
            if following is None or following.first > start:
                return h
            break
    # The rows before its first entry may be thanks; a title stands close above them.
    for at in range(min(start + _THANKS_ROWS, end) - 1, max(start - 4, -1), -1):
        title = rows[at].text.strip()
        if REFERENCES.fullmatch(title):
            return Heading(at, at, 0, 1, None, title, "references")
    return Heading(start, start - 1, 0, 1, None, "", "references")
