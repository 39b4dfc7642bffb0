"""Each quantity of a claim looked up in the paper, with its unit and its meaning."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypedDict

from chatpaper.verify.attribution import judge
from chatpaper.verify.implied import counted_in_claim_itself, implied
from chatpaper.verify.lookup import find_entries
from chatpaper.verify.quantities import read_quantities
from chatpaper.verify.quantity import Quantity
from chatpaper.verify.quoted import Quote
from chatpaper.verify.source import Entry, SourceIndex, index_source

# No claim has as many; what lies beyond is not looked up, and not believed.
MAX_QUANTITIES = 200
_TOO_MANY = f"the claim has more than {MAX_QUANTITIES} numbers"

Status = Literal["supported", "unsupported", "contradicted"]


@dataclass(frozen=True, slots=True)
class NumberCheck:
    """What the paper says to one quantity of a claim.

    Attributes:
        quantity: Of the claim.
        status: `contradicted` when the paper turns it round.
        misattributed: The value stands in the paper, but said of something else.
        reason: One sentence in English; empty when supported.
        found: The nearest sentence of the paper; empty when there is none.
        passage: Index of the passage it stands in, -1 when there is none.
        key: What the caller called that passage.
        offset: Of `found` in the passage.
    """

    quantity: Quantity
    status: Status
    misattributed: bool = False
    reason: str = ""
    found: str = ""
    passage: int = -1
    key: str = ""
    offset: int = 0


def check_numbers(
    claim: str, index: SourceIndex, evidence: str = ""
) -> tuple[NumberCheck, ...]:
    """Look every quantity of a claim up in the paper.

    Args:
        claim: Chinese or English.
        index: Of the paper, from `index_source`.
        evidence: A verbatim quote given with the claim. When it holds the value, it
            decides what the value is said of; when it holds another value of the
            same measure or the same noun instead, it contradicts the claim.

    Returns:
        One check per quantity, in order.
    """
    quantities = read_quantities(claim)
    own = Quote(claim, quantities, evidence, index)
    return tuple(
        _check(claim, quantity, index, own) for quantity in quantities[:MAX_QUANTITIES]
    ) + tuple(
        NumberCheck(quantity, "unsupported", reason=_TOO_MANY)
        for quantity in quantities[MAX_QUANTITIES:]
    )


def _check(
    claim: str, quantity: Quantity, index: SourceIndex, own: Quote
) -> NumberCheck:
    rival = own.rival_of(quantity)
    if rival is not None:
        reason = f"the claim's own evidence has {rival.quantity.text}"
        return _placed("contradicted", quantity, index, rival, reason=reason)
    entries = find_entries(quantity, index)
    if entries and counted_in_claim_itself(claim, quantity, index):
        return _placed("supported", quantity, index, entries[0])
    if entries:
        fault = judge(claim, quantity, own.inside(entries) or entries, index)
        if fault is None:
            return _placed("supported", quantity, index, entries[0])
        return _placed(
            fault.status,
            quantity,
            index,
            fault.entry,
            reason=fault.reason,
            misattributed=fault.misattributed,
        )
    if implied(claim, quantity, index):
        return NumberCheck(quantity, "supported")
    return NumberCheck(
        quantity, "unsupported", reason=f"{quantity.text} is not in the paper"
    )


def _placed(
    status: Status,
    quantity: Quantity,
    index: SourceIndex,
    entry: Entry,
    *,
    reason: str = "",
    misattributed: bool = False,
) -> NumberCheck:
    offset, found = index.sentence(
        entry.passage, entry.quantity.start, entry.quantity.end
    )
    return NumberCheck(
        quantity,
        status,
        misattributed,
        reason,
        found,
        entry.passage,
        index.keys[entry.passage],
        offset,
    )


class ClaimReport(TypedDict):
    """One line of `chatpaper verify --claims`."""

    id: str
    verdict: Literal["ok", "bad"]
    quantities: list[dict[str, str]]
    reasons: list[str]


def verify_claim_text(claim: str, source: str) -> ClaimReport:
    """Judge the quantities of one claim against the text it was written from."""
    checks = check_numbers(claim, index_source(source))
    bad = [check for check in checks if check.status != "supported"]
    return {
        "id": "",
        "verdict": "bad" if bad else "ok",
        "quantities": [
            {"text": c.quantity.text, "status": c.status, "found": c.found}
            for c in checks
        ],
        "reasons": [check.reason for check in bad],
    }


def verify_claims_file(lines: Iterable[str]) -> Iterator[ClaimReport]:
    """Judge claims given as JSON lines `{"id", "claim", "source"}`, one by one."""
    for line in lines:
        if line.strip():
            row = json.loads(line)
            yield {**verify_claim_text(row["claim"], row["source"]), "id": row["id"]}
