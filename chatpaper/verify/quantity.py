"""The record of one number that a text says of something."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from chatpaper.verify.units import BARE, TIMES, Unit


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a number.

    Attributes:
        face: The number with its scale (万, million), before its unit.
        unit: What it is counted in.
    """

    face: Fraction
    unit: Unit = BARE

    @property
    def value(self) -> Fraction:
        """In the base unit of the dimension."""
        return self.face * self.unit.factor


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that a text says of something.

    Attributes:
        text: As it stands, unit and classifier included.
        start, end: `text` is `source[start:end]`.
        readings: What it may mean, the likeliest first: `10−3` is a power or a range.
        below: Of 数百, dozens, 七八个: the first reading is the least value, this the
            greatest; None for an exact number.
        counted: It has a classifier, so it counts things.
    """

    text: str
    start: int
    end: int
    readings: tuple[Reading, ...]
    below: Fraction | None = None
    counted: bool = False

    def also(self, *readings: Reading) -> Quantity:
        """The same with further readings."""
        return replace(self, readings=(*self.readings, *readings))


def made(
    spelt: str,
    start: int,
    end: int,
    face: Fraction | int,
    unit: Unit = BARE,
    *,
    below: Fraction | int | None = None,
    counted: bool = False,
) -> Quantity:
    """A quantity of one reading. Orders of magnitude become the multiple they are."""
    value = Fraction(face)
    if unit.dimension == "magnitude":
        value, unit = Fraction(10) ** min(int(value), 60), TIMES
    top = None if below is None else Fraction(below)
    return Quantity(spelt[start:end], start, end, (Reading(value, unit),), top, counted)
