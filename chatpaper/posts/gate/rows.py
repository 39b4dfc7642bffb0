"""Blocks and sections as they must be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import NamedTuple

from chatpaper.posts.gate.known import (
    ExpectedClaim,
    ExpectedSegment,
    merged,
    text_part,
)


class ExpectedBlock(NamedTuple):
    """A block as it must be.

    Attributes:
        rule: Broken where it is missing.
        place: What it stands in, and the words on its fold.
        parts: Before its claims.
        claims: In it, in order.
        links_itself: Whether bare addresses in it are links.
        change: Old and new text, of which both must be read off the rest of the block.
        may_skip: Whether dots may stand for what did not change.
        any_order: Whether names between brackets or semicolons may change places.
    """

    rule: str
    place: tuple[tuple[str, ...], str]
    parts: tuple[ExpectedSegment, ...]
    claims: tuple[ExpectedClaim, ...] = ()
    links_itself: bool = False
    change: tuple[str, str] | None = None
    may_skip: bool = False
    any_order: bool = False


@dataclass(frozen=True, slots=True)
class ExpectedSection:
    """A heading and the rows below it.

    Attributes:
        level: Of the heading; 0 for what stands before the first.
        title: Folded.
        paper: Versioned id; empty where it is no paper's.
        rows: In order.
        barred: Folded words that no reader may see, each with the reason.
    """

    level: int
    title: str
    paper: str
    rows: tuple[ExpectedBlock, ...]
    barred: tuple[tuple[str, str], ...] = ()


def row_of(
    rule: str,
    *parts: ExpectedSegment,
    inside: tuple[str, ...] = (),
    fold_words: str = "",
    claims: Sequence[ExpectedClaim] = (),
    links_itself: bool = False,
    change: tuple[str, str] | None = None,
) -> ExpectedBlock:
    """A block of some parts, followed by some claims."""
    place = (inside, fold_words)
    return ExpectedBlock(
        rule, place, merged(parts), tuple(claims), links_itself, change
    )


def dotted(parts: Iterable[ExpectedSegment]) -> list[ExpectedSegment]:
    """Those parts that have words, with a dot between any two."""
    known = [part for part in parts if part.words]
    dots = chain([()], repeat((text_part("·"),)))
    return [p for dot, part in zip(dots, known, strict=False) for p in (*dot, part)]
