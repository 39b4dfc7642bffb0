"""Which papers a run deals with: pure decisions over what was found and the ledger."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from chatpaper.pipeline.outcomes import ORDERED
from chatpaper.records import Paper, Relevance, Topic, Update, age_key
from chatpaper.sources import Found
from chatpaper.store import LedgerEntry

# Authors replace a paper mostly within weeks: for so long it is looked up by id.
UPDATE_DAYS = 30
# So long a paper that was listed by its title may still take a place that is left.
LISTED_DAYS = 7
# A window counts as covered only if the source was asked for all of it.
EVERYTHING = 30_000

# --------------------------------------------------------------------------------------
# What is asked of a run.


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One topic, and what is asked for it.

    Attributes:
        topic: What is looked for.
        since, until: Window of submission, aware UTC.
        day: Of the post, in the output time zone.
        limit: Papers digested at most.
        news: Whether new versions of posted papers are looked for and shown, and a
            weekend excuses an empty answer.
        cover: Whether the window counts as covered afterwards.
        dry: Find and select only.
        found: What was found before; None has the source asked.
        day_of: Day of a paper's post, for posts on days of their own.
        takes: Which papers that wait in the ledger this run may take; by default
            those meant for no day of their own, or submitted in the window.
    """

    topic: Topic
    since: datetime
    until: datetime
    day: date
    limit: int = EVERYTHING
    news: bool = False
    cover: bool = False
    dry: bool = False
    found: Found | None = None
    day_of: Callable[[Paper], date] | None = None
    takes: Callable[[LedgerEntry], bool] | None = None

    def may_take(self, entry: LedgerEntry) -> bool:
        """Whether a paper that waits in the ledger is this run's."""
        if self.takes is not None:
            return self.takes(entry)
        if entry.state == "listed":
            lately = self.day - timedelta(days=LISTED_DAYS)
            return entry.day is not None and entry.day >= lately
        published = entry.paper.published
        within = published is not None and self.since <= published <= self.until
        return entry.post_day is None or within


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


# --------------------------------------------------------------------------------------
# What is found, and what the ledger knows of it: what to do.


def posted_lately(
    task: Task, found: Found, ledger: Mapping[str, LedgerEntry]
) -> list[str]:
    """Ids of the papers whose current versions are to be looked up."""
    here = {paper.id for paper in found.papers}
    lately = task.day - timedelta(days=UPDATE_DAYS)
    return [
        paper_id
        for paper_id, entry in ledger.items()
        if entry.state == "posted" and entry.day and lately <= entry.day < task.day
        if paper_id not in here
    ]


def select_for(
    task: Task,
    found: Found,
    newer: Sequence[Paper],
    ledger: Mapping[str, LedgerEntry],
    *,
    pending: Collection[str],
    updates_too: bool,
    relevance: Mapping[str, Relevance] | None = None,
) -> Selection:
    """What a task has to do.

    Args:
        task: What is asked.
        found: What the source has.
        newer: Current versions of papers that were posted lately.
        ledger: Of the topic.
        pending: Versioned ids of papers whose summaries may still come by batch.
        updates_too: Digest new versions of posted papers again.
        relevance: Of papers by id; None when nothing is ranked.
    """

    def is_free(entry: LedgerEntry) -> bool:
        return task.may_take(entry) and entry.paper.versioned_id not in pending

    ordered = [e for e in ledger.values() if e.reason == ORDERED.text and is_free(e)]
    selection = select_papers(
        found.papers,
        ledger,
        # What was begun in another run comes on top of what is begun in this one.
        limit=task.limit + len(ordered),
        updates_too=updates_too,
        announced=[*found.updates, *newer],
        mine=is_free,
        relevance=relevance,
        today=task.day,
    )
    return selection if task.news else replace(selection, updates=())


def first_entries(
    task: Task, selection: Selection, ledger: Mapping[str, LedgerEntry]
) -> dict[str, LedgerEntry]:
    """What the ledger is to say before any work: from then on no paper can be lost."""
    entries = {}
    later = (*selection.over, *selection.listed) if task.cover else ()
    for paper in (*selection.todo, *later):
        entry = ledger.get(paper.id) or LedgerEntry(paper=paper, state="waiting")
        if task.day_of and entry.post_day is None:
            entry = replace(entry, post_day=task.day_of(paper))
        if entry != ledger.get(paper.id):
            entries[paper.id] = entry
    return entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What to do with what was found.

    Attributes:
        todo: To be digested now: first those that a run failed on or left out, then
            those never begun, then those listed lately; each newest first, or where
            papers are ranked most relevant first.
        new: How many of `todo` were never seen before.
        updates: New versions of papers posted earlier.
        seen: How many of those found were posted, or given up, before.
        over: Papers beyond the limit, left for the next run.
        listed: Papers beyond the limit that were ranked: the post is to list them by
            their titles, most relevant first.
        relevance: Of papers by id; empty when nothing is ranked.
    """

    todo: tuple[Paper, ...]
    new: int
    updates: tuple[Update, ...]
    seen: int
    over: tuple[Paper, ...]
    listed: tuple[Paper, ...] = ()
    relevance: Mapping[str, Relevance] = field(default_factory=dict)


def select_papers(
    found: Sequence[Paper],
    ledger: Mapping[str, LedgerEntry],
    *,
    limit: int,
    updates_too: bool = False,
    announced: Sequence[Paper] = (),
    mine: Callable[[LedgerEntry], bool] = lambda _: True,
    relevance: Mapping[str, Relevance] | None = None,
    today: date = date.max,
) -> Selection:
    """Sort what was found, and what waits in the ledger, into what to do.

    Args:
        found: Newest first, one per base id.
        ledger: Of the topic.
        limit: Papers digested in one run.
        updates_too: Digest new versions of posted papers again.
        announced: New versions that matter only if an earlier one was posted.
        mine: Which of the papers that wait in the ledger, or were listed, may be taken,
            found or not.
        relevance: Of papers by id; None when nothing is ranked.
        today: Day of the post. A new version of a paper that stands in it is news of
            tomorrow's: this one shows the version it was made from.
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
            if paper.version > entry.paper.version and entry.day < today:
                updates[paper.id] = Update(
                    paper=paper, previous=entry.paper, posted_on=entry.day
                )
            else:
                seen += paper.id in current
        elif entry.state in ("gave up", "listed"):
            seen += paper.id in current
    again = [update.paper for update in updates.values()] if updates_too else []
    queue = _in_order(fresh, again, current, ledger, mine, relevance or {}, limit)
    rest = tuple(queue[limit:])
    return Selection(
        todo=tuple(queue[:limit]),
        new=sum(paper.id not in ledger for paper in queue[:limit]),
        updates=() if updates_too else tuple(updates.values()),
        seen=seen,
        over=rest if relevance is None else (),
        listed=() if relevance is None else rest,
        relevance=relevance or {},
    )


def _in_order(
    fresh: Sequence[Paper],
    again: Sequence[Paper],
    current: Mapping[str, Paper],
    ledger: Mapping[str, LedgerEntry],
    mine: Callable[[LedgerEntry], bool],
    relevance: Mapping[str, Relevance],
    limit: int,
) -> list[Paper]:
    """All papers to be digested: due ones, new versions, new ones, those once listed.

    What was listed takes no place from what is new.
    """
    waiting: dict[str, list[Paper]] = {"due": [], "fresh": [*fresh], "listed": []}
    for key, entry in ledger.items():
        if entry.state in ("waiting", "failed", "listed") and mine(entry):
            turn = "due" if entry.reason else "fresh"
            turn = "listed" if entry.state == "listed" else turn
            waiting[turn].append(current.get(key, entry.paper))

    def rank(paper: Paper) -> tuple[float, tuple[float, str]]:
        known = relevance.get(paper.id)
        return known.score if known else 0.0, age_key(paper)

    due = sorted(waiting["due"], key=age_key, reverse=True)
    new = sorted(waiting["fresh"], key=rank, reverse=True)
    listed = sorted(waiting["listed"], key=rank, reverse=True)
    queue = [*due, *again, *new]
    return [*queue, *listed[: max(0, limit - len(queue))]]
