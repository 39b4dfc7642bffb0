"""LaTeX, as authors type it into titles and abstracts, to plain text.

Accents, text macros, ties and quotes opened by backquotes are decoded; `$math$` stays.
Most authors type plain text: `~11%`, `{0, 1}`, `--fast` and a price in dollars are no
LaTeX and stay as they were typed. Nothing here raises or loops.
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
from chatpaper.text.formulas import find_formulas

# The library reports every unbalanced brace, but the text stays, so nothing is lost.
logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)

# Longer text is hostile, or no abstract: arXiv allows 1,920 characters.
MAX_CHARS = 20_000
# Braces within braces; the parser recurses. Abstracts of 1,285 papers have two at most.
MAX_DEPTH = 30

_SIGNS_OF_LATEX = re.compile(r"\\|``|~")
_ARGUMENT = r"\s*\{((?:[^{}]|\{[^{}]*\})*)\}"
_LINK = re.compile(
    rf"\\(?:url|path){_ARGUMENT}"
    rf"|\\href{_ARGUMENT}(?:{_ARGUMENT})?"
    r"|https?://[^\s{}]+"
)
# Authors put links between dollars so that arXiv's page, which sets them, has one.
_LINK_IN_DOLLARS = re.compile(
    r"\$\s*(\\(?:url|href)(?:\s*\{(?:[^{}$]|\{[^{}$]*\})*\})+)\s*\$"
)
# ArXiv makes these of characters that its form does not take.
_CODES_IN_DOLLARS = re.compile(r"\$((?:\s*\\unicode\s*\{x[0-9A-Fa-f]{2,5}\})+)\s*\$")
_BROKEN_BETA = r"\b{eta}"  # ArXiv's own slip: `\b` is a bar below in LaTeX
_CODE = re.compile(r"x([0-9A-Fa-f]+)")
_BRACKETED_MATH = re.compile(r"\\\((.{1,1000}?)\\\)|\\\[(.{1,1000}?)\\\]")
_NEAR = 60  # as far back as a command is looked for, or the word before a tie
_SCRIPT = re.compile(r"\\text(super|sub)script\s*\{([^{}]*)\}")
_TEXT = re.compile(r"\\text\s*\{([^{}]*)\}")
_QUOTED = re.compile(r"``([^`]+?)(?:''|\")")
_TIE = re.compile(r"(?<=[^\s~\\])~(?=[^\s~])|(?<!\\)~(?=\\[A-Za-z])")
_BRACE = re.compile(r"\\.|[{}$]")
_COMMAND_BEFORE = re.compile(
    r"\\(?:[A-Za-z]+\*?|['`^\"~=.])\s*(?:\[[^\[\]{}]*\]\s*)?\Z"
)
_COMMAND_NEXT = re.compile(r"\s*\\")
_BARE_SIGN = re.compile(r"(?<!\\)([%&#])")
_MASK = re.compile("\ue000(\\d+)\ue001")
_SILENT = (
    *("bf", "it", "em", "rm", "sc", "sf", "sl", "tt", "bfseries", "itshape", "scshape"),
    *("tiny", "small", "large", "Large", "normalsize", "color", "cite", "citep"),
    *("citet", "ref", "eqref", "label", "noindent", "thanks"),
)
_SIGN_COMMANDS = {
    **dict.fromkeys(("deg", "degree", "textdegree"), "°"),
    "textless": "<",
    "textgreater": ">",
}
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
    masked = _CODES_IN_DOLLARS.sub(_characters, line.replace(_BROKEN_BETA, "β"))
    masked = _LINK_IN_DOLLARS.sub(r"\1", masked)
    masked = _LINK.sub(lambda found: _link(found, kept), masked)
    masked = _BRACKETED_MATH.sub(lambda found: _math(found, kept), masked)
    masked = _without_formulas(masked, kept)
    masked = _SCRIPT.sub(_script, masked)
    masked = _TIE.sub(_tie, _QUOTED.sub(r"“\1”", masked))
    if "\\" in masked:
        try:
            masked = _to_text(_BARE_SIGN.sub(r"\\\1", _without_signs(masked, kept)))
        except _UNREADABLE:
            return line
    # Twice, since math was masked when links already were, and may hold one.
    for _ in range(2):
        masked = _MASK.sub(lambda found: kept[int(found[1])], masked)
    return line if "\ue000" in masked else one_line(masked)


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
    address = _TEXT.sub(r"\1", address)
    masked = _mask(re.sub(r"\\([_%#&~])", r"\1", address), kept)
    return f"{words} ({masked})" if words and words != address else masked


def _characters(found: re.Match[str]) -> str:
    codes = (int(code, 16) for code in _CODE.findall(found[1]))
    return "".join(chr(code) for code in codes if not 0xE000 <= code <= 0xF8FF)


def _math(found: re.Match[str], kept: list[str]) -> str:
    return _mask(f"${(found[1] or found[2]).strip()}$", kept)


def _script(found: re.Match[str]) -> str:
    """A power or an index as the text of a PDF has it: without one 10^{-3} is 10-3."""
    words = found[2] if len(found[2]) == 1 else f"{{{found[2]}}}"
    return f"{'^' if found[1] == 'super' else '_'}{words}"


def _without_formulas(text: str, kept: list[str]) -> str:
    parts, done = [], 0
    for found in find_formulas(text):
        formula = text[found.start : found.end]
        parts += [text[done : found.start], _mask(formula, kept)]
        done = found.end
    return "".join([*parts, text[done:]])


def _tie(found: re.Match[str]) -> str:
    """A blank for a `~` that joins two words; any other stands for "about" or "to"."""
    near = found.string[max(found.start() - _NEAR, 0) : found.start()]
    before = _MASK.sub("$", near.rpartition(" ")[2])
    last, after = before[-1:], found.string[found.end()]
    if after == "\\":
        return " "
    word = re.split(r"[\W\d_]", before)[-1]
    if after.isdecimal():  # Fig.~3 and Table~2, but not up to~11%
        joins = last in ".," or word[:1].isupper()
    elif len(word) == 1:  # a~plane, but not x~N(0, 1)
        joins = word in "aAI"
    else:
        joins = last.isalnum() or last in ".,;:!?)]}%'”$"
    return " " if joins else "~"


def _without_signs(text: str, kept: list[str]) -> str:
    """Text in which braces of no command, and dollars of no formula, are masked."""
    opened: list[tuple[int, bool]] = []
    plain: set[int] = set()
    end_of_argument = -1
    for sign in _BRACE.finditer(text):
        at = sign.start()
        if sign[0] == "{":
            near = text[max(at - _NEAR, 0) : at]
            is_argument = at == end_of_argument or _COMMAND_BEFORE.search(near)
            begins_with_one = _COMMAND_NEXT.match(text, at + 1)
            opened.append((at, bool(is_argument or begins_with_one)))
        elif sign[0] == "}" and opened:
            start, is_latex = opened.pop()
            plain |= set() if is_latex else {start, at}
            end_of_argument = at + 1 if is_latex else -1
        elif sign[0] in "$}":
            plain.add(at)
    plain |= {start for start, is_latex in opened if not is_latex}
    return "".join(
        _mask(char, kept) if at in plain else char for at, char in enumerate(text)
    )


def _to_text(latex: str) -> str:
    walker = LatexWalker(latex, latex_context=_grammar(), tolerant_parsing=True)
    return str(_decoder().nodelist_to_text(walker.get_latex_nodes()[0]))


@cache
def _grammar() -> LatexContextDb:
    # Cached, since making it takes longer than reading an abstract. Dashes, quotes and
    # ties are none of its business: most authors mean them as they are.
    return get_latex_grammar().filter_context(exclude_categories=["nonascii-specials"])


@cache
def _decoder() -> LatexNodes2Text:
    context = get_default_latex_context_db()
    context.add_context_category(
        "chatpaper",
        macros=[
            *(MacroTextSpec(name, "") for name in _SILENT),
            *(MacroTextSpec(name, sign) for name, sign in _SIGN_COMMANDS.items()),
        ],
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


def plain_formulas(text: str) -> str:
    r"""Text with its formulas in plain characters: `$\mathbb{R}^{3}$` is ℝ^3."""
    parts, done = [], 0
    for found in find_formulas(text):
        parts += [text[done : found.start], _plain(found.body)]
        done = found.end
    return "".join([*parts, text[done:]])


def _plain(body: str) -> str:
    try:
        return one_line(_to_text(_BARE_SIGN.sub(r"\\\1", body)))
    except _UNREADABLE:
        return body


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
