"""A table's columns, by its rules and by the places of its words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple

from chatpaper.reading.geometry import tall, wide
from chatpaper.reading.tables.rows import Chunk, TableRow, is_number, make_chunk
from chatpaper.records import Box

# --------------------------------------------------------------------------------------
# Finds columns of a table: places where its chunks stand one below the other.

# Boxes that share less than this (in points) do not stand one below the other.
_TOUCH_PT = 1.0
# Letters set to one edge differ by their own white space.
_ALIGNED_PT = 2.0
# A boundary crossed so much more often than kept is a chance gap in words.
# Rows from the top in which a head over a gap is looked for.
_HEADS = 3
_CROSSED = 8
_CROSSED_ONCE = 3


class Column(NamedTuple):
    """Range of x of a column's chunks."""

    left: float
    right: float


def find_columns(rows: Sequence[TableRow]) -> list[Column]:
    """Columns from left to right: ranges of chunks that overlap.

    A chunk over two chunks of another row spans columns, and makes none; nor does
    one that is alone in its row, which may be a title, unless it may be a label of
    several rows.
    """
    middle = (min(row.box[0] for row in rows) + max(row.box[2] for row in rows)) / 2
    split_rows = [row for row in rows if len(row.chunks) > 1]
    labels = [row for row in rows if len(row.chunks) == 1 and row.box[2] < middle]
    chunks = [chunk for row in (split_rows or rows) for chunk in row.chunks]
    chunks += [chunk for row in labels if split_rows for chunk in row.chunks]
    spans = _span_test(rows)
    single = [chunk.box for chunk in chunks if not spans(chunk.box)]
    columns = _merge_boxes(single or [chunk.box for chunk in chunks])
    columns = [part for column in columns for part in _split(column, rows)]
    columns = _without_chance_gaps(columns, rows)
    return [c for c in columns if not _only_names(c, rows)] or columns


def _span_test(rows: Sequence[TableRow]) -> Callable[[Box], bool]:
    """Return a test of whether a box stands over two chunks of one row."""
    gaps = sorted(
        (left.box[2] - _touch(left.box), right.box[0] + _touch(right.box))
        for row in rows
        for left, right in pairwise(row.chunks)
    )
    starts = [start for start, _ in gaps]
    # For each gap the nearest end of it and of all that start further right.
    ends = list(accumulate((end for _, end in reversed(gaps)), min))[::-1]

    def spans(box: Box) -> bool:
        at = bisect_right(starts, box[0])
        return at < len(ends) and ends[at] < box[2]

    return spans


def _touch(box: Box) -> float:
    return min(_TOUCH_PT, 0.5 * wide(box))


def _merge_boxes(boxes: Sequence[Box]) -> list[Column]:
    columns: list[Column] = []
    for box in sorted(boxes, key=lambda box: box[0]):
        if columns and box[0] < columns[-1].right - _TOUCH_PT:
            last = columns[-1]
            columns[-1] = Column(last.left, max(last.right, box[2]))
        else:
            columns.append(Column(box[0], box[2]))
    return columns


def _split(column: Column, rows: Sequence[TableRow]) -> list[Column]:
    """Split a column where most of its rows have several chunks in it.

    A head that just touches the columns on both sides of a gap makes one of them.
    """
    inside = [
        [
            chunk.box
            for chunk in row.chunks
            if column.left - 1 < chunk.box[0] and chunk.box[2] < column.right + 1
        ]
        for row in rows
    ]
    several = [boxes for boxes in inside if len(boxes) > 1]
    if len(several) <= sum(len(boxes) == 1 for boxes in inside):
        return [column]
    return _merge_boxes([box for boxes in several for box in boxes])


def _only_names(column: Column, rows: Sequence[TableRow]) -> bool:
    """Whether a column is but a head that stands over the gap of two others."""
    rows_inside = [
        row
        for row in rows
        for chunk in row.chunks
        if column.left - 1 < chunk.box[0] and chunk.box[2] < column.right + 1
    ]
    fullest = max(len(row.chunks) for row in rows)
    return (
        len(rows_inside) == 1
        and any(row is rows_inside[0] for row in rows[:_HEADS])
        and len(rows_inside[0].chunks) < fullest
        and fullest > 1
    )


def _without_chance_gaps(
    columns: Sequence[Column], rows: Sequence[TableRow]
) -> list[Column]:
    """Remove the boundaries of columns that hardly a row keeps."""
    result: list[Column] = []
    for column in columns:
        if result and not _is_boundary(result[-1], column, rows):
            result[-1] = Column(result[-1].left, column.right)
        else:
            result.append(column)
    return result


def _is_boundary(left: Column, right: Column, rows: Sequence[TableRow]) -> bool:
    parted = crossed = 0
    for row in rows:
        if len(row.chunks) < 2:
            continue
        ranges = [_covers(chunk.box, left, right) for chunk in row.chunks]
        if (True, True) in ranges:
            crossed += 1
        elif (True, False) in ranges and (False, True) in ranges:
            parted += 1
    most = _CROSSED * parted if parted > 1 else _CROSSED_ONCE * parted
    return crossed < most or not crossed


def _covers(box: Box, left: Column, right: Column) -> tuple[bool, bool]:
    return (
        min(box[2], left.right) - max(box[0], left.left) > _TOUCH_PT,
        min(box[2], right.right) - max(box[0], right.left) > _TOUCH_PT,
    )


def columns_under(box: Box, columns: Sequence[Column]) -> list[int]:
    """Indices of the columns that a box stands in, of the nearest one if in none."""
    touch = _touch(box)
    found = []
    for i, (left, right) in enumerate(columns):
        if left >= box[2]:
            break
        if min(box[2], right) - max(box[0], left) > touch:
            found.append(i)
    if found:
        return found
    middle = (box[0] + box[2]) / 2
    return [
        min(
            range(len(columns)),
            key=lambda i: max(columns[i].left - middle, middle - columns[i].right),
        )
    ]


def split_chunk(
    chunk: Chunk, columns: Sequence[Column], tails: Sequence[Sequence[Box]]
) -> list[Chunk]:
    """Cut a chunk into one for each column, if each piece is set as its column is.

    Args:
        chunk: Over more than one column.
        columns: Of the table.
        tails: For each column the boxes known to be its own.
    """
    over = columns_under(chunk.box, columns)
    groups: dict[int, list[int]] = {}
    for i, word in enumerate(chunk.words):
        at = columns_under(word.box, columns)
        if len(at) != 1:
            return [chunk]
        groups.setdefault(at[0], []).append(i)
    if len(groups) < 2 or sorted(groups) != over:
        return [chunk]
    pieces = [make_chunk([chunk.words[i] for i in groups[at]]) for at in sorted(groups)]
    if not _gaps_separate(pieces):
        return [chunk]
    aligned = [
        _is_aligned(piece.box, tails[at])
        for at, piece in zip(over, pieces, strict=True)
    ]
    return pieces if all(aligned) else [chunk]


def _gaps_separate(pieces: Sequence[Chunk]) -> bool:
    """Whether the pieces stand further apart than the words within them."""
    inner = [b.box[0] - a.box[2] for piece in pieces for a, b in pairwise(piece.words)]
    outer = [
        b.box[0] - a.box[2]
        for a, b in pairwise(pieces)
        if not is_number(b.words[0].text)
    ]
    # Wider by more than a row's uneven blanks.
    return not inner or not outer or min(outer) > 1.15 * max(inner)


def _is_aligned(box: Box, others: Sequence[Box]) -> bool:
    """Whether a box shares its left, middle or right with one column's boxes."""
    if not others:
        return False
    x0, x1 = box[0], box[2]
    hits = max(
        sum(abs(x0 - other[0]) < _ALIGNED_PT for other in others),
        sum(abs(x1 - other[2]) < _ALIGNED_PT for other in others),
        sum(abs(x0 + x1 - other[0] - other[2]) < 2 * _ALIGNED_PT for other in others),
    )
    return hits >= 0.5 * len(others)


# --------------------------------------------------------------------------------------
# Finds the rules of a table, across and upright ones.

# Thicker are bars and filled cells; shorter, below, are minus signs and fractions.
_THIN_PT = 2.6
_SHORT_PT = 4.0
# Parts of one rule, drawn cell by cell, lie within a line's thickness.
_LEVEL_PT = 1.2
# LaTeX parts the rules under two groups of a head by 5 pt.
_GAP_PT = 3.5
# A rule across the table may end a little before the widest row.
_WHOLE = 0.9


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules of a table.

    Attributes:
        across: Parts of rules across, from the top.
        upright: Rules between columns; LaTeX draws one for each row.
        whole: Heights of the rules over the width of the table, from the top.
    """

    across: tuple[Box, ...]
    upright: tuple[Box, ...]
    whole: tuple[float, ...]

    @property
    def middle(self) -> tuple[float, ...]:
        """Middle of the widest rule, nothing where there is none."""
        widest = max(self.across, key=wide, default=None)
        return () if widest is None else ((widest[0] + widest[2]) / 2,)

    def cut(self, upper: float, lower: float, left: float, right: float) -> bool:
        """Whether a rule lies between two heights over the middle of a range of x."""
        middle = (left + right) / 2
        return any(
            upper < rule[1] < lower and rule[0] <= middle <= rule[2]
            for rule in self.across
        )

    def under(self, box: Box, limit: float) -> Box | None:
        """The nearest rule below a box and above a limit, None without one."""
        middle = (box[0] + box[2]) / 2
        found = [
            rule
            for rule in self.across
            if box[3] - 3 < rule[1] < limit and rule[0] <= middle <= rule[2]
        ]
        return min(found, key=lambda rule: rule[1], default=None)

    def groups(self, box: Box) -> bool:
        """Whether a rule of its own joins what stands below a box."""
        rule = self.under(box, box[3] + _LEVEL_PT + tall(box))
        return (
            rule is not None
            and rule[1] not in self.whole
            and rule[0] < box[0] + 1
            and rule[2] > box[2] - 1
        )


def find_rules(marks: Iterable[Box], frame: Box) -> Rules:
    """Rules among the boxes painted in a table's frame."""
    inside = [
        box
        for box in marks
        # A table's outermost rules lie outside the box of its words.
        if box[0] < frame[2] + 3
        and box[2] > frame[0] - 3
        and box[1] > frame[1] - 4
        and box[3] < frame[3] + 4
    ]
    across = sorted(
        (box for box in inside if tall(box) < _THIN_PT and wide(box) > _SHORT_PT),
        key=lambda box: (round(box[1]), box[0]),
    )
    upright = [box for box in inside if wide(box) < _THIN_PT and tall(box) > _SHORT_PT]
    return Rules(tuple(across), tuple(upright), tuple(_whole(across, frame)))


def _whole(across: Sequence[Box], frame: Box) -> list[float]:
    heights: list[list[Box]] = []
    for rule in across:
        if heights and abs(rule[1] - heights[-1][0][1]) < _LEVEL_PT:
            heights[-1].append(rule)
        else:
            heights.append([rule])
    return [level[0][1] for level in heights if _is_whole(level, frame)]


def _is_whole(level: Sequence[Box], frame: Box) -> bool:
    """Whether parts at one height reach over the table without a gap."""
    start = min(rule[0] for rule in level)
    end = start
    for rule in sorted(level):
        if rule[0] - end > _GAP_PT:
            return False
        end = max(end, rule[2])
    return start < frame[0] + _SHORT_PT and end - start > _WHOLE * wide(frame)
