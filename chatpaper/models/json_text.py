"""The JSON object that a model's reply is meant to be, out of the text it is.

A good reply is read as it stands. Else every object in the text is tried in turn: as
JSON, as JSON that breaks off, and last by json-repair, which knows most other faults.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from json_repair import repair_json

# --------------------------------------------------------------------------------------
# JSON with the faults that language models make in it.

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


def decode_json(text: str, at: int = 0) -> tuple[Any, int, tuple[Mend, ...]]:
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


def mend_object(text: str) -> tuple[Any, tuple[Mend, ...]]:
    """An object with a fault, from its first brace on; None beyond repair."""
    part, cut = _close(text) or _guess_end(text)
    mends: tuple[Mend, ...]
    try:
        value, _, mends = decode_json(part)
    except ValueError:
        mends = ("bad syntax",)
        value, lost = _repair(part)
        cut |= lost
    return value, (*mends, "cut short") if cut else mends


def _guess_end(text: str) -> tuple[str, bool]:
    """An object up to what looks like its end, and whether there is more of it."""
    ends = [end.end() for end in _END.finditer(text)]
    rest = text[ends[-1] :].lstrip() if ends else ""
    if ends and not (rest[:1] in {",", "]"} and re.search("[\"']", rest)):
        return text[: ends[-1]], False
    return text, True


def _repair(text: str) -> tuple[Any, bool]:
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
    kept = _whole_texts(value, "".join(text.split()).replace("\\'", "'"))
    return kept, kept != value


def _whole_texts(value: Any, source: str) -> Any:
    """All but the texts that json-repair ended where no quote stands in the source."""
    if isinstance(value, dict):
        return {
            key: _whole_texts(part, source)
            for key, part in value.items()
            if _is_ended(part, source)
        }
    if isinstance(value, list):
        return [_whole_texts(part, source) for part in value if _is_ended(part, source)]
    return value


def _is_ended(value: Any, source: str) -> bool:
    if not isinstance(value, str):
        return True
    tail = "".join(value[-_TAIL_CHARS:].split())
    written = (tail, json.dumps(tail)[1:-1], json.dumps(tail, ensure_ascii=False)[1:-1])
    return any(form + quote in source for form in written for quote in "\"'”")


def _close(text: str) -> tuple[str, bool] | None:
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


# --------------------------------------------------------------------------------------
# Lone backslashes in JSON: `"$\frac{1}{2}$"` where `"$\\frac{1}{2}$"` is meant.
#
# JSON reads `\f` as a form feed and refuses `\s`. What is left open is whether `\neq`
# is a command or a line that begins with "eq"; what a properly escaped reply says
# must stay.

# Commands of LaTeX and amsmath whose first letter is an escape of JSON too.
_COMMAND = re.compile(
    r"""n(?:abla|atural|cong|e|e[gq]|earrow|ewline|exists|geq|geqslant|gtr|i|leq|leqslant
    |less|mid|onumber|orm|ot|otin|parallel|prec|sim|subset|subseteq|succ|supseteq
    |triangleleft|triangleright|u|warrow|[vV][dD]ash|([lL]eft)?([rR]ight)?arrow)
    |r(?:Vert|angle|brac[ek]|ceil|ef|floor|group|ho|ight|m|oot|times|ule|vert
    |ight(?:left|right|squig)?(?:arrow|harpoon)(?:up|down|s)?)
    |t(?:ag|anh?|au|binom|ext|ext(?:color|normal|style|subscript|superscript)
    |ext(?:bf|it|rm|sc|sf|tt|up)|frac|herefore|heta|hick(?:approx|sim)|ilde|imes|iny|o|op
    |riangle(?:down|left|lefteq|q|right|righteq)?|wohead(?:left|right)arrow)""",
    re.VERBOSE,
)
# Behind a line break their rest may well begin a line: "e.g.", "i)", "u is".
_DOUBTFUL = frozenset({"ne", "ni", "nu"})
_ESCAPE = re.compile(
    r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|(?P<name>[A-Za-z]+)|.)",
    re.DOTALL,
)
_SURROGATE = re.compile(
    r"\\(?:\\|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2}))"
)
_DOUBLED = re.compile(r"\\\\[A-Za-z]{2}")
_DOLLARS = re.compile(r"\$+")
# As far as a formula reaches back; the longest that Pandoc's users write inline are
# shorter, and a fixed number keeps the time linear.
_FORMULA_CHARS = 300


def replace_surrogates(text: str) -> str:
    """JSON text with U+FFFD for each lone surrogate, raw or escaped."""
    sound = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _SURROGATE.sub(lambda m: "\ufffd" if m["lone"] else m.group(), sound)


def mend_backslashes(text: str) -> str:
    r"""Double each lone backslash of JSON text.

    `\b` and `\f` before a letter are always a command's; `\n`, `\r` and `\t` where the
    letters that follow spell one. Of `\ne`, `\ni` and `\nu` the rest of the reply
    tells: whether its commands are doubled, else whether a formula is open.
    """
    if "\\" not in text:
        return text
    lone = any(_is_lone(match) for match in _ESCAPE.finditer(text))
    doubled = _DOUBLED.search(text) is not None

    def double(match: re.Match[str]) -> str:
        meant = _is_lone(match)
        if match["name"] in _DOUBTFUL:
            meant = lone if lone != doubled else _in_formula(text, match.start())
        return "\\" + match.group() if meant else match.group()

    return _ESCAPE.sub(double, text)


def _is_lone(match: re.Match[str]) -> bool:
    r"""Whether an escape is none for certain; `\'` and `\xa0` are Python's."""
    name = match["name"]
    if not name:
        return match.group()[1] not in "\\\"/'ux"
    if name[0] in "nrt":
        return name not in _DOUBTFUL and bool(_COMMAND.fullmatch(name))
    return len(name) > 1 or name not in "bf"


def _in_formula(text: str, at: int) -> bool:
    before = text[max(0, at - _FORMULA_CHARS) : at].rpartition('"')[2]
    opened = before.rfind("\\(") > before.rfind("\\)")
    return opened or len(_DOLLARS.findall(before)) % 2 == 1


# --------------------------------------------------------------------------------------
# The JSON object that a model's reply is meant to be, out of the text it is.
#
# A good reply is read as it stands. Else every object in the text is tried in turn:
# as JSON, as JSON that breaks off, and last by json-repair, which knows most other
# faults.

# Each try may read to the end; 100 of them take seconds for a megabyte.
_TRIES = 100
_REPAIRS = 2
_START = re.compile(r"\{\s*[\"'](?P<key>\w{0,60})")
_IN_TEXT = re.compile(r'\{(?:\s|\\+[nrt])*\\+"')


class NoObject(ValueError):
    """A text without a JSON object; says why in English, not in the text's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadObject:
    """What a reply says.

    Attributes:
        value: The object, without surrogates; control characters in its texts stand
            as they came.
        mends: What had to be mended in it, each kind once; what stood around it and
            lone surrogates, which become U+FFFD, are passed over in silence.
    """

    value: dict[str, Any]
    mends: tuple[Mend, ...] = ()


def read_object(text: str, keys: Collection[str] = ()) -> ReadObject:
    """Read the JSON object in a model's reply.

    An object that is cut short keeps all that is whole, and never half a text.

    Args:
        text: All that the model wrote.
        keys: What the object may have. One with any of these is taken out of whatever
            is around it, the last of those at least half as long as the longest. With
            no keys any object will do.

    Raises:
        NoObject: There is none, or it is nested beyond reason.
    """
    try:
        found = _best(text.lstrip("\ufeff"), frozenset(keys))
    except RecursionError as error:
        raise NoObject("not a JSON object: it is nested too deep") from error
    if found is None:
        raise NoObject("not a JSON object")
    return found


def _best(raw: str, keys: frozenset[str]) -> ReadObject | None:
    sound = replace_surrogates(raw).strip()
    text = mend_backslashes(sound)
    lone: tuple[Mend, ...] = ("lone backslashes",) if text != sound else ()
    whole = _whole(text)
    if whole and _fits(whole.value, keys):
        return _with_mends(whole, *lone)
    found = list(_objects(text, keys)) or list(_in_text(text, keys))
    if not found and keys:
        found = list(_fitting(*mend_object(text[max(0, text.find("{")) :]), keys))
    if not found:
        return whole and _with_mends(whole, *lone)
    enough = max(map(_size, found)) / 2
    best = [each for each in found if _size(each) >= enough][-1]
    return _with_mends(best, *lone)


def _with_mends(found: ReadObject, *mends: Mend) -> ReadObject:
    every = tuple(dict.fromkeys((*mends, *found.mends)))
    return ReadObject(value=found.value, mends=every)


def _size(found: ReadObject) -> int:
    return len(repr(found.value))


def _fits(value: dict[str, Any], keys: frozenset[str]) -> bool:
    return not keys or not keys.isdisjoint(value)


def _whole(text: str) -> ReadObject | None:
    try:
        value, end, mends = decode_json(text)
    except ValueError:
        return None
    alone = isinstance(value, dict) and end == len(text)
    return ReadObject(value=value, mends=mends) if alone else None


def _objects(text: str, keys: frozenset[str]) -> Iterator[ReadObject]:
    """Objects in order; behind one that cannot be read, those in it are tried."""
    at, repairs = 0, _REPAIRS
    for _ in range(_TRIES):
        start = _START.search(text, at)
        if start is None:
            return
        try:
            value, at, mends = decode_json(text, start.start())
        except (ValueError, RecursionError):
            at = start.start() + 1
            if not repairs or (keys and start["key"] not in keys):
                continue
            repairs -= 1
            value, mends = mend_object(text[start.start() :])
        yield from _fitting(value, mends, keys)


def _fitting(
    value: Any, mends: tuple[Mend, ...], keys: frozenset[str]
) -> Iterator[ReadObject]:
    """The value itself, or what fits within it."""
    if isinstance(value, dict) and _fits(value, keys):
        yield ReadObject(value=value, mends=mends)
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _fitting(part, mends, keys)
    elif isinstance(value, str) and value.lstrip().startswith("{"):
        inner = _whole(mend_backslashes(value.strip()))
        if inner and _fits(inner.value, keys):
            yield _with_mends(inner, *mends)


def _in_text(text: str, keys: frozenset[str]) -> Iterator[ReadObject]:
    r"""An object written as JSON's text, `{\"title\": …}`."""
    start, end = _IN_TEXT.search(text), text.rfind("}") + 1
    if start is None:
        return
    try:
        inner, _, _ = decode_json(f'"{text[start.start() : end]}"')
    except ValueError:
        return
    found = _best(inner, keys)
    if found and _fits(found.value, keys):
        yield found
