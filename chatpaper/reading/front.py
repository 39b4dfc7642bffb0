"""What the first page says of the paper: title, abstract, affiliations, code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatpaper.reading.headings import Heading
from chatpaper.reading.headings.looks import heading_text
from chatpaper.reading.lines import BodyStyle
from chatpaper.reading.order import Row
from chatpaper.reading.prose import Writer
from chatpaper.reading.wording import repair

_TAIL = re.compile(
    r"\(?(?:key\s?words?(?: and phrases)?|index terms|general terms|ccs concepts|"
    r"categories and subject descriptors|acm reference format|pacs(?: numbers?)?|"
    r"jel|msc|(?:\d{4} )?mathematics subject classification|subject headings|"
    r"(?:date|dated|received|accepted|submitted|published)[:.]|"
    r"code(?: and data)?(?: is)?(?: available)?:|project page|correspondence(?: to)?:)",
    re.I,
)
_HEAD = re.compile(r"(?:abstract|summary)\s*[.:—–-]*\s*", re.I)
_PLACE = re.compile(
    r"universi|institut|department|\bdept\b|laborator|\blabs?\b|college|school|faculty|"
    r"academy|research (?:center|centre|group)|\bcent(?:er|re)\b|hospital|corporation|"
    r"\binc\b|\bltd\b|gmbh|google|microsoft|facebook|openai|deepmind|nvidia|amazon|"
    r"alibaba|tencent|baidu|huawei|apple|ibm|adobe|yahoo|observator|polytechni|"
    r"école|ecole|eth z|\bmit\b|cnrs|inria|bytedance|meta ai",
    re.I,
)
_MARK = re.compile(r"^(?:[\d*∗†‡§¶⋆♯♮,\s]|[a-z](?=[A-Z]))+")
_NEXT = re.compile(r"[,;]?\s*(?:[†‡§¶♯♮⋆]|(?<=[\s,;])\d{1,2})(?=[A-Z])")
_EMAIL = re.compile(r"\S*[@＠]\S*|\{[^}]*\}\s*@?\S*")


@dataclass(frozen=True, slots=True)
class Front:
    """Title, abstract and affiliations as printed; empty where not found."""

    title: str
    abstract: str
    affiliations: tuple[str, ...]


def read_front(
    rows: Sequence[Row],
    headings: Sequence[Heading],
    writer: Writer,
    style: BodyStyle,
    notes: Sequence[str],
) -> Front:
    """Read the front matter.

    Args:
        rows: Running text of all pages.
        headings: Found in it.
        writer: Joins rows.
        style: Of the document.
        notes: Footnotes of the first page.
    """
    first = next(
        (h for h in headings if h.kind not in ("abstract",) and h.number), None
    ) or next((h for h in headings if h.kind != "abstract"), None)
    opening = next((h for h in headings if h.kind == "abstract"), None)
    end = first.first if first else len(rows)
    top = [row for row in rows[:end] if row.page <= 2]
    title, below = _title(top)
    if opening and opening.first < end + 60:
        abstract = _after_heading(rows, headings, opening, writer)
        start: int | None = opening.first
    else:
        abstract, start = _without_heading(rows[:end], below, writer, style)
    until = start if start is not None else min(end, below + 25)
    places = [row.text for row in rows[below:until]]
    return Front(title, abstract, _affiliations([*places, *notes]))


def _title(top: Sequence[Row]) -> tuple[str, int]:
    """Title and the index of the row after it."""
    page = top[0].page if top else 1
    sizes = [
        (max(span.size_pt for span in row.spans), at)
        for at, row in enumerate(top)
        if row.page == page and len(row.text) > 3
    ]
    if not sizes:
        return "", 0
    largest = max(size for size, _ in sizes)
    start = next(at for size, at in sizes if size > largest - 0.3)
    end = start
    while end < len(top) and end - start < 6:
        row = top[end]
        if max(span.size_pt for span in row.spans) < largest - 0.3:
            break
        end += 1
    parts = [" ".join(heading_text(row.spans).split()) for row in top[start:end]]
    return repair(_MARKED_END.sub("", " ".join(parts))), end


_MARKED_END = re.compile(r"\s*\^?\{?[*∗†‡§¶⋆]+\}?$")


def _after_heading(
    rows: Sequence[Row], headings: Sequence[Heading], opening: Heading, writer: Writer
) -> str:
    end = next((h.first for h in headings if h.first > opening.first), len(rows))
    start = opening.last if opening.run_in else opening.last + 1
    body = list(rows[start:end])
    keep = 1 if opening.run_in else 0
    body = body[:keep] + _until_tail(body[keep:])
    text, _ = writer.write(body, skip=opening.run_in)
    return _tidy(text)


def _until_tail(body: Sequence[Row]) -> list[Row]:
    for at, row in enumerate(body):
        if _TAIL.match(row.text):
            return list(body[:at])
    return list(body)


def _tidy(text: str) -> str:
    return " ".join(_HEAD.sub("", text, count=1).split()).lstrip("—–-.: ")


def _without_heading(
    front: Sequence[Row], below: int, writer: Writer, style: BodyStyle
) -> tuple[str, int | None]:
    """The first block of prose under the title, up to where the style changes."""
    for first, stop in _blocks(front, below, style):
        start = first
        while start < stop and _TAIL.match(front[start].text):
            start += 1
        block = front[start:stop]
        words = sum(len(row.text.split()) for row in block)
        text, _ = writer.write(block)
        if words < 45 or text.count("@") or len(_PLACE.findall(text)) > words / 20:
            continue
        if not re.search(r"[.?!]\s+[A-Z]", text):
            continue
        return _tidy(text), start
    return "", None


def _blocks(
    front: Sequence[Row], below: int, style: BodyStyle
) -> list[tuple[int, int]]:
    """Runs of rows set alike and close together."""
    blocks: list[tuple[int, int]] = []
    start = below
    for at in range(below + 1, len(front) + 1):
        if at < len(front):
            above, row = front[at - 1], front[at]
            near = row.step is not None and abs(row.step) < 1.5 * style.leading_pt
            alike = abs(row.main.size_pt - above.main.size_pt) < 0.5
            same = row.page == above.page and row.left == above.left
            if near and alike and same and not _TAIL.match(row.text):
                continue
        blocks.append((start, at))
        start = at
    return blocks


def _affiliations(lines: Sequence[str]) -> tuple[str, ...]:
    found: list[str] = []
    for line in lines:
        if not _PLACE.search(line) or len(line) > 300:
            continue
        for part in _NEXT.split(_EMAIL.sub("", line)):
            text = _MARK.sub("", repair(part)).strip(" ,;.")
            if _PLACE.search(text) and text not in found:
                found.append(text)
    return tuple(found[:20])
