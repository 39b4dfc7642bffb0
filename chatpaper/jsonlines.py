"""JSON of which every value is one line, whoever splits the lines."""

from __future__ import annotations

import json
from collections.abc import Mapping

# JSON allows them within strings; Python's splitlines() and others break lines there.
_BREAKS = {0x85: r"\u0085", 0x2028: r"\u2028", 0x2029: r"\u2029"}


def json_line(values: Mapping[str, object]) -> str:
    """Values as one line of JSON, in the letters of their languages."""
    return unbroken(json.dumps(values, ensure_ascii=False))


def unbroken(text: str) -> str:
    """JSON text with the line breaks that JSON does not know escaped."""
    return text.translate(_BREAKS)
