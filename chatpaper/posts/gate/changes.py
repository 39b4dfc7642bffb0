"""Whether what a post shows of a change is all of the change, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from chatpaper.posts.gate.rendered import Segment, fold


class _Passage(NamedTuple):
    """What is read of the old and of the new text between two dots."""

    old: str
    new: str


def tells(
    segments: Sequence[Segment], change: tuple[str, str], *, may_skip: bool
) -> bool:
    """Whether the old and the new text can both be read off, arrows left aside.

    Args:
        segments: Running text, and what is struck out or put in.
        change: The two texts.
        may_skip: Whether dots may stand for what is the same in both texts, and only
            for that.
    """
    if {s.kind for s in segments} - {"text", "del", "ins"}:
        return False
    old, new = (_bare(words) for words in change)
    passages = _passages(segments, may_skip=may_skip)
    if not (old.startswith(passages[0].old) and new.startswith(passages[0].new)):
        return False
    ends = {len(passages[0].old)}
    shift = len(passages[0].new) - len(passages[0].old)
    for passage in passages[1:]:
        ends = _ends(passage, ends, shift, old, new)
        shift += len(passage.new) - len(passage.old)
    return len(old) in ends and len(old) + shift == len(new)


def _ends(
    passage: _Passage, starts: set[int], shift: int, old: str, new: str
) -> set[int]:
    """Where in the old text a passage may end that follows some dots.

    The dots begin at one of `starts`, and stand for what is the same in both texts; the
    place in the new text is by `shift` further on.
    """
    ends = set()
    is_same = False
    for place in range(len(old) + 1):
        is_same = is_same or place in starts
        if not is_same:
            continue
        if old.startswith(passage.old, place) and new.startswith(
            passage.new, place + shift
        ):
            ends.add(place + len(passage.old))
        is_same = old[place : place + 1] == new[place + shift : place + shift + 1]
    return ends


def _passages(segments: Sequence[Segment], *, may_skip: bool) -> list[_Passage]:
    passages = [_Passage("", "")]
    for segment in segments:
        parts = [segment.text]
        if may_skip and segment.kind == "text":
            parts = segment.text.split("…")
        for nth, part in enumerate(parts):
            passages += [_Passage("", "")] if nth else []
            old, new = passages[-1]
            words = _bare(part)
            passages[-1] = _Passage(
                old + (words if segment.kind != "ins" else ""),
                new + (words if segment.kind != "del" else ""),
            )
    return passages


def _bare(words: str) -> str:
    return fold(words).replace("→", "")
