"""Calls to the stand-in of OpenAI's protocol, under a clock of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chatpaper.models import ModelRequest, load_prompt
from chatpaper.models.openai import Memory, OpenAI, OpenAISettings
from chatpaper.summary import Draft, summarize, summary_request
from clock import Clock
from scripted import PAPER, document
from servers.openai import MODEL, OpenAIStandIn

PRICES = {MODEL: (0.10, 0.40)}


def a_request() -> ModelRequest:
    """The call that sums up a small paper."""
    request, _ = summary_request(PAPER, document(), prompt=load_prompt("summary"))
    return request


def openai(
    stand_in: OpenAIStandIn,
    clock: Clock,
    *,
    memory: Path | None = None,
    **settings: Any,
) -> OpenAI:
    made: dict[str, Any] = {
        "model": MODEL,
        "base_url": stand_in.base_url,
        "prices": PRICES,
        "tries": 3,
    } | settings
    return OpenAI(
        stand_in.key,
        OpenAISettings(**made),
        memory=Memory(memory),
        sleep=clock.sleep,
        now=clock.now,
    )


def draft(stand_in: OpenAIStandIn, clock: Clock, **settings: Any) -> Draft:
    with openai(stand_in, clock, **settings) as model:
        return summarize(PAPER, document(), model=model, prompt=load_prompt("summary"))


def bodies(stand_in: OpenAIStandIn) -> list[dict[str, Any]]:
    return [dict(call.body) for call in stand_in.calls]
