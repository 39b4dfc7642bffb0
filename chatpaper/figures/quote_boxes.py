"""Where on a page the letters of a quote stand, so that they can be marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import pymupdf

from chatpaper.records import Box
from chatpaper.text import compact

# Text off the page and text that is only said to be there are not printed.
_FLAGS = pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE | pymupdf.TEXT_MEDIABOX_CLIP
_MAX_SIGNS = 50_000  # of a page are looked at; the densest of 78 papers has 19,000
_NEAR = 60  # letters: so far from where the last run ended the next one is expected
_MIN_RUN = 8  # letters of a run there
_MIN_FAR_RUN = 16  # letters of a run elsewhere; shorter ones stand on a page by chance
_MIN_FAR_SHARE = 0.8  # of what is still to be found
_MIN_REST = 3  # letters of a short run there, when there is nothing better
_LEFT_OUT = 1500  # letters that an ellipsis may stand for
_MIN_FOUND = 12  # letters in all, or the quote is taken for absent
_MIN_SHARE = 0.6  # of what is looked for, where it is not known to be
_MIN_HEAD_RUN = 5  # letters of a short end overleaf, within the page's first ones
_HEAD = 250
_GAP_PT = 12.0  # wider gaps in a line stay white

_ELLIPSIS = re.compile(r"\.\s?\.\s?\.|…|\\l?dots")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLetters:
    """The letters of a page in the order of its file.

    Attributes:
        text: Compacted, as quotes are compared.
        chars: For each letter, its sign's number.
        boxes, lines: Of each sign: its box in points and its line's number.
    """

    text: str
    chars: tuple[int, ...]
    boxes: tuple[Box, ...]
    lines: tuple[int, ...]


def letters_of(page: pymupdf.Page) -> PageLetters:
    """The letters that a page prints, with their boxes."""
    read: Any = page.get_text("rawdict", flags=_FLAGS)
    text: list[str] = []
    chars: list[int] = []
    boxes: list[Box] = []
    lines: list[int] = []
    rows = (line for block in read["blocks"] for line in block.get("lines", ()))
    signs = (
        (row, char)
        for row, line in enumerate(rows)
        for span in line["spans"]
        for char in span["chars"]
    )
    for row, char in islice(signs, _MAX_SIGNS):
        if letters := compact(char["c"]):
            text.append(letters)
            chars += [len(boxes)] * len(letters)
            boxes.append(char["bbox"])
            lines.append(row)
    return PageLetters(
        text="".join(text), chars=tuple(chars), boxes=tuple(boxes), lines=tuple(lines)
    )


def quote_boxes(letters: PageLetters, quote: str, near: Box | None) -> tuple[Box, ...]:
    """Boxes round a quote's letters, one for each stretch of a line.

    Line breaks, hyphens, ligatures, accents and case do not count, as when it was
    looked up. Where the page has other text between its parts (a line number, the end
    of a column, a word that the quote leaves out), that text is left unmarked.

    Args:
        letters: Of the page.
        quote: As a claim gives it.
        near: The printed line that it is known to begin on, in points; None when it
            is not known to begin here.

    Returns:
        In the page's own space, before it is turned; `near` itself when its letters
        cannot be read; empty when nothing is known of it here.
    """
    runs = _found_runs(letters, quote, near)
    if runs is None:
        return (near,) if near else ()
    return tuple(_stretches(letters, runs))


def boxes_overleaf(
    letters: PageLetters, overleaf: PageLetters, quote: str, near: Box | None
) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
    """The boxes of a quote, and on the next page those of its end, if it is there.

    Args:
        letters: Of the page.
        overleaf: Of the next one.
        quote: As a claim gives it.
        near: As for `quote_boxes`.
    """
    needle = "".join(map(compact, _ELLIPSIS.split(quote)))
    runs = _found_runs(letters, quote, near) or []
    # A few letters of the end may stand at the page's foot, or elsewhere, by chance.
    sure = [run for run in runs if run.end - run.start >= _MIN_RUN]
    for count in range(len(sure), -1 if near else 0, -1):
        rest = needle[sure[count - 1].needle_end if count else 0 :]
        dropped = sum(run.end - run.start for run in sure[count:])
        if last := _end_of(rest, overleaf.text, 2 * dropped):
            first = tuple(_stretches(letters, sure[:count]))
            return first or quote_boxes(letters, quote, near), tuple(
                _stretches(overleaf, last)
            )
    return quote_boxes(letters, quote, near), ()


def _end_of(rest: str, text: str, least: int) -> list[_Run]:
    """Where a page has the rest of a quote, at least its last letters."""
    size = _longest_prefix(rest[::-1], text[::-1])
    at, gap = text.find(rest[len(rest) - size :]), len(rest) - size
    is_long = size >= _MIN_FAR_RUN and gap <= max(_MIN_FOUND, size)
    is_at_head = size >= _MIN_HEAD_RUN and at < _HEAD and not gap
    if size <= least or not (is_long or is_at_head):
        return []
    if not gap:
        return [_Run(at, at + size, size)]
    return list(_runs(rest, text, max(0, at - gap)))


def _found_runs(
    letters: PageLetters, quote: str, near: Box | None
) -> list[_Run] | None:
    """The stretches of a page that spell a quote; None when they are too few."""
    needle = compact(quote)
    runs = list(_runs(quote, letters.text, _first_letter(letters, near)))
    found = sum(run.end - run.start for run in runs)
    is_short = found < min(_MIN_FOUND, len(needle))
    is_elsewhere = near is None and found < _MIN_SHARE * len(needle)
    return None if is_short or is_elsewhere else runs


def _first_letter(letters: PageLetters, near: Box | None) -> int:
    """Offset of the first letter of a printed line; 0 when there is none."""
    if near is None:
        return 0
    middle, tall = (near[1] + near[3]) / 2, near[3] - near[1]
    best, least = 0, tall
    for offset, sign in enumerate(letters.chars):
        x0, top, x1, bottom = letters.boxes[sign]
        # Fonts say how tall they are as they like; the middles tell lines apart.
        off = abs((top + bottom) / 2 - middle)
        if near[0] - 1 <= (x0 + x1) / 2 <= near[2] + 1 and off < least - 1:
            best, least = offset, off
    return best


class _Run(NamedTuple):
    """A stretch of a text, and where in a quote's letters it ends."""

    start: int
    end: int
    needle_end: int


def _runs(quote: str, text: str, start: int) -> Iterator[_Run]:
    """Stretches of a text that together spell a quote's parts, in order.

    Each begins where the last one ended, or near; else it is the longest that can be
    had elsewhere. Letters that begin no run are passed over.
    """
    low, high, least = start, start + _NEAR, _MIN_RUN
    before = 0
    for needle in filter(None, map(compact, _ELLIPSIS.split(quote))):
        at = 0
        while at < len(needle):
            run = _run(needle[at:], text, low, high, least)
            if run is None:
                at += 1
                continue
            at += run[1] - run[0]
            yield _Run(*run, before + at)
            low, high, least = run[1], run[1] + _NEAR, _MIN_REST
        before += len(needle)
        high, least = low + _LEFT_OUT, _MIN_RUN


def _run(
    needle: str, text: str, low: int, high: int, least: int
) -> tuple[int, int] | None:
    """The next run: within bounds if it can be, else the nearest one."""
    window = text[low : high + len(needle)]
    size = _longest_prefix(needle, window)
    while size >= _MIN_RUN:
        if (found := window.find(needle[:size], 0, high - low + size)) >= 0:
            return low + found, low + found + size
        size = min(size - 1, _longest_prefix(needle, window[: high - low + size - 1]))
    far = _longest_prefix(needle, text)
    # What goes on in the next column is there as a whole; else the rest is overleaf.
    if far >= max(_MIN_FAR_RUN, _MIN_FAR_SHARE * len(needle)):
        return _nearest(needle[:far], text, low)
    size = min(far, _longest_prefix(needle, window))
    found = window.find(needle[:size], 0, high - low + size)
    if size >= least and found >= 0:
        return low + found, low + found + size
    return None


def _longest_prefix(needle: str, text: str) -> int:
    """How many letters of a needle, from its first, stand in a text in one run."""
    low, high = 0, len(needle)
    while low < high:
        middle = (low + high + 1) // 2
        if needle[:middle] in text:
            low = middle
        else:
            high = middle - 1
    return low


def _nearest(run: str, text: str, place: int) -> tuple[int, int]:
    """Where a run stands that is in the text: after a place rather than before it."""
    after, before = text.find(run, place), text.rfind(run, 0, place + len(run) - 1)
    if after < 0 or (before >= 0 and place - before < (after - place) / 2):
        after = before
    return after, after + len(run)


def _stretches(letters: PageLetters, runs: Iterable[_Run]) -> Iterator[Box]:
    """One box for each part of a line that the runs cover."""
    held: Box | None = None
    held_line = -1
    for sign in sorted(
        {letters.chars[n] for run in runs for n in range(run.start, run.end)}
    ):
        box, line = letters.boxes[sign], letters.lines[sign]
        if held and line == held_line and _adjoins(held, box):
            held = _round(held, box)
            continue
        if held:
            yield held
        held, held_line = box, line
    if held:
        yield held


def _adjoins(a: Box, b: Box) -> bool:
    across = max(a[0], b[0]) - min(a[2], b[2])
    down = max(a[1], b[1]) - min(a[3], b[3])
    return max(across, down) <= _GAP_PT


def _round(a: Box, b: Box) -> Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
