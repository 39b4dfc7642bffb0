"""arXiv: its Atom API, its announcement feeds and its calendar."""

from chatpaper.sources.arxiv.calendar import (
    EASTERN,
    Quiet,
    announcements,
    expected_empty,
    is_deferred,
    latest_feed_day,
)
from chatpaper.sources.arxiv.feed import (
    parse_feed,
)
from chatpaper.sources.arxiv.query import (
    build_query,
    explain_query,
    topic_from_words,
)
from chatpaper.sources.arxiv.source import (
    ArxivSource,
)

__all__ = [
    "EASTERN",
    "ArxivSource",
    "Quiet",
    "announcements",
    "build_query",
    "expected_empty",
    "explain_query",
    "is_deferred",
    "latest_feed_day",
    "parse_feed",
    "topic_from_words",
]
