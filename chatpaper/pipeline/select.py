"""Which papers a run deals with: pure decisions over the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from chatpaper.records import Paper, Update, age_key
from chatpaper.store import LedgerEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What to do with what was found.

    Attributes:
        todo: To be digested now: first those that a run failed on or left out, then
            those never begun; each newest first.
        new: How many of `todo` were never seen before.
        updates: New versions of papers posted earlier.
        seen: How many of those found were posted, or given up, before.
        over: Papers beyond the limit, left for the next run.
    """

    todo: tuple[Paper, ...]
    new: int
    updates: tuple[Update, ...]
    seen: int
    over: tuple[Paper, ...]


def choose(
    found: Sequence[Paper],
    ledger: Mapping[str, LedgerEntry],
    *,
    limit: int,
    updates_too: bool = False,
    announced: Sequence[Paper] = (),
    mine: Callable[[LedgerEntry], bool] = lambda _: True,
) -> Choice:
    """Sort what was found, and what waits in the ledger, into what to do.

    Args:
        found: Newest first, one per base id.
        ledger: Of the topic.
        limit: Papers digested in one run.
        updates_too: Digest new versions of posted papers again.
        announced: New versions that matter only if an earlier one was posted.
        mine: Which of the papers that wait in the ledger may be taken, found or not.
    """
    fresh: list[Paper] = []
    updates: dict[str, Update] = {}
    current = {paper.id: paper for paper in found}
    seen = 0
    for paper in [*found, *(p for p in announced if p.id not in current)]:
        entry = ledger.get(paper.id)
        if entry is None:
            if paper.id in current:
                fresh.append(paper)
        elif entry.state == "posted" and entry.day is not None:
            if paper.version > entry.paper.version:
                updates[paper.id] = Update(
                    paper=paper, previous=entry.paper, posted_on=entry.day
                )
            else:
                seen += paper.id in current
        elif entry.state == "gave up":
            seen += paper.id in current
    again = [update.paper for update in updates.values()] if updates_too else []
    due: list[Paper] = []
    for key, entry in ledger.items():
        if entry.state in ("waiting", "failed") and mine(entry):
            (due if entry.reason else fresh).append(current.get(key, entry.paper))
    due.sort(key=age_key, reverse=True)
    fresh.sort(key=age_key, reverse=True)
    queue = [*due, *again, *fresh]
    return Choice(
        todo=tuple(queue[:limit]),
        new=sum(paper.id not in ledger for paper in queue[:limit]),
        updates=() if updates_too else tuple(updates.values()),
        seen=seen,
        over=tuple(queue[limit:]),
    )


def window(
    now: datetime,
    *,
    since: date | None,
    until: date | None,
    lookback_days: int,
    covered_until: datetime | None,
) -> tuple[datetime, datetime]:
    """First and last moment of submission that a run asks for, aware UTC.

    `until` is a whole day, its last minute included. Without `since` the window
    reaches back `lookback_days`, or as far before the last moment that is known to
    be covered, so that neither a missed night nor a paper held by moderation is lost.
    """
    end = now if until is None else _midnight(until + timedelta(days=1))
    if since is not None:
        return _midnight(since), end
    reach = timedelta(days=lookback_days)
    start = now if covered_until is None else min(now, covered_until)
    return min(start, end) - reach, end


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
