"""What a claim's own evidence says of its numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatpaper.verify.circumstances import metrics_in
from chatpaper.verify.implied import implied
from chatpaper.verify.lookup import find_entries
from chatpaper.verify.nouns import counted_in_claim, counted_in_source
from chatpaper.verify.quantity import Quantity
from chatpaper.verify.source import Entry, SourceIndex, clause_round, index_source

_SPACE = re.compile(r"\s+")
_NEAR = 24  # characters before a score in which its metric is named
_REACH = 14  # characters beside a number that must be in the quote too


class Quote:
    """A quote given with a claim, and the numbers in it.

    Args:
        claim: The whole claim.
        quantities: Of the claim.
        quote: Verbatim words of the paper; empty when there are none.
        index: The paper.
    """

    def __init__(
        self,
        claim: str,
        quantities: Sequence[Quantity],
        quote: str,
        index: SourceIndex,
    ) -> None:
        self._claim = claim
        self._index = index
        self._letters = _SPACE.sub("", quote)
        self._quote = index_source(quote)
        # Measures of which the quote holds one of the claim's own values.
        self._borne_out = (
            {q.unit for q in quantities if self._holds(q)} if quote else set()
        )

    def inside(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those places of the paper that the quote holds."""
        return [entry for entry in entries if self._letters and self._quotes(entry)]

    def rival_of(self, quantity: Quantity) -> Entry | None:
        """Another value of the same measure or noun, which the quote has instead.

        Returns:
            None when the quote says nothing of the kind, or holds the value itself.
        """
        if not self._letters or quantity.unit in self._borne_out:
            return None
        if quantity.kind in ("approximate", "year", "rank") or self._holds(quantity):
            return None
        for said in self._quote.entries:
            if self._comparable(quantity, said):
                places = self._index.at_value(said.quantity.values)
                return next(iter(self.inside(list(places))), None)
        return None

    def _holds(self, quantity: Quantity) -> bool:
        return bool(find_entries(quantity, self._quote)) or implied(
            self._claim, quantity, self._quote
        )

    def _quotes(self, entry: Entry) -> bool:
        text, at = self._index.texts[entry.passage], entry.quantity
        left = _SPACE.sub("", text[max(0, at.start - _REACH) : at.end])
        right = _SPACE.sub("", text[at.start : at.end + _REACH])
        return left in self._letters or right in self._letters

    def _comparable(self, quantity: Quantity, said: Entry) -> bool:
        theirs = said.quantity
        if theirs.kind == "approximate":
            return False
        if quantity.unit:
            return quantity.unit == theirs.unit
        if theirs.kind not in ("count", "plain") or theirs.unit:
            return False
        before, after = clause_round(self._claim, quantity.start, quantity.end)
        if quantity.kind == "plain":
            metrics = metrics_in(before[-_NEAR:])
            return bool(metrics) and metrics == metrics_in(
                self._quote.clause(said)[0][-_NEAR:]
            )
        if quantity.kind != "count" or quantity.values[0] == 1:
            return False
        groups = counted_in_claim(quantity.text, after)
        clause = self._quote.clause(said)
        return bool(groups) and counted_in_source(groups, *clause) is True
