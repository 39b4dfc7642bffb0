"""Names of authors on the first page, their marks, and what the marks lead to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatpaper.reading.front.organisations import (
    names_house,
    names_part,
)
from chatpaper.reading.pages.lines import (
    Span,
    TextLine,
)
from chatpaper.reading.pages.wording import (
    Joiner,
    repair,
)

SIGNS = "*†‡§¶⋆♯♮#∥⋄◦△♣♢♡♠"
_SAME = str.maketrans("∗＊★‖♦", "**⋆∥⋄")
CONTACT = re.compile(r"@|＠|https?:|www\.|\be-?mail\b|\.(?:edu|com|org)\b", re.I)
DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:received|accepted|dated?|submitted|revised)\b", re.I
)
_DATED = re.compile(
    r"\b(?:received|accepted|dated?|submitted|revised)\b|^[^\W\d]+ \d[\d, ]*$", re.I
)
_WORD = (
    r"(?:[^\W\d_a-z][^\s,;:()\d~]*|"
    r"(?:van|von|de|der|den|del|della|di|da|la|le|bin|ten|el|al)\b)"
)
NAME = re.compile(rf"(?:[Bb][Yy]\s+)?((?:{_WORD}[ ~]+){{1,5}}{_WORD})")
# Marks that are not raised: signs, and figures that close or open a word.
_PLAIN_MARK = re.compile(
    rf"([{SIGNS}])|(?<=[a-z])(\d{{1,2}})(?=[\s,;]|$)|"
    r"(?:^|(?<=[;,] ))(\d{1,2})(?=\s?[A-Z])"
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Part of a line: words, or one mark."""

    text: str
    is_mark: bool


def base_of(line: TextLine) -> float:
    """Y of the baseline of its largest characters: marks are raised."""
    largest = max(span.size_pt for span in line.spans)
    return max(span.origin_y for span in line.spans if span.size_pt > largest - 0.5)


def is_aside(text: str) -> bool:
    """Whether a line below the title is neither a name nor an institution."""
    bare = not re.search(r"[^\W\d_]{2}", text)
    return bool(DATE.search(text)) or text.startswith("(") or bare


def pieces_of(line: TextLine) -> list[_Piece]:
    """A line's words and marks: signs anywhere, raised figures and letters."""
    largest = max(span.size_pt for span in line.spans)
    base = base_of(line)
    pieces: list[_Piece] = []
    for span in line.spans:
        if _is_raised(span, largest, base) and len(span.text.strip()) < 12:
            marks = re.findall(rf"\d+|[a-z]|[{SIGNS}]", span.text.translate(_SAME))
            pieces += [_Piece(mark, is_mark=True) for mark in marks]
            continue
        for part in _PLAIN_MARK.split(span.text.translate(_SAME)):
            if part:  # None where another kind of mark stands
                is_mark = part in SIGNS or (part.isdigit() and len(part) < 3)
                pieces.append(_Piece(part, is_mark))
    return pieces


def _is_raised(span: Span, largest: float, base: float) -> bool:
    # Raised marks are set about a quarter smaller; small capitals stand on the line.
    return span.size_pt < 0.88 * largest and span.origin_y < base - 0.1 * largest


def author_of(line: TextLine) -> tuple[str, list[str]] | None:
    """The first name of a line and the marks behind it; None when it has none."""
    pieces = pieces_of(line)
    only_house = names_house(line.text) and "," not in line.text
    if only_house and not pieces[0].is_mark:
        return None
    while pieces and (pieces[0].is_mark or not pieces[0].text.strip()):
        pieces.pop(0)
    words = ""
    while pieces and not pieces[0].is_mark:
        words += pieces.pop(0).text
    text = re.split(r"[,;&]|\band\b|\s{3,}", words)[0].strip()
    match = NAME.fullmatch(text.replace("´", "").replace("¨", ""))
    if match is None or DATE.search(text):
        return None
    marks: list[str] = []
    if text == words.strip() or words.strip().rstrip(",") == text:
        for piece in pieces:
            if piece.is_mark:
                marks.append(piece.text)
            elif piece.text.strip(" ,") or (
                "," in piece.text and piece.text.strip() == "," and len(piece.text) > 1
            ):
                break
    return match[1], marks


def leading_marks(line: TextLine, following: TextLine) -> list[str]:
    """Return the marks at the head of a line that belong to the name before it."""
    # Four points keep rows apart here and below: raised marks move a baseline less.
    if abs(base_of(line) - base_of(following)) > 4:
        return []
    marks: list[str] = []
    for piece in pieces_of(following):
        if piece.is_mark:
            marks.append(piece.text)
        elif piece.text.strip(" ,"):
            break
    return marks


def marked_texts(
    lines: Sequence[TextLine], joiner: Joiner, *, prose: bool = False
) -> list[tuple[str, str]]:
    """Return the text of each mark, in order; a text runs on over unmarked lines.

    Below names a text runs on only if it speaks of an institution: it might be a
    name otherwise. In notes, which are `prose`, any text does.
    """
    found: list[tuple[list[str], list[str]]] = []
    above: TextLine | None = None
    for line in lines:
        entries, lead = _entries(line)
        continues = above is not None and _may_continue(above, line) and found
        if lead and continues and (prose or names_part(" ".join(found[-1][1]))):
            found[-1][1].append(lead)
        elif lead:
            found.append(([], [lead]))
        found += [(marks, [text]) for marks, text in entries]
        above = line
    return [
        (mark, joiner.join([repair(text) for text in texts]).strip(" ,;"))
        for marks, texts in found
        for mark in marks
    ]


def _entries(line: TextLine) -> tuple[list[tuple[list[str], str]], str]:
    """A line's marks that open a text, with that text; and what stands before them.

    A mark that closes a word (`Name†, Name‡`) opens nothing.
    """
    entries: list[tuple[list[str], str]] = []
    lead, marks, before = "", [], " "
    for piece in pieces_of(line):
        if piece.is_mark:
            marks.append(piece.text)
            continue
        if marks and not piece.text.strip():
            continue
        if marks and before[-1] in " ,;." and re.match(r"\s*\w", piece.text):
            entries.append((marks, piece.text))
        elif entries:
            entries[-1] = (entries[-1][0], entries[-1][1] + piece.text)
        else:
            lead += piece.text
        marks, before = [], piece.text
    if not entries and names_house(lead) and any(m.isalnum() for m in marks):
        return [(marks, lead.strip())], ""  # `University of Somewhere1`
    return [(marks, text.strip()) for marks, text in entries], lead.strip()


def _may_continue(above: TextLine, line: TextLine) -> bool:
    """Whether a line may continue the text of the one before it."""
    step = base_of(line) - base_of(above)
    # On the same row, or on the next one.
    near = -2 < step < 1.6 * max(line.size_pt, above.size_pt)
    if step > 4 and not (above.box[0] < line.box[2] and line.box[0] < above.box[2]):
        return False  # in another column
    return near and not CONTACT.search(line.text) and not _DATED.search(line.text)
