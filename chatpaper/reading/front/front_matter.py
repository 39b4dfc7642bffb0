"""The title and the abstract, and where each of them begins and ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatpaper.reading.front.abstract import (
    TAIL,
    Abstract,
    find_abstract,
)
from chatpaper.reading.headings import Heading
from chatpaper.reading.headings.weighing import (
    ABSTRACT,
    heading_text,
    without_letter_spacing,
)
from chatpaper.reading.layout.order import (
    Row,
)
from chatpaper.reading.layout.paragraphs import (
    Writer,
)
from chatpaper.reading.pages.lines import (
    BodyStyle,
)
from chatpaper.reading.pages.wording import (
    repair,
)
from chatpaper.records import SectionKind
from chatpaper.text import compact

# --------------------------------------------------------------------------------------
# The paper's title on its first page, found by size, place and words.

# What is printed large above a title: journals, publishers, stamps.
_IMPRINT = re.compile(
    r"(?:science ?direct|contents lists|available online|journal (?:homepage|of)\b|"
    r"elsevier|springer|\bissn\b|\bdoi\b|https?:|www\.|\bvol(?:ume|\.) ?\d|"
    r"physica [a-e]\b|"
    r"(?:draft|preprint) version|typeset using|proceedings of|published (?:by|as|in)|"
    r"show your work|^r?apport|^(?:technical report|working paper)\b.{0,12}$|"
    r"^(?:article|letter|review|research(?: article| paper)?|original \w+)$|"
    r"open access|under review|author\(s\):|stable url|source:)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^title:\s*", re.IGNORECASE)
_MARKED_END = re.compile(r"\s*\^?\{?[*∗†‡§¶⋆]+\}?$")
_MOST_ROWS = 6
_LARGEST = 2.2  # times the text's size; larger letters are emblems


def find_title(top: Sequence[Row], style: BodyStyle, hint: str = "") -> tuple[str, int]:
    """Title and the index of the row after it; empty and 0 where there is none.

    Args:
        top: Rows before the first heading.
        style: Of the document.
        hint: What the file says its title is; it only helps to choose.
    """
    page = top[0].page if top else 1
    first = [row for row in top if row.page == page]
    groups = _groups(first)
    end = next((i for i, r in enumerate(first) if ABSTRACT.match(r.text)), len(first))
    scored = [
        # Below the abstract no group wins but where nothing stands above it.
        (_score(first[a:b], style, hint) - (20 if a >= end else 0), -a, b)
        for a, b in groups
    ]
    if not scored:
        return "", 0
    _, start, stop = max(scored)
    return _text(first[-start:stop]), stop


def _groups(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Find runs of rows that are set alike and stand near each other."""
    groups: list[tuple[int, int]] = []
    for at, row in enumerate(rows):
        above = rows[at - 1] if at else None
        if (
            above
            and _alike(above, row)
            and not _IMPRINT.search(row.text)
            and row.main.bold == above.main.bold
            and row.step is not None
            # Titles are set closer than the names below them.
            and 0 < row.step < 1.75 * _size(row)
            and at - groups[-1][0] < _MOST_ROWS
        ):
            groups[-1] = (groups[-1][0], at + 1)
        else:
            groups.append((at, at + 1))
    return groups


def _alike(above: Row, row: Row) -> bool:
    """Whether two rows have letters of one size; small capitals count as theirs."""
    # Rounding; a subtitle is a step of type smaller.
    if abs(_size(row) - _size(above)) < 0.5:
        return True
    sizes = [{s.size_pt for s in r.spans if s.text.strip()} for r in (above, row)]
    return row.text.isupper() and above.text.isupper() and bool(sizes[0] & sizes[1])


def _size(row: Row) -> float:
    return max(span.size_pt for span in row.spans)


def _text(rows: Sequence[Row]) -> str:
    parts = [" ".join(heading_text(row.spans).split()) for row in rows]
    return repair(_LABEL.sub("", _MARKED_END.sub("", " ".join(parts))))


def _score(rows: Sequence[Row], style: BodyStyle, hint: str) -> float:
    """Points for a group of rows: size first, then words."""
    text = _text(rows)
    words = (
        len(re.findall(r"[^\W\d_]{2,}", text)) + len(re.findall("[一-鿿]", text)) // 3
    )
    size = min(_size(rows[0]) / style.size_pt, _LARGEST)
    # A tenth of the text's size is a point: bold type is worth a fifth, a journal's
    # name costs one whole size.
    points = 10 * size + (2 if rows[0].main.bold else 0)
    points -= 6 if words < 2 else 3 if words < 3 else 0
    points -= 10 if _IMPRINT.search(text) or _LABELLED.match(text) else 0
    points -= 5 if len(text) > 250 or "@" in text else 0
    if hint and compact(hint) and compact(hint) in compact(text):
        points += 8
    return points


_LABELLED = re.compile(r"(?:abstract|keywords?|contents)\b", re.IGNORECASE)


# --------------------------------------------------------------------------------------
# Headings added where the abstract and the text begin without one.

# Fewer rows than this before a heading are keywords, dates and addresses.
_TEXT_ROWS = 8


def with_front(
    rows: Sequence[Row],
    headings: Sequence[Heading],
    abstract: Abstract | None,
    below: int,
    style: BodyStyle,
) -> list[Heading]:
    """Headings with the places at which the abstract and the text begin unmarked.

    Args:
        rows: Running text of all pages.
        headings: Found in it.
        abstract: Its rows.
        below: Row after the title.
        style: Of the document.

    Returns:
        In reading order; those that were added have no title and take up no row.
    """
    result = list(headings)
    end = below
    if abstract:
        end = abstract.end
        inside = range(abstract.start, end)
        result = [h for h in result if h.first not in inside or h.kind == "abstract"]
        if not any(h.first == abstract.heading for h in result):
            result.append(_abstract_heading(rows, abstract))
    stop = min((h.first for h in result if h.first >= end), default=len(rows))
    text = _text_start(rows, end, stop, style)
    if abstract and text > end:
        result.append(_untitled(end, "front"))
    if text < stop:
        result.append(_untitled(text, "section"))
    return sorted(result, key=lambda h: (h.first, h.last))


def _abstract_heading(rows: Sequence[Row], abstract: Abstract) -> Heading:
    at, start, skip = abstract.heading, abstract.start, abstract.skip
    if skip:
        title = rows[at].text[:skip].rstrip(" .:：—–-")
        return Heading(at, at, skip, 1, None, title, "abstract")
    if at == start:
        return Heading(at, at - 1, 0, 1, None, "", "abstract")
    return Heading(
        at, at, 0, 1, None, without_letter_spacing(rows[at].text), "abstract"
    )


def _untitled(at: int, kind: SectionKind) -> Heading:
    return Heading(at, at - 1, 0, 1, None, "", kind)


def _text_start(rows: Sequence[Row], start: int, stop: int, style: BodyStyle) -> int:
    """First row of running text between two rows; `stop` where there is none."""
    if stop - start < _TEXT_ROWS:
        return stop
    for at in range(start, stop - 3):
        # Four rows in a row: one alone may be an address or a keyword's.
        if all(_is_text(row, style) for row in rows[at : at + 4]):
            return at if stop - at >= _TEXT_ROWS else stop
    return stop


def _is_text(row: Row, style: BodyStyle) -> bool:
    # Wider than addresses and dates; the last row of a paragraph may be short.
    wide = row.box[2] - row.box[0] > 0.6 * (row.right - row.left)
    usual = abs(row.main.size_pt - style.size_pt) < 0.6
    return wide and usual and not TAIL.match(row.text) and "@" not in row.text


# --------------------------------------------------------------------------------------
# Reads the title and the abstract from the first pages.


@dataclass(frozen=True, slots=True)
class Front:
    """Title and abstract as printed; empty where not found."""

    title: str
    abstract: str


def read_front(
    rows: Sequence[Row],
    headings: Sequence[Heading],
    writer: Writer,
    style: BodyStyle,
    hint: str = "",
) -> tuple[Front, list[Heading]]:
    """Read the front matter.

    Args:
        rows: Running text of all pages.
        headings: Found in it.
        writer: Joins rows.
        style: Of the document.
        hint: What the file says its title is.

    Returns:
        What was read, and the headings with those places at which the abstract and
        the text begin without one.
    """
    first = min((h.first for h in headings), default=len(rows))
    title, below = find_title(
        [row for row in rows[:first] if row.page <= 2], style, hint
    )
    abstract = find_abstract(rows, headings, below, style)
    all_headings = with_front(rows, headings, abstract, below, style)
    text = ""
    if abstract:
        body = rows[abstract.start : abstract.end]
        text = _tidy(writer.write(body, skip=abstract.skip)[0])
    return Front(title, text), all_headings


def _tidy(text: str) -> str:
    """Return an abstract as one paragraph."""
    return " ".join(text.split()).lstrip("—–-.:： ")
