"""Summaries ordered by batch: handed in by one run, collected by a later one."""

from __future__ import annotations

import json
import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chatpaper.config import Config, api_key
from chatpaper.errors import QuotaSpent, SummaryError
from chatpaper.models import MeteredModel, ModelReply, ModelRequest, read_finish
from chatpaper.models.gemini import (
    HALF_PRICE,
    BatchState,
    Gemini,
    find,
    poll_job,
    portions,
    submit,
)
from chatpaper.pipeline.assembly import Outside, online, open_desk
from chatpaper.pipeline.reasons import (
    ORDERED,
)
from chatpaper.pipeline.topic import (
    EVERYTHING,
    Order,
    run_topic,
)
from chatpaper.records import Paper, RunReport, Topic
from chatpaper.sources import Found, Source
from chatpaper.store import LedgerEntry, PaidReply, Store, only_run
from chatpaper.summary import read_summary

# --------------------------------------------------------------------------------------
# Summaries ordered by batch: handed in by one run, collected by a later one.
#
# What a job holds is on the disk before it is handed in, under a label of ours; a job
# that was made while the process died is found again by that label. Nothing is
# ordered twice while it may still come.

log = logging.getLogger(__name__)

LABEL = "chatpaper-"
ASK_AGAIN = timedelta(minutes=10)
# A paper that no reply comes for is asked for in so many jobs.
MAX_ORDERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What it takes to use a reply that comes days later.

    Attributes:
        key: The reply is kept under it.
        reason: Why no reply came, once that is known.
    """

    key: str
    reason: str = ""


Orders = dict[str, Ordered]  # by versioned id of the paper


class Bulk:
    """Orders summaries in batch jobs; one instance serves many threads."""

    def __init__(
        self,
        gemini: Gemini,
        *,
        model: MeteredModel,
        store: Store,
        now: Callable[[], datetime],
        orders: bool = True,
        fallback: bool = True,
    ) -> None:
        """Nothing is sent yet.

        Args:
            gemini: Whose key, model and settings are used.
            model: Bounds and counts what is spent.
            store: Remembers jobs, and keeps what they bring.
            now: Aware UTC.
            orders: Whether new jobs are made, or earlier ones collected only.
            fallback: Whether a paper that a batch had no reply for is asked for in a
                single call, or in up to `MAX_ORDERS` batches.
        """
        self._gemini, self._model, self._store = gemini, model, store
        self._now = now
        self._orders, self._fallback = orders, fallback
        self._lock = threading.Lock()
        self._wanted: dict[str, tuple[ModelRequest, Ordered]] = {}
        self._jobs: dict[str, Orders] = {
            job: _loaded(keys) for job, keys in store.open_jobs().items()
        }
        self._failed: dict[str, list[str]] = {}
        for keys in store.failed_orders():
            self._note(_loaded(keys))
        self._asked: dict[str, datetime] = {}

    def pending(self) -> frozenset[str]:
        """Versioned ids of the papers whose summaries may still come."""
        return frozenset(paper_id for job in self._jobs.values() for paper_id in job)

    def take(self, request: ModelRequest, *, key: str) -> bool:
        """Order a summary with the next job, unless that was done before.

        Returns:
            Whether it comes by batch; False leaves it to a single call.

        Raises:
            BudgetSpent: The run's budget does not allow it.
            SummaryError: Several batches had no usable reply for it.
        """
        with self._lock:
            if any(
                key == order.key
                for job in self._jobs.values()
                for order in job.values()
            ):
                return True
            reasons = self._failed.get(key, [])
            if not self._orders or (reasons and self._fallback):
                return False
            if len(reasons) >= MAX_ORDERS:
                raise SummaryError(request.paper_id, reasons[-1])
            self._model.commit(request, discount=HALF_PRICE)
            self._wanted[request.paper_id] = request, Ordered(key=key)
        return True

    def submit(self) -> None:
        """Hand in what was ordered; a refused job is told in the log."""
        with self._lock:
            wanted, self._wanted = self._wanted, {}
        for part in portions([request for request, _ in wanted.values()]):
            orders = {request.paper_id: wanted[request.paper_id][1] for request in part}
            label = f"{LABEL}{uuid.uuid4().hex}"
            self._store.add_job(label, self._now(), _dumped(orders))
            self._jobs[label] = orders
            try:
                self._name(label, submit(self._gemini, part, label=label))
            except QuotaSpent as error:
                log.warning("batch not submitted: %s", error.reason)
                return
            except SummaryError as error:
                log.warning("batch not submitted: %s", error.reason)
                self._resolve(label, error.reason)

    def collect(self) -> None:
        """Ask once for every open job, and keep what has come."""
        for job in list(self._jobs):
            now = self._now()
            if now - self._asked.get(job, now - ASK_AGAIN) < ASK_AGAIN:
                continue
            try:
                name = self._resolve(job) if job.startswith(LABEL) else job
                if name is not None:
                    self._asked[name] = now
                    self._settle(name, poll_job(self._gemini, name))
            except SummaryError as error:
                log.warning("batch not asked job=%s: %s", job, error.reason)

    def _resolve(self, label: str, reason: str = "") -> str | None:
        """Name of the job with a label; without one its papers are free again.

        Args:
            label: Ours.
            reason: Why it was not made, if that is known; counts against its papers.
        """
        try:
            name = find(self._gemini, label)
        except SummaryError as error:
            log.warning("batch not found out label=%s: %s", label, error.reason)
            return None
        if name is not None:
            return self._name(label, name)
        orders = self._jobs[label] if reason else {}
        self._close(label, "never made", _because(orders, reason))
        return None

    def _name(self, label: str, name: str) -> str:
        self._store.name_job(label, name)
        self._jobs[name] = self._jobs.pop(label)
        return name

    def _settle(self, job: str, state: BatchState) -> None:
        if state.status == "pending":
            return
        left: Orders = {}
        for paper_id, order in self._jobs[job].items():
            reply = state.replies.get(paper_id)
            if reply is None:
                nothing = state.reason or "the batch has no reply for it"
                reason = state.errors.get(paper_id, nothing)
            else:
                reason = self._keep(paper_id, order, reply)
            if reason:
                log.warning("no summary by batch paper=%s: %s", paper_id, reason)
                left[paper_id] = replace(order, reason=reason)
        self._close(job, state.status, left)

    def _keep(self, paper_id: str, order: Ordered, reply: ModelReply) -> str:
        """Keep a whole reply; why it is of no use, else."""
        if self._store.reply(order.key) is not None:
            return ""
        self._model.note(reply.usage)
        seen = read_summary(reply.text)
        fault = read_finish(reply) or seen.fault
        if fault:
            return fault
        kept = PaidReply(
            paper_id=paper_id,
            purpose="draft",
            made_at=self._now(),
            text=reply.text,
            model=reply.model,
            usage=reply.usage,
        )
        self._store.keep_reply(order.key, kept)
        return ""

    def _close(self, job: str, state: str, left: Orders) -> None:
        self._store.close_job(job, state, _dumped(left))
        self._jobs.pop(job)
        self._note(left)

    def _note(self, failed: Orders) -> None:
        for order in failed.values():
            self._failed.setdefault(order.key, []).append(order.reason)


def _because(orders: Orders, reason: str) -> Orders:
    return {name: replace(order, reason=reason) for name, order in orders.items()}


def _dumped(orders: Orders) -> dict[str, str]:
    return {name: json.dumps(asdict(order)) for name, order in orders.items()}


def _loaded(keys: Mapping[str, str]) -> Orders:
    """Orders as stored; those of an older version hold more."""
    rows = {name: json.loads(text) for name, text in keys.items()}
    return {
        name: Ordered(key=row["key"], reason=row.get("reason", ""))
        for name, row in rows.items()
    }


# --------------------------------------------------------------------------------------
# What batches have brought since: fetched and published.


def collect(
    config: Config,
    *,
    source: str = "arxiv",
    key: str | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    stop: threading.Event | None = None,
    tell: Callable[[str, int, int], None] = lambda *_: None,
    sleep: Callable[[float], object] | None = None,
) -> list[RunReport]:
    """Ask for every batch that is under way, and publish the papers that waited.

    Nothing new is looked for. A paper that no batch had a reply for is dealt with as
    in any run. Papers of a backfill join the posts of their days.

    Args:
        config: Checked.
        source: Where the papers' PDFs are: `arxiv`, `samples`, or a folder.
        key: Of the model's API; by default from the environment.
        now: Clock, aware UTC.
        stop: Once set, what is under way is finished and published.
        tell: Is told the topic, how many papers are done, and of how many.
        sleep: Waits so many seconds between requests; by default really.

    Returns:
        One report for each topic with papers that waited.

    Raises:
        ConfigError: No key, or no such folder.
        StoreError: The store or the disk refuses, or another run holds the store.
    """
    # Batches are the model's: without a key nothing may stand in for it.
    llm = config.llm.model_copy(update={"provider": "gemini"})
    config = config.model_copy(update={"llm": llm})
    outside = Outside(
        key=key or api_key(),
        now=now,
        stop=stop or threading.Event(),
        tell=tell,
        sleep=sleep,
    )
    origin = "arxiv" if online(source) else source if source == "samples" else "folder"

    def is_here(entry: LedgerEntry) -> bool:
        return entry.reason == ORDERED.text and entry.paper.source == origin

    directory = config.storage.path
    reports = []
    with (
        only_run(directory, wait_s=config.storage.lock_wait_s),
        Store(directory) as store,
        open_desk(config, source, store, outside) as opened,
    ):
        desk = replace(
            opened,
            source=_Nothing(opened.source),
            versions=lambda _: (),
            quiet=lambda _: None,
        )
        for name in store.waiting_topics():
            if not any(map(is_here, store.entries(name, "waiting").values())):
                continue
            started = now()
            order = Order(
                since=started,
                until=started,
                day=started.astimezone(config.output.tz).date(),
                limit=EVERYTHING,
                retries=config.storage.retries,
                takes=is_here,
            )
            report = run_topic(Topic(name=name, queries=()), order, desk)
            store.add_run(started, report)
            reports.append(report)
        if desk.bulk:
            desk.bulk.collect()
    return reports


@dataclass(frozen=True, slots=True)
class _Nothing:
    """A source that has no news, only the PDFs of papers that are known."""

    source: Source

    def find(self, *_: object, **__: object) -> Found:
        """No paper."""
        return Found(papers=(), query="", total=0)

    def pdf(self, paper: Paper) -> Path:
        """The paper's file."""
        return self.source.pdf(paper)
