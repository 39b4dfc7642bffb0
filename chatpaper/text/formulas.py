"""`$math$` within running text: where a formula begins and ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_CHARS = 1000  # a longer one is two lone dollars with a paragraph between them

# Opening and closing dollars as pandoc sees them: "$5 and $6" is no formula.
# https://pandoc.org/MANUAL.html#extension-tex_math_dollars
_MATH = re.compile(r"(?<![\\$])(\${1,2})(?![\s$])((?:[^$\\]|\\.)+?)(?<!\s)\1(?![\d$])")
# As TeX reads its own text: every dollar that no backslash stands before.
TEX_MATH = re.compile(
    r"(?<!\\)\$\$[^$]+(?<!\\)\$\$|(?<!\\)\$[^$]+(?<!\\)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]"
)
_TEXT_BOX = re.compile(r"\\(?:text[a-z]*|mathrm|mbox|operatorname)\s*\{[^{}]*\}")
_PROSE = re.compile(
    r"(?<![\\A-Za-z])[A-Za-z]{3,} [A-Za-z]{3,}"
    r"|[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
)


class Formula(NamedTuple):
    """One formula.

    Attributes:
        start, end: Offsets into the text, dollars included.
        dollars: `$` or `$$`.
        body: What stands between them.
    """

    start: int
    end: int
    dollars: str
    body: str


def find_formulas(text: str) -> Iterator[Formula]:
    """The formulas of a text meant for readers, in order.

    Two dollars are none when there is prose between them, or braces that do not match.
    """
    for match in _MATH.finditer(text):
        body = match[2]
        if len(body) > MAX_CHARS or not _balanced(body):
            continue
        if not _PROSE.search(_TEXT_BOX.sub("", body)):
            yield Formula(match.start(), match.end(), match[1], body)


def blank_formulas(text: str, *, alone: bool = False) -> str:
    """The text with spaces in place of its formulas; all offsets stay.

    Args:
        text: Any.
        alone: Leave those that touch a letter, a digit or a hyphen: `E$^3$NeRF`.
    """
    parts: list[str] = []
    done = 0
    for found in find_formulas(text):
        around = text[max(found.start - 1, 0) : found.start], text[found.end :][:1]
        if not (alone and any(map(_joins, around))):
            parts += text[done : found.start], " " * (found.end - found.start)
            done = found.end
    return "".join([*parts, text[done:]])


def _joins(char: str) -> bool:
    return char == "-" or (char.isascii() and char.isalnum())


def _balanced(body: str) -> bool:
    depth = 0
    for brace in re.findall(r"\\.|[{}]", body, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        if depth < 0:
            return False
    return depth == 0
