"""A Pydantic model's JSON Schema in the words that Gemini understands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from chatpaper.exchange.records import Schema

# Of the keywords that google-genai's `response_json_schema` lists as supported,
# those that a reply model can give rise to; lengths and patterns are not among them.
KEYWORDS = frozenset(
    {"type", "items", "minItems", "maxItems", "properties", "required"}
    | {"enum", "minimum", "maximum"}
)


def reply_schema(model: type[BaseModel]) -> Schema:
    """The model's schema, flat: every `$ref` inlined, other keywords left out.

    Reply models hold objects, lists and plain values, no unions and no recursion.
    """
    schema = model.model_json_schema()
    return _flat(schema, schema.get("$defs", {}))


def _flat(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        node = definitions[node["$ref"].rpartition("/")[2]]
    flat = {key: node[key] for key in node if key in KEYWORDS}
    if "items" in flat:
        flat["items"] = _flat(flat["items"], definitions)
    if "properties" in flat:
        named = flat["properties"].items()
        flat["properties"] = {name: _flat(part, definitions) for name, part in named}
    return flat


def schema_version(text: str, model: type[BaseModel], *more: str) -> str:
    """Short hash of a prompt's text, a reply's schema and whatever else is asked."""
    asked = json.dumps([text, reply_schema(model), *more], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()[:12]
