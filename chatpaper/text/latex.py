"""LaTeX, as authors type it into titles and abstracts, to plain text.

Accents, quotes, dashes and text macros are decoded; `$math$` stays as it is. Whatever
cannot be read as LaTeX stays as it was typed: nothing here raises or loops.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from functools import cache

from pylatexenc.latex2text import (
    LatexNodes2Text,
    MacroTextSpec,
    get_default_latex_context_db,
)
from pylatexenc.latexwalker import LatexMacroNode, LatexWalker, LatexWalkerError
from pylatexenc.latexwalker import get_default_latex_context_db as get_latex_grammar
from pylatexenc.macrospec import LatexContextDb

from chatpaper.text.characters import one_line
from chatpaper.text.formulas import TEX_MATH

# The library reports every unbalanced brace, but the text stays, so nothing is lost.
logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)

# Longer text is hostile, or no abstract: arXiv allows 1,920 characters.
MAX_CHARS = 20_000
# Braces within braces; the parser recurses. Abstracts of 1,285 papers have two at most.
MAX_DEPTH = 30

_SIGNS_OF_LATEX = re.compile(r"[\\{}~]|``|''|--")
_LINK = re.compile(
    r"\\(?:url|path)\s*\{([^{}]*)\}"
    r"|\\href\s*\{([^{}]*)\}(?:\s*\{((?:[^{}]|\{[^{}]*\})*)\})?"
    r"|https?://[^\s{}]+"
)
_BARE_SIGN = re.compile(r"(?<!\\)([%&#])")
_HALF_QUOTED = re.compile('“([^“”"]*)"')
_MASK = re.compile("\ue000(\\d+)\ue001")
_SILENT = (
    *("bf", "it", "em", "rm", "sc", "sf", "sl", "tt", "bfseries", "itshape", "scshape"),
    *("tiny", "small", "large", "Large", "normalsize", "color", "cite", "citep"),
    *("citet", "ref", "eqref", "label", "noindent", "thanks"),
)
_UNREADABLE = (
    LatexWalkerError,
    RecursionError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
)


def decode(text: str) -> str:
    r"""One line of plain text: `Fr\'echet \textit{x} 95\%` is Fréchet x 95%.

    Args:
        text: Any text, from anybody.

    Returns:
        Without line breaks, control characters and doubled spaces; `$math$` untouched.
    """
    line = one_line(text)
    plain_already = not _SIGNS_OF_LATEX.search(line)
    if plain_already or len(line) > MAX_CHARS or _depth(line) > MAX_DEPTH:
        return line
    kept: list[str] = []
    masked = _LINK.sub(lambda found: _link(found, kept), line)
    masked = TEX_MATH.sub(lambda found: _mask(_math(found), kept), masked)
    try:
        plain = _to_text(_BARE_SIGN.sub(r"\\\1", masked))
    except _UNREADABLE:
        return line
    # Twice, since math was masked when links already were, and may hold one.
    for _ in range(2):
        plain = _MASK.sub(lambda found: kept[int(found[1])], plain)
    return one_line(_HALF_QUOTED.sub(r"“\1”", plain))


def _depth(text: str) -> int:
    depth = deepest = 0
    for sign in re.findall(r"[{}]", text):
        depth = max(0, depth + (1 if sign == "{" else -1))
        deepest = max(deepest, depth)
    return deepest


def _mask(piece: str, kept: list[str]) -> str:
    kept.append(piece)
    return f"\ue000{len(kept) - 1}\ue001"


def _link(found: re.Match[str], kept: list[str]) -> str:
    address, words = found[1] or found[2] or found[0], found[3]
    masked = _mask(re.sub(r"\\([_%#&~])", r"\1", address), kept)
    return f"{words} ({masked})" if words and words != address else masked


def _math(found: re.Match[str]) -> str:
    inner = found[1] or found[2]
    return f"${inner.strip()}$" if inner else found[0]


def _to_text(latex: str) -> str:
    walker = LatexWalker(latex, latex_context=_grammar(), tolerant_parsing=True)
    return str(_decoder().nodelist_to_text(walker.get_latex_nodes()[0]))


@cache
def _grammar() -> LatexContextDb:
    # Cached, since making it takes longer than reading an abstract.
    return get_latex_grammar()


@cache
def _decoder() -> LatexNodes2Text:
    context = get_default_latex_context_db()
    context.add_context_category(
        "chatpaper",
        macros=[MacroTextSpec(name, "") for name in _SILENT],
        prepend=True,
    )
    context.set_unknown_macro_spec(MacroTextSpec("", simplify_repl=_unknown_macro))
    return LatexNodes2Text(latex_context=context, math_mode="verbatim")


def _unknown_macro(node: LatexMacroNode, l2tobj: LatexNodes2Text) -> str:
    """What a private macro formats; where it formats nothing, its name."""
    arguments = [a for a in (node.nodeargd.argnlist if node.nodeargd else []) if a]
    if arguments:
        return str(l2tobj.nodelist_to_text(arguments))
    rest = node.parsing_state.s[node.pos + node.len :]
    formats = rest.startswith("{") and not rest.startswith("{}")
    return "" if formats else node.macroname + node.macro_post_space


# --------------------------------------------------------------------------------------
# Formulas as the PDF prints them: what a quote and a number are compared by.

_GREEK = {
    unicodedata.name(letter).rsplit(" ", 1)[-1].lower(): letter
    for letter in "αβγδεζηθικλμνξοπρστυφχψω"
} | {"lambda": "λ"}
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?")
_SIGNS = {
    **dict.fromkeys(("times", "cdot"), "×"),
    **dict.fromkeys(("sim", "simeq", "approx"), "~"),
    **dict.fromkeys(("circ", "degree", "textdegree", "deg"), "°"),
    **dict.fromkeys(("mu", "micro"), "μ"),
    **dict.fromkeys(("le", "leq", "leqslant", "lesssim", "lt"), "≤"),
    **dict.fromkeys(("ge", "geq", "geqslant", "gtrsim", "gt"), "≥"),
    "pm": "±",
    "percent": "%",
}
_SIGN = re.compile(r"\\(?:(?P<name>[A-Za-z]+)|(?P<mark>[%~$&#_{}])|[,;:! ])")


def without_latex(text: str) -> str:
    r"""Text with LaTeX commands taken out and Greek ones read: `$\alpha_1$` is α1."""
    if "\\" not in text and "$" not in text:
        return text
    text = _COMMAND.sub(lambda match: _GREEK.get(match[1].lower(), " "), text)
    return re.sub(r"[$\\{}^_]", "", text)


def spell_signs(text: str, filler: str) -> str:
    r"""Text with commands that are signs of numbers as these signs: `\times` is ×.

    Args:
        text: Any.
        filler: Fills up what a sign is shorter than its command, so that offsets stay;
            of any other command nothing else is left.
    """
    if "\\" not in text:
        return text
    return _SIGN.sub(
        lambda match: (_SIGNS.get(match["name"], match["mark"] or "")).rjust(
            len(match.group()), filler
        ),
        text,
    )
