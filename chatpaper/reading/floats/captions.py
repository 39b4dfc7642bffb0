"""Captions: where they begin and end, and running heads that look like one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from chatpaper.reading.floats.upright_page import (
    Piece,
    UprightPage,
)
from chatpaper.reading.geometry import holds, stack, tall, union, wide, y_overlap
from chatpaper.records import Box, FigureKind

# --------------------------------------------------------------------------------------
# Captions: where one starts, which lines it has, and what it says.

_LABEL = re.compile(
    r"(?P<label>(?:(?:extended\s+data|supplement(?:ary|al)|supp\.|online|appendix)\s+)?"
    r"(?P<word>fig(?:ur[ea]|\.)?|tab(?:leau|le|elle|la|\.)|abb(?:ildung|\.)|"
    r"algorithm|alg\.|procedure|protocol|specification|图(?![中和与像])|表(?![中和与示明]))\s*"
    r"(?P<number>(?:[a-z]{1,2}[.\-]?)?\d+(?:[.\-]\d+)*(?:[a-z]\b)?|[ivxlc]+\b|[a-z]\b))"
    r"(?P<mark>\s*(?:\((?:cont[^)]*)\))?\s*[:.|–—\-]*)(?=\s|$|[(A-Z])"
    r"(?!\s*(?:所示|给出|可知|可以|可见|中))\s*(?P<rest>.*)",
    re.IGNORECASE,
)
_LEADERS = re.compile(r"(?:\.\s*){4,}\d*$")
_CONTINUED = re.compile(
    r"^\W*\(?\s*cont(?:inued|d|\.|’d|'d)|\(cont(?:inued|\.|’d)", re.I
)
_INITIALS = frozenset("FTASEOP图表")  # Figure, Table, Algorithm, Supplementary ...
# What algorithms are called as well, but only in a ruled box: elsewhere such words
# open theorems and paragraphs.
_RULED = frozenset({"pr", "sp"})
_ENDS = (".", ":", "!", "?", ".)", "]", "”")
_KINDS: dict[str, FigureKind] = {
    "fi": "figure", "ab": "figure", "图": "figure", "ta": "table", "表": "table",
    "al": "algorithm", "pr": "algorithm", "sp": "algorithm",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Caption:
    """A caption on a sheet.

    Attributes:
        kind, label, text: As in `Figure`; the text is without the label.
        pieces: Indices of its lines on the sheet, from the top.
        box: On the sheet.
        strong: Whether its form alone proves it (a colon, a bold label).
        continued: Whether it says that it continues an earlier one.
    """

    kind: FigureKind
    label: str
    text: str
    pieces: tuple[int, ...]
    box: Box
    strong: bool
    continued: bool


@dataclass(frozen=True, slots=True)
class _Start:
    index: int
    kind: FigureKind
    label: str
    strong: bool


def may_be_caption(text: str) -> bool:
    """Whether a line begins with a float's label: quick, and often wrong."""
    return text[:1] in _INITIALS and _LABEL.match(text) is not None


def find_captions(sheet: UprightPage) -> list[Caption]:
    """Captions of a sheet from the top; a sentence on a figure is not one."""
    starts = [s for i in range(len(sheet.pieces)) if (s := _start(sheet, i))]
    in_captions = {start.index for start in starts}
    captions = []
    for start in starts:
        members = _members(sheet, start, in_captions)
        in_captions.update(members)
        caption = _caption(sheet, start, members)
        if caption.text or start.strong or caption.continued:
            captions.append(caption)
    return sorted(captions, key=lambda caption: caption.box[1])


def _start(sheet: UprightPage, index: int) -> _Start | None:
    """Whether a caption starts with this line."""
    piece = sheet.pieces[index]
    if piece.text[0] not in _INITIALS:
        return None
    found = _LABEL.match(piece.text)
    if found is None or not _capital(found["word"]):
        return None
    mark, rest, word = found["mark"].strip(), found["rest"], found["word"]
    kind = _KINDS[word[:2].lower()]
    if _LEADERS.search(rest) or (found["number"].islower() and kind != "figure"):
        return None
    bold = piece.spans[0].bold and not sheet.style.bold
    distinct = bold or (word.isupper() and len(word) > 3)
    # Sizes that differ less are one, from fonts of different scales.
    smaller = piece.size < sheet.style.size_pt - 0.35
    flows = _continues_sentence(sheet, index)
    if not (mark or rest) and sheet.on_baseline(index):
        return None
    in_ruled_box = kind == "algorithm" and distinct and sheet.rule_over(piece.box)
    if not in_ruled_box and (
        word[:2].lower() in _RULED
        or not _is_caption(mark, rest, distinct=distinct, smaller=smaller, flows=flows)
    ):
        return None
    label = " ".join(found["label"].split())
    strong = mark.startswith((":", "|")) or distinct
    return _Start(index, kind, label, strong)


def _is_caption(
    mark: str, rest: str, *, distinct: bool, smaller: bool, flows: bool
) -> bool:
    opens = _capital(rest) or not rest[:1].isalpha()
    if mark.startswith((":", "|", "–", "—", "-")):
        return distinct or not flows
    if mark.startswith("."):
        return (distinct or not flows) and (distinct or smaller or opens)
    if not rest:
        return (distinct or smaller) and not flows
    return (distinct or smaller) and not flows and _capital(rest)


def _capital(text: str) -> bool:
    """Whether it begins with a letter that is no small one; Chinese has no others."""
    return text[:1].isalpha() and not text[:1].islower()


def _continues_sentence(sheet: UprightPage, index: int) -> bool:
    """Whether the line goes on with the sentence of the line above it."""
    piece = sheet.pieces[index]
    above = sheet.above(index)
    if above is None or abs(above.size - piece.size) > 0.45:
        return False
    step = piece.baseline - above.baseline
    usual = sheet.style.leading_pt * min(1.0, piece.size / sheet.style.size_pt)
    # Further down than rounding allows a new piece of text begins.
    if step > usual + 0.9 or sheet.rule_between(above, piece):
        return False
    if above.text.endswith(_ENDS):
        # A paragraph's short last line may stand right above a caption.
        return above.block == piece.block and above.box[2] > piece.box[2] - 12
    return len(above.text) > 3 and (
        above.text[-1].isalpha() or above.text[-1] in ",;-–)"
    )


def _members(sheet: UprightPage, start: _Start, in_captions: set[int]) -> list[int]:
    """Indices of the caption's lines, its first one included."""
    pieces = sheet.pieces
    first = pieces[start.index]
    members = [start.index]
    members += [
        i
        for i in sheet.on_baseline(start.index)
        if i not in in_captions
        # What stands behind a label in a row is its text; farther off, the next column.
        and 0 <= pieces[i].box[0] - first.box[2] < 3 * first.size
        and pieces[i].block == first.block
    ]
    box = union(pieces[i].box for i in members)
    leading, last = 0.0, first
    while True:
        row = [
            i
            for i in sheet.below(last, box)
            if i not in in_captions and i not in members
        ]
        if not row or any(i in in_captions for i in row):
            break
        step = pieces[row[0]].baseline - last.baseline
        if not _belongs(sheet, [pieces[i] for i in row], last, box, first, leading):
            break
        leading = max(leading, step) if leading else step
        members += row
        last = pieces[row[0]]
        box = union([box, *(pieces[i].box for i in row)])
    return members


def _belongs(
    sheet: UprightPage,
    row: Sequence[Piece],
    last: Piece,
    box: Box,
    first: Piece,
    leading: float,
) -> bool:
    """Whether a row of text below the caption's last line belongs to it."""
    nxt, size = row[0], first.largest
    step = nxt.baseline - last.baseline
    # The first step is not known yet; the rows of a caption keep it.
    limit = 1.25 * leading if leading else 1.62 * size
    alike = any(
        # By its main or its largest letters: rows may be mostly scripts.
        abs(piece.size - first.size) < 0.65 or abs(piece.largest - size) < 0.65
        for piece in row
    )
    if step > limit or not alike:
        return False
    if sheet.rule_between(last, nxt):
        return False
    wide = max(box[2] - box[0], 1)
    if nxt.block != last.block:
        # A row that ends so far from the edge may be the caption's last.
        short = last.box[2] < box[2] - 0.1 * wide
        if leading and step > leading + 1.2:
            return False
        if short and last.text.endswith((".", "]", ")")) and leading:
            return False
    gaps = [b.box[0] - a.box[2] for a, b in pairwise(row)]
    # Gaps as wide part the cells of a table below.
    return not any(gap > 1.6 * size for gap in gaps)


def _caption(sheet: UprightPage, start: _Start, members: Sequence[int]) -> Caption:
    pieces = [sheet.pieces[i] for i in members]
    text = _one_paragraph([piece.text for piece in pieces])
    found = _LABEL.match(text)
    rest = found["rest"] if found else text
    opening = (found["mark"] if found else "") + rest[:40]
    return Caption(
        start.kind,
        start.label,
        rest.strip(),
        tuple(members),
        union(piece.box for piece in pieces),
        start.strong,
        bool(_CONTINUED.search(opening)),
    )


def _one_paragraph(texts: Sequence[str]) -> str:
    """Lines as one paragraph, words split at a line's end put together."""
    whole = ""
    for text in texts:
        if re.search(r"[a-zà-ÿ]-$", whole) and text[:1].islower():
            whole = whole[:-1] + text
        else:
            whole = f"{whole} {text}" if whole else text
    return " ".join(whole.split())


# --------------------------------------------------------------------------------------
# Finds where the running head of a page ends.

_PAGE_NUMBER = re.compile(r"\d+(?:[:.\-]\d+)?")


def header_bottom(sheet: UprightPage, free: Sequence[Piece]) -> float:
    """Height of the running head's lower end, 0 where there is none."""
    # Running heads are looked for in the page's upper tenth and a little below.
    limit = 0.1 * sheet.height
    # What stands beside the columns is a stamp or a line's number.
    left = max(0.09 * sheet.width, sheet.columns[0][0])
    right = min(0.91 * sheet.width, sheet.columns[-1][1])
    known = [
        p.box[3]
        for p in sheet.apart
        if p.box[3] < 1.5 * limit and p.box[2] > left and p.box[0] < right
    ]
    heads = [p for p in free if p.box[3] < 1.4 * limit]
    if known:
        bottom = max(known)
    elif heads and _is_header(sheet, heads):
        bottom = stack([p.box for p in heads], gap=3.0)[0][3]
    else:
        bottom = 0.0
    for rule in sheet.rules:
        # The rule under a running head is nearer than a line; it is as wide as the
        # text.
        under = -2 < rule[1] - bottom < 14 if bottom else rule[1] < 0.7 * limit
        if under and wide(rule) > 0.8 * _text(sheet):
            return rule[3] + 0.5
    return bottom


def _is_header(sheet: UprightPage, heads: Sequence[Piece]) -> bool:
    """Whether the uppermost text is a running head and not a label of a figure."""
    head = stack([p.box for p in heads], gap=3.0)[0]
    # Text close under a rule is the head row of a table.
    if any(-2 < head[1] - rule[1] < 9 for rule in sheet.rules):
        return False
    drawn = [mark.box for mark in sheet.marks if not mark.image]
    # Higher than two rows of small type, or amid drawings, it belongs to a figure.
    if tall(head) > 20 or any(y_overlap(head, box) > -5 for box in drawn):
        return False
    if any(_PAGE_NUMBER.fullmatch(p.text) and holds(head, p.box) for p in heads):
        return True
    edge = any(
        abs(head[0] - x0) < 3 or abs(head[2] - x1) < 3 for x0, x1 in sheet.columns
    )
    below = [p.box for p in heads if not holds(head, p.box)]
    close = any(y_overlap(head, box) > -9 for box in [*below, *drawn])
    return edge and not close and head[3] < 0.1 * sheet.height


def _text(sheet: UprightPage) -> float:
    return sheet.columns[-1][1] - sheet.columns[0][0]
