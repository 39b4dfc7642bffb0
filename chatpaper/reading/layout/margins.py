"""What surrounds the running text: running heads, page numbers, stamps, footnotes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from chatpaper.reading.headings.bibliography import before_entries
from chatpaper.reading.headings.weighing import (
    ABSTRACT,
)
from chatpaper.reading.pages.lines import (
    BodyStyle,
    TextLine,
)
from chatpaper.records import PassageKind

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?:page\s*)?[-–—]?\s*(?:[a-z]-?)?(?:\d{1,4}|[ivxl]{1,6})\s*[-–—]?"
    r"(?:\s*(?:of|/)\s*\d{1,4})?",
    re.IGNORECASE,
)
_STAMP = re.compile(r"^arXiv:\S+", re.IGNORECASE)
_MARK = re.compile(r"^(?:\d{1,2}|[*∗†‡§¶♯♮⋆✉]+|[a-z])$")
_MARKED = re.compile(r"^[*∗†‡§¶⋆✉]")


def find_margins(
    pages: Sequence[Sequence[TextLine]],
    heights: Sequence[float],
    style: BodyStyle,
) -> list[dict[int, PassageKind]]:
    """Lines of each page that are not the paper's text.

    Args:
        pages: Lines of each page read, in order of pages.
        heights: Of the same pages, in points.
        style: Of the document.

    Returns:
        For each page the indices of its running heads, page numbers, stamps, line
        numbers and other marks at the edge, as `margin`.
    """
    running_heads = _repeated_texts(pages, heights)
    at_edge = _steady_edges(pages, heights, style)
    found: list[dict[int, PassageKind]] = []
    for number, (lines, height) in enumerate(zip(pages, heights, strict=True)):
        roles: dict[int, PassageKind] = {}
        for index, line in enumerate(lines):
            # Running heads stand in the outer eighth of a page, or beyond its left
            # margin.
            top, bottom = line.box[1] < 0.12 * height, line.box[3] > 0.88 * height
            if not line.upright:
                if _STAMP.match(line.text) or line.box[2] < 40:
                    roles[index] = "margin"
            elif (top or bottom) and (
                _key(line) in running_heads
                or (number, index) in at_edge
                or (_PAGE_NUMBER.fullmatch(line.text) and _outermost(lines, line))
                or _STAMP.match(line.text)
            ):
                roles[index] = "margin"
        for index in _line_numbers(lines, style):
            roles[index] = "margin"
        found.append(roles)
    return found


def _key(line: TextLine) -> tuple[str, int]:
    return _DIGITS.sub("#", line.text), round(line.box[1] / 4)


def _repeated_texts(
    pages: Sequence[Sequence[TextLine]], heights: Sequence[float]
) -> set[tuple[str, int]]:
    """Texts that stand at the same height near the edge of several pages."""
    counts: defaultdict[str, Counter[int]] = defaultdict(Counter)
    exact: set[tuple[str, int]] = set()
    for lines, height in zip(pages, heights, strict=True):
        here = set()
        for line in lines:
            near = line.box[1] < 0.12 * height or line.box[3] > 0.88 * height
            if near and line.upright and len(line.text) > 1:
                here.add((line.text, *_key(line)))
        for words, text, y in here:
            # Words that stand twice count double; digits alone may differ by chance.
            again = (words, y) in exact
            exact.add((words, y))
            counts[text][y] += 2 if again else 1
    return {
        (text, y + dy)
        for text, ys in counts.items()
        for y in ys
        # With its neighbours: a text may fall to both sides of a bin's edge.
        if sum(ys[y + d] for d in (-1, 0, 1)) >= 3
        for dy in (-1, 0, 1)
    }


def _steady_edges(
    pages: Sequence[Sequence[TextLine]], heights: Sequence[float], style: BodyStyle
) -> set[tuple[int, int]]:
    """Find running heads whose words change, by their height and the air below them."""
    places: defaultdict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for number, (lines, height) in enumerate(zip(pages, heights, strict=True)):
        upright = [(i, line) for i, line in enumerate(lines) if line.upright]
        # A page with hardly a line shows no distance to its text.
        if len(upright) < 5:
            continue
        ys = sorted((line.box[1], line.box[3]) for _, line in upright)
        for i, line in upright:
            if line.size_pt > style.size_pt + 0.4:
                continue  # a heading at the top of a page
            if line.box[1] < 0.12 * height:
                below = min((y0 for y0, _ in ys if y0 > line.box[3] - 2), default=0.0)
                above = line.box[1] < ys[0][0] + 3
                # Nearer than a line's distance it would be the text's first row.
                if above and below - line.box[3] > 0.9 * style.leading_pt:
                    places["top", round(line.box[1] / 3)].append((number, i))
            elif line.box[3] > 0.9 * height:
                over = max((y1 for _, y1 in ys if y1 < line.box[1] + 2), default=1e9)
                if line.box[1] - over > 0.9 * style.leading_pt:
                    places["bottom", round(line.box[1] / 3)].append((number, i))
    steady: set[tuple[int, int]] = set()
    for members in places.values():
        # Left and right pages have heads of their own, and some pages none.
        if len({number for number, _ in members}) >= max(3, 0.3 * len(pages)):
            steady.update(members)
    return steady


def _outermost(lines: Sequence[TextLine], line: TextLine) -> bool:
    upright = [other for other in lines if other.upright]
    above = sum(other.box[3] <= line.box[1] + 1 for other in upright)
    below = sum(other.box[1] >= line.box[3] - 1 for other in upright)
    # Beyond a page number stands a running head at most, in two parts.
    return above <= 2 or below <= 2


def _line_numbers(lines: Sequence[TextLine], style: BodyStyle) -> list[int]:
    """Indices of the counting column that review copies print beside the text."""
    edges = style.columns
    beside = [
        index
        for index, line in enumerate(lines)
        if line.text.isdigit()
        and line.upright
        and all(line.box[2] < x0 + 1 or line.box[0] > x1 - 1 for x0, x1 in edges)
    ]
    found: set[int] = set()
    for side in (0, 2):  # numbers may stand flush left or right
        columns: defaultdict[int, list[int]] = defaultdict(list)
        for index in beside:
            columns[round(lines[index].box[side] / 4)].append(index)
        for members in columns.values():
            values = [int(lines[i].text) for i in members]
            # Fewer may be a list or a table.
            if len(members) > 15 and values == sorted(values):
                found.update(members)
    return sorted(found)


def find_footnotes(
    lines: Sequence[TextLine],
    non_text: set[int],
    style: BodyStyle,
    height: float,
    page: int,
) -> set[int]:
    """Indices of the footnotes of one page: small print at a column's foot.

    Args:
        lines: Of the page.
        non_text: Indices of its lines that are not running text.
        style: Of the document.
        height: Of the page, in points.
        page: From 1; on the first one notes need no mark.
    """
    found: set[int] = set()
    for left, right in style.columns:
        column = [
            (line.box[1], index)
            for index, line in enumerate(lines)
            if index not in non_text
            and line.upright
            # A mark may hang a little out of its column.
            and left - 6 <= (line.box[0] + min(line.box[2], right)) / 2 <= right + 6
        ]
        column.sort()
        foot: list[int] = []
        for _, index in reversed(column):
            # Notes are set at least a size below the text; less is a font's own scale.
            if lines[index].size_pt > style.size_pt - 0.7:
                break
            foot.append(index)
        foot.reverse()
        if not foot or len(foot) == len(column):
            continue
        above = [lines[i] for _, i in column if i not in set(foot)]
        start = _notes_start([lines[i] for i in foot], above, style, height, page)
        texts = [lines[i].text for i in foot[start:]]
        found.update(foot[start : start + before_entries(texts)])
    return found


def _notes_start(
    foot: Sequence[TextLine],
    above: Sequence[TextLine],
    style: BodyStyle,
    height: float,
    page: int,
) -> int:
    """Which line of a column's small print opens its first note.

    The first page's notes need no mark, unless they are its abstract.
    """
    air = foot[0].box[1] - max(line.box[3] for line in above)
    abstract = any(ABSTRACT.fullmatch(line.text) for line in (above[-1], *foot))
    if (
        page == 1
        # A note stands off the text, in the page's lower half.
        and air > 0.5 * style.leading_pt
        and foot[0].box[1] > 0.5 * height
        and not abstract
    ):
        return 0
    return next((at for at, line in enumerate(foot) if _opens_note(line)), len(foot))


def _opens_note(line: TextLine) -> bool:
    """Whether a line opens with a raised note mark."""
    inked = [span for span in line.spans if span.text.strip()]
    first = inked[0]
    if _MARKED.match(first.text.strip()):
        return True
    if len(inked) < 2 or not _MARK.match(first.text.strip()):
        return False
    return (
        # Smaller than the note's words or above their baseline, by more than rounding.
        first.size_pt < inked[1].size_pt - 0.5
        or first.origin_y < inked[1].origin_y - 1.5
    )
