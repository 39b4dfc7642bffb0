"""Which figure belongs to which caption, for all captions of a sheet at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from chatpaper.reading.floats.boxes import Layout
from chatpaper.reading.floats.captions import Caption
from chatpaper.reading.floats.content import FloatBox
from chatpaper.reading.geometry import area, shared_area

# Beyond this many captions on a page each one chooses for itself.
# Each caption has up to three choices: eight have 6,561, and each more thrice that.
_TOGETHER = 8
# Less than this is hardly content: the other side and what stands beside are tried.
_WEAK = 0.25

Side = bool | None  # above, below, neither


def place(
    layout: Layout, captions: Sequence[Caption]
) -> list[tuple[Caption, FloatBox]]:
    """Give each caption its figure, no figure twice; some may get none."""
    offers = [
        {
            upward: found
            for upward in (True, False)
            if (found := layout.look(caption, upward=upward))
        }
        for caption in captions
    ]
    sides = _sides(captions, offers)
    order = sorted(range(len(captions)), key=lambda i: _rank(offers[i], sides[i]))
    placed = []
    for i in order:
        found = _take(layout, captions[i], sides[i])
        if found:
            layout.placed_boxes.append(found.box)
            placed.append((captions[i], found))
    return placed


def _rank(offer: dict[bool, FloatBox], side: Side) -> tuple[bool, float]:
    """Sort ruled tables first, since their ends are sure, then by the best fit."""
    if side is None:
        return (True, 1.0)
    found = offer[side]
    return (not found.ruled, -found.score)


def _take(layout: Layout, caption: Caption, side: Side) -> FloatBox | None:
    sides = (True, False) if side is None else (side, not side)
    first = layout.look(caption, upward=sides[0])
    if side is not None and first and first.score >= _WEAK:
        return first
    second = layout.look(caption, upward=sides[1])
    found = [f for f in (first, second, layout.look_aside(caption)) if f]
    return max(found, key=lambda f: f.score, default=None)


def _sides(
    captions: Sequence[Caption], offers: Sequence[dict[bool, FloatBox]]
) -> tuple[Side, ...]:
    """The side of each caption on which its figure stands, best for all."""
    choices: list[tuple[Side, ...]] = [(*offer, None) for offer in offers]
    if len(captions) > _TOGETHER:
        return tuple(
            max(offer, key=lambda side: offer[side].score, default=None)
            for offer in offers
        )
    return max(product(*choices), key=lambda sides: _worth(captions, offers, sides))


def _worth(
    captions: Sequence[Caption],
    offers: Sequence[dict[bool, FloatBox]],
    sides: Sequence[Side],
) -> float:
    pairs = [
        (caption, offer[side])
        for caption, offer, side in zip(captions, offers, sides, strict=True)
        if side is not None
    ]
    worth = sum(found.score for _, found in pairs)
    for i, (one, a) in enumerate(pairs):
        for other, b in pairs[i + 1 :]:
            if _clash(one, a, other, b):
                # As much as a perfect fit earns.
                worth -= 1.0
    return worth


def _clash(one: Caption, a: FloatBox, other: Caption, b: FloatBox) -> bool:
    """Whether two captions want the same thing."""
    small, large = sorted((area(a.box), area(b.box)))
    # Neighbours may overlap at their edges.
    if shared_area(a.box, b.box) < 0.3 * small:
        return False
    # A table may stand in the space that a figure would fill: both get their part.
    return small > 0.75 * large or one.kind == other.kind
