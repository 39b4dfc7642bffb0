"""Headings that have no number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from chatpaper.reading.headings.chains import Chain, Looks
from chatpaper.reading.headings.looks import Look
from chatpaper.reading.headings.names import ABSTRACT, KNOWN, THANKS, is_named
from chatpaper.reading.headings.weighing import Candidate
from chatpaper.reading.order import Row


def unnumbered(
    groups: Sequence[Sequence[Candidate]],
    chain: Chain,
    looks: Looks,
    rows: Sequence[Row],
) -> list[tuple[Candidate, int]]:
    """Headings without a number, with their levels.

    Args:
        groups: All candidates.
        chain: The numbered headings.
        looks: How those of each level are set.
        rows: Of the document.

    Returns:
        Those with a name of their own and those set like numbered ones; in a paper
        with hardly any numbers those set like its named ones.
    """
    inside = {i for c, _ in chain for i in range(c.first, c.last + 1)}
    free = [
        c
        for group in groups
        for c in group
        if c.reading is None and not inside & set(range(c.first, c.last + 1))
    ]
    named = [c for c in free if _named(c)]
    found = [(c, _level_of(c, looks)) for c in named]
    if len(chain) < 3:
        return found + _by_look(free, found, rows)
    for c in free:
        if c.run_in or any(c is other for other in named) or not _clean(c, rows):
            continue
        if not _in_front(rows[c.first], c, chain, rows):
            level = _level_like(c, looks)
            if level and (level <= 2 or KNOWN.fullmatch(c.title)):
                found.append((c, level))
    return found


def _in_front(row: Row, c: Candidate, chain: Chain, rows: Sequence[Row]) -> bool:
    """Whether a row of the first page is title, author or keyword."""
    first = chain[0][0].first
    if row.page > 1:
        return False
    return c.first < first or (
        rows[first].page == 1 and row.box[1] < rows[first].box[1]
    )


def _level_like(c: Candidate, looks: Looks) -> int:
    """Level whose headings are mostly set like a candidate with air; 0 for none."""
    for level in sorted(looks):
        look, share = max(looks[level], key=lambda item: item[1])
        if look.like(c.look) and share > 0.5 and c.weight > 1.0 and c.air:
            return level
    return 0


def _named(c: Candidate) -> bool:
    """Whether an unnumbered heading is known by its name."""
    title = c.title.rstrip(" .:—–-")
    if c.run_in:
        return c.weight > 0.0 and (
            ABSTRACT.fullmatch(title) is not None
            or THANKS.fullmatch(title) is not None
            or (
                KNOWN.fullmatch(title) is not None
                and len(title) < 16
                and c.look.size_pt > 11
            )
        )
    return c.weight > 0.0 and is_named(title)


def _level_of(c: Candidate, looks: Looks) -> int:
    """Level whose headings look like a named one; the first when none does."""
    for level in sorted(looks):
        if any(look.like(c.look) and share > 0.5 for look, share in looks[level]):
            return level
    return 1


def _clean(c: Candidate, rows: Sequence[Row]) -> bool:
    """Whether an unnumbered heading is set in one style, without wide gaps."""
    if not c.title[:1].isalnum() or c.title[:1].islower():
        return False
    for row in rows[c.first : c.last + 1]:
        words = [s for s in row.spans if any(ch.isalpha() for ch in s.text)]
        if c.look.bold and not all(s.bold for s in words):
            return False
        if any(
            b.box[0] - a.box[2] > 1.5 * c.look.size_pt for a, b in pairwise(row.lines)
        ):
            return False
    after = rows[c.last + 1] if c.last + 1 < len(rows) else None
    if after and after.page == rows[c.last].page and c.look.bold:
        opening = next((s for s in after.spans if s.text.strip()), None)
        near = after.step is not None and 0 < after.step < 1.4 * c.look.size_pt
        if near and opening and opening.bold and not _air_of(after, c):
            return False  # goes on in the next row: a run-in sentence
    return True


def _air_of(row: Row, c: Candidate) -> bool:
    return row.step is not None and row.step > 1.3 * c.look.size_pt


def _by_look(
    free: Sequence[Candidate], known: list[tuple[Candidate, int]], rows: Sequence[Row]
) -> list[tuple[Candidate, int]]:
    """Headings of a paper without numbers: levels by how they are set."""
    start = min((c.first for c, _ in known if ABSTRACT.fullmatch(c.title)), default=0)
    body = [
        c
        for c in free
        if c.first > start
        and not c.run_in
        and c.weight > 1.2
        and c.air
        and len(c.title) < 120
    ]
    anchors = [c for c in body if KNOWN.fullmatch(c.title) or is_named(c.title)]
    if not anchors:
        return []
    sorts = Counter(_sort(c.look) for c in anchors)
    top = sorts.most_common(1)[0][0]
    first = next(c for c in anchors if _sort(c.look) == top)
    ranks: list[Look] = [first.look]
    found: list[tuple[Candidate, int]] = []
    taken = {c.first for c, _ in known}
    for c in body:
        if c.first in taken or c.first < first.first or not _clean(c, rows):
            continue
        if c.look.size_pt > first.look.size_pt + 0.4:
            continue
        for level, look in enumerate(ranks, start=1):
            if look.like(c.look):
                found.append((c, level))
                break
        else:
            if len(ranks) < 3 and (
                c.look.bold or c.look.caps != "none" or c.weight > 2
            ):
                ranks.append(c.look)
                found.append((c, len(ranks)))
    return found


def _sort(look: Look) -> tuple[int, bool, str, bool]:
    return round(look.size_pt), look.bold, look.caps, look.italic
