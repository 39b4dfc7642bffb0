"""One question to a model, asked again when its reply is of no use."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from chatpaper.errors import SummaryError
from chatpaper.exchange.records import ModelReply, ModelRequest, Usage

log = logging.getLogger(__name__)

T = TypeVar("T")


class Model(Protocol):
    """Who answers prompts; must be callable from several threads at once."""

    def complete(self, request: ModelRequest) -> ModelReply:
        """Ask once.

        Raises:
            SummaryError: No reply was to be had.
            QuotaSpent: Nor will there be one in this run.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Read(Generic[T]):
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
    read: Callable[[str], Read[T]],
    *,
    tries: int = 2,
) -> Answer[T]:
    """Ask until a reply is whole, and take the best one.

    A fault is named to the model with the next try. A reply that the model's own
    filter blocked is asked for again only when a try is left.

    Args:
        model: Who is asked.
        request: The question.
        read: What can be read of a reply's text.
        tries: Replies asked for, at most.

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
        seen = read(reply.text)
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
