"""A post as a reader sees it: blocks of words, links, anchors and pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from chatpaper.records import Paper

# --------------------------------------------------------------------------------------
# When two texts read alike.

# A name as hosts have it: browsers read one that ends in a number as an IP address, and
# refuse many that begin with `xn--`.
_HTTP = re.compile(
    r"(?i)https?://(?!(?:[^/?#]*\.)?xn--)(?:[\w-]+\.)*[a-z][\w-]*\.?(?::(\d{1,5}))?"
    r"(?:[/?#]|\Z)",
    re.A,
)
_CHARACTER = re.compile(r"&(?:#|[^\W\d_][^\W_]*(?![^\W_]|=))", re.A)
_LOOKALIKES = str.maketrans("＜＞｛｝＆＄“”‘", '<>{}&$""`')


def is_visible(char: str) -> bool:
    """Whether a character may stand in a post: it is seen, or joins two that are."""
    # U+FFFC counts as printable; Hexo marks what it sets aside with it.
    return (char.isprintable() and char != "\ufffc") or char in "\u200c\u200d"


def one_line(text: str) -> str:
    """A text without invisible characters, with single blanks."""
    if text.isprintable() and "\ufffc" not in text:
        return " ".join(text.split())
    seen = (" " if c.isspace() else c for c in text if c.isspace() or is_visible(c))
    return " ".join("".join(seen).split())


def title_of(paper: Paper) -> str:
    """The title on one line; the id of a paper without one."""
    return one_line(paper.title) or one_line(paper.versioned_id) or "?"


def authors_of(paper: Paper) -> list[str]:
    """The authors, each on one line."""
    return list(filter(None, map(one_line, paper.authors)))


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    r"""What of a text must be the same in a post as in the records.

    Blanks and invisible characters do not count, nor whether TeX's `%` is escaped, nor
    the wide backslash that stands for that of a TeX command outside of formulas.
    """
    if not text.isprintable() or "\ufffc" in text:
        text = "".join(filter(is_visible, text))
    text = "".join(text.split()).replace("＼", "\\")
    return re.sub(r"\\+%", "%", text) if "%" in text else text


def fold_attribute(text: str) -> str:
    """The same of a link's title or the front matter, where lookalikes may stand."""
    return fold(text.translate(_LOOKALIKES))


def fold_address(address: str) -> str:
    """What of an address must be the same: not how its characters are escaped."""
    return fold(unquote(address))


def is_http(address: str | None) -> bool:
    """Whether an address can be linked to: http(s), with a plain host and port.

    Not one in which HTML would read a character: `&lt`, `&#123`.
    """
    found = _HTTP.match((address or "").strip())
    if found is None or _CHARACTER.search(found.string):
        return False
    return int(found[1] or 0) < 2**16


# --------------------------------------------------------------------------------------
# Blocks and what is in them.


class Segment(NamedTuple):
    """A run of words in one element, or one element without words.

    Attributes:
        kind: `text`, `bold`, `code`, `del`, `ins`, `link`, `autolink` (a bare address),
            `image`, `anchor`; the parser's word for any other element.
        text: Seen by the reader; of a picture, read to those who do not see it.
        address: Of a link or a picture; the id of an anchor.
        title: Shown on hover.
    """

    kind: str
    text: str
    address: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, or an item of a list.

    Attributes:
        line: In the file, from 1.
        level: Of a heading, 0 otherwise.
        inside: What it stands in, from without: `quote`, `bullet`, `step`.
        fold: Words on the fold that it stands in; empty outside of folds.
        segments: Its words and elements, in order.
        tags: Its raw HTML, an anchor's two tags as one.
        runs: Its text between two elements: MathJax finds no formula across one.
        literals: Texts that are shielded from MathJax by an element of their own.
    """

    line: int
    level: int
    inside: tuple[str, ...]
    fold: str
    segments: tuple[Segment, ...]
    tags: tuple[str, ...]
    runs: tuple[str, ...]
    literals: tuple[str, ...]

    @property
    def text(self) -> str:
        """All words of it."""
        return "".join(s.text for s in self.segments if s.kind != "image")

    def of_kind(self, kind: str) -> Iterator[Segment]:
        """Its segments of one kind."""
        return (segment for segment in self.segments if segment.kind == kind)


class Boundary(NamedTuple):
    """Where a list, an item, code, a ruler or raw HTML begins or ends.

    Attributes:
        kind: Name of the token in markdown-it.
        line: In the file, from 1.
        text: An item's number, or the HTML.
    """

    kind: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """A whole post, as one Markdown parser reads it.

    Attributes:
        markdown: The file.
        front_matter: Between the `---`, None when there is no such part.
        first_line: In the file, of what follows the front matter.
        blocks: All runs of text, in order.
        marks: Structure between them, in order.
    """

    markdown: str
    front_matter: str | None
    first_line: int
    blocks: tuple[Block, ...]
    marks: tuple[Boundary, ...]


# --------------------------------------------------------------------------------------
# The page in a Markdown file, by CommonMark.

_SEPARATOR = "---\n"
_FOLD = re.compile(r"<details>\n<summary>(.*)</summary>")
_CONTAINERS = {"blockquote": "quote", "bullet_list": "bullet", "ordered_list": "step"}


class CommonMark(MarkdownIt):
    """A parser that leaves every address as it is, so that the rules see them all."""

    def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002
        """Refuse none."""
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        """Rewrite none."""
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        """Rewrite none where it is shown."""
        return link


_PARSER = CommonMark("commonmark")


def read_commonmark(markdown: str) -> Page:
    """Split off the front matter and parse the rest."""
    return read_by(_PARSER, markdown)


def read_by(parser: CommonMark, markdown: str) -> Page:
    """The page that a parser sees below the front matter."""
    front, body, first_line = None, markdown, 1
    if markdown.startswith(_SEPARATOR):
        head, end, rest = markdown[len(_SEPARATOR) :].partition(f"\n{_SEPARATOR}")
        if end:
            front, body = head + "\n", rest
            first_line = markdown.count("\n", 0, len(markdown) - len(body)) + 1
    blocks: list[Block] = []
    marks: list[Boundary] = []
    inside: list[str] = []
    fold_words, level = "", 0
    for token in parser.parse(body):
        line = (token.map[0] if token.map else 0) + first_line
        container = _CONTAINERS.get(token.type.rpartition("_")[0])
        if container:
            inside = [*inside, container] if token.nesting > 0 else inside[:-1]
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "inline":
            blocks.append(_block(token, line, level, tuple(inside), fold_words))
            level = 0
        else:
            html = token.content.strip() if token.type == "html_block" else token.info
            marks.append(Boundary(token.type, line, html))
            if token.type == "html_block":
                opened = _FOLD.match(html)
                fold_words = opened[1] if opened else ""
    return Page(markdown, front, first_line, tuple(blocks), tuple(marks))


def _block(
    token: Token, line: int, level: int, inside: tuple[str, ...], fold_words: str
) -> Block:
    reader = _Inline()
    reader.read(token.children or [])
    return Block(
        line=line,
        level=level,
        inside=inside,
        fold=fold_words,
        segments=tuple(reader.segments),
        tags=tuple(reader.tags),
        runs=tuple(reader.runs),
        literals=tuple(reader.literals),
    )


_ANCHOR = '<a id="'
_WORDS = {"text", "code_inline", "softbreak", "hardbreak"}
_TAGGED = ("del", "ins", "span")


class _Inline:
    """Reads the tokens of one block into segments, tags and runs."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.tags: list[str] = []
        self.runs: list[str] = [""]
        self.literals: list[str] = []
        self._open: list[str] = []  # elements around the next words, outermost first
        self._link = Segment("text", "")
        self._is_new = True  # whether an element began or ended since the last words

    def read(self, tokens: Sequence[Token]) -> None:
        """Take all tokens of a block."""
        before = ""
        for token in tokens:
            if token.type == "code_inline":  # MathJax leaves it alone
                self._break()
                self.segments.append(Segment("code", token.content))
            elif token.type in _WORDS:
                self._words("\n" if "break" in token.type else token.content)
            elif token.type == "html_inline":
                self._html(token.content, before)
            else:
                self._element(token)
            before = token.content if token.type == "html_inline" else ""

    def _words(self, text: str) -> None:
        if "span" in self._open:
            self.literals.append(text)
        else:
            self.runs[-1] += text
        kind, address, title = "text", "", ""
        if self._link.kind != "text":
            kind, address, title = self._link.kind, self._link[2], self._link[3]
        elif outer := [name for name in self._open if name != "span"]:
            kind = outer[0]
        last = self.segments[-1] if self.segments else None
        joins = last is not None and last.kind == kind
        if last is not None and joins and (kind == "text" or not self._is_new):
            self.segments[-1] = last._replace(text=last.text + text)
        elif text:
            self.segments.append(Segment(kind, text, address, title))
        self._is_new = False

    def _html(self, html: str, before: str) -> None:
        if html == "</a>" and before.startswith(_ANCHOR):
            self.tags[-1] += html
            name = before.removeprefix(_ANCHOR).partition('"')[0]
            self.segments.append(Segment("anchor", "", name))
        else:
            self.tags.append(html)
        if html.startswith("<!--"):
            return  # MathJax reads on over a comment
        name = html.strip("</>")
        self._break(splits=name != "span")
        if name in _TAGGED and html == f"<{name}>":
            self._open.append(name)
        elif name in self._open:
            self._open.remove(name)

    def _element(self, token: Token) -> None:
        is_empty = self._is_new
        self._break()
        address = str(token.attrGet("href") or token.attrGet("src") or "")
        title = str(token.attrGet("title") or "")
        if token.type == "image":
            inner = (c.content for c in token.children or () if c.type in _WORDS)
            words = "".join(inner)
            self.segments.append(Segment("image", words, address, title))
        elif token.type == "link_open":
            kind = "autolink" if token.markup == "autolink" else "link"
            self._link = Segment(kind, "", address, title)
        elif token.type == "link_close":
            if is_empty:  # a link without words is one all the same
                self.segments.append(self._link)
            self._link = Segment("text", "")
        elif token.type == "strong_open":
            self._open.append("bold")
        elif token.type == "strong_close":
            self._open.remove("bold")
        else:
            self.segments.append(Segment(token.type, ""))

    def _break(self, *, splits: bool = True) -> None:
        self.runs.append("")
        self._is_new = self._is_new or splits
