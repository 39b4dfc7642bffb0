"""arXiv: its Atom API, its announcement feeds and its calendar."""

from chatpaper.sources.arxiv.calendar import (
    EASTERN,
    announcements,
    expected_empty,
    is_deferred,
    latest_feed_day,
)
from chatpaper.sources.arxiv.entry import (
    open_arxiv,
)
from chatpaper.sources.arxiv.feed import (
    parse_feed,
)
from chatpaper.sources.arxiv.query import (
    build_query,
    explain_query,
    topic_from_words,
    topic_named,
    wanted_topics,
)
from chatpaper.sources.arxiv.source import (
    ArxivSource,
)

__all__ = [
    "EASTERN",
    "ArxivSource",
    "announcements",
    "build_query",
    "expected_empty",
    "explain_query",
    "is_deferred",
    "latest_feed_day",
    "open_arxiv",
    "parse_feed",
    "topic_from_words",
    "topic_named",
    "wanted_topics",
]
