"""The topics of the configuration, in every form in which they may be written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from chatpaper.settings.problems import TOPICS_FORM
from chatpaper.settings.section import ConfigSection, Texts


class TopicConfig(ConfigSection):
    """One entry of `topics`; without queries, its name is what is searched."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    queries: Texts = ()
    categories: Texts = ()
    exclude: Texts = ()
    find: Literal["search", "announced", "both"] | None = None


def topic_entries(value: object) -> object:
    """Topics as a list of entries, of whatever form they were written in."""
    fields = set(TopicConfig.model_fields)
    entries: list[object]
    if isinstance(value, Mapping):
        alone = "name" in value or (value and value.keys() <= fields)
        entries = [value] if alone else [_entry(*pair) for pair in value.items()]
    elif isinstance(value, list | tuple | None):
        entries = [_entry(v, None) if isinstance(v, str) else v for v in value or ()]
    else:
        raise ValueError(TOPICS_FORM)
    # `- GAN: [ti:GAN]` is a mapping in a list.
    return [
        _entry(*next(iter(entry.items())))
        if isinstance(entry, Mapping) and len(entry) == 1 and not entry.keys() & fields
        else entry
        for entry in entries
    ]


def _entry(name: object, value: object) -> dict[str, object]:
    """A topic of a mapping: its name, and its queries or all that an entry has."""
    if isinstance(value, Mapping):
        return {"name": name, **value}
    return {"name": name, "queries": value}
