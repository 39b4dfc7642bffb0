"""Lines that drown: under something painted later, or in ink like theirs before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pymupdf

from chatpaper.reading.accusing import addresses, is_prose
from chatpaper.reading.lines import TextLine
from chatpaper.reading.paint import PaintLog
from chatpaper.reading.sight import Sight
from chatpaper.records import Box

_LONG = 100_000  # bytes of drawing, in which looking for paint does not pay
_PAINTS = re.compile(rb"\s(?:Do|sh|EI|f\*?|F|B\*?|b\*?)\s")
_RECT = re.compile(rb"(-?[\d.]+)\s(-?[\d.]+)\sre\s+(?:W\*?\sn\s+)?(?:f\*?|F|B\*?)\s")
_AREAS = ("fill-path", "fill-image", "fill-shade", "fill-imgmask")
_PAGE = 0.85  # of the page: its ground
_PLACES = 12  # along a line that are looked at

Area = tuple[int, Box]  # with its place in the painting order


def _may_cover(page: pymupdf.Page) -> bool:
    """Whether a page paints anything but text and thin rules."""
    contents: bytes = page.read_contents()
    if len(contents) > _LONG:
        return True
    if not _PAINTS.search(contents):
        return False
    rest = _RECT.sub(_keep_large, contents)
    return _PAINTS.search(rest) is not None


def _keep_large(match: re.Match[bytes]) -> bytes:
    width, height = abs(float(match[1])), abs(float(match[2]))
    return b" f " if min(width, height) > 3 else b" "


def find_drowned(
    page: pymupdf.Page, lines: Sequence[TextLine], paint: PaintLog, sight: Sight
) -> tuple[list[int], list[int]]:
    """Indices of lines that cannot be seen for what is painted where they stand.

    Args:
        page: The open page.
        lines: All of its lines.
        paint: Of the page.
        sight: Of the page.

    Returns:
        Lines that images or areas, painted later, lie over, and lines in ink like
        that of an area painted before them.
    """
    if not lines or not _may_cover(page):
        return [], []
    log = paint.entries()
    texts = [(i, box) for i, (kind, box) in enumerate(log) if kind.endswith("text")]
    areas = [
        (i, box)
        for i, (kind, box) in enumerate(log)
        if kind in _AREAS and box[2] - box[0] > 8 and box[3] - box[1] > 4
    ]
    if not texts or not areas:
        return [], []
    later = [area for area in areas if area[0] > texts[0][0]]
    under = [
        index
        for index, line in enumerate(lines)
        if (over := _meeting(line.box, later))
        and _lies_over(line.box, over, _painted_at(texts, line))
    ]
    covered = _untold(lines, under, sight)
    rest = sorted(set(range(len(lines))).difference(covered))
    grounds = [area for area in areas if not _is_page(page, area[1])]
    if len(grounds) < len(areas) and not sight.is_on_white():
        grounds = areas
    return covered, _inked_alike(lines, rest, grounds, sight)


def _is_page(page: pymupdf.Page, box: Box) -> bool:
    size = (box[2] - box[0]) * (box[3] - box[1])
    return bool(size > _PAGE * page.cropbox.width * page.cropbox.height)


def _say_something(lines: Sequence[TextLine], indices: Sequence[int]) -> bool:
    """Whether lines are more than labels, which are many; looking closer is dear."""
    text = " ".join([lines[index].text for index in indices])
    return addresses(text) or is_prose(text)


def _untold(
    lines: Sequence[TextLine], indices: Sequence[int], sight: Sight
) -> list[int]:
    """Those of the lines whose text does not show in their boxes."""
    shown = sight.contrasts([lines[index].box for index in indices])
    pairs = list(zip(indices, shown, strict=True))
    doubtful = [index for index, seen in pairs if seen]
    if not _say_something(lines, doubtful):
        return [index for index, seen in pairs if not seen]
    told = sight.tells([lines[index].box for index in doubtful])
    tell = {index for index, tells in zip(doubtful, told, strict=True) if tells}
    return [index for index in indices if index not in tell]


def _meeting(box: Box, areas: Sequence[Area]) -> list[Area]:
    x0, y0, x1, y1 = box
    return [
        (i, area)
        for i, area in areas
        if area[0] < x1 and area[2] > x0 and area[1] < y1 and area[3] > y0
    ]


def _lies_over(box: Box, areas: Sequence[Area], painted: int) -> bool:
    """Whether areas painted after a line lie over nearly all of it."""
    middle = (box[1] + box[3]) / 2
    later = [area for i, area in areas if i > painted and area[1] <= middle <= area[3]]
    if not later:
        return False
    step = (box[2] - box[0]) / _PLACES
    places = [box[0] + step * (n + 0.5) for n in range(_PLACES)]
    return sum(any(a[0] <= x <= a[2] for a in later) for x in places) >= _PLACES - 1


def _painted_at(texts: Sequence[Area], line: TextLine) -> int:
    """Place in the painting order of the last text painted where a line stands."""
    x = (line.box[0] + line.box[2]) / 2
    y = (line.box[1] + line.box[3]) / 2
    for i, box in reversed(texts):
        if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
            return i
    return 1 << 60


def _inked_alike(
    lines: Sequence[TextLine], indices: Sequence[int], areas: Sequence[Area],
    sight: Sight,
) -> list[int]:  # fmt: skip
    within = [
        index
        for index in indices
        if any(
            _lies_over(lines[index].box, [area], -1)
            for area in _meeting(lines[index].box, areas)
        )
    ]
    if not _say_something(lines, within):
        return []
    alike = [
        index
        for index in within
        if all(
            sight.drowns(span.box, span.color)
            for span in lines[index].spans
            if span.text.strip()
        )
    ]
    return _untold(lines, alike, sight)
