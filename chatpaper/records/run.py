"""What a run did."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from chatpaper.records.post import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmUse:
    """Model use of a run; `cost_usd` is None when a price is not known."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What one run did for one topic.

    Attributes:
        topic: The topic's name.
        day: Of the post, in the output time zone.
        status: How it ended.
        found: Papers the source returned, after de-duplication.
        new: Those not posted before.
        posted: Entries published by this run.
        failed: What was lost, and why.
        post: Path of the post, None when none was written.
        seconds: Wall time.
        llm: Model use.
        why: Code of the reason for an empty or shortened post; empty when full.
        message: One sentence in English.
    """

    topic: str
    day: date
    status: Literal["done", "partial", "nothing new", "failed"]
    found: int = 0
    new: int = 0
    posted: int = 0
    failed: tuple[Failure, ...] = ()
    post: str | None = None
    seconds: float = 0.0
    llm: LlmUse = field(default_factory=LlmUse)
    why: str = ""
    message: str = ""
