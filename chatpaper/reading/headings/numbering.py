"""Heading numbers: reading them, and what may follow what."""

from __future__ import annotations

import re
from typing import NamedTuple

# One component of a number: how it is written and its value.
Part = tuple[str, int]
Path = tuple[Part, ...]

_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50}
_ROMAN_FORM = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")

_ARABIC = re.compile(
    r"(?:§\s*)?(\d{1,2}(?:\.\d{1,2}){0,4})([.:、]?:?)(?:\s+|(?<=、)|(?=[A-Z][a-z]|[\u4e00-\u9fff]{2}))(?=\S)"
)
_LETTERED = re.compile(r"([A-Z](?:\.?\d{1,2})(?:\.\d{1,2}){0,3})([.:]?)\s+(?=\S)")
_LETTER = re.compile(r"([A-Z])([.):]|\b)(?:\s+|(?<=[.:])(?=[A-Z]))(?=\S)")
_ROMAN_HEAD = re.compile(r"([IVX]{1,6})([.:]|\b)(?:\s+|(?<=\.)(?=[A-Z]))(?=\S)")
_COMPOUND = re.compile(r"([IVX]{1,5}(?:\.(?:[A-Z]\b|\d{1,2})){1,3})[.:]?\s+(?=\S)")
_PAREN = re.compile(r"(\d{1,2}\))\s*(?=\S)")
_WORD = re.compile(
    r"((?:appendix|appendices|annex|supplement)\b)\s*"
    r"([A-Z]\b|\d{1,2}\b|[IVX]{1,5}\b)?(?:\.(\d{1,2}))?\s*[.:–—-]?\s*",
    re.IGNORECASE,
)
_SECTION_WORD = re.compile(
    r"((?:section|chapter|part|lecture)\s+(\d{1,2}|[IVX]{1,5}|[A-Z])\b)\s*[.:–—-]?\s*",
    re.IGNORECASE,
)


# `一、`, `第二章`, `第3节`; `（一）` counts one level below.
_HAN_DIGITS = "一二三四五六七八九十"
_HAN = re.compile(
    r"(?:第\s*([一二三四五六七八九十]{1,3}|\d{1,2})\s*([章节篇部])|"
    r"([一二三四五六七八九十]{1,3})\s*[、．.])\s*(?=\S)"
)
_HAN_PAREN = re.compile(r"[（(]\s*([一二三四五六七八九十]{1,3})\s*[)）]\s*(?=\S)")


class Reading(NamedTuple):
    """One way to read the start of a row as a heading number.

    Attributes:
        scheme: `arabic`, `roman`, `letter`, `lettered` (A.1), `paren` (1)) or
            `han` (一、).
        parts: Components, outermost first.
        printed: As printed.
        end: Offset where the title starts.
        word: Whether "Appendix" or "Chapter" stands before it.
    """

    scheme: str
    parts: Path
    printed: str
    end: int
    word: bool = False


def roman_value(text: str) -> int | None:
    """Value of an upper-case roman numeral up to 39, None when it is none."""
    if not text or not _ROMAN_FORM.fullmatch(text):
        return None
    values = [_ROMAN[letter] for letter in text]
    return sum(
        -value if following > value else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )


def read_number(text: str) -> list[Reading]:
    """All readings of the number that a row starts with; empty when there is none."""
    first = text[:1]
    if first.isdigit() or first == "§":
        return _arabic_readings(text)
    if first in "第（(" or first in _HAN_DIGITS:
        return _han_readings(text)
    if not first.isupper() and not first.isalpha():
        return []
    return [*_word_readings(text), *_capital_readings(text)]


def han_value(text: str) -> int:
    """Value of a Chinese numeral up to 99, or of Arabic digits."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    value = 10 * (_HAN_DIGITS.find(tens[:1]) + 1 if tens else 1) if ten else 0
    return value + (_HAN_DIGITS.find(ones[:1]) + 1 if ones else 0)


def _han_readings(text: str) -> list[Reading]:
    if match := _HAN.match(text):
        value = han_value(match[1] or match[3])
        part = ("H", value) if match[2] == "节" else ("D", value)
        printed = match[0].rstrip("、．. ")
        return [Reading("han", (part,), printed, match.end(), word=match[2] == "章")]
    if match := _HAN_PAREN.match(text):
        part = ("H", han_value(match[1]))
        return [Reading("han", (part,), match[0].strip(), match.end())]
    return []


def _arabic_readings(text: str) -> list[Reading]:
    paren = _PAREN.match(text)
    if paren:
        value = int(paren[1][:-1])
        return [Reading("paren", (("P", value),), paren[1], paren.end())]
    match = _ARABIC.match(text)
    if not match:
        return []
    parts = tuple(("D", int(piece)) for piece in match[1].split("."))
    # Larger numbers are years, quantities and decimals.
    if not 0 < parts[0][1] < 41 or any(value > 40 for _, value in parts):
        return []
    return [Reading("arabic", parts, match[1], match.end())]


def _word_readings(text: str) -> list[Reading]:
    match = _WORD.match(text)
    if match and match[2]:
        printed = match[2]
        tail: Path = (("D", int(match[3])),) if match[3] else ()
        if printed.isdigit():
            head: Part = ("N", int(printed))
        elif len(printed) > 1:
            head = ("R", roman_value(printed) or 1)
        else:
            head = ("L", ord(printed.upper()) - 64)
        number = printed + (f".{match[3]}" if match[3] else "")
        scheme = "lettered" if tail else "letter"
        readings = [Reading(scheme, (head, *tail), number, match.end(), word=True)]
        if len(printed) == 1 and (value := roman_value(printed)):
            readings.append(
                Reading("letter", (("R", value),), number, match.end(), word=True)
            )
        return readings
    match = _SECTION_WORD.match(text)
    if match:
        printed = match[2]
        if printed.isdigit():
            return [
                Reading(
                    "arabic", (("D", int(printed)),), printed, match.end(), word=True
                )
            ]
        value = roman_value(printed.upper())
        if value:
            return [Reading("roman", (("R", value),), printed, match.end(), word=True)]
    return []


def _part(piece: str) -> Part:
    return ("D", int(piece)) if piece.isdigit() else ("L", ord(piece) - 64)


def _capital_readings(text: str) -> list[Reading]:
    readings: list[Reading] = []
    match = _COMPOUND.match(text)
    if match and (value := roman_value(match[1].partition(".")[0])):
        tail = [_part(piece) for piece in match[1].split(".")[1:]]
        parts: Path = (("R", value), *tail)
        readings.append(Reading("compound", parts, match[1], match.end()))
    match = _LETTERED.match(text)
    if match:
        letter, *digits = re.findall(r"[A-Z]|\d+", match[1])
        parts = (_part(letter), *map(_part, digits))
        if all(0 < value < 41 for _, value in parts):
            readings.append(Reading("lettered", parts, match[1], match.end()))
            if match[1][1] != ".":  # "A1" may be one number: sections A1, A2 ...
                whole = ((f"S{letter}", parts[1][1]), *parts[2:])
                readings.append(Reading("lettered", whole, match[1], match.end()))
    if readings:
        return readings
    match = _ROMAN_HEAD.match(text)
    if match and (value := roman_value(match[1])):
        readings.append(Reading("roman", (("R", value),), match[1], match.end()))
    match = _LETTER.match(text)
    if match:
        number: Path = (("L", ord(match[1]) - 64),)
        readings.append(Reading("letter", number, match[1], match.end()))
    return readings


# Costs below are in the points of `weigh`, so that a strong heading can pay for a gap.
def follow(path: Path, reading: Reading) -> list[tuple[Path, float]]:
    """Where a heading may lead from the last one, and how unlikely each way is.

    Args:
        path: Place of the last heading; empty before the first.
        reading: Of the next heading's number.

    Returns:
        New places with a cost: 0 for the regular successor, more for gaps; empty
        where the number cannot stand. The length of a place is its level.
    """
    if reading.scheme == "paren":
        return _follow_paren(path, reading)
    if len(reading.parts) > 1:
        return [_follow_nested(path, reading)]
    part = reading.parts[0]
    kind, value = part
    options: list[tuple[Path, float]] = []
    for depth in range(1 if reading.word else len(path) + 1):
        if depth < len(path) and path[depth][0] == kind:
            skipped = value - path[depth][1] - 1
            if skipped >= 0:
                options.append(((*path[:depth], part), 1.2 * skipped))
            elif depth == 0 and value == 1:
                options.append(((part,), 4.0))  # a supplement counts afresh
        elif (cost := _opening_cost(path, depth, part, reading)) is not None:
            options.append(((*path[:depth], part), cost))
    return options


def _opening_cost(path: Path, depth: int, part: Part, reading: Reading) -> float | None:
    """Return the cost of starting a count at a depth that has no such sibling yet."""
    kind, value = part
    late = 1.2 * (value - 1)
    if depth == 0:
        if not path:
            # Hardly a paper begins with section A, but many rows begin with a letter.
            return late + (6.0 if kind[0] in "LS" and not reading.word else 0.0)
        if kind[0] in "LNS" or (kind == "R" and path[0][0] == "D"):
            return late + (0.0 if reading.word else 0.6)  # the appendices begin
        return 4.0 if value == 1 else None
    # Which kind may stand within which: "D" is an Arabic number or a Chinese chapter,
    # "H" a Chinese section.
    nested = {("R", "L"): 0.0, ("L", "D"): 0.0, ("N", "L"): 0.0, ("D", "L"): 1.5,
              ("D", "H"): 0.0, ("H", "D"): 0.0}  # fmt: skip
    cost = nested.get((path[depth - 1][0], kind))
    if cost is None:
        return None
    return late + cost + (0.0 if depth == len(path) else 3.0)


def _follow_nested(path: Path, reading: Reading) -> tuple[Path, float]:
    parts = reading.parts
    shared = 0
    while shared < min(len(path), len(parts) - 1) and path[shared] == parts[shared]:
        shared += 1
    cost = 2.0 * (len(parts) - 1 - shared)  # parents that were not seen
    if shared < len(path) and cost:
        here, there = path[shared], parts[shared]
        # Its parent would count backwards.
        if here[0] == there[0] and there[1] <= here[1]:
            cost += 4.0
    last = parts[-1][1]
    before = path[len(parts) - 1][1] if shared == len(parts) - 1 < len(path) else 0
    skipped = last - before - 1
    # A number that goes back is a reference to a section rather than its heading.
    cost += 1.2 * skipped if skipped >= 0 else 5.0
    return parts, cost


def _follow_paren(path: Path, reading: Reading) -> list[tuple[Path, float]]:
    part = reading.parts[0]
    # Only IEEE's third level is counted so, below roman sections.
    if not path or path[0][0] != "R":
        return []
    if path[-1][0] == "P":
        skipped = part[1] - path[-1][1] - 1
        return [((*path[:-1], part), 1.2 * skipped)] if skipped >= 0 else []
    return [((*path, part), 0.3)] if part[1] == 1 else []
