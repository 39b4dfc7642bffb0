"""From a topic to its post; read it from top to bottom.

    run            for each topic, a task; `collection` and `backfill` make other tasks
    run_topic      select -> remember -> fetch -> digest -> judge -> publish -> remember

    stage                     takes -> gives                                  where
    know                      what the posts show -> the ledger               standing
    rank                      what is found, interests -> Relevance           relevance
    select                    what is found, the ledger -> what to do         select
    remember                  papers enter the ledger before any work         select
    fetch                     Paper -> PDF                                    digest
    digest                    PDF -> Document -> Summary                      digest
    judge                     Summary -> checks, verdicts, one repair         summaries
    order                     a batch -> its job, or else single calls        orders
    publish                   digests of a day -> post, twin, pictures        publish
    remember                  what came of each paper -> the ledger           outcomes
    look back                 deleted posts, withdrawn papers -> old posts    past_posts

Then the outputs are made, which read the twins of all posts and nothing else, and
whoever is named in `deliver` is told (`deliveries`).

What the user chose is the `Config`; what it takes to do it, the `Tools` (`assembly`).
`select` and `outcomes` decide and touch nothing; the others act and decide nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx2

from chatpaper.config import Config, load_config
from chatpaper.errors import (
    ArgumentError,
    ChatpaperError,
    FetchError,
    Throttled,
    where_raised,
)
from chatpaper.models import ModelProvider
from chatpaper.pipeline.assembly import Tools, open_tools
from chatpaper.pipeline.controls import Controls, Watch, unwatched
from chatpaper.pipeline.coverage import covered_until, wrong_clock
from chatpaper.pipeline.deliveries import deliver_reports
from chatpaper.pipeline.digest import digest_papers
from chatpaper.pipeline.folders import lock_store, refuse_unwritable
from chatpaper.pipeline.orders import submit_orders
from chatpaper.pipeline.outcomes import (
    INTERRUPTED,
    ORDERED,
    DigestResult,
    Reason,
    count_outcomes,
    exit_code,
    outcome_of,
    why_fault,
    why_no_source,
    why_nothing,
    why_papers_wait,
    with_troubles,
    with_uncounted,
)
from chatpaper.pipeline.past_posts import with_past_posts
from chatpaper.pipeline.publish import (
    image_folder,
    publish_outcomes,
    reconcile,
)
from chatpaper.pipeline.relevance import select_ranked, with_relevance
from chatpaper.pipeline.renewing import publish_outputs
from chatpaper.pipeline.select import (
    EVERYTHING,
    Selection,
    Task,
    first_entries,
    posted_lately,
    window,
)
from chatpaper.pipeline.standing import posted_already
from chatpaper.records import Paper, RunReport, Topic
from chatpaper.sources import Found, Source
from chatpaper.sources.arxiv import wanted_topics
from chatpaper.store import LedgerEntry, Store

__all__ = ["exit_code", "run"]

log = logging.getLogger(__name__)

# --------------------------------------------------------------------------------------
# The day's posts of all topics.


def run(
    config: Config | None = None,
    *,
    topics: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
    source: str = "arxiv",
    dry_run: bool = False,
    key: str | None = None,
    judge_key: str | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    stop: threading.Event | None = None,
    tell: Callable[[str, int, int], None] = lambda *_: None,
    watch: Watch = unwatched,
    provider: ModelProvider | None = None,
    sleep: Callable[[float], object] | None = None,
    transport: httpx2.BaseTransport | None = None,
) -> list[RunReport]:
    """Write the day's posts.

    Args:
        config: From `load_config`; by default that of the working directory.
        topics: Names; those that the configuration does not know become a search for
            the words in title or abstract. None at all means every configured topic.
        since: First UTC day of submission; by default the configuration looks back.
        until: Last UTC day of submission; by default this moment.
        source: `arxiv`, `samples`, or the path of a folder of PDFs.
        dry_run: Find and select, but write nothing and ask no model.
        key: Of the model's API; by default from the environment.
        judge_key: Of the judge's, where that is another's; likewise.
        now: Clock, aware UTC.
        stop: Once set, what is under way is finished and published.
        tell: Is told the topic, how many papers are done, and of how many.
        watch: See `Controls`.
        provider: See `Controls`.
        sleep: Waits so many seconds between requests; by default really.
        transport: See `Controls`.

    Returns:
        One report per topic, in order.

    Raises:
        ConfigError: No topics, no key for the model asked for, no such folder.
        StoreError: The store or the disk refuses, or another run holds the store.
    """
    config = config or load_config()
    wanted = wanted_topics(config, topics)
    if since is not None and until is not None and until < since:
        raise ArgumentError("until", f"{until} is before `since=` {since}")
    # It may be tomorrow already where the user is.
    if since is not None and since > now().astimezone(UTC).date() + timedelta(days=1):
        raise ArgumentError("since", f"{since} is yet to come")
    controls = Controls(
        key=key,
        judge_key=judge_key,
        now=now,
        stop=stop or threading.Event(),
        tell=tell,
        watch=watch,
        provider=provider,
        sleep=sleep,
        transport=transport,
    )
    refuse_unwritable(config, posts=not dry_run)
    reports = []
    with (
        lock_store(config, controls),
        open_tools(config, source, controls) as tools,
    ):
        for topic in map(config.narrowed, wanted):
            task = _task(topic, since, until, now(), dry_run, config, tools)
            reports.append(_noted(task, config, tools))
        if dry_run:
            return reports
        reports = publish_outputs(reports, config, tools.store)
        return deliver_reports(reports, config, tools)


def _noted(task: Task, config: Config, tools: Tools) -> RunReport:
    """One topic's run, which is remembered unless it is a dry one."""
    started = tools.controls.now()
    report = run_topic(task, config, tools)
    if not task.dry:
        tools.store.add_run(started, report)
    return report


def _task(
    topic: Topic,
    since: date | None,
    until: date | None,
    now: datetime,
    dry_run: bool,
    config: Config,
    tools: Tools,
) -> Task:
    """What is asked for a topic today."""
    live = tools.source.live
    # What is not live is taken whole: its papers are as old as they are.
    first = since if live or since is not None else date(1970, 1, 1)
    start, end = window(
        now,
        since=first,
        until=until,
        lookback_days=config.arxiv.lookback_days,
        covered_until=covered_until(topic.name, now, tools.store),
    )
    return Task(
        topic=topic,
        since=start,
        until=end,
        day=now.astimezone(config.output.tz).date(),
        limit=config.arxiv.max_papers,
        news=True,
        cover=live and since is None and until is None,
        dry=dry_run,
    )


# --------------------------------------------------------------------------------------
# One topic.


def run_topic(task: Task, config: Config, tools: Tools) -> RunReport:
    """Write one topic's post, or say why there is none.

    Raises:
        StoreError: The store or the disk refuses; the last good post stands.
    """
    start, before = time.monotonic(), tools.usage
    try:
        report = _run_stages(task, config, tools)
    except ChatpaperError:
        raise
    except Exception as error:
        # A fault of ours in one topic must not cost the others. Its papers wait.
        log.exception("unexpected topic=%s", task.topic.name)
        report = RunReport(topic=task.topic.name, day=task.day, status="failed")
        report = _because(report, why_fault(where_raised(error), code="crashed"))
    seconds = round(time.monotonic() - start, 3)
    report = replace(report, seconds=seconds, llm=tools.usage - before)
    if tools.batches:
        report = with_troubles(report, tools.batches.take_troubles())
    return with_uncounted(report)


def _run_stages(task: Task, config: Config, tools: Tools) -> RunReport:
    topic, store = task.topic.name, tools.store
    report = RunReport(topic=topic, day=task.day, status="nothing new")
    if tools.controls.stop.is_set():
        return _because(replace(report, status="failed"), INTERRUPTED)
    reconcile(config, topic, store)
    if task.cover and (wrong := wrong_clock(task, store)):
        return _because(replace(report, status="failed"), wrong)
    if tools.batches and not task.dry:
        tools.batches.collect()

    # Select.
    ledger: Mapping[str, LedgerEntry] = store.entries(topic)
    try:
        found, newer = _ask_source(task, ledger, tools)
    except FetchError as error:
        # The report says why, and whoever prints it says it once.
        log.error("source failed topic=%s", topic)
        reason = tools.closed() or why_no_source(error)
        return _because(replace(report, status="failed"), reason)
    posted = posted_already(task, found, ledger, config)
    if posted and not task.dry:
        store.record(topic, posted.values())
    ledger = {**ledger, **posted}
    pending = tools.batches.pending() if tools.batches else frozenset()
    again = task.news and config.output.summarize_updates
    selection = select_ranked(
        tools.ranker, task, found, newer, ledger, pending=pending, updates_too=again
    )
    report = replace(report, found=len(found.papers), new=selection.new)
    if task.dry:
        return _planned(report, selection)

    # Remember, before any work: from then on no paper can be lost.
    covered = store.covered_until(topic) or task.until - timedelta(days=1)
    entries = first_entries(task, selection, ledger)
    store.record(topic, entries.values())
    if task.cover:
        store.cover(topic, task.until)
    ledger = {**ledger, **entries}
    if not selection.todo and not selection.updates:
        reason = _why_nothing(task, found, selection, ledger, covered, tools.source)
        report = _because(report, _why_ordered(task, ledger, pending) or reason)
        return with_past_posts(report, task, found, config, store)

    with image_folder(store, topic) as folder:
        # Fetch, digest and judge, many papers side by side.
        results: list[DigestResult] = []
        for result in digest_papers(selection.todo, folder, config, tools):
            results.append(result)
            tools.controls.tell(topic, len(results), len(selection.todo))
        if tools.batches and tools.closed() is None:
            results = list(submit_orders(results, folder, config, tools, tools.batches))

        # Publish, and remember.
        report = _published(report, results, selection, ledger, config, store)
    return with_past_posts(report, task, found, config, store)


def _published(
    report: RunReport,
    results: Sequence[DigestResult],
    selection: Selection,
    ledger: Mapping[str, LedgerEntry],
    config: Config,
    store: Store,
) -> RunReport:
    ranked = (with_relevance(result, selection.relevance) for result in results)
    outcomes = [outcome_of(r, ledger, config.storage.retries) for r in ranked]
    updates, over, listed = selection.updates, selection.over, selection.listed
    report = count_outcomes(
        report, outcomes, updates=len(updates), over=len(over), listed=len(listed)
    )
    return publish_outcomes(report, outcomes, updates, config, store, listed=listed)


def _ask_source(
    task: Task, ledger: Mapping[str, LedgerEntry], tools: Tools
) -> tuple[Found, tuple[Paper, ...]]:
    """What the source has, and current versions of papers that were posted lately."""
    source = tools.source
    # The most relevant may be the oldest.
    everything = task.cover or tools.ranker is not None
    limit = EVERYTHING if everything else task.limit + len(ledger)
    found = task.found or source.find(task.topic, task.since, task.until, limit)
    for note in found.notes:
        log.warning("source topic=%s: %s", task.topic.name, note)
    if not task.news:
        return found, ()
    try:
        return found, source.get(posted_lately(task, found, ledger))
    except Throttled:
        raise
    except FetchError as error:
        # New versions can wait for the next run, new papers need not.
        log.warning("no new versions topic=%s: %s", task.topic.name, error)
        return found, ()


def _why_nothing(
    task: Task,
    found: Found,
    selection: Selection,
    ledger: Mapping[str, LedgerEntry],
    covered: datetime,
    source: Source,
) -> Reason:
    return why_nothing(
        found,
        seen=selection.seen,
        known=bool(ledger),
        # What is collected from batches was announced before.
        in_window=source.quiet(task.since) if task.news or not task.found else None,
        # Days that were asked for by name have nothing to do with the last run.
        since_last=source.quiet(covered) if task.cover else None,
    )


def _why_ordered(
    task: Task, ledger: Mapping[str, LedgerEntry], pending: frozenset[str]
) -> Reason | None:
    """What is said when all that is to be done comes with a batch."""
    ordered = [e for e in ledger.values() if e.paper.versioned_id in pending]
    return why_papers_wait([ORDERED for entry in ordered if task.may_take(entry)])


def _planned(report: RunReport, selection: Selection) -> RunReport:
    for paper in selection.todo:
        log.info("would digest paper=%s title=%s", paper.versioned_id, paper.title)
    for paper in selection.listed:
        log.info("would list paper=%s title=%s", paper.versioned_id, paper.title)
    message = f"{len(selection.todo)} papers would be digested; nothing was written"
    return replace(report, status="done", message=message)


def _because(report: RunReport, reason: Reason) -> RunReport:
    return replace(report, why=reason.code, message=reason.text)
