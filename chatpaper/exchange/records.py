"""What is asked of a language model and what it says: plain records, no I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

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
class Usage:
    """What calls have used; `cost_usd` is None when a price is not known.

    Attributes:
        calls: Replies received, usable or not.
        tokens_in: Of the prompts.
        tokens_out: Of the replies, thinking included.
        cost_usd: In US dollars.
        seconds: Wall time of the calls, waiting included.
    """

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = 0.0
    seconds: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        """Both together."""
        known = self.cost_usd is not None and other.cost_usd is not None
        return Usage(
            calls=self.calls + other.calls,
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
            cost_usd=(self.cost_usd or 0) + (other.cost_usd or 0) if known else None,
            seconds=self.seconds + other.seconds,
        )


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
