"""A post as Hexo reads it: CommonMark, and what marked 15 and Nunjucks add.

`hexo-renderer-marked` takes the backslashes off the brackets in a link's words and
reads these words again, makes links of bare addresses, and strikes out between tildes.
What it has made goes through Nunjucks, which sees the text without its backslashes.

Source:
    https://github.com/markedjs/marked/blob/v15.0.12/src/Tokenizer.ts
    https://github.com/hexojs/hexo/blob/v8.0.0/lib/hexo/post.ts
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import link as read_link
from markdown_it.token import Token

from chatpaper.posts.gate.rendered import CommonMark, Page, read_by

_BRACKET = re.compile(r"\\([\[\]])")
_BARE_ADDRESS = re.compile(
    r"(?i)(?:(?:ftp|https?)://|www\.)[a-z0-9][^\s<]*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.A
)
_NUNJUCKS = re.compile(r"\{[{%#]")
_TEXT = ("text", "text_special")  # the latter was escaped


def read_hexo(markdown: str) -> Page:
    """Split off the front matter and parse the rest."""
    return read_by(_PARSER, markdown)


def _link_read_twice(state: StateInline, silent: bool) -> bool:
    start, before, marked = state.pos, len(state.tokens), len(state.tokens_meta)
    if state.src[start] != "[":
        return False
    end = state.md.helpers.parseLinkLabel(state, start, True)
    if not read_link(state, silent):
        return False
    words = state.src[start + 1 : end]
    again = _BRACKET.sub(r"\1", words)
    if not silent and again != words:
        inner = state.md.parseInline(again, state.env)[0].children or []
        opened = state.tokens[before].type != "link_open"  # words may stand before it
        state.tokens[before + opened + 1 : -1] = inner
        del state.tokens_meta[marked:]  # emphasis in the words: it is set already
    return True


def _mark_what_hexo_adds(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline":
            token.children = list(_marked(token.children or ()))


def _marked(children: Iterable[Token]) -> Iterator[Token]:
    """Tokens with what Hexo makes of the text between them."""
    links, is_address, shown = 0, False, ""
    for token in children:
        if token.type in ("link_open", "link_close"):
            links += token.nesting
            is_address = token.nesting > 0 and token.markup == "autolink"
        shown = shown + token.content if token.type in _TEXT else ""
        if _NUNJUCKS.search(shown):
            yield Token("nunjucks", "", 0)
        if token.type == "image":
            token.children = [Token("text", "", 0, content=token.content)]
        if token.type == "text" and not is_address:
            if "~" in token.content:
                yield Token("strikethrough", "", 0)
            for match in () if links else _BARE_ADDRESS.finditer(token.content):
                yield Token("link_open", "a", 1, attrs={"href": match[0]})
                yield Token("link_close", "a", -1)
        if token.type == "text_special":
            token.type = "text"
        yield token


def _parser() -> CommonMark:
    parser = CommonMark("commonmark")
    parser.enable("table")
    parser.inline.ruler.at("link", _link_read_twice)
    parser.core.ruler.at("text_join", _mark_what_hexo_adds)
    return parser


_PARSER = _parser()
