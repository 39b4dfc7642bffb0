"""A line of authors, as arXiv's feeds and snapshot write it, as single names."""

from __future__ import annotations

import re

_OPENING, _CLOSING = "([（", ")]）"
_TAG = re.compile(r"<[^<>]*>")
# What belongs to the name before it, and a name that may have "and" in it.
_SUFFIX = re.compile(r"(?i)(?:jr|sr|ii|iii|iv)\.?")
_GROUP = re.compile(r"(?i)\b(?:collaborations?|consorti(?:um|a)|teams?|groups?)$")


def names_in(text: str) -> tuple[str, ...]:
    """The names, without what stands behind them in brackets: `Jane Doe (MIT, Boston)`.

    A bracket that is never closed hides no more than the rest of its own name.

    Source:
        https://info.arxiv.org/help/prep.html#author
    """
    bare = _without_brackets(_TAG.sub(" ", text))
    names: list[str] = []
    # `\,` is a blank of TeX's.
    for part in map(_single_spaced, re.split(r"(?<!\\)[,;]", bare)):
        pieces = [part] if _GROUP.search(part) else re.split(r"(?:^| )(?:and|&) ", part)
        for name in filter(None, pieces):
            if names and _SUFFIX.fullmatch(name):
                names[-1] += f" {name}"
            else:
                names.append(name.removeprefix("and "))
    return tuple(names)


def _single_spaced(text: str) -> str:
    return " ".join(text.split())


def _without_brackets(text: str) -> str:
    opened: list[int] = []
    ends: dict[int, int] = {}
    for at, char in enumerate(text):
        if char in _OPENING:
            opened.append(at)
        elif char in _CLOSING and opened:
            ends[opened.pop()] = at
    kept, at = [], 0
    while at < len(text):
        if at in ends:
            at = ends[at]
        elif text[at] in _OPENING:
            comma = text.find(",", at)
            at = (comma if comma > 0 else len(text)) - 1
        elif text[at] not in _CLOSING:
            kept.append(text[at])
        at += 1
    return "".join(kept)
