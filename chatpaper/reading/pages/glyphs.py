"""What TeX's math fonts print where a PDF does not say so.

MuPDF knows most glyphs by their names. Of the others it gives the code, as if it were a
letter: a sum is `X`, an integral `Z`, and "is in" is `2`. Apple's PDF writer puts keys
of its keyboards in their place: `di↵erent`. In each of these fonts a code is one sign.
"""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache
from typing import Any

import pymupdf

Signs = dict[int, str]

# The codes behind the signs of Apple's writer, as seen on the pages of two papers.
_KEYS = {
    "⇥": 0x02, "⇤": 0x03, "⌃": 0x06, "⌦": 0x0A, "↵": 0x0B, "✏": 0x0F, "⇣": 0x10,
    "⌘": 0x11, "✓": 0x12, "◆": 0x13, "\uf8ff": 0x14, "⌫": 0x17, "⇠": 0x18, "⇡": 0x19,
    "⇢": 0x1A, "⌧": 0x1C,
}  # fmt: skip

# By code; signs that the fonts' names give anyway are left out, and letters, as the
# script capitals of the symbols are.
_LETTERS: Signs = {0x06: "Σ", 0x0A: "Ω", 0x0B: "ff"}
_SLANTED: Signs = {
    0x0B: "α", 0x0F: "ϵ", 0x10: "ζ", 0x11: "η", 0x12: "θ", 0x14: "κ", 0x17: "ν",
    0x18: "ξ", 0x19: "π", 0x1A: "ρ", 0x1C: "τ", 0x21: "ω", 0x24: "ϖ", 0x40: "∂",
}  # fmt: skip
_PRIME: Signs = {0x30: "′"}
_SYMBOLS: Signs = _PRIME | {
    0x02: "×", 0x03: "∗", 0x11: "≡", 0x12: "⊆", 0x14: "≤", 0x18: "∼", 0x19: "≈",
    0x1A: "⊂", 0x21: "→", 0x31: "∞", 0x32: "∈", 0x33: "∋", 0x37: "", 0x38: "∀",
    0x39: "∃", 0x3B: "∅", 0x66: "{", 0x67: "}", 0x68: "⟨", 0x69: "⟩", 0x6A: "|",
    0x6B: "∥", 0x70: "√", 0x72: "∇",
}  # fmt: skip
# Large signs, each in a size for the line and one for displays; roots and brackets in
# several more. Of those made of pieces one is the sign; braces above and below, and
# pieces of long roots, are no text. Where several PDF writers differ nothing stands.
_LARGE: Signs = {
    ord(code): sign
    for sign, codes in {
        "(": "\0\x10\x120", ")": "\x01\x11\x13!1", "[": '\x02\x14"h2',
        "]": "\x03\x15#i3", "{": "\b\x1an8", "}": "\t\x1bo9", "⌊": "\x04\x16j",
        "⌋": "\x05\x17k", "⌈": "\x06\x18l", "⌉": "\x07\x19m", "⟨": "\n\x1cD",
        "⟩": "\v\x1dE", "|": "\f", "∥": "\r", "/": "\x0e\x1e", "\\": "\x0f\x1f",
        "∑": "PX", "∏": "QY", "∫": "RZ", "⋃": "S[", "⋂": "T\\", "⋀": "V^", "⋁": "W_",
        "∐": "`a", "√": "pqrst", "ˆ": "bcd", "˜": "efg", "": "uv{|}z4567:;<=>?@ABC",
    }.items()
    for code in codes
}  # fmt: skip

# newtx, which ACM's papers are set in, has its own places for sums and products.
_NEWTX: Signs = {ord(c): s for s, cs in {"∑": "ÍÕ", "∏": "ÎÖ"}.items() for c in cs}


def _table(codes: str, signs: str) -> Signs:
    return dict(zip(map(ord, codes), signs, strict=True))


# Springer's and Elsevier's fonts of signs; the codes of all else in them differ from
# file to file. Their points and commas are TeX's, and `x43` is x>3, `ao2` a<2.
_ADVENT = _table("¼þðÞ½", "=+()[")
_ADVENT_SIGNS = _ADVENT | _table("!/1fghij", "→∝∞{}⟨⟩|")
_POINTS = _table(":;", ".,")
_PI_1 = _table("4Dq", ">Δ∂")
_PI_2 = _table("adlmrtzO", "αδλμρτζΩ")
# One encoding of MathTime.
_GREEK = _table("0123456789\x7f", "ΓΔΘΛΞΠΣΥΦΨΩ")
_BRACKETS = _table("\x8e\x8f\x90\x91\x92\x93\x94\x95", "|∥()[]{}")
# There a glyph is named `C6` after its code in TeX's symbols.
_ADVENT_SYMBOLS = re.compile(r"advmacmthsy|advmacms$|advp4c4e74$", re.IGNORECASE)
_BY_NAME: Signs = {
    0: "−", 1: "·", 2: "×", 3: "∗", 4: "÷", 6: "±", 7: "∓", 14: "◦", 15: "•", 17: "≡",
    18: "⊆", 19: "⊇", 20: "≤", 21: "≥", 24: "∼", 25: "≈", 26: "⊂", 27: "⊃", 28: "≪",
    29: "≫", 138: "]",
}  # fmt: skip
_DIFFERENCES = re.compile(r"\d+|/[^\s/\[\]()<>]+")

_FONTS: tuple[tuple[str, Signs], ...] = (
    (r"[tp]xex", _LARGE | _NEWTX),
    (r"cmex|mtex", _LARGE),
    (r"cmb?sy\d", _SYMBOLS),
    (r"mtsyncsb", _BRACKETS),
    (r"mtmincsb", _POINTS | _GREEK),
    (r"[tp]xsy|mtsy", _PRIME),
    (r"cmmib?\d|eur[mb]\d", _SLANTED),
    (r"cm(?:r|bx|ti|sl|csc|ss\w*)\d", _LETTERS),
    (r"advmacmthsy|advp4c4e74$", _ADVENT_SIGNS),
    (r"advmacmthit|advp4c4e51$", _ADVENT | _POINTS | _table("=", "/")),
    (r"advmacmth|advp[\da-f]{6}$", _ADVENT),
    (r"advpi1$", _PI_1),
    (r"advpi2$", _PI_2),
    (r"advels-ent4$", _table("o", "<")),
)


def printed(text: str, font: str) -> str:
    """The signs that a font prints for a text, as far as the font is known for it."""
    signs = _signs(font)
    return text.translate(signs) if signs else text


@lru_cache(maxsize=4096)
def _signs(font: str) -> Signs:
    name = font.rpartition("+")[2]
    for pattern, signs in _FONTS:
        if re.match(pattern, name, re.IGNORECASE):
            return signs | {ord(k): signs[c] for k, c in _KEYS.items() if c in signs}
    return {}


def signs_by_name(page: pymupdf.Page, fonts: Set[str]) -> dict[str, Signs]:
    """Signs that a page's fonts name in a manner of their own, by font and code.

    Without them a minus and a plus-minus are lost: their codes are no letters.

    Args:
        page: An open page.
        fonts: Names of those that its text is set in.
    """
    if not any(map(_ADVENT_SYMBOLS.match, fonts)):
        return {}
    found: dict[str, Signs] = {}
    document: Any = page.parent
    for xref, _, _, base, *_ in page.get_fonts():
        name = base.rpartition("+")[2]
        if not _ADVENT_SYMBOLS.match(name):
            continue
        kind, names = document.xref_get_key(xref, "Encoding/Differences")
        signs = _differences(names) if kind == "array" else {}
        # Two subsets of one font may differ; which of them a text is in nobody says.
        other = found.get(name, signs)
        found[name] = {
            code: sign
            for code, sign in (other | signs).items()
            if signs.get(code, sign) == other.get(code, sign)
        }
    return found


def _differences(names: str) -> Signs:
    """Signs of an encoding's list: codes, each before the names of those from it on."""
    signs: Signs = {}
    code = 0
    for token in _DIFFERENCES.findall(names):
        if not token.startswith("/"):
            code = int(token[:4])
            continue
        number = token[2:]
        if token[1] == "C" and number.isdecimal() and code < 256:
            sign = _BY_NAME.get(int(number[:4]))
            signs |= {code: sign} if sign else {}
        code += 1
    return signs
