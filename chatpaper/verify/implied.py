"""Quantities that the paper bears out without stating the number."""

from __future__ import annotations

import re
from decimal import Decimal

from chatpaper.verify import listed
from chatpaper.verify.nouns import counted_in_claim, english_nouns
from chatpaper.verify.quantity import Quantity
from chatpaper.verify.roles import claim_role, source_role
from chatpaper.verify.source import SourceIndex, clause_round

_TIME_WORDS = {
    Decimal("1e-3"): r"milli-?seconds?\b|\bms\b|毫秒",
    Decimal(1): r"\bseconds?\b|\bsec\b|\ds\b|秒",
    Decimal(60): r"\bminutes?\b|\bmins?\b|分钟",
    Decimal(3600): r"\bhours?\b|\bhrs?\b|小时",
    Decimal(86400): r"\bdays?\b|天",
}
_SOME_OF = {
    "magnitude": r"orders?[ -]of[ -]magnitudes?|magnitudes? (?:fast|more|less)|数量级",
    "x": r"\btimes\b|fold\b|×|\d\s?[xX]\b|\\times|倍",
}
# Things that papers list by their names alone.
_NAMED_THINGS = re.compile("(?i)数据集|基准|语料库|数据库|datasets?|benchmarks?")
_NAMED_NOUNS = "datasets?|data sets?|benchmarks?|corpora|corpus|databases?"
_WHOLE = Decimal(100)
_ORDINAL = {
    1: "first|1st|winn\\w+|champion|best|top|rank 1",
    2: "second|2nd|runner",
    3: "third|3rd",
}
_EXCEEDED = re.compile(
    r"(?:超过|高于|大于|超|高达|约|大约|近|over|above|about|nearly)\s*$"
)


def implied(claim: str, quantity: Quantity, index: SourceIndex) -> bool:
    """Whether the paper implies a quantity: by a list, a sum, rounding, a word."""
    if quantity.kind == "approximate":
        return _some(quantity, index)
    if quantity.kind == "year":
        digits = str(int(quantity.values[0]))
        return _has(index, rf"{digits}|['’]{digits[2:]}\b")
    if quantity.kind == "rank":
        place = int(quantity.values[0])
        return _has(index, rf"(?i)\b(?:{_ORDINAL.get(place, f'{place}th')})\b")
    if quantity.kind == "count" and quantity.values[0] == 1:
        return True
    return (
        _counted(claim, quantity, index)
        or _rounded(claim, quantity, index)
        or _left_over(claim, quantity, index)
    )


def counted_in_claim_itself(claim: str, quantity: Quantity, index: SourceIndex) -> bool:
    """Whether the claim lists just as many items beside its count."""
    count = _small_count(quantity)
    return count is not None and listed.claim_lists(
        claim, quantity.start, quantity.end, count, index
    )


def _has(index: SourceIndex, pattern: str) -> bool:
    return index.search(re.compile(pattern)) is not None


def _some(quantity: Quantity, index: SourceIndex) -> bool:
    """几个 says little; 几秒 and 几个数量级 need their measure in the paper."""
    if quantity.unit == "s":
        words = _TIME_WORDS.get(quantity.factor, "second|minute|hour")
        return _has(index, words)
    if quantity.faces[0] != 1:
        return False
    return quantity.unit not in _SOME_OF or _has(index, _SOME_OF[quantity.unit])


def _small_count(quantity: Quantity) -> int | None:
    value = quantity.values[0]
    whole = value == value.to_integral_value() and 1 < value <= listed.MOST
    counts = quantity.kind in ("count", "plain") and not quantity.unit
    return int(value) if whole and counts else None


def _counted(claim: str, quantity: Quantity, index: SourceIndex) -> bool:
    count = _small_count(quantity)
    if count is None:
        return False
    if counted_in_claim_itself(claim, quantity, index):
        return True
    _, after = clause_round(claim, quantity.start, quantity.end)
    if _NAMED_THINGS.search(after[:20]) and listed.names_before(
        index, _NAMED_NOUNS, count
    ):
        return True
    nouns = english_nouns(counted_in_claim(quantity.text, after))
    if not nouns:
        return False
    noun = re.compile(rf"(?i)\b(?:{nouns})\b")
    return any(
        length == count and noun.search(introduction)
        for length, introduction in index.marked_lists
    ) or listed.adds_up(index, nouns, count)


def _rounded(claim: str, quantity: Quantity, index: SourceIndex) -> bool:
    """`0.961` bears out 超过 0.96: cut or rounded to the claim's digits."""
    value = quantity.faces[0]
    places = -int(value.as_tuple().exponent)
    if quantity.kind not in ("plain", "percent", "multiple") or places < 0:
        return False
    if not (places >= 2 or _EXCEEDED.search(claim, 0, quantity.start)):
        return False
    step = Decimal(1).scaleb(-places)
    return any(
        value <= face < value + step or abs(face - value) <= step / 2
        for entry in index.entries
        if entry.quantity.unit == quantity.unit or not entry.quantity.unit
        for face in entry.quantity.faces
        if -int(face.as_tuple().exponent) > places
    )


def _left_over(claim: str, quantity: Quantity, index: SourceIndex) -> bool:
    """Less by 34 %, where the paper comes down to 66 %."""
    if quantity.unit != "%" or not 0 < quantity.faces[0] < _WHOLE:
        return False
    role = claim_role(*clause_round(claim, quantity.start, quantity.end))
    return role.change == "less" and any(
        entry.quantity.unit == "%"
        and source_role(*index.clause(entry)).change == "level"
        for entry in index.at_value((_WHOLE - quantity.faces[0],))
    )
