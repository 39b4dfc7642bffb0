"""What was posted, as feeds: Atom 1.0, RSS 2.0 and JSON Feed 1.1.

To add a format, write a module with a function from a `Feed` to bytes, and a line in
`FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable

from chatpaper.feeds.atom import to_atom
from chatpaper.feeds.entries import (
    MAX_ENTRIES,
    Item,
    Newest,
    entries_of,
    topics_and_all,
)
from chatpaper.feeds.feed import Feed, FeedEntry, urn_of
from chatpaper.feeds.json_feed import to_json_feed
from chatpaper.feeds.periods import review_entry, with_reviews
from chatpaper.feeds.rss import to_rss

__all__ = [
    "FORMATS",
    "MAX_ENTRIES",
    "Feed",
    "FeedEntry",
    "Item",
    "Newest",
    "entries_of",
    "review_entry",
    "topics_and_all",
    "urn_of",
    "with_reviews",
]

# By the end of the file's name.
FORMATS: dict[str, Callable[[Feed], bytes]] = {
    "atom.xml": to_atom,
    "rss.xml": to_rss,
    "feed.json": to_json_feed,
}
