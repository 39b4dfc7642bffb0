"""The fixed words of a post, one table per language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from chatpaper.posts.phrases.chinese import CHINESE
from chatpaper.posts.phrases.english import ENGLISH
from chatpaper.posts.phrases.table import Phrases
from chatpaper.records import Failure

__all__ = ["Phrases", "every_language", "failure_words", "phrases_in"]

_LANGUAGES: Mapping[str, Phrases] = MappingProxyType({"zh": CHINESE, "en": ENGLISH})


def phrases_in(language: str) -> Phrases:
    """The words for a language tag (`zh`, `zh-CN`, `en`); English for any other."""
    return _LANGUAGES.get(language.lower().replace("_", "-").split("-")[0], ENGLISH)


def every_language() -> tuple[Phrases, ...]:
    """All tables."""
    return tuple(_LANGUAGES.values())


def failure_words(failure: Failure, say: Phrases) -> str:
    """Why an entry is not whole, in fixed words; the error itself is never shown."""
    return say.failed.format(reason=say.stages[failure.stage])
