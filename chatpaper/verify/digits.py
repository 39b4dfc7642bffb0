"""Numbers written in digits, with their units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from chatpaper.verify import masks
from chatpaper.verify.notation import GLUE
from chatpaper.verify.quantity import Kind, Quantity
from chatpaper.verify.units import SCALES, Unit, scale_pattern, unit_named, unit_pattern

_G = rf"[ {GLUE}]*"
_NUM = (
    rf"(?:\d{{1,3}}(?:(?:,|{GLUE}+)\d{{3}})+(?!\d)(?:\.\d+)?"
    r"|\d+(?:\.\d+)?|\.\d+)"
)
# 5.58(1)e-5: the last digit's uncertainty stands between.
_UNCERTAIN = rf"(?:\(\d+\)(?=[eE]|{_G}[×x]{_G}10))?"
_EXPONENT = r"(?:[eE](?P<e>[-+]?\d+)(?![A-Za-z0-9]))?"
_NUMBER = re.compile(rf"(?P<n>{_NUM}){_UNCERTAIN}{_EXPONENT}")
_TIMES_BEFORE = re.compile(rf"(?<![A-Za-z0-9])[xX×]{_G}$")
_JOINED = re.compile(
    rf"(?:[A-Za-z0-9_^.\\]|[A-Za-z0-9]/|[A-Za-z_^]{GLUE}|[A-Za-z0-9]-)$"
)
_JOINED_WORDS = re.compile(r"(?:[Tt]op|[Ss]ub|[Nn]ear)-$")
_POWER = re.compile(
    rf"{_G}[×x]{_G}10(?:{_G}\^{_G}(-?{_G}\d+)|(-\d{{1,2}})|([1-9]))(?!\d)"
)
_BARE_POWER = re.compile(rf"{_G}\^{_G}(-?{_G}\d+)")
_BY = re.compile(rf"{_G}(?:×|x|\bby\b){_G}(?=\d)")
_TO = re.compile(rf"{_G}(?:-+|~|\bto\b|至|到|and(?= )){_G}(?=\d)")
_PLUS_MINUS = re.compile(rf"{_G}(?:±|\+/-){_G}(?=\d)")
_SLASH = re.compile(r"/(?=\d)")
_SCALE = re.compile(scale_pattern(_G, GLUE))
_UNIT = re.compile(rf"{_G}[+多余]?" + unit_pattern(rf"{_G}-?{_G}"))
_MORE = re.compile(rf"{_G}[+多余]")
CLASSIFIERS = (
    "个|种|项|类|次|张|幅|条|位|名|组|套|款|家|篇|轮|段|块|对|帧|步|级|层|路|流|例|首|份|场|部"
    "|人|台|只|颗|辆|件|门|批|处|支|页|句|行|列|倍速|tokens?|阶段|分支|路径"
)
_CLASSIFIER = re.compile(rf"{_G}[+多余]?{_G}(?:{CLASSIFIERS})")
_PER_SECOND = re.compile(r"(?:每秒|每秒钟)[^0-9，,。；]{0,6}$")
_FRAMES_EACH = re.compile(rf"{_G}[+多余]?{_G}(?:帧|张|幅|frames?\b)")
_RANK = re.compile(rf"第{_G}$")
_PLACE = re.compile(rf"{_G}(?:名|位)")
_ORDINAL_SUFFIX = re.compile(r"(?:st|nd|rd|th)\b")
_PERCENT_WORD = re.compile(rf"百分之{_G}$")
_DATE = re.compile(rf"{_G}年(?:{_G}\d{{1,2}}{_G}月(?:{_G}\d{{1,2}}{_G}日)?)?")
_ONE = Decimal(1)


def read_digits(spelt: str, *, named: bool) -> Iterator[Quantity]:
    """Read the numbers written in digits, in order.

    Args:
        spelt: In plain spelling, marks and references blanked.
        named: Keep numbers that follow a name.
    """
    done = 0
    for match in _NUMBER.finditer(spelt):
        if match.start() < done or not _begins(spelt, match.start()):
            continue
        reading = _Reading(spelt, match)
        done = max(done, reading.end)
        quantity = reading.quantity(named=named)
        if quantity is not None:
            done = max(done, quantity.end)
            yield quantity


def _begins(spelt: str, start: int) -> bool:
    """Whether a number may begin here: not within a word, a name or an index."""
    before = spelt[max(0, start - 5) : start]
    if not _JOINED.search(before):
        return not masks.numbers_a_part(spelt, start)
    return bool(_JOINED_WORDS.search(before)) or _multiplied(spelt, start)


def _multiplied(spelt: str, start: int) -> bool:
    """`x10`, `× 4`: a multiple with its sign in front."""
    return bool(_TIMES_BEFORE.search(spelt, max(0, start - 4), start))


def _decimal(match: re.Match[str]) -> Decimal:
    value = Decimal(match["n"].replace(",", "").replace(GLUE, ""))
    return value.scaleb(_exponent(match["e"])) if match["e"] else value


def _exponent(digits: str) -> int:
    power = int(digits.replace(" ", "").replace(GLUE, ""))
    return max(-60, min(60, power))


class _Reading:
    """One number read from left to right: value, second value, scale, unit."""

    __slots__ = ("end", "factors", "first", "kind", "spelt", "start", "unit", "values")

    def __init__(self, spelt: str, match: re.Match[str]) -> None:
        self.spelt = spelt
        self.start = match.start()
        self.end = match.end()
        self.kind: Kind = "plain"
        self.unit: Unit | None = None
        self.values = [_decimal(match)]
        self.factors = [_ONE]
        self.first: Unit | None = None  # of the lower end, where it has its own
        self._take_power()
        if not (self._take_sides() or self._take_fraction()):
            self._take_scale_and_unit(0)
            self._take_second()
        single = self.unit is None and self.kind in ("plain", "range")
        if single and _multiplied(spelt, self.start):
            self.unit = unit_named("×")

    def _take_power(self) -> None:
        power = _POWER.match(self.spelt, self.end)
        if power:
            digits = next(filter(None, power.groups()))
            self.values[-1] = self.values[-1].scaleb(_exponent(digits))
        elif self.values[-1] == 10:
            power = _BARE_POWER.match(self.spelt, self.end)
            if power:
                self.values[-1] = _ONE.scaleb(_exponent(power.group(1)))
        if power:
            self.end = power.end()

    def _take_number(self, at: int) -> bool:
        match = _NUMBER.match(self.spelt, at)
        if match is None:
            return False
        self.values.append(_decimal(match))
        self.factors.append(_ONE)
        self.end = match.end()
        self._take_power()
        return True

    def _take_sides(self) -> bool:
        by = _BY.match(self.spelt, self.end)
        while by and len(self.values) < 3 and self._take_number(by.end()):
            self.kind = "resolution"
            by = _BY.match(self.spelt, self.end)
        if self.kind == "resolution":
            self._take_scale_and_unit(len(self.values) - 1)
        return self.kind == "resolution"

    def _take_fraction(self) -> bool:
        slash = _SLASH.match(self.spelt, self.end)
        if slash and self._take_number(slash.end()):
            self.kind = "fraction"
        return self.kind == "fraction"

    def _take_scale_and_unit(self, nth: int) -> None:
        scale = _SCALE.match(self.spelt, self.end)
        if scale:
            self.factors[nth] = SCALES[scale["letter"] or scale["scale"]]
            self.end = scale.end()
        unit = _UNIT.match(self.spelt, self.end)
        if unit:
            self.unit = unit_named(unit["unit"] or unit["tight"])
            self.end = unit.end()

    def _take_second(self) -> None:
        first_unit, first_end = self.unit, self.end
        link = _PLUS_MINUS.match(self.spelt, self.end)
        kind: Kind = "tolerance" if link else "range"
        link = link or _TO.match(self.spelt, self.end)
        if link is None or ("and" in link.group() and not self._between()):
            return
        if not self._take_number(link.end()):
            return
        self.unit = None
        self._take_scale_and_unit(1)
        other = self.unit.dimension if self.unit else ""
        if first_unit and first_unit.dimension != other and kind == "range":
            self._give_back(first_unit, first_end)
            return
        if self.factors[0] == 1 and first_unit is None and kind == "range":
            self.factors[0] = self.factors[1]
        self.unit = self.unit or first_unit
        self.kind = kind
        self.first = first_unit
        low, high = self.values[0], self.values[1]
        if kind == "range" and low == 10 and high < 10 and first_unit is None:
            # A PDF prints 10⁻³ as 10−3.
            self.values, self.factors = [_ONE.scaleb(-int(high))], [self.factors[1]]
            self.kind = "plain"

    def _give_back(self, unit: Unit, end: int) -> None:
        self.unit, self.end = unit, end
        self.values.pop()
        self.factors.pop()

    def _between(self) -> bool:
        return "between" in self.spelt[max(0, self.start - 10) : self.start]

    def quantity(self, *, named: bool) -> Quantity | None:
        """The number as a quantity, None when it belongs to a name."""
        spelt, bare = self.spelt, self.unit is None and self.factors[-1] == 1
        year = _DATE.match(spelt, self.start + 4) if self._is_year() else None
        if year:
            return self._made("year", year.end(), unit="")
        ranked = self._rank(bare=bare)
        if ranked is not False:
            return ranked
        classifier = _CLASSIFIER.match(spelt, self.end) if bare else None
        if bare and self.kind in ("plain", "range") and self._per_second():
            return self._made(self.kind, self._frames_end(), unit="fps")
        if _PERCENT_WORD.search(spelt, max(0, self.start - 6), self.start):
            return self._made("percent", self.end, unit="%")
        if classifier and self.kind in ("plain", "range"):
            kind: Kind = "count" if self.kind == "plain" else "range"
            return self._made(kind, classifier.end(), unit="")
        if masks.part_of_name(
            spelt,
            self.start,
            self.end,
            bare=not named and self._nameable(),
            listed=not named and self.kind == "resolution",
        ):
            return None
        more = _MORE.match(spelt, self.end) if bare else None
        kind = "year" if bare and self._is_year() else self._kind()
        return self._made(
            kind,
            more.end() if more else self.end,
            self.unit.dimension if self.unit else "",
        )

    def _rank(self, *, bare: bool) -> Quantity | Literal[False] | None:
        """A rank, None for any other ordinal, False for no ordinal."""
        rank = _RANK.search(self.spelt, max(0, self.start - 3), self.start)
        if bare and rank:
            place = _PLACE.match(self.spelt, self.end)
            self.start = rank.start()
            return self._made("rank", place.end(), unit="") if place else None
        suffix = _ORDINAL_SUFFIX.match(self.spelt, self.end) if bare else None
        if suffix:
            return self._made("rank", suffix.end(), unit="")
        return False

    def _nameable(self) -> bool:
        """Written like a version or a model number: `3090`, `2.1`, `100k`."""
        short = self.kind in ("plain", "range", "fraction") and self.unit is None
        return short and all(
            value.as_tuple().exponent in (0, -1) and value >= 1 for value in self.values
        )

    def _is_year(self) -> bool:
        value = self.values[0]
        return (
            len(self.values) == 1
            and value == value.to_integral_value()
            and 1900 <= value <= 2100
            and self.spelt[self.start : self.start + 4].isdigit()
        )

    def _per_second(self) -> bool:
        return bool(_PER_SECOND.search(self.spelt, max(0, self.start - 10), self.start))

    def _frames_end(self) -> int:
        frames = _FRAMES_EACH.match(self.spelt, self.end)
        return frames.end() if frames else self.end

    def _kind(self) -> Kind:
        if self.kind != "plain" or self.unit is None:
            return self.kind
        if self.unit.dimension == "%":
            return "percent"
        return "multiple" if self.unit.dimension == "x" else "plain"

    def _made(self, kind: Kind, end: int, unit: str) -> Quantity:
        faces = tuple(
            value * factor
            for value, factor in zip(self.values, self.factors, strict=True)
        )
        factor = self.unit.factor if self.unit and unit else _ONE
        lowest = self.first.factor if self.first and unit else factor
        values = (faces[0] * lowest, *(face * factor for face in faces[1:]))
        return Quantity("", self.start, end, kind, values, faces, unit, "", factor)
