"""Cells of a table: the chunks of each row in their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chatpaper.reading.geometry import union
from chatpaper.reading.tables.columns import Column, part, touched
from chatpaper.reading.tables.rows import Chunk, Row, is_value
from chatpaper.reading.tables.rules import Rules
from chatpaper.records import Box

_TITLE_PT = 12.0


@dataclass(slots=True)
class Cell:
    """What is printed in one column, or over several.

    Attributes:
        first, last: Indices of its columns.
        lines: Its printed lines.
        box: Round its last line.
    """

    first: int
    last: int
    lines: list[str]
    box: Box

    @property
    def text(self) -> str:
        """Its lines as one; a word that breaks at a line's end is put together."""
        whole = ""
        for line in self.lines:
            if whole[-1:] == "-" and whole[-2:-1].isalpha() and line[:1].islower():
                whole = whole[:-1] + line
            else:
                whole = f"{whole} {line}".strip()
        return whole


@dataclass(slots=True)
class Line:
    """A row as it grows: its cells by their first column."""

    top: float
    baseline: float
    bottom: float
    cells: dict[int, Cell] = field(default_factory=dict)

    @property
    def has_values(self) -> bool:
        """Whether a cell beside the first column's holds a number."""
        return any(at and is_value(cell.text) for at, cell in self.cells.items())


def fill(rows: Sequence[Row], columns: Sequence[Column], rules: Rules) -> list[Line]:
    """Put the chunks of each row into their columns."""
    tails: list[list[Box]] = [[] for _ in columns]
    for row in rows:
        for chunk in row.chunks if len(row.chunks) > 1 else ():
            over = touched(chunk.box, columns)
            if len(over) == 1:
                tails[over[0]].append(chunk.box)
    return [_line(row, columns, tails, rules) for row in rows]


def _line(
    row: Row,
    columns: Sequence[Column],
    tails: Sequence[Sequence[Box]],
    rules: Rules,
) -> Line:
    line = Line(row.box[1], row.baseline, row.box[3])
    for chunk in row.chunks:
        whole = rules.groups(chunk.box)
        for piece in [chunk] if whole else part(chunk, columns, tails):
            _put(line, piece, touched(piece.box, columns))
    return line


def move_titles(lines: Sequence[Line], columns: Sequence[Column], rules: Rules) -> None:
    """Put words alone in the middle of the table, over rows below, into column 0."""
    middles = [(columns[0].left + columns[-1].right) / 2, *rules.middle]
    for line in lines:
        (cell, *others) = line.cells.values()
        middle = (cell.box[0] + cell.box[2]) / 2
        centred = any(abs(middle - x) < _TITLE_PT for x in middles)
        if len(columns) > 2 and not others and centred and not is_value(cell.text):
            cell.first = 0
            line.cells = {0: cell}


def _put(line: Line, chunk: Chunk, over: Sequence[int]) -> None:
    first = over[0]
    if first in line.cells:
        cell = line.cells[first]
        cell.lines[-1] += " " + chunk.text
        cell.box = union([cell.box, chunk.box])
        cell.last = max(cell.last, over[-1])
    else:
        line.cells[first] = Cell(first, over[-1], [chunk.text], chunk.box)
