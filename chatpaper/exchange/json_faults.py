"""JSON with the faults that language models make in it."""

from __future__ import annotations

import ast
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
# characters of chosen nonsense, tried twice, took 22 s; a broken reply, milliseconds.
_REPAIR_CHARS, _DEPTH = 24_000, 40
# Enough to tell one text's end from others.
_TAIL_CHARS = 16
_PYTHON = re.compile(r"\{\s*'")

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
    part, cut = _closed(text) or _guessed(text)
    mends: tuple[Mend, ...]
    try:
        value, _, mends = decoded(part)
    except ValueError:
        mends = ("bad syntax",)
        value, lost = _repaired(part)
        cut |= lost
    return value, (*mends, "cut short") if cut else mends


def _guessed(text: str) -> tuple[str, bool]:
    """An object up to what looks like its end, and whether there is more of it."""
    ends = [end.end() for end in _END.finditer(text)]
    rest = text[ends[-1] :].lstrip() if ends else ""
    if ends and not (rest[:1] in {",", "]"} and re.search("[\"']", rest)):
        return text[: ends[-1]], False
    return text, True


def _repaired(text: str) -> tuple[Any, bool]:
    """What a text with bad syntax says, and whether some of it was left out."""
    if len(text) > _REPAIR_CHARS or _depth(text) > _DEPTH:
        return None, False
    if _PYTHON.match(text):
        try:
            return json.loads(json.dumps(ast.literal_eval(text))), False
        except (ValueError, TypeError, SyntaxError, MemoryError):
            pass  # for json-repair to try
    try:
        value: Any = repair_json(text, return_objects=True, skip_json_loads=True)
    except (ValueError, RecursionError):
        return None, False
    kept = _ended_texts(value, "".join(text.split()).replace("\\'", "'"))
    return kept, kept != value


def _ended_texts(value: Any, source: str) -> Any:
    """All but the texts that json-repair ended where no quote stands in the source."""
    if isinstance(value, dict):
        return {
            key: _ended_texts(part, source)
            for key, part in value.items()
            if _is_ended(part, source)
        }
    if isinstance(value, list):
        return [_ended_texts(part, source) for part in value if _is_ended(part, source)]
    return value


def _is_ended(value: Any, source: str) -> bool:
    if not isinstance(value, str):
        return True
    tail = "".join(value[-_TAIL_CHARS:].split())
    written = (tail, json.dumps(tail)[1:-1], json.dumps(tail, ensure_ascii=False)[1:-1])
    return any(form + quote in source for form in written for quote in "\"'”")


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
