"""What stands round the quotes of some claims: each stretch of the paper once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chatpaper.text import compact, fold, sentence_ends, words_of
from chatpaper.verify.evidence import Evidence, Piece, Spot

# Characters on either side of a quote, before the stretch is widened to whole
# sentences: for a claim that rests on one quote, and for one that brings several, which
# hold its names and conditions themselves. Of 60 lies about four papers a reader found
# all with 250 and with 400 characters, and blamed the same four of 70 honest claims.
REACH = 300
REACH_OF_MANY = 60
# A repair has few claims, and may need what stands a little farther off.
REPAIR_REACH = 800
_SENTENCE_SLACK = 250  # a sentence's end is looked for so much farther out
# A gap this small between two stretches costs less than starting a new passage.
_GAP = 120
_TABLE_CHARS = 1200  # most tables are shown whole
_HEAD_LINES = 2
_NEAREST = 2  # sentences shown for a quote that the paper does not have


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A run of one piece of the paper that is shown with some claims.

    Attributes:
        label: Names it among the others: `A`, `B` ... `AA`.
        piece: Of the paper.
        start, end: Offsets into the piece's text.
    """

    label: str
    piece: Piece
    start: int
    end: int

    def holds(self, spot: Spot) -> bool:
        """Whether a place lies in it, or in the caption above it."""
        if self.piece is not spot.piece:
            return bool(self.caption) and compact(spot.piece.text) == self.caption
        return self.start <= spot.start and spot.end <= self.end

    @property
    def caption(self) -> str:
        """Of a table, compacted; empty for running text."""
        return compact(self.piece.caption)

    @property
    def text(self) -> str:
        """The words, on lines as printed; a table's under its caption and head."""
        whole = self.piece.text
        head = whole.splitlines()[:_HEAD_LINES] if self.caption and self.start else []
        lines = [*head, *whole[self.start : self.end].strip().splitlines()]
        shown = (" ".join(line.split()) for line in (self.piece.caption, *lines))
        return "\n".join(filter(None, shown))


def stretches(
    spots: Iterable[tuple[Spot, int]], evidence: Evidence
) -> tuple[Stretch, ...]:
    """The stretches that places of a paper stand in, in reading order.

    Args:
        spots: Where quotes stand, and how many characters are taken at either side of
            each, then up to the end of the sentence; of captions, notes and tables
            twice as many.
        evidence: The paper.
    """
    order = {id(piece): nth for nth, piece in enumerate(evidence.pieces)}
    wide = sorted(
        (order[id(spot.piece)], *_widened(spot, reach), spot.piece)
        for spot, reach in spots
    )
    merged: list[tuple[Piece, int, int]] = []
    for _, start, end, piece in wide:
        if merged and merged[-1][0] is piece and start <= merged[-1][2] + _GAP:
            _, first, last = merged.pop()
            merged.append((piece, first, max(last, end)))
        else:
            merged.append((piece, start, end))
    tables = {compact(piece.caption) for piece, _, _ in merged} - {""}
    alone = [run for run in merged if compact(run[0].text) not in tables]
    return tuple(
        Stretch(label=_label(nth), piece=piece, start=start, end=end)
        for nth, (piece, start, end) in enumerate(alone)
    )


def nearest(quote: str, evidence: Evidence) -> tuple[Spot, ...]:
    """The sentences that share most of a quote's longer words, best first.

    For quotes that the paper does not have: what the model may have meant.
    """
    wanted = {word for word in words_of(quote) if len(word) > 3}
    if not wanted:
        return ()
    scored: list[tuple[int, Spot]] = []
    for piece in evidence.pieces:
        held = wanted & set(words_of(piece.text))
        if len(held) * 3 < len(wanted):
            continue
        for start, end in _sentences(piece.text):
            shared = len(held & set(words_of(piece.text[start:end])))
            if shared * 3 >= len(wanted):
                scored.append((shared, Spot(piece=piece, start=start, end=end)))
    scored.sort(key=lambda item: -item[0])
    return tuple(spot for _, spot in scored[:_NEAREST])


def places_of(words: str, evidence: Evidence, *, most: int = 2) -> tuple[Spot, ...]:
    """Where the paper prints some words letter by letter, first places first."""
    wanted = fold(words).strip()
    found: list[Spot] = []
    pattern = re.compile(rf"(?<![\w.]){re.escape(wanted)}(?![\w]|\.\d)")
    for piece in evidence.pieces if wanted else ():
        for match in pattern.finditer(piece.text.casefold()):
            if match.end() <= len(piece.text):
                found.append(Spot(piece=piece, start=match.start(), end=match.end()))
            if len(found) == most:
                return tuple(found)
    return tuple(found)


def _widened(spot: Spot, reach: int) -> tuple[int, int]:
    """Whole sentences round a place; a table, a caption or a note twice as far."""
    text = spot.piece.text
    if spot.piece.caption and spot.end <= _TABLE_CHARS:
        return 0, min(len(text), _TABLE_CHARS)
    if not spot.piece.lines:
        return max(0, spot.start - 2 * reach), min(len(text), spot.end + 2 * reach)
    low, high = max(0, spot.start - reach), min(len(text), spot.end + reach)
    starts = _ends(text, low - _SENTENCE_SLACK, low)
    ends = _ends(text, high, high + _SENTENCE_SLACK)
    start = starts[-1] if starts and low else text.rfind(" ", 0, low) + 1
    end = ends[0] if ends and high < len(text) else text.find(" ", high)
    return start, end if end >= 0 else len(text)


def _ends(text: str, low: int, high: int) -> list[int]:
    """Where sentences end within a stretch."""
    return list(sentence_ends(text, max(0, low), high, before="anything"))


def _sentences(text: str) -> Sequence[tuple[int, int]]:
    ends = list(sentence_ends(text, before="anything"))
    return list(zip([0, *ends], [*ends, len(text)], strict=True))


def _label(nth: int) -> str:
    letters = ""
    nth += 1
    while nth:
        nth, rest = divmod(nth - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
