"""What TeX's math fonts print where a PDF does not say so.

MuPDF knows most glyphs by their names. Of the others it gives the code, as if it were a
letter: a sum is `X`, an integral `Z`, and "is in" is `2`. Apple's PDF writer puts keys
of its keyboards in their place: `di↵erent`. In each of these fonts a code is one sign.
"""

from __future__ import annotations

import re
from functools import lru_cache

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
# Springer's and Elsevier's fonts of signs; what else is in them differs from file to
# file.
_ADVENT: Signs = dict(zip(map(ord, "¼þðÞ½"), "=+()[", strict=True))

_FONTS: tuple[tuple[str, Signs], ...] = (
    (r"[tp]xex", _LARGE | _NEWTX),
    (r"cmex|mtex", _LARGE),
    (r"cmb?sy\d", _SYMBOLS),
    (r"[tp]xsy|mtsy", _PRIME),
    (r"cmmib?\d|eur[mb]\d", _SLANTED),
    (r"cm(?:r|bx|ti|sl|csc|ss\w*)\d", _LETTERS),
    (r"advmacmth|advp[\da-f]{6}$", _ADVENT),
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
