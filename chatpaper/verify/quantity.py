"""The record of one number that a text says of something."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal[
    "plain",  # a value, with or without a unit
    "percent",
    "multiple",  # 2x, 两倍, two-fold
    "range",  # two ends
    "tolerance",  # a value and its ±
    "resolution",  # width by height (by depth)
    "fraction",  # 1/10, 三分之一, half
    "rank",  # 第三名, third place
    "year",
    "count",  # a number of things
    "approximate",  # 数百万, dozens, 几个: a magnitude only
]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that a text says of something.

    Attributes:
        text: As it stands, unit and classifier included.
        start, end: `text` is `source[start:end]`.
        kind: Its shape.
        values: In base units (seconds, bytes, metres ...; percent and multiples as
            printed): one value, or the two ends of a range, the sides of a
            resolution, the value and its tolerance, numerator and denominator.
        faces: The same before the unit's factor.
        unit: Dimension of the unit, empty when there is none.
        shared: Dimension lent by the next number of a list (`7 and 49 minutes`).
        factor: Of the shared unit.
    """

    text: str
    start: int
    end: int
    kind: Kind
    values: tuple[Decimal, ...]
    faces: tuple[Decimal, ...]
    unit: str = ""
    shared: str = ""
    factor: Decimal = Decimal(1)
