"""Numbers written in digits, with their units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from chatpaper.verify.notation import GLUE, G
from chatpaper.verify.quantities import (
    BARE,
    RANK,
    SHARE,
    UNITS,
    Interpretation,
    Quantity,
    new_quantity,
    take_scale,
    take_unit,
)

# 12,800  12'800  12 000 (no cell of a table begins with 0)  97,2%  0.5  .5
_NUMBER = re.compile(
    rf"\d{{1,3}}(?:(?:[,']|{GLUE}+)\d{{3}})+(?!\d)(?:\.\d+)?"
    r"|[1-9]\d{0,2}(?: \d{3})* 0\d\d(?: \d{3})*(?!\d|\.\d)"
    rf"|\d+,\d{{1,2}}(?={G}%)|\d+(?:\.\d+)?|\.\d+"
)
_SPACED = re.compile(r"(?<![\w.])[1-9]\d{0,2}(?: \d{3}){1,5}(?!\d|\.\d)")
_PAIR = re.compile(
    r"(?<![\w./-])(\d{1,9}(?:\.\d{1,9})?)[/-](\d{1,9}(?:\.\d{1,9})?)(?![\w/-])"
)
_UNCERTAIN = re.compile(rf"\(\d+\)(?=[eE]|{G}[×x·⋅]{G}10)")  # 5.58(1)e-5
_EXPONENT = re.compile(r"[eE]([-+]?\d{1,3})(?![A-Za-z0-9])")
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺"
_LOWERED = str.maketrans(f"{_RAISED}负", "0123456789-+-", f" {GLUE}")
_POWER = re.compile(
    rf"{G}\^{G}([-+]?{G}\d{{1,3}})(?!\d)|([{_RAISED}]+)|{G}的{G}(负?\d{{1,2}}){G}次方"
)
# Text from elsewhere may have lost what is raised, but not its minus: 10−3.
_LOST_MINUS = re.compile(r"(-\d{1,2})(?!\d|\.\d)")
_TIMES_TEN = re.compile(
    rf"{G}[×x·⋅]{G}10(?:(?={G}\^|[{_RAISED}])|{_LOST_MINUS.pattern})"
)
_FRACTION = re.compile(r"/(\d{1,9})(?!\d|[./]\d)")
_LINK = re.compile(rf"{G}(?:-+|~|[,、/和与及或至到]|to|and|or|&|±|\+/-){G}(?=\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MAX_POWER, _MAX_DIGITS, _MAX_LIST = 99, 40, 5  # more is no number, no list

# Before a number: it is within a word, a name or an index ...
_JOINED = re.compile(rf"(?:[A-Za-z0-9_^.\\]|[A-Za-z]{GLUE}|[A-Za-z0-9][-/])$")
# ... unless it is a multiple, x400, or a PDF lost the space, by0.25between.
_GLUED = r"about|and|at|between|by|for|from|in|is|of|on|only|over|than|the|to|with"
_FREE_BEFORE = re.compile(
    rf"(?:[Tt]op-|[Ss]ub-|[Nn]ear-|(?<![A-Za-z])(?:{_GLUED}|[xX×]{G}))$"
)
# RTX 3090 and SDXL 1.0, but not PSNR 31.25.
_VERSION = re.compile(rf"[A-Z][\w.+#-]*[ {GLUE}](?:\d+|\d\.\d)$")
_NAME_AFTER = re.compile(rf"{GLUE}*(?!(?:{_GLUED})(?![a-z])|[xX]\d)(?:[A-Za-z]|-[A-Z])")
_MINUS = re.compile(
    rf"(?:(?:[^A-Za-z0-9)\]%°年月 ]|[^0-9)%°-] )-{GLUE}*"
    rf"|(?:负|零下|minus|negative){G})$"
)
_LED = re.compile(rf"(第|百分之){G}$")
_RANKED = re.compile(rf"(?:st|nd|rd|th)\b|{G}(?:名|位|天|百分位|年|周|个?月)")
# Classifiers, and nouns that a numeral counts without one: 两阶段, 三视图.
COUNTED = re.compile(
    rf"{G}[+多余来]?{G}(?:个|种|项|类|次|张|幅|条|位|名|组|套|款|家|篇|轮|段|块|对|帧|步骤|步|级|层级|层"
    "|路径|路|流|例|首|份|场|部分|部|人|台|只|颗|辆|件|门|批|处|支|页|句|行|列|阶段|分支|手|视角|视图"
    "|模态|编码器|解码器|判别器|生成器|网络|模型|任务|数据集|基准|损失|头|通道|尺度|方面|大|模块|语言"
    "|目标|场景|角色|相机|图像|参数|领域|方法|样本|用户|像素|高斯|张量|三平面)"
)


def read_digits(text: str, spelt: str, *, named: bool) -> Iterator[Quantity]:
    """Read the numbers written in digits, in order.

    Args:
        text: As handed in; there a minus differs from a dash.
        spelt: The same in plain spelling, digits that count nothing blanked.
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
    """Numbers that a text may mean besides: `12 830` may be one, `2012/13` two."""
    for match in _SPACED.finditer(spelt):
        yield new_quantity(
            spelt, *match.span(), Fraction(match.group().replace(" ", ""))
        )
    for match in _PAIR.finditer(spelt):
        first, second = match.groups()
        yield new_quantity(spelt, *match.span(1), Fraction(first))
        yield new_quantity(spelt, *match.span(2), Fraction(second))
        if _YEAR.fullmatch(first) and len(second) == 2:
            yield new_quantity(spelt, *match.span(), Fraction(first[:2] + second))


def _begins(spelt: str, start: int, last: int) -> bool:
    """Whether a number may begin at `start`; `last` is where the one before it ends."""
    if 0 < last == start - 1 and spelt[last] in "-/×xX":
        return True  # the end of a range, the height after a width
    before = spelt[max(0, start - 10) : start]
    return not _JOINED.search(before) or _FREE_BEFORE.search(before) is not None


def _read(
    text: str, spelt: str, match: re.Match[str], *, named: bool
) -> Quantity | None:
    start = match.start()
    value, end = _value(text, spelt, match)
    ranked = _RANKED.match(spelt, end)
    led = _LED.search(spelt, max(0, start - 6), start)
    if (led and led[1] == "第") or (ranked and spelt[end] in "snrt"):
        return _rank(spelt, start, ranked, value.printed_value) if ranked else None
    printed_value = value.printed_value
    if end == match.end():
        printed_value, end = take_scale(spelt, _digits(match), end)
    unit, unit_end = take_unit(spelt, end)
    if unit.dimension == "s" and _YEAR.fullmatch(match.group()):
        unit = BARE  # 2017年
    counted = None if unit else COUNTED.match(spelt, end)
    is_plain = (
        unit == value.unit == BARE
        and not counted
        and printed_value == value.printed_value
    )
    if unit_end == end and not counted and _NAME_AFTER.match(spelt, end):
        return None
    if is_plain and not named and _VERSION.search(spelt, max(0, start - 40), end):
        return None
    if led:
        start, unit = led.start(), UNITS["%"]
    minus = _MINUS.search("  " + spelt[max(0, start - 10) : start])
    printed_value, unit = -printed_value if minus else printed_value, unit or value.unit
    stop = counted.end() if counted else unit_end
    quantity = new_quantity(
        spelt, start, stop, printed_value, unit, counted=counted is not None
    )
    if minus and is_plain and printed_value.denominator == 1 and text[start - 1] != "−":
        return quantity.also(Interpretation(-printed_value))  # it may be a dash
    return quantity.also(*_shared_units(spelt, match, end)) if is_plain else quantity


def _digits(match: re.Match[str]) -> str:
    digits = match.group().replace(GLUE, "")
    decimal = re.fullmatch(r"\d+,\d{1,2}", digits)
    return re.sub("[ ,']", "." if decimal else "", digits)


def _value(text: str, spelt: str, match: re.Match[str]) -> tuple[Interpretation, int]:
    """The number itself, its power of ten or its denominator, and where it ends."""
    value, end = Fraction(_digits(match)), match.end()
    uncertain = _UNCERTAIN.match(spelt, end)
    end = uncertain.end() if uncertain else end
    exponent = _EXPONENT.match(spelt, end)
    if exponent:
        return Interpretation(value * _raised(10, exponent[1])), exponent.end()
    times = _TIMES_TEN.match(spelt, end)
    if times and times[1]:
        return Interpretation(value * _raised(10, times[1])), times.end()
    raised = _POWER.match(spelt, times.end() if times else end)
    if raised is None and value == 10:
        raised = _LOST_MINUS.match(spelt, end)
        # A range runs upwards, and its dash is no minus.
        if raised and text[end] != "−" and int(raised[1]) <= -10:
            raised = None
    if raised:
        power = next(filter(None, raised.groups()))
        factor = value * _raised(10, power) if times else _raised(value, power)
        return Interpretation(factor), raised.end()
    part = _FRACTION.match(spelt, end)
    if part and int(part[1]):
        return Interpretation(value / int(part[1]), SHARE), part.end()
    return Interpretation(value), end


def _raised(base: Fraction | int, power: str) -> Fraction:
    exponent = int(power.translate(_LOWERED))
    exponent = max(-_MAX_POWER, min(_MAX_POWER, exponent))
    return Fraction(base) ** exponent if base else Fraction(0)


def _shared_units(
    spelt: str, match: re.Match[str], end: int
) -> Iterator[Interpretation]:
    """What the scale and the unit of a list's last number make of one before it."""
    for _ in range(_MAX_LIST):
        link = _LINK.match(spelt, end)
        after = _NUMBER.match(spelt, link.end()) if link else None
        if after is None or len(after.group()) > _MAX_DIGITS:
            return
        digits = _digits(after)
        scaled, scale_end = take_scale(spelt, digits, after.end())
        unit, end = take_unit(spelt, scale_end)
        if end > after.end():
            scale = scaled / Fraction(digits) if Fraction(digits) else Fraction(1)
            printed_value = Fraction(_digits(match)) * scale
            yield new_quantity(spelt, 0, 0, printed_value, unit).interpretations[0]
            return


def _rank(
    spelt: str, start: int, ranked: re.Match[str], printed_value: Fraction
) -> Quantity:
    """第3名 or 3rd. On the 7th day, 7 days have begun."""
    rank = new_quantity(spelt, start, ranked.end(), printed_value, RANK)
    unit, _ = take_unit(spelt, ranked.start())
    return rank.also(Interpretation(printed_value, unit)) if unit else rank
