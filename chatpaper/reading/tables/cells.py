"""A table's cells, and its head rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chatpaper.reading.geometry import tall, union, y_overlap
from chatpaper.reading.tables.columns import (
    Column,
    Rules,
    columns_under,
    split_chunk,
)
from chatpaper.reading.tables.rows import Chunk, TableRow, is_value
from chatpaper.records import Box

# --------------------------------------------------------------------------------------
# Cells of a table: the chunks of each row in their columns.

# Words so near to the table's middle, about an em, are centred in it.
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
        """Join its lines; a word broken at a line's end becomes whole."""
        whole = ""
        for line in self.lines:
            if whole[-1:] == "-" and whole[-2:-1].isalpha() and line[:1].islower():
                whole = whole[:-1] + line
            else:
                whole = f"{whole} {line}".strip()
        return whole


@dataclass(slots=True)
class GridRow:
    """A row as it grows: its cells by their first column."""

    top: float
    baseline: float
    bottom: float
    cells: dict[int, Cell] = field(default_factory=dict)

    @property
    def has_values(self) -> bool:
        """Whether a cell beside the first column's holds a number."""
        return any(at and is_value(cell.text) for at, cell in self.cells.items())


def fill(
    rows: Sequence[TableRow], columns: Sequence[Column], rules: Rules
) -> list[GridRow]:
    """Put the chunks of each row into their columns."""
    tails: list[list[Box]] = [[] for _ in columns]
    for row in rows:
        for chunk in row.chunks if len(row.chunks) > 1 else ():
            over = columns_under(chunk.box, columns)
            if len(over) == 1:
                tails[over[0]].append(chunk.box)
    return [_line(row, columns, tails, rules) for row in rows]


def _line(
    row: TableRow,
    columns: Sequence[Column],
    tails: Sequence[Sequence[Box]],
    rules: Rules,
) -> GridRow:
    line = GridRow(row.box[1], row.baseline, row.box[3])
    for chunk in row.chunks:
        whole = rules.groups(chunk.box)
        for piece in [chunk] if whole else split_chunk(chunk, columns, tails):
            _put(line, piece, columns_under(piece.box, columns))
    return line


def move_titles(
    lines: Sequence[GridRow], columns: Sequence[Column], rules: Rules
) -> None:
    """Put words alone in the middle of the table, over rows below, into column 0."""
    middles = [(columns[0].left + columns[-1].right) / 2, *rules.middle]
    for line in lines:
        (cell, *others) = line.cells.values()
        middle = (cell.box[0] + cell.box[2]) / 2
        centred = any(abs(middle - x) < _TITLE_PT for x in middles)
        if len(columns) > 2 and not others and centred and not is_value(cell.text):
            cell.first = 0
            line.cells = {0: cell}


def _put(line: GridRow, chunk: Chunk, over: Sequence[int]) -> None:
    first = over[0]
    if first in line.cells:
        cell = line.cells[first]
        cell.lines[-1] += " " + chunk.text
        cell.box = union([cell.box, chunk.box])
        cell.last = max(cell.last, over[-1])
    else:
        line.cells[first] = Cell(first, over[-1], [chunk.text], chunk.box)


# --------------------------------------------------------------------------------------
# Heads of tables: how many rows a head has, and which names it gives the columns.

# Longer "heads" are tables of words, without a number below.
_MAX_LINES = 6
# Off the middle of its columns by no more than letters' white space.
_CENTRED_PT = 2.5
# Rules end a little before or behind the columns that they join.
_OVER_PT = 2.0

Range = tuple[int, int]


def head_count(lines: Sequence[GridRow], rules: Rules) -> int:
    """How many printed lines make up the head: those above the first whole rule.

    Without such a rule, those above the first row that holds a number.
    """
    if len(lines) < 2:
        return 0
    above = [sum(line.baseline < y for line in lines) for y in rules.whole]
    first = next((count for count in above if 0 < count < len(lines)), 0)
    while first > 1 and _is_title(lines[first - 1], lines[first - 2], rules):
        first -= 1
    values = sum(line.has_values for line in lines[:first])
    if 0 < first <= _MAX_LINES and values < 2:
        return first
    plain = next((i for i, line in enumerate(lines) if line.has_values), 0)
    while plain > 1 and len(lines[plain - 1].cells) == 1:
        plain -= 1
    if 0 < plain <= _MAX_LINES:
        return plain
    return 0 if lines[0].has_values and not first else 1


def _is_title(line: GridRow, above: GridRow, rules: Rules) -> bool:
    """Whether a line is a title over the rows below, with a rule above it."""
    if len(line.cells) != 1 or len(above.cells) < 2:
        return False
    (cell,) = line.cells.values()
    return rules.cut(above.baseline, line.baseline, cell.box[0], cell.box[2])


@dataclass(frozen=True, slots=True)
class Head:
    """The lines of a head, over the columns and among the rules of its table."""

    lines: Sequence[GridRow]
    columns: Sequence[Column]
    rules: Rules

    def names(self) -> tuple[str, ...]:
        """Name each column by its heads, from the widest one down to its own."""
        parts: list[list[str]] = [[] for _ in self.columns]
        for at in range(len(self.lines)):
            for cell, (first, last) in self._ranges(at):
                for i in range(first, last + 1):
                    if cell.text and (first == last or parts[i][-1:] != [cell.text]):
                        parts[i].append(cell.text)
        return tuple(Cell(0, 0, part, (0, 0, 0, 0)).text for part in parts)

    def _ranges(self, at: int) -> list[tuple[Cell, Range]]:
        """Cells of a line with the first and last column that each stands over."""
        cells = sorted(self.lines[at].cells.values(), key=lambda cell: cell.first)
        found = []
        for i, cell in enumerate(cells):
            low = cells[i - 1].last + 1 if i else 0
            more = i + 1 < len(cells)
            high = cells[i + 1].first - 1 if more else len(self.columns) - 1
            found.append((cell, self._range(cell, (low, high), at)))
        return found

    def _range(self, cell: Cell, room: Range, at: int) -> Range:
        """Columns under a cell: by the rule below, rules beside, or its middle."""
        own = (cell.first, cell.last)
        below = self.lines[at + 1 :]
        if not below:
            return own
        rule = self.rules.under(cell.box, below[0].baseline)
        under = self._within(rule[0], rule[2], own) if rule else None
        if under and room[0] <= under[0] and under[1] <= room[1]:
            return under
        if cell.first == cell.last and not _has_own(cell, below):
            return own
        walls = [
            wall[0]
            for wall in self.rules.upright
            if y_overlap(wall, cell.box) > 0.5 * tall(cell.box)
        ]
        left = max((x for x in walls if x < cell.box[0] + _OVER_PT), default=None)
        right = min((x for x in walls if x > cell.box[2] - _OVER_PT), default=None)
        if left is not None or right is not None:
            x0 = self.columns[room[0]].left if left is None else left
            x1 = self.columns[room[1]].right if right is None else right
            if under := self._within(x0, x1, own):
                return (max(under[0], room[0]), min(under[1], room[1]))
        return self._balanced(cell, room)

    def _within(self, x0: float, x1: float, own: Range) -> Range | None:
        """Columns between two places, if they hold a cell's own."""
        under = [
            i
            for i, column in enumerate(self.columns)
            if x0 - _OVER_PT <= (column.left + column.right) / 2 <= x1 + _OVER_PT
        ]
        if under and under[0] <= own[0] and under[-1] >= own[1]:
            return (under[0], under[-1])
        return None

    def _balanced(self, cell: Cell, room: Range) -> Range:
        """The widest range of columns whose middle is the cell's."""
        middle = (cell.box[0] + cell.box[2]) / 2
        best, found = 0, (cell.first, cell.last)
        for first in range(room[0], cell.first + 1):
            for last in range(cell.last, room[1] + 1):
                left, right = self.columns[first].left, self.columns[last].right
                off = abs((left + right) / 2 - middle)
                # The wider the columns, the less their words show where the middle is.
                close = off < _CENTRED_PT + 0.03 * (right - left)
                if close and last - first > best:
                    best, found = last - first, (first, last)
        return found


def _has_own(cell: Cell, below: Sequence[GridRow]) -> bool:
    """Whether the head says more about the cell's column in a row below."""
    return any(
        other.first <= cell.first <= other.last
        for line in below
        for other in line.cells.values()
    )
