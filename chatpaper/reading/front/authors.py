"""The authors, as the first page prints them.

Rows that hold nothing but names, below the title. Where it is not plain which words
are names there is no answer: a wrong author is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chatpaper.reading.front.affiliations import front_zone
from chatpaper.reading.front.author_marks import (
    CONTACT,
    DATE,
    NAME,
    base_of,
    is_aside,
    pieces_of,
)
from chatpaper.reading.front.organisations import names_house, names_part
from chatpaper.reading.pages.lines import TextLine
from chatpaper.reading.pages.wording import repair

MOST = 100
MOST_WORDS = 3  # of a name, initials and particles aside
IN_A_LIST = 2  # commas of a line that goes on in the next one
# Behind a name; no part of it.
_TITLE = re.compile(
    r"(?:(?:senior |student |graduate student |associate |life )?member|fellow|ieee|"
    r"ph\.? ?d\.?|m\.? ?d\.?|m\.?sc\.?|jr\.?|[ivx]+)",
    re.I,
)
_BETWEEN = re.compile(r"[,;&•·|]|\band\b|\s{3,}")
_OPENS = re.compile(r"^(?:by|authors?:)\s+", re.I)
_WORD = re.compile(r"[^\W\d_]{2,}")
_LONG = re.compile(r"(?<![^\s~])[^\W\d_a-z][^\s~.]+(?![^\s~])")


def printed_authors(lines: Sequence[TextLine], title: str) -> tuple[str, ...]:
    """The authors in printed order; empty when the page does not say them plainly.

    Args:
        lines: All upright lines of the first page.
        title: Of the paper, as printed on it.
    """
    zone = front_zone(lines, title)
    at = next((i for i, line in enumerate(zone) if not is_aside(line.text)), None)
    if at is None:
        return ()
    first = zone[at]
    places = (i for i, line in enumerate(zone) if i > at and _is_place(line.text))
    above = zone[at : next(places, len(zone))]
    # In another type, and not in the list: an author, or else who knows what.
    if any(not _alike(line, first) and _names(_words(line)) for line in above):
        return ()
    names: list[str] = []
    for text in _joined([line for line in zone[at:] if _alike(line, first)]):
        found = _names(text)
        # A word alone, or many without a comma, may be part of a name or two of them.
        if any(len(_LONG.findall(name)) > MOST_WORDS for name in found):
            return ()
        if not found and _WORD.fullmatch(text.strip(" ,*")) and not names_part(text):
            return ()
        names += found
    if len(names) > MOST:
        return ()
    return tuple(dict.fromkeys(names))


def _joined(lines: Sequence[TextLine]) -> Iterator[str]:
    """The words of lines, marks as commas; a list of names goes on over lines."""
    text, above = "", None
    for line in lines:
        words = _words(line)
        below = above is not None and 4 < base_of(line) - base_of(above) < 30
        if below and text.count(",") >= IN_A_LIST and not _is_place(words):
            text = f"{text} {words}"
        else:
            if text:
                yield text
            text = words
        above = line
    if text:
        yield text


def _words(line: TextLine) -> str:
    return "".join("," if piece.is_mark else piece.text for piece in pieces_of(line))


def _names(text: str) -> list[str]:
    """The names of a text that holds nothing else; none of any other."""
    parts = [part.strip(" ~.*") for part in _BETWEEN.split(_OPENS.sub("", text))]
    parts = [part for part in parts if part and not _TITLE.fullmatch(part)]
    if CONTACT.search(text) or DATE.search(text) or not all(map(_is_name, parts)):
        return []
    return [" ".join(repair(part).replace("~", " ").split()) for part in parts]


def _is_place(text: str) -> bool:
    return names_part(text) or names_house(text) or bool(CONTACT.search(text))


def _is_name(text: str) -> bool:
    plain = text.replace("´", "").replace("¨", "").replace("`", "")
    return bool(NAME.fullmatch(plain)) and not (names_part(text) or names_house(text))


def _alike(line: TextLine, first: TextLine) -> bool:
    return line.font == first.font and abs(line.size_pt - first.size_pt) < 0.6
