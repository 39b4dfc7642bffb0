"""One spelling for the many ways of printing a number, offsets kept.

Every replacement is as long as what it replaces, so an offset into the plain
text is an offset into the text that was handed in.
"""

from __future__ import annotations

import re

# Stands where a character was that joins its neighbours: `$`, a brace, `{,}`.
GLUE = "\x01"

_DASHES = "‐‑‒–—―−﹣－"
_TILDES = "～∼〜˜∽"
_TIMES = "✕✖⨯╳╳Х⨉"
_SPACES = "\t\n\r\v\f\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2007\u2008\u200a\u3000"
_THIN = "\u2006\u2009\u202f"

_FULL_WIDTH = "０１２３４５６７８９％＋／＝＜＞．＊ｘＸ"
_CHARACTERS = {
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys(_TILDES, "~"),
    **dict.fromkeys(_TIMES, "×"),
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys(_THIN + "${}*", GLUE),
    **{char: chr(ord(char) - 0xFEE0) for char in _FULL_WIDTH},
    "﹪": "%",
    "˚": "°",
    "º": "°",
    "兩": "两",
}
_CHARACTER = re.compile(f"[{re.escape(''.join(_CHARACTERS))}]")

_COMMANDS = {
    "times": "×",
    "pm": "±",
    "sim": "~",
    "simeq": "~",
    "approx": "~",
    "circ": "°",
    "degree": "°",
    "textdegree": "°",
    "deg": "°",
    "percent": "%",
    "cdot": "×",
    "leq": "≤",
    "le": "≤",
    "geq": "≥",
    "ge": "≥",
    "mu": "μ",
    "micro": "μ",
}

# A command whose argument is shown as it stands leaves only its argument.
_SILENT = (
    "text|textrm|textbf|textit|texttt|textsc|emph|mathrm|mathbf|mathit|mathsf|mathcal"
    "|boldsymbol|bf|it|rm|underline|mbox|bm|displaystyle|textsuperscript|ensuremath"
    "|operatorname|unit|SI|num|xspace|quad|qquad|left|right|big|Big"
)
_LATEX = re.compile(
    rf"\\(?:(?P<name>{'|'.join(sorted(_COMMANDS, key=len, reverse=True))})(?![A-Za-z])"
    rf"|(?P<silent>{_SILENT})(?![A-Za-z])"
    r"|(?P<percent>%)"
    r"|(?P<space>[,;:! ])"
    r"|(?P<mark>[~$&#_{}]))"
)
_RAISED = re.compile(rf"\^{GLUE}*(?=°)")
_THOUSANDS = re.compile(r"(?<=\d)\{,\}(?=\d{3})")


def _spell(match: re.Match[str]) -> str:
    width = len(match.group())
    if match["name"]:
        return _COMMANDS[match["name"]] + GLUE * (width - 1)
    if match["percent"]:
        return GLUE + "%"
    if match["space"]:
        return GLUE + " "
    if match["mark"]:
        return GLUE + match["mark"]
    return GLUE * width


def plain(text: str) -> str:
    """Spell dashes, spaces, full-width digits and LaTeX marks one way.

    Returns:
        A text as long as the one handed in, character over character.
    """
    if "\\" in text:
        text = _LATEX.sub(_spell, text)
    if "{,}" in text:
        text = _THOUSANDS.sub(GLUE * 3, text)
    text = _CHARACTER.sub(_character, text)
    return _RAISED.sub(_glue, text) if "°" in text else text


def _character(match: re.Match[str]) -> str:
    return _CHARACTERS[match.group()]


def _glue(match: re.Match[str]) -> str:
    return GLUE * len(match.group())


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a span so that it cuts no LaTeX command, brace or `$` pair in two."""
    if end > start and text[end - 1] == "\\":
        while end < len(text) and text[end].isascii() and text[end].isalpha():
            end += 1
    inside = text[start:end]
    for opening, closing in ("{}", "$$"):
        odd = (
            inside.count("$") % 2
            if opening == closing
            else inside.count(opening) > inside.count(closing)
        )
        if odd and text[end : end + 1] == closing:
            end += 1
    return start, end
