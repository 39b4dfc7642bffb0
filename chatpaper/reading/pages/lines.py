"""Printed lines of a page, from one pass over MuPDF's structured text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import pymupdf

from chatpaper.reading.geometry import union
from chatpaper.reading.pages.glyphs import Signs, printed, signs_by_name
from chatpaper.records import Box

# Ligatures and odd spaces are folded, text off the page is kept (it may be hidden
# text), images are left out: their bytes would cost more than all the rest.
FLAGS = (
    pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE
    | pymupdf.TEXT_CLIP
    | pymupdf.TEXT_IGNORE_ACTUALTEXT
)
EVERYWHERE = (-20_000, -20_000, 20_000, 20_000)

_BOLD = re.compile(
    r"bold|black|heavy|demi|medi(?!um)|semibold|cmbx|cmb\d|cmssbx|sfbx|sfrb|-bd|\.b$|"
    r"^[a-z]*bx\d|libertinetb|-b$|bxs?\d|cmmib|cmbsy",
    re.IGNORECASE,
)
_ITALIC = re.compile(
    r"ital|obli|slant|cmti|cmsl|cmmi|sfti|sfsl|-it$|-i$|\.i$|libertineti", re.I
)
_MONO = re.compile(r"mono|courier|cmtt|sftt|typewriter|consol|inconsolata", re.I)
_NUMBER = re.compile(
    r"(?:(?:appendix|section)\s+)?(?:\d+|[ivxl]+|[a-z])(?:\.\d+)*[.):]?", re.I
)
# Control codes that stand where old TeX fonts keep their ligatures.
_TEX_LIGATURES = {0x0B: "ff", 0x0C: "fi", 0x0D: "fl", 0x0E: "ffi", 0x0F: "ffl"}
_GARBAGE = dict.fromkeys(range(32)) | {0xAD: "-", 0x7F: None, 0x200B: None}
_CLEAN = _GARBAGE | _TEX_LIGATURES | {0x09: " ", 0x0A: " ", 0xA0: " "}


# Behind these MuPDF writes no blank; those of Chinese stand without. A minus before a
# figure may be a number's own.
_SIGN = re.compile(r"(?!−[\d.])[\u20d0-\u2e7f\ue000-\uf8ff]\S")
_BLANK = 0.15  # of the size; TeX's thinnest within a formula has 0.17


class Span(NamedTuple):
    """Text of one font, size and colour within a line.

    Attributes:
        alpha: 0 (transparent) to 255.
        painted: False where glyphs are neither filled nor stroked (mode 3).
        origin_y: Of its baseline, in points from the top as it is written.
    """

    text: str
    box: Box
    font: str
    size_pt: float
    bold: bool
    italic: bool
    mono: bool
    color: int
    alpha: int
    painted: bool
    origin_y: float


@dataclass(frozen=True, slots=True)
class TextLine:
    """One printed line, or the part of it that stands in one column or cell.

    Attributes:
        page: From 1.
        box: In points, origin at the page's top left.
        text: As printed, ligatures folded, no space at either end.
        size_pt, font, bold, italic, mono: Of most of its characters.
        spans: Its parts in order.
        direction: Unit vector of writing: (1, 0) is upright text.
        block: MuPDF's block on this page; lines of one block stand together.
        baseline: Of the first span, in points from the top as it is written.
    """

    page: int
    box: Box
    text: str
    size_pt: float
    font: str
    bold: bool
    italic: bool
    mono: bool
    spans: tuple[Span, ...]
    direction: tuple[float, float]
    block: int
    baseline: float

    @property
    def upright(self) -> bool:
        """Whether it is written from left to right."""
        # Text turned by a few degrees is read as it stands.
        return self.direction[0] > 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyStyle:
    """How the document's running text is set.

    Attributes:
        size_pt: Of its characters.
        font: Name of its most frequent font.
        bold: Whether that font is bold.
        leading_pt: Usual distance of baselines.
        columns: `(x0, x1)` of the usual page's columns, left to right.
    """

    size_pt: float
    font: str
    bold: bool
    leading_pt: float
    columns: tuple[tuple[float, float], ...]


@lru_cache(maxsize=4096)
def _font_traits(font: str, flags: int) -> tuple[bool, bool, bool]:
    """Whether letters are bold, italic, of one width; by name or by MuPDF's flags."""
    name = font.rpartition("+")[2]
    return (
        bool(_BOLD.search(name) or flags & pymupdf.TEXT_FONT_BOLD),
        bool(_ITALIC.search(name) or flags & pymupdf.TEXT_FONT_ITALIC),
        bool(_MONO.search(name) or flags & pymupdf.TEXT_FONT_MONOSPACED),
    )


def _size(raw: dict[str, Any]) -> float:
    """Return the size of type, also of fonts whose own matrix enlarges it (Type 3)."""
    size: float = raw["size"]
    if size >= 2:
        return size
    height: float = raw["ascender"] - raw["descender"]
    # Other fonts are 1.0 to 1.6 sizes high; 1.6 is what those of old TeX files measure.
    return size * height / 1.6 if height > 3 else size


def _span(
    raw: dict[str, Any], direction: tuple[float, float], named: dict[str, Signs]
) -> Span:
    font: str = raw["font"]
    text = raw["text"]
    if font in named:
        text = text.translate(named[font])
    text = printed(text, font)
    if not text.isprintable():
        text = text.translate(_CLEAN)
    return Span(
        text,
        raw["bbox"],
        font,
        round(_size(raw), 1),
        *_font_traits(font, raw["flags"]),
        raw["color"],
        raw["alpha"],
        # Bits 3 and 4 of char_flags: filled, stroked.
        bool(raw["char_flags"] & 24),
        _baseline(raw, direction),
    )


def _spans(
    raws: Sequence[dict[str, Any]],
    direction: tuple[float, float],
    named: dict[str, Signs],
) -> list[Span]:
    """Spans of a line, and the blanks that MuPDF leaves out.

    Behind signs of formulas it sees no blank, however wide: `1⟩of`, `k ≥4`.
    """
    spans: list[Span] = []
    before: dict[str, Any] | None = None
    for raw in raws:
        span = _span(raw, direction, named)
        if before and _SIGN.match(before["text"][-1:] + raw["text"][:1]):
            gap = raw["bbox"][0] - before["bbox"][2]
            if direction[0] > 0.99 and gap > _BLANK * max(raw["size"], before["size"]):
                spans.append(Span(" ", *spans[-1][1:]))
        spans.append(span)
        before = raw
    return spans


def _baseline(raw: dict[str, Any], direction: tuple[float, float]) -> float:
    """Baseline of a span's ink, in points, across the direction of writing."""
    x: float
    y: float
    x, y = raw["origin"]
    if direction[0] < 0.99:
        return y * direction[0] - x * direction[1]
    if raw["text"][:1] == " ":
        # Its origin is that of the blank, which MuPDF sets on the line it leaves.
        size, box = raw["size"], raw["bbox"]
        up = y - box[1] - raw["ascender"] * size
        down = box[3] - y + raw["descender"] * size
        if max(up, down) > 0.15 * size:  # 0.1 comes from rounding up its height
            return float(y - up if up > down else y + down)
    return y


def _main(inked: Sequence[Span]) -> Span:
    """The span that shows how most of a line's characters are set."""
    if len(inked) == 1:
        return inked[0]
    if len(inked) == 2:
        return max(inked, key=lambda span: len(span.text.strip()))
    weights: dict[tuple[str, float], int] = {}
    for span in inked:
        look = span.font, span.size_pt
        weights[look] = weights.get(look, 0) + len(span.text.strip())
    most = max(weights, key=weights.__getitem__)
    return next(span for span in inked if (span.font, span.size_pt) == most)


def make_line(
    page: int, block: int, direction: tuple[float, float], spans: list[Span]
) -> TextLine | None:
    """A line of some spans, None where they hold no ink."""
    text = "".join([span.text for span in spans]).strip()
    if not text:
        return None
    inked = [span for span in spans if span.text.strip()]
    main = _main(inked)
    return TextLine(
        page,
        inked[0].box if len(inked) == 1 else union(span.box for span in inked),
        text,
        main.size_pt,
        main.font,
        main.bold,
        main.italic,
        main.mono,
        tuple(spans),
        direction,
        block,
        inked[0].origin_y,
    )


def _joins(left: TextLine, right: TextLine) -> bool:
    """Whether two neighbours of one block are one printed line, split at a gap."""
    a, b = left.box, right.box
    gap = b[0] - a[2]
    height = min(a[3] - a[1], b[3] - b[1])
    # On one row by half of their height; a step back is another line.
    if min(a[3], b[3]) - max(a[1], b[1]) < 0.5 * height or gap < -0.5 * height:
        return False
    size = max(left.size_pt, right.size_pt)
    # A smaller number may be that of a line, counted in the margin.
    numbered = left.size_pt > size - 0.5 and _NUMBER.fullmatch(left.text)
    # A number may stand three ems before its heading; words of one row part by one.
    return gap < (3.2 if numbered else 1.1) * size


def read_lines(page: pymupdf.Page, number: int) -> list[TextLine]:
    """Lines of a page in the file's own order, which need not be reading order.

    Args:
        page: An open page.
        number: Of that page, from 1.

    Returns:
        Every line with ink, hidden ones too; MuPDF splits lines at wide gaps, and
        parts that stand close together (a number and its heading) are one again.
    """
    lines: list[TextLine] = []
    content: Any = page.get_text("dict", flags=FLAGS, clip=EVERYWHERE)
    fonts = {
        span["font"]
        for block in content["blocks"]
        for line in block["lines"]
        for span in line["spans"]
    }
    named = signs_by_name(page, fonts)
    for index, block in enumerate(content["blocks"]):
        last: TextLine | None = None
        for raw in block["lines"]:
            direction = raw["dir"]
            spans = _spans(raw["spans"], direction, named)
            line = make_line(number, index, direction, spans)
            if line is None:
                continue
            if last and last.upright and line.upright and _joins(last, line):
                gap = Span(" ", *line.spans[0][1:])
                line = make_line(
                    number, index, direction, [*last.spans, gap, *line.spans]
                )
                assert line is not None
                lines[-1] = line
            else:
                lines.append(line)
            last = line
    return lines


def body_style(pages: Sequence[Sequence[TextLine]]) -> BodyStyle:
    """Style that most characters of the document are set in.

    Args:
        pages: Lines of each page read.
    """
    weights: Counter[tuple[str, float, bool]] = Counter()
    for lines in pages:
        for line in lines:
            if line.upright and not line.mono:
                weights[line.font, line.size_pt, line.bold] += len(line.text)
    if not weights:
        return BodyStyle(
            size_pt=10.0, font="", bold=False, leading_pt=12.0, columns=((72, 540),)
        )
    font, size, bold = weights.most_common(1)[0][0]
    body = [
        line
        for lines in pages
        for line in lines
        # One size, but for a font's own scale.
        if line.upright and abs(line.size_pt - size) < 0.3
    ]
    # Short lines are ends of paragraphs, or formulas: their distances are not usual.
    long = [line for line in body if len(line.text) > 25]
    steps = Counter(
        round(b.baseline - a.baseline, 1)
        for a, b in pairwise(long)
        if a.page == b.page
        and abs(b.box[0] - a.box[0]) < 3
        and b.baseline - a.baseline > 1
    )
    leading = steps.most_common(1)[0][0] if steps else 1.2 * size
    return BodyStyle(
        size_pt=size, font=font, bold=bold, leading_pt=leading, columns=_columns(body)
    )


def _columns(body: Sequence[TextLine]) -> tuple[tuple[float, float], ...]:
    """X ranges of the columns, from the justified lines of the running text."""
    ranges = Counter(
        # In steps of three points, so that hanging signs do not make columns of their
        # own.
        (round(line.box[0] / 3) * 3.0, round(line.box[2] / 3) * 3.0)
        for line in body
        if len(line.text) > 25
    )
    if not ranges:
        return ((72.0, 540.0),)
    first, count = ranges.most_common(1)[0]
    beside = [
        (span, n)
        for span, n in ranges.items()
        if span[0] > first[1] - 3 or span[1] < first[0] + 3
    ]
    # A second column holds half as many full lines as the first, at least.
    if sum(n for _, n in beside) < 0.5 * count:
        return (first,)
    second = max(beside, key=lambda item: item[1])[0]
    left, right = sorted([first, second])
    return (left, right)
