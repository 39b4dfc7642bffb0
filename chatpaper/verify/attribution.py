"""Whether the paper says a claim's number of the same thing, the same way round."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from chatpaper.verify.circumstances import Use, opposed, other_metric
from chatpaper.verify.nouns import counted_in_claim, counted_in_source
from chatpaper.verify.numerals import EN_IMPLIED
from chatpaper.verify.quantity import Quantity
from chatpaper.verify.roles import Role, claim_role, source_role
from chatpaper.verify.source import Entry, SourceIndex, clause_round

_PROPORTIONS = ("%",)
_HALF = (Decimal(1), Decimal(2))
_CHANGES = ("less", "more")
_AMOUNTS = ("s", "byte")
# A number that stands in more places is too common to be held to its circumstances.
_MOST_USES = 6
_TOO_COMMON = 60
_SENTENCE = re.compile("[。；;！？]")
# 以下三个方面: the claim announces a list of its own.
_FOLLOWING = re.compile("(?:以下|如下)的?$")
_ABSENT = "the paper says it of something else"


@dataclass(frozen=True, slots=True)
class Fault:
    """How a claim misuses a number that stands in the paper.

    Attributes:
        entry: The paper's nearest use of it.
        status: `contradicted` when it is turned round, else `unsupported`.
        reason: One sentence in English.
    """

    entry: Entry
    status: Literal["unsupported", "contradicted"]
    reason: str

    @property
    def misattributed(self) -> bool:
        """The number is said of something else."""
        return self.status == "unsupported"


def judge(
    claim: str, quantity: Quantity, entries: Sequence[Entry], index: SourceIndex
) -> Fault | None:
    """Compare a claim's use of a number with every use of it in the paper.

    A fault is found only when no use in the paper could bear the claim out.

    Args:
        claim: The whole claim.
        quantity: One of its quantities.
        entries: Where the paper has the same value; at least one.
        index: The paper.
    """
    if len(entries) > _TOO_COMMON:
        return None
    before, after = clause_round(claim, quantity.start, quantity.end)
    mine = claim_role(before, after)
    # Mostly the first use bears the claim out, and the others need no reading.
    uses = _Uses(index, tuple(entries))
    if quantity.kind == "count":
        return _other_noun(quantity, before, after, uses) or _flipped_bound(
            quantity, mine, uses
        )
    elsewhere = _other_circumstances(claim, quantity, uses)
    if elsewhere or mine == Role():
        return elsewhere
    for rule in (_turned_round, _other_use, _other_span, _flipped_bound):
        fault = rule(quantity, mine, uses)
        if fault:
            return fault
    return None


@dataclass(frozen=True, slots=True)
class _Uses:
    index: SourceIndex
    entries: tuple[Entry, ...]

    @property
    def first(self) -> Entry:
        return self.entries[0]

    def all(self, holds: Callable[[Role], bool]) -> bool:
        return all(
            holds(source_role(*self.index.clause(entry))) for entry in self.entries
        )


def _other_circumstances(claim: str, quantity: Quantity, uses: _Uses) -> Fault | None:
    """A score of another metric, a speed of training claimed for inference."""
    if len(uses.entries) > _MOST_USES:
        return None
    sentences = [_use(entry, uses.index) for entry in uses.entries]
    said = _SENTENCE.split(claim[max(0, quantity.start - 200) : quantity.start])[-1]
    before, after = clause_round(claim, quantity.start, quantity.end)
    if opposed(f"{said} {after}", sentences) or other_metric(
        before[-24:] + after[:12], sentences
    ):
        return Fault(uses.first, "unsupported", f"{quantity.text}: {_ABSENT}")
    return None


def _use(entry: Entry, index: SourceIndex) -> Use:
    at = entry.quantity.start
    offset, sentence = index.sentence(entry.passage, at, entry.quantity.end)
    return Use(sentence, at - offset)


def _says_a_number(entry: Entry) -> bool:
    """Digits or a number word; `both` and `two-fold` count what stands near."""
    return entry.quantity.kind in ("count", "plain") and (
        entry.quantity.text.lower() not in EN_IMPLIED
    )


def _turned_round(quantity: Quantity, mine: Role, uses: _Uses) -> Fault | None:
    """`uses 70 % of the memory` against 减少 70 %, and the other way."""
    proportion = quantity.unit in _PROPORTIONS or quantity.kind == "fraction"
    if not proportion or _is_half(quantity):
        return None
    if mine.change == "less" and uses.all(lambda role: role.change == "level"):
        reason = f"the paper comes down to {quantity.text}, not down by it"
    elif mine.change == "level" and uses.all(lambda role: role.change in _CHANGES):
        reason = f"the paper changes by {quantity.text}, not to it"
    else:
        return None
    return Fault(uses.first, "contradicted", reason)


def _is_half(quantity: Quantity) -> bool:
    return quantity.faces[0] == 50 or quantity.faces == _HALF


def _other_use(quantity: Quantity, mine: Role, uses: _Uses) -> Fault | None:
    """A share of the tasks, an amount or a score, claimed as a change."""
    if mine.change not in _CHANGES:
        return None
    measured = quantity.unit in (*_PROPORTIONS, *_AMOUNTS, "dB")
    others = {"share", "level"} if measured else {"share"}
    if uses.all(lambda role: role.change in others):
        reason = f"{quantity.text} is no change in the paper, but a share or an amount"
        return Fault(uses.first, "unsupported", reason)
    return None


def _other_span(quantity: Quantity, mine: Role, uses: _Uses) -> Fault | None:
    """Scenes captured in one second, claimed as made in one second."""
    if quantity.unit != "s" or mine.span != "made":
        return None
    if uses.all(lambda role: role.span == "captured"):
        reason = f"{quantity.text} is the time of capture in the paper"
        return Fault(uses.first, "unsupported", reason)
    return None


def _flipped_bound(quantity: Quantity, mine: Role, uses: _Uses) -> Fault | None:
    """`up to 100` claimed as 100 以上."""
    opposite = {"at least": "at most", "at most": "at least"}.get(mine.bound)
    if opposite and uses.all(lambda role: role.bound == opposite):
        reason = f"{quantity.text} bounds the value from the other side in the paper"
        return Fault(uses.first, "contradicted", reason)
    return None


def _other_noun(
    quantity: Quantity,
    before: str,
    after: str,
    uses: _Uses,
) -> Fault | None:
    """Three data sets in the paper, claimed as three stages."""
    if quantity.kind != "count" or quantity.values[0] == 1:
        return None
    groups = counted_in_claim(quantity.text, after)
    if not groups or _FOLLOWING.search(before):
        return None
    if all(
        _says_a_number(entry)
        and counted_in_source(groups, *uses.index.clause(entry)) is False
        for entry in uses.entries
    ):
        return Fault(uses.first, "unsupported", f"{quantity.text}: {_ABSENT}")
    return None
