"""A table's words, and the rows that they stand in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

import pymupdf

from chatpaper.reading.geometry import tall, union, x_overlap, y_overlap
from chatpaper.reading.pages.lines import (
    FLAGS,
    Span,
    TextLine,
    make_line,
)
from chatpaper.reading.pages.wording import (
    repair,
)
from chatpaper.records import Box

# --------------------------------------------------------------------------------------
# Words of a table: the printed text, with a box for each word.

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
    """Return the printed text of words that follow one another on a line."""
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
    # Beyond the box, so that spans which reach over its edge are found whole.
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
    """Return the letters of a span, assuming that all have one width."""
    x0, y0, x1, y1 = span.box
    step = (x1 - x0) / len(span.text)
    return [
        _Letter(char, (x0 + i * step, y0, x0 + (i + 1) * step, y1))
        for i, char in enumerate(span.text)
    ]


def _word(parts: Sequence[tuple[Span, Box]], *, upright: bool) -> Word:
    box = union([frame for _, frame in parts])
    main = max((span for span, _ in parts), key=lambda span: span.size_pt)
    # Turned letters are known by their box alone, whose lowest fifth is for descenders.
    baseline = main.origin_y if upright else box[3] - 0.22 * (box[3] - box[1])
    return Word(box, baseline, main.size_pt, tuple(span for span, _ in parts))


# --------------------------------------------------------------------------------------
# Printed rows of a table, and the chunks of each: words with no wide gap.

# Words of one cell stand no further apart (in ems): TeX's space is .25 to .33, a
# stretched one .5; columns of tables set tight are .6 apart.
_WIDE_EM = 0.62
_SLASH_EM = 1.6
# Scripts stand nearer; marks of notes also behind a blank.
_SCRIPT_EM, _BLANK_EM = 0.2, 0.34
# Thousands are set apart by a thin space, of 1/6 em.
_THIN_EM = 0.24
_THOUSAND = re.compile(r"\d{1,3} \d{3}(?:\.\d+)?")
_SIGN = r"[-+−–±~≈<>≤≥$€£(\[{†‡*\ufffd]*"
_NUMBER = re.compile(
    _SIGN + r"(?:\d[\d.,:/]*\d|\d|\.\d+)"
    r"(?:[%KMBGTxskm†‡*)]|e[-−+]?\d+|\(\d[\d.]*\)|\^.*)*"
)
_BEGINS = re.compile(_SIGN + r"\.?\d")
_YEAR = re.compile(r"\((?:19|20)\d\d[a-z]?\)")
_TITLE = re.compile(r"\([a-z]\)\s")
_ABSENT = frozenset({"-", "–", "—", "−", "✓", "✗", "×", "x", "N/A", "NA", "\ufffd"})


class Chunk(NamedTuple):
    """Words of a row that stand close together."""

    words: tuple[Word, ...]
    box: Box

    @property
    def text(self) -> str:
        """The words as printed."""
        return text_of(self.words)


class TableRow(NamedTuple):
    """Words on one baseline.

    Attributes:
        chunks: From left to right.
        baseline: Of most of its words.
        box: Round all of them.
    """

    chunks: tuple[Chunk, ...]
    baseline: float
    box: Box

    @property
    def words(self) -> list[Word]:
        """All of its words, from left to right."""
        return [word for chunk in self.chunks for word in chunk.words]


def is_value(text: str) -> bool:
    """Whether a cell holds a number, or says that there is none.

    Units and what stands in brackets are fewer letters than it has digits.
    """
    text = text.replace(" ", "")
    if text in _ABSENT:
        return True
    if not _BEGINS.match(text) or _YEAR.fullmatch(text):
        return False
    return sum(map(str.isalpha, text)) <= sum(map(str.isdigit, text))


def is_number(word: str) -> bool:
    """Whether a word is a whole number with its sign and unit."""
    return _NUMBER.fullmatch(word) is not None


def make_chunk(words: Sequence[Word]) -> Chunk:
    """A chunk of n >= 1 words."""
    return Chunk(tuple(words), union(word.box for word in words))


def printed_rows(words: Sequence[Word], walls: Sequence[Box]) -> list[TableRow]:
    """Words in rows from the top; `walls` are the rules that stand upright."""
    if not words:
        return []
    usual = median(word.size for word in words)
    # Scripts are smaller than that; heads and notes set a size smaller are not.
    large = [word for word in words if word.size > 0.8 * usual]
    large = _with_small(large, [word for word in words if word.size <= 0.8 * usual])
    lines: list[list[Word]] = []
    for word in sorted(large, key=lambda word: word.baseline):
        # Words of one row in other fonts drift a little; a row takes a whole line.
        if lines and word.baseline - lines[-1][0].baseline < 0.22 * word.size:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [_row(sorted(line, key=lambda w: w.box[0]), walls) for line in lines]


def _with_small(large: list[Word], small: Sequence[Word]) -> list[Word]:
    """Join raised and lowered letters to the words beside them."""
    words = list(large)
    for piece in sorted(small, key=lambda word: word.box[0]):
        near = [
            i
            for i, word in enumerate(words)
            # A script stands at the end of its word, or over and under that end.
            if word.size > piece.size + 0.5
            and y_overlap(word.box, piece.box) > 0.2 * tall(piece.box)
            and -0.9 < (piece.box[0] - word.box[2]) / word.size < _reach(piece)
        ]
        if not near:
            words.append(piece)
            continue
        at = min(near, key=lambda i: abs(piece.box[0] - words[i].box[2]))
        host = words[at]
        words[at] = host._replace(
            box=union([host.box, piece.box]), spans=(*host.spans, *piece.spans)
        )
    return words


def _reach(piece: Word) -> float:
    """How far a small word may stand from its host (in ems): a mark behind a blank."""
    is_mark = not any(map(str.isalnum, piece.text))
    return _BLANK_EM if is_mark else _SCRIPT_EM


def _row(words: Sequence[Word], walls: Sequence[Box]) -> TableRow:
    box = union(word.box for word in words)
    walls = [wall for wall in walls if y_overlap(wall, box) > 0]
    groups = [[words[0]]]
    for left, right in pairwise(words):
        if _are_two_cells(left, right, walls):
            groups.append([right])
        else:
            groups[-1].append(right)
    middle = median(word.baseline for word in words)
    return TableRow(tuple(make_chunk(group) for group in groups), middle, box)


def _are_two_cells(left: Word, right: Word, walls: Sequence[Box]) -> bool:
    gap = right.box[0] - left.box[2]
    size = max(left.size, right.size)
    if gap > _SLASH_EM * size:
        return True
    if any(stands_between(wall, left.box, right.box) for wall in walls):
        return True
    before, after = left.text, right.text
    # Of a cell with two values, one may be missing: `- / 50.1`.
    if before.endswith("/") or after.startswith("/"):
        return False
    if gap > _WIDE_EM * size:
        return True
    if gap < _THIN_EM * size and _THOUSAND.fullmatch(f"{before} {after}"):
        return False
    # Two whole numbers are two cells, however close they are.
    whole = is_number(before) and is_number(after) and not after.startswith(("(", "±"))
    # Nearer than that, two numbers are one that MuPDF has cut.
    return gap > 0.1 * size and whole


def stands_between(wall: Box, left: Box, right: Box) -> bool:
    """Whether an upright rule parts two neighbours."""
    return (
        # Letters may reach a little over a rule; it must stand beside a good part of
        # them.
        left[2] - 1.5 < wall[0] < right[0] + 1.5
        and y_overlap(wall, left) > 0.3 * tall(left)
        and x_overlap(left, right) < 1
    )


def is_title(row: TableRow) -> bool:
    """Whether a row is the title of a part: `(b) Backbones`."""
    return len(row.chunks) == 1 and _TITLE.match(row.chunks[0].text) is not None


def segments(rows: Sequence[TableRow]) -> list[list[TableRow]]:
    """Rows of tables that stand one below the other as one, each with its own.

    A new one begins with a title as `(b) Backbones`, or where the head comes again.
    """
    if len(rows) == 1:
        return [list(rows)]
    found: list[list[TableRow]] = [[]]
    head = [word.text for word in rows[0].words]
    for row in rows:
        again = len(head) > 2 and [word.text for word in row.words] == head
        if found[-1] and (again or is_title(row)):
            found.append([])
        found[-1].append(row)
    return found
