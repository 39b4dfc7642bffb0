"""Words that a PDF holds but does not print: clipped away, or given in their stead."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import pymupdf

from chatpaper.reading.accusing import accuses
from chatpaper.reading.lines import EVERYWHERE, TextLine
from chatpaper.records import Box, HiddenText

# What can make a page hold more than it prints: clips, forms, marked content.
_CAN = re.compile(rb"\bW\*?\s+n\b|\bDo\b|\bBDC\b")
_ALL = pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE
_MOST = 0.6  # of a line's words, that must be left over


def find_leftovers(page: pymupdf.Page, lines: Sequence[TextLine]) -> list[HiddenText]:
    """Words that are in the file but are no printed glyphs, and speak to somebody.

    They never are text: `read_lines` passes them over. Text can be clipped away, and
    marked content can say something else than its glyphs (`/ActualText`, ISO 32000-1,
    14.9.4).

    Args:
        page: The open page.
        lines: All of its printed lines.
    """
    if not _CAN.search(page.read_contents()):
        return []
    printed = Counter(word for line in lines for word in line.text.split())
    found = []
    for text, box in _over(page, _ALL, printed):
        if accuses("clipped", text):
            unclipped = _ALL | pymupdf.TEXT_CLIP
            told = any(text == other for other, _ in _over(page, unclipped, printed))
            reason: Any = "replaced" if told else "clipped"
            number = (page.number or 0) + 1
            found.append(HiddenText(reason=reason, text=text, page=number, box=box))
    return found


def _over(
    page: pymupdf.Page, flags: int, printed: Counter[str]
) -> Iterator[tuple[str, Box]]:
    """Lines that are mostly not printed, joined where they follow one another."""
    # MuPDF's list of words leaves out those that stand in place of one glyph.
    blocks: Any = page.get_text("blocks", flags=flags, clip=EVERYWHERE)
    lines = [
        (words, block[:4])
        for block in blocks
        for line in block[4].splitlines()
        if (words := line.split())
    ]
    over = Counter(word for words, _ in lines for word in words) - printed
    if not over:
        return

    def is_over(line: tuple[list[str], Box]) -> bool:
        words, _ = line
        return sum(over[word] > 0 for word in words) >= _MOST * len(words)

    for left, group in groupby(lines, key=is_over):
        if left:
            found, boxes = zip(*group, strict=True)
            x0, y0, x1, y1 = zip(*boxes, strict=True)
            text = " ".join(word for words in found for word in words)
            yield text, (min(x0), min(y0), max(x1), max(y1))
