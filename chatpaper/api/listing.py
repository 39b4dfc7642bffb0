"""Many records of one kind, as a notebook shows them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

from chatpaper.records import Shown, brief, data_frame, html_table

if TYPE_CHECKING:
    import pandas

T = TypeVar("T", bound=Shown)
MAX_ROWS = 20  # shown in a notebook
MAX_PRINTED = 3


class Listing(tuple[T, ...]):
    """A tuple of records that shows itself as a table."""

    __slots__ = ()

    @property
    def records(self) -> list[dict[str, Any]]:
        """Each record as a dict of its fields."""
        return [asdict(item) for item in self]  # type: ignore[call-overload]

    def to_frame(self) -> pandas.DataFrame:
        """The records as a `pandas.DataFrame`, a field a column.

        Raises:
            ConfigError: pandas is not installed.
        """
        rows = self.records
        names = rows[0] if rows else {}
        return data_frame({name: [row[name] for row in rows] for name in names})

    def __repr__(self) -> str:
        lines = [repr(item) for item in self[:MAX_PRINTED]]
        more = len(self) - len(lines)
        return "\n".join([*lines, f"... and {more} more"] if more else lines) or "()"

    def _repr_html_(self) -> str:
        if not self:
            return "<p>none</p>"
        names = self[0]._shown or tuple(self.records[0])  # noqa: SLF001 - a record's own
        shown = self[:MAX_ROWS]
        rows = [[_cell(getattr(item, name)) for name in names] for item in shown]
        more = f"<p>… {len(self)} in all</p>" if len(self) > MAX_ROWS else ""
        return html_table([names, *rows]) + more


def _cell(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple) and all(isinstance(part, str) for part in value):
        return ", ".join(value[:MAX_PRINTED]) + (" …" * (len(value) > MAX_PRINTED))
    return "" if value is None else brief(value)
