"""A question to a language model, its reply, and how to ask again."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel

from chatpaper.errors import SummaryError
from chatpaper.records import Usage

# --------------------------------------------------------------------------------------
# What is asked of a language model and what it says: plain records, no I/O.

_VARIANT = re.compile(r"-(?:latest|(?:preview|exp)(?:-\d+)*|\d\d+(?:-\d+)*)$")

Schema = Mapping[str, object]

# A token of English is about four characters.
CHARS_PER_TOKEN = 4

Step = Literal["only", "first", "later"]

Finish = Literal[
    "stop",  # the reply is whole
    "length",  # cut by the limit on output tokens
    "blocked",  # the prompt was refused, nothing was written
    "withheld",  # a filter took the reply back: SAFETY, PROHIBITED_CONTENT ...
    "recitation",  # taken back because it repeats its source at length
    "other",  # anything else the model may say
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """One call.

    Attributes:
        paper_id: Versioned id of the paper it is about; for logs and errors.
        prompt: The whole prompt, the paper's text within.
        schema: JSON Schema of the reply.
        model: Who is asked; empty for the run's own model.
        step: The only call about its paper, the first of several, or a later one. A
            budget keeps room for the call after the first; later ones go before calls
            that begin other papers.
    """

    paper_id: str
    prompt: str
    schema: Schema
    model: str = ""
    step: Step = "only"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReply:
    """What a model said.

    Attributes:
        text: Without its thoughts; empty when nothing was written.
        finish: Why it stopped.
        detail: The model's own word for that: `STOP`, `MAX_TOKENS`, `SAFETY` ...
        model: The model's own name for itself.
        usage: Of this call.
    """

    text: str
    finish: Finish
    detail: str
    model: str
    usage: Usage


def price_usd(
    prices: Mapping[str, tuple[float, float]],
    model: str,
    tokens_in: int,
    tokens_out: int,
    *,
    discount: float = 0.0,
) -> float | None:
    """Price of a call, None when the model has none.

    Args:
        prices: By model, US dollars for a million tokens (in, out).
        model: With or without a leading `models/`; a dated, numbered or preview
            name (`-001`, `-preview-09-2026`) costs what the plain name costs.
        tokens_in: Of the prompt.
        tokens_out: Of the reply, thinking included.
        discount: 0.5 for the flex and batch tiers.
    """
    name = _VARIANT.sub("", model.removeprefix("models/"))
    if name not in prices:
        return None
    price_in, price_out = prices[name]
    return (tokens_in * price_in + tokens_out * price_out) / 1e6 * (1 - discount)


# --------------------------------------------------------------------------------------
# One question to a model, asked again when its reply is of no use.

log = logging.getLogger(__name__)

T = TypeVar("T")


class Model(Protocol):
    """A language model; several threads may ask it at once."""

    def complete(self, request: ModelRequest) -> ModelReply:
        """Ask once.

        Raises:
            SummaryError: No reply was to be had.
            QuotaSpent: Nor will there be one in this run.
        """
        ...


class Untimed:
    """A model whose calls take no time, as far as a post tells."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def complete(self, request: ModelRequest) -> ModelReply:
        """Ask once."""
        reply = self._model.complete(request)
        return replace(reply, usage=replace(reply.usage, seconds=0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedReply(Generic[T]):
    """What could be read of a reply.

    Attributes:
        value: Of it.
        worth: How much of it is of use; 0 for nothing. The best reply has most.
        fault: Why it should be asked for again, in English; empty when it is whole.
    """

    value: T
    worth: int
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """The best reply to a question.

    Attributes:
        value: What was read of it.
        text: The reply itself, to be read again.
        model: The model's own name for itself.
        usage: Of every call made for it.
    """

    value: T
    text: str
    model: str
    usage: Usage


def ask(
    model: Model,
    request: ModelRequest,
    read: Callable[[str], ParsedReply[T]],
    *,
    tries: int = 2,
    unread: Callable[[ModelReply], None] = lambda _: None,
) -> Answer[T]:
    """Ask until a reply is whole, and take the best one.

    A fault is named to the model with the next try. A reply that the model's own
    filter blocked is asked for again only when a try is left.

    Args:
        model: Who is asked.
        request: The question.
        read: What can be read of a reply's text.
        tries: Replies asked for, at most; one or more.
        unread: Is handed a reply that `read` fails on by a fault of its own.

    Raises:
        SummaryError: No reply was of any use; its `usage` says what it cost.
    """
    best: Answer[T] | None = None
    worth, usage, asked = 0, Usage(), request
    for left in reversed(range(tries)):
        try:
            reply = model.complete(asked)
        except SummaryError as error:
            if best is not None:
                log.warning("retry failed paper=%s: %s", error.paper_id, error.reason)
                break
            spent = usage + (error.usage or Usage())
            raise type(error)(error.paper_id, error.reason, spent) from error
        usage += reply.usage
        try:
            seen = read(reply.text)
        except Exception:
            unread(reply)
            raise
        if seen.worth > 0 and seen.worth >= worth:
            worth = seen.worth
            best = Answer(
                value=seen.value, text=reply.text, model=reply.model, usage=usage
            )
        fault = read_finish(reply) or seen.fault
        if not fault:
            break
        log.warning("reply unusable paper=%s: %s", request.paper_id, fault)
        if best is None and (not left or reply.finish in ("blocked", "withheld")):
            raise SummaryError(request.paper_id, fault, usage)
        complaint = _complaint(reply, fault)
        asked = replace(request, prompt=f"{request.prompt}\n\n{complaint}")
    # A reply without a fault is worth something, and the last fault was raised above.
    assert best is not None
    return replace(best, usage=usage)


def read_finish(reply: ModelReply) -> str:
    """Why a reply is not whole, in English; empty when it may be."""
    reasons = {
        "blocked": "the prompt was blocked",
        "withheld": "the reply was withheld",
        "recitation": "the reply was withheld for repeating a text",
        "length": "the reply was cut short",
    }
    reason = reasons.get(reply.finish)
    if reason is None and not reply.text.strip():
        reason = "the reply was empty"
    return f"{reason} ({reply.detail})" if reason else ""


def _complaint(reply: ModelReply, fault: str) -> str:
    advice = {
        "length": " Write less: fewer and shorter claims, and no quote above 20 words.",
        "recitation": " Keep every quote below 12 words.",
    }.get(reply.finish, "")
    return (
        f"An earlier reply to this could not be used: {fault}.{advice}"
        " Reply with one JSON object of the given schema and nothing else."
    )


# --------------------------------------------------------------------------------------
# Tags round foreign text that the text itself cannot hold.


def fenced(text: str, name: str = "paper") -> tuple[str, str]:
    """Put a text between an opening and a closing tag of its own.

    Args:
        text: Anything; lone surrogates are replaced.
        name: What the tag begins with.

    Returns:
        The fenced text and the tag's name, which depends on all of the text.
    """
    octets = text.encode("utf-8", "replace")
    fence = f"{name}-{hashlib.sha256(octets).hexdigest()[:16]}"
    body = octets.decode("utf-8").replace(fence, "")
    return f"<{fence}>\n{body}\n</{fence}>", fence


# --------------------------------------------------------------------------------------
# A Pydantic model's JSON Schema in the words that Gemini understands.

# Of the keywords that google-genai's `response_json_schema` lists as supported,
# those that a reply model can give rise to; lengths and patterns are not among them.
KEYWORDS = frozenset(
    {"type", "items", "minItems", "maxItems", "properties", "required"}
    | {"enum", "minimum", "maximum"}
)


@cache
def reply_schema(model: type[BaseModel]) -> Schema:
    """The model's schema, flat: every `$ref` inlined, other keywords left out.

    Reply models hold objects, lists and plain values, no unions and no recursion.
    """
    schema = model.model_json_schema()
    return _flat(schema, schema.get("$defs", {}))


def _flat(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        node = definitions[node["$ref"].rpartition("/")[2]]
    flat = {key: node[key] for key in node if key in KEYWORDS}
    if "items" in flat:
        flat["items"] = _flat(flat["items"], definitions)
    if "properties" in flat:
        named = flat["properties"].items()
        flat["properties"] = {name: _flat(part, definitions) for name, part in named}
    return flat


def schema_version(text: str, model: type[BaseModel], *more: str) -> str:
    """Short hash of a prompt's text, a reply's schema and whatever else is asked."""
    asked = json.dumps([text, reply_schema(model), *more], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()[:12]
