"""Which papers a reader wants first: interests, and how near papers are to them."""

from chatpaper.ranking.encoders import (
    ENCODERS,
    Encoder,
    EncoderKind,
    name_of,
)
from chatpaper.ranking.library import (
    Library,
    read_library,
)
from chatpaper.ranking.ranker import (
    NOT_INSTALLED,
    Interests,
    Ranker,
    open_ranker,
)
from chatpaper.ranking.words import SharedWords
from chatpaper.ranking.zotero import Zotero, ZoteroTitles

__all__ = [
    "ENCODERS",
    "NOT_INSTALLED",
    "Encoder",
    "EncoderKind",
    "Interests",
    "Library",
    "Ranker",
    "SharedWords",
    "Zotero",
    "ZoteroTitles",
    "name_of",
    "open_ranker",
    "read_library",
]
