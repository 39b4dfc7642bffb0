"""Joins the lines of one table row, and the parts of a table on several pages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from statistics import median

from chatpaper.reading.tables.cells import Cell, GridRow
from chatpaper.reading.tables.columns import (
    Column,
    Rules,
)
from chatpaper.reading.tables.rows import is_value
from chatpaper.records import Table

# --------------------------------------------------------------------------------------
# Joins rows that are printed on several lines, and places labels of many rows.

# A row so near to its neighbours is no row of its own (share of the usual step).
_BETWEEN = 0.75
# Further in than letters of one edge differ by their white space.
_INDENT_PT = 4.0
# Of `_cue`: 0 for no sign, 1 for a doubtful one.
_SURE = 2
_SENTENCE_END = re.compile(r"[.!?;]['\"”’)\]]*$")
_UNFINISHED = re.compile(r"(?:and|or|of|the|in|to|with|for|[-–,/&+(])$", re.IGNORECASE)


def merge(
    lines: Sequence[GridRow], columns: Sequence[Column], rules: Rules
) -> list[GridRow]:
    """Lines of a table's body as rows."""
    rows = without_floating(list(lines), columns, rules)
    rows = _lift_labels(rows, columns, rules)
    small = _lower_case_columns(rows, len(columns))
    merged: list[GridRow] = []
    for line in rows:
        if merged and _continues_row(merged[-1], line, columns, rules, small):
            _add(merged[-1], line)
        else:
            merged.append(line)
    return merged


def _add(row: GridRow, line: GridRow) -> None:
    for at, cell in line.cells.items():
        if at in row.cells:
            row.cells[at].lines += cell.lines
            row.cells[at].box = cell.box
        else:
            row.cells[at] = cell
    row.baseline, row.bottom = line.baseline, line.bottom


def _steps(lines: Sequence[GridRow]) -> float:
    """Usual distance of rows: from one line to the next one with a common column."""
    steps = []
    for i, line in enumerate(lines):
        # A label in the middle of others leaves its neighbours without a common column.
        for other in lines[i + 1 : i + 4]:
            if line.cells.keys() & other.cells.keys():
                steps.append(other.baseline - line.baseline)
                break
    return median(steps) if steps else 0.0


def without_floating(
    lines: list[GridRow], columns: Sequence[Column], rules: Rules
) -> list[GridRow]:
    """Move each cell set in the middle of several rows into the first of these."""
    usual = _steps(lines)
    rows: list[GridRow] = []
    rest: list[GridRow] = []
    for at, line in enumerate(lines):
        below = lines[at + 1] if at + 1 < len(lines) else None
        if rows and below and _is_between_rows(rows[-1], line, below, usual):
            rest.append(line)
        else:
            rows.append(line)
    homes: dict[int, tuple[GridRow, float]] = {}
    for line in rest:
        for at, cell in line.cells.items():
            last, end = homes.get(at, (None, float("-inf")))
            home = _first_of_group(rows, line, columns[at], rules, end)
            home = home or last or rows[0]
            # A label in the middle reaches as far down as up.
            homes[at] = (home, max(end, 2 * line.baseline - home.baseline))
            if at in home.cells:
                home.cells[at].lines += cell.lines
            else:
                home.cells[at] = cell
    return rows


def _is_between_rows(
    above: GridRow, line: GridRow, below: GridRow, usual: float
) -> bool:
    """Whether a line stands between two others and has no column of theirs."""
    near = (
        line.baseline - above.baseline < _BETWEEN * usual
        and below.baseline - line.baseline < _BETWEEN * usual
    )
    own = line.cells.keys()
    return near and not own & above.cells.keys() and not own & below.cells.keys()


def _first_of_group(
    lines: Sequence[GridRow], line: GridRow, column: Column, rules: Rules, start: float
) -> GridRow | None:
    """The uppermost row above a line, below a height, with no rule in between."""
    home = None
    for other in reversed(lines):
        if other.baseline > line.baseline:
            continue
        if other.baseline < start + 1 or rules.cut(
            other.baseline, line.baseline, column.left, column.right
        ):
            break
        if home is not None and not _has_rules_around(rules, line, column):
            break
        home = other
    return home


def _has_rules_around(rules: Rules, line: GridRow, column: Column) -> bool:
    """Whether rules stand above and below a cell in its column."""
    middle = (column.left + column.right) / 2
    heights = [r[1] for r in rules.across if r[0] <= middle <= r[2]]
    return any(y < line.baseline for y in heights) and any(
        y > line.baseline for y in heights
    )


def _lift_labels(
    lines: list[GridRow], columns: Sequence[Column], rules: Rules
) -> list[GridRow]:
    """Move labels set in the middle row of several into the first of these."""
    # Labels of several rows stand in the first columns, values in the last.
    for at in range(min(3, len(columns) - 1)):
        column = columns[at]
        for group in _groups(lines, column, rules):
            filled = [line for line in group if at in line.cells]
            if len(group) < 3 or len(filled) != 1 or filled[0] is group[0]:
                continue
            middle = (group[0].baseline + group[-1].baseline) / 2
            step = (group[-1].baseline - group[0].baseline) / (len(group) - 1)
            others = all(len(line.cells) > 1 or line is filled[0] for line in group)
            # Of an even count of rows none is in the middle: half a step off, then.
            if abs(filled[0].baseline - middle) < 0.6 * step and others:
                group[0].cells[at] = filled[0].cells.pop(at)
    return lines


def _groups(
    lines: Sequence[GridRow], column: Column, rules: Rules
) -> list[list[GridRow]]:
    """Lines between the rules that cross a column."""
    groups: list[list[GridRow]] = []
    for line in lines:
        last = groups[-1][-1] if groups else None
        if last is None or rules.cut(
            last.baseline, line.baseline, column.left, column.right
        ):
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups


def _continues_row(
    row: GridRow,
    line: GridRow,
    columns: Sequence[Column],
    rules: Rules,
    small: Collection[int],
) -> bool:
    """Whether a line goes on with the cells of the row above it."""
    if not line.cells or not line.cells.keys() <= row.cells.keys():
        return False
    if rules.cut(row.baseline, line.baseline, columns[0].left, columns[-1].right):
        return False
    if any(is_value(c.text) or c.first != c.last for c in line.cells.values()):
        return False
    if len(row.cells) == 1 and len(columns) > 1:
        return False
    cues = [
        _cue(row.cells[at], cell, columns[at], small=at in small)
        for at, cell in line.cells.items()
    ]
    # A line with all of the row's cells is a row of its own unless every cell is surely
    # cut.
    if len(cues) == len(row.cells) > 1:
        return min(cues) == _SURE
    most = 2 * sum(map(bool, cues)) >= len(cues)
    return min(cues) > 0 or (max(cues) == _SURE and most)


def _lower_case_columns(lines: Sequence[GridRow], count: int) -> set[int]:
    """Columns whose cells begin with small letters anyway."""
    found = set()
    for at in range(count):
        texts = [line.cells[at].text for line in lines if at in line.cells]
        # Where so many begin small, a small letter says nothing of a cut.
        if sum(text[:1].islower() for text in texts) > 0.4 * len(texts):
            found.add(at)
    return found


def _cue(upper: Cell, lower: Cell, column: Column, *, small: bool) -> int:
    """Return how surely a line continues the cell above: 0 not, 2 surely."""
    before, after = upper.lines[-1], lower.lines[0]
    if is_value(before):
        return 0
    if (after[:1].islower() and not small) or _UNFINISHED.search(before):
        return _SURE
    indent = lower.box[0] - column.left
    if indent > _INDENT_PT and upper.box[0] < lower.box[0] - _INDENT_PT + 1:
        return _SURE
    if _SENTENCE_END.search(before) or " " not in before:
        return 0
    width = (lower.box[2] - lower.box[0]) * len(after.split()[0]) / len(after)
    return int(upper.box[2] + width > column.right - 1)


# --------------------------------------------------------------------------------------
# Joins tables that continue over several pages.


def join_tables(tables: Iterable[Table]) -> tuple[Table, ...]:
    """Tables in page order, the parts of one label with no caption of its own joined.

    A part with other columns than the table that it goes on stays by itself.
    """
    whole: list[Table] = []
    for table in tables:
        at = _index_of_start(whole, table)
        if at is None:
            whole.append(table)
        else:
            whole[at] = _join_parts(whole[at], table)
    return tuple(whole)


def _index_of_start(whole: list[Table], part: Table) -> int | None:
    if part.caption:
        return None
    return next(
        (
            i
            for i in range(len(whole) - 1, -1, -1)
            if whole[i].label.casefold() == part.label.casefold()
            and len(whole[i].rows[0]) == len(part.rows[0])
        ),
        None,
    )


def _join_parts(table: Table, part: Table) -> Table:
    again = part.rows[: part.head_rows] == table.rows[: table.head_rows]
    rows = part.rows[part.head_rows if again else 0 :]
    notes = " ".join(filter(None, (table.notes, part.notes)))
    return replace(table, rows=(*table.rows, *rows), notes=notes)
