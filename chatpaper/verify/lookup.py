"""Where a paper says the value of a claim's quantity."""

from __future__ import annotations

from itertools import islice

from chatpaper.verify.matching import parts, same_value, search_values
from chatpaper.verify.quantity import Quantity
from chatpaper.verify.source import Entry, SourceIndex

# A value that stands in more places is read in the first of them.
_MOST_PLACES = 400


def find_entries(quantity: Quantity, index: SourceIndex) -> list[Entry]:
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
