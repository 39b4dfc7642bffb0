"""The bundled papers as records."""

from __future__ import annotations

import json
from functools import cache

from chatpaper.records import Paper
from chatpaper.resources import resource_path


@cache
def samples() -> dict[str, Paper]:
    """The bundled papers, as their source describes them."""
    text = resource_path("samples/metadata.jsonl").read_text(encoding="utf-8")
    rows = map(json.loads, text.splitlines())
    return {
        row["id"]: Paper(id=row["id"], title=row["title"], abstract=row["abstract"])
        for row in rows
    }
