"""Until when a topic's papers are in the ledger, and what that says of the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from chatpaper.pipeline.outcomes import Reason
from chatpaper.pipeline.select import Task
from chatpaper.store import Store


def covered_until(topic: str, now: datetime, store: Store) -> datetime | None:
    """End of the last window whose papers are all in the ledger.

    An end in the future tells that the clock is wrong, or was. What was found till
    then is in the ledger all the same, and its newest paper has arXiv's own date.
    """
    covered = store.covered_until(topic)
    if covered is None or covered <= now:
        return covered
    dates = [entry.paper.published for entry in store.entries(topic).values()]
    return max(filter(None, dates), default=None)


def wrong_clock(task: Task, store: Store) -> Reason | None:
    """Why a night would ask for papers, and date its post, of a day long gone."""
    newest = covered_until(task.topic.name, task.until, store)
    if newest is None or newest - task.until < timedelta(days=1):
        return None
    return Reason(
        code="clock",
        text=f"the clock is wrong: it says {task.until:%Y-%m-%d %H:%M} UTC, but a paper"
        f" of {newest:%Y-%m-%d} has been found before; set it right and run again",
    )
