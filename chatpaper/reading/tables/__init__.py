"""Reads the cells of a table from the words and rules in its box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatpaper.reading.geometry import union, wide
from chatpaper.reading.tables.cells import (
    Head,
    fill,
    head_count,
    move_titles,
)
from chatpaper.reading.tables.columns import (
    Rules,
    find_columns,
    find_rules,
)
from chatpaper.reading.tables.merging import merge, without_floating
from chatpaper.reading.tables.rows import (
    TableRow,
    Word,
    is_number,
    is_title,
    is_value,
    printed_rows,
    read_words,
    segments,
)
from chatpaper.records import Box

__all__ = ["Grid", "Word", "is_number", "is_value", "read_grid", "read_words"]

# Cells without a gap have fewer words; sentences over the table have more.
_PROSE_WORDS = 8


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of a table.

    Attributes:
        rows: All of one length; the first `head_rows` of them name the columns.
        head_rows: 0 or 1.
        notes: Text above or below the rows.
    """

    rows: tuple[tuple[str, ...], ...]
    head_rows: int
    notes: str = ""


def read_grid(words: Sequence[Word], marks: Sequence[Box]) -> Grid | None:
    """The cells of a table, None where it has no words.

    Args:
        words: In the table's box, in the frame in which they are upright.
        marks: What is painted there, in the same frame.
    """
    if not words:
        return None
    frame = union(word.box for word in words)
    rules = find_rules(marks, frame)
    rows, notes = _without_notes(printed_rows(words, rules.upright), rules, frame)
    if not rows:
        return None
    parts = [_cells(part, rules) for part in segments(rows)]
    width = max(len(row) for cells, _ in parts for row in cells)
    padded = tuple(
        row + ("",) * (width - len(row)) for cells, _ in parts for row in cells
    )
    return Grid(padded, parts[0][1], notes)


def _cells(rows: Sequence[TableRow], rules: Rules) -> tuple[list[tuple[str, ...]], int]:
    """Cells of rows with the same columns, and how many of them are a head.

    A title over them follows the head.
    """
    first = int(len(rows) > 1 and is_title(rows[0]))
    title, rows = rows[:first], rows[first:]
    columns = find_columns(rows)
    lines = fill(rows, columns, rules)
    count = head_count(lines, rules)
    move_titles(lines[count:], columns, rules)
    heads = without_floating(lines[:count], columns, rules)
    body = merge(lines[count:], columns, rules)
    width = range(len(columns))
    cells = [
        tuple(line.cells[i].text if i in line.cells else "" for i in width)
        for line in body
    ]
    head = [Head(heads, columns, rules).names()] if heads else []
    above = [(row.chunks[0].text, *[""] * (len(columns) - 1)) for row in title]
    return head + above + cells, len(head)


def _without_notes(
    rows: list[TableRow], rules: Rules, frame: Box
) -> tuple[list[TableRow], str]:
    """Remove the paragraphs above and below the rows."""
    first = 0
    while first < len(rows) and (
        _is_prose(rows[first], frame)
        or (first and _follows(rows[first - 1], rows[first], frame))
    ):
        first += 1
    end = len(rows)
    bottom = rules.whole[-1] if len(rules.whole) > 1 else float("inf")
    while end > first + 1:
        row = rows[end - 1]
        below = row.baseline > bottom
        if not _is_prose(row, frame) and not (below and _is_note(row)):
            break
        end -= 1
    # A table of sentences: what looks like notes are its rows.
    if end - first < 2:
        return rows, ""
    notes = [*rows[:first], *rows[end:]]
    text = " ".join(chunk.text for row in notes for chunk in row.chunks)
    return rows[first:end], text


def _follows(above: TableRow, row: TableRow, frame: Box) -> bool:
    """Whether a row goes on with the paragraph of the row above it."""
    # Rows of a paragraph are set closer than a paragraph and the table below.
    close = row.baseline - above.baseline < 1.5 * row.words[0].size
    full = len(row.words) >= _PROSE_WORDS and wide(row.box) > 0.9 * wide(frame)
    return close and (len(row.chunks) == 1 or (len(row.chunks) < 4 and full))


def _is_note(row: TableRow) -> bool:
    longest = max(len(chunk.words) for chunk in row.chunks)
    return len(row.chunks) == 1 or longest >= _PROSE_WORDS


def _is_prose(row: TableRow, frame: Box) -> bool:
    return (
        len(row.chunks) == 1
        and len(row.words) >= _PROSE_WORDS
        # Narrower ones may be titles and labels.
        and wide(row.box) > 0.6 * wide(frame)
    )
