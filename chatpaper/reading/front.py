"""What the first page says of the paper: title, abstract, affiliations, code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatpaper.reading.abstract import find_abstract
from chatpaper.reading.headings import Heading
from chatpaper.reading.lines import BodyStyle
from chatpaper.reading.order import Row
from chatpaper.reading.parts import with_front
from chatpaper.reading.prose import Writer
from chatpaper.reading.title import find_title
from chatpaper.reading.wording import repair

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
    hint: str = "",
) -> tuple[Front, list[Heading]]:
    """Read the front matter.

    Args:
        rows: Running text of all pages.
        headings: Found in it.
        writer: Joins rows.
        style: Of the document.
        notes: Footnotes of the first page.
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
    marked = with_front(rows, headings, abstract, below, style)
    text = ""
    if abstract:
        body = rows[abstract.start : abstract.end]
        text = _tidy(writer.write(body, skip=abstract.skip)[0])
    until = abstract.heading if abstract else min(first, below + 25)
    places = [row.text for row in rows[below:until]]
    return Front(title, text, _affiliations([*places, *notes])), marked


def _tidy(text: str) -> str:
    """An abstract in one paragraph."""
    return " ".join(text.split()).lstrip("—–-.:： ")


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
