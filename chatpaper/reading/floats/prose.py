"""Running text and headings of a sheet: what no float may hold."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

from chatpaper.reading.floats.upright_page import (
    Piece,
    UprightPage,
)
from chatpaper.reading.geometry import (
    area,
    holds,
    shared_area,
    tall,
    union,
    wide,
    x_overlap,
)
from chatpaper.records import Box

# Of a page, at most: the largest.
_FRAMES = 60
# Edges that differ less are one edge.
_NEAR_PT = 3.0
# A rule next to a title or caption is nearer than a line of text.
_ADJACENT_PT = 14.0
# Farther in no paragraph begins.
_INDENT_PT = 40.0
# Between a rule and a table's row next to it there is less white.
_ROW_GAP_PT = 7.0
_EQUATION_NUMBER = re.compile(r"\([A-Z]?\.?\d+(?:\.\d+)?[a-z]?\)")
# Publishers' old fonts have the equals sign at the place of a quarter.
_RELATION = re.compile(r"[=≡≤≥<>≈∝∈→∼¼]")


def find_prose(
    sheet: UprightPage, in_caption: Collection[int], spans: Collection[Box]
) -> set[int]:
    """Indices of the pieces that are paragraphs or headings.

    Text within a drawn frame or between rules of one width is neither, unless it is
    set just like the running text; text in a span that `ruled_span` found never is,
    nor is a listing.
    """
    rest = [
        i
        for i, piece in enumerate(sheet.pieces)
        if i not in in_caption and not piece.mono
    ]
    wide_ones = _wide_lines(sheet, rest)
    found = wide_ones | _justified_lines(sheet, rest)
    found -= _in_frames(sheet, found)
    found |= _headings(sheet, rest) | _equations(sheet, rest)
    found |= _paragraph_ends(sheet, rest, found & wide_ones)
    return {i for i in found if not any(holds(s, sheet.pieces[i].box) for s in spans)}


def ruled_span(sheet: UprightPage, caption: Box, walls: Iterable[Box]) -> Box | None:
    """Space between the rule next to a caption and its twin, None without them.

    A rule under the title of an algorithm, or next to the caption of a table, and
    the next one of its width hold whatever stands between them.
    """
    walls = list(walls)
    for downward in (True, False):
        gap = [
            (rule[1] - caption[3] if downward else caption[1] - rule[3], rule)
            for rule in sheet.rules
            if x_overlap(rule, caption) > 0.5 * min(wide(rule), wide(caption))
            and wide(rule) > 60
        ]
        near = [(d, rule) for d, rule in gap if -3 < d < _ADJACENT_PT]
        if not near:
            continue
        first = min(near)[1]
        span = _chain(sheet, first, walls, downward=downward)
        if span:
            return span
    return None


def _chain(
    sheet: UprightPage, first: Box, walls: Sequence[Box], *, downward: bool
) -> Box | None:
    """Return the space from a rule over its twins, while rows stand close to each."""
    sign = 1 if downward else -1
    twins = sorted(
        (
            rule
            for rule in sheet.rules
            if sign * (rule[1] - first[1]) > 6 and _twins(rule, first)
        ),
        key=lambda rule: sign * rule[1],
    )
    if not twins:
        return None
    span = union([first, twins[0]])
    if any(shared_area(span, wall) > 4 for wall in walls):
        return None
    for one, other in pairwise(twins):
        upper, lower = (one, other) if downward else (other, one)
        rows = [
            p.box
            for p in sheet.pieces
            if x_overlap(p.box, upper) > 0 and upper[1] < _mid(p.box) < lower[1]
        ]
        whole = union([span, other])
        if any(shared_area(whole, wall) > 4 for wall in walls):
            break
        if rows and (
            min(row[1] for row in rows) - upper[3] > _ROW_GAP_PT
            or lower[1] - max(row[3] for row in rows) > _ROW_GAP_PT
        ):
            break
        span = whole
    return span


def _mid(box: Box) -> float:
    return (box[1] + box[3]) / 2


def _twins(a: Box, b: Box) -> bool:
    return abs(a[0] - b[0]) < _NEAR_PT and abs(a[2] - b[2]) < _NEAR_PT


def _wide_lines(sheet: UprightPage, rest: Collection[int]) -> set[int]:
    """Lines with the width and the words of running text.

    One such line alone may be a label, unless it starts where a paragraph does.
    """
    found = {i for i in rest if _is_wide(sheet, sheet.pieces[i])}
    lefts = [x0 for x0, _ in sheet.columns]
    lines = set()
    for i in found:
        piece = sheet.pieces[i]
        in_paragraph = any(
            j in found and _follow(piece, sheet.pieces[j]) for j in (i - 1, i + 1)
        )
        starts = piece.font == sheet.style.font and any(
            -_NEAR_PT < piece.box[0] - left < _INDENT_PT for left in lefts
        )
        if in_paragraph or starts:
            lines.add(i)
    return lines


def _follow(one: Piece, other: Piece) -> bool:
    step = abs(one.baseline - other.baseline)
    # Of one size, and one line apart.
    return abs(one.size - other.size) < 0.65 and 0.5 < step / one.size < 1.6


def _is_wide(sheet: UprightPage, piece: Piece) -> bool:
    column = min(x1 - x0 for x0, x1 in sheet.columns)
    words = piece.text.count(" ") + 1
    width = wide(piece.box)
    body = sheet.style.size_pt
    if not _wordy(piece):
        return False
    # Smaller print is prose only if it is nearly as wide as the column: labels are set
    # small.
    if abs(piece.size - body) < 0.65 and width > 0.55 * column and words >= 4:
        return True
    return piece.size > 0.7 * body and width > 0.8 * column and words >= 8


def _wordy(piece: Piece) -> bool:
    # Numbers, signs and blanks make up more of cells and formulas.
    return sum(map(str.isalpha, piece.text)) >= 0.55 * len(piece.text)


def _justified_lines(sheet: UprightPage, rest: Collection[int]) -> set[int]:
    """Lines of narrow paragraphs, as beside a figure: three of one left and right."""
    blocks: defaultdict[int, list[int]] = defaultdict(list)
    for i in rest:
        piece = sheet.pieces[i]
        like_body = abs(piece.size - sheet.style.size_pt) < 0.35
        if like_body and piece.font == sheet.style.font and wide(piece.box) > 90:
            blocks[piece.block].append(i)
    found: set[int] = set()
    for members in blocks.values():
        boxes = [sheet.pieces[i].box for i in members]
        right = max(box[2] for box in boxes)
        left = min(box[0] for box in boxes)
        full = [b for b in boxes if b[0] - left < _NEAR_PT and right - b[2] < _NEAR_PT]
        wordy = [i for i in members if _wordy(sheet.pieces[i])]
        # Two lines may share both edges by chance.
        if len(full) >= 3 and len(wordy) > 0.6 * len(members):
            found.update(members)
    return found


def _headings(sheet: UprightPage, rest: Collection[int]) -> set[int]:
    """Lines at the left of a column, alone there, bolder or larger than the text."""
    style = sheet.style
    found: set[int] = set()
    for i in rest:
        piece = sheet.pieces[i]
        # Bold or, by the name of TeX's font, in small capitals.
        loud = (piece.bold and not style.bold) or "CSC" in piece.font.upper()
        # Small capitals made of a smaller size.
        loud |= piece.text.isupper() and piece.largest > piece.size + 1
        large = piece.largest > style.size_pt + 0.8 and _same_family(sheet, piece)
        if not (loud or large) or not piece.visible:
            continue
        if (
            _starts_or_centres(sheet, piece)
            # Not smaller than the text, nor as large as words of a poster.
            and -0.2 < piece.largest - style.size_pt < 0.8 * style.size_pt
            and piece.text.count(" ") < 14
            and sum(map(str.isalpha, piece.text)) > 3
            and not any(wide(sheet.pieces[j].box) > 30 for j in sheet.on_baseline(i))
        ):
            found.add(i)
    return found


def _equations(sheet: UprightPage, rest: Collection[int]) -> set[int]:
    """Rows with a number in brackets at the edge of a column, and a relation."""
    found: set[int] = set()
    for i in rest:
        piece = sheet.pieces[i]
        x0, _, x1, _ = piece.box
        for left, right in sheet.columns:
            edge = abs(x0 - left) < _NEAR_PT or abs(x1 - right) < _NEAR_PT
            if not edge or not _EQUATION_NUMBER.fullmatch(piece.text):
                continue
            row = [
                j
                for j in sheet.on_baseline(i)
                if j in rest
                and left - _NEAR_PT < sheet.pieces[j].box[0]
                and sheet.pieces[j].box[2] < right + _NEAR_PT
            ]
            if any(_RELATION.search(sheet.pieces[j].text) for j in row):
                found.update([i, *row])
    return found


def _starts_or_centres(sheet: UprightPage, piece: Piece) -> bool:
    """Whether a line stands at the left of a column, or in its middle as a heading."""
    x0, _, x1, _ = piece.box
    if any(abs(x0 - left) < _NEAR_PT for left, _ in sheet.columns):
        return True
    return _same_family(sheet, piece) and any(
        abs(x0 + x1 - left - right) < 2 * _NEAR_PT for left, right in sheet.columns
    )


def _same_family(sheet: UprightPage, piece: Piece) -> bool:
    """Whether a piece's font is of the running text's family, by its name."""
    family = sheet.style.font.rpartition("+")[2][:2]
    return piece.font.rpartition("+")[2].startswith(family)


def _in_frames(sheet: UprightPage, found: Collection[int]) -> set[int]:
    """Return the found lines that stand in a frame or between a table's rules."""
    column = min(x1 - x0 for x0, x1 in sheet.columns)
    strong = {
        i
        for i in found
        if sheet.pieces[i].font == sheet.style.font
        # Set over the whole column as only running text is.
        and wide(sheet.pieces[i].box) > 0.93 * column
    }
    frames = [
        mark.box
        for mark in sheet.marks
        # So high and wide a frame can hold a line of text.
        if not mark.image and tall(mark.box) > 14 and wide(mark.box) > 60
    ]
    # A page of a thousand drawn parts has few frames that matter.
    frames = sorted(frames, key=area, reverse=True)[:_FRAMES]
    not_prose: set[int] = set()
    for frame in frames + _rule_pairs(sheet):
        inside = {i for i in found if holds(frame, sheet.pieces[i].box)}
        if len(inside & strong) < 2:
            not_prose |= inside
    return not_prose


def _rule_pairs(sheet: UprightPage) -> list[Box]:
    """Spaces between neighbouring rules of one width, one above the other."""
    pairs = []
    rules = [rule for rule in sheet.rules if wide(rule) > 40][:200]
    for i, upper in enumerate(rules):
        for lower in rules[i + 1 :]:
            if _twins(upper, lower) and lower[1] - upper[1] > 4:
                pairs.append((upper[0], upper[1], upper[2], lower[3]))
                break
    return pairs


def _paragraph_ends(
    sheet: UprightPage, rest: Collection[int], prose: Collection[int]
) -> set[int]:
    """Short lines that stand in a paragraph with wide ones."""
    found: set[int] = set()
    for i in rest:
        if i not in prose and any(
            j in prose and _in_paragraph(sheet.pieces[i], sheet.pieces[j])
            for j in (i - 1, i + 1)
        ):
            found.add(i)
    return found


def _in_paragraph(piece: Piece, other: Piece) -> bool:
    """Whether a short line goes on with the paragraph of a wide one."""
    step = piece.baseline - other.baseline
    # One line apart: neither on one baseline nor in the next paragraph.
    if not 0.5 * piece.size < abs(step) < 1.45 * other.size:
        return False
    alike = abs(other.size - piece.size) < 0.65
    flush = abs(other.box[0] - piece.box[0]) < 2
    if other.block == piece.block:
        return alike or flush
    return step > 0 and flush and _wordy(piece) and piece.text.count(" ") > 2
