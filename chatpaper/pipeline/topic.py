"""One topic's run: find, choose, digest, publish, remember."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from chatpaper.errors import FetchError, Throttled
from chatpaper.pipeline.digest import Digested, Line, digest_all
from chatpaper.pipeline.outcomes import (
    ended,
    tally,
)
from chatpaper.pipeline.publish import Press, Staging, post_papers, reconcile
from chatpaper.pipeline.reasons import (
    ORDERED,
    Reason,
    of_search,
    of_source,
    of_waiting,
)
from chatpaper.pipeline.select import Choice, choose
from chatpaper.records import Paper, RunReport, Topic, Usage
from chatpaper.sources import Found, Source
from chatpaper.sources.arxiv import Quiet
from chatpaper.store import LedgerEntry, Store

if TYPE_CHECKING:
    from chatpaper.pipeline.batch import Bulk


log = logging.getLogger(__name__)

# Authors replace a paper mostly within weeks: for so long it is looked up by id.
UPDATE_DAYS = 30
# A window counts as covered only if the source was asked for all of it.
EVERYTHING = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked of a run.

    Attributes:
        since, until: Window of submission, aware UTC.
        day: Of the post, in the output time zone.
        limit: Papers digested at most.
        cover: Whether the window counts as covered afterwards.
        retries: Runs in which a failed paper is tried again.
        updates_too: Digest new versions of posted papers again.
        dry: Find and choose only.
        day_of: Day of a new paper's post, for posts on days of their own; then new
            versions of posted papers are nobody's news.
        takes: Which papers that wait in the ledger this run may take; by default
            those meant for no day of their own, or submitted in the window.
    """

    since: datetime
    until: datetime
    day: date
    limit: int
    cover: bool = False
    retries: int = 5
    updates_too: bool = False
    dry: bool = False
    day_of: Callable[[Paper], date] | None = None
    takes: Callable[[LedgerEntry], bool] | None = None

    def may_take(self, entry: LedgerEntry) -> bool:
        """Whether a paper that waits in the ledger is this run's."""
        if self.takes is not None:
            return self.takes(entry)
        published = entry.paper.published
        within = published is not None and self.since <= published <= self.until
        return entry.post_day is None or within


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a topic's run works with.

    Attributes:
        source: Where papers come from.
        versions: Current versions of the papers of given ids.
        line: From a paper to its digest.
        press: From digests to a post.
        store: What outlives the run.
        use: Model use so far.
        quiet: Why nothing can have been announced since a moment, if that is so.
        tell: Is told the topic, how many papers are done, and of how many.
        bulk: Who orders summaries by batch; None when they are bought at once.
    """

    source: Source
    versions: Callable[[list[str]], tuple[Paper, ...]]
    line: Line
    press: Press
    store: Store
    use: Callable[[], Usage]
    quiet: Callable[[datetime], Quiet | None]
    tell: Callable[[str, int, int], None]
    bulk: Bulk | None = None


def run_topic(topic: Topic, order: Order, desk: Desk) -> RunReport:
    """Write the day's post of one topic, or say why there is none.

    Raises:
        StoreError: The store or the disk refuses; the last good post stands.
    """
    start, before = time.monotonic(), desk.use()
    report = _run(topic, order, desk)
    spent = desk.use() - before
    return replace(report, seconds=round(time.monotonic() - start, 3), llm=spent)


def _run(topic: Topic, order: Order, desk: Desk) -> RunReport:
    report = RunReport(topic=topic.name, day=order.day, status="nothing new")
    if (closed := desk.line.closed()) is not None and closed.code == "interrupted":
        return _for(replace(report, status="failed"), closed)
    reconcile(desk.press, topic.name, desk.store)
    if desk.bulk and not order.dry:
        desk.bulk.collect()
    ledger: Mapping[str, LedgerEntry] = desk.store.entries(topic.name)
    try:
        found, newer = _found(topic, order, desk, ledger)
    except FetchError as error:
        log.error("source failed topic=%s: %s", topic.name, error)
        reason = desk.line.closed() or of_source(error)
        return _for(replace(report, status="failed"), reason)
    for note in found.notes:
        log.warning("source topic=%s: %s", topic.name, note)
    pending = desk.bulk.pending() if desk.bulk else frozenset()

    def is_free(entry: LedgerEntry) -> bool:
        return order.may_take(entry) and entry.paper.versioned_id not in pending

    ordered = [e for e in ledger.values() if e.reason == ORDERED.text and is_free(e)]
    choice = choose(
        found.papers,
        ledger,
        # What was begun in another run comes on top of what is begun in this one.
        limit=order.limit + len(ordered),
        updates_too=order.updates_too,
        announced=newer,
        mine=is_free,
    )
    if order.day_of:
        choice = replace(choice, updates=())
    report = replace(report, found=len(found.papers), new=choice.new)
    if order.dry:
        return _planned(report, choice)
    last = desk.store.covered_until(topic.name) or order.until - timedelta(days=1)
    ledger = _remember(topic, order, desk, ledger, choice)
    if not choice.todo and not choice.updates:
        reason = of_search(
            found,
            choice,
            known=bool(ledger),
            in_window=desk.quiet(order.since),
            # Days that were asked for by name have nothing to do with the last run.
            since_last=desk.quiet(last) if order.cover else None,
        )
        under_way = [e for e in ledger.values() if e.paper.versioned_id in pending]
        waiting = of_waiting([ORDERED for e in under_way if order.may_take(e)])
        return _for(report, waiting or reason)
    return _digested(report, order, desk, ledger, choice)


def _remember(
    topic: Topic,
    order: Order,
    desk: Desk,
    ledger: Mapping[str, LedgerEntry],
    choice: Choice,
) -> Mapping[str, LedgerEntry]:
    """Papers enter the ledger before any work: from then on none can be lost."""
    new = {}
    for paper in [*choice.todo, *(choice.over if order.cover else ())]:
        entry = ledger.get(paper.id) or LedgerEntry(paper=paper, state="waiting")
        if order.day_of and entry.post_day is None:
            entry = replace(entry, post_day=order.day_of(paper))
        if entry != ledger.get(paper.id):
            new[paper.id] = entry
    desk.store.record(topic.name, new.values())
    if order.cover:
        desk.store.cover(topic.name, order.until)
    return {**ledger, **new}


def _found(
    topic: Topic, order: Order, desk: Desk, ledger: Mapping[str, LedgerEntry]
) -> tuple[Found, tuple[Paper, ...]]:
    """What the source has, and current versions of papers that were posted lately."""
    limit = EVERYTHING if order.cover else order.limit + len(ledger)
    found = desk.source.find(topic, order.since, order.until, limit)
    here = {paper.id for paper in found.papers}
    lately = order.day - timedelta(days=UPDATE_DAYS)
    ids = [
        key
        for key, entry in ledger.items()
        if entry.state == "posted" and entry.day and lately <= entry.day < order.day
        if key not in here
    ]
    try:
        newer = desk.versions(ids)
    except Throttled:
        raise
    except FetchError as error:
        # New versions can wait for the next run, new papers need not.
        log.warning("no new versions topic=%s: %s", topic.name, error)
        newer = ()
    return found, found.updates + newer


def _planned(report: RunReport, choice: Choice) -> RunReport:
    for paper in choice.todo:
        log.info("would digest paper=%s title=%s", paper.versioned_id, paper.title)
    message = f"{len(choice.todo)} papers would be digested; nothing was written"
    return replace(report, status="done", message=message)


def _digested(
    report: RunReport,
    order: Order,
    desk: Desk,
    ledger: Mapping[str, LedgerEntry],
    choice: Choice,
) -> RunReport:
    topic = report.topic
    staging = Staging(desk.store.directory / "staging", topic)
    outcomes: list[Digested] = []
    for outcome in digest_all(choice.todo, desk.line):
        outcomes.append(staging.take(outcome))
        desk.tell(topic, len(outcomes), len(choice.todo))
    if desk.bulk and desk.line.closed() is None:
        desk.bulk.submit()
    papers = ended(outcomes, ledger, order.retries)
    report = post_papers(
        tally(report, papers, choice),
        papers,
        choice.updates,
        staging.images,
        press=desk.press,
        store=desk.store,
    )
    staging.clear()
    return report


def _for(report: RunReport, reason: Reason) -> RunReport:
    return replace(report, why=reason.code, message=reason.text)
