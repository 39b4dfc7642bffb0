"""Which papers a reader wants first: interests, and how near papers are to them."""

from chatpaper.ranking.encoders import (
    ENCODERS,
    Encoder,
    EncoderKind,
    name_of,
)
from chatpaper.ranking.library import (
    read_library,
)
from chatpaper.ranking.ranker import (
    Interests,
    Ranker,
    open_ranker,
)
from chatpaper.ranking.zotero import Zotero, ZoteroTitles

__all__ = [
    "ENCODERS",
    "Encoder",
    "EncoderKind",
    "Interests",
    "Ranker",
    "Zotero",
    "ZoteroTitles",
    "name_of",
    "open_ranker",
    "read_library",
]
