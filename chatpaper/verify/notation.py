"""One spelling for the many ways of printing a number, offsets kept.

Every replacement is as long as what it replaces, so an offset into the plain
text is an offset into the text that was handed in.
"""

from __future__ import annotations

import re

# Stands where a character was that joins its neighbours: `$`, a brace, `{,}`.
GLUE = "\x01"
G = rf"[ {GLUE}]*"  # what may stand between the parts of a number

_FULL_WIDTH = "０１２３４５６７８９％＋／＝＜＞．ｘＸ"
_CHARACTERS = {
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    **dict.fromkeys("～∼〜˜∽", "~"),
    **dict.fromkeys("✕✖⨯╳Х⨉", "×"),
    **dict.fromkeys("\t\n\r\v\f\u00a0\u2002\u2003\u2004\u2005\u2007\u2008\u3000", " "),
    **dict.fromkeys("\u2006\u2009\u202f${}*", GLUE),
    **dict.fromkeys("\u02da\u00ba", "°"),
    **{char: chr(ord(char) - 0xFEE0) for char in _FULL_WIDTH},
    **dict(zip("﹪’個張條種項層組幀時鐘參", "%'个张条种项层组帧时钟参", strict=True)),
}
_CHARACTER = re.compile(f"[{re.escape(''.join(_CHARACTERS))}]")
# Traditional and financial numerals, read only beside one another: 陆 is land as well.
_FORMAL = dict(
    zip("壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億兩", "一二二三三四五六六七八九十百千万亿两", strict=True)
)  # fmt: skip
_FORMAL_RUN = re.compile(
    rf"[{''.join(_FORMAL)}零一二三四五六七八九十百千万亿]{{2,}}|[萬億兩]"
)

_COMMANDS = {
    **dict.fromkeys(("times", "cdot"), "×"),
    **dict.fromkeys(("sim", "simeq", "approx"), "~"),
    **dict.fromkeys(("circ", "degree", "textdegree", "deg"), "°"),
    **dict.fromkeys(("mu", "micro"), "μ"),
    "pm": "±",
    "percent": "%",
}
# A command whose argument is shown as it stands leaves only its argument.
_LATEX = re.compile(
    rf"\\(?:(?P<name>{'|'.join(sorted(_COMMANDS, key=len, reverse=True))})(?![A-Za-z])"
    r"|(?P<silent>(?:text|math)[a-z]{2}|text|emph|boldsymbol|bm|mbox|left|right)"
    r"(?![A-Za-z])|(?P<percent>%)|(?P<space>[,;:! ])|(?P<mark>[~$&#_{}]))"
)
_RAISED_DEGREE = re.compile(rf"\^{GLUE}*(?=°)")
_THOUSANDS = re.compile(r"(?<=\d)\{,\}(?=\d{3})")


def plain(text: str) -> str:
    """Spell dashes, spaces, full-width digits and LaTeX marks one way.

    Returns:
        A text as long as the one handed in, character over character.
    """
    if "\\" in text:
        text = _LATEX.sub(_spell, text)
    text = _THOUSANDS.sub(_glue, text)
    text = _FORMAL_RUN.sub(_spell_numeral, text)
    text = _CHARACTER.sub(lambda match: _CHARACTERS[match.group()], text)
    return _RAISED_DEGREE.sub(_glue, text)


def _spell(match: re.Match[str]) -> str:
    width = len(match.group())
    if match["name"]:
        return _COMMANDS[match["name"]].ljust(width, GLUE)
    if match["percent"] or match["space"] or match["mark"]:
        return GLUE + (
            "%" if match["percent"] else " " if match["space"] else match["mark"]
        )
    return GLUE * width


def _spell_numeral(match: re.Match[str]) -> str:
    return "".join(_FORMAL.get(char, char) for char in match.group())


def _glue(match: re.Match[str]) -> str:
    return GLUE * len(match.group())


def whole_end(text: str, start: int, end: int) -> int:
    """The end of a span widened so that it cuts no LaTeX command or brace in two."""
    if end > start and text[end - 1] == "\\":
        while end < len(text) and text[end].isascii() and text[end].isalpha():
            end += 1
    inside = text[start:end]
    if inside.count("{") > inside.count("}") and text[end : end + 1] == "}":
        end += 1
    if inside.count("$") % 2 and text[end : end + 1] == "$":
        end += 1
    return end
