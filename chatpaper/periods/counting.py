"""What moved from one period to the next, counted by papers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import comb

from chatpaper.periods.review import Count, Entry, Measure, Mention
from chatpaper.periods.saying import Sayings, Word

# Below it a period says nothing of a trend, and its counts nothing of the period.
MIN_PAPERS = 8
MIN_COUNT = 3  # what two papers say may be chance, one paper's word is its own
MAX_COUNTS = 10  # a measure
# Of a name's papers, so many must call it a data set.
_CALLED_SO = 0.25
# That any of the changes told is one of chance.
_CHANCE = 0.05
_MEASURES: tuple[Measure, ...] = ("data", "name", "keyword", "venue")

Key = tuple[Measure, str]


@dataclass(slots=True)
class Tally:
    """What the papers of one period say.

    Attributes:
        papers: How many there are.
        counted: How many have statements that count.
        mentions: By measure and key; names and data sets are told apart later.
        spellings: How often each way to write a key was seen.
        called_data: In how many papers a name is called a data set.
    """

    papers: int = 0
    counted: int = 0
    mentions: dict[Key, list[Mention]] = field(
        default_factory=lambda: defaultdict(list)
    )
    spellings: dict[Key, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    called_data: Counter[str] = field(default_factory=Counter)

    def add(self, entry: Entry, anchor: str, said: Sayings) -> None:
        """Count one paper.

        Args:
            entry: The paper.
            anchor: Of its entry.
            said: What it says.
        """
        self.papers += 1
        self.counted += said.counted
        self.called_data.update(said.data)
        venues = [Word(said.venue, said.venue, anchor)] if said.venue else []
        words: Mapping[Measure, Iterable[Word]] = {
            "name": said.names,
            "keyword": said.keywords,
            "venue": venues,
        }
        for measure, found in words.items():
            for word in found:
                key = measure, word.key
                self.spellings[key][word.spelling] += 1
                place = Mention(
                    id=entry.id, day=entry.day, stem=entry.stem, anchor=word.anchor
                )
                self.mentions[key].append(place)

    def base(self, measure: Measure) -> int:
        """Of how many papers a count is one."""
        return self.papers if measure == "venue" else self.counted


def counts_of(
    here: Tally, before: Tally, order: Mapping[str, int]
) -> tuple[Count, ...]:
    """What most papers say, and what moved, by measure.

    Args:
        here: Of the period.
        before: Of the one before.
        order: Place of each paper, by id; its links come in this order.
    """
    keys = [
        key
        for key in dict.fromkeys([*here.mentions, *before.mentions])
        if max(_times(here, key), _times(before, key)) >= MIN_COUNT
        and here.base(key[0]) >= MIN_PAPERS
    ]
    told = [key for key in keys if before.base(key[0]) >= MIN_PAPERS]
    moved = {key for key in told if _chance(here, before, key) * len(told) < _CHANCE}
    counts = [_count(here, before, key, order, moved=key in moved) for key in keys]
    return tuple(_frequent(counts))


def _times(tally: Tally, key: Key) -> int:
    return len(tally.mentions.get(key, ()))


def _count(
    here: Tally, before: Tally, key: Key, order: Mapping[str, int], *, moved: bool
) -> Count:
    measure, word = key
    spellings = here.spellings.get(key, Counter()) + before.spellings.get(
        key, Counter()
    )
    if measure == "name" and _is_data(word, key, (here, before)):
        measure = "data"
    mentions = sorted(here.mentions.get(key, ()), key=lambda m: order[m.id])
    return Count(
        measure=measure,
        word=max(sorted(spellings), key=lambda spelling: spellings[spelling]),
        mentions=tuple(mentions),
        before=_times(before, key),
        moved=moved,
    )


def _is_data(word: str, key: Key, tallies: Sequence[Tally]) -> bool:
    called = sum(tally.called_data[word] for tally in tallies)
    return called >= max(1, _CALLED_SO * sum(_times(tally, key) for tally in tallies))


def _frequent(counts: Iterable[Count]) -> Iterator[Count]:
    """Of each measure the most frequent, and what moved."""
    ranked = sorted(counts, key=lambda c: (-len(c.mentions), -c.before, c.word))
    for measure in _MEASURES:
        own = [c for c in ranked if c.measure == measure]
        top = [c for c in own if len(c.mentions) >= MIN_COUNT][:MAX_COUNTS]
        yield from top
        yield from [c for c in own if c.moved and c not in top][:MAX_COUNTS]


def _chance(here: Tally, before: Tally, key: Key) -> float:
    """How likely so large a change is, were nothing different (Fisher's exact test)."""
    n, m = here.base(key[0]), before.base(key[0])
    k, all_k = _times(here, key), _times(here, key) + _times(before, key)
    ways = [comb(n, i) * comb(m, all_k - i) for i in range(all_k + 1)]
    tails = sum(ways[: k + 1]), sum(ways[k:])
    return min(1.0, 2 * min(tails) / comb(n + m, all_k))
