"""Printed rows of a table, and the chunks of each: words with no wide gap."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from chatpaper.reading.geometry import beside, stacked, tall, union
from chatpaper.reading.tables.words import Word, text_of
from chatpaper.records import Box

# Words of one cell stand no further apart (in ems): TeX's space is .25 to .33, a
# stretched one .5; columns of tables set tight are .6 apart.
_WIDE_EM = 0.62
_SLASH_EM = 1.6
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


class Row(NamedTuple):
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


def printed_rows(words: Sequence[Word], walls: Sequence[Box]) -> list[Row]:
    """Words in rows from the top; `walls` are the rules that stand upright."""
    if not words:
        return []
    usual = median(word.size for word in words)
    large = [word for word in words if word.size > 0.8 * usual]
    large = _with_small(large, [word for word in words if word.size <= 0.8 * usual])
    lines: list[list[Word]] = []
    for word in sorted(large, key=lambda word: word.baseline):
        if lines and word.baseline - lines[-1][0].baseline < 0.22 * word.size:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [_row(sorted(line, key=lambda w: w.box[0]), walls) for line in lines]


def _with_small(large: list[Word], small: Sequence[Word]) -> list[Word]:
    """Raised and lowered letters made parts of the words that they stand at."""
    words = list(large)
    for piece in sorted(small, key=lambda word: word.box[0]):
        near = [
            i
            for i, word in enumerate(words)
            if word.size > piece.size + 0.5
            and beside(word.box, piece.box) > 0.2 * tall(piece.box)
            and -0.9 * word.size < piece.box[0] - word.box[2] < 0.2 * word.size
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


def _row(words: Sequence[Word], walls: Sequence[Box]) -> Row:
    box = union(word.box for word in words)
    walls = [wall for wall in walls if beside(wall, box) > 0]
    groups = [[words[0]]]
    for left, right in pairwise(words):
        if _apart(left, right, walls):
            groups.append([right])
        else:
            groups[-1].append(right)
    middle = median(word.baseline for word in words)
    return Row(tuple(make_chunk(group) for group in groups), middle, box)


def _apart(left: Word, right: Word, walls: Sequence[Box]) -> bool:
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
    return gap > 0.1 * size and whole


def stands_between(wall: Box, left: Box, right: Box) -> bool:
    """Whether an upright rule parts two neighbours."""
    return (
        left[2] - 1.5 < wall[0] < right[0] + 1.5
        and beside(wall, left) > 0.3 * tall(left)
        and stacked(left, right) < 1
    )


def titled(row: Row) -> bool:
    """Whether a row is the title of a part: `(b) Backbones`."""
    return len(row.chunks) == 1 and _TITLE.match(row.chunks[0].text) is not None


def segments(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows of tables that stand one below the other as one, each with its own.

    A new one begins with a title as `(b) Backbones`, or where the head comes again.
    """
    if len(rows) == 1:
        return [list(rows)]
    found: list[list[Row]] = [[]]
    head = [word.text for word in rows[0].words]
    for row in rows:
        again = len(head) > 2 and [word.text for word in row.words] == head
        if found[-1] and (again or titled(row)):
            found.append([])
        found[-1].append(row)
    return found
