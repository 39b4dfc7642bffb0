"""Each number of a claim, looked up in the words that shall bear it out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import Literal

from chatpaper.verify.digits import read_digits, read_parts
from chatpaper.verify.notation import blank_out, plain
from chatpaper.verify.quantities import SHARE, TIMES, Interpretation, Quantity
from chatpaper.verify.words import read_ordinals, read_words

# No claim has as many; what lies beyond is not looked up, and not believed.
MAX_QUANTITIES = 200
_ONE = Fraction(1)

# A number without a unit, a percentage and a multiple are one dimension.
_RATIOS = frozenset({"", "%", "x"})
# What a count of things may stand in the paper as: 120 帧 for 120 fps.
_COUNTABLE = frozenset({"", "x", "Hz", "px", "bit"})
# With such a word a claim may leave out a minus.
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
    return tuple(_with_closing_brace(text, quantity) for quantity in kept)


def _with_closing_brace(text: str, quantity: Quantity) -> Quantity:
    """With its braces closed: `10^{-3}`."""
    start, end = quantity.start, quantity.end
    open_braces = text.count("{", start, end) - text.count("}", start, end)
    if open_braces > 0 and text[end : end + 1] == "}":
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
        hits = (q.text for q in printed if _bears_out(quantity, q, falls=falls))
        found = next(hits, "" if _is_article(quantity) else None)
        checks.append(NumberCheck(quantity, found if nth < MAX_QUANTITIES else None))
    return tuple(checks)


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


def verify_claims_file(lines: Iterable[str]) -> Iterator[dict[str, object]]:
    """Look the numbers of claims up in the texts that these were written from.

    Args:
        lines: JSON, `{"id", "claim", "source"}` each.

    Returns:
        For each its `id`, its `verdict`, `ok` or `bad`, its `quantities` with `text`,
        `status` and what was `found`, and the `reasons`, one for each that lacks.
    """
    for line in filter(str.strip, lines):
        row = json.loads(line)
        checks = check_numbers(row["claim"], [row["source"]])
        reasons = [check.reason for check in checks if check.reason]
        yield {
            "id": row["id"],
            "verdict": "bad" if reasons else "ok",
            "quantities": [
                {"text": c.quantity.text, "status": c.status, "found": c.found or ""}
                for c in checks
            ],
            "reasons": reasons,
        }
