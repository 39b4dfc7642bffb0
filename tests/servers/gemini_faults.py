"""What the stand-in Gemini refuses and how it fails, by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

KEY = "stand-in-key"
# Keywords of `response_json_schema`, as google-genai 3.4 documents them.
SCHEMA_KEYWORDS = frozenset(
    {"$id", "$defs", "$ref", "$anchor", "type", "format", "title", "description"}
    | {"enum", "items", "prefixItems", "minItems", "maxItems", "minimum", "maximum"}
    | {"anyOf", "oneOf", "properties", "additionalProperties", "required"}
    | {"propertyOrdering"}
)

RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo"
QUOTA_FAILURE = "type.googleapis.com/google.rpc.QuotaFailure"
ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
STATUSES = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
# Faults that leave the reply's text to itself: finish reason, text kept.
FINISHES = {
    "safety": ("SAFETY", False),
    "recitation": ("RECITATION", False),
    "max-tokens": ("MAX_TOKENS", True),
    "max-tokens-empty": ("MAX_TOKENS", False),
    "continuation": ("CONTINUATION", True),
    "empty": ("STOP", False),
    "new-finish": ("WENT_FISHING", True),
}
FAULTS = frozenset(
    {"ok", "hang", "reset", "cut", "truncated-body", "html-200", "503-html", "shed"}
    | {"429-retry-info", "429-retry-after", "429-per-day", "429-limit-0", "400-key"}
    | {
        "blocked",
        "no-candidate",
        "not-json",
        "fenced",
        "wrong-schema",
        "one-bad-field",
        "thoughts",
    }
    | {"no-usage", "total-only", "no-candidates-count", "no-counts-but-prompt"}
    | {"half-verdicts", "odd-verdicts", "deep-body", "odd-model"}
    | {"counts-negative", "counts-absurd"}
    | {"lie-numbers", "lie-quotes", "lie-names"}
    | {str(code) for code in STATUSES}
    | set(FINISHES)
)


class Refused(Exception):
    """The request is answered with an error."""

    def __init__(self, code: int, message: str, *details: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.code = code
        self.tells_wait = message.endswith("Retry-After")
        self.error = {
            "code": code,
            "message": message,
            "status": STATUSES[code],
            "details": list(details),
        }


def key_info() -> dict[str, Any]:
    """The detail that says that a key is bad."""
    return {"@type": ERROR_INFO, "reason": "API_KEY_INVALID"}


def pick(data: Mapping[str, Any], name: str) -> Any:
    """A field by its camelCase or its snake_case name."""
    snake = re.sub(r"([A-Z])", lambda m: "_" + m[1].lower(), name)
    return data.get(name, data.get(snake))


def refuse_bad(
    config: Mapping[str, Any],
    schema: Mapping[str, Any],
    prompt: str,
) -> None:
    """Refuse what the real API refuses."""
    if not prompt:
        raise Refused(
            400, "* GenerateContentRequest.contents: contents is not specified"
        )
    if pick(config, "responseMimeType") != "application/json":
        raise Refused(400, "response_json_schema needs application/json")
    if pick(config, "responseSchema") is not None:
        raise Refused(400, "only one of response_schema and response_json_schema")
    bad = sorted(set(keywords(schema)) - SCHEMA_KEYWORDS)
    if bad or not schema:
        raise Refused(400, f"Invalid JSON payload received. Unknown name: {bad}")


def keywords(schema: Any) -> Iterator[str]:
    """Every keyword of a JSON Schema; names of properties are none."""
    for key, value in schema.items() if isinstance(schema, dict) else ():
        yield key
        if key in ("properties", "$defs"):
            for part in value.values():
                yield from keywords(part)
        elif isinstance(value, list):
            for part in value:
                yield from keywords(part)
        else:
            yield from keywords(value)


def refuse_scripted(fault: str, tier: str | None, retry_s: float) -> None:
    """Refuse when the script says so."""
    delay = f"{retry_s:g}s"
    retry = {"@type": RETRY_INFO, "retryDelay": delay}
    quota = "Generate{}PerProjectPerModel-FreeTier"
    if fault == "429-retry-info":
        raise Refused(429, "Resource has been exhausted.", retry)
    if fault == "429-retry-after":
        raise Refused(429, "Resource has been exhausted. See Retry-After")
    if fault == "429-per-day":
        named = {"quotaId": quota.format("RequestsPerDay")}
        failure = {"@type": QUOTA_FAILURE, "violations": [named]}
        raise Refused(429, "You exceeded your current quota.", failure, retry)
    if fault == "429-limit-0":
        raise Refused(429, "Quota exceeded for metric: free_tier, limit: 0", retry)
    if fault == "400-key":
        raise Refused(400, f"API key not valid: {KEY}", key_info())
    if fault == "shed" and tier == "flex":
        raise Refused(503, "The flex tier has no capacity at the moment.")
    if fault.isdigit():
        raise Refused(int(fault), f"Scripted {fault} for the key {KEY}.")
