"""Foreign words as HTML: escaped, with their formulas as MathML."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from chatpaper.fragments.mathml import mathml_of
from chatpaper.posts import clean, safe_url
from chatpaper.text import find_formulas

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_ADDRESS = re.compile(r"https?://[^\s<>\"'，。；）]*[A-Za-z0-9/=&#_~-]")
# Of the markup that posts write, by token or by what the token holds.
_KEPT = {
    "<ins>": Markup("<ins>"),
    "</ins>": Markup("</ins>"),
    "<del>": Markup("<del>"),
    "</del>": Markup("</del>"),
    "strong_open": Markup("<strong>"),
    "strong_close": Markup("</strong>"),
}


def html_of(text: str, *, links: bool = False) -> Markup:
    """A text as HTML, on one line, as a post prints it.

    Args:
        text: Anything. Formulas become MathML; TeX that cannot is shown as it stands.
        links: Make http(s) addresses in it links; for text from arXiv only.
    """
    text, parts, done = clean(text), [], 0
    prose = _linked if links else escape
    for formula in find_formulas(text):
        block = formula.dollars == "$$"
        shown = mathml_of(formula.body, block=block)
        if shown is None:
            shown = Markup('<code class="tex">{}</code>').format(formula.body)
        parts += [prose(text[done : formula.start]), shown]
        done = formula.end
    return Markup("").join([*parts, prose(text[done:])])


def _linked(text: str) -> Markup:
    parts, done = [], 0
    for match in _ADDRESS.finditer(text):
        if url := safe_url(match[0]):
            linked = Markup('<a href="{}">{}</a>').format(url, match[0])
            parts += [escape(text[done : match.start()]), linked]
            done = match.end()
    return Markup("").join([*parts, escape(text[done:])])


def html_of_markdown(line: str) -> Markup:
    """A line that `chatpaper.posts` wrote as Markdown, as HTML.

    What was taken out and what came in stays marked, and what is bold; links and all
    other markup are only their words.
    """
    parts: list[Markup] = []
    words = ""
    for token in _parser().parseInline(line)[0].children or ():
        if token.type in ("text", "text_special", "code_inline"):
            words += token.content
            continue
        # A formula does not reach over markup, as no typesetter would have it.
        parts.append(_spaced(words))
        words = " " if token.type in ("softbreak", "hardbreak") else ""
        tag = token.content if token.type == "html_inline" else token.type
        parts.append(_KEPT.get(tag, Markup("")))
    return Markup("").join([*parts, _spaced(words)])


def _spaced(words: str) -> Markup:
    """As `html_of`, with a blank kept at either end."""
    if not words.strip():
        return escape(" " if words else "")
    before = " " if words[0].isspace() else ""
    return before + html_of(words) + (" " if words[-1].isspace() else "")


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": True})
