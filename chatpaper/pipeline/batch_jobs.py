"""Summaries ordered by batch: handed in by one run, collected by a later one.

What a job holds is on the disk before it is handed in, under a label of ours; a job
that was made while the process died is found again by that label. Nothing is
ordered twice while it may still come.
"""

from __future__ import annotations

import json
import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from chatpaper.errors import QuotaSpent, SummaryError
from chatpaper.models import (
    BatchModel,
    BatchState,
    MeteredModel,
    ModelReply,
    ModelRequest,
    read_finish,
)
from chatpaper.store import PaidReply, Store
from chatpaper.summary import read_summary

log = logging.getLogger(__name__)

LABEL = "chatpaper-"
ASK_AGAIN = timedelta(minutes=10)
# A paper that no reply comes for is asked for in so many jobs.
MAX_ORDERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchItem:
    """What it takes to use a reply that comes days later.

    Attributes:
        key: Of the reply, in the store.
        reason: Why no reply came, once that is known.
    """

    key: str
    reason: str = ""


BatchItems = dict[str, BatchItem]  # by versioned id of the paper


class Batches:
    """Orders summaries in batch jobs; one instance serves many threads."""

    def __init__(
        self,
        model: BatchModel,
        *,
        budget: MeteredModel,
        discount: float,
        store: Store,
        now: Callable[[], datetime],
        submits: bool = True,
        fallback: bool = True,
    ) -> None:
        """Nothing is sent yet.

        Args:
            model: Takes the jobs.
            budget: Bounds and counts what is spent.
            discount: What a batch takes off the price.
            store: Remembers jobs, and keeps what they bring.
            now: Aware UTC.
            submits: Whether new jobs are made, or earlier ones collected only.
            fallback: Whether a paper that a batch had no reply for is asked for in a
                single call, or in up to `MAX_ORDERS` batches.
        """
        self._model, self._budget, self._store = model, budget, store
        self._discount = discount
        self._now = now
        self._submits, self._fallback = submits, fallback
        self._lock = threading.Lock()
        self._wanted: dict[str, tuple[ModelRequest, BatchItem]] = {}
        self._jobs: dict[str, BatchItems] = {
            job: _loaded(keys) for job, keys in store.open_jobs().items()
        }
        self._failed: dict[str, list[str]] = {}
        for keys in store.failed_orders():
            self._note(_loaded(keys))
        self._asked: dict[str, datetime] = {}

    def pending(self) -> frozenset[str]:
        """Versioned ids of the papers whose summaries may still come."""
        return frozenset(paper_id for job in self._jobs.values() for paper_id in job)

    def order(self, request: ModelRequest, *, key: str) -> bool:
        """Order a summary with the next job, unless that was done before.

        Returns:
            Whether it comes by batch; False leaves it to a single call.

        Raises:
            BudgetSpent: The run's budget does not allow it.
            SummaryError: Several batches had no usable reply for it.
        """
        with self._lock:
            if any(
                key == item.key for job in self._jobs.values() for item in job.values()
            ):
                return True
            reasons = self._failed.get(key, [])
            if not self._submits or (reasons and self._fallback):
                return False
            if len(reasons) >= MAX_ORDERS:
                raise SummaryError(request.paper_id, reasons[-1])
            self._budget.commit(request, discount=self._discount)
            self._wanted[request.paper_id] = request, BatchItem(key=key)
        return True

    def submit(self) -> None:
        """Hand in what was ordered; a refused job is logged."""
        with self._lock:
            wanted, self._wanted = self._wanted, {}
        for part in self._model.portions([request for request, _ in wanted.values()]):
            items = {request.paper_id: wanted[request.paper_id][1] for request in part}
            label = f"{LABEL}{uuid.uuid4().hex}"
            self._store.add_job(label, self._now(), _dumped(items))
            self._jobs[label] = items
            try:
                self._name(label, self._model.submit(part, label=label))
            except QuotaSpent as error:
                log.warning("batch not submitted: %s", error.reason)
                return
            except SummaryError as error:
                log.warning("batch not submitted: %s", error.reason)
                self._resolve(label, error.reason)

    def collect(self) -> None:
        """Ask once for every open job, and store its replies."""
        for job in list(self._jobs):
            now = self._now()
            if now - self._asked.get(job, now - ASK_AGAIN) < ASK_AGAIN:
                continue
            try:
                name = self._resolve(job) if job.startswith(LABEL) else job
                if name is not None:
                    self._asked[name] = now
                    self._settle(name, self._model.poll(name))
            except SummaryError as error:
                log.warning("batch not asked job=%s: %s", job, error.reason)

    def _resolve(self, label: str, reason: str = "") -> str | None:
        """Name of the job with a label; without one its papers are free again.

        Args:
            label: Ours.
            reason: Why it was not made, if that is known; counts against its papers.
        """
        try:
            name = self._model.find(label)
        except SummaryError as error:
            log.warning("batch not found out label=%s: %s", label, error.reason)
            return None
        if name is not None:
            return self._name(label, name)
        items = self._jobs[label] if reason else {}
        self._close(label, "never made", _because(items, reason))
        return None

    def _name(self, label: str, name: str) -> str:
        self._store.name_job(label, name)
        self._jobs[name] = self._jobs.pop(label)
        return name

    def _settle(self, job: str, state: BatchState) -> None:
        if state.status == "pending":
            return
        left: BatchItems = {}
        for paper_id, item in self._jobs[job].items():
            reply = state.replies.get(paper_id)
            if reply is None:
                nothing = state.reason or "the batch has no reply for it"
                reason = state.errors.get(paper_id, nothing)
            else:
                reason = self._keep(paper_id, item, reply)
            if reason:
                log.warning("no summary by batch paper=%s: %s", paper_id, reason)
                left[paper_id] = replace(item, reason=reason)
        self._close(job, state.status, left)

    def _keep(self, paper_id: str, item: BatchItem, reply: ModelReply) -> str:
        """Store a whole reply; returns why it is of no use, if it is of none."""
        if self._store.reply(item.key) is not None:
            return ""
        self._budget.note(reply.usage)
        seen = read_summary(reply.text)
        fault = read_finish(reply) or seen.fault
        if fault:
            return fault
        stored = PaidReply(
            paper_id=paper_id,
            purpose="draft",
            made_at=self._now(),
            text=reply.text,
            model=reply.model,
            usage=reply.usage,
        )
        self._store.keep_reply(item.key, stored)
        return ""

    def _close(self, job: str, state: str, left: BatchItems) -> None:
        self._store.close_job(job, state, _dumped(left))
        self._jobs.pop(job)
        self._note(left)

    def _note(self, failed: BatchItems) -> None:
        for item in failed.values():
            self._failed.setdefault(item.key, []).append(item.reason)


def _because(items: BatchItems, reason: str) -> BatchItems:
    return {name: replace(item, reason=reason) for name, item in items.items()}


def _dumped(items: BatchItems) -> dict[str, str]:
    return {name: json.dumps(asdict(item)) for name, item in items.items()}


def _loaded(keys: Mapping[str, str]) -> BatchItems:
    """Items as stored; those of an older version hold more."""
    rows = {name: json.loads(text) for name, text in keys.items()}
    return {
        name: BatchItem(key=row["key"], reason=row.get("reason", ""))
        for name, row in rows.items()
    }
