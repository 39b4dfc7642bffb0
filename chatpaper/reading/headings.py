"""Which candidates are the paper's headings, and at what level."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from chatpaper.reading.candidates import Candidate, Finder, Look
from chatpaper.reading.lines import BodyStyle
from chatpaper.reading.numbering import Path, follow
from chatpaper.reading.order import Row
from chatpaper.records import SectionKind

_LOOKBACK = 60
_ABSTRACT = re.compile(r"(?:abstract|summary|a\s?b\s?s\s?t\s?r\s?a\s?c\s?t)[.:]?", re.I)
_REFERENCES = re.compile(
    r"(?:references?(?: and notes)?|bibliography|literature cited|works cited)[.:]?",
    re.I,
)
_THANKS = re.compile(r"acknowle\w*ments?\b.{0,40}", re.I)
_APPENDIX = re.compile(
    r"(?:appendix|appendices|supplement(?:ary|al)?\b.*|supporting information.*)[.:]?",
    re.I,
)
_ENTRY = re.compile(r"\[(\d{1,3})\]\s*\S")
_KNOWN = re.compile(
    r"(?:(?:introduction|conclusions?|discussion|related works?|background|"
    r"methods?|results|limitations|broader impacts?|ethics statement|funding|"
    r"reproducibility statement|author contributions|data availability|"
    r"concluding remarks|contents|keywords|preface|ethical considerations|"
    r"impact statement|future work)\b.{0,30})",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A chosen heading.

    Attributes:
        first, last: Indices of its rows.
        run_in: Length of the heading in its row where text goes on, else 0.
        level: From 1.
        number: As printed, None when unnumbered.
        title: As printed, without the number.
        kind: What it opens.
    """

    first: int
    last: int
    run_in: int
    level: int
    number: str | None
    title: str
    kind: SectionKind


def find_headings(rows: Sequence[Row], style: BodyStyle) -> list[Heading]:
    """Headings of a document, in reading order.

    Args:
        rows: Running text of all pages, in reading order.
        style: Of the document.

    Returns:
        Numbered headings whose numbers form one sequence, and unnumbered ones that
        are set like them or have a name of their own.
    """
    groups = Finder(rows, style).candidates()
    numbered = [c for group in groups for c in group if c.reading]
    chain = _best_chain(numbered, {})
    looks = _looks(chain)
    chain = _best_chain(numbered, looks)
    looks = _looks(chain)
    chosen: dict[int, tuple[Candidate, int]] = {
        c.first: (c, len(path)) for c, path in chain
    }
    for c, level in _unnumbered(groups, chain, looks, rows, style):
        chosen.setdefault(c.first, (c, level))
    headings = _finish([chosen[first] for first in sorted(chosen)])
    return _with_references(headings, rows)


def _with_references(headings: list[Heading], rows: Sequence[Row]) -> list[Heading]:
    """Mark a bibliography that has no heading: `[1]`, `[2]` ... to the end."""
    if any(heading.kind == "references" for heading in headings):
        return headings
    entries = [
        (int(match[1]), at)
        for at, row in enumerate(rows)
        if (match := _ENTRY.match(row.text)) and row.box[0] < row.left + 12
    ]
    openings = [(i, at) for i, (number, at) in enumerate(entries) if number == 1]
    for i, at in reversed(openings):
        following = [number for number, _ in entries[i : i + 6]]
        if following == [1, 2, 3, 4, 5, 6]:
            start = Heading(at, at - 1, 0, 1, None, "", "references")
            return sorted([*headings, start], key=lambda heading: heading.first)
    return headings


Chain = list[tuple[Candidate, Path]]


def _level_key(path: Path) -> tuple[str, ...]:
    return tuple(kind for kind, _ in path)


def _looks(chain: Chain) -> dict[int, list[tuple[Look, float]]]:
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


def _fit(c: Candidate, level: int, looks: dict[int, list[tuple[Look, float]]]) -> float:
    """Points for being set like the other headings of its level."""
    group = looks.get(level)
    if not group:
        return 0.0
    share = max((share for look, share in group if look.like(c.look)), default=0.0)
    return 1.5 if share > 0.4 else 0.3 if share > 0.15 else -1.5


def _best_chain(
    numbered: Sequence[Candidate], looks: dict[int, list[tuple[Look, float]]]
) -> Chain:
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


def _known(title: str) -> bool:
    return any(
        pattern.fullmatch(title)
        for pattern in (_ABSTRACT, _REFERENCES, _THANKS, _APPENDIX)
    )


def _unnumbered(
    groups: Sequence[Sequence[Candidate]],
    chain: Chain,
    looks: dict[int, list[tuple[Look, float]]],
    rows: Sequence[Row],
    style: BodyStyle,
) -> list[tuple[Candidate, int]]:
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
    first = rows[chain[0][0].first]
    for c in free:
        row = rows[c.first]
        if c.run_in or any(c is other for other in named) or not _clean(c, rows):
            continue
        if (row.page == 1 and c.first < chain[0][0].first) or (
            row.page == first.page and row.box[1] < first.box[1] and row.page == 1
        ):
            continue  # title, authors and keywords
        for level in sorted(looks):
            look, share = max(looks[level], key=lambda item: item[1])
            if look.like(c.look) and share > 0.5 and c.weight > 1.0 and c.air:
                if level <= 2 or _KNOWN.fullmatch(c.title):
                    found.append((c, level))
                break
    return found


def _named(c: Candidate) -> bool:
    """Whether an unnumbered heading is known by its name."""
    title = c.title.rstrip(" .:—–")
    if c.run_in:
        return c.weight > 0.0 and (
            _ABSTRACT.fullmatch(title) is not None
            or _THANKS.fullmatch(title) is not None
            or (
                _KNOWN.fullmatch(title) is not None
                and len(title) < 16
                and c.look.size_pt > 11
            )
        )
    return c.weight > 0.0 and _known(title)


def _level_of(c: Candidate, looks: dict[int, list[tuple[Look, float]]]) -> int:
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
    start = min((c.first for c, _ in known if _ABSTRACT.fullmatch(c.title)), default=0)
    body = [
        c
        for c in free
        if c.first > start
        and not c.run_in
        and c.weight > 1.2
        and c.air
        and len(c.title) < 120
    ]
    anchors = [c for c in body if _KNOWN.fullmatch(c.title) or _known(c.title)]
    if not anchors:
        return []
    top = Counter(
        (round(c.look.size_pt, 0), c.look.bold, c.look.caps, c.look.italic)
        for c in anchors
    ).most_common(1)[0][0]
    first = next(
        c
        for c in anchors
        if (round(c.look.size_pt, 0), c.look.bold, c.look.caps, c.look.italic) == top
    )
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


def _finish(chosen: Sequence[tuple[Candidate, int]]) -> list[Heading]:
    headings: list[Heading] = []
    after: SectionKind = "section"
    kind: SectionKind
    for c, found_level in chosen:
        level = found_level
        title = c.title.rstrip(" ")
        title = re.sub(r"^[.:]\s*", "", title)
        number = c.reading.printed if c.reading else None
        if c.run_in:
            title = title.rstrip(" .:—–")
        if _ABSTRACT.fullmatch(title) and not number:
            kind = "abstract"
        elif _REFERENCES.fullmatch(title):
            kind = "references"
        elif _THANKS.fullmatch(title):
            kind = "acknowledgements"
        else:
            if _APPENDIX.fullmatch(title) or (
                c.reading
                and (c.reading.word or c.reading.parts[0][0][0] in "LS")
                and level == 1
            ):
                after = "appendix"
            kind = after
        if kind in ("abstract", "references"):
            level = 1
        headings.append(Heading(c.first, c.last, c.run_in, level, number, title, kind))
    return headings
