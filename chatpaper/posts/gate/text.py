"""Rules on the characters of a post: Nunjucks, hidden characters, formulas, tags."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chatpaper.posts.gate.page import Block, Page
from chatpaper.posts.gate.problem import Found
from chatpaper.posts.markdown import clean, formulas
from chatpaper.posts.naming import ANCHOR
from chatpaper.posts.phrases import every_language

# Hexo runs these wherever they stand, in code too unless it is fenced off by `raw`:
# https://hexo.io/docs/troubleshooting#Escape-Contents
_NUNJUCKS = re.compile(r"\{[{%#]")
_INLINE = frozenset(
    {"<!-- -->", "<span>", "</span>", "<del>", "</del>", "<ins>", "</ins>"}
)
_BARE_TEX = re.compile(r"\\(?:[(\[]|begin\b|(?:eq)?ref\b)")
_ANCHOR = re.compile(rf'<a id="{ANCHOR.pattern}"></a>')


def text_problems(page: Page) -> Iterator[Found]:
    """No braces for Nunjucks, no hidden characters, whole formulas, our tags only."""
    for number, line in enumerate(page.markdown.split("\n"), 1):
        for match in _NUNJUCKS.finditer(line):
            yield Found(number, "nunjucks", f"Hexo would run {match[0]!r}")
        for char in set(line):
            if char.isprintable() or char == " " or clean(f"a{char}b") == f"a{char}b":
                continue
            yield Found(number, "text", f"invisible character U+{ord(char):04X}")
    yield from _fold_problems(page)
    for block in page.blocks:
        yield from _tag_problems(block)
        yield from _math_problems(block)


# ---------------------------------------------------------------- raw HTML


def _fold_problems(page: Page) -> Iterator[Found]:
    """Folds open and close in turn; no other HTML block."""
    words = set().union(*(say.folds for say in every_language()))
    starts = {f"<details>\n<summary>{word}</summary>" for word in words}
    open_line = 0
    for token in page.tokens:
        if token.type != "html_block":
            continue
        line, html = page.line_of(token), token.content.strip()
        if html in starts:
            if open_line:
                yield Found(line, "folds", f"a fold inside that of line {open_line}")
            open_line = line
        elif html == "</details>":
            if not open_line:
                yield Found(line, "folds", "a fold ends that never began")
            open_line = 0
        else:
            yield Found(line, "html", f"not our HTML: {html[:60]!r}")
    if open_line:
        yield Found(open_line, "folds", "the fold is never closed")


def _tag_problems(block: Block) -> Iterator[Found]:
    stack: list[str] = []
    for tag in block.html:
        if _ANCHOR.fullmatch(tag):
            continue
        if tag not in _INLINE:
            yield Found(block.line, "html", f"not our HTML: {tag[:60]!r}")
        elif tag.startswith("</"):
            if not stack or stack.pop() != tag.replace("/", ""):
                yield Found(block.line, "html", f"{tag} closes nothing")
        elif not tag.startswith("<!"):
            stack.append(tag)
    for tag in stack:
        yield Found(block.line, "html", f"{tag} is never closed")


# ---------------------------------------------------------------- formulas


def _math_problems(block: Block) -> Iterator[Found]:
    """Every dollar that MathJax sees belongs to a formula with balanced groups."""
    for part in re.split(r"\0\$\0", block.prose):
        rest = part.replace("\0", "")
        for formula in formulas(rest):
            rest = rest.replace(formula, "", 1)
        if "$" in rest:
            yield Found(block.line, "math", f"a dollar without partner: {rest[:60]!r}")
    # No formula reaches over a tag, and no command does.
    if any(_BARE_TEX.search(_outside(run)) for run in block.prose.split("\0")):
        yield Found(block.line, "math", "TeX outside dollars")


def _outside(prose: str) -> str:
    for formula in formulas(prose):
        prose = prose.replace(formula, " ", 1)
    return prose
