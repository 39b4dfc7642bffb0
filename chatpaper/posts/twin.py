"""A post's JSON twin: its full records, to be read again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Literal

from chatpaper.records import Digest, Paper, Post, Update

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """What the JSON file beside a post holds.

    Attributes:
        format: Of this file.
        topic, day, stem, digests, updates, left_out: As in `Post`.
        language: Of the post.
    """

    format: Literal[1]
    topic: str
    day: date
    stem: str
    language: str
    digests: tuple[Digest, ...]
    updates: tuple[Update, ...] = ()
    left_out: tuple[Paper, ...] = ()


def facts_from_format_1(digest: Mapping[str, object]) -> dict[str, object]:
    """A digest of an old twin with the keys of today.

    Its affiliations and code links were printed somewhere, but nothing showed that
    they were the first author's or the paper's own: they are left out.
    """
    kept = {k: v for k, v in digest.items() if k not in ("affiliations", "code_urls")}
    return {"affiliation": None, "code_url": None, **kept}


@cache
def _adapter() -> TypeAdapter[Twin]:
    from pydantic import TypeAdapter

    return TypeAdapter(Twin)


def write_twin(post: Post, language: str) -> str:
    """The JSON text: two spaces of indent, keys in the records' order."""
    twin = Twin(
        format=1,
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
    """The twin in a JSON text.

    Raises:
        ValueError: Not the twin of a post.
    """
    plain = json.loads(text)
    if isinstance(plain, dict) and isinstance(plain.get("digests"), list):
        plain["digests"] = [
            facts_from_format_1(d) if isinstance(d, dict) else d
            for d in plain["digests"]
        ]
    return _adapter().validate_json(json.dumps(plain))


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
