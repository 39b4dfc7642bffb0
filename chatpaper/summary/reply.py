"""The reply a model must give, and what is kept of the one it gave."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chatpaper import records
from chatpaper.exchange import NoObject, read_object
from chatpaper.records import FIELDS, MAX_QUOTES, Claim, Summary

# Two that every reply must have; the paper may have nothing to say for the others.
NEEDED: tuple[records.Field, ...] = ("abstract", "points")
MAX_TEXT_CHARS = 600
MAX_QUOTE_CHARS = 1000


class Part(BaseModel):
    """A piece of a reply: exactly its own keys, and errors that quote no reply."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


Quote = Annotated[str, Field(min_length=1, max_length=MAX_QUOTE_CHARS)]
Evidence = Annotated[list[Quote], Field(min_length=1, max_length=MAX_QUOTES)]


class ReplyClaim(Part):
    """The words of the paper, and the statement that rests on them: in this order."""

    evidence: Evidence
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT_CHARS)]


_One = Annotated[list[ReplyClaim], Field(max_length=1)]
_UpTo2 = Annotated[list[ReplyClaim], Field(max_length=2)]
_UpTo3 = Annotated[list[ReplyClaim], Field(max_length=3)]
_Word = Annotated[str, Field(min_length=1, max_length=80)]


class Reply(Part):
    """What a model says of one paper, version 2; fields as in `records.FIELDS`."""

    title: Annotated[str, Field(max_length=400)]
    abstract: ReplyClaim
    points: Annotated[list[ReplyClaim], Field(min_length=3, max_length=5)]
    background: _One
    prior_work: _One
    approach: _UpTo2
    method: Annotated[list[ReplyClaim], Field(max_length=6)]
    results: _UpTo3
    significance: _One
    limitations: _UpTo2
    keywords: Annotated[list[_Word], Field(max_length=8)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What could be kept of a reply.

    Attributes:
        summary: The good claims.
        faults: What was wrong, in English, never in the reply's own words.
        whole: Whether the JSON was read to its end.
    """

    summary: Summary
    faults: tuple[str, ...] = ()
    whole: bool = True

    @property
    def usable(self) -> bool:
        """Whether there is enough to show: the one-sentence abstract and points."""
        return all(self.summary.of(name) for name in NEEDED)


def parse_reply(text: str) -> Parsed:
    """Read a reply; what is wrong in one field costs only that field.

    Fences and words around the JSON object are tolerated, and so is an object
    that breaks off: its last, broken part is dropped.
    """
    try:
        found = read_object(text, keys=Reply.model_fields)
    except NoObject as error:
        nothing = Summary(missing=FIELDS)
        return Parsed(summary=nothing, faults=(str(error),), whole=False)
    data = found.value
    faults: tuple[str, ...] = ()
    try:
        Reply.model_validate(data)
    except ValidationError as error:
        faults = tuple(dict.fromkeys(map(_fault, error.errors(include_url=False))))
    claims = tuple(claim for name in FIELDS for claim in _claims(name, data.get(name)))
    title, words = data.get("title"), data.get("keywords")
    held = {claim.field for claim in claims}
    return Parsed(
        summary=Summary(
            title=clean(title) if isinstance(title, str) and len(title) <= 400 else "",
            keywords=_keywords(words if isinstance(words, list) else []),
            claims=claims,
            missing=tuple(
                name
                for name in FIELDS
                if name not in held and (name in NEEDED or data.get(name) != [])
            ),
        ),
        faults=faults,
        whole="cut short" not in found.mends,
    )


def clean(text: str) -> str:
    """One line without control, format and surrogate characters."""
    kept = (
        " " if char.isspace() else char
        for char in unicodedata.normalize("NFC", text)
        if char.isspace() or not unicodedata.category(char).startswith("C")
    )
    return " ".join("".join(kept).split())


def quotes_of(value: Any) -> list[str]:
    """The usable quotes of a claim's evidence: a list of them, or a single one."""
    items = value if isinstance(value, list) else [value]
    quotes = (clean(item) for item in items if isinstance(item, str))
    short = (quote for quote in quotes if 0 < len(quote) <= MAX_QUOTE_CHARS)
    return list(dict.fromkeys(short))[:MAX_QUOTES]


def _fault(error: Any) -> str:
    where = ".".join(
        str(part) if isinstance(part, str) else str(part + 1) for part in error["loc"]
    )
    known = where.partition(".")[0] in Reply.model_fields
    return f"{where}: {error['msg']}" if known else "an unknown key"


def _claims(name: records.Field, value: Any) -> list[Claim]:
    """The good claims of a field, no more than the schema allows."""
    good = []
    for item in value if isinstance(value, list) else [value]:
        text = item.get("text") if isinstance(item, Mapping) else None
        text = clean(text) if isinstance(text, str) else ""
        quotes = quotes_of(item.get("evidence")) if text else []
        if quotes and len(text) <= MAX_TEXT_CHARS:
            good.append(Claim(field=name, text=text, evidence=tuple(quotes)))
    return good[: _most(name)]


def _most(name: str) -> int:
    limits = (getattr(part, "max_length", None) for part in _limits(name))
    return next((limit for limit in limits if limit is not None), 1)


def _limits(name: str) -> Iterable[Any]:
    field = Reply.model_fields[name]
    return (*field.metadata, *get_args(field.annotation))


def _keywords(words: Sequence[Any]) -> tuple[str, ...]:
    short = (clean(word)[:80] for word in words[:8] if isinstance(word, str))
    return tuple(dict.fromkeys(filter(None, short)))
