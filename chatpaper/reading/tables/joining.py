"""Tables that go on over several pages, as one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chatpaper.records import Table


def join_tables(tables: Iterable[Table]) -> tuple[Table, ...]:
    """Tables in page order, the parts of one label with no caption of its own joined.

    A part with other columns than the table that it goes on stays by itself.
    """
    whole: list[Table] = []
    for table in tables:
        at = _beginning(whole, table)
        if at is None:
            whole.append(table)
        else:
            whole[at] = _joined(whole[at], table)
    return tuple(whole)


def _beginning(whole: list[Table], part: Table) -> int | None:
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


def _joined(table: Table, part: Table) -> Table:
    again = part.rows[: part.head_rows] == table.rows[: table.head_rows]
    rows = part.rows[part.head_rows if again else 0 :]
    notes = " ".join(filter(None, (table.notes, part.notes)))
    return replace(table, rows=(*table.rows, *rows), notes=notes)
