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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from chatpaper.errors import QuotaSpent, RequestRefused, SummaryError
from chatpaper.models import (
    BatchAnswer,
    BatchModel,
    BatchState,
    MeteredModel,
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
        self._submits, self.fallback = submits, fallback
        self._troubles: list[str] = []
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
            if not self._submits or (reasons and self.fallback):
                return False
            if len(reasons) >= MAX_ORDERS:
                raise SummaryError(request.paper_id, reasons[-1])
            self._budget.commit(request, discount=self._discount)
            self._wanted[request.paper_id] = request, BatchItem(key=key)
        return True

    def submit(self) -> dict[str, SummaryError]:
        """Hand in what was ordered.

        Returns:
            The papers that are in no job, by versioned id, and why.
        """
        with self._lock:
            wanted, self._wanted = self._wanted, {}
        left: dict[str, SummaryError] = {}
        spent: QuotaSpent | None = None
        for part in self._model.portions([request for request, _ in wanted.values()]):
            items = {request.paper_id: wanted[request.paper_id][1] for request in part}
            if spent is not None:
                left |= dict.fromkeys(items, spent)
                continue
            label = f"{LABEL}{uuid.uuid4().hex}"
            self._store.add_job(label, self._now(), _dumped(items))
            self._jobs[label] = items
            try:
                self._name(label, self._model.submit(part, label=label))
            except QuotaSpent as error:
                log.warning("batch not submitted: %s", error.reason)
                spent = error
                left |= dict.fromkeys(items, error)
            except SummaryError as error:
                self._resolve(label, error)
                if items not in self._jobs.values():
                    left |= dict.fromkeys(items, error)
        return left

    def collect(self) -> None:
        """Ask once for every open job, and store its replies."""
        for job in list(self._jobs):
            now = self._now()
            if now - self._asked.get(job, now - ASK_AGAIN) < ASK_AGAIN:
                continue
            name = self._resolve(job) if job.startswith(LABEL) else job
            if name is None:
                continue
            self._asked[name] = now
            try:
                self._settle(name, self._model.poll(name))
            except RequestRefused as error:
                self._tell(f"a batch is lost: {error.reason}")
                self._close(name, "lost", _because(self._jobs[name], error.reason))
            except SummaryError as error:
                self._tell(f"a batch could not be asked for: {error.reason}")

    def take_troubles(self) -> list[str]:
        """What went wrong with whole jobs since this was last asked, in English."""
        troubles, self._troubles = self._troubles, []
        return troubles

    def reject(self, paper_id: str, key: str, reason: str) -> None:
        """Count a reply that a job brought as none."""
        label = f"{LABEL}{uuid.uuid4().hex}"
        items = {paper_id: BatchItem(key=key, reason=reason)}
        with self._lock:
            self._store.add_job(label, self._now(), _dumped(items))
            self._store.close_job(label, "rejected", _dumped(items))
            self._note(items)

    def _resolve(self, label: str, error: SummaryError | None = None) -> str | None:
        """Name of the job with a label; without one its papers are free again.

        Args:
            label: Ours.
            error: Why it was not made, or may not have been; counts against its papers
                if it was not.
        """
        reason = error.reason if error else ""
        if isinstance(error, RequestRefused):
            self._tell(f"the batch was refused: {reason}")
        else:
            try:
                name = self._model.find(label)
            except RequestRefused as refusal:
                # What cannot be found by its label can never be collected either.
                reason = reason or refusal.reason
                self._tell(f"a batch is lost: {refusal.reason}")
            except SummaryError as other:
                self._tell(f"nobody knows whether a batch was made: {other.reason}")
                return None
            else:
                if name is not None:
                    return self._name(label, name)
                if reason:
                    self._tell(f"no batch was made: {reason}")
        items = self._jobs[label] if reason else {}
        self._close(label, "never made", _because(items, reason))
        return None

    def _tell(self, trouble: str) -> None:
        log.warning("batch: %s", trouble)
        if trouble not in self._troubles:
            self._troubles.append(trouble)

    def _name(self, label: str, name: str) -> str:
        self._store.name_job(label, name)
        self._jobs[name] = self._jobs.pop(label)
        return name

    def _settle(self, job: str, state: BatchState) -> None:
        if state.status == "pending":
            return
        left: BatchItems = {}
        answers = _by_paper(self._jobs[job], state.answers)
        for paper_id, item in self._jobs[job].items():
            answer = answers.get(paper_id)
            if answer is None:
                reason = state.reason or "the batch has no reply for it"
            else:
                reason = answer.error or self._keep(paper_id, item, answer)
            if reason:
                log.warning("no summary by batch paper=%s: %s", paper_id, reason)
                left[paper_id] = replace(item, reason=reason)
        self._close(job, state.status, left)

    def _keep(self, paper_id: str, item: BatchItem, answer: BatchAnswer) -> str:
        """Store a whole reply; returns why it is of no use, if it is of none."""
        reply = answer.reply
        if reply is None:
            return "the batch has no reply for it"
        if self._store.reply(item.key) is not None:
            return ""
        self._budget.note(reply.usage)
        try:
            fault = read_finish(reply) or read_summary(reply.text).fault
        except Exception:
            # Our own fault. Who makes a digest of it meets it for this paper alone.
            log.exception("unexpected paper=%s", paper_id)
            fault = ""
        if fault:
            return fault
        stored = PaidReply(
            paper_id=paper_id,
            purpose="draft",
            made_at=self._now(),
            text=reply.text,
            model=reply.model,
            usage=reply.usage,
            by_order=not answer.paper_id,
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


def _by_paper(
    items: BatchItems, answers: Sequence[BatchAnswer]
) -> dict[str, BatchAnswer]:
    """Answers by paper: as the server names them, else by their place among all.

    A place tells whose an answer is only where there are as many answers as requests,
    and each that has a name stands in its own place.
    """
    found = {answer.paper_id: answer for answer in answers if answer.paper_id}
    if len(answers) == len(items):
        places = list(zip(items, answers, strict=True))
        if all(answer.paper_id in ("", paper_id) for paper_id, answer in places):
            found = dict(places)
    return found


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
