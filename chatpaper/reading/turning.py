"""Pages whose text runs up or down the sheet, turned upright to be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from chatpaper.reading.lines import TextLine
from chatpaper.records import Box

Turn = tuple[int, int]


def turn_box(box: Box, turn: Turn, width: float, height: float) -> Box:
    """Box on the turned sheet of a box on the page; sizes are the page's own."""
    x0, y0, x1, y1 = box
    if turn == (0, -1):  # written upwards
        return (height - y1, x0, height - y0, x1)
    if turn == (0, 1):  # written downwards
        return (y0, width - x1, y1, width - x0)
    return box


def turn_back(box: Box, turn: Turn, width: float, height: float) -> Box:
    """Box on the page of a box on the turned sheet; sizes are the page's own."""
    x0, y0, x1, y1 = box
    if turn == (0, -1):
        return (y0, height - x1, y1, height - x0)
    if turn == (0, 1):
        return (width - y1, x0, width - y0, x1)
    return box


def turn_upright(
    lines: Sequence[TextLine], width: float, height: float
) -> tuple[list[TextLine], Turn]:
    """Turn a page whose text mostly runs up or down.

    Args:
        lines: Of the page.
        width: Of the page, in points.
        height: Of the page, in points.

    Returns:
        The lines, upright, and the direction they had; most pages stay as they are.
    """
    weights: Counter[Turn] = Counter()
    for line in lines:
        x, y = line.direction
        weights[round(x), round(y)] += len(line.text)
    turn = weights.most_common(1)[0][0] if weights else (1, 0)
    if turn not in ((0, -1), (0, 1)) or weights[turn] < 0.7 * weights.total():
        return list(lines), (1, 0)
    return [_turn_line(line, turn, width, height) for line in lines], turn


def _turn_line(line: TextLine, turn: Turn, width: float, height: float) -> TextLine:
    x, y = line.direction
    direction = (-y, x) if turn == (0, -1) else (y, -x)
    box = turn_box(line.box, turn, width, height)
    # The baseline lies a fifth of the height above the box's foot.
    baseline = box[3] - 0.2 * (box[3] - box[1])
    spans = tuple(
        span._replace(box=turn_box(span.box, turn, width, height), origin_y=baseline)
        for span in line.spans
    )
    return replace(line, box=box, spans=spans, direction=direction, baseline=baseline)
