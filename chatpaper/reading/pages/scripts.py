"""Runs of raised or lowered text within a line, found by size and place alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from chatpaper.reading.geometry import union
from chatpaper.reading.pages.lines import (
    Span,
)
from chatpaper.records import Box

# Of the size of the text beside it. In the papers seen scripts have 0.5 to 0.85.
_SMALLER = 0.9
# Of that size, up from its baseline and down: of 12,000 raised and 21,000 lowered
# pieces seen nearly all lie beyond, and the rest of small text is on the line.
_RAISED, _LOWERED = 0.2, -0.07
_TOO_FAR = 1.3
# Of that size: a script stands no farther from what it belongs to.
GAP = 0.25
# Numerator and denominator lie so far apart; scripts of one letter 0.67 at most.
_FRACTION = 0.69
_MINUS = re.compile(r"^[−–‐—]\s?(?=[\w.(])")
_SUM = re.compile(r".[+−-]")
_SYMBOL_FONT = re.compile(r"cmsy|[tp]xsy|mtsy|cmbsy", re.IGNORECASE)
_ALNUM = re.compile(r"\S*[^\W_]")


class Level(NamedTuple):
    """Size and baseline of the text that scripts stand beside."""

    size_pt: float
    y: float

    def side(self, span: Span) -> int:
        """1 for a raised span, -1 for a lowered one, 0 for any other."""
        if span.size_pt > _SMALLER * self.size_pt:
            return 0
        rise = (self.y - span.origin_y) / self.size_pt
        return 0 if abs(rise) > _TOO_FAR else (rise > _RAISED) - (rise < _LOWERED)


class Script(NamedTuple):
    """A run of raised (side 1) or lowered (-1) text beside text of some level."""

    side: int
    spans: Sequence[Span]
    level: Level
    box: Box
    text: str

    def one(self, text: str) -> Span:
        """One span in place of it all, with its last blanks."""
        last = self.spans[-1].text
        tail = last[len(last.rstrip()) :]
        return self.spans[0]._replace(text=text + tail, box=self.box)


def level_of(spans: Sequence[Span], size_pt: float) -> Level | None:
    """Main level of a line, None where all is of one size or on one baseline.

    Args:
        spans: Of the line.
        size_pt: Of most of its characters.
    """
    if len(spans) < 2:
        return None
    sizes = [span.size_pt for span in spans]
    if min(sizes) > _SMALLER * max(sizes):
        return None
    ys = [span.origin_y for span in spans]
    if max(ys) - min(ys) < -_LOWERED * min(sizes):
        return None
    same = [span for span in spans if span.size_pt == size_pt]
    main = max(same, key=lambda s: len(s.text) if s.text[:1] != " " else 0)
    return Level(size_pt, main.origin_y)


def with_minus(spans: Sequence[Span], level: Level) -> Sequence[Span]:
    """Spans with a minus where a script opens with a sign that nobody can read.

    Fonts of one publisher print theirs as a control code; `10^8` is no `10^{-8}`.
    """
    if all(span.text for span in spans):
        return spans
    found = list(spans)
    for at, (sign, after) in enumerate(pairwise(spans)):
        unread = not sign.text and after.text.strip()
        if unread and level.side(sign) == level.side(after) != 0:
            found[at] = sign._replace(text="−")
    return found


def find_scripts(spans: Sequence[Span], level: Level) -> Iterator[Span | Script]:
    """Spans on the line as they are, runs of raised or lowered ones as scripts."""
    least = _SMALLER * level.size_pt
    at = 0
    while at < len(spans):
        span = spans[at]
        side = level.side(span) if span.text.strip() else 0
        if not side:
            # The baseline of what starts with a blank is less sure.
            if span.size_pt > least and _ALNUM.match(span.text):
                level = Level(span.size_pt, span.origin_y)
            yield span
            at += 1
            continue
        end = _end(spans, at, level)
        group = spans[at:end]
        box = union([s.box for s in group])
        yield Script(side, group, level, box, _nested(group))
        at = end


def _end(spans: Sequence[Span], at: int, level: Level) -> int:
    """Index after the script that starts with a span; scripts of it are its own."""
    first = spans[at]
    side = level.side(first)
    end = at + 1
    while end < len(spans):
        span = spans[end]
        own = span.size_pt < _SMALLER * first.size_pt and span.text.strip()
        if level.side(span) != side and not own:
            break
        # Behind a blank only what stands as high; an accent stands higher.
        apart = spans[end - 1].text.isspace() and not own
        if apart and abs(span.origin_y - first.origin_y) > 0.12 * level.size_pt:
            break
        if span.box[0] - spans[end - 1].box[2] > GAP * level.size_pt:
            break
        end += 1
    return end


def _nested(group: Sequence[Span]) -> str:
    """Text of a script, with its own scripts written out."""
    largest = max(group, key=lambda span: span.size_pt)
    inner = Level(largest.size_pt, largest.origin_y)
    group = [_prime(span) for span in group]
    parts = [
        item.text if isinstance(item, Span) else marked(item.side, item.text)
        for item in find_scripts(group, inner)
    ]
    return _MINUS.sub("-", " ".join("".join(parts).split()))


def _prime(span: Span) -> Span:
    """A span whose primes are no zeros: old symbol fonts do not say what they hold."""
    if "0" in span.text and _SYMBOL_FONT.search(span.font):
        return span._replace(text=span.text.replace("0", "′"))
    return span


def marked(side: int, text: str) -> str:
    """Raised (1) or lowered (-1) text as it is written on the line."""
    sign = "^" if side > 0 else "_"
    return f"{sign}{text}" if len(text) == 1 else f"{sign}{{{text}}}"


def text_after(script: Script, following: Span | Script | None) -> str:
    """Text on the line that follows a script without a gap."""
    if not isinstance(following, Span) or script.spans[-1].text[-1:].isspace():
        return ""
    near = following.box[0] - script.box[2] < 0.12 * script.level.size_pt
    return following.text if near else ""


def as_fraction(upper: Script, lower: Span | Script) -> Span | None:
    """Numerator and denominator as one span, None if these are no such pair."""
    if not isinstance(lower, Script) or (upper.side, lower.side) != (1, -1):
        return None
    apart = lower.spans[0].origin_y - upper.spans[0].origin_y
    centres = abs(sum(upper.box[::2]) - sum(lower.box[::2])) / 2
    size = upper.level.size_pt
    if apart < _FRACTION * size or centres > 0.15 * size:
        return None
    parts = [f"({t})" if _SUM.search(t) else t for t in (upper.text, lower.text)]
    return lower.one("/".join(parts))._replace(box=union([upper.box, lower.box]))
