"""What the other side of a channel says of a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chatpaper.text import one_line

MAX_WORDS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one message.

    Attributes:
        state: `delivered` only when the service itself said so; `refused` when nothing
            arrived; `unknown` when it left and no usable answer came.
        text: The service's words, or ours; one line.
        passing: Whether a refusal may be gone in a minute.
        absent: Whether nothing listened there: what restarts is back in seconds.
    """

    state: Literal["delivered", "refused", "unknown"]
    text: str
    passing: bool = False
    absent: bool = False


def delivered(text: str) -> Answer:
    """The service took it."""
    return Answer(state="delivered", text=_short(text))


def refused(text: str, *, passing: bool = False, absent: bool = False) -> Answer:
    """It did not."""
    passing = passing or absent
    return Answer(state="refused", text=_short(text), passing=passing, absent=absent)


def unknown(text: str) -> Answer:
    """Nobody knows."""
    return Answer(state="unknown", text=_short(text))


def _short(text: str) -> str:
    words = one_line(text)
    return words if len(words) <= MAX_WORDS else f"{words[:MAX_WORDS]}…"
