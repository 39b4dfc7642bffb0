"""Rules on the front matter."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

import yaml

from chatpaper.posts.front_matter import KEYS
from chatpaper.posts.gate.page import Page
from chatpaper.posts.gate.problem import Found
from chatpaper.posts.twin import Twin

_RULE = "front matter"


def matter_problems(page: Page, files: Collection[str], twin: Twin) -> Iterator[Found]:
    """The front matter parses, has every key once, and names a cover that is there."""
    if page.matter is None:
        yield Found(1, _RULE, "the file does not begin with a block between two ---")
        return
    try:
        values: Any = yaml.safe_load(page.matter)
        node = yaml.compose(page.matter, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError) as error:
        yield Found(2, _RULE, f"not YAML: {' '.join(str(error).split())}")
        return
    if not isinstance(node, yaml.MappingNode):
        yield Found(2, _RULE, "not a mapping")
        return
    keys = [str(key.value) for key, _ in node.value]
    for key in KEYS:
        if keys.count(key) != 1:
            yield Found(2, _RULE, f"key {key} stands {keys.count(key)} times")
    yield from _value_problems(values, files, twin)


def _value_problems(
    values: dict[str, Any], files: Collection[str], twin: Twin
) -> Iterator[Found]:
    for key in ("title", "description", "keywords"):
        if not isinstance(values.get(key), str) or not values[key].strip():
            yield Found(2, _RULE, f"{key} is not a text")
    tags = values.get("tags")
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        yield Found(2, _RULE, "tags is not a list of texts")
    day = values.get("date")
    if not isinstance(day, date) or _day(day) != twin.day:
        yield Found(2, _RULE, f"date is not {twin.day}")
    if values.get("mathjax") is not True:
        yield Found(2, _RULE, "mathjax is not on")
    cover = values.get("cover")
    if cover is not False and f"{twin.stem}/{cover}" not in files:
        yield Found(2, _RULE, f"cover {cover!r} is no picture beside the post")


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
