"""A paper's text, indexed by the values that stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from chatpaper.verify.listed import MOST, marked_lists
from chatpaper.verify.quantities import read_source
from chatpaper.verify.quantity import Quantity

_SENTENCE_END = re.compile(r"[.!?][)\"”’]?\s+(?=[^a-z])|[。！？；]|\n\s*\n")
_ABBREVIATED = re.compile(
    r"(?:\b(?:al|Fig|vs|e\.g|i\.e|Eq|w\.r\.t|Tab|Sec|cf|approx))$"
)
_CLAUSE_END = re.compile(r"[,;:，；：。]\s|\.\s|[，；。]|\n\n")
_SOFT = re.compile(r"[\s\-${}\\_^]+")
_MAX_SENTENCE = 700


@dataclass(frozen=True, slots=True)
class Entry:
    """One quantity of the paper and the passage it stands in."""

    passage: int
    quantity: Quantity


class SourceIndex:
    """Passages of a paper and the quantities in them, found by value.

    Built once for a paper and used for all its claims; the passages are read at
    the first look-up.

    Attributes:
        texts: The passages, as handed in.
        keys: What the caller calls each passage (a section, `p. 3`, ...).
    """

    def __init__(self, passages: Iterable[tuple[str, str]]) -> None:
        pairs = tuple(passages)
        self.texts = tuple(text for text, _ in pairs)
        self.keys = tuple(key for _, key in pairs)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All quantities, in reading order."""
        return tuple(
            Entry(nth, quantity)
            for nth, text in enumerate(self.texts)
            for quantity in read_source(text)
        )

    @cached_property
    def _by_value(self) -> dict[Decimal, list[Entry]]:
        found: dict[Decimal, list[Entry]] = {}
        for entry in self.entries:
            quantity = entry.quantity
            for value in {*quantity.values, *quantity.faces}:
                found.setdefault(value, []).append(entry)
            if quantity.kind == "fraction" and quantity.faces[1]:
                ratio = quantity.faces[0] / quantity.faces[1]
                found.setdefault(ratio, []).append(entry)
        return found

    def at_value(self, values: Iterable[Decimal]) -> Iterator[Entry]:
        """Quantities that hold one of the values, each once."""
        seen: set[tuple[int, int]] = set()
        for value in values:
            for entry in self._by_value.get(value, ()):
                mark = (entry.passage, entry.quantity.start)
                if mark not in seen:
                    seen.add(mark)
                    yield entry

    @cached_property
    def marked_lists(self) -> tuple[tuple[int, str], ...]:
        """Its marked and ordinal lists: length, and words round the first mark."""
        return marked_lists(self.texts)

    def counts_in(self, passage: int) -> list[Quantity]:
        """The small counts of one passage, in order."""
        return [
            entry.quantity
            for entry in self.entries
            if entry.passage == passage
            and entry.quantity.kind in ("count", "plain")
            and not entry.quantity.unit
            and 0 < entry.quantity.values[0] <= MOST
        ]

    @cached_property
    def _joined(self) -> str:
        return _SOFT.sub("", " ".join(self.texts)).lower()

    def has_word(self, word: str) -> bool:
        """Whether letters and digits stand in the paper, spaces and hyphens aside."""
        return _SOFT.sub("", word).lower() in self._joined

    def search(self, pattern: re.Pattern[str]) -> tuple[int, int, int] | None:
        """First match in any passage: its passage, start and end."""
        for nth, text in enumerate(self.texts):
            match = pattern.search(text)
            if match:
                return nth, match.start(), match.end()
        return None

    def sentence(self, passage: int, start: int, end: int) -> tuple[int, str]:
        """The sentence round a span: its offset in the passage and its words."""
        text = self.texts[passage]
        low = max(0, start - _MAX_SENTENCE)
        first = low
        for match in _SENTENCE_END.finditer(text, low, start):
            if not _abbreviated(text, match):
                first = match.end()
        last = min(len(text), end + _MAX_SENTENCE)
        for match in _SENTENCE_END.finditer(text, end, last):
            if not _abbreviated(text, match):
                last = match.end()
                break
        words = text[first:last]
        return first + len(words) - len(words.lstrip()), words.strip()

    def clause(self, entry: Entry) -> tuple[str, str]:
        """What stands before and after a quantity in its own clause."""
        return clause_round(
            self.texts[entry.passage], entry.quantity.start, entry.quantity.end
        )


def _abbreviated(text: str, end: re.Match[str]) -> bool:
    at = end.start()
    return text[at] == "." and bool(_ABBREVIATED.search(text, max(0, at - 7), at))


def clause_round(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and after a span, up to the clause's marks."""
    low = max(0, start - 160)
    first = low
    for match in _CLAUSE_END.finditer(text, low, start):
        first = match.end()
    stop = _CLAUSE_END.search(text, end, end + 160)
    return text[first:start], text[end : stop.start() if stop else end + 160]


def index_source(source: str | Iterable[tuple[str, str]]) -> SourceIndex:
    """Index a paper's text for `check_numbers`.

    Args:
        source: One text, or passages as `(text, key)`: sections, captions, tables
            and notes; not the references and not hidden text.

    Returns:
        An index that any number of claims can be held against.
    """
    return SourceIndex([(source, "")] if isinstance(source, str) else source)
