"""Raised and lowered text: `10^5`, `s^{-1}`, `H_2O`; note marks go out of the text.

What is small and off the baseline is found by size and place alone. One character is
written without braces, more of them in braces; a minus sign that opens a script is
written `-`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from string import ascii_lowercase
from typing import NamedTuple

from chatpaper.reading.floats.geometry import union
from chatpaper.reading.lines import Span, TextLine
from chatpaper.reading.notemarks import SYMBOLS, Raised, is_mark, is_note, numbers_of
from chatpaper.reading.turning import turn_back, turn_box
from chatpaper.records import Box

# Of the size of the text beside it. In the papers seen scripts have 0.5 to 0.85.
_SMALLER = 0.9
# Of that size, up from its baseline and down: of 12,000 raised and 21,000 lowered
# pieces seen nearly all lie beyond, and the rest of small text is on the line.
_RAISED, _LOWERED = 0.2, -0.07
_TOO_FAR = 1.3
# Of that size: a script stands no farther from what it belongs to, and no blank is
# narrower.
_GAP, _NO_GAP = 0.25, 0.15
# Numerator and denominator lie so far apart; scripts of one letter 0.67 at most.
_FRACTION = 0.69
_MAX_CHARS = 40
_WORDS = re.compile(r"(?:[^\W\d_]{2,}\s+){2}[^\W\d_]{2,}")
_MINUS = re.compile(r"^[−–‐—]\s?(?=[\w.(])")
# Ordinals and tolerances mean the same on the line; "+" stands in `[ABC+21]`.
_ORDINAL = re.compile(r"st|nd|rd|th|TM|SM")
_FRENCH_ORDINAL = re.compile(r"\d(?:er|e)$")
_ONE_LETTER = re.compile(r"(?<![^\W\d_])[^\W\d_]$")
_WORD_END = re.compile(r"[^\W\d_]{2}[.,;:!?)”\"]?$")
_ALNUM = re.compile(r"\S*[^\W_]")
_ISOTOPE = re.compile(r"\d{2,3} (?:[A-Z][a-z]?){1,2}(?![A-Za-z])")


class _Level(NamedTuple):
    """Size and baseline of the text that scripts stand beside."""

    size_pt: float
    y: float

    def side(self, span: Span) -> int:
        """1 for a raised span, -1 for a lowered one, 0 for any other."""
        if span.size_pt > _SMALLER * self.size_pt:
            return 0
        rise = (self.y - span.origin_y) / self.size_pt
        return 0 if abs(rise) > _TOO_FAR else (rise > _RAISED) - (rise < _LOWERED)


class _Script(NamedTuple):
    """A run of raised (side 1) or lowered (-1) text beside text of some level."""

    side: int
    spans: Sequence[Span]
    level: _Level
    box: Box
    text: str

    def one(self, text: str) -> Span:
        """One span in place of it all, with its last blanks."""
        last = self.spans[-1].text
        tail = last[len(last.rstrip()) :]
        return self.spans[0]._replace(text=text + tail, box=self.box)


def write_scripts(lines: Sequence[TextLine]) -> list[TextLine]:
    """Lines of a page with their scripts written out and their note marks gone.

    A mark that opens a line or a phrase stays as printed: it names a note or an
    affiliation. So does all else that is raised or lowered beside nothing.
    """
    levels = [_level(line) for line in lines]
    mixed = [(ln, level) for ln, level in zip(lines, levels, strict=True) if level]
    notes = _Notes(
        lines, {label for ln, level in mixed if (label := _label(ln, level))}
    )
    return [
        _rewritten(line, level, notes) if level else line
        for line, level in zip(lines, levels, strict=True)
    ]


def _level(line: TextLine) -> _Level | None:
    """Main level of a line, None where all is of one size or on one baseline."""
    spans = line.spans
    if len(spans) < 2:
        return None
    sizes = [span.size_pt for span in spans]
    if min(sizes) > _SMALLER * max(sizes):
        return None
    ys = [span.origin_y for span in spans]
    if max(ys) - min(ys) < -_LOWERED * min(sizes):
        return None
    same = [span for span in spans if span.size_pt == line.size_pt]
    main = max(same, key=lambda s: len(s.text) if s.text[:1] != " " else 0)
    return _Level(line.size_pt, main.origin_y)


def _label(line: TextLine, level: _Level) -> str:
    """The raised mark that opens a line, empty if there is none."""
    first = next(span for span in line.spans if span.text.strip())
    text = first.text.strip()
    return text if level.side(first) == 1 and is_mark(text) else ""


def _rewritten(line: TextLine, level: _Level, notes: _Notes) -> TextLine:
    turn = (round(line.direction[0]), round(line.direction[1]))
    printed = line.spans
    if not line.upright:
        printed = tuple(s._replace(box=turn_box(s.box, turn, 0, 0)) for s in printed)
    items = list(_items(printed, level))
    if not any(isinstance(item, _Script) for item in items):
        return line
    spans = tuple([span for span in _Writing(items, notes).spans() if span.text])
    if not line.upright:
        spans = tuple(s._replace(box=turn_back(s.box, turn, 0, 0)) for s in spans)
    text = "".join([span.text for span in spans]).strip()
    return replace(line, text=text, spans=spans)


def _items(spans: Sequence[Span], level: _Level) -> Iterator[Span | _Script]:
    """Spans on the line as they are, runs of raised or lowered ones as scripts."""
    least = _SMALLER * level.size_pt
    at = 0
    while at < len(spans):
        span = spans[at]
        side = level.side(span) if span.text.strip() else 0
        if not side:
            # The baseline of what starts with a blank is less sure.
            if span.size_pt > least and _ALNUM.match(span.text):
                level = _Level(span.size_pt, span.origin_y)
            yield span
            at += 1
            continue
        end = _end(spans, at, level)
        group = spans[at:end]
        box = union([s.box for s in group])
        yield _Script(side, group, level, box, _nested(group))
        at = end


def _end(spans: Sequence[Span], at: int, level: _Level) -> int:
    """Index after the script that starts with a span; scripts of it are its own."""
    first = spans[at]
    side = level.side(first)
    end = at + 1
    while end < len(spans):
        span = spans[end]
        own = span.size_pt < _SMALLER * first.size_pt and span.text.strip()
        if level.side(span) != side and not own:
            break
        if span.box[0] - spans[end - 1].box[2] > _GAP * level.size_pt:
            break
        end += 1
    return end


def _nested(group: Sequence[Span]) -> str:
    """Text of a script, with its own scripts written out."""
    largest = max(group, key=lambda span: span.size_pt)
    inner = _Level(largest.size_pt, largest.origin_y)
    parts = [
        item.text if isinstance(item, Span) else _marked(item.side, item.text)
        for item in _items(group, inner)
    ]
    return _MINUS.sub("-", " ".join("".join(parts).split()))


def _marked(side: int, text: str) -> str:
    sign = "^" if side > 0 else "_"
    return f"{sign}{text}" if len(text) == 1 else f"{sign}{{{text}}}"


class _Writing:
    """Writes one line.

    Args:
        items: Of the line.
        notes: Of its page.
    """

    def __init__(self, items: Sequence[Span | _Script], notes: _Notes) -> None:
        self._items = items
        self._notes = notes
        self._written: list[Span] = []
        self._before = ""  # written so far, without scripts
        self._base = items[0]  # last one with ink
        self._edge = -1e9  # where it ends

    def spans(self) -> list[Span]:
        """Its spans, each script as one."""
        items = self._items
        at = 0
        while at < len(items):
            item = items[at]
            following = items[at + 1] if at + 1 < len(items) else None
            if isinstance(item, Span):
                self._before += item.text
                self._written.append(item)
            elif isinstance(following, _Script) and _is_fraction(item, following):
                self._written += [
                    item.one(item.text + "/"),
                    following.one(following.text),
                ]
                at += 1
            else:
                self._written.append(self._script(item, following))
            if isinstance(item, _Script) or item.text.strip():
                self._base, self._edge = item, max(self._edge, item.box[2])
            at += 1
        return self._written

    def _script(self, script: _Script, following: Span | _Script | None) -> Span:
        text = script.text
        after = _after(script, following)
        if _means_same(text, self._before, after):
            return script.one(text)
        if not self._attach(script):
            return self._apart(script, after)
        if script.side > 0:
            if text in ("∘", "◦"):
                return script.one("°")
            if self._notes.names(self._raised(script, after)):
                return script.one("")
        return script.one(_marked(script.side, text))

    def _apart(self, script: _Script, after: str) -> Span:
        """A script that touches nothing before it: a mark after a blank, `^{13}C`."""
        text = script.text
        if script.side > 0 and _ISOTOPE.match(f"{text} {after}"):
            return script.one(_marked(1, text))
        raised = self._raised(script, after)
        if script.side > 0 and self._notes.names_apart(raised):
            return script.one("")
        return script.one(text)

    def _attach(self, script: _Script) -> bool:
        """Whether a script touches what is before it; no blank is left between."""
        gap = (script.box[0] - self._edge) / script.level.size_pt
        if gap > _GAP or not self._before.strip():
            return False
        if script.spans[0].text[:1] == " ":
            # Slanted letters lean over, so that MuPDF sees a blank in `N^2`.
            return _ONE_LETTER.search(self._before) is not None
        if not self._before[-1:].isspace():
            return True
        # MuPDF parts a line where it goes back: `x` with an index below another.
        if gap > _NO_GAP or not self._written[-1].text.isspace():
            return False
        self._written.pop()
        self._before = self._before.rstrip()
        return True

    def _raised(self, script: _Script, after: str) -> Raised:
        base = self._base
        return Raised(
            script.text,
            self._before,
            after,
            script.spans[0].italic,
            isinstance(base, Span) and base.italic,
            isinstance(base, _Script),
        )


class _Notes:
    """Marks of one page's notes.

    Args:
        lines: Of the page.
        labels: Raised marks that open some of them.
    """

    def __init__(self, lines: Sequence[TextLine], labels: Set[str]) -> None:
        self._first = bool(lines) and lines[0].page == 1
        self._labels = labels | SYMBOLS.intersection(line.text[0] for line in lines)
        if self._first:  # the authors' notes may stand anywhere
            self._labels |= SYMBOLS | set(ascii_lowercase)
        self._seen: set[int] = set()

    def names(self, raised: Raised) -> bool:
        """Whether raised text names a note."""
        found = is_note(raised, self._labels, self._seen)
        if found:
            self._seen.update(numbers_of(raised.text))
        return found

    def names_apart(self, raised: Raised) -> bool:
        """Whether raised text behind a blank names a note of this page's foot.

        On the first page it may open the name of an affiliation.
        """
        before = raised.before.rstrip()
        if self._first or raised.text not in self._labels or raised.after[:1].isalnum():
            return False
        if not _WORD_END.search(before):
            return False
        return self.names(raised._replace(before=before))


def _means_same(text: str, before: str, after: str) -> bool:
    """Whether text says the same on the line as beside it, or is no script at all."""
    if _ORDINAL.fullmatch(text) or text.startswith("±") or len(text) > _MAX_CHARS:
        return True
    if text == "+" and after[:1].isdigit():
        return True
    if _FRENCH_ORDINAL.search(before[-1:] + text) or _WORDS.search(text):
        return True
    return not any(map(_is_sign, text))


def _is_sign(character: str) -> bool:
    """Whether a character may be a script: no accent, prime or punctuation."""
    if character.isalnum() or character in "*†‡§¶-–":
        return True
    category = unicodedata.category(character)
    return category in ("Sm", "So", "Sc") and character not in "®©°˚"


def _after(script: _Script, following: Span | _Script | None) -> str:
    """Text on the line that follows a script without a gap."""
    if not isinstance(following, Span) or script.spans[-1].text[-1:].isspace():
        return ""
    near = following.box[0] - script.box[2] < 0.12 * script.level.size_pt
    return following.text if near else ""


def _is_fraction(upper: _Script, lower: _Script) -> bool:
    """Whether two scripts are numerator and denominator, one above the other."""
    if (upper.side, lower.side) != (1, -1):
        return False
    apart = lower.spans[0].origin_y - upper.spans[0].origin_y
    centres = abs(sum(upper.box[::2]) - sum(lower.box[::2])) / 2
    size = upper.level.size_pt
    return apart > _FRACTION * size and centres < 0.15 * size
