"""Headings without numbers, found by their type, their place and their names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from chatpaper.reading.headings.candidates import (
    Chain,
    Looks,
)
from chatpaper.reading.headings.numbering import read_number
from chatpaper.reading.headings.weighing import (
    ABSTRACT,
    KNOWN,
    THANKS,
    Candidate,
    Look,
    has_letters,
    is_dashed,
    is_named,
)
from chatpaper.reading.layout.order import (
    Row,
)
from chatpaper.reading.pages.lines import (
    BodyStyle,
)

# --------------------------------------------------------------------------------------
# Finds headings that have no number.

# One or two bold words that open paragraphs may be mere emphasis.
_FEWEST_HEADS = 3
# A dash behind slanted words is rarer than bold type: two are enough.
_FEWEST_DASHED = 2


def find_unnumbered(
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
    named = [c for c in free if _has_own_name(c)]
    found = [(c, _level_of(c, looks)) for c in named]
    found += _dashed_heads(free, found, chain, rows)
    # One or two numbers may be a list's: then names show what headings look like.
    if len(chain) < 3:
        return found + _by_look(free, found, rows)
    for c in free:
        if c.run_in or any(c is other for other in named) or not _clean(c, rows):
            continue
        if not _in_front(rows[c.first], c, chain, rows):
            level = _level_like(c, looks)
            # Deeper levels are set so like the text that only a known name is sure.
            if level and (level <= 2 or KNOWN.fullmatch(c.title)):
                found.append((c, level))
    return found


def _dashed_heads(
    free: Sequence[Candidate],
    known: list[tuple[Candidate, int]],
    chain: Chain,
    rows: Sequence[Row],
) -> list[tuple[Candidate, int]]:
    """Headings as letters to physics journals have them, before numbered ones.

    What is numbered after them is a supplement.
    """
    end = chain[0][0].first if len(chain) > 2 else len(rows)
    heads = [c for c in free if c.first < end and is_dashed(c, rows)]
    if len(heads) < _FEWEST_DASHED:
        return []
    above = [c for c, _ in known if c.first < heads[0].first]
    level = 2 if any(not ABSTRACT.fullmatch(c.title) for c in above) else 1
    return [(c, level) for c in heads]


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


def _has_own_name(c: Candidate) -> bool:
    """Whether an unnumbered heading is known by its name."""
    title = c.title.rstrip(" .:—–-")
    if c.run_in:
        return c.weight > 0.0 and (
            ABSTRACT.fullmatch(title) is not None
            or THANKS.fullmatch(title) is not None
            or (
                # Sentences open with such words, too: only a short and large one is a
                # heading.
                KNOWN.fullmatch(title) is not None
                and len(title) < 16
                and title.lower() != "keywords"
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
    if not c.title[:1].isalnum() or c.title[:1].islower() or c.title[-1] == ":":
        return False
    for row in rows[c.first : c.last + 1]:
        words = [s for s in row.spans if any(ch.isalpha() for ch in s.text)]
        if c.look.bold and not all(s.bold for s in words):
            return False
        if any(
            # A gap wider than any blank parts cells of a table or two columns.
            b.box[0] - a.box[2] > 1.5 * c.look.size_pt
            for a, b in pairwise(row.lines)
        ):
            return False
    after = rows[c.last + 1] if c.last + 1 < len(rows) else None
    if after and after.page == rows[c.last].page and c.look.bold and not _is_known(c):
        opening = next((s for s in after.spans if s.text.strip()), None)
        # So near the next row is the same sentence, or the same table.
        near = after.step is not None and 0 < after.step < 1.4 * c.look.size_pt
        if near and opening and opening.bold and not _has_air_above(after, c):
            return False  # goes on in the next row: a run-in sentence
    return True


def _has_air_above(row: Row, c: Candidate) -> bool:
    return row.step is not None and row.step > 1.3 * c.look.size_pt


def _by_look(
    free: Sequence[Candidate], known: list[tuple[Candidate, int]], rows: Sequence[Row]
) -> list[tuple[Candidate, int]]:
    """Headings of a paper without numbers: levels by how they are set."""
    start = min((c.first for c, _ in known if ABSTRACT.fullmatch(c.title)), default=-1)
    body = [c for c in free if c.first > start and len(c.title) < 120]
    whole = [c for c in body if not c.run_in and c.air and _is_weighty(c)]
    top = _top_look([c for c in whole if _is_known(c)])
    if top is None:
        return []
    first = min(c.first for c in whole if _is_known(c) and top.like(c.look))
    ranks: list[Look] = [top]
    found: list[tuple[Candidate, int]] = []
    known_rows = {c.first for c, _ in known}
    for c in [*whole, *_paragraph_heads(body)]:
        if (
            c.first in known_rows
            or c.first < first
            or not (c.run_in or _clean(c, rows))
        ):
            continue
        level = next((n for n, look in enumerate(ranks, 1) if look.like(c.look)), 0)
        # By type alone more than three levels cannot be told from emphasis.
        if not level and len(ranks) < 3 and _is_distinct(c):
            ranks.append(c.look)
            level = len(ranks)
        if level:
            found.append((c, max(level, 2) if c.run_in else level))
    return found


def _is_known(c: Candidate) -> bool:
    return KNOWN.fullmatch(c.title) is not None or is_named(c.title)


def _is_weighty(c: Candidate) -> bool:
    """Whether enough speaks for a heading; at the top of a page its air is unseen."""
    return c.weight > (0.8 if _is_known(c) else 1.2)


def _top_look(anchors: Sequence[Candidate]) -> Look | None:
    """The look of the first level: the largest that two known headings share.

    Where no two do, it is that of the only ones.
    """
    keys = Counter(_look_key(c.look) for c in anchors)
    shared = [c.look for c in anchors if keys[_look_key(c.look)] > 1]
    looks = shared or [c.look for c in anchors]
    return max(looks, key=lambda look: (look.size_pt, look.bold), default=None)


def _is_distinct(c: Candidate) -> bool:
    return c.look.bold or c.look.caps != "none" or c.weight > 2 or c.run_in > 0


def _paragraph_heads(body: Sequence[Candidate]) -> list[Candidate]:
    """Headings with text behind them in the row, where a paper has several.

    Bold ones may stand without air once enough have it; slanted ones need it.
    """
    heads = [c for c in body if c.run_in and c.title[-1:] == "."]
    bold = [c for c in heads if c.look.bold]
    if sum(c.air for c in bold) < _FEWEST_HEADS:
        return []
    slanted = [c for c in heads if c.look.italic and not c.look.bold and c.air]
    return bold + (slanted if len(slanted) >= _FEWEST_HEADS else [])


def _look_key(look: Look) -> tuple[int, bool, str, bool]:
    return round(look.size_pt), look.bold, look.caps, look.italic


# --------------------------------------------------------------------------------------
# Fonts and colours in which a paper sets its headings without saying "bold".

Ink = tuple[str, int]  # a font and a colour

# Of all characters, a display font sets no more; most papers stay below 0.03.
_DISPLAY_SHARE = 0.08
_FEWEST_ROWS = 3


def with_display_fonts(rows: Sequence[Row], style: BodyStyle) -> list[Row]:
    """Rows in which letters of a display font or colour count as bold.

    Many journals' fonts have names that tell nothing. A font or a colour is one for
    headings if next to all it sets are short rows by themselves, and some of these
    have a number or a name that headings have.
    """
    display = _display_inks(rows, style)
    if not display:
        return list(rows)
    return [_embolden(row, display) if _inks(row) & display else row for row in rows]


def _embolden(row: Row, display: set[Ink]) -> Row:
    spans = [
        span._replace(bold=True) if (span.font, span.color) in display else span
        for span in row.spans
    ]
    return replace(row, spans=spans)


def _inks(row: Row) -> set[Ink]:
    return {(span.font, span.color) for span in row.spans if has_letters(span.text)}


def _display_inks(rows: Sequence[Row], style: BodyStyle) -> set[Ink]:
    counts: defaultdict[Ink, int] = defaultdict(int)
    alone: defaultdict[Ink, list[int]] = defaultdict(list)
    inside: defaultdict[Ink, int] = defaultdict(int)
    plain: set[Ink] = set()
    for at, row in enumerate(rows):
        inks = _inks(row)
        for span in row.spans:
            ink = span.font, span.color
            counts[ink] += len(span.text)
            if not (span.bold or span.italic or span.mono):
                plain.add(ink)
        for ink in inks:
            if len(inks) == 1 and _stands_alone(row):
                alone[ink].append(at)
            else:
                inside[ink] += 1
    total = sum(counts.values())
    usual = max(counts, key=lambda ink: counts[ink], default=("", 0))
    return {
        ink
        for ink, members in alone.items()
        if ink in plain
        and ink != usual
        and counts[ink] < _DISPLAY_SHARE * total
        and len(members) >= _FEWEST_ROWS
        # One page alone may be a cover, or one table with a font of its own.
        and len({rows[at].page for at in members}) > 1
        and inside[ink] <= 0.5 * len(members)
        # Labels of figures and notes are short rows as well, but smaller.
        and all(rows[at].main.size_pt > style.size_pt - 1.2 for at in members[:3])
        and sum(_is_heading(rows[at].text) for at in members) >= 2
    }


def _is_heading(text: str) -> bool:
    return (
        KNOWN.fullmatch(text) is not None or is_named(text) or bool(read_number(text))
    )


def _stands_alone(row: Row) -> bool:
    """Whether a row has room left in its column and words in it."""
    # A row of running text fills its column.
    return row.box[2] - row.box[0] < 0.9 * (row.right - row.left) and len(row.text) > 3
