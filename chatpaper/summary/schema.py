"""A Pydantic model's JSON Schema in the words that Gemini understands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pydantic import BaseModel

from chatpaper.exchange import Schema

# Of the keywords that google-genai's `response_json_schema` lists as supported,
# those that a reply model can give rise to; lengths and patterns are not among them.
KEYWORDS = frozenset(
    {"type", "description", "enum", "items", "minItems", "maxItems", "properties"}
    | {"required", "anyOf", "minimum", "maximum"}
)


def reply_schema(model: type[BaseModel]) -> Schema:
    """The model's schema, flat: every `$ref` inlined, other keywords left out."""
    schema = model.model_json_schema()
    return cast(Schema, _flat(schema, schema.get("$defs", {})))


def _flat(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_flat(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _flat(definitions[node["$ref"].rpartition("/")[2]], definitions)
    flat = {key: node[key] for key in node if key in KEYWORDS}
    for key in ("items", "anyOf"):
        if key in flat:
            flat[key] = _flat(flat[key], definitions)
    if "properties" in flat:
        named = flat["properties"].items()
        flat["properties"] = {name: _flat(part, definitions) for name, part in named}
    return flat
