"""The chain of numbered headings whose numbers follow on from one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from chatpaper.reading.headings.looks import Look
from chatpaper.reading.headings.numbering import Path, follow
from chatpaper.reading.headings.weighing import Candidate

_LOOKBACK = 60  # candidates that a heading may lie behind the one before it
Chain = list[tuple[Candidate, Path]]
Looks = dict[int, list[tuple[Look, float]]]


def level_looks(chain: Chain) -> Looks:
    """For each level the looks of its headings and their share."""
    counts: defaultdict[int, list[tuple[Look, float]]] = defaultdict(list)
    for c, path in chain:
        group = counts[len(path)]
        for at, (look, n) in enumerate(group):
            if look.like(c.look):
                group[at] = (look, n + 1)
                break
        else:
            group.append((c.look, 1.0))
    return {
        level: [(look, n / sum(m for _, m in group)) for look, n in group]
        for level, group in counts.items()
    }


def _fit(c: Candidate, level: int, looks: Looks) -> float:
    """Points for being set like the other headings of its level."""
    group = looks.get(level)
    if not group:
        return 0.0
    share = max((share for look, share in group if look.like(c.look)), default=0.0)
    return 1.5 if share > 0.4 else 0.3 if share > 0.15 else -1.5


def best_chain(numbered: Sequence[Candidate], looks: Looks) -> Chain:
    """The chain of headings with the best sum of weights, less the cost of gaps."""
    # One state for each candidate, level and kind of outermost number: (score, place,
    # candidate, state before).
    states: list[tuple[float, Path, Candidate, int]] = []
    opened: list[int] = []  # states at which each candidate's own begin
    for c in numbered:
        assert c.reading is not None
        best: dict[tuple[int, str], tuple[float, Path, Candidate, int]] = {}
        low = opened[-_LOOKBACK] if len(opened) > _LOOKBACK else 0
        before: list[tuple[int, float, Path]] = [(-1, 0.0, ())]
        before += [
            (i, states[i][0], states[i][1])
            for i in range(low, len(states))
            if states[i][2].last < c.first
        ]
        for i, score, path in before:
            for place, cost in follow(path, c.reading):
                total = score - cost + c.weight + _fit(c, len(place), looks)
                key = (len(place), place[0][0])
                if key not in best or total > best[key][0]:
                    best[key] = (total, place, c, i)
        opened.append(len(states))
        states.extend(best.values())
    chain: Chain = []
    at = max(range(len(states)), key=lambda i: states[i][0], default=-1)
    if at >= 0 and states[at][0] <= 0.5:
        return []
    while at >= 0:
        _, path, c, at = states[at]
        chain.append((c, path))
    return chain[::-1]
