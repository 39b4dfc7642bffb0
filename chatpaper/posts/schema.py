"""The JSON Schema of the twin, for whoever reads it with programs of their own."""

from __future__ import annotations

import re
from typing import Any

from chatpaper.posts.twin import FORMAT, twin_adapter

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_ATTRIBUTE = re.compile(r"^ {4}(\w+(?:, \w+)*): (.+(?:\n {8}.+)*)", re.MULTILINE)


def twin_schema() -> dict[str, Any]:
    """The JSON Schema of the twins that are written now.

    It is made from the records themselves, and what it says of a key is what the record
    says of its attribute. Its `$id` has the format's number, which changes when a key
    goes or means something else; keys may come without.
    """
    schema = twin_adapter().json_schema(mode="serialization")
    for record in (schema, *schema["$defs"].values()):
        _describe(record)
    schema["properties"]["format"] |= {"const": FORMAT}
    del schema["properties"]["format"]["enum"]
    return {"$schema": DRAFT, "$id": f"urn:chatpaper:post:{FORMAT}", **schema}


def _describe(record: dict[str, Any]) -> None:
    """Give each key the words of its docstring's section on attributes."""
    text, _, attributes = record.get("description", "").partition("\n\nAttributes:\n")
    if text:
        record["description"] = _one_line(text)
    described = {
        name: _one_line(words)
        for names, words in _ATTRIBUTE.findall(attributes)
        for name in names.split(", ")
    }
    for name, key in record.get("properties", {}).items():
        key.pop("title", None)
        if name in described:
            key["description"] = described[name]


def _one_line(text: str) -> str:
    return " ".join(text.replace("None", "null").split())
