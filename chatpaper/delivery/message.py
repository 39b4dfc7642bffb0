"""A message as lines of words and links, and the forms it takes on its channels.

All forms come of the same lines: plain text and HTML for mail, Markdown for robots,
plain text without signs of markup for everything else.
"""

from __future__ import annotations

import hashlib
import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from chatpaper.text import one_line, plain_formulas

# --------------------------------------------------------------------------------------
# Foreign words: titles, claims, reasons.

_OPENS_TAG = re.compile(r"<(?=[!/?@#A-Za-z])")
_AUTOLINK = re.compile(r"(?<=\w)\.(?=[^\W\d]{2,})")
_EMOJI = re.compile(r":(?=[A-Za-z0-9_+-]+:)")
# Without them no client finds a mention, an address or a tag.
_LOOKALIKES = str.maketrans({"@": "＠"})


def inert(text: str, most: int = 300) -> str:
    """Foreign words that no client makes a mention, a link or a tag of; one line.

    Signs that would are replaced by others that look alike: `＠all`, `a．org`.

    Args:
        text: From anybody; formulas become plain characters.
        most: Characters, at most.
    """
    words = one_line(plain_formulas(text)).translate(_LOOKALIKES)
    words = words.replace("://", "：//")
    words = _AUTOLINK.sub("\u2024", words)
    words = _EMOJI.sub("：", _OPENS_TAG.sub("＜", words))
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


# --------------------------------------------------------------------------------------
# The message.


@dataclass(frozen=True, slots=True)
class Span:
    """Some words, and where they lead.

    Attributes:
        text: One line; foreign words are `inert`.
        url: http(s), or None.
        strong: Whether it is a heading.
    """

    text: str
    url: str | None = None
    strong: bool = False


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An entry of a message, shown whole or not at all.

    Attributes:
        item: Its key, by which it is known when it was told before.
        lines: At least one.
    """

    item: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a reader is sent.

    Attributes:
        subject: One line.
        topic, day: Of the post.
        items: Keys of all it tells, also of parts that were cut away.
        head, foot: Lines before and after the parts.
        parts: In order.
        more: What is said of parts that were cut away; `{n}` is their number.
        more_url: Where they are.
    """

    subject: str
    topic: str
    day: date
    items: tuple[str, ...]
    head: tuple[Line, ...]
    parts: tuple[Part, ...] = ()
    foot: tuple[Line, ...] = ()
    more: str = "{n}"
    more_url: str | None = None

    def first(self, count: int) -> Message:
        """The message with so many of its parts, and a word about the others."""
        left = len(self.parts) - count
        if left <= 0:
            return self
        line = (Span(self.more.format(n=left), self.more_url),)
        return replace(self, parts=self.parts[:count], foot=(line, *self.foot))

    @property
    def blocks(self) -> tuple[tuple[Line, ...], ...]:
        """Head, parts and foot, without what is empty."""
        blocks = (self.head, *(part.lines for part in self.parts), self.foot)
        return tuple(block for block in blocks if block)

    @property
    def sha256(self) -> str:
        """Of its text."""
        return hashlib.sha256(as_text(self).encode()).hexdigest()


def fitted(message: Message, size: Callable[[Message], int], limit: int) -> Message:
    """A message with as many of its parts as its channel takes.

    Args:
        message: Whole.
        size: Of a message on the channel.
        limit: What the channel takes.
    """
    if size(message) <= limit:
        return message
    counts = range(len(message.parts))
    fit = bisect_right(counts, limit, key=lambda count: size(message.first(count)))
    return message.first(max(0, fit - 1))


# --------------------------------------------------------------------------------------
# Its forms.


def as_text(message: Message) -> str:
    """Plain text; an address stands behind the words that lead to it."""
    return _blocks(message, _text_line)


def as_chat(message: Message) -> str:
    """Plain text in which no sign means anything to a service that reads Markdown."""
    return _blocks(message, lambda line: _text_line(_unmarked(line)))


def as_markdown(message: Message) -> str:
    """Markdown as robots of groups read it, who know links, but no backslashes."""
    return _blocks(message, _markdown_line)


def as_html(message: Message) -> str:
    """A whole page for mail, readable without styles and pictures."""
    body = "".join(
        f'<div style="margin:0 0 16px">{"".join(map(_html_line, block))}</div>'
        for block in message.blocks
    )
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{html.escape(message.subject)}</title></head>"
        '<body style="font:16px/1.6 sans-serif;max-width:680px;margin:16px auto;'
        f'padding:0 12px;overflow-wrap:anywhere">{body}</body></html>\n'
    )


def _blocks(message: Message, form: Callable[[Line], str]) -> str:
    return "\n\n".join("\n".join(map(form, block)) for block in message.blocks)


def _text_line(line: Line) -> str:
    return " ".join(f"{s.text} {s.url}" if s.url else s.text for s in line)


def _html_line(line: Line) -> str:
    words = " ".join(map(_html_span, line))
    return f'<p style="margin:0 0 4px">{words}</p>'


def _html_span(span: Span) -> str:
    words = html.escape(span.text)
    if span.url:
        words = f'<a href="{html.escape(span.url)}">{words}</a>'
    return f"<strong>{words}</strong>" if span.strong else words


_MARKS = str.maketrans(
    {
        "*": "＊",
        "_": "＿",
        "~": "～",
        "`": "‘",
        "[": "［",
        "]": "］",
        "<": "＜",
        ">": "＞",
        "|": "｜",
        "\\": "＼",
        "&": "＆",
    }
)
_LIST = re.compile(r"^(?:#+|[-+=]+|\d+[.)])(?=\s|$)")
_IMAGE = re.compile(r"!(?=［)")


def _unmarked(line: Iterable[Span]) -> Line:
    return tuple(replace(span, text=_without_marks(span.text)) for span in line)


def _without_marks(text: str) -> str:
    return _IMAGE.sub("！", text.translate(_MARKS))


def _markdown_line(line: Line) -> str:
    words = []
    for span in _unmarked(line):
        # A line that begins as a list or a heading does, is one.
        text = _LIST.sub(lambda mark: f"\u200a{mark[0]}", span.text)
        text = f"[{text}]({_in_brackets(span.url)})" if span.url else text
        words.append(f"**{text}**" if span.strong else text)
    return " ".join(words)


def _in_brackets(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29")
