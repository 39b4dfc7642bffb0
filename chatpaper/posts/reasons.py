"""Why an entry is not whole, or comes before others, in the words of a post."""

from __future__ import annotations

from chatpaper.posts.markdown import clean
from chatpaper.posts.phrases import Phrases
from chatpaper.records import Failure, Interest

_MAX_CHARS = 60


def failure_words(failure: Failure, say: Phrases) -> str:
    """Why an entry is not whole, in fixed words; the error itself is never shown."""
    return say.failed.format(reason=say.stages[failure.stage])


def near_words(interest: Interest, say: Phrases) -> str:
    """What a paper is near to, on one line; a long text or title is cut."""
    words = clean(interest.words)
    if len(words) > _MAX_CHARS:
        words = words[: _MAX_CHARS - 1].rstrip() + "…"
    return say.near[interest.kind].format(words=words)
