"""Boxes: how they meet, hold and lose parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chatpaper.records import Box

# Whole direction of writing, y downwards: (1, 0) to the right, (0, -1) upwards.
Direction = tuple[int, int]


def union(boxes: Iterable[Box]) -> Box:
    """Smallest box round n >= 1 boxes."""
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return (min(x0), min(y0), max(x1), max(y1))


def wide(box: Box) -> float:
    """Width in points."""
    return box[2] - box[0]


def tall(box: Box) -> float:
    """Height in points."""
    return box[3] - box[1]


def area(box: Box) -> float:
    """Area in square points, 0 for a box turned inside out."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def y_overlap(a: Box, b: Box) -> float:
    """Height that two boxes have in common; negative is the gap between them."""
    return min(a[3], b[3]) - max(a[1], b[1])


def x_overlap(a: Box, b: Box) -> float:
    """Width that two boxes have in common; negative is the gap between them."""
    return min(a[2], b[2]) - max(a[0], b[0])


def shared_area(a: Box, b: Box) -> float:
    """Area that two boxes have in common."""
    return max(0.0, x_overlap(a, b)) * max(0.0, y_overlap(a, b))


def holds(frame: Box, box: Box) -> bool:
    """Whether a box stands in a frame, give or take two points."""
    return (
        box[0] >= frame[0] - 2
        and box[1] >= frame[1] - 2
        and box[2] <= frame[2] + 2
        and box[3] <= frame[3] + 2
    )


def centred_in(frame: Box, box: Box) -> bool:
    """Whether the middle of a box stands in a frame."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return frame[0] <= x <= frame[2] and frame[1] - 1 <= y <= frame[3] + 1


def clear_of(box: Box, walls: Iterable[Box]) -> Box:
    """Cut the parts of a box that lie over walls, where it loses least."""
    for wall in walls:
        # Boxes of neighbours touch by a hair, which needs no cut.
        if x_overlap(box, wall) <= 0.2 or y_overlap(box, wall) <= 0.2:
            continue
        cuts = (
            (wall[2], box[1], box[2], box[3]),
            (box[0], wall[3], box[2], box[3]),
            (box[0], box[1], wall[0], box[3]),
            (box[0], box[1], box[2], wall[1]),
        )
        box = max(cuts, key=area)
    return box


def stack(boxes: Sequence[Box], gap: float) -> list[Box]:
    """Boxes joined into groups with white space between them, from the top."""
    groups: list[list[Box]] = []
    bottom = float("-inf")
    for box in sorted(boxes, key=lambda b: b[1]):
        if box[1] - bottom <= gap:
            groups[-1].append(box)
            bottom = max(bottom, box[3])
        else:
            groups.append([box])
            bottom = box[3]
    return [union(group) for group in groups]


def turn_box(box: Box, direction: Direction, width: float, height: float) -> Box:
    """Box on the sheet on which text of this direction is upright.

    Args:
        box: On the page.
        direction: Of the text; any but up and down leaves the box as it is.
        width: Of the page, in points.
        height: Of the page, in points.
    """
    x0, y0, x1, y1 = box
    if direction == (0, -1):
        return (height - y1, x0, height - y0, x1)
    if direction == (0, 1):
        return (y0, width - x1, y1, width - x0)
    return box


def turn_back(box: Box, direction: Direction, width: float, height: float) -> Box:
    """Box on the page of a box on the turned sheet: the inverse of `turn_box`."""
    x0, y0, x1, y1 = box
    if direction == (0, -1):
        return (y0, height - x1, y1, height - x0)
    if direction == (0, 1):
        return (width - y1, x0, width - y0, x1)
    return box
