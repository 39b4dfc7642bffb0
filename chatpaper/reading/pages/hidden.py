"""Text that is in the PDF and that no reader of the page sees."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Literal

import pymupdf

from chatpaper.reading.geometry import union
from chatpaper.reading.pages.lines import (
    EVERYWHERE,
    Span,
    TextLine,
)
from chatpaper.reading.pages.occlusion import (
    PaintLog,
    Sight,
    find_covered,
)
from chatpaper.reading.pages.pdf import (
    is_text_layer,
    picture_boxes,
)
from chatpaper.reading.pages.wording import (
    addresses,
    is_prose,
    should_report,
)
from chatpaper.records import Box, HiddenText

# --------------------------------------------------------------------------------------
# Words that a PDF holds but does not print: clipped, or replaced by other glyphs.

# What can make a page hold more than it prints: clips, forms, marked content.
_MAY_HIDE = re.compile(rb"\bW\*?\s+n\b|\bDo\b|\bBDC\b")
_ALL_TEXT = pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE
_SURPLUS_SHARE = 0.6  # of a line's words, that must be left over


def find_leftovers(page: pymupdf.Page, lines: Sequence[TextLine]) -> list[HiddenText]:
    """Words that are in the file but are no printed glyphs, and speak to somebody.

    They never are text: `read_lines` passes them over. Text can be clipped away, and
    marked content can say something else than its glyphs (`/ActualText`, ISO 32000-1,
    14.9.4).

    Args:
        page: The open page.
        lines: All of its printed lines.
    """
    if not _MAY_HIDE.search(page.read_contents()):
        return []
    printed = Counter(word for line in lines for word in line.text.split())
    found = []
    for text, box in _unprinted_lines(page, _ALL_TEXT, printed):
        if should_report("clipped", text):
            unclipped = _ALL_TEXT | pymupdf.TEXT_CLIP
            is_replacement = any(
                text == other for other, _ in _unprinted_lines(page, unclipped, printed)
            )
            reason: Any = "replaced" if is_replacement else "clipped"
            number = (page.number or 0) + 1
            found.append(HiddenText(reason=reason, text=text, page=number, box=box))
    return found


def _unprinted_lines(
    page: pymupdf.Page, flags: int, printed: Counter[str]
) -> Iterator[tuple[str, Box]]:
    """Find lines that are mostly not printed; join those that follow one another."""
    # MuPDF's list of words leaves out those that stand in place of one glyph.
    blocks: Any = page.get_text("blocks", flags=flags, clip=EVERYWHERE)
    lines = [
        (words, block[:4])
        for block in blocks
        for line in block[4].splitlines()
        if (words := line.split())
    ]
    surplus = Counter(word for words, _ in lines for word in words) - printed
    if not surplus:
        return

    def is_surplus(line: tuple[list[str], Box]) -> bool:
        words, _ = line
        return sum(surplus[word] > 0 for word in words) >= _SURPLUS_SHARE * len(words)

    for unprinted, group in groupby(lines, key=is_surplus):
        if unprinted:
            found, boxes = zip(*group, strict=True)
            x0, y0, x1, y1 = zip(*boxes, strict=True)
            text = " ".join(word for words in found for word in words)
            yield text, (min(x0), min(y0), max(x1), max(y1))


# --------------------------------------------------------------------------------------
# Text in a PDF that no reader of the page can see.

Reason = Literal[
    "white", "tiny", "invisible", "transparent", "off-page", "covered", "faint"
]
Reasons = dict[tuple[int, int], Reason]

# Nobody can read it in print.
_TINY_PT = 2.0
_SMALL_PT = 3.6  # no reader's print, but drawings have labels as small
_NEAR_CLEAR = 13  # of 255: 5 %
_APART_PT = 36.0  # labels stand nearer to what they label
_PALE = (190, 200, 120)  # red, green and blue of inks that may not show on white
_EDGE, _EDGE_PT = 0.15, 1.5  # of words, where their neighbours' ink may be
_WORD = re.compile(r"[^\W\d_]{3,}")


def split_hidden(
    page: pymupdf.Page, lines: Sequence[TextLine], paint: PaintLog
) -> tuple[list[TextLine], list[HiddenText]]:
    """Separate the lines that can be seen from the words that cannot.

    Args:
        page: The open page they are from.
        lines: All of its lines.
        paint: Of the page.

    Returns:
        The lines without hidden words, in order, and those hidden words that a reader
        should be told of, joined where they stand together. The invisible text that
        OCR lays over a scanned page is not hidden: the reader sees its picture.
    """
    reasons = _unseen(page, lines, paint)
    leftovers = find_leftovers(page, lines)
    if not reasons:
        return list(lines), leftovers
    spans_of: dict[int, list[int]] = {}
    for index, at in sorted(reasons):
        spans_of.setdefault(index, []).append(at)
    hidden = _merge_lines(
        [
            _hidden(lines[index], [lines[index].spans[at] for at in spans],
                    reasons[index, spans[0]], index)
            for index, spans in spans_of.items()
        ]
    )  # fmt: skip
    # Signs without a word among them are the marks and ticks of drawings.
    drop = {index for item, members in hidden if _has_word(item) for index in members}
    drop |= {i for i, at in reasons if reasons[i, at] == "off-page"}
    seen: list[TextLine] = []
    for index, line in enumerate(lines):
        rest = [
            span
            for at, span in enumerate(line.spans)
            if index not in drop or at not in spans_of[index]
        ]
        if len(rest) == len(line.spans):
            seen.append(line)
        elif any(span.text.strip() for span in rest):
            seen.append(_without(line, rest))
    return seen, [item for item, _ in hidden if _is_reported(page, item)] + leftovers


def _has_word(item: HiddenText) -> bool:
    """Whether there is a word in it: letters that are not all the same."""
    return any(len(set(word.lower())) > 2 for word in _WORD.findall(item.text))


def _is_reported(page: pymupdf.Page, item: HiddenText) -> bool:
    if not should_report(item.reason, item.text):
        return False
    if item.reason != "invisible" or addresses(item.text):
        return True
    # The text layer of one picture, made by OCR.
    return not any(_within(item.box, box) for box in picture_boxes(page))


def _within(inner: Box, outer: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _unseen(page: pymupdf.Page, lines: Sequence[TextLine], paint: PaintLog) -> Reasons:
    """Spans that cannot be seen, by line and place in it, and why not."""
    reasons: Reasons = dict(_by_their_looks(page, lines))
    layer = {
        at[0] for at, why in reasons.items() if why in ("invisible", "transparent")
    }
    if is_text_layer(page, lines, layer):
        return {at: why for at, why in reasons.items() if at[0] not in layer}
    sight = Sight(page)
    # After the text layers of scans, whose words are small and pale without harm.
    reasons |= dict.fromkeys(_small_spans(lines, paint), "tiny")
    reasons |= dict.fromkeys(_pale_spans(lines, sight), "white")
    covered, faint = find_covered(page, lines, paint, sight)
    if is_text_layer(page, lines, layer.union(covered)):
        return {}
    for at in _spans(lines, covered):
        reasons.setdefault(at, "covered")
    for at in _spans(lines, faint):
        reasons.setdefault(at, "faint")
    return reasons


def _spans(
    lines: Sequence[TextLine], indices: Sequence[int]
) -> Iterator[tuple[int, int]]:
    return ((index, at) for index in indices for at in range(len(lines[index].spans)))


def _by_their_looks(
    page: pymupdf.Page, lines: Sequence[TextLine]
) -> Iterator[tuple[tuple[int, int], Reason]]:
    width, height = page.cropbox.width, page.cropbox.height
    for index, line in enumerate(lines):
        x0, y0, x1, y1 = line.box
        off = x1 < 0 or y1 < 0 or x0 > width or y0 > height
        for at, span in enumerate(line.spans):
            if off:
                yield (index, at), "off-page"
            elif not span.painted:
                yield (index, at), "invisible"
            elif span.alpha <= _NEAR_CLEAR:
                yield (index, at), "transparent"
            elif span.size_pt < _TINY_PT:
                yield (index, at), "tiny"


def _small_spans(lines: Sequence[TextLine], paint: PaintLog) -> list[tuple[int, int]]:
    """Spans of small print that say something, away from all drawings."""
    small = [
        (index, at)
        for index, line in enumerate(lines)
        for at, span in enumerate(line.spans)
        if _TINY_PT <= span.size_pt < _SMALL_PT
    ]
    text = " ".join([lines[index].spans[at].text for index, at in small])
    # Several pages printed on one are small throughout.
    # Half of the page's text hides nothing.
    if len(text) > 0.5 * sum(len(line.text) for line in lines):
        return []
    if not (addresses(text) or is_prose(text)):
        return []
    drawn = [box for kind, box in paint.entries() if not kind.endswith("text")]
    return [
        (index, at)
        for index, at in small
        if not any(_beside(lines[index].spans[at].box, box) for box in drawn)
    ]


def _beside(box: Box, drawn: Box) -> bool:
    x0, y0, x1, y1 = drawn
    return _within(
        box, (x0 - _APART_PT, y0 - _APART_PT, x1 + _APART_PT, y1 + _APART_PT)
    )


def _pale_spans(lines: Sequence[TextLine], sight: Sight) -> Iterator[tuple[int, int]]:
    """Spans in pale ink that do not show."""
    inks = {span.color for line in lines for span in line.spans}
    inks = set(filter(_is_pale, inks))
    pale = [
        (index, at)
        for index, line in enumerate(lines)
        for at, span in enumerate(line.spans)
        if span.color in inks and span.text.strip()
    ]
    boxes = [_inner(lines[index].spans[at].box) for index, at in pale]
    for place, box, shown in zip(pale, boxes, sight.contrasts(boxes), strict=True):
        span = lines[place[0]].spans[place[1]]
        if not shown or (
            sight.has_ink_color(box, span.color) and not sight.changes_dots([box])[0]
        ):
            yield place


def _inner(box: Box) -> Box:
    """Its middle: letters that can be seen beside it reach over its edges."""
    x0, y0, x1, y1 = box
    dx, dy = min(_EDGE * (x1 - x0), _EDGE_PT), _EDGE * (y1 - y0)
    return (x0 + dx, y0 + dy, x1 - dx, y1 - dy)


def _is_pale(color: int) -> bool:
    red, green, blue = color >> 16 & 255, color >> 8 & 255, color & 255
    return red >= _PALE[0] and green >= _PALE[1] and blue >= _PALE[2]


def _hidden(
    line: TextLine, spans: Sequence[Span], reason: Reason, index: int
) -> tuple[HiddenText, list[int]]:
    box = union([span.box for span in spans])
    text = "".join([span.text for span in spans]).strip()
    return HiddenText(reason=reason, text=text, page=line.page, box=box), [index]


def _without(line: TextLine, spans: Sequence[Span]) -> TextLine:
    text = "".join([span.text for span in spans]).strip()
    box = union([span.box for span in spans if span.text.strip()])
    return replace(line, spans=tuple(spans), text=text, box=box)


def _merge_lines(
    hidden: Sequence[tuple[HiddenText, list[int]]],
) -> list[tuple[HiddenText, list[int]]]:
    """Join hidden lines that follow one another and are hidden for the same reason."""
    merged: list[tuple[HiddenText, list[int]]] = []
    for item, members in hidden:
        if not item.text:
            continue
        if merged:
            last, before = merged[-1]
            if last.reason == item.reason and members[0] - before[-1] <= 1:
                text = f"{last.text} {item.text}"
                joined = replace(last, text=text, box=union([last.box, item.box]))
                merged[-1] = (joined, [*before, *members])
                continue
        merged.append((item, members))
    return merged
