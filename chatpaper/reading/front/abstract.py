"""Where the abstract stands: from its heading, or as the first prose on the page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from chatpaper.reading.headings import Heading
from chatpaper.reading.headings.weighing import (
    ABSTRACT,
)
from chatpaper.reading.layout.order import (
    Row,
)
from chatpaper.reading.pages.lines import (
    BodyStyle,
)

# What follows an abstract and is none of it.
TAIL = re.compile(
    r"\(?(?:key\s?-?words?(?: and phrases)?\b|index terms|general terms|ccs concepts|"
    r"categories and subject descriptors|acm (?:reference format|subject class)|"
    r"pacs\b|jel\b|msc\b|ams (?:\d{4} )?(?:subject )?class|"
    r"(?:\d{4} )?(?:acm|mathematics) subject classification|"
    r"subject headings|unified astronomy thesaurus|"
    r"(?-i:Dated?|DATED|Received|Accepted|Submitted|Published|Available online)\b[:. ]|"
    r"article (?:info|history)|code(?: and data)?(?: is)?(?: available)?:|"
    r"(?-i:Project page|Correspond(?:ence|ing)|E-?mail)\b|doi:|all rights reserved|"
    r"(?:[©ⓒ]|\(c\)|(?-i:Copyright|r)) ?(?:\d{4}|the authors?|elsevier)|"
    r"(?:table of )?contents\b.{0,4}$|mots[- ]cl[ée]s|palabras clave|schlüssel|"
    r"schlagw|关\s*键\s*[词字])",
    re.IGNORECASE,
)
# An abstract's own word with text behind it in the same row.
_RUN_IN = re.compile(
    r"(?:abstract|summary|r[ée]sum[ée]|resumen|zusammenfassung|摘\s*要)"
    r"(?:\s*[.:：—–-]+\s*|\s+(?=[A-Z]))(?=\S)",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"(?:backgrounds?|contexts?|introduction|aims?|objectives?|purpose|motivation|scope|"
    r"(?:materials?|patients?|subjects?)? ?(?:and|&)? ?methods?|design|setting|"
    r"results?|findings?|(?:main )?outcomes?|discussion|conclusions?|interpretation|"
    r"significance|limitations?|availability|contact)(?: (?:and|&) \w+)?[.:]?",
    re.IGNORECASE,
)
_PROSE = re.compile(
    r"\b(?:we|our|is|are|was|were|be|been|this|that|these|which|has|have|can|by|with|"
    r"not|from|such|on|an|est|sont|dans|nous|ist|wird|que|para|con)\b|[的是了在]"
)
# What the first block of prose under a title may be instead.
_OTHER = re.compile(
    r"\bthank|\bsupported (?:in part )?by|acknowledg|gratitude|dedicat|copyright|"
    r"all rights reserved|permission to|licen[sc]e|\bthis (?:is|version)\b.{0,40}"
    r"(?:preprint|manuscript|version|published)|\bto appear\b|\bto cite\b|\bcitation:",
    re.IGNORECASE,
)
_HAN = re.compile("[\u4e00-\u9fff]")
_SENTENCE_END = re.compile(r"[.!?。)\]”]\s*\d{0,2}$")
# Less is a heading that stands above something else, as a picture.
_FEWEST_CHARS = 60
# Longer ones were never seen: arXiv takes 1,920 characters, a thesis 5,000.
_MOST_CHARS = 5000
_PART_CHARS = 1500  # more than a part of a structured abstract has
_EARLY_PAGES = 3  # a cover may stand before it; a thesis gives it a heading


@dataclass(frozen=True, slots=True)
class Abstract:
    """Rows of the abstract.

    Attributes:
        heading: Row of its heading, or its first row.
        start, end: Its first row, and the row after its last.
        skip: Length of the heading in its first row.
    """

    heading: int
    start: int
    end: int
    skip: int = 0


def find_abstract(
    rows: Sequence[Row], headings: Sequence[Heading], below: int, style: BodyStyle
) -> Abstract | None:
    """The paper's abstract, None where nothing looks like one.

    Args:
        rows: Running text of all pages.
        headings: Found in it.
        below: Row after the title.
        style: Of the document.
    """
    starts = {h.first: h for h in headings if h.kind != "abstract"}
    for h in headings:
        if h.kind == "abstract":
            start = h.last if h.run_in else _first_text_row(rows, h.last + 1)
            end = _end(rows, start, starts, style)
            if _chars(rows[start:end]) > _FEWEST_CHARS:
                return Abstract(h.first, start, end, h.run_in)
    first = min(starts, default=len(rows))
    for at, row in enumerate(rows[:first]):
        if row.page > _EARLY_PAGES:
            break
        alone, opening = ABSTRACT.fullmatch(row.text), _RUN_IN.match(row.text)
        if alone or opening:
            start, skip = (
                (at + 1, 0) if alone else (at, opening.end() if opening else 0)
            )
            end = _end(rows, start, starts, style)
            if _chars(rows[start:end]) > _FEWEST_CHARS:
                return Abstract(at, start, end, skip)
    return _without_heading(rows, starts, below, style)


def _first_text_row(rows: Sequence[Row], at: int) -> int:
    """The first row after a heading that is no address or date."""
    while at + 1 < len(rows) and TAIL.match(rows[at].text):
        at += 1
    return at


def _chars(rows: Sequence[Row]) -> int:
    return sum(len(row.text) for row in rows)


def _end(
    rows: Sequence[Row], start: int, starts: Mapping[int, Heading], style: BodyStyle
) -> int:
    """The row after an abstract's last: where its style, place or kind ends."""
    stop = min((at for at in starts if at >= start), default=len(rows))
    if stop < len(rows):
        stop = _structured_end(rows, stop, starts)
    at, chars = start, 0
    while at < stop:
        row = rows[at]
        if TAIL.match(row.text) and at > start:
            break
        # Two rows show how it is set; one may be a lead of its own.
        if at - start > 1 and _parts_from(rows[start:at], row, style):
            break
        if chars > _MOST_CHARS:
            break
        chars += len(row.text)
        at += 1
    return at


def _structured_end(
    rows: Sequence[Row], stop: int, starts: Mapping[int, Heading]
) -> int:
    """Where a structured abstract ends: its parts may have headings like the paper's.

    They are short, at least two, and a heading that opens the paper follows.
    """
    order = sorted(at for at in starts if at >= stop)
    for place, at in enumerate(order):
        heading = starts[at]
        name = heading.title.casefold()
        following = order[place + 1] if place + 1 < len(order) else len(rows)
        is_part = heading.number is None and _PARTS.fullmatch(heading.title)
        again = any(starts[a].title.casefold() == name for a in order[:place])
        if is_part and not again and _chars(rows[at:following]) < _PART_CHARS:
            continue
        opens = again or heading.number is not None or name == "introduction"
        return at if place > 1 and opens else stop
    return stop


def _parts_from(above: Sequence[Row], row: Row, style: BodyStyle) -> bool:
    """Whether a row is set so unlike an abstract's rows that it is none of them."""
    last = above[-1]
    sentence_over = _SENTENCE_END.search(last.text) is not None
    # In the middle of a sentence no change of type ends it.
    near = row.step is not None and 0 < row.step < 1.6 * style.leading_pt
    if near and not sentence_over:
        return False
    inked = len(row.text) > 20
    sizes = [r.main.size_pt for r in above if len(r.text) > 20] or [last.main.size_pt]
    # Sizes that differ less are one, from fonts of different scales.
    if inked and abs(row.main.size_pt - median(sizes)) > 0.45:
        return True
    if row.page != last.page or row.step is None or row.step < 0:
        return sentence_over and row.main.size_pt > style.size_pt - 0.3
    if len(above) > 2 and inked and sentence_over:
        wider = min(r.box[0] for r in above) - row.box[0]
        beyond = row.box[2] - max(r.box[2] for r in above)
        # An inset abstract has shorter rows than the text; six points are no letter's
        # white space.
        if wider > 6 or (beyond > 6 and row.box[0] < above[0].box[0] + 30):
            return True
    steps = [r.step for r in above[1:] if r.step and r.step > 4]
    usual = median(steps) if steps else style.leading_pt
    # More than a blank line: parts of an abstract stand nearer.
    return sentence_over and row.step is not None and row.step > 2.2 * usual


def _without_heading(
    rows: Sequence[Row], starts: Mapping[int, Heading], below: int, style: BodyStyle
) -> Abstract | None:
    """The first block of prose under the title, if it is set apart from the text."""
    first = min(starts, default=len(rows))
    at = below
    while at < first and rows[at].page <= min(rows[below].page + 1, _EARLY_PAGES):
        end = max(_end(rows, at, starts, style), at + 1)
        end = _block_end(rows, at, end)
        block = rows[at:end]
        if _is_prose(block) and not TAIL.match(rows[at].text):
            return (
                Abstract(at, at, end) if _apart(rows, at, end, first, style) else None
            )
        at = end
    return None


def _block_end(rows: Sequence[Row], start: int, end: int) -> int:
    for at in range(start + 1, end):
        above, row = rows[at - 1], rows[at]
        usual = 1.6 * max(above.main.size_pt, row.main.size_pt)
        if abs(row.main.size_pt - above.main.size_pt) > 0.45 and len(row.text) > 3:
            return at
        # So far apart begins another block: names, notes, text.
        if row.step is not None and row.step > usual and row.page == above.page:
            return at
    return end


def _is_prose(block: Sequence[Row]) -> bool:
    """Whether rows hold sentences: not names, addresses or a list of contents."""
    text = " ".join(row.text for row in block)
    words = text.split()
    many = len(words) + len(_HAN.findall(text)) // 2
    names = sum(word[:1].isupper() for word in words)
    return (
        # Fewer words may be a note or a motto.
        many >= 40
        # Lists of names and addresses have more capitals than that.
        and names < 0.4 * len(words)
        and "@" not in text
        and not _OTHER.search(text[:250])
        and len(_PROSE.findall(text)) > max(2, many / 40)
        and re.search(r"[.?!。]", text) is not None
    )


def _apart(
    rows: Sequence[Row], start: int, end: int, first: int, style: BodyStyle
) -> bool:
    """Whether a block of prose is no paragraph of the text itself."""
    following = rows[end] if end < len(rows) else None
    if following is None or end >= first or TAIL.match(following.text):
        return True
    block = [row for row in rows[start:end] if len(row.text) > 20]
    size = median(row.main.size_pt for row in block)
    inset = min(r.box[0] - r.left for r in block) > 8
    strong = all(row.main.bold != style.bold for row in block)
    both = len(style.columns) == 2 and block[0].right - block[0].left > 1.5 * (
        style.columns[0][1] - style.columns[0][0]
    )
    return abs(size - style.size_pt) > 0.4 or inset or strong or both
