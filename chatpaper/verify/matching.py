"""Whether two quantities say the same value."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from chatpaper.verify.quantity import Quantity

_HUNDRED = Decimal(100)
# Units that a text often leaves out, or that a claim rightly adds.
_OPTIONAL = frozenset(
    {"%", "x", "dB", "°", "bit", "px", "line", "magnitude", "fps", "USD"}
)
_KIN = (
    frozenset({"fps", "Hz"}),
    frozenset({"px", "line"}),
    frozenset({"bit", "line"}),
)
# What a count of things may stand in the paper as.
_COUNTABLE = frozenset({"", "x", "fps", "px", "bit"})


def search_values(quantity: Quantity) -> tuple[Decimal, ...]:
    """Values under which an equal quantity may be indexed."""
    values: set[Decimal] = {*quantity.values, *quantity.faces}
    for face in quantity.faces:
        if quantity.unit == "%":
            values |= {face / _HUNDRED, face / _HUNDRED + 1}
        elif quantity.unit == "x":
            values |= {face * _HUNDRED, (face - 1) * _HUNDRED, face + 1}
            if face >= 10 and face == Decimal(10) ** face.adjusted():
                values.add(Decimal(face.adjusted()))
        elif quantity.unit == "magnitude":
            values.add(Decimal(10) ** face if 0 < face < 12 else face)
        elif not quantity.unit and 0 < face < 1:
            values.add(face * _HUNDRED)
    if quantity.kind == "fraction" and quantity.faces[1]:
        ratio = quantity.faces[0] / quantity.faces[1]
        values |= {ratio, ratio * _HUNDRED}
        if quantity.faces[0] == 1:
            values |= {quantity.faces[1]}
    return tuple(values)


def same_value(claim: Quantity, source: Quantity) -> bool:
    """Whether the paper's quantity bears out a single value of the claim.

    For ranges and resolutions ask once for each end; see `parts`.
    """
    if claim.kind == "approximate" or source.kind == "approximate":
        return _same_magnitude(claim, source)
    if claim.kind == "fraction" or source.kind == "fraction":
        return _same_fraction(claim, source)
    unit = source.unit or source.shared
    if claim.unit == unit or (claim.unit and unit and _kin(claim.unit, unit)):
        lent = source.factor if source.shared else Decimal(1)
        return claim.values[0] in (*source.values, *(v * lent for v in source.values))
    if not claim.unit:
        if claim.kind == "count" and unit not in _COUNTABLE:
            return False
        return claim.faces[0] in source.faces or _as_percent(claim, source)
    if not source.unit and claim.faces[0] in source.faces:
        return claim.unit in _OPTIONAL
    if claim.unit == "byte" and not unit:
        return claim.values[0] in source.faces  # 24G
    if claim.unit == "x" and claim.faces[0] == 1 and unit in ("", "x"):
        # 提升一倍 is twice as much.
        return Decimal(2) in source.faces
    return _across_units(claim, source)


def _kin(one: str, other: str) -> bool:
    return any(one in kin and other in kin for kin in _KIN)


def _as_percent(claim: Quantity, source: Quantity) -> bool:
    return source.unit == "%" and claim.faces[0] * _HUNDRED in source.faces


def _across_units(claim: Quantity, source: Quantity) -> bool:
    """3 倍 for 300 %, 一倍 for twice, a magnitude for 10x, 83 % for 0.83."""
    face = claim.faces[0]
    if claim.unit == "x" and source.unit == "%":
        return any(100 * n in source.faces for n in (face, face - 1))
    if claim.unit == "%" and not source.unit:
        return face / _HUNDRED in source.faces and source.faces[0] < 1
    if claim.unit == "%" and source.unit == "x":
        return face / _HUNDRED in source.faces or face / _HUNDRED + 1 in source.faces
    if claim.unit == "magnitude" and source.unit in ("x", ""):
        return 0 < face < 12 and Decimal(10) ** face in source.faces
    if claim.unit == "x" and source.unit == "magnitude":
        return any(
            Decimal(10) ** power == face for power in source.faces if 0 < power < 12
        )
    return False


def _same_fraction(claim: Quantity, source: Quantity) -> bool:
    one, other = _ratio(claim), _ratio(source)
    if one is not None and one == other:
        return True
    if claim.kind == "fraction":
        whole = claim.faces[1]
        as_multiple = (
            claim.faces[0] == 1 and source.unit == "x" and whole in source.faces
        )
        return as_multiple or (
            source.kind not in ("fraction", "approximate")
            and claim.faces[0] == 1
            and whole == 2
            and source.faces[0] == 2
            and source.unit in ("", "x")
        )
    return source.faces[0] != 1 and claim.faces[0] in source.faces and not claim.unit


def _ratio(quantity: Quantity) -> Decimal | None:
    if quantity.kind == "fraction":
        return quantity.faces[0] / quantity.faces[1] if quantity.faces[1] else None
    if quantity.unit == "%":
        return quantity.faces[0] / _HUNDRED
    return quantity.faces[0] if not quantity.unit and quantity.faces[0] < 1 else None


def _same_magnitude(claim: Quantity, source: Quantity) -> bool:
    unit = source.unit or source.shared
    if claim.unit != unit and (claim.unit or unit) not in _OPTIONAL:
        return False
    low = claim.values[0] if claim.kind == "approximate" else source.values[0]
    value = source.values[0] if claim.kind == "approximate" else claim.values[0]
    if claim.kind == source.kind:
        return low == value
    if claim.kind != "approximate":
        # "millions" does not bear out "3 million"; 一百万 for "a million" is the same.
        return claim.values[0] == source.values[0] and claim.faces[0] >= 10
    return low <= value < 10 * low


def parts(quantity: Quantity) -> Iterator[Quantity]:
    """The single values of a range, a resolution or a value with its tolerance."""
    if quantity.kind not in ("range", "resolution", "tolerance"):
        yield quantity
        return
    for value, face in zip(quantity.values, quantity.faces, strict=True):
        yield Quantity(
            quantity.text,
            quantity.start,
            quantity.end,
            "plain",
            (value,),
            (face,),
            quantity.unit,
            quantity.shared,
            quantity.factor,
        )
