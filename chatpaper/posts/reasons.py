"""Why a paper comes before others, in the words of a post."""

from __future__ import annotations

from chatpaper.posts.markdown import clean
from chatpaper.posts.phrases import Phrases
from chatpaper.records import Interest

_MAX_CHARS = 60


def near_words(interest: Interest, say: Phrases) -> str:
    """What a paper is near to, on one line; a long text or title is cut."""
    words = clean(interest.words)
    if len(words) > _MAX_CHARS:
        words = words[: _MAX_CHARS - 1].rstrip() + "…"
    return say.near[interest.kind].format(words=words)
