"""One topic's run: find, choose, digest, publish, remember."""

from __future__ import annotations

import hashlib
import logging
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from chatpaper.errors import FetchError, PostError, StoreError
from chatpaper.pipeline.choice import Choice, choose
from chatpaper.pipeline.digesting import Digested
from chatpaper.pipeline.night import Line, digest_all
from chatpaper.pipeline.press import Press, publish_day, reconcile
from chatpaper.pipeline.reasons import Reason, of_search, of_source, of_waiting
from chatpaper.records import Failure, LlmUse, Paper, RunReport, Topic
from chatpaper.sources import Found, Source
from chatpaper.store import Entry, Store

log = logging.getLogger(__name__)

# Authors replace a paper mostly within weeks: for so long it is looked up by id.
UPDATE_DAYS = 30


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
    """

    since: datetime
    until: datetime
    day: date
    limit: int
    cover: bool = False
    retries: int = 5
    updates_too: bool = False
    dry: bool = False


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
        quiet: Why a source may have had nothing new since a moment, if it may.
        tell: Is told the topic, how many papers are done, and of how many.
    """

    source: Source
    versions: Callable[[list[str]], tuple[Paper, ...]]
    line: Line
    press: Press
    store: Store
    use: Callable[[], LlmUse]
    quiet: Callable[[datetime | None], str | None]
    tell: Callable[[str, int, int], None]


def run_topic(topic: Topic, order: Order, desk: Desk) -> RunReport:
    """Write the day's post of one topic, or say why there is none.

    Raises:
        StoreError: The store or the disk refuses; the last good post stands.
    """
    start, before = time.monotonic(), desk.use()
    report = _run(topic, order, desk)
    after = desk.use()
    known = after.cost_usd is not None and before.cost_usd is not None
    spent = LlmUse(
        calls=after.calls - before.calls,
        tokens_in=after.tokens_in - before.tokens_in,
        tokens_out=after.tokens_out - before.tokens_out,
        cost_usd=(after.cost_usd or 0) - (before.cost_usd or 0) if known else None,
    )
    return replace(report, seconds=round(time.monotonic() - start, 3), llm=spent)


def _run(topic: Topic, order: Order, desk: Desk) -> RunReport:
    report = RunReport(topic=topic.name, day=order.day, status="nothing new")
    reconcile(topic.name, desk.store)
    ledger = desk.store.entries(topic.name)
    try:
        found, newer = _found(topic, order, desk, ledger)
    except FetchError as error:
        log.error("source failed topic=%s: %s", topic.name, error)
        return _with_reason(replace(report, status="failed"), of_source(error))
    choice = choose(
        found.papers,
        ledger,
        limit=order.limit,
        updates_too=order.updates_too,
        announced=newer,
    )
    report = replace(report, found=len(found.papers), new=choice.new)
    if order.dry:
        return _planned(report, choice)
    last = desk.store.covered_until(topic.name)
    fresh = [Entry(paper=p, state="waiting") for p in choice.todo if p.id not in ledger]
    desk.store.record(topic.name, fresh)
    if order.cover:
        desk.store.cover(topic.name, order.until)
    if not choice.todo and not choice.updates:
        return _with_reason(report, of_search(found, choice, desk.quiet(last)))
    return _digested(report, order, desk, ledger, choice)


def _found(
    topic: Topic, order: Order, desk: Desk, ledger: Mapping[str, Entry]
) -> tuple[Found, tuple[Paper, ...]]:
    """What the source has, and current versions of papers that were posted lately."""
    limit = order.limit + len(ledger)
    found = desk.source.find(topic, order.since, order.until, limit)
    here = {paper.id for paper in found.papers}
    lately = order.day - timedelta(days=UPDATE_DAYS)
    ids = [
        key
        for key, entry in ledger.items()
        if entry.state == "posted" and entry.day and lately <= entry.day < order.day
        if key not in here
    ]
    return found, found.updates + desk.versions(ids)


def _planned(report: RunReport, choice: Choice) -> RunReport:
    for paper in choice.todo:
        log.info("would digest paper=%s title=%s", paper.versioned_id, paper.title)
    message = f"{len(choice.todo)} papers would be digested; nothing was written"
    return replace(report, status="done", message=message)


def _digested(
    report: RunReport,
    order: Order,
    desk: Desk,
    ledger: Mapping[str, Entry],
    choice: Choice,
) -> RunReport:
    topic = report.topic
    staging = _Staging(desk.store.directory / "staging", topic)
    outcomes: list[Digested] = []
    for outcome in digest_all(choice.todo, desk.line):
        outcomes.append(staging.take(outcome))
        desk.tell(topic, len(outcomes), len(choice.todo))
    before = {
        p.id: ledger.get(p.id) or Entry(paper=p, state="waiting") for p in choice.todo
    }
    entries = [_entry(o, before[o.digest.paper.id], order.retries) for o in outcomes]
    report = _tally(report, outcomes, entries, choice)
    if report.posted or choice.updates:
        report = _published(report, desk, choice, outcomes, entries, staging)
    unposted = [e for e in entries if e.state != "posted"]
    if report.post is None:
        unposted = [replace(e, day=before[e.paper.id].day) for e in unposted]
    desk.store.record(topic, unposted)
    staging.clear()
    return report


def _published(
    report: RunReport,
    desk: Desk,
    choice: Choice,
    outcomes: Sequence[Digested],
    entries: list[Entry],
    staging: _Staging,
) -> RunReport:
    """Publish what is done; entries that are shown get the day."""
    shown = [
        (o.digest, e) for o, e in zip(outcomes, entries, strict=True) if _is_shown(o, e)
    ]
    left_out = [
        o.digest.paper
        for o in outcomes
        if o.waits is not None and o.waits.code in ("budget", "quota")
    ]
    try:
        post = desk.press.render(
            report.topic,
            report.day,
            [digest for digest, _ in shown],
            choice.updates,
            left_out,
        )
        path = publish_day(
            desk.press, desk.store, post, [e for _, e in shown], staging.images
        )
    except PostError as error:
        log.error("unpublished topic=%s: %s", report.topic, error)
        entries[:] = [
            replace(e, state="waiting") if e.state == "posted" else e for e in entries
        ]
        report = replace(report, status="failed", posted=0)
        return _with_reason(report, Reason(code="unpublished", text=str(error)))
    updated = [
        Entry(paper=update.paper, state="posted", day=update.posted_on)
        for update in choice.updates
    ]
    desk.store.record(report.topic, updated)
    days = {e.paper.id for _, e in shown}
    entries[:] = [
        replace(e, day=report.day) if e.paper.id in days else e for e in entries
    ]
    return replace(report, post=str(path))


def _entry(outcome: Digested, before: Entry, retries: int) -> Entry:
    """What the ledger says of a paper after this run."""
    paper, failure = outcome.digest.paper, outcome.digest.failure
    if outcome.waits is not None:
        return replace(before, paper=paper, state="waiting", reason=outcome.waits.text)
    if failure is None:
        return Entry(paper=paper, state="posted")
    tries = before.tries + 1
    return Entry(
        paper=paper,
        state="gave up" if tries > retries else "failed",
        tries=tries,
        day=before.day,
        reason=failure.reason,
    )


def _is_shown(outcome: Digested, entry: Entry) -> bool:
    """Whole entries are; a failure once when it is new and once when it is final."""
    if outcome.waits is not None:
        return False
    return entry.state in ("posted", "gave up") or entry.day is None


def _tally(
    report: RunReport,
    outcomes: Sequence[Digested],
    entries: Sequence[Entry],
    choice: Choice,
) -> RunReport:
    """Counts, status and the reason for what is missing."""
    failed: tuple[Failure, ...] = tuple(
        o.digest.failure for o in outcomes if o.digest.failure is not None
    )
    posted = sum(entry.state == "posted" for entry in entries)
    final = sum(entry.state == "gave up" for entry in entries)
    reason = of_waiting([o.waits for o in outcomes if o.waits is not None])
    if reason is None and failed and not posted:
        text = f"all {len(failed)} papers failed: {failed[0].reason}"
        reason = Reason(code="failed", text=text)
    held = reason is not None and reason.code not in ("budget", "batch")
    empty = not (posted or final or choice.updates)
    ordered = reason is not None and reason.code == "batch" and not failed
    report = replace(report, posted=posted + final, failed=failed)
    if empty and not ordered:
        report = replace(report, status="failed")
    else:
        report = replace(report, status="partial" if failed or held else "done")
    counts = [
        f"{posted} papers posted",
        f"{len(choice.updates)} updates" if choice.updates else "",
        f"{len(failed)} failed" if failed else "",
        f"{len(choice.over)} beyond arxiv.max_papers" if choice.over else "",
    ]
    message = ", ".join(filter(None, counts))
    report = replace(report, message=message)
    if reason is None:
        return report
    text = f"{message}; {reason.text}"
    return _with_reason(report, replace(reason, text=text))


def _with_reason(report: RunReport, reason: Reason) -> RunReport:
    return replace(report, why=reason.code, message=reason.text)


class _Staging:
    """Images wait on the disk for their post, so that memory stays flat."""

    def __init__(self, root: Path, topic: str) -> None:
        name = hashlib.sha256(topic.encode()).hexdigest()[:16]
        self._folder = root / name
        self.images: dict[str, Path] = {}
        self.clear()

    def take(self, outcome: Digested) -> Digested:
        """Keep an outcome's images; returns it without them."""
        try:
            for name, data in outcome.images.items():
                self._folder.mkdir(parents=True, exist_ok=True)
                self.images[name] = self._folder / name
                self.images[name].write_bytes(data)
        except OSError as error:
            raise StoreError(str(self._folder), str(error)) from error
        return replace(outcome, images={})

    def clear(self) -> None:
        """Forget all of them."""
        shutil.rmtree(self._folder, ignore_errors=True)
