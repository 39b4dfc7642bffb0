"""Each quantity of a claim looked up in the paper, with its unit and its meaning."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal, TypedDict

from chatpaper.verify.attribution import judge
from chatpaper.verify.implied import counted_in_claim_itself, implied
from chatpaper.verify.matching import parts, same_value, search_values
from chatpaper.verify.quantities import read_quantities
from chatpaper.verify.quantity import Quantity
from chatpaper.verify.source import Entry, SourceIndex, index_source

# A value that stands in more places is read in the first of them.
_MOST_PLACES = 400
# No claim has as many; what lies beyond is not looked up, and not believed.
MAX_QUANTITIES = 200
_TOO_MANY = f"the claim has more than {MAX_QUANTITIES} numbers"
_SPACE = re.compile(r"\s+")

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
        evidence: A verbatim quote given with the claim; when it holds the value,
            it decides what the value is said of.

    Returns:
        One check per quantity, in order.
    """
    quantities = read_quantities(claim)
    return tuple(
        _check(claim, quantity, index, evidence)
        for quantity in quantities[:MAX_QUANTITIES]
    ) + tuple(
        NumberCheck(quantity, "unsupported", reason=_TOO_MANY)
        for quantity in quantities[MAX_QUANTITIES:]
    )


def _check(
    claim: str, quantity: Quantity, index: SourceIndex, evidence: str
) -> NumberCheck:
    entries = _find(quantity, index)
    if entries and counted_in_claim_itself(claim, quantity, index):
        return _placed("supported", quantity, index, entries[0])
    if entries:
        fault = judge(claim, quantity, _within(evidence, entries, index), index)
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


def _within(evidence: str, entries: list[Entry], index: SourceIndex) -> list[Entry]:
    """Those places that the evidence quotes; all of them when it quotes none."""
    quoted = _SPACE.sub("", evidence)
    inside = []
    for entry in entries if quoted else ():
        text, at = index.texts[entry.passage], entry.quantity
        left = _SPACE.sub("", text[max(0, at.start - 14) : at.end])
        right = _SPACE.sub("", text[at.start : at.end + 14])
        if left in quoted or right in quoted:
            inside.append(entry)
    return inside or entries


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


def _find(quantity: Quantity, index: SourceIndex) -> list[Entry]:
    """Where the paper says the same value; of a range, where it says both ends."""
    if quantity.kind == "approximate":
        return [e for e in index.entries if same_value(quantity, e.quantity)]
    found: list[list[Entry]] = []
    for part in parts(quantity):
        near = islice(index.at_value(search_values(part)), _MOST_PLACES)
        found.append(
            [
                e
                for e in near
                if any(same_value(part, p) for p in [*parts(e.quantity), e.quantity])
            ]
        )
    if not all(found):
        return []
    if len(found) == 1:
        return found[0]
    return [
        entry
        for entry in found[0]
        if all(any(_together(entry, other) for other in others) for others in found[1:])
    ]


def _together(one: Entry, other: Entry) -> bool:
    near = abs(one.quantity.start - other.quantity.start) < 160
    return one.passage == other.passage and near


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
