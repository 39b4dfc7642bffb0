"""Text in a PDF that no reader of the page can see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import pymupdf

from chatpaper.reading.covered import contrasts, covered
from chatpaper.reading.lines import Span, TextLine
from chatpaper.reading.paint import PaintLog
from chatpaper.records import Box, HiddenText

Reason = Literal["white", "tiny", "invisible", "transparent", "off-page", "covered"]

_TINY_PT = 2.0
_NEAR_WHITE = 235  # of 255, every channel
_NEAR_CLEAR = 13  # of 255: 5 %
_WORD = re.compile(r"[^\W\d_]{3,}")


def split_hidden(
    page: pymupdf.Page, lines: Sequence[TextLine], paint: PaintLog
) -> tuple[list[TextLine], list[HiddenText]]:
    """Tell the lines that can be seen from the words that cannot.

    Args:
        page: The open page they are from.
        lines: All of its lines.
        paint: Of the page.

    Returns:
        The lines without hidden words, in order, and the hidden words, joined where
        they stand together. The invisible text that OCR lays over a scanned page is
        not hidden: the reader sees its picture.
    """
    reasons: dict[tuple[int, int], Reason] = {}
    suspects = list(_suspects(page, lines))
    if suspects:
        reasons.update(_judge(page, lines, suspects))
    for index in covered(page, lines, paint):
        for at in range(len(lines[index].spans)):
            reasons.setdefault((index, at), "covered")
    if not reasons:
        return list(lines), []
    out: dict[int, list[int]] = {}
    for index, at in sorted(reasons):
        out.setdefault(index, []).append(at)
    hidden = _merged(
        [
            _hidden(lines[index], [lines[index].spans[at] for at in spans],
                    reasons[index, spans[0]], index)
            for index, spans in out.items()
        ]
    )  # fmt: skip
    # Signs without a word among them are the marks and ticks of drawings.
    told = {index for item, members in hidden if _speaks(item) for index in members}
    drop = told | {i for i, at in reasons if reasons[i, at] == "off-page"}
    seen: list[TextLine] = []
    for index, line in enumerate(lines):
        rest = [
            span
            for at, span in enumerate(line.spans)
            if index not in drop or at not in out[index]
        ]
        if len(rest) == len(line.spans):
            seen.append(line)
        elif any(span.text.strip() for span in rest):
            seen.append(_without(line, rest))
    return seen, [item for item, _ in hidden if _speaks(item)]


def _speaks(item: HiddenText) -> bool:
    """Whether there is a word in it: letters that are not all the same."""
    return any(len(set(word.lower())) > 2 for word in _WORD.findall(item.text))


def _suspects(
    page: pymupdf.Page, lines: Sequence[TextLine]
) -> list[tuple[int, int, Reason]]:
    width, height = page.cropbox.width, page.cropbox.height
    found: list[tuple[int, int, Reason]] = []
    for index, line in enumerate(lines):
        x0, y0, x1, y1 = line.box
        if x1 < 0 or y1 < 0 or x0 > width or y0 > height:
            found += [(index, at, "off-page") for at in range(len(line.spans))]
            continue
        for at, span in enumerate(line.spans):
            if not span.painted:
                found.append((index, at, "invisible"))
            elif span.alpha <= _NEAR_CLEAR:
                found.append((index, at, "transparent"))
            elif span.size_pt < _TINY_PT:
                found.append((index, at, "tiny"))
            elif span.color > 0xEAEAEA and _near_white(span.color):
                found.append((index, at, "white"))
    return found


def _near_white(color: int) -> bool:
    return min(color >> 16 & 255, color >> 8 & 255, color & 255) >= _NEAR_WHITE


def _judge(
    page: pymupdf.Page,
    lines: Sequence[TextLine],
    suspects: Sequence[tuple[int, int, Reason]],
) -> dict[tuple[int, int], Reason]:
    """Suspects that are hidden indeed."""
    invisible = [s for s in suspects if s[2] == "invisible"]
    scanned = bool(invisible) and _is_scan(page, lines, invisible)
    white = [
        s for s in suspects if s[2] == "white" and lines[s[0]].spans[s[1]].text.strip()
    ]
    shown = contrasts(page, [lines[i].spans[at].box for i, at, _ in white])
    visible = {(i, at) for (i, at, _), seen in zip(white, shown, strict=True) if seen}
    judged: dict[tuple[int, int], Reason] = {}
    for index, at, reason in suspects:
        if reason == "invisible" and scanned:
            continue
        if reason == "white" and (index, at) in visible:
            continue
        judged[index, at] = reason
    return judged


def _is_scan(
    page: pymupdf.Page,
    lines: Sequence[TextLine],
    invisible: Sequence[tuple[int, int, Reason]],
) -> bool:
    """Whether invisible text lies over pictures that fill most of its area."""
    x0 = min(lines[i].box[0] for i, _, _ in invisible)
    y0 = min(lines[i].box[1] for i, _, _ in invisible)
    x1 = max(lines[i].box[2] for i, _, _ in invisible)
    y1 = max(lines[i].box[3] for i, _, _ in invisible)
    area = max(1.0, (x1 - x0) * (y1 - y0))
    images: Any = page.get_image_info()
    page_area = page.cropbox.width * page.cropbox.height
    for image in images:
        a, b, c, d = image["bbox"]
        common = max(0.0, min(c, x1) - max(a, x0)) * max(0.0, min(d, y1) - max(b, y0))
        if common > 0.8 * area and (c - a) * (d - b) > 0.3 * page_area:
            return True
    return False


def _hidden(
    line: TextLine, spans: Sequence[Span], reason: Reason, index: int
) -> tuple[HiddenText, list[int]]:
    box = _union([span.box for span in spans])
    text = "".join([span.text for span in spans]).strip()
    return HiddenText(reason=reason, text=text, page=line.page, box=box), [index]


def _union(boxes: Sequence[Box]) -> Box:
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return (min(x0), min(y0), max(x1), max(y1))


def _without(line: TextLine, spans: Sequence[Span]) -> TextLine:
    text = "".join([span.text for span in spans]).strip()
    box = _union([span.box for span in spans if span.text.strip()])
    return replace(line, spans=tuple(spans), text=text, box=box)


def _merged(
    hidden: Sequence[tuple[HiddenText, list[int]]],
) -> list[tuple[HiddenText, list[int]]]:
    """Hidden lines that follow one another for the same reason, as one."""
    merged: list[tuple[HiddenText, list[int]]] = []
    for item, members in hidden:
        if not item.text:
            continue
        if merged:
            last, before = merged[-1]
            if last.reason == item.reason and members[0] - before[-1] <= 1:
                text = f"{last.text} {item.text}"
                joined = replace(last, text=text, box=_union([last.box, item.box]))
                merged[-1] = (joined, [*before, *members])
                continue
        merged.append((item, members))
    return merged
