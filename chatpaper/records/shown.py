"""How a record shows itself where somebody looks at it, in a line or two.

A document holds a whole paper. Printed field by field, as dataclasses are, it would be
nine screens of it in a notebook, a traceback or a log.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from datetime import date, datetime
from pathlib import PurePath
from typing import Any, ClassVar

MAX_CHARS = 60  # of a text
MAX_ITEMS = 3  # of a list, and of as many characters together


class Shown:
    """A record whose `repr` is short; see each record's `_shown`.

    What is as it is by default is left out, long texts are cut, and of long lists the
    length is said.
    """

    __slots__ = ()
    _shown: ClassVar[tuple[str, ...]] = ()

    def __repr__(self) -> str:
        """Names and values of the fields that tell most."""
        all_fields: dict[str, Field[Any]] = {
            each.name: each
            for each in fields(self)  # type: ignore[arg-type]  # those who inherit are
        }
        parts = [
            f"{name}={brief(value)}"
            for name in self._shown or tuple(all_fields)
            if not _is_default(value := getattr(self, name), all_fields.get(name))
        ]
        return f"{type(self).__name__}({', '.join(parts)})"


def brief(value: object) -> str:
    """A value in about so many characters as fit on a line with others."""
    if isinstance(value, str):
        text = value if len(value) <= MAX_CHARS else f"{value[:MAX_CHARS]}…"
        return repr(text)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date | PurePath):
        return str(value)
    if isinstance(value, tuple):
        each = list(map(brief, value)) if len(value) <= MAX_ITEMS else []
        together = ", ".join(each)
        if each and len(together) <= MAX_CHARS:
            return f"[{together}]"
        return f"<{len(value)}>"
    return repr(value)


def _is_default(value: object, field: Field[Any] | None) -> bool:
    """Whether a field says nothing that its name does not say."""
    if field is None:  # a property
        return value is None
    if field.default_factory is not MISSING:
        return bool(value == field.default_factory())
    return field.default is not MISSING and bool(value == field.default)
