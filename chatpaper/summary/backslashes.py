r"""Lone backslashes in JSON: `"$\frac{1}{2}$"` where `"$\\frac{1}{2}$"` is meant.

JSON reads `\f` as a form feed and refuses `\s`. What is left open is whether `\neq` is
a command or a line that begins with "eq"; what a properly escaped reply says must stay.
"""

from __future__ import annotations

import re

# Commands of LaTeX and amsmath whose first letter is an escape of JSON too.
_COMMAND = re.compile(
    r"""n(?:abla|atural|cong|e|e[gq]|earrow|ewline|exists|geq|geqslant|gtr|i|leq|leqslant
    |less|mid|onumber|orm|ot|otin|parallel|prec|sim|subset|subseteq|succ|supseteq
    |triangleleft|triangleright|u|warrow|[vV][dD]ash|([lL]eft)?([rR]ight)?arrow)
    |r(?:Vert|angle|brac[ek]|ceil|ef|floor|group|ho|ight|m|oot|times|ule|vert
    |ight(?:left|right|squig)?(?:arrow|harpoon)(?:up|down|s)?)
    |t(?:ag|anh?|au|binom|ext|ext(?:color|normal|style|subscript|superscript)
    |ext(?:bf|it|rm|sc|sf|tt|up)|frac|herefore|heta|hick(?:approx|sim)|ilde|imes|iny|o|op
    |riangle(?:down|left|lefteq|q|right|righteq)?|wohead(?:left|right)arrow)""",
    re.VERBOSE,
)
# Behind a line break their rest may well begin a line: "e.g.", "i)", "u is".
_DOUBTFUL = frozenset({"ne", "ni", "nu"})
_ESCAPE = re.compile(
    r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|(?P<name>[A-Za-z]+)|.)",
    re.DOTALL,
)
_SURROGATE = re.compile(
    r"\\(?:\\|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2}))"
)
_DOUBLED = re.compile(r"\\\\[A-Za-z]{2}")
_DOLLARS = re.compile(r"\$+")
# As far as a formula reaches back; the longest that Pandoc's users write inline are
# shorter, and a fixed number keeps the time linear.
_FORMULA_CHARS = 300


def without_surrogates(text: str) -> str:
    """JSON text with U+FFFD for each lone surrogate, raw or escaped."""
    sound = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _SURROGATE.sub(lambda m: "\ufffd" if m["lone"] else m.group(), sound)


def mend_backslashes(text: str) -> str:
    r"""Double each lone backslash of JSON text.

    `\b` and `\f` before a letter are always a command's; `\n`, `\r` and `\t` where the
    letters that follow spell one. Of `\ne`, `\ni` and `\nu` the rest of the reply
    tells: whether its commands are doubled, else whether a formula is open.
    """
    if "\\" not in text:
        return text
    lone = any(_is_lone(match) for match in _ESCAPE.finditer(text))
    doubled = _DOUBLED.search(text) is not None

    def mended(match: re.Match[str]) -> str:
        meant = _is_lone(match)
        if match["name"] in _DOUBTFUL:
            meant = lone if lone != doubled else _in_formula(text, match.start())
        return "\\" + match.group() if meant else match.group()

    return _ESCAPE.sub(mended, text)


def _is_lone(match: re.Match[str]) -> bool:
    r"""Whether an escape is none for certain; `\'` and `\xa0` are Python's."""
    name = match["name"]
    if not name:
        return match.group()[1] not in "\\\"/'ux"
    if name[0] in "nrt":
        return name not in _DOUBTFUL and bool(_COMMAND.fullmatch(name))
    return len(name) > 1 or name not in "bf"


def _in_formula(text: str, at: int) -> bool:
    before = text[max(0, at - _FORMULA_CHARS) : at].rpartition('"')[2]
    opened = before.rfind("\\(") > before.rfind("\\)")
    return opened or len(_DOLLARS.findall(before)) % 2 == 1
