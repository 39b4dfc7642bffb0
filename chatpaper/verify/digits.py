"""Numbers written in digits, with their units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from chatpaper.verify.notation import GLUE, G
from chatpaper.verify.numerals import zh_value
from chatpaper.verify.quantity import Quantity, Reading, made
from chatpaper.verify.units import (
    BARE,
    RANK,
    SCALE,
    SCALES,
    SHARE,
    UNIT,
    UNITS,
    ZH_SCALE,
    Unit,
    unit_named,
)

# 12,800  12'800  12 000 (no cell of a table begins with 0)  97,2%  0.5  .5
_NUMBER = re.compile(
    rf"\d{{1,3}}(?:(?:[,']|{GLUE}+)\d{{3}})+(?!\d)(?:\.\d+)?"
    r"|[1-9]\d{0,2}(?: \d{3})* 0\d\d(?: \d{3})*(?![\d.])"
    rf"|\d+,\d{{1,2}}(?={G}%)|\d+(?:\.\d+)?|\.\d+"
)
_SPACED = re.compile(r"[1-9]\d{0,2}(?: \d{3})+(?![\d.])")
_PAIR = re.compile(r"(?<![\w./-])(\d+(?:\.\d+)?)[/-](\d+(?:\.\d+)?)(?![\w/-])")
_UNCERTAIN = re.compile(rf"\(\d+\)(?=[eE]|{G}[×x·⋅]{G}10)")  # 5.58(1)e-5
_EXPONENT = re.compile(r"[eE]([-+]?\d{1,3})(?![A-Za-z0-9])")
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺"
_LOWERED = str.maketrans(f"{_RAISED}负", "0123456789-+-", f" {GLUE}")
_POWER = re.compile(
    rf"{G}\^{G}([-+]?{G}\d{{1,3}})(?!\d)|([{_RAISED}]+)|{G}的{G}(负?\d{{1,2}}){G}次方"
)
# PDFs may print 10⁻³ as 10−3, and × 10⁵ as × 105.
_LOST_MINUS = re.compile(r"(-\d{1,2})(?![\d.])")
_TIMES_TEN = re.compile(
    rf"{G}[×x·⋅]{G}10(?:(?={G}\^|[{_RAISED}])|{_LOST_MINUS.pattern}|([1-9])(?![\d.]))"
)
_FRACTION = re.compile(r"/(\d+)(?![\d./])")

_TIMES_BEFORE = re.compile(rf"(?<![A-Za-z])[xX×]{G}$")
_JOINED = re.compile(rf"(?:[A-Za-z0-9_^.\\]|[A-Za-z]{GLUE}|[A-Za-z0-9][-/])$")
# PDFs lose spaces: by0.25between. And Top-5 has a number.
_FREE_BEFORE = re.compile(
    r"(?:[Tt]op-|[Ss]ub-|[Nn]ear-|(?<![A-Za-z])(?:about|and|at|between|by|for|from|in"
    r"|is|of|on|only|over|than|the|to|with))$"
)
_FREE_AFTER = re.compile(
    r"(?:and|at|between|by|for|from|in|of|on|over|than|to|with)(?![a-z])"
)
_NAME_BEFORE = re.compile(rf"[A-Z][\w.+#-]*[ {GLUE}]$")
_NAME_AFTER = re.compile(rf"{GLUE}*(?:[A-Za-z]|-[A-Z])")
_VERSION = re.compile(r"\d\.\d")
_MINUS = re.compile(
    rf"(?:(?:[^A-Za-z0-9)\]%°年月 ]|[^0-9)%°-] )-|负|零下|minus |negative ){GLUE}*$"
)
_PERCENT_WORD = re.compile(rf"百分之{G}$")
_NTH = re.compile(rf"第{G}$")
_RANKED = re.compile(rf"{G}(?:名|位|天|百分位|年|周|个?月)")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
CLASSIFIER = re.compile(
    rf"{G}[+多余]?{G}(?:个|种|项|类|次|张|幅|条|位|名|组|套|款|家|篇|轮|段|块|对|帧|步|级|层|路|流"
    "|例|首|份|场|部|人|台|只|颗|辆|件|门|批|处|支|页|句|行|列|阶段|分支|路径)"
)
_LINK = re.compile(rf"{G}(?:-+|~|[,、/和与及或至到]|to|and|or|&|±|\+/-){G}(?=\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MAX_POWER = 99
_MAX_DIGITS = 40  # longer runs are no numbers


def read_digits(text: str, spelt: str, *, named: bool) -> Iterator[Quantity]:
    """Read the numbers written in digits, in order.

    Args:
        text: As handed in; there a minus differs from a dash.
        spelt: The same in plain spelling, marks and references blanked.
        named: Keep numbers that follow a name.
    """
    end = 0
    for match in _NUMBER.finditer(spelt):
        if match.start() < end or len(match.group()) > _MAX_DIGITS:
            continue
        if _begins(spelt, match.start(), end):
            quantity = _read(text, spelt, match, named=named)
            if quantity is not None:
                end = quantity.end
                yield quantity


def read_parts(spelt: str) -> Iterator[Quantity]:
    """Numbers that a text may mean besides: `12 830` may be one, `2012/13` two.

    Args:
        spelt: In plain spelling, marks and references blanked.
    """
    for match in _SPACED.finditer(spelt):
        if not _JOINED.search(spelt, max(0, match.start() - 2), match.start()):
            face = Fraction(match.group().replace(" ", ""))
            yield made(spelt, *match.span(), face)
    for match in _PAIR.finditer(spelt):
        first, second = match.groups()
        yield made(spelt, *match.span(1), Fraction(first))
        yield made(spelt, *match.span(2), Fraction(second))
        if _YEAR.fullmatch(first) and len(second) == 2:
            yield made(spelt, *match.span(), Fraction(first[:2] + second))


def take_unit(spelt: str, end: int) -> tuple[Unit | None, int]:
    """The unit after a number, and where it ends."""
    match = UNIT.match(spelt, end)
    if match is None:
        return None, end
    return unit_named(match["unit"] or match["tight"]), match.end()


def _begins(spelt: str, start: int, last: int) -> bool:
    """Whether a number may begin at `start`: not within a word, a name or an index.

    `last` is where the number before it ends: of a range, of a width by height.
    """
    if 0 < last == start - 1 and spelt[last] in "-/×xX":
        return True
    before = spelt[max(0, start - 10) : start]
    return not _JOINED.search(before) or any(
        pattern.search(before) for pattern in (_FREE_BEFORE, _TIMES_BEFORE)
    )


def _read(
    text: str, spelt: str, match: re.Match[str], *, named: bool
) -> Quantity | None:
    start = match.start()
    first, end = _value(text, spelt, match)
    if _NTH.search(spelt, max(0, start - 3), start) or _ORDINAL.match(spelt, end):
        return _rank(spelt, start, end, first.face)
    face, end = _scaled(spelt, match, first.face, end)
    unit, unit_end = take_unit(spelt, end)
    percent = _PERCENT_WORD.search(spelt, max(0, start - 6), start)
    if percent:
        start, unit = percent.start(), UNITS["%"]
    if unit and unit.dimension == "s" and _YEAR.fullmatch(match.group()):
        unit = BARE  # 2017年
    counted = None if unit else CLASSIFIER.match(spelt, end)
    is_bare = unit is None and counted is None and face == first.face
    if counted is None and _in_name(spelt, start, unit_end, is_bare and not named):
        return None
    minus = _MINUS.search("  " + spelt[max(0, start - 10) : start])
    sign = -1 if minus or spelt.startswith(" below zero", unit_end) else 1
    quantity = made(
        spelt,
        start,
        counted.end() if counted else unit_end,
        sign * face,
        unit or first.unit,
        counted=counted is not None,
    )
    lent = _lent(spelt, match, end) if is_bare and first.unit == BARE else ()
    return quantity.also(*lent)


def _value(text: str, spelt: str, match: re.Match[str]) -> tuple[Reading, int]:
    """The number itself, its power of ten or its denominator, and where it ends."""
    digits, end = match.group().replace(GLUE, ""), match.end()
    decimal = re.fullmatch(r"\d+,\d{1,2}", digits)
    value = Fraction(re.sub("[ ,']", "." if decimal else "", digits))
    uncertain = _UNCERTAIN.match(spelt, end)
    end = uncertain.end() if uncertain else end
    times = _EXPONENT.match(spelt, end) or _TIMES_TEN.match(spelt, end)
    base = value
    power = next(filter(None, times.groups()), "") if times else ""
    if times and (not power or value < 10 or "e" in times.group().lower()):
        end, base = times.end(), Fraction(10)
        if power:
            return Reading(value * _raised(base, power)), end
    raised = _POWER.match(spelt, end)
    if raised is None and base == 10 and not times:
        lost = _LOST_MINUS.match(spelt, end)
        # A range runs upwards, and its dash is no minus.
        if lost and (text[end] == "−" or int(lost[1]) > -10):
            raised = lost
    if raised:
        factor = _raised(base, next(filter(None, raised.groups())))
        return Reading(value * factor if times else factor), raised.end()
    part = _FRACTION.match(spelt, end)
    if part and int(part[1]) and not times:
        return Reading(value / int(part[1]), SHARE), part.end()
    return Reading(value), end


def _raised(base: Fraction, power: str) -> Fraction:
    exponent = int(power.translate(_LOWERED))
    return base ** max(-_MAX_POWER, min(_MAX_POWER, exponent)) if base else base


def _scaled(
    spelt: str, match: re.Match[str], face: Fraction, end: int
) -> tuple[Fraction, int]:
    """The number with the scale after it: 3万, 13万2千, 1.4 billion."""
    scale = ZH_SCALE.match(spelt, end)
    if scale and end == match.end():
        digits = re.sub(f"[ ,'{GLUE}]", "", match.group())
        for words in (
            scale["zh"],
            scale["zh"].rstrip("零一二三四五六七八九两〇0123456789"),
        ):
            value = zh_value(digits + words)
            if value is not None:
                return value, scale.start("zh") + len(words)
    latin = SCALE.match(spelt, end)
    if latin:
        return face * SCALES[latin["letter"] or latin["word"]], latin.end()
    return face, end


def _lent(spelt: str, match: re.Match[str], end: int) -> Iterator[Reading]:
    """What the scale and the unit of a list's last number make of one before it."""
    while link := _LINK.match(spelt, end):
        after = _NUMBER.match(spelt, link.end())
        if after is None:
            return
        one = Fraction(1)
        end = after.end()
        scale = SCALE.match(spelt, end) or ZH_SCALE.match(spelt, end)
        if scale:
            name = scale.group().strip(f" {GLUE}")
            one = Fraction(SCALES.get(name) or zh_value(name) or 1)
            end = scale.end()
        unit, end = take_unit(spelt, end)
        if scale or unit:
            face = Fraction(re.sub(f"[ ,'{GLUE}]", "", match.group())) * one
            yield made(spelt, 0, 0, face, unit or BARE).readings[0]
            return


def _rank(spelt: str, start: int, end: int, face: Fraction) -> Quantity | None:
    """第3名 or 3rd; None for 第3阶段, which only tells one thing from another."""
    suffix = _ORDINAL.match(spelt, end)
    if suffix:
        return made(spelt, start, suffix.end(), face, RANK)
    ranked = _RANKED.match(spelt, end)
    if ranked is None:
        return None
    rank = made(spelt, start, ranked.end(), face, RANK)
    unit, _ = take_unit(spelt, end)
    return rank.also(Reading(face, unit)) if unit else rank


def _in_name(spelt: str, start: int, end: int, may_follow: bool) -> bool:
    """Whether a number is part of a name: `360-GS`, `3D`, `SDXL 1.0`."""
    if _NAME_AFTER.match(spelt, end) and not _FREE_AFTER.match(spelt, end):
        return True
    digits = spelt[start:end]
    before = spelt[max(0, start - 40) : start]
    is_version = digits.isdigit() or _VERSION.fullmatch(digits)
    return bool(may_follow and is_version and _NAME_BEFORE.search(before))
