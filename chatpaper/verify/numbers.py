"""The numbers of a claim, read and looked up in the words that it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import Literal

from chatpaper.verify.notation import GLUE, G, blank_out, plain
from chatpaper.verify.number_words import read_ordinals, read_words
from chatpaper.verify.quantities import (
    BARE,
    COUNTED,
    RANK,
    SHARE,
    TIMES,
    UNITS,
    Interpretation,
    Quantity,
    new_quantity,
    take_scale,
    take_unit,
)

# --------------------------------------------------------------------------------------
# Numbers written in digits.

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


# --------------------------------------------------------------------------------------
# All quantities of a text, in digits and in words.


def read_quantities(text: str, *, printed: bool = False) -> tuple[Quantity, ...]:
    """Read the quantities of a claim or of a paper's text.

    They may be in digits or words, Chinese or English, LaTeX or text of a PDF. Names
    with digits, list marks, citations and addresses are not quantities.

    Args:
        text: Any text.
        printed: The text is the paper's own, so whatever it may mean is read: numbers
            after a name (`SDXL 1.0`), ordinals, the parts of `2012/13`.

    Returns:
        Quantities by offset; those of a claim do not overlap.
    """
    spelt = blank_out(plain(text))
    found = [*read_digits(text, spelt, named=printed), *read_words(spelt)]
    found.sort(key=lambda quantity: (quantity.start, -quantity.end))
    kept: list[Quantity] = []
    for quantity in found:
        if not kept or quantity.start >= kept[-1].end:
            kept.append(quantity)
    if printed:
        kept += [*read_parts(spelt), *read_ordinals(spelt)]
    return tuple(_with_closing_brace(text, quantity) for quantity in kept)


def _with_closing_brace(text: str, quantity: Quantity) -> Quantity:
    """With its braces closed: `10^{-3}`."""
    start, end = quantity.start, quantity.end
    open_braces = text.count("{", start, end) - text.count("}", start, end)
    if open_braces > 0 and text[end : end + 1] == "}":
        end += 1
    return replace(quantity, text=text[start:end], end=end)


# --------------------------------------------------------------------------------------
# The numbers of a claim, looked up.

# No real claim has as many; those beyond count as unsupported.
MAX_QUANTITIES = 200
_ONE = Fraction(1)
_JOINS = re.compile(r"[\w)”’] (?:and|or|&) \w|[\w)”’](?:和|与|及|以及)\w")

# A number without a unit, a percentage and a multiple are one dimension.
_RATIOS = frozenset({"", "%", "x"})
# What a count of things may stand in the paper as: 120 帧 for 120 fps.
_COUNTABLE = frozenset({"", "x", "Hz", "px", "bit"})
# With such a word a claim may leave out a minus: 降低3.2 dB for −3.2 dB.
_FALLS = re.compile(
    r"[降减低少跌负损落缩]|decreas|reduc|drop|lower|fall|less|fewer|loss"
)


@dataclass(frozen=True, slots=True)
class NumberCheck:
    """What the sources say to one number of a claim.

    Attributes:
        quantity: Of the claim.
        found: The sources' words for it; None when there are none.
    """

    quantity: Quantity
    found: str | None

    @property
    def status(self) -> Literal["supported", "unsupported"]:
        """Whether the sources have it."""
        return "unsupported" if self.found is None else "supported"

    @property
    def reason(self) -> str:
        """One sentence in English; empty when supported."""
        return f"its evidence lacks {self.quantity.text}" if self.found is None else ""


def check_numbers(claim: str, sources: Sequence[str]) -> tuple[NumberCheck, ...]:
    """Look every number of a claim up in the words that it rests on.

    Equal is what is equal after exact conversion (14亿 and 1.4 billion); nothing is
    rounded.

    Args:
        claim: Chinese or English.
        sources: The paper's own words at the claim's quotes, or the one text that
            the claim was made from.

    Returns:
        One check per number, in order.
    """
    printed = [q for text in sources for q in read_quantities(text, printed=True)]
    falls = _FALLS.search(claim) is not None
    checks = []
    for nth, quantity in enumerate(read_quantities(claim)):
        hits = (q.text for q in printed if _bears_out(quantity, q, falls=falls))
        found = next(hits, "" if _is_article(quantity) else None)
        checks.append(NumberCheck(quantity, found if nth < MAX_QUANTITIES else None))
    return tuple(checks)


def counts_listed(check: NumberCheck, quotes: Sequence[str]) -> bool:
    """Whether a claim says `两个` of two things that a quote names without a number.

    Chinese counts what English joins by "and". Not where the quotes count otherwise:
    "three losses, one of which is fixed and known" bears out no two.
    """
    value = check.quantity.interpretations[0]
    if not (check.quantity.counted and value == Interpretation(Fraction(2))):
        return False
    others = [q for text in quotes for q in read_quantities(text, printed=True)]
    counts = {q.interpretations[0] for q in others if q.below is None}
    small = {Interpretation(Fraction(n)) for n in range(3, 10)}
    return not counts & small and any(map(_JOINS.search, quotes))


def _is_article(quantity: Quantity) -> bool:
    """`one` and `zero` in words are articles: one of them, zero-shot."""
    in_words = not any(char.isdigit() for char in quantity.text)
    return in_words and quantity.interpretations[0] in (
        Interpretation(Fraction(0)),
        Interpretation(_ONE),
    )


def _bears_out(claim: Quantity, source: Quantity, *, falls: bool) -> bool:
    """数百 for 300 and for "hundreds"; but "millions" does not bear out 3 million."""
    if source.below is not None and claim.below is None:
        return False
    stretch = _ONE
    if claim.below is not None and source.below is None:
        stretch = claim.below / claim.interpretations[0].printed_value
    return any(
        value == least
        or least <= value <= least * stretch
        or (falls and value == -least < 0)
        for ours, theirs in product(claim.interpretations, source.interpretations)
        for least, value in _comparable(ours, theirs, counted=claim.counted)
    )


def _comparable(
    claim: Interpretation, source: Interpretation, *, counted: bool
) -> Iterator[tuple[Fraction, Fraction]]:
    """The numbers that must be equal for one reading to bear out the other."""
    ours, theirs = claim.unit.dimension, source.unit.dimension
    if ours == theirs or {ours, theirs} <= _RATIOS:
        yield claim.value, source.value
    if SHARE in (claim.unit, source.unit) and TIMES in (claim.unit, source.unit):
        yield claim.value * source.value, _ONE  # 十分之一 and 10x, a half and twice
    if claim == Interpretation(_ONE, TIMES):  # 提升一倍 is twice as much
        yield Fraction(2), source.value
    if not theirs:  # the unit may stand in a table's head, or stay out of a list
        yield claim.printed_value, source.printed_value
        yield claim.value, source.printed_value
    elif not ours and (not counted or theirs in _COUNTABLE):
        yield claim.printed_value, source.printed_value
        yield claim.printed_value, source.value
