"""Records as JSON in the columns of the store, and back."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(Any, kind))


def dump(record: object, kind: Hashable = None) -> str:
    """A record as JSON; `kind` says what it is, where its class does not."""
    return _adapter(kind or cast(Hashable, type(record))).dump_json(record).decode()


def load(kind: type[T], text: str) -> T:
    """The record of a kind that a JSON text holds."""
    loaded: T = _adapter(cast(Hashable, kind)).validate_json(text)
    return loaded
