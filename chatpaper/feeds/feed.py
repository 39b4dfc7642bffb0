"""A feed and its entries, before they have a format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from chatpaper.posts import clean
from chatpaper.records import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """A paper, or a new version of one.

    Attributes:
        id: An address or URN that the entry keeps for ever.
        title, summary: Plain text; the summary may be empty.
        content: Safe HTML.
        url: To read on; None for papers that are nowhere.
        authors: Of the paper.
        topics: Under which it was posted.
        published: Midnight of the day of its post, aware UTC.
        updated: When it was last changed, likewise.
    """

    id: str
    title: str
    summary: str
    content: str
    url: str | None
    authors: tuple[str, ...]
    topics: tuple[str, ...]
    published: datetime
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a reader subscribes to.

    Attributes:
        id: A URN that the feed keeps while its address stays.
        title, description, author: Plain text.
        language: A tag such as `zh-CN`.
        home_url: The page that the feed belongs to; None when nobody said it.
        url: Of the feed itself, likewise.
        entries: Newest first, at least one; every id once.
    """

    id: str
    title: str
    description: str
    author: str
    language: str
    home_url: str | None
    url: str | None
    entries: tuple[FeedEntry, ...]

    @property
    def updated(self) -> datetime:
        """When anything in it last changed."""
        return max(entry.updated for entry in self.entries)


def urn_of(name: str) -> str:
    """A URN that is the same for the same name, whenever it is asked for."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'chatpaper:{clean(name)}')}"


def id_of(paper: Paper, *, version: bool = False) -> str:
    """The address of a paper's abstract on arXiv; a URN for a paper from elsewhere.

    Args:
        paper: Any of its versions.
        version: Name the version too.
    """
    name = paper.versioned_id if version else paper.id
    on_arxiv = (paper.abs_url or "").startswith("https://arxiv.org/abs/")
    if paper.source == "arxiv" or on_arxiv:
        return f"https://arxiv.org/abs/{quote(name, errors='replace')}"
    return urn_of(f"{paper.source}:{name}")
