"""`$math$` within running text: where a formula begins and ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_CHARS = 1000  # a longer one is two lone dollars with a paragraph between them

_MATH = re.compile(r"(?<!\\)(\${1,2})(?!\$)((?:[^$\\]|\\.)+)\1")
# What only TeX has: then it is one whatever stands beside it, as in `2$\times$3`.
_SURE = re.compile(r"\\[A-Za-z]|\A\s*[_^]")
_TEXT_BOX = re.compile(
    r"\\(?:text[a-z]*|math(?:rm|bf|it|sf|tt)|[mh]box|operatorname)\s*\{[^{}]*\}"
)
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
    A wide backslash counts as one: a post has it where a formula was refused, and is
    to be read as its text was.
    """
    text = text.replace("＼", "\\")
    at = 0
    while match := _MATH.search(text, at):
        if _is_formula(match, text):
            yield Formula(match.start(), match.end(), match[1], match[2])
            at = match.end()
        else:
            at = match.end(1)


def _is_formula(match: re.Match[str], text: str) -> bool:
    body = match[2]
    if len(body) > MAX_CHARS or not _balanced(body):
        return False
    if _PROSE.search(_TEXT_BOX.sub("", body)):
        return False
    if _SURE.search(body):
        return True
    # As pandoc sees dollars, "$5 and $6" is no formula, nor are they "$5-$6":
    # https://pandoc.org/MANUAL.html#extension-tex_math_dollars
    joins = text[match.start() - 1 : match.start()] == "$"
    goes_on = text[match.end() :][:1]
    hugs = not body[0].isspace() and not body[-1].isspace()
    return hugs and not joins and not (goes_on.isdecimal() or goes_on == "$")


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
