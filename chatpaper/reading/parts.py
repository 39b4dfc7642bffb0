"""The parts of a paper: title page, abstract, text, bibliography."""

from __future__ import annotations

from collections.abc import Sequence

from chatpaper.reading.abstract import TAIL, Abstract
from chatpaper.reading.headings import Heading
from chatpaper.reading.headings.names import closed
from chatpaper.reading.lines import BodyStyle
from chatpaper.reading.order import Row
from chatpaper.records import SectionKind

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
    kept = list(headings)
    end = below
    if abstract:
        end = abstract.end
        inside = range(abstract.start, end)
        kept = [h for h in kept if h.first not in inside or h.kind == "abstract"]
        if not any(h.first == abstract.heading for h in kept):
            kept.append(_headed(rows, abstract))
    stop = min((h.first for h in kept if h.first >= end), default=len(rows))
    text = _text_start(rows, end, stop, style)
    if abstract and text > end:
        kept.append(_mark(end, "front"))
    if text < stop:
        kept.append(_mark(text, "section"))
    return sorted(kept, key=lambda h: (h.first, h.last))


def _headed(rows: Sequence[Row], abstract: Abstract) -> Heading:
    at, start, skip = abstract.heading, abstract.start, abstract.skip
    if skip:
        title = rows[at].text[:skip].rstrip(" .:：—–-")
        return Heading(at, at, skip, 1, None, title, "abstract")
    if at == start:
        return Heading(at, at - 1, 0, 1, None, "", "abstract")
    return Heading(at, at, 0, 1, None, closed(rows[at].text), "abstract")


def _mark(at: int, kind: SectionKind) -> Heading:
    return Heading(at, at - 1, 0, 1, None, "", kind)


def _text_start(rows: Sequence[Row], start: int, stop: int, style: BodyStyle) -> int:
    """First row of running text between two rows; `stop` where there is none."""
    if stop - start < _TEXT_ROWS:
        return stop
    for at in range(start, stop - 3):
        if all(_is_text(row, style) for row in rows[at : at + 4]):
            return at if stop - at >= _TEXT_ROWS else stop
    return stop


def _is_text(row: Row, style: BodyStyle) -> bool:
    wide = row.box[2] - row.box[0] > 0.6 * (row.right - row.left)
    usual = abs(row.main.size_pt - style.size_pt) < 0.6
    return wide and usual and not TAIL.match(row.text) and "@" not in row.text
