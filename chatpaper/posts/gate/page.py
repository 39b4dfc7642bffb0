"""A post as a CommonMark parser sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

_SEPARATOR = "---\n"
_ANCHOR = '<a id="'


class Tip(NamedTuple):
    """An address and the title that a link or a picture gives it."""

    address: str
    title: str


class _Parser(MarkdownIt):
    """CommonMark; refuses and rewrites no address, so that the rules see them all."""

    def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


_PARSER = _Parser("commonmark")


@dataclass(frozen=True, slots=True)
class Block:
    r"""One run of inline text.

    Attributes:
        line: In the file, from 1.
        kind: Of the block around it: `heading_open`, `paragraph_open`.
        level: Of a heading, 0 otherwise.
        text: As a reader sees it, without images.
        label: The bold words it begins with.
        links: Addresses in it, in order.
        images: Addresses of its pictures.
        tips: Of its links and pictures, those that have a title.
        html: Its raw tags, an anchor's two as one.
        prose: Its text with `\0` for every raw tag: no formula reaches over one.
        in_quote, in_list: What it stands in.
    """

    line: int
    kind: str
    level: int
    text: str
    label: str
    links: tuple[str, ...]
    images: tuple[str, ...]
    tips: tuple[Tip, ...]
    html: tuple[str, ...]
    prose: str
    in_quote: bool
    in_list: bool

    @property
    def lines(self) -> list[str]:
        """The text between its line breaks."""
        return self.text.split("\n")

    @property
    def anchors(self) -> list[str]:
        """Ids in it that can be linked to, in order."""
        tags = (tag for tag in self.html if tag.startswith(_ANCHOR))
        return [tag.removeprefix(_ANCHOR).partition('"')[0] for tag in tags]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole post.

    Attributes:
        markdown: The file.
        matter: Between the `---`, None when there is no such part.
        first_line: In the file, of what follows the front matter.
        tokens: Block tokens of that.
        blocks: Its runs of text.
    """

    markdown: str
    matter: str | None
    first_line: int
    tokens: tuple[Token, ...]
    blocks: tuple[Block, ...]

    def line_of(self, token: Token) -> int:
        """Line in the file, from 1."""
        return (token.map[0] if token.map else 0) + self.first_line


def read_page(markdown: str) -> Page:
    """Split off the front matter and parse the rest."""
    matter, body, first_line = None, markdown, 1
    if markdown.startswith(_SEPARATOR):
        head, end, rest = markdown[len(_SEPARATOR) :].partition(f"\n{_SEPARATOR}")
        if end:
            matter, body = head + "\n", rest
            first_line = markdown.count("\n", 0, len(markdown) - len(body)) + 1
    tokens = tuple(_PARSER.parse(body))
    return Page(
        markdown, matter, first_line, tokens, tuple(_blocks(tokens, first_line))
    )


def _blocks(tokens: tuple[Token, ...], first_line: int) -> Iterator[Block]:
    quotes = lists = 0
    for index, token in enumerate(tokens):
        quotes += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        lists += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
        if token.type == "inline":
            outer = tokens[index - 1]
            yield _block(
                token,
                line=(token.map[0] if token.map else 0) + first_line,
                outer=outer,
                in_quote=quotes > 0,
                in_list=lists > 0,
            )


def _block(
    token: Token, *, line: int, outer: Token, in_quote: bool, in_list: bool
) -> Block:
    children = token.children or []
    heading = outer.type == "heading_open"
    return Block(
        line=line,
        kind=outer.type,
        level=int(outer.tag[1:]) if heading else 0,
        text="".join(map(_plain, children)),
        label=_label(children),
        links=tuple(_attrs(children, "link_open", "href")),
        images=tuple(_attrs(children, "image", "src")),
        tips=tuple(_tips(children)),
        html=tuple(_tags(children)),
        prose="".join(
            "\0" if child.type == "html_inline" else _plain(child) for child in children
        ),
        in_quote=in_quote,
        in_list=in_list,
    )


def _label(tokens: list[Token]) -> str:
    words = [token for token in tokens if token.type != "text" or token.content]
    if not words or words[0].type != "strong_open":
        return ""
    rest = takewhile(lambda token: token.type != "strong_close", words)
    return "".join(map(_plain, rest))


def _plain(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return "\n"
    return token.content if token.type in {"text", "code_inline"} else ""


def _attrs(tokens: list[Token], kind: str, name: str) -> Iterator[str]:
    return (str(token.attrGet(name) or "") for token in tokens if token.type == kind)


def _tips(tokens: list[Token]) -> Iterator[Tip]:
    for token in tokens:
        if title := token.attrGet("title"):
            address = token.attrGet("href") or token.attrGet("src") or ""
            yield Tip(str(address), str(title))


def _tags(tokens: list[Token]) -> list[str]:
    tags: list[str] = []
    before = ""
    for token in tokens:
        html = token.content if token.type == "html_inline" else ""
        if html == "</a>" and before.startswith(_ANCHOR):
            tags[-1] += html
        elif html:
            tags.append(html)
        before = html
    return tags


def read_line(markdown: str) -> Block:
    """A line of Markdown, as a block of its own."""
    (inline,) = _PARSER.parseInline(markdown)
    outer = Token("paragraph_open", "p", 1)
    return _block(inline, line=1, outer=outer, in_quote=False, in_list=False)


def plain(markdown: str) -> str:
    """A line of Markdown as a reader sees it."""
    return read_line(markdown).text
