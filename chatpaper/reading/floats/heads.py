"""Where the running head of a page ends."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatpaper.reading.floats.sheet import Piece, Sheet
from chatpaper.reading.geometry import beside, holds, stack, tall, wide

_PAGE_NUMBER = re.compile(r"\d+(?:[:.\-]\d+)?")


def header_bottom(sheet: Sheet, free: Sequence[Piece]) -> float:
    """Height of the running head's lower end, 0 where there is none."""
    limit = 0.1 * sheet.height
    # What stands beside the columns is a stamp or a line's number.
    left = max(0.09 * sheet.width, sheet.columns[0][0])
    right = min(0.91 * sheet.width, sheet.columns[-1][1])
    known = [
        p.box[3]
        for p in sheet.apart
        if p.box[3] < 1.5 * limit and p.box[2] > left and p.box[0] < right
    ]
    heads = [p for p in free if p.box[3] < 1.4 * limit]
    if known:
        bottom = max(known)
    elif heads and _is_header(sheet, heads):
        bottom = stack([p.box for p in heads], gap=3.0)[0][3]
    else:
        bottom = 0.0
    for rule in sheet.rules:
        under = -2 < rule[1] - bottom < 14 if bottom else rule[1] < 0.7 * limit
        if under and wide(rule) > 0.8 * _text(sheet):
            return rule[3] + 0.5
    return bottom


def _is_header(sheet: Sheet, heads: Sequence[Piece]) -> bool:
    """Whether the uppermost text is a running head and not a label of a figure."""
    head = stack([p.box for p in heads], gap=3.0)[0]
    if any(-2 < head[1] - rule[1] < 9 for rule in sheet.rules):
        return False
    drawn = [mark.box for mark in sheet.marks if not mark.image]
    if tall(head) > 20 or any(beside(head, box) > -5 for box in drawn):
        return False
    if any(_PAGE_NUMBER.fullmatch(p.text) and holds(head, p.box) for p in heads):
        return True
    edge = any(
        abs(head[0] - x0) < 3 or abs(head[2] - x1) < 3 for x0, x1 in sheet.columns
    )
    below = [p.box for p in heads if not holds(head, p.box)]
    close = any(beside(head, box) > -9 for box in [*below, *drawn])
    return edge and not close and head[3] < 0.1 * sheet.height


def _text(sheet: Sheet) -> float:
    return sheet.columns[-1][1] - sheet.columns[0][0]
