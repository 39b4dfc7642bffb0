"""Words of a table: the printed text, with a box for each word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import pymupdf

from chatpaper.reading.geometry import union
from chatpaper.reading.lines import FLAGS, Span, TextLine, make_line
from chatpaper.reading.wording import repair
from chatpaper.records import Box

# MuPDF sets a space where two letters stand further apart than this (in ems).
_SPACE_EM = 0.15

_UNREAD = "\ufffd"
# Letters of fonts that do not say what they print; before a number it may be a minus.
_UNREAD_SIGN = re.compile(r"[\ue000-\uf8ff\ufffd](?=[\d.])")


class Word(NamedTuple):
    """Letters without white space between them.

    Attributes:
        box: In the frame in which the table reads from left to right.
        baseline: Of its largest letters, in that frame.
        size: Of its largest letters, in points.
        spans: Its parts, as the line that it is from has them.
    """

    box: Box
    baseline: float
    size: float
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """Its letters."""
        return "".join([span.text for span in self.spans])


class _Letter(NamedTuple):
    text: str
    box: Box


Letters = dict[tuple[float, float, float], list[_Letter]]


def text_of(words: Sequence[Word]) -> str:
    """What words print that follow one another on a line."""
    spans: list[Span] = []
    for word in words:
        if spans:
            spans.append(word.spans[0]._replace(text=" "))
        spans += word.spans
    line = make_line(0, 0, (1, 0), spans)
    return _readable(line.text) if line else ""


def _readable(text: str) -> str:
    """Text repaired; a sign that cannot be read shows where it may change a value."""
    text = _UNREAD_SIGN.sub(_UNREAD, text)
    whole = _UNREAD.join(repair(part) for part in text.split(_UNREAD)).strip()
    return whole or _UNREAD


def read_words(
    page: pymupdf.Page,
    lines: Iterable[TextLine],
    box: Box,
    turn: Callable[[Box], Box],
) -> list[Word]:
    """Words of some lines of a page.

    Args:
        page: An open page.
        lines: Its visible ones in the box.
        box: On the page.
        turn: Takes a box on the page into the frame in which the table is upright.
    """
    lines = list(lines)
    split = any(" " in span.text.strip() for line in lines for span in line.spans)
    letters = _letters(page, box) if split else {}
    return [word for line in lines for word in _words(line, letters, turn)]


def _key(box: Box) -> tuple[float, float, float]:
    return (round(box[0], 1), round(box[1], 1), round(box[3], 1))


def _letters(page: pymupdf.Page, box: Box) -> Letters:
    """Letters of each span in a box, by where the span begins."""
    wide = (box[0] - 40, box[1] - 10, box[2] + 40, box[3] + 10)
    content: Any = page.get_text("rawdict", flags=FLAGS, clip=wide)
    found: Letters = {}
    for block in content["blocks"]:
        for line in block["lines"]:
            for span in line["spans"]:
                letters = [_Letter(char["c"], char["bbox"]) for char in span["chars"]]
                if letters:
                    found[_key(span["bbox"])] = letters
    return found


def _words(
    line: TextLine,
    letters: Letters,
    turn: Callable[[Box], Box],
) -> Iterator[Word]:
    parts: list[tuple[Span, Box]] = []
    for span, frame in _parts(line, letters, turn):
        if parts and frame[0] - parts[-1][1][2] > _SPACE_EM * span.size_pt:
            yield _word(parts, upright=line.upright)
            parts = []
        parts.append((span, frame))
    if parts:
        yield _word(parts, upright=line.upright)


def _parts(
    line: TextLine,
    letters: Letters,
    turn: Callable[[Box], Box],
) -> Iterator[tuple[Span, Box]]:
    """Spans of a line cut at white space, each with its box in the frame."""
    for span in line.spans:
        if not span.text:
            yield span._replace(text=_UNREAD), turn(span.box)
            continue
        if span.text.isspace():
            continue
        if " " not in span.text:
            yield span, turn(span.box)
            continue
        known = letters.get(_key(span.box))
        if known is None or len(known) != len(span.text):
            known = _even(span)
        start = 0
        for end in range(len(known) + 1):
            if end < len(known) and not span.text[end].isspace():
                continue
            if end > start:
                boxes = [letter.box for letter in known[start:end]]
                box = union(boxes)
                yield span._replace(text=span.text[start:end], box=box), turn(box)
            start = end + 1


def _even(span: Span) -> list[_Letter]:
    """Letters of a span as if all were of one width."""
    x0, y0, x1, y1 = span.box
    step = (x1 - x0) / len(span.text)
    return [
        _Letter(char, (x0 + i * step, y0, x0 + (i + 1) * step, y1))
        for i, char in enumerate(span.text)
    ]


def _word(parts: Sequence[tuple[Span, Box]], *, upright: bool) -> Word:
    box = union([frame for _, frame in parts])
    main = max((span for span, _ in parts), key=lambda span: span.size_pt)
    baseline = main.origin_y if upright else box[3] - 0.22 * (box[3] - box[1])
    return Word(box, baseline, main.size_pt, tuple(span for span, _ in parts))
