"""Raised marks of notes, affiliations and references, told from powers and indices."""

from __future__ import annotations

import re
from collections.abc import Collection, Set
from typing import NamedTuple

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
_LAST_NUMBER = re.compile(r"\d(?:[\d.,–-]*\d)?$")
_WORD = re.compile(r"[^\W\d_]{3,}")
_FORMULA = re.compile(r"[=+−<>≤≥|∥∈·/]")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d$")
_GREEK = re.compile(r"[\u0370-\u03ff\u2202-\u2207]")
# What prose and formulas alike raise to powers: units and functions.
_RAISED_WORDS = frozenset(
    [
        "mm",
        "cm",
        "dm",
        "km",
        "nm",
        "µm",
        "μm",
        "pm",
        "fm",
        "pc",
        "kpc",
        "Mpc",
        "Gpc",
        "AU",
        "au",
        "ly",
        "ms",
        "ns",
        "µs",
        "μs",
        "sec",
        "min",
        "hr",
        "yr",
        "Myr",
        "Gyr",
        "day",
        "Hz",
        "kHz",
        "MHz",
        "GHz",
        "THz",
        "eV",
        "keV",
        "MeV",
        "GeV",
        "TeV",
        "erg",
        "Jy",
        "mJy",
        "kg",
        "mg",
        "mol",
        "Pa",
        "kPa",
        "arcsec",
        "arcmin",
        "deg",
        "rad",
        "sr",
        "pix",
        "px",
        "ft",
        "log",
        "ln",
        "sin",
        "cos",
        "tan",
        "sinh",
        "cosh",
        "tanh",
        "sec",
        "cot",
        "exp",
        "arg",
        "det",
        "max",
        "min",
        "lim",
        "sup",
        "inf",
        "Tr",
        "tr",
        "diag",
        "sgn",
    ]
)
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


def is_note(raised: Raised, labels: Set[str], seen: Collection[int]) -> bool:
    """Whether raised text names a note, not a power or an index.

    Args:
        raised: The text in its place.
        labels: Marks that open lines of the page, or may.
        seen: Numbers of the notes named on the page so far.
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
        n > 3 and n - 1 in seen for n in numbers
    )
    if last in ")]":
        return _is_prose(raised.before, known=known)
    if last.isdigit():
        return _follows_number(raised.before, known=known, power=bool(numbers))
    large = bool(numbers) and (numbers[0] > _MOST_POWER or numbers[0] == 1)
    word = _LAST_WORD.search(raised.before)
    if word is None or len(word[0]) == 1:
        return known and large and not raised.on_italic
    if _GREEK.search(word[0]):
        return False
    if word[0] in _RAISED_WORDS or word[0][1:] in _RAISED_WORDS:
        return large or (known and not numbers)
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
