"""What is remembered of a site that was made, in a file of its own."""

from __future__ import annotations

import html
import posixpath
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from chatpaper.site.catalogue import PostRows
from chatpaper.site.reviews import ReviewRow

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FILE = ".chatpaper-site.json"
_ATTRIBUTE = re.compile(r'<[^>"]*?(?:"[^"]*"[^>"]*?)*>')
_LINK = re.compile(r'\s(?:href|src|action)="([^"]*)"')
_ID = re.compile(r'\sid="([^"]*)"')


class Written(NamedTuple):
    """A page or a file of the site.

    Attributes:
        signature: Of what it was made of.
        links: Paths below the site that it leads to, some with `#` and a place.
        ids: Its own places; only of pages that others lead into.
    """

    signature: str
    links: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()


@dataclass(slots=True)
class Made:
    """A site.

    Attributes:
        by: Signature of the program and of what all pages share.
        posts: In short.
        files: By path.
        reviews: Weeks' and months' posts, in short.
    """

    by: str = ""
    posts: tuple[PostRows, ...] = ()
    files: dict[str, Written] = field(default_factory=dict)
    reviews: tuple[ReviewRow, ...] = ()


@cache
def _adapter() -> TypeAdapter[Made]:
    from pydantic import TypeAdapter

    return TypeAdapter(Made)


def write_made(made: Made) -> bytes:
    """What is to be remembered, as JSON."""
    return _adapter().dump_json(made) + b"\n"


def read_made(site: Path) -> Made | None:
    """What is remembered; None when nothing is, and the same when it is damaged."""
    try:
        return _adapter().validate_json((site / FILE).read_bytes())
    except (OSError, ValueError):
        return None


def written_page(path: str, signature: str, page: str) -> tuple[Written, list[str]]:
    """What is remembered of a page, and its own links that lead nowhere within it."""
    tags = "".join(_ATTRIBUTE.findall(page))
    ids = set(map(html.unescape, _ID.findall(tags)))
    links, dead = set(), []
    for link in map(html.unescape, _LINK.findall(tags)):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, place = link.partition("#")
        if not target:
            dead += [link] if place and place not in ids else []
            continue
        whole = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        links.add(unquote(whole) + (f"#{place}" if place else ""))
    kept = tuple(sorted(ids)) if path.startswith("authors/") else ()
    return Written(signature, tuple(sorted(links)), kept), dead
