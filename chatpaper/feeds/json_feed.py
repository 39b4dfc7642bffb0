"""JSON Feed 1.1."""

from __future__ import annotations

import json

from chatpaper.feeds.atom import rfc3339
from chatpaper.feeds.feed import Feed, FeedEntry

VERSION = "https://jsonfeed.org/version/1.1"


def to_json_feed(feed: Feed) -> bytes:
    """The document, in UTF-8.

    Source:
        https://www.jsonfeed.org/version/1.1/
    """
    document = {
        "version": VERSION,
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.home_url,
        "feed_url": feed.url,
        "language": feed.language,
        "authors": [{"name": feed.author}],
        "items": [_item(entry) for entry in feed.entries],
    }
    plain = {name: value for name, value in document.items() if value is not None}
    return (json.dumps(plain, ensure_ascii=False, indent=1) + "\n").encode()


def _item(entry: FeedEntry) -> dict[str, object]:
    item = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.content,
        "date_published": rfc3339(entry.published),
        "date_modified": rfc3339(entry.updated),
        "authors": [{"name": author} for author in entry.authors],
        "tags": list(entry.topics),
    }
    return {name: value for name, value in item.items() if value}
