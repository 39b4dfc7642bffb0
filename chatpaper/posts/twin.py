"""A post's JSON twin: its full records, to be read again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Literal

from chatpaper.posts.twin_format_1 import from_format_1
from chatpaper.records import Digest, Paper, Post, Update

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT: Literal[2] = 2  # of the twins that are written


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """What the JSON file beside a post holds.

    Attributes:
        format: Of the file.
        topic, day, stem, digests, updates, left_out: As in `Post`.
        language: Of the post.
    """

    format: Literal[1, 2]
    topic: str
    day: date
    stem: str
    language: str
    digests: tuple[Digest, ...]
    updates: tuple[Update, ...] = ()
    left_out: tuple[Paper, ...] = ()


@cache
def _adapter() -> TypeAdapter[Twin]:
    from pydantic import TypeAdapter

    return TypeAdapter(Twin)


def write_twin(post: Post, language: str) -> str:
    """The JSON text: two spaces of indent, keys in the records' order."""
    twin = Twin(
        format=FORMAT,
        topic=post.topic,
        day=post.day,
        stem=post.stem,
        language=language,
        digests=post.digests,
        updates=post.updates,
        left_out=post.left_out,
    )
    plain = _adapter().dump_python(twin, mode="json")
    text = json.dumps(plain, ensure_ascii=False, indent=2) + "\n"
    # A model's reply and a PDF can hold lone surrogates, which no file can.
    return text.encode("utf-8", "ignore").decode("utf-8")


def read_twin(text: str) -> Twin:
    """The twin in a JSON text, of this format or the one before.

    Raises:
        ValueError: Not the twin of a post.
    """
    plain = json.loads(text)
    if isinstance(plain, dict) and plain.get("format") == 1:
        text = json.dumps(from_format_1(plain))
    return _adapter().validate_json(text)


def read_post_data(text: str) -> Post:
    """The post a twin belongs to, without its Markdown.

    Raises:
        ValueError: Not the twin of a post.
    """
    twin = read_twin(text)
    return Post(
        topic=twin.topic,
        day=twin.day,
        digests=twin.digests,
        updates=twin.updates,
        left_out=twin.left_out,
        data=text,
        stem=twin.stem,
    )
