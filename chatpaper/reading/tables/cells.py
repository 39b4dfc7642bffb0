"""Cells of a table: the chunks of each row in their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chatpaper.reading.floats.geometry import beside, tall, union
from chatpaper.reading.tables.columns import Column, column_of, part, touched
from chatpaper.reading.tables.rows import Chunk, Row, is_value
from chatpaper.reading.tables.rules import Rules
from chatpaper.records import Box

_CENTRED_PT = 2.5
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


def fill(rows: Sequence[Row], columns: Sequence[Column]) -> list[Line]:
    """Put the chunks of each row into their columns."""
    tails: list[list[Box]] = [[] for _ in columns]
    for row in rows:
        for chunk in row.chunks if len(row.chunks) > 1 else ():
            over = touched(chunk.box, columns)
            if len(over) == 1:
                tails[over[0]].append(chunk.box)
    return [_line(row, columns, tails) for row in rows]


def _line(
    row: Row,
    columns: Sequence[Column],
    tails: Sequence[Sequence[Box]],
) -> Line:
    line = Line(row.box[1], row.baseline, row.box[3])
    for chunk in row.chunks:
        for piece in part(chunk, columns, tails):
            _put(line, piece, touched(piece.box, columns))
    return line


def move_titles(lines: Sequence[Line], columns: Sequence[Column]) -> None:
    """Put words alone in the middle of the table, over rows below, into column 0."""
    middle = (columns[0].left + columns[-1].right) / 2
    for line in lines:
        (cell, *others) = line.cells.values()
        centred = abs((cell.box[0] + cell.box[2]) / 2 - middle) < _TITLE_PT
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


def head_names(
    lines: Sequence[Line], columns: Sequence[Column], rules: Rules
) -> list[str]:
    """Name of each column: what its head says, from the widest part to its own."""
    names: list[list[str]] = [[] for _ in columns]
    for at, line in enumerate(lines):
        limit = lines[at + 1].baseline if at + 1 < len(lines) else line.bottom + 6
        wide = _widened(line, lines[at + 1 :], columns, rules, limit)
        for cell, (first, last) in wide:
            for i in range(first, last + 1):
                if cell.text and (first == last or names[i][-1:] != [cell.text]):
                    names[i].append(cell.text)
    return [Cell(0, 0, parts, (0, 0, 0, 0)).text for parts in names]


def _widened(
    line: Line,
    below: Sequence[Line],
    columns: Sequence[Column],
    rules: Rules,
    limit: float,
) -> list[tuple[Cell, tuple[int, int]]]:
    """Cells of a head's row with the columns that each one stands over."""
    cells = sorted(line.cells.values(), key=lambda cell: cell.first)
    found = []
    for at, cell in enumerate(cells):
        low = cells[at - 1].last + 1 if at else 0
        high = cells[at + 1].first - 1 if at + 1 < len(cells) else len(columns) - 1
        found.append((cell, _extent(cell, (low, high), line, below, columns, rules, limit)))
    return found


def _extent(
    cell: Cell,
    room: tuple[int, int],
    line: Line,
    below: Sequence[Line],
    columns: Sequence[Column],
    rules: Rules,
    limit: float,
) -> tuple[int, int]:
    """First and last column under a cell of a head, by rules or by its middle."""
    if not below:
        return (cell.first, cell.last)
    rule = rules.under(cell.box, limit)
    if rule:
        under = [
            i
            for i, column in enumerate(columns)
            if rule[0] - 2 <= (column.left + column.right) / 2 <= rule[2] + 2
        ]
        inside = under and room[0] <= under[0] and under[-1] <= room[1]
        if inside and under[0] <= cell.first and under[-1] >= cell.last:
            return (under[0], under[-1])
    if cell.first == cell.last and not _has_own(cell, below):
        return (cell.first, cell.last)
    walls = [
        wall[0]
        for wall in rules.upright
        if beside(wall, cell.box) > 0.5 * tall(cell.box)
    ]
    left = max((x for x in walls if x < cell.box[0] + 2), default=None)
    right = min((x for x in walls if x > cell.box[2] - 2), default=None)
    if left is not None or right is not None:
        under = [
            i
            for i in range(room[0], room[1] + 1)
            if (left is None or (columns[i].left + columns[i].right) / 2 > left)
            and (right is None or (columns[i].left + columns[i].right) / 2 < right)
        ]
        if under and under[0] <= cell.first and under[-1] >= cell.last:
            return (under[0], under[-1])
    return _balanced(cell, room, columns)


def _has_own(cell: Cell, below: Sequence[Line]) -> bool:
    """Whether the head says more about the cell's column in a row below."""
    return any(
        other.first <= cell.first <= other.last
        for line in below
        for other in line.cells.values()
    )


def _balanced(
    cell: Cell, room: tuple[int, int], columns: Sequence[Column]
) -> tuple[int, int]:
    """The widest range of columns whose middle is the cell's."""
    middle = (cell.box[0] + cell.box[2]) / 2
    best, found = 0, (cell.first, cell.last)
    for first in range(room[0], cell.first + 1):
        for last in range(cell.last, room[1] + 1):
            span = column_of(columns, range(first, last + 1))
            off = abs((span[0] + span[2]) / 2 - middle)
            if off < _CENTRED_PT + 0.03 * (span[2] - span[0]) and last - first > best:
                best, found = last - first, (first, last)
    return found
