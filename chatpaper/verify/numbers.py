"""Each number of a claim, looked up in the words that shall bear it out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypedDict

from chatpaper.verify.digits import read_digits, read_parts
from chatpaper.verify.notation import blank_out, plain
from chatpaper.verify.quantity import Quantity, Reading
from chatpaper.verify.units import SHARE
from chatpaper.verify.words import read_ordinals, read_words

# No claim has as many; what lies beyond is not looked up, and not believed.
MAX_QUANTITIES = 200

# A number without a unit, a share, a percentage and a multiple are one dimension.
_RATIOS = frozenset({"", "%", "x"})
_KIN = (
    frozenset({"fps", "Hz"}),
    frozenset({"px", "line"}),
    frozenset({"bit", "line"}),
)
# What a count of things may stand in the paper as: 120 帧 for 120 fps.
_COUNTABLE = frozenset({"", "x", "fps", "px", "bit"})
# With such a word a claim may leave out a minus.
_FALLS = re.compile(
    r"[降减低少跌负损落缩]|decreas|reduc|drop|lower|fall|less|fewer|loss"
)


@dataclass(frozen=True, slots=True)
class NumberCheck:
    """What the sources say to one number of a claim.

    Attributes:
        quantity: Of the claim.
        status: Whether it stands there.
        found: The sources' words for it; empty when there are none.
    """

    quantity: Quantity
    status: Literal["supported", "unsupported"]
    found: str = ""

    @property
    def reason(self) -> str:
        """One sentence in English; empty when supported."""
        supported = self.status == "supported"
        return "" if supported else f"its evidence lacks {self.quantity.text}"


def read_quantities(text: str, *, printed: bool = False) -> tuple[Quantity, ...]:
    """Read the quantities of a claim or of a paper's text.

    Digits and words, Chinese and English, LaTeX and text taken from a PDF. Names
    that hold digits, list marks, citations and addresses are not quantities.

    Args:
        text: Any text.
        printed: A paper's own words, in which all that may be meant is read: numbers
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
    return tuple(_as_it_stands(text, quantity) for quantity in kept)


def _as_it_stands(text: str, quantity: Quantity) -> Quantity:
    """With its braces closed: `10^{-3}`."""
    start, end = quantity.start, quantity.end
    while text[end : end + 1] == "}" and text.count("{", start, end) > text.count(
        "}", start, end
    ):
        end += 1
    return replace(quantity, text=text[start:end], end=end)


def check_numbers(claim: str, sources: Sequence[str]) -> tuple[NumberCheck, ...]:
    """Look every number of a claim up in the words that shall bear it out.

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
        found = None
        if nth < MAX_QUANTITIES:
            hits = (q.text for q in printed if _bears_out(quantity, q, falls=falls))
            found = next(hits, "" if _says_nothing(quantity) else None)
        status: Literal["supported", "unsupported"] = (
            "unsupported" if found is None else "supported"
        )
        checks.append(NumberCheck(quantity, status, found or ""))
    return tuple(checks)


def _says_nothing(quantity: Quantity) -> bool:
    """`one` and `zero` in words are articles: one of them, zero-shot."""
    first = quantity.readings[0]
    return (
        first.unit.dimension == ""
        and 0 <= first.face <= 1
        and first.face.denominator == 1
        and not any(char.isdigit() for char in quantity.text)
    )


def _bears_out(claim: Quantity, source: Quantity, *, falls: bool) -> bool:
    if claim.below is not None or source.below is not None:
        return _same_range(claim, source)
    return any(
        _same(one, other, counted=claim.counted, falls=falls)
        for one in claim.readings
        for other in source.readings
    )


def _same_range(claim: Quantity, source: Quantity) -> bool:
    """数百 for 300 and for "hundreds"; but "millions" does not bear out 3 million."""
    if claim.below is None:
        return False
    least, unit = claim.readings[0].face, claim.readings[0].unit
    if source.below is not None:
        return least == source.readings[0].face
    most = claim.below * unit.factor
    return any(
        least * unit.factor <= reading.value <= most
        if unit.dimension == reading.unit.dimension
        or {unit.dimension, reading.unit.dimension} <= _RATIOS
        else not reading.unit.dimension and least <= reading.face <= claim.below
        for reading in source.readings
    )


def _same(claim: Reading, source: Reading, *, counted: bool, falls: bool) -> bool:
    if falls and source.face < 0 < claim.face:
        source = Reading(-source.face, source.unit)
    ours, theirs = claim.unit.dimension, source.unit.dimension
    if ours == theirs or any(kin >= {ours, theirs} for kin in _KIN):
        return claim.value == source.value
    if {ours, theirs} <= _RATIOS:
        if claim.value == source.value or _inverse(claim, source):
            return True
        if ours == "x" and claim.face == 1:
            return source.value == 2  # 提升一倍 is twice as much
    if not theirs:
        # The unit may stand in a table's head, or stay out of a list.
        return source.face in (claim.face, claim.value)
    if not ours:
        fits = not counted or theirs in _COUNTABLE
        return fits and claim.face in (source.face, source.value)
    return False


def _inverse(one: Reading, other: Reading) -> bool:
    """十分之一 and 10x, a half and twice."""
    units = {one.unit.dimension, other.unit.dimension}
    shares = [reading for reading in (one, other) if reading.unit == SHARE]
    return len(shares) == 1 and units != {"%"} and one.value * other.value == 1


class ClaimReport(TypedDict):
    """One line of `chatpaper verify --claims`."""

    id: str
    verdict: Literal["ok", "bad"]
    quantities: list[dict[str, str]]
    reasons: list[str]


def verify_claim_text(claim: str, source: str) -> ClaimReport:
    """Look the numbers of one claim up in the text it was written from."""
    checks = check_numbers(claim, [source])
    reasons = [check.reason for check in checks if check.reason]
    return {
        "id": "",
        "verdict": "bad" if reasons else "ok",
        "quantities": [
            {"text": c.quantity.text, "status": c.status, "found": c.found}
            for c in checks
        ],
        "reasons": reasons,
    }


def verify_claims_file(lines: Iterable[str]) -> Iterator[ClaimReport]:
    """Judge claims given as JSON lines `{"id", "claim", "source"}`, one by one."""
    for line in lines:
        if line.strip():
            row = json.loads(line)
            yield {**verify_claim_text(row["claim"], row["source"]), "id": row["id"]}
