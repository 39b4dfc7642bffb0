"""The JSON twin: everything a post says, as records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from chatpaper.records import FIELDS, Digest, Paper, Post, Update
from chatpaper.text import is_file_name, unbroken

if TYPE_CHECKING:
    from pydantic import TypeAdapter

# --------------------------------------------------------------------------------------
# Twins of format 1, which held one quote a claim and two fields more.

_FIELDS = {"novelty": "approach", "performance": "results"}
_KINDS = {"misattributed": "unsupported"}
_ORDER = {name: nth for nth, name in enumerate(FIELDS)}


def from_format_1(twin: dict[str, Any]) -> dict[str, Any]:
    """The same twin with today's keys; what was not known then has its default."""
    try:
        digests = [_digest(digest) for digest in twin["digests"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"digests are not those of format 1: {error}") from error
    return {**twin, "digests": digests}


def facts_from_format_1(digest: Mapping[str, Any]) -> dict[str, Any]:
    """A digest without affiliations and code links, which were never proven."""
    kept = {k: v for k, v in digest.items() if k not in ("affiliations", "code_urls")}
    return {"affiliation": None, "code_url": None, **kept}


def _digest(digest: dict[str, Any]) -> dict[str, Any]:
    digest = facts_from_format_1(digest)
    summary = digest["summary"]
    if summary is None:
        return digest
    checks = chain(digest["checks"], repeat({"place": None, "findings": []}))
    pairs = [
        (_claim(claim, check["place"]), _check(claim, check))
        for claim, check in zip(summary["claims"], checks, strict=False)
    ]
    # The two fields that are gone stood elsewhere.
    pairs.sort(key=lambda pair: _ORDER.get(pair[0]["field"], 0))
    claims = [claim for claim, _ in pairs]
    return {
        **digest,
        "summary": {**summary, "claims": claims},
        "checks": [check for _, check in pairs],
    }


def _claim(claim: dict[str, Any], place: object) -> dict[str, Any]:
    return {
        "field": _FIELDS.get(claim["field"], claim["field"]),
        "text": claim["text"],
        "evidence": [claim["quote"]] if claim["quote"] or place else [],
    }


def _check(claim: dict[str, Any], check: dict[str, Any]) -> dict[str, Any]:
    place = check["place"]
    findings = [
        {**finding, "kind": _KINDS.get(finding["kind"], finding["kind"])}
        for finding in check["findings"]
    ]
    places = [place] if claim["quote"] or place else []
    return {"places": places, "findings": findings}


# --------------------------------------------------------------------------------------
# A post's JSON twin: its full records, to be read again.

FORMAT: Literal[2] = 2  # of the twins that are written


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """What the JSON file beside a post holds.

    Attributes:
        format: Of the file.
        topic, day, stem, digests, updates, left_out, listed: As in `Post`.
        language: Of the post.
        markdown_sha256: Of the Markdown as it was rendered, in hexadecimal: a post of
            other words was changed by hand. Empty in twins that never had it.
    """

    format: Literal[1, 2]
    topic: str
    day: date
    stem: str
    language: str
    digests: tuple[Digest, ...]
    updates: tuple[Update, ...] = ()
    left_out: tuple[Paper, ...] = ()
    listed: tuple[Paper, ...] = ()
    markdown_sha256: str = ""


@cache
def twin_adapter() -> TypeAdapter[Twin]:
    """Reads and writes twins, and knows their schema."""
    from pydantic import TypeAdapter

    return TypeAdapter(Twin)


def sha256_of(markdown: str) -> str:
    """By which a post is known again, in hexadecimal."""
    return hashlib.sha256(markdown.encode()).hexdigest()


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
        listed=post.listed,
        markdown_sha256=sha256_of(post.markdown) if post.markdown else "",
    )
    plain = _unranked(twin_adapter().dump_python(twin, mode="json"))
    for digest in plain["digests"]:
        # Nearly every entry is without: its bytes stay those of earlier versions.
        for name in ("corrections", "stands_in", "withdrawn_on"):
            if not digest[name]:
                del digest[name]
        if not digest["removed"]["title"]:
            del digest["removed"]["title"]
    for update in plain["updates"]:
        if not update["stands_in"]:
            del update["stands_in"]
    text = unbroken(json.dumps(plain, ensure_ascii=False, indent=2)) + "\n"
    # A model's reply and a PDF can hold lone surrogates, which no file can.
    return text.encode("utf-8", "ignore").decode("utf-8")


def _unranked(twin: dict[str, Any]) -> dict[str, Any]:
    """Without what only ranking fills: where nothing is ranked, it is not there."""
    if not twin["listed"]:
        del twin["listed"]
    for digest in twin["digests"]:
        if digest["relevance"] is None:
            del digest["relevance"]
    return twin


def read_twin(text: str) -> Twin:
    """The twin in a JSON text, of this format or the one before.

    Raises:
        ValueError: Not the twin of a post.
    """
    try:
        plain = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested without end") from error
    if isinstance(plain, dict) and plain.get("format") == 1:
        text = json.dumps(from_format_1(plain))
    twin = twin_adapter().validate_json(text)
    # Files are written under it.
    if not is_file_name(twin.stem):
        raise ValueError("its stem is no file name")
    return twin


_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"


def twins_in(folder: Path, name: str = "*.json") -> list[Path]:
    """Files that may be twins: those in the folders of days, oldest first.

    Args:
        folder: Of the posts.
        name: Of the file, the same on every day; by default any.
    """
    return sorted(folder.glob(f"{_DAY}/{name}"))


def read_post_data(text: str) -> Post:
    """The post a twin belongs to, without its Markdown.

    Raises:
        ValueError: Not the twin of a post.
    """
    return post_of(read_twin(text), text)


def post_of(twin: Twin, text: str) -> Post:
    """The post of a twin, without its Markdown; `text` is the twin's."""
    return Post(
        topic=twin.topic,
        day=twin.day,
        digests=twin.digests,
        updates=twin.updates,
        left_out=twin.left_out,
        listed=twin.listed,
        data=text,
        stem=twin.stem,
    )
