"""Where papers come from: arXiv, a folder, the bundled samples."""

from chatpaper.sources.found import (
    Found,
    Source,
)
from chatpaper.sources.identifier import (
    is_category,
    parse_id,
)
from chatpaper.sources.local_query import (
    excluding_word,
    matches,
    parse_query,
)

__all__ = [
    "Found",
    "Source",
    "excluding_word",
    "is_category",
    "matches",
    "parse_id",
    "parse_query",
]
