"""The JSON object that a model's reply is meant to be, out of the text it is.

A good reply is read as it stands. Else every object in the text is tried in turn: as
JSON, as JSON that breaks off, and last by json-repair, which knows most other faults.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from chatpaper.exchange.backslashes import mend_backslashes, without_surrogates
from chatpaper.exchange.json_faults import Mend, decoded, mended

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
    sound = without_surrogates(raw).strip()
    text = mend_backslashes(sound)
    lone: tuple[Mend, ...] = ("lone backslashes",) if text != sound else ()
    whole = _whole(text)
    if whole and _fits(whole.value, keys):
        return _noted(whole, *lone)
    found = list(_objects(text, keys)) or list(_in_text(text, keys))
    if not found and keys:
        found = list(_fitting(*mended(text[max(0, text.find("{")) :]), keys))
    if not found:
        return whole and _noted(whole, *lone)
    enough = max(map(_size, found)) / 2
    best = [each for each in found if _size(each) >= enough][-1]
    return _noted(best, *lone)


def _noted(found: ReadObject, *mends: Mend) -> ReadObject:
    every = tuple(dict.fromkeys((*mends, *found.mends)))
    return ReadObject(value=found.value, mends=every)


def _size(found: ReadObject) -> int:
    return len(repr(found.value))


def _fits(value: dict[str, Any], keys: frozenset[str]) -> bool:
    return not keys or not keys.isdisjoint(value)


def _whole(text: str) -> ReadObject | None:
    try:
        value, end, mends = decoded(text)
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
            value, at, mends = decoded(text, start.start())
        except (ValueError, RecursionError):
            at = start.start() + 1
            if not repairs or (keys and start["key"] not in keys):
                continue
            repairs -= 1
            value, mends = mended(text[start.start() :])
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
            yield _noted(inner, *mends)


def _in_text(text: str, keys: frozenset[str]) -> Iterator[ReadObject]:
    r"""An object written as JSON's text, `{\"title\": …}`."""
    start, end = _IN_TEXT.search(text), text.rfind("}") + 1
    if start is None:
        return
    try:
        inner, _, _ = decoded(f'"{text[start.start() : end]}"')
    except ValueError:
        return
    found = _best(inner, keys)
    if found and _fits(found.value, keys):
        yield found
