"""Years of papers, month by month: planned, priced, resumed where it ended."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Literal

from chatpaper.config import Config
from chatpaper.errors import ArgumentError
from chatpaper.models import Extractor
from chatpaper.pipeline.asking import choose_judge, choose_provider
from chatpaper.pipeline.assembly import Tools, open_papers, open_tools
from chatpaper.pipeline.controls import Controls
from chatpaper.pipeline.estimate import Estimate, estimate_papers
from chatpaper.pipeline.folders import lock_store, refuse_unwritable
from chatpaper.pipeline.renewing import publish_outputs
from chatpaper.pipeline.run import run_topic
from chatpaper.pipeline.select import Task
from chatpaper.records import Paper, RunReport, Topic
from chatpaper.sources import Found, Source
from chatpaper.sources.arxiv import topic_named
from chatpaper.store import LedgerEntry, Store

log = logging.getLogger(__name__)

# A backfill that was agreed to may cost this much more than was estimated.
BUDGET_FACTOR = 1.5
# Whole folders are asked for at once; what a mirror holds of a topic fits into memory.
WHOLE_FOLDER = 1_000_000
# After these, a further month would end the same way.
ENDS = frozenset(
    {"throttled", "source-broken", "quota", "budget", "interrupted"}
    | {"batch-refused", "crashed"}
)

Posts = Literal["day", "month"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A calendar month, or a part of one.

    Attributes:
        first, last: UTC days, both within.
    """

    first: date
    last: date

    @property
    def name(self) -> str:
        """As `2014-01`."""
        return f"{self.first:%Y-%m}"

    @property
    def whole(self) -> bool:
        """Whether it is all of its calendar month."""
        return self.first.day == 1 and (self.last + timedelta(days=1)).day == 1

    @property
    def since(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def until(self) -> datetime:
        """The moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)

    def has(self, paper: Paper) -> bool:
        """Whether a paper was submitted in it; one without a date may have been."""
        return paper.published is None or self.since <= paper.published < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A backfill before it begins.

    Attributes:
        topic: What is looked for.
        source: `arxiv`, `samples`, or the path of a folder of PDFs.
        months: Those not finished yet, oldest first.
        finished: How many are done already.
        found: How many papers match in the months that are left, posted ones too.
        estimate: What is left to do, and to pay.
        why: Why nothing is left to do; empty when something is.
    """

    topic: Topic
    source: str
    months: tuple[Month, ...]
    finished: int
    found: int
    estimate: Estimate
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a backfill is.

    Attributes:
        month: At work, as `2014-01`.
        done: Papers that this backfill is through with.
        total: Papers that it has to deal with, as estimated.
        cost_usd: Spent so far; None when the price is not known.
    """

    month: str
    done: int
    total: int
    cost_usd: float | None


def months_between(since: date, until: date) -> tuple[Month, ...]:
    """Calendar months from a day to a day, the first and the last cut to them."""
    months = []
    first = since
    while first <= until:
        following = (first.replace(day=1) + timedelta(days=31)).replace(day=1)
        months.append(Month(first=first, last=min(until, following - timedelta(1))))
        first = following
    return tuple(months)


def plan_backfill(
    config: Config,
    topic: str,
    *,
    since: date,
    until: date,
    source: str = "arxiv",
    controls: Controls,
) -> Plan:
    """See what is left to do, and estimate it; asks for no more than counts.

    Args:
        config: Checked.
        topic: Name of a configured topic, or words.
        since: First UTC day of submission.
        until: Last one.
        source: `arxiv`, `samples`, or the path of a folder of PDFs.
        controls: Key, clock, stop.

    Raises:
        ConfigError: Days in the wrong order, no key, no such folder.
        FetchError: The source cannot be asked.
        StoreError: The store or the disk refuses, or another run holds the store.
    """
    if until < since:
        raise ArgumentError("until", f"{until} is before `since=` {since}")
    if since > controls.now().astimezone(UTC).date():
        raise ArgumentError("since", f"{since} is yet to come")
    # Announcements cannot be asked for days gone by.
    wanted = replace(config.narrowed(topic_named(config, topic)), find="search")
    provider, _ = choose_provider(config.llm, controls.key)
    if not isinstance(provider, Extractor) and config.trust.judge:
        choose_judge(config, controls)  # must have its key, too
    directory = config.storage.path
    refuse_unwritable(config, posts=False)
    with (
        lock_store(config, controls),
        Store(directory) as store,
        open_papers(config, source, controls) as finder,
    ):
        every = months_between(since, until)
        done = store.finished_periods(wanted.name)
        months = [m for m in every if _period(m, wanted, source, finder) not in done]
        found = [
            finder.find(wanted, span.since, span.until, 1) for span in _spans(months)
        ]
        total = sum(answer.total for answer in found)
        settled = _settled(months, store.entries(wanted.name, "posted", "gave up"))
        papers = max(total - settled, 0)
        return Plan(
            topic=wanted,
            source=source,
            months=tuple(months),
            finished=len(every) - len(months),
            found=total,
            why="" if papers else _why_empty(every, found, finder),
            estimate=estimate_papers(
                papers,
                len(months),
                config,
                store,
                source=finder,
                provider=provider,
            ),
        )


def affordable(config: Config, plan: Plan, *, yes: bool) -> Config:
    """The configuration that a plan may be carried out with.

    Args:
        config: Its `llm.max_usd_per_run` bounds what may be spent unasked.
        plan: What is to be spent.
        yes: Whether the user has agreed to the estimate; then `BUDGET_FACTOR` times as
            much may be spent.

    Raises:
        ConfigError: The estimate is above the limit, and nobody has agreed.
    """
    limit, cost = config.llm.max_usd_per_run, plan.estimate.cost_usd
    if not limit or (cost is not None and cost <= limit):
        return config
    if not yes:
        price = f"{cost:.2f} USD" if cost is not None else "an unknown price"
        raise ArgumentError(
            "yes",
            f"{plan.estimate.papers} papers are estimated at {price}, above"
            f" llm.max_usd_per_run ({limit:g} USD): agree with `yes=True`, or raise it",
        )
    budget = max(limit, BUDGET_FACTOR * (cost or 0.0))
    log.info("budget usd=%.2f estimated=%.2f", budget, cost or 0.0)
    llm = config.llm.model_copy(update={"max_usd_per_run": budget})
    return config.model_copy(update={"llm": llm})


def run_backfill(
    config: Config,
    plan: Plan,
    *,
    posts: Posts = "day",
    controls: Controls,
    tell: Callable[[Progress], None] = lambda _: None,
) -> Iterator[RunReport]:
    """Carry out a plan, and yield a report per month.

    A month counts as finished once none of its papers waits or is to be tried again;
    until then the next backfill goes through it once more. Nothing that was published
    or paid for is done twice.

    Args:
        config: From `affordable`.
        plan: From `plan_backfill`.
        posts: Whether a paper is posted on its own UTC day of submission or on the
            first of its month.
        controls: Key, clock, stop.
        tell: Is told after every paper.

    Raises:
        FetchError: A folder cannot be read.
        StoreError: The store or the disk refuses, or another run holds the store.
    """
    refuse_unwritable(config)
    done = 0
    reports: list[RunReport] = []

    def count(_: str, papers: int, __: int) -> None:
        tell(
            Progress(
                month=month.name,
                done=done + papers,
                total=max(plan.estimate.papers, done + papers),
                cost_usd=tools.usage.cost_usd,
            )
        )

    with open_tools(config, plan.source, replace(controls, tell=count)) as tools:
        found = _whole_folder(plan, tools.source)
        for month in plan.months:
            # Between two requests there is a pause, also between those of two searches;
            # a nightly run that waits for the store gets its turn in it.
            if controls.rest(tools.source.gap_s):
                break
            with lock_store(config, controls):
                report = _run_month(month, plan, posts, found, config, tools)
            done += report.posted + len(report.failed)
            reports.append(report)
            yield report
            if report.why in ENDS:
                break
        publish_outputs(reports, config, tools.store)


def _run_month(
    month: Month,
    plan: Plan,
    posts: Posts,
    found: Found | None,
    config: Config,
    tools: Tools,
) -> RunReport:
    started = tools.controls.now()
    today = started.astimezone(config.output.tz).date()

    def day_of(paper: Paper) -> date:
        if paper.published is None:
            return today
        day = paper.published.astimezone(UTC).date()
        return day if posts == "day" else day.replace(day=1)

    task = Task(
        topic=plan.topic,
        since=month.since,
        until=month.until,
        day=month.first,
        found=_within(found, month) if found else None,
        day_of=day_of,
        takes=lambda entry: month.has(entry.paper),
    )
    report = run_topic(task, config, tools)
    if report.found or report.status != "nothing new":
        tools.store.add_run(started, report)
    if _is_finished(month, report, config, tools.store, started):
        period = _period(month, plan.topic, plan.source, tools.source)
        tools.store.finish_period(plan.topic.name, period)
    return report


def _whole_folder(plan: Plan, source: Source) -> Found | None:
    """Everything in a folder, which is read once; None for a live source."""
    if source.live or not plan.months:
        return None
    since, until = plan.months[0].since, plan.months[-1].until
    return source.find(plan.topic, since, until, WHOLE_FOLDER)


def _within(found: Found, month: Month) -> Found:
    papers = tuple(
        paper
        for paper in found.papers
        if paper.published is None or month.since <= paper.published <= month.until
    )
    return replace(found, papers=papers, total=len(papers))


def _is_finished(
    month: Month, report: RunReport, config: Config, store: Store, now: datetime
) -> bool:
    """Whether nothing more is to be expected of a month."""
    # Papers are announced days after their submission; moderation delays some more.
    announced = month.until + timedelta(days=config.arxiv.lookback_days)
    if report.why in ENDS or not month.whole or now < announced:
        return False
    open_ = store.entries(report.topic, "waiting", "failed").values()
    return not any(month.has(entry.paper) for entry in open_)


def _period(month: Month, topic: Topic, name: str, source: Source) -> str:
    """Name of a finished month: of this source, and of the topic as it is today."""
    place = name if source.live else str(Path(name).resolve())
    asked = [place, topic.queries, topic.categories, topic.exclude]
    asked += ["primary only"] if topic.primary_only else []
    digest = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
    return f"{month.name} {digest[:12]}"


def _spans(months: Sequence[Month]) -> Iterator[Month]:
    """Neighbouring months as one."""
    numbered = enumerate(months)
    for _, group in groupby(
        numbered, lambda at: at[1].first.year * 12 + at[1].first.month - at[0]
    ):
        run = [month for _, month in group]
        yield Month(first=run[0].first, last=run[-1].last)


def _why_empty(months: Sequence[Month], found: Sequence[Found], source: Source) -> str:
    """Why no paper of the months is left to do."""
    if not found:
        return f"all of {len(months)} months were finished before"
    if total := sum(answer.total for answer in found):
        return f"all {total} papers found were posted before"
    quiet = source.quiet(months[0].since)
    return quiet.sentence if quiet else f"nothing matches {found[0].query}"


def _settled(months: Sequence[Month], entries: dict[str, LedgerEntry]) -> int:
    """How many papers of the months are posted, or given up, already."""
    return sum(
        entry.paper.published is not None
        and any(month.has(entry.paper) for month in months)
        for entry in entries.values()
    )
