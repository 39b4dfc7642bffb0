"""Fonts and colours in which a paper sets its headings without saying "bold"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from chatpaper.reading.headings.looks import has_letters
from chatpaper.reading.headings.names import KNOWN, is_named
from chatpaper.reading.headings.numbering import read_number
from chatpaper.reading.lines import BodyStyle
from chatpaper.reading.order import Row

Ink = tuple[str, int]  # a font and a colour

# Of all characters, a display font sets no more; most papers stay below 0.03.
_MOST = 0.08
_FEWEST_ROWS = 3


def with_display_fonts(rows: Sequence[Row], style: BodyStyle) -> list[Row]:
    """Rows in which letters of a display font or colour count as bold.

    Many journals' fonts have names that tell nothing. A font or a colour is one for
    headings if next to all it sets are short rows by themselves, and some of these
    have a number or a name that headings have.
    """
    shown = _display(rows, style)
    if not shown:
        return list(rows)
    return [_embolden(row, shown) if _inks(row) & shown else row for row in rows]


def _embolden(row: Row, shown: set[Ink]) -> Row:
    spans = [
        span._replace(bold=True) if (span.font, span.color) in shown else span
        for span in row.spans
    ]
    return replace(row, spans=spans)


def _inks(row: Row) -> set[Ink]:
    return {(span.font, span.color) for span in row.spans if has_letters(span.text)}


def _display(rows: Sequence[Row], style: BodyStyle) -> set[Ink]:
    counts: defaultdict[Ink, int] = defaultdict(int)
    alone: defaultdict[Ink, list[int]] = defaultdict(list)
    inside: defaultdict[Ink, int] = defaultdict(int)
    plain: set[Ink] = set()
    for at, row in enumerate(rows):
        inks = _inks(row)
        for span in row.spans:
            ink = span.font, span.color
            counts[ink] += len(span.text)
            if not (span.bold or span.italic or span.mono):
                plain.add(ink)
        for ink in inks:
            if len(inks) == 1 and _stands_alone(row):
                alone[ink].append(at)
            else:
                inside[ink] += 1
    total = sum(counts.values())
    usual = max(counts, key=lambda ink: counts[ink], default=("", 0))
    return {
        ink
        for ink, members in alone.items()
        if ink in plain
        and ink != usual
        and counts[ink] < _MOST * total
        and len(members) >= _FEWEST_ROWS
        and len({rows[at].page for at in members}) > 1
        and inside[ink] <= 0.5 * len(members)
        and all(rows[at].main.size_pt > style.size_pt - 1.2 for at in members[:3])
        and sum(_is_heading(rows[at].text) for at in members) >= 2
    }


def _is_heading(text: str) -> bool:
    return (
        KNOWN.fullmatch(text) is not None or is_named(text) or bool(read_number(text))
    )


def _stands_alone(row: Row) -> bool:
    """Whether a row has room left in its column and words in it."""
    return row.box[2] - row.box[0] < 0.9 * (row.right - row.left) and len(row.text) > 3
