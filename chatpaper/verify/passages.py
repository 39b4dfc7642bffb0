"""What stands round the quotes of some claims: each stretch of the paper once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chatpaper.verify.evidence import Evidence, Piece, Spot, fold, words_of

# Characters on either side of a quote, before the stretch is widened to whole
# sentences. Measured over the four papers of a labelled set: see the README's table.
REACH = 400
# A repair has few claims, and may need what stands a little farther off.
REPAIR_REACH = 800
_SENTENCE_SLACK = 250  # a sentence's end is looked for so much farther out
# A gap this small between two stretches costs less than starting a new passage.
_GAP = 120
_END = re.compile(r"[.!?。！？][\"'”’)\]]*\s+|\n\s*\n")
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
        """Whether a place lies in it."""
        return (
            self.piece is spot.piece
            and self.start <= spot.start
            and spot.end <= self.end
        )

    @property
    def text(self) -> str:
        """The words, on lines as printed, under the caption they belong to."""
        words = self.piece.text[self.start : self.end].strip()
        lines = [" ".join(line.split()) for line in words.splitlines()]
        return "\n".join(filter(None, [self.piece.caption, *lines]))


def stretches(
    spots: Iterable[Spot], evidence: Evidence, *, reach: int = REACH
) -> tuple[Stretch, ...]:
    """The stretches that places of a paper stand in, in reading order.

    Args:
        spots: Where quotes stand.
        evidence: The paper.
        reach: Characters taken at either side, then up to the end of the sentence.
            Captions, notes and tables are taken whole.
    """
    order = {id(piece): nth for nth, piece in enumerate(evidence.pieces)}
    wide = sorted((order[id(s.piece)], *_widened(s, reach), s.piece) for s in spots)
    merged: list[tuple[Piece, int, int]] = []
    for _, start, end, piece in wide:
        if merged and merged[-1][0] is piece and start <= merged[-1][2] + _GAP:
            _, first, last = merged.pop()
            merged.append((piece, first, max(last, end)))
        else:
            merged.append((piece, start, end))
    return tuple(
        Stretch(label=_label(nth), piece=piece, start=start, end=end)
        for nth, (piece, start, end) in enumerate(merged)
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
    return [match.end() for match in _END.finditer(text, max(0, low), high)]


def _sentences(text: str) -> Sequence[tuple[int, int]]:
    ends = [match.end() for match in _END.finditer(text)]
    return list(zip([0, *ends], [*ends, len(text)], strict=True))


def _label(nth: int) -> str:
    letters = ""
    nth += 1
    while nth:
        nth, rest = divmod(nth - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
