"""How a heading looks, the names headings have, and points for a candidate."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from chatpaper.reading.headings.numbering import Reading
from chatpaper.reading.layout.order import (
    Row,
)
from chatpaper.reading.pages.lines import (
    BodyStyle,
    Span,
)

# --------------------------------------------------------------------------------------
# How a heading is set, compared with the running text and with other headings.


@dataclass(frozen=True, slots=True)
class Look:
    """How a heading is set, apart from its place.

    Attributes:
        size_pt: Of its tallest letters.
        bold, italic: Of all its letters.
        caps: `none`, `caps` or `small` (caps).
        font: Name of most of it.
    """

    size_pt: float
    bold: bool
    italic: bool
    caps: str
    font: str

    def like(self, other: Look) -> bool:
        """Whether two headings are set alike."""
        return (
            # Less than a step of type, which is half a point or more.
            abs(self.size_pt - other.size_pt) < 0.4
            and self.bold == other.bold
            and self.italic == other.italic
            and self.caps == other.caps
        )

    def unlike(self, style: BodyStyle) -> bool:
        """Whether it is set unlike the running text."""
        return (
            self.size_pt > style.size_pt + 0.4
            or (self.bold and not style.bold)
            or self.caps != "none"
            or self.italic
        )


def letters(text: str) -> str:
    """Return only the letters of a text."""
    return "".join(filter(str.isalpha, text))


def has_letters(text: str) -> bool:
    """Whether there is a letter in it."""
    return any(map(str.isalpha, text))


def look_of(spans: Sequence[Span]) -> Look:
    """Look of a run of text; numbers and symbols do not count."""
    inked = [span for span in spans if has_letters(span.text)]
    if not inked:
        inked = [span for span in spans if span.text.strip()] or list(spans)
    total = sum(len(span.text) for span in inked)
    sizes: Counter[float] = Counter()
    for span in inked:
        sizes[span.size_pt] += len(span.text)
    opening = next((span for span in inked if span.text.strip()), inked[0])
    tallest = max(
        # A few larger letters are symbols, unless the heading opens with them.
        size
        for size, n in sizes.items()
        if n > 0.04 * total or size == opening.size_pt
    )
    # More than half: a formula or a plain word within a heading leaves its look alone.
    bold = sum(len(span.text) for span in inked if span.bold) > 0.6 * total
    italic = sum(len(span.text) for span in inked if span.italic) > 0.6 * total
    main = max(inked, key=lambda span: len(span.text))
    words = letters("".join([span.text for span in inked]))
    caps = "none"
    # Most letters, not all: `GANs IN 3D` is set in capitals, too.
    if len(words) > 3 and sum(map(str.isupper, words)) > 0.85 * len(words):
        small = any(
            # Small capitals made of a smaller size have about four fifths of the large
            # ones.
            s.size_pt < 0.9 * tallest
            for s in inked
            if len(letters(s.text)) > 1
        )
        caps = "small" if small else "caps"
    elif "csc" in main.font.lower() or "smallcaps" in main.font.lower():
        caps = "small"
    return Look(tallest, bold, italic, caps, main.font)


def heading_text(spans: Sequence[Span]) -> str:
    """Text of a heading; small capitals become lower case."""
    look = look_of(spans)
    if look.caps != "small":
        return "".join([span.text for span in spans])
    return "".join(
        [
            span.text.lower()
            if span.size_pt < 0.9 * look.size_pt and span.text.upper() == span.text
            else span.text
            for span in spans
        ]
    )


def cut_spans(spans: Sequence[Span], start: int, end: int | None = None) -> list[Span]:
    """Spans of the characters from `start` to `end` of a row's text."""
    text = "".join([span.text for span in spans])
    at = -(len(text) - len(text.lstrip()))
    if not start and not at and end is None:
        return [span for span in spans if span.text]
    cut: list[Span] = []
    for span in spans:
        a, b = max(start - at, 0), len(span.text)
        if end is not None:
            b = min(b, end - at)
        if a < b:
            whole = a == 0 and b == len(span.text)
            cut.append(span if whole else Span(span.text[a:b], *span[1:]))
        at += len(span.text)
    return cut


# --------------------------------------------------------------------------------------
# Headings that are known by their name.

ABSTRACT = re.compile(
    r"(?:abstract|summary|a\s?b\s?s\s?t\s?r\s?a\s?c\s?t|r[ée]sum[ée]|resumen|resumo|"
    r"zusammenfassung|kurzfassung|(?:中文)?摘\s*要)"
    r"(?: \([^()]{1,30}\))?[.:：]?",
    re.I,
)
REFERENCES = re.compile(
    r"(?:references?(?: and notes| cited)?|bibliography|literature(?: cited)?|"
    r"works cited|r[ée]f[ée]rences(?: bibliographiques)?|bibliographie|literatur"
    r"(?:verzeichnis)?|bibliograf[íi]a|referencias(?: bibliogr[áa]ficas)?|"
    r"参\s*考\s*文\s*献)[.:：]?",
    re.I,
)
THANKS = re.compile(
    r"(?:acknowle\w*ments?|remerciements?|danksagung|agradecimientos?|致\s*谢)\b.{0,40}",
    re.I,
)
APPENDIX = re.compile(
    r"(?:appendix|appendices|supplement(?:ary|al)?\b.*|supporting information.*|"
    r"annexes?|anhang|ap[ée]ndices?|附\s*录.{0,20})[.:]?",
    re.I,
)
KNOWN = re.compile(
    r"(?:(?:introduction|conclusions?|discussion|related works?|background|"
    r"methods?|results|limitations|broader impacts?|ethics statement|funding|"
    r"reproducibility statement|author contributions|data availability|"
    r"concluding remarks|contents|keywords|preface|ethical considerations|"
    r"impact statement|future work|materials and methods|experimental "
    r"section|evaluation|code availability|competing interests|einleitung|fazit|"
    r"conclusiones|introducci[óo]n)\b.{0,30}|"
    r"(?:引\s*言|绪\s*论|前\s*言|结\s*论|总\s*结|结\s*语|讨\s*论|相关工作|目\s*录).{0,6})",
    re.I,
)


def is_named(title: str) -> bool:
    """Whether a title names a part that papers leave unnumbered."""
    return any(
        pattern.fullmatch(title) for pattern in (ABSTRACT, REFERENCES, THANKS, APPENDIX)
    )


def without_letter_spacing(title: str) -> str:
    """A known name without the spaces between its letters: `A B S T R A C T`."""
    if not re.fullmatch(r"(?:\w\s+){3,}\w", title):
        return title
    name = re.sub(r"\s+", "", title)
    return name if KNOWN.fullmatch(name) or is_named(name) else title


# --------------------------------------------------------------------------------------
# Points for and against a row being a heading.

THEOREM = re.compile(
    r"(?:theorem|lemma|proposition|corollary|definition|remark|example|proof|claim|"
    r"conjecture|assumption|fact|observation|exercise|problem|condition|axiom|notation|"
    r"hypothesis|property|question|case|step|construction|convention|scholium|"
    r"algorithm|procedure|input|output|require|ensure)s?\b(?:\s*[\d(.:]|$|\s+\d)",
    re.I,
)
_DASH = re.compile(r"(?:—|[.:]\s?[–-])$")
# A brace after `^` or `_` holds raised or lowered text.
_CODE = re.compile(
    r"[;=<>]|(?<![\^_])\{|\bdef |\breturn\b|\bend (?:for|if|while)\b|←|:="
)


@dataclass(slots=True)
class Candidate:
    """Rows that may be one heading.

    Attributes:
        first, last: Indices of its rows.
        reading: Of its number; None when unnumbered.
        title: Without the number.
        look: How the title is set.
        weight: What speaks for it on its own; below zero speaks against it.
        centred: Whether it stands in the middle of its column.
        run_in: Length of the heading in its row where text goes on after it, else 0.
        air: Whether there is more than the usual distance to the row above.
    """

    first: int
    last: int
    reading: Reading | None
    title: str
    look: Look
    weight: float
    centred: bool
    run_in: int
    air: bool


def weigh(c: Candidate, rows: Sequence[Row], style: BodyStyle) -> float:
    """Points for a candidate on its own; below zero it is hardly a heading."""
    row = rows[c.first]
    weight = _look_points(c, style) + _place_points(c, row)
    if not c.run_in:
        weight += _points_below(c, rows, style)
    elif is_dashed(c, rows):
        weight += 3.0
    return weight - _points_against(c, row)


def _look_points(c: Candidate, style: BodyStyle) -> float:
    """Points for size, weight, capitals and slant; two are asked for in advance."""
    look = c.look
    points = -2.0
    # IEEE sets its third level so: `1) Title:` in italics, text behind it.
    if c.reading and c.reading.scheme == "paren" and c.run_in and look.italic:
        points += 1.5
    if c.run_in and ABSTRACT.fullmatch(c.title.rstrip(" .:—–-")):
        points += 2.0
    bigger = look.size_pt - style.size_pt
    # A third of a point may be a font's own scale; nearly a point is a size for
    # display.
    points += 2.0 if bigger > 0.8 else 1.0 if bigger > 0.3 else 0.0
    # What is smaller than the text is a label or a note, rarely a heading.
    points -= 1.5 if bigger < -1.2 else 0.5 if bigger < -0.6 else 0.0
    points += 2.0 if look.bold and not style.bold else 0.0
    # Acronyms and formulas are capitals as well, but never small ones.
    points += {"caps": 1.2, "small": 1.5, "none": 0.0}[look.caps]
    points += 1.0 if look.italic and not look.bold else 0.0
    return points


def _place_points(c: Candidate, row: Row) -> float:
    """Points for air above, and for standing at the left or in the middle."""
    # At the top of a column air above cannot be seen: it counts for less.
    points = (0.3 if row.step is None else 1.0) if c.air else -0.8
    indent = row.box[0] - row.left
    if c.centred:
        return points + 1.0
    # Flush left, but for the white space within a letter's box.
    if abs(indent) < 3:
        return points + 0.8
    # So far in, a heading may be indented as a paragraph is; farther in stand formulas.
    return points - (0.3 if 0 < indent < 30 else 1.5)


def _points_against(c: Candidate, row: Row) -> float:
    """Points against words that headings do not have."""
    title = c.title
    points = 1.5 if title.split(" ", 1)[0].islower() else 0.0
    if c.reading and c.reading.scheme == "letter" and not c.reading.word:
        # A letter alone is mostly an article or an initial: `A method for ...`.
        points += 0.0 if _apart(row, c.reading) else 2.5
    # Sentences are often that long, titles rarely.
    points += 1.0 if len(title) > 90 else 0.0
    points += 1.5 if title.endswith((",", ";")) else 0.0
    points += 1.5 if _CODE.search(title) else 0.0
    points += 2.5 if THEOREM.match(title) else 0.0
    return points


def _points_below(c: Candidate, rows: Sequence[Row], style: BodyStyle) -> float:
    """Points for what follows: air, and a row in another style."""
    row = rows[c.last]
    if c.last + 1 >= len(rows):
        return -0.5
    following = rows[c.last + 1]
    if following.page != row.page or following.left != row.left:
        # At a column's foot a row that fills it is more often text than a title.
        return -0.3 if row.box[2] > row.right - 4 else 0.0
    points = 0.0
    if following.step is not None and following.step > 1.15 * style.leading_pt:
        points += 0.5
    if row.box[2] > row.right - 6 and not c.look.unlike(style):
        points -= 1.5  # a full row of text
    return points


def _apart(row: Row, reading: Reading) -> bool:
    """Whether a letter is a number: a point or more than a space follows it."""
    if row.text[len(reading.printed) : len(reading.printed) + 1] in ".):":
        return True
    number = cut_spans(row.spans, 0, len(reading.printed))
    title = [s for s in cut_spans(row.spans, reading.end) if s.text.strip()]
    if not number or not title or title[0].box[0] <= number[-1].box[0]:
        return False
    # TeX's blank is a third of the size at most, a stretched one a half.
    return title[0].box[0] - number[-1].box[2] > 0.55 * title[0].size_pt


def is_dashed(c: Candidate, rows: Sequence[Row]) -> bool:
    """Whether a heading opens a paragraph in italics: `Methods.—We ...`."""
    slanted = c.look.italic and not c.look.bold and c.run_in > 0
    return slanted and c.title[:1].isupper() and ends_in_dash(rows[c.last], c.run_in)


def ends_in_dash(row: Row, end: int) -> bool:
    """Whether a dash stands where a run-in heading ends within its row."""
    return _DASH.search(row.text[:end].rstrip()) is not None


def is_centred(rows: Sequence[Row]) -> bool:
    """Whether rows stand in the middle of their column."""
    row = rows[0]
    # In from the left edge by more than a slip, and as far from the right one.
    return row.box[0] > row.left + 8 and all(abs(off_centre(r)) < 5 for r in rows)


def off_centre(row: Row) -> float:
    """Distance of a row's middle from that of its column, in points."""
    return (row.box[0] + row.box[2]) / 2 - (row.left + row.right) / 2


def has_air(row: Row, look: Look, style: BodyStyle) -> bool:
    """Whether there is more than the usual distance to the row above."""
    # Rows with formulas stand a little further apart than usual, which is no air yet; a
    # step upwards begins another part of the page.
    usual = max(style.leading_pt, 1.05 * look.size_pt)
    return row.step is None or row.step > 1.22 * usual or row.step < -2
