"""Raised and lowered text: powers and indices, and marks of notes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence, Set
from itertools import pairwise
from typing import NamedTuple

from chatpaper.reading.geometry import union
from chatpaper.reading.pages.lines import (
    Span,
)
from chatpaper.records import Box

# --------------------------------------------------------------------------------------
# Runs of raised or lowered text within a line, found by size and place alone.

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
        """Return one span that replaces the script and keeps its last blanks."""
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
    """Write a minus where a script opens with a sign that nobody can read.

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
        yield Script(side, group, level, box, _script_body(group))
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
        # Of the size: more than rounding, less than an accent's height.
        if apart and abs(span.origin_y - first.origin_y) > 0.12 * level.size_pt:
            break
        if span.box[0] - spans[end - 1].box[2] > GAP * level.size_pt:
            break
        end += 1
    return end


def _script_body(group: Sequence[Span]) -> str:
    """Text of a script, with its own scripts written out."""
    largest = max(group, key=lambda span: span.size_pt)
    inner = Level(largest.size_pt, largest.origin_y)
    parts = [
        item.text if isinstance(item, Span) else script_markup(item.side, item.text)
        for item in find_scripts(group, inner)
    ]
    return _MINUS.sub("-", " ".join("".join(parts).split()))


def script_markup(side: int, text: str) -> str:
    """Raised (1) or lowered (-1) text as it is written on the line."""
    sign = "^" if side > 0 else "_"
    return f"{sign}{text}" if len(text) == 1 else f"{sign}{{{text}}}"


def text_after(script: Script, following: Span | Script | None) -> str:
    """Text on the line that follows a script without a gap."""
    if not isinstance(following, Span) or script.spans[-1].text[-1:].isspace():
        return ""
    # Of the size: half of a narrow blank.
    near = following.box[0] - script.box[2] < 0.12 * script.level.size_pt
    return following.text if near else ""


def as_fraction(upper: Script, lower: Span | Script) -> Span | None:
    """Join numerator and denominator to one span; None if these are no such pair."""
    if not isinstance(lower, Script) or (upper.side, lower.side) != (1, -1):
        return None
    apart = lower.spans[0].origin_y - upper.spans[0].origin_y
    centres = abs(sum(upper.box[::2]) - sum(lower.box[::2])) / 2
    size = upper.level.size_pt
    # Scripts of one letter start at one edge; fractions are centred on each other.
    if apart < _FRACTION * size or centres > 0.15 * size:
        return None
    parts = [f"({t})" if _SUM.search(t) else t for t in (upper.text, lower.text)]
    return lower.one("/".join(parts))._replace(box=union([upper.box, lower.box]))


# --------------------------------------------------------------------------------------
# Whether raised text marks a note, an affiliation or a reference, or is a power.

SYMBOLS = frozenset("*∗⋆★†‡§¶♯#♮♠♦♣♥✉")
_NUMBERS = r"\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*"
_LETTERS = r"[a-z](?:\s?[,;]\s?(?:[a-z]|\d{1,3}))*"
_SYMBOL = f"[{''.join(sorted(SYMBOLS))}]"
_SYMBOLS = rf"{_SYMBOL}(?:[\s,;]*{_SYMBOL})*"
_MARK = re.compile(
    rf"[\[(]?(?:(?:{_NUMBERS}|{_LETTERS})[\s,;]*(?:{_SYMBOLS})?|"
    rf"{_SYMBOLS}(?:[\s,;]*(?:{_NUMBERS}|{_LETTERS}))?)[\s,;]*[\])]?|"
    r"(?:\d,?)*\[(?:\d{4}\W){3}\d{3}[\dX]\]"  # an author's ORCID
)
_PART = re.compile(rf"\d+|[a-z]|{_SYMBOL}")
_ENDS = ".,;:!?…\"'”’»%"
# A word of prose, not of a formula: it follows a blank or a sign of prose. Spacing
# accents are letters for Unicode, not for us.
_LAST_WORD = re.compile(
    r"(?:^|(?<=[\s(\[\"'“”‘’«.,;:/–—´`¨¸-]))[^\W\d_\u02b0-\u02ff]+$"
)
_PRIMED = re.compile(r"(?<![^\W\d_])[^\W\d_]['’]$")
# Bars and hats stand before their letter; a letter with one alone is a variable.
_ACCENTED = re.compile(r"(?<![^\W\d_])[ˆ˜¯˙][^\W\d_]$")
_BEHIND_SIGN = re.compile(r"[\u20d0-\u2e7f] [^\W\d_]+$")  # `≤ cEH`
_LAST_NUMBER = re.compile(r"\d(?:[\d.,–-]*\d)?$")
_WORD = re.compile(r"[^\W\d_]{3,}")
_FORMULA = re.compile(r"[=+−<>≤≥|∥∈·/]")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d$")
_GREEK = re.compile(r"[\u0370-\u03ff\u2202-\u2207]")
# What prose and formulas alike raise to powers: units and functions.
_UNITS_AND_FUNCTIONS = """
    mm cm dm km nm µm μm pm fm pc kpc Mpc Gpc AU au ly ms ns µs μs sec min hr yr Myr
    Gyr day Hz kHz MHz GHz THz eV keV MeV GeV TeV erg Jy mJy kg mg mol Pa kPa arcsec
    arcmin deg rad sr pix px ft log ln sin cos tan sinh cosh tanh sec cot exp arg
    det max min lim sup inf Tr tr diag sgn
"""
_RAISED_WORDS = frozenset(_UNITS_AND_FUNCTIONS.split())
_MOST_POWER = 6  # of a unit


class Raised(NamedTuple):
    """Raised text and what stands round it.

    Attributes:
        text: Without blanks.
        before: Of its line, up to it, without scripts.
        after: What follows it without a gap.
        italic: Whether it is set in italics.
        on_italic: Whether what it stands behind is.
        on_script: Whether it stands behind another script.
    """

    text: str
    before: str
    after: str
    italic: bool
    on_italic: bool
    on_script: bool


def is_mark(text: str) -> bool:
    """Whether raised text may name notes: numbers, single letters, symbols."""
    return _MARK.fullmatch(text) is not None


def is_note(raised: Raised, labels: Set[str], earlier: Collection[int]) -> bool:
    """Whether raised text names a note, not a power or an index.

    Args:
        raised: The text in its place.
        labels: Marks that open lines of the page, or may.
        earlier: Numbers of the notes named on the page so far.
    """
    text = raised.text
    if raised.on_script or (raised.italic and text[:1].isalpha()) or not is_mark(text):
        return False
    last = raised.before[-1:]
    if last in _ENDS:
        return last not in "'’" or not _is_prime(raised)
    if raised.after[:1].isalnum():
        return False
    parts = _PART.findall(text)
    numbers = numbers_of(text)
    known = not labels.isdisjoint(parts) or any(
        n > 3 and n - 1 in earlier for n in numbers
    )
    if last in ")]":
        return _is_prose(raised.before, known=known)
    if last.isdigit():
        return _follows_number(raised.before, known=known, power=bool(numbers))
    # 1 is no power that anybody writes.
    large = bool(numbers) and (numbers[0] > _MOST_POWER or numbers[0] == 1)
    if _ACCENTED.search(raised.before):
        return False
    in_formula = _BEHIND_SIGN.search(raised.before)
    word = None if in_formula else _LAST_WORD.search(raised.before)
    if word is None or len(word[0]) == 1:
        return known and large and not raised.on_italic
    if _GREEK.search(word[0]):
        return False
    if word[0] in _RAISED_WORDS or word[0][1:] in _RAISED_WORDS:
        return large or (known and not numbers)
    # Two slanted letters are a product of variables.
    if len(word[0]) == 2 and raised.on_italic:
        return False
    # `AI^2` and `O(mTH^2)` are no words of prose.
    sure = not (len(word[0]) == 2 or word[0].isupper() or raised.on_italic)
    return known or (sure and bool(numbers))


def _is_prime(raised: Raised) -> bool:
    """Whether the quotation mark before raised text is the prime of a variable."""
    return raised.after[:1].isalnum() or _PRIMED.search(raised.before) is not None


def numbers_of(text: str) -> list[int]:
    """The numbers that a mark names."""
    return [int(part) for part in _PART.findall(text) if part.isdigit()]


def _is_prose(before: str, *, known: bool) -> bool:
    """Whether a closing bracket ends words, not a formula."""
    inner = _bracketed(before)
    if _FORMULA.search(inner):
        return False
    words = [w for w in _WORD.findall(inner) if w not in _RAISED_WORDS]
    return len(words) > 1 or (known and bool(words or inner.isdigit()))


def _bracketed(before: str) -> str:
    """Text within the bracket that closes at the end of a text."""
    depth = 0
    for at in range(len(before) - 1, -1, -1):
        depth += (before[at] in ")]") - (before[at] in "([")
        if depth == 0:
            return before[at + 1 : -1]
    return before


def _follows_number(before: str, *, known: bool, power: bool) -> bool:
    """Whether a mark behind a number names a note; powers of ten never do."""
    number = _LAST_NUMBER.search(before)
    if number is None or not power:
        return known
    return len(number[0]) > 1 and number[0] != "10" and (
        known or _YEAR.search(before) is not None
    )  # fmt: skip
