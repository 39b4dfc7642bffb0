"""Foreign text as Markdown that is shown and never acts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, urlsplit

from chatpaper.text import harmless_formulas

# --------------------------------------------------------------------------------------
# Foreign text as Markdown: escaped by default, `$math$` kept whole.
#
# What is written here must come out of every renderer as the very same characters:
# CommonMark, GitHub, and Hexo's `hexo-renderer-marked`, which also curls quotes,
# links bare addresses and hands `{{` to Nunjucks. So whatever means something to one
# of them is escaped, in prose and in formulas alike; MathJax then finds a formula's
# TeX untouched.

_PLACE_HOLDER = "\ufffc"  # Hexo marks what it sets aside with it


class Markdown(str):
    """Text that is Markdown already and is not escaped again."""

    __slots__ = ()


# ---------------------------------------------------------------- text as printed


@lru_cache(maxsize=2048)
def clean(text: str) -> str:
    """The text as a post prints it: one line, no invisible characters.

    Control, format, surrogate, private and unassigned characters are dropped: they hide
    words, turn lines round, or are Hexo's own place-holders. Joiners stay, since
    scripts and emoji need them. Formulas lose nothing but what TeX ignores. Outside of
    them a backslash is one that only looks like it: no TeX command stands there, also
    where a theme strips the tags that keep a heading's dollars apart.
    """
    if not text.isprintable() or _PLACE_HOLDER in text:
        text = "".join(" " if char.isspace() else char for char in text if _seen(char))
    return "".join(
        part if is_math else part.replace("\\", "＼")
        for part, is_math in _parts(" ".join(text.split()))
    )


def _seen(char: str) -> bool:
    if char in "\u200c\u200d" or char.isspace():
        return True
    return char.isprintable() and char != _PLACE_HOLDER


# ---------------------------------------------------------------- formulas

_BRACE_PAIR = re.compile(r"\{(?=[{#])")
_BARE_PERCENT = re.compile(r"(?<!\\)((?:\\\\)*)%")


def _tidy(body: str) -> str:
    """A formula that TeX sets alike, without comments and Nunjucks' opening pairs."""
    return _BRACE_PAIR.sub("{ ", _BARE_PERCENT.sub(r"\1\\%", body))


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Prose and formulas in turn, each with whether it is a formula."""
    done = 0
    for found in harmless_formulas(text):
        yield text[done : found.start], False
        yield f"{found.dollars}{_tidy(found.body)}{found.dollars}", True
        done = found.end
    yield text[done:], False


def formulas(text: str) -> tuple[str, ...]:
    """The formulas of a text, with their dollars."""
    return tuple(part for part, is_math in _parts(text) if is_math)


# ---------------------------------------------------------------- escaping

_URL = re.compile(
    r"https?://[A-Za-z0-9](?:[A-Za-z0-9\-._~:/?#@!&'()*+,;=%\[\]]*[A-Za-z0-9/=&#_~)-])?"
)
_SPECIAL = re.compile(
    r"[`*_\[\]<>&~'\"@#|]"
    r"|\$"
    r"|!(?=\[)|(?<=<)!"  # an image; the start of a comment, which Hexo reads raw
    r"|\{(?=[{%#])"  # Nunjucks
    r"|(?<=-)-|-(?=-)|(?<=\.)\.|\.(?=\.)"  # typographic dashes and dots
    r"|:(?=//)|(?<=[wW]{3})\."  # bare addresses
    r"|:(?=[A-Za-z0-9_+-]+:)"  # emoji names
)
_AT_START = re.compile(r"^(?:(\d{1,9})([.)])(?=\s|$)|([-+=:]))")
_MATH_SPECIAL = re.compile(
    r"\\(?=[!-/:-@\[-`{-~]|$)"  # a backslash that Markdown would eat
    r"|(?<![A-Za-z0-9])_"  # only these can open emphasis
    r"|[*`<~'\"@\[\]]"
    r"|&(?=[#A-Za-z0-9])|!(?=\[)|(?<=<)!"
    r"|(?<=-)-|-(?=-)|(?<=\.)\.|\.(?=\.)|:(?=//)|(?<=[wW]{3})\."
)


def _prose_char(match: re.Match[str]) -> str:
    char = match[0]
    if char == "$":
        return "<span>$</span>"  # a formula cannot reach over an element
    if char == "{":
        return "{<!-- -->"
    return f"\\{char}"


def _prose(text: str) -> str:
    return _SPECIAL.sub(_prose_char, text)


def _linked(text: str) -> str:
    done, out = 0, []
    for match in _URL.finditer(text):
        url = match[0]
        while url.endswith(")") and url.count(")") > url.count("("):
            url = url[:-1]
        shown = f"<{url}>" if is_http(url) else _prose(url)
        out += [_prose(text[done : match.start()]), shown]
        done = match.start() + len(url)
    return "".join([*out, _prose(text[done:])])


def escape(text: str, *, links: bool = False) -> Markdown:
    """Markdown that shows a text as it is, on one line.

    Args:
        text: Anything. `$...$` that is a harmless formula stays one.
        links: Make http(s) addresses in it links; for text from arXiv only.
    """
    prose = _linked if links else _prose
    whole = "".join(
        _MATH_SPECIAL.sub(r"\\\g<0>", part) if is_math else prose(part)
        for part, is_math in _parts(clean(text))
    )
    return Markdown(_AT_START.sub(_start, whole))


def _start(match: re.Match[str]) -> str:
    return f"{match[1]}\\{match[2]}" if match[1] else f"\\{match[3]}"


# ---------------------------------------------------------------- links


_HOST = re.compile(r"(?:[a-z0-9_-]+\.)*[a-z][a-z0-9_-]*\.?")
# HTML takes these for one character, even without a semicolon: `&lt`, `&#123`.
_CHARACTER = re.compile(r"&(?:#|[A-Za-z][A-Za-z0-9]*(?![A-Za-z0-9=]))")


def is_http(url: str) -> bool:
    """Whether an address is http(s) as every browser takes it, and without blanks.

    Not so are hosts that end in a number, which are read as IP addresses; labels in
    punycode, of which many are refused and many look like others; names and passwords,
    which look like hosts; ports that are none; and what HTML would read otherwise.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    known = host if port is None else f"{host}:{port}"
    is_plain = parts.netloc.lower() == known and _HOST.fullmatch(host) is not None
    is_named = is_plain and not re.search(r"(?:^|\.)xn--", host)
    is_same = url.split() == [url] and not _CHARACTER.search(url)
    return parts.scheme in {"http", "https"} and is_named and is_same


def safe_url(url: str | None) -> str | None:
    """An http(s) address that can stand in a Markdown link, None for any other."""
    quoted = quote((url or "").strip(), safe=":/?#@!&+,=%-._~", errors="replace")
    return quoted if is_http(quoted) else None


_BRACKET = re.compile(r"[\[\]]")


def link(text: str, url: str | None, *, title: str = "") -> Markdown:
    """A link, or the bare text when the address is not http(s).

    The bare text too when there are brackets in it: Hexo takes the backslashes off them
    and reads a link's words again.

    Args:
        text: Shown.
        url: Where to.
        title: Shown on hover, as `tip` has it.
    """
    target = safe_url(url)
    if target is None or _BRACKET.search(text):
        return escape(text)
    words = _TIP_SPECIAL.sub(r"\\\g<0>", tip(title))
    return Markdown(
        f'[{escape(text)}]({target} "{words}")'
        if words
        else f"[{escape(text)}]({target})"
    )


# ---------------------------------------------------------------- attributes

_LOOKALIKES = str.maketrans({"<": "＜", ">": "＞", "\\": "＼", "{": "｛", "}": "｝"})
_ENTITY = re.compile(r"&(?=#?\w+;)")
# Not active in an attribute; if a renderer took the link apart they could become so.
_TIP_SPECIAL = re.compile(r"[*_\[\]()|~@]|:(?=//)|(?<=[wW]{3})\.")


def harmless(text: str) -> str:
    """One line that stays text in a script, an attribute and a path."""
    return clean(text).translate(_LOOKALIKES)


def tip(text: str) -> str:
    """A text as the title of a link: what could end or leave it looks alike only."""
    curled = re.sub(r'(?<!\S)"', "“", harmless(text)).replace('"', "”")
    return _ENTITY.sub("＆", curled).replace("`", "‘").replace("$", "＄")
