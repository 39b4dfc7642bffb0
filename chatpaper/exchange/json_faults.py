"""JSON with the faults that language models make in it."""

from __future__ import annotations

import json
import re
from typing import Any, Literal

from json_repair import repair_json

Mend = Literal[
    "lone backslashes",  # LaTeX that was not escaped
    "repeated keys",  # the first that is not empty is kept
    "cut short",  # what came last is dropped
    "bad syntax",  # commas, quotes, a Python literal
]

# json-repair's time grows with the square of the text and with its depth: 24,000
# characters of chosen nonsense took up to 10 s, a broken reply takes milliseconds.
_REPAIR_CHARS, _DEPTH = 24_000, 40

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s"{}\[\],:]+|"', re.DOTALL)
_CLOSERS = {"{": "}", "[": "]"}
_SIGNS = '{}[],:"'
_VALUE = frozenset({"{", "[", '"', "bare"})
# The end of an object whose last value is a text or a list of them. A brace of LaTeX
# has a letter, a digit or another brace before it, hardly ever a quote.
_END = re.compile(r"[\"'][\s,:\[\]{}]*\}")


def decoded(text: str, at: int = 0) -> tuple[Any, int, tuple[Mend, ...]]:
    """What JSON says from a place on, where it ends, and whether keys came twice.

    Raises:
        ValueError: Not JSON.
        RecursionError: Nested too deep.
    """
    repeated = False

    def first(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        value: dict[str, Any] = {}
        for key, part in pairs:
            repeated |= key in value
            if value.get(key) in (None, "", [], {}):
                value[key] = part
        return value

    decoder = json.JSONDecoder(object_pairs_hook=first, strict=False)
    value, end = decoder.raw_decode(text, at)
    return value, end, ("repeated keys",) if repeated else ()


def mended(text: str) -> tuple[Any, tuple[Mend, ...]]:
    """An object with a fault, from its first brace on; None beyond repair."""
    part, cut = _closed(text) or ("", False)
    notes: tuple[Mend, ...] = ("cut short",) if cut else ()
    try:
        value, _, mends = decoded(part)
    except ValueError:
        if part:
            return _repaired(part), ("bad syntax", *notes)
    else:
        return value, (*notes, *mends)
    ends = [end.end() for end in _END.finditer(text)]
    rest = text[ends[-1] :].lstrip() if ends else ""
    if ends and not (rest[:1] in {",", "]"} and re.search("[\"']", rest)):
        return _repaired(text[: ends[-1]]), ("bad syntax",)
    return _without_last(_repaired(text)), ("bad syntax", "cut short")


def _repaired(text: str) -> Any:
    if len(text) > _REPAIR_CHARS or _depth(text) > _DEPTH:
        return None
    try:
        return repair_json(text, return_objects=True, skip_json_loads=True)
    except (ValueError, RecursionError):
        return None


def _closed(text: str) -> tuple[str, bool] | None:
    """An object up to its last brace, or up to its last whole part and then closed.

    With whether it was cut; None for faults that hide where texts begin and end.
    """
    open_: list[str] = []
    end, closers = 0, ""
    previous, allowed = "", frozenset("{")
    for token in _TOKEN.finditer(text):
        mark = token.group()
        kind = mark[0] if mark[0] in _SIGNS else "bare"
        if mark == '"':  # a text without an end
            break
        if kind not in allowed or len(open_) > _DEPTH:
            return None
        if kind in _CLOSERS:
            open_.append(_CLOSERS[kind])
        elif kind in {"}", "]"}:
            open_.pop()
            if not open_:
                return text[: token.end()], False
        is_key = kind == '"' and open_[-1] == "}" and previous != ":"
        allowed = _allowed_after(kind, open_[-1], is_key=is_key)
        if kind not in {":", "bare"} and not is_key:
            end = token.start() if kind == "," else token.end()
            closers = "".join(reversed(open_))
        previous = kind
    return text[:end] + closers, True


def _allowed_after(kind: str, closer: str, *, is_key: bool) -> frozenset[str]:
    """What JSON lets follow, and a closer behind a comma, which models write."""
    if is_key:
        return frozenset(":")
    if kind == ":":
        return _VALUE
    if kind in {"{", "[", ","}:
        return _VALUE | {"]"} if closer == "]" else frozenset('"}')
    return frozenset({",", closer})


def _depth(text: str) -> int:
    depth = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth += 1 if bracket in _CLOSERS else -1
        deepest = max(deepest, depth)
    return deepest


def _without_last(value: Any) -> Any:
    """All but the very last text or number, which may be half of one."""
    if isinstance(value, dict) and value:
        key = next(reversed(value))
        kept = {name: part for name, part in value.items() if name != key}
        last = value[key]
        deeper = isinstance(last, dict | list) and last
        return {**kept, key: _without_last(last)} if deeper else kept
    if isinstance(value, list) and value:
        deeper = isinstance(value[-1], dict | list) and value[-1]
        return [*value[:-1], *([_without_last(value[-1])] if deeper else [])]
    return value
