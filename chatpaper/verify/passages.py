"""Passages of the paper round the quotes of some claims, each shown once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chatpaper.text import compact, fold, sentence_ends, words_of
from chatpaper.verify.printed_text import PrintedText, TextBlock, TextSpan

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
_HEAD_LINES = 2  # the head's row, and the first below it
_NEAREST = 2  # sentences shown for a quote that the paper does not have
_MIN_WORD = 4  # letters; shorter words are mostly articles and prepositions
_MIN_SHARED = 1 / 3  # of a quote's words; sentences with fewer are about other things


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPassage:
    """A part of one block of the paper that is shown with some claims.

    Attributes:
        label: Names it among the others: `A`, `B` ... `AA`.
        block: Of the paper.
        start, end: Offsets into the block's text.
    """

    label: str
    block: TextBlock
    start: int
    end: int

    def contains(self, span: TextSpan) -> bool:
        """Whether a span lies in it, or in the caption above it."""
        if self.block is not span.block:
            return bool(self.caption) and compact(span.block.text) == self.caption
        return self.start <= span.start and span.end <= self.end

    @property
    def caption(self) -> str:
        """Of a table, compacted; empty for running text."""
        return compact(self.block.caption)

    @property
    def text(self) -> str:
        """The words, on lines as printed; a table's under its caption and head."""
        whole = self.block.text
        head = whole.splitlines()[:_HEAD_LINES] if self.caption and self.start else []
        lines = [*head, *whole[self.start : self.end].strip().splitlines()]
        shown = (" ".join(line.split()) for line in (self.block.caption, *lines))
        return "\n".join(filter(None, shown))


def shown_passages(
    spans: Iterable[tuple[TextSpan, int]], printed: PrintedText
) -> tuple[ShownPassage, ...]:
    """The passages round some spans of a paper, in reading order.

    Args:
        spans: Where quotes stand, and how many characters are shown at either side of
            each, then up to the end of the sentence; twice as many in captions, notes
            and tables.
        printed: The paper.
    """
    order = {id(block): nth for nth, block in enumerate(printed.blocks)}
    widened = sorted(
        (order[id(span.block)], *_widened(span, reach), span.block)
        for span, reach in spans
    )
    merged: list[tuple[TextBlock, int, int]] = []
    for _, start, end, block in widened:
        if merged and merged[-1][0] is block and start <= merged[-1][2] + _GAP:
            _, first, last = merged.pop()
            merged.append((block, first, max(last, end)))
        else:
            merged.append((block, start, end))
    tables = {compact(block.caption) for block, _, _ in merged} - {""}
    alone = [run for run in merged if compact(run[0].text) not in tables]
    return tuple(
        ShownPassage(label=_label(nth), block=block, start=start, end=end)
        for nth, (block, start, end) in enumerate(alone)
    )


def nearest_sentences(quote: str, printed: PrintedText) -> tuple[TextSpan, ...]:
    """The sentences that share most of a quote's longer words, best first.

    They show what a model may have meant by a quote that the paper does not have.
    """
    wanted = {word for word in words_of(quote) if len(word) >= _MIN_WORD}
    if not wanted:
        return ()
    scored: list[tuple[int, TextSpan]] = []
    for block in printed.blocks:
        in_block = wanted & set(words_of(block.text))
        if len(in_block) < _MIN_SHARED * len(wanted):
            continue
        for start, end in _sentences(block.text):
            shared = len(in_block & set(words_of(block.text[start:end])))
            if shared >= _MIN_SHARED * len(wanted):
                scored.append((shared, TextSpan(block=block, start=start, end=end)))
    scored.sort(key=lambda item: -item[0])
    return tuple(span for _, span in scored[:_NEAREST])


def places_of(
    words: str, printed: PrintedText, *, most: int = 2
) -> tuple[TextSpan, ...]:
    """Where the paper prints some words letter by letter, first places first."""
    wanted = fold(words).strip()
    found: list[TextSpan] = []
    pattern = re.compile(rf"(?<![\w.]){re.escape(wanted)}(?![\w]|\.\d)")
    for block in printed.blocks if wanted else ():
        for match in pattern.finditer(block.text.casefold()):
            if match.end() <= len(block.text):
                found.append(
                    TextSpan(block=block, start=match.start(), end=match.end())
                )
            if len(found) == most:
                return tuple(found)
    return tuple(found)


def _widened(span: TextSpan, reach: int) -> tuple[int, int]:
    """Whole sentences round a place; a table, a caption or a note twice as far."""
    text = span.block.text
    if span.block.caption and span.end <= _TABLE_CHARS:
        return 0, min(len(text), _TABLE_CHARS)
    reach = reach if span.block.lines else 2 * reach
    low, high = max(0, span.start - reach), min(len(text), span.end + reach)
    if not span.block.lines:
        end = text.find(" ", high)
        start = text.rfind(" ", 0, low) + 1 if low else 0
        return start, end if end >= 0 else len(text)
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
