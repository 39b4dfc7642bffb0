"""The reply a model must give, and what is kept of the one it gave."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from chatpaper import records
from chatpaper.records import FIELDS, Claim, Summary

# Two that every reply must have; the paper may have nothing to say for the others.
NEEDED: tuple[records.Field, ...] = ("abstract", "points")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ReplyClaim(_Part):
    """One statement and the words of the paper it rests on."""

    text: Annotated[str, Field(min_length=1, max_length=600)]
    evidence: Annotated[str, Field(max_length=1000)]


_UpTo2 = Annotated[list[ReplyClaim], Field(max_length=2)]
_UpTo3 = Annotated[list[ReplyClaim], Field(max_length=3)]
_Word = Annotated[str, Field(min_length=1, max_length=80)]


class Reply(_Part):
    """What a model says of one paper; fields as in `records.FIELDS`."""

    title: Annotated[str, Field(max_length=400)]
    abstract: ReplyClaim
    points: Annotated[list[ReplyClaim], Field(min_length=3, max_length=7)]
    background: _UpTo2
    prior_work: _UpTo2
    approach: _UpTo2
    results: _UpTo3
    method: Annotated[list[ReplyClaim], Field(min_length=2, max_length=8)]
    significance: _UpTo2
    novelty: _UpTo2
    performance: _UpTo2
    limitations: _UpTo2
    keywords: Annotated[list[_Word], Field(max_length=8)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What could be kept of a reply.

    Attributes:
        summary: The good claims.
        missing: Fields that came in no usable form, or not at all.
        faults: What was wrong, in English, never in the reply's own words.
    """

    summary: Summary
    missing: tuple[records.Field, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether there is enough to show: the one-sentence abstract or the points."""
        return any(self.summary.of(name) for name in NEEDED)


def parse_reply(text: str) -> Parsed:
    """Read a reply; what is wrong in one field costs only that field.

    Fences and words around the JSON object are tolerated, and so is an object
    that breaks off: its last, broken part is dropped.
    """
    body = json_body(text)
    try:
        reply = Reply.model_validate_json(body)
    except ValidationError as error:
        faults = tuple(dict.fromkeys(map(_fault, error.errors(include_url=False))))
        return _salvage(body, faults)
    fields: dict[str, list[ReplyClaim]] = {}
    for name in FIELDS:
        value = getattr(reply, name)
        fields[name] = value if isinstance(value, list) else [value]
    return _parsed(fields, reply.title, reply.keywords, ())


def json_body(text: str) -> str:
    """The outermost braces of a reply and what is between; empty without any."""
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else text[max(start, 0) :]


def clean(text: str) -> str:
    """One line without control, format and surrogate characters."""
    kept = (
        " " if char.isspace() else char
        for char in unicodedata.normalize("NFC", text)
        if char.isspace() or not unicodedata.category(char).startswith("C")
    )
    return " ".join("".join(kept).split())


def _fault(error: Any) -> str:
    where = ".".join(
        str(part) if isinstance(part, str) else str(part + 1) for part in error["loc"]
    )
    known = where.partition(".")[0] in Reply.model_fields
    if error["type"] == "json_invalid":
        return "not JSON"
    return f"{where}: {error['msg']}" if known else "an unknown key"


def _salvage(body: str, faults: tuple[str, ...]) -> Parsed:
    try:
        data = from_json(body, allow_partial=True)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        faults = ("not a JSON object",) if data is not None else ("not JSON",)
        return Parsed(summary=Summary(), missing=FIELDS, faults=faults)
    fields: dict[str, list[ReplyClaim]] = {
        name: _good_claims(name, data.get(name)) for name in FIELDS
    }
    title = data.get("title")
    words = data.get("keywords")
    return _parsed(
        fields,
        title if isinstance(title, str) and len(title) <= 400 else "",
        [w for w in words if isinstance(w, str)] if isinstance(words, list) else [],
        faults,
        broken={name for name in FIELDS if data.get(name) != []},
    )


def _good_claims(name: str, value: Any) -> list[ReplyClaim]:
    items = value if isinstance(value, list) else [value]
    good = []
    for item in items:
        try:
            good.append(ReplyClaim.model_validate(item))
        except ValidationError:
            continue
    return good[: _most(name)]


def _most(name: str) -> int:
    limits = (getattr(part, "max_length", None) for part in _limits(name))
    return next((limit for limit in limits if limit is not None), 1)


def _limits(name: str) -> Iterable[Any]:
    field = Reply.model_fields[name]
    return (*field.metadata, *get_args(field.annotation))


def _parsed(
    fields: dict[str, list[ReplyClaim]],
    title: str,
    keywords: list[str],
    faults: tuple[str, ...],
    broken: Iterable[str] = (),
) -> Parsed:
    claims = tuple(
        Claim(field=name, text=clean(item.text), quote=clean(item.evidence))
        for name in FIELDS
        for item in fields[name]
        if clean(item.text)
    )
    words = (clean(word)[:80] for word in keywords[:8])
    summary = Summary(
        title=clean(title),
        keywords=tuple(dict.fromkeys(word for word in words if word)),
        claims=claims,
    )
    empty = [name for name in FIELDS if not summary.of(name)]
    missing = tuple(name for name in empty if name in NEEDED or name in broken)
    return Parsed(summary=summary, missing=missing, faults=faults)
