"""A reply read as JSON."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pydantic_core import from_json


def read_object(text: str, *, keys: Collection[str]) -> dict[str, Any]:
    """The JSON object of a reply."""
    start, end = text.find("{"), text.rfind("}")
    body = text[start : end + 1] if 0 <= start < end else text[max(start, 0) :]
    data = from_json(body, allow_partial=True)
    if not isinstance(data, dict):
        raise ValueError("not an object")
    return data
