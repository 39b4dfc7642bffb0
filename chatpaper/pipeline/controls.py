"""How a run is steered from outside: keys, clock, stop, progress."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from chatpaper.errors import RunStopped

if TYPE_CHECKING:
    import httpx2

    from chatpaper.models import ModelProvider


# What is begun for a paper, whether or not the reply is in the store already. `done`
# ends each that was read, however that went.
Activity = Literal[
    "download", "read", "draft", "answer", "evidence", "judge", "repair", "done"
]
Watch = Callable[[str, Activity], None]


def unwatched(paper_id: str, activity: Activity) -> None:
    """Nobody looks on."""


def ends_with(*stops: threading.Event) -> Watch:
    """A watch that lets nothing more be begun once one of these is set.

    A run finishes the papers that it has begun; a question goes with who asked it.
    """

    def watch(paper_id: str, activity: Activity) -> None:
        del activity
        if any(stop.is_set() for stop in stops):
            raise RunStopped(paper_id, "the call was cancelled; what was paid is kept")

    return watch


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """How a run is steered from outside.

    Attributes:
        key: Of the model's API; None has it taken from the environment.
        judge_key: Of the judge's, where that is another's; likewise.
        now: The clock, aware UTC.
        stop: Set when the run should end early.
        tell: Is told the topic, how many papers are done, and of how many.
        watch: Is told a paper's versioned id and what is begun for it, by any thread.
        provider: Opens models in place of the configured one.
        sleep: Waits so many seconds; by default until then or until `stop` is set.
        transport: Carries all requests of a recorded night, whose papers come one
            after another and untimed, so that it can be repeated; None for the
            network.
        is_awaited: Whether somebody sits and waits, who wants to know soon that there
            is no network; a night waits for it.
    """

    key: str | None = None
    judge_key: str | None = None
    now: Callable[[], datetime] = _utc_now
    stop: threading.Event = field(default_factory=threading.Event)
    tell: Callable[[str, int, int], None] = lambda *_: None
    watch: Watch = unwatched
    provider: ModelProvider | None = None
    sleep: Callable[[float], object] | None = None
    transport: httpx2.BaseTransport | None = None
    is_awaited: bool = False

    def rest(self, seconds: float) -> bool:
        """Wait between requests; True when the run is to end and none may follow."""
        (self.sleep or self.stop.wait)(seconds)
        return self.stop.is_set()
