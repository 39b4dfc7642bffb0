"""How a heading is set: what tells it from the running text and from others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from chatpaper.reading.lines import BodyStyle, Span


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
    """Letters alone."""
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
        size for size, n in sizes.items() if n > 0.04 * total or size == opening.size_pt
    )
    bold = sum(len(span.text) for span in inked if span.bold) > 0.6 * total
    italic = sum(len(span.text) for span in inked if span.italic) > 0.6 * total
    main = max(inked, key=lambda span: len(span.text))
    words = letters("".join([span.text for span in inked]))
    caps = "none"
    if len(words) > 3 and sum(map(str.isupper, words)) > 0.85 * len(words):
        small = any(
            s.size_pt < 0.9 * tallest for s in inked if len(letters(s.text)) > 1
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
