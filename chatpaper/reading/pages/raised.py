"""Raised and lowered text: `10^5`, `s^{-1}`, `H_2O`; note marks go out of the text.

What is small and off the baseline is found by size and place alone. One character is
written without braces, more of them in braces; a minus sign that opens a script is
written `-`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence, Set
from dataclasses import replace
from string import ascii_lowercase

from chatpaper.reading.geometry import (
    turn_back,
    turn_box,
)
from chatpaper.reading.pages.lines import (
    Span,
    TextLine,
)
from chatpaper.reading.pages.scripts import (
    GAP,
    SYMBOLS,
    Level,
    Raised,
    Script,
    as_fraction,
    find_scripts,
    is_mark,
    is_note,
    level_of,
    numbers_of,
    script_markup,
    text_after,
    with_minus,
)

_NO_GAP = 0.15  # of the size of the text: no blank is narrower
_FRACTION_GAP = 0.1  # and TeX sets no fraction nearer to what is before it
# Longer "scripts" are small print beside the line.
_MAX_CHARS = 40
_WORDS = re.compile(r"(?:[^\W\d_]{2,}\s+){2}[^\W\d_]{2,}")
# Ordinals and tolerances mean the same on the line; "+" stands in `[ABC+21]`.
_ORDINAL = re.compile(r"st|nd|rd|th|TM|SM")
_FRENCH_ORDINAL = re.compile(r"\d(?:er|e)$")
_LEANING = re.compile(r"(?<![^\W\d_])[^\W\d_]$|[α-ω]$|(?<!\d)10$")
_WORD_END = re.compile(r"[^\W\d_]{2}[.,;:!?)”\"]?$")
_ISOTOPE = re.compile(r"\d{2,3} (?:[A-Z][a-z]?){1,2}(?![A-Za-z])")


def write_scripts(lines: Sequence[TextLine]) -> list[TextLine]:
    """Lines of a page with their scripts written out and their note marks gone.

    A mark that opens a line or a phrase stays as printed: it names a note or an
    affiliation. So does all else that is raised or lowered beside nothing.
    """
    levels = [level_of(line.spans, line.size_pt) for line in lines]
    mixed = [(ln, level) for ln, level in zip(lines, levels, strict=True) if level]
    notes = _Notes(
        lines, {label for ln, level in mixed if (label := _label(ln, level))}
    )
    return [
        _rewritten(line, level, notes) if level else line
        for line, level in zip(lines, levels, strict=True)
    ]


def _label(line: TextLine, level: Level) -> str:
    """The raised mark that opens a line, empty if there is none."""
    first = next(span for span in line.spans if span.text.strip())
    text = first.text.strip()
    return text if level.side(first) == 1 and is_mark(text) else ""


def _rewritten(line: TextLine, level: Level, notes: _Notes) -> TextLine:
    turn = (round(line.direction[0]), round(line.direction[1]))
    printed = with_minus(line.spans, level)
    if not line.upright:
        printed = [s._replace(box=turn_box(s.box, turn, 0, 0)) for s in printed]
    items = list(find_scripts(printed, level))
    if not any(isinstance(item, Script) for item in items):
        return line
    spans = tuple([span for span in _ScriptWriter(items, notes).spans() if span.text])
    if not line.upright:
        spans = tuple(s._replace(box=turn_back(s.box, turn, 0, 0)) for s in spans)
    text = "".join([span.text for span in spans]).strip()
    return replace(line, text=text, spans=spans)


class _ScriptWriter:
    """Writes the scripts of one line.

    Args:
        items: Of the line.
        notes: Of its page.
    """

    def __init__(self, items: Sequence[Span | Script], notes: _Notes) -> None:
        self._items = items
        self._notes = notes
        self._output: list[Span] = []
        self._before = ""  # written so far, `_` for a script
        self._base = items[0]  # last one with ink
        # Left of all: the first item touches nothing.
        self._edge = -1e9  # where it ends

    def spans(self) -> list[Span]:
        """Return the line's spans, each script as one span."""
        items, at = self._items, 0
        while at < len(items):
            item = items[at]
            following = items[at + 1] if at + 1 < len(items) else None
            if isinstance(item, Span):
                self._append(item)
            elif fraction := self._fraction(at):
                if self._before[-1:].isdigit():
                    fraction = fraction._replace(text=f" {fraction.text}")
                self._append(fraction)
                at += 1 if isinstance(following, Script) else 2
            else:
                self._output.append(self._script(item, following))
                self._base, self._edge = item, max(self._edge, item.box[2])
            at += 1
        return self._output

    def _fraction(self, at: int) -> Span | None:
        """The fraction whose numerator is an item, if it is one."""
        upper, *rest = self._items[at : at + 3]
        if rest and isinstance(rest[0], Span) and rest[0].text.isspace():
            del rest[0]  # MuPDF parts the line where it goes back
        if not rest or not isinstance(upper, Script):
            return None
        gap = upper.box[0] - self._edge
        if gap < _FRACTION_GAP * upper.level.size_pt and self._before[-1:].strip():
            return None
        return as_fraction(upper, rest[0])

    def _append(self, span: Span) -> None:
        self._output.append(span)
        self._before += span.text
        if span.text.strip():
            self._base, self._edge = span, max(self._edge, span.box[2])

    def _script(self, script: Script, following: Span | Script | None) -> Span:
        text = script.text
        after = text_after(script, following)
        if _means_same(text, self._before, after):
            return script.one(text)
        if not self._attach(script):
            return self._apart(script, after)
        if script.side > 0:
            if text in ("∘", "◦"):
                return script.one("°")
            if self._notes.names(self._raised(script, after)):
                return script.one("")
        written = script.one(script_markup(script.side, text))
        self._before += "_ " if written.text[-1].isspace() else "_"
        return written

    def _apart(self, script: Script, after: str) -> Span:
        """A script that touches nothing before it: a mark after a blank, `^{13}C`."""
        text = script.text
        opens = not self._before.strip()
        if script.side > 0 and not opens and _ISOTOPE.match(f"{text} {after}"):
            return script.one(script_markup(1, text))
        raised = self._raised(script, after)
        if script.side > 0 and self._notes.names_apart(raised):
            return script.one("")
        return script.one(text)

    def _attach(self, script: Script) -> bool:
        """Whether a script touches what is before it; no blank is left between."""
        gap = (script.box[0] - self._edge) / script.level.size_pt
        if gap > GAP or not self._before.strip():
            return False
        last = self._output[-1]
        blank = self._before[-1:].isspace()
        if script.spans[0].text[:1] == " " or (blank and gap > _NO_GAP):
            # Slanted letters lean over, so that MuPDF sees a blank in `N^2`.
            base = self._base.text.rstrip() if isinstance(self._base, Span) else ""
            if not _LEANING.search(base):
                return False
        elif blank and not (last.text.isspace() or isinstance(self._base, Script)):
            return False
        if blank:
            self._output[-1] = last._replace(text=last.text.rstrip())
            self._before = self._before.rstrip()
        return True

    def _raised(self, script: Script, after: str) -> Raised:
        base = self._base
        return Raised(
            script.text,
            self._before,
            after,
            script.spans[0].italic,
            isinstance(base, Span) and base.italic,
            isinstance(base, Script),
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
        self._numbers: set[int] = set()

    def names(self, raised: Raised) -> bool:
        """Whether raised text names a note."""
        found = is_note(raised, self._labels, self._numbers)
        if found:
            self._numbers.update(numbers_of(raised.text))
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
    category = unicodedata.category(character)
    if category in ("Sm", "So", "Sc"):
        return character not in "®©°˚"
    return category != "Lm" and (character.isalnum() or character in "*†‡§¶-–")
