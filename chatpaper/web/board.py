"""All jobs: taken in, kept in a bounded queue, worked on, told of, swept away."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chatpaper.pipeline import Activity
from chatpaper.settings import WebConfig
from chatpaper.text import one_line
from chatpaper.web.jobs import Job, Moment, Shelf, Stage, State
from chatpaper.web.words import Refusal
from chatpaper.web.workshop import Made, Workshop

log = logging.getLogger(__name__)

# So long a stop waits for replies that are being paid for.
GRACE_S = 6.0
SWEEP_S = 60.0
_STAGES: Mapping[Activity, Stage] = {
    "download": "download",
    "read": "read",
    "draft": "draft",
    "judge": "judge",
    "repair": "repair",
}
TITLE_CHARS = 300
# About what a paper takes, for who is told to come back.
PAPER_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a visitor asks for.

    Attributes:
        identity: Of the paper, the same for whoever asks for it.
        arxiv_id: As asked for; empty for an upload.
        title: What it is called until its title is known.
        upload: The file that came; None for an id.
        own_key: For the model; empty for the server's.
        visitor: The address that it is counted for; empty for the owner's.
    """

    identity: str
    arxiv_id: str = ""
    title: str
    upload: Path | None = None
    own_key: str = field(default="", repr=False)
    visitor: str = field(default="", repr=False)


class Board:
    """The jobs of a server; every method may be called by any thread."""

    def __init__(
        self,
        shelf: Shelf,
        workshop: Workshop,
        web: WebConfig,
        *,
        has_model: bool,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Take over what an earlier server kept; nothing is worked on yet.

        Args:
            shelf: Where everything is kept.
            workshop: Works on papers.
            web: Limits.
            has_model: Whether the server has a language model of its own.
            now: Seconds since 1970.
        """
        self.shelf, self.workshop, self.web = shelf, workshop, web
        self.has_model = has_model
        self._now = now
        self._changed = threading.Condition()
        self._queue: deque[Job] = deque()
        self._listeners: dict[asyncio.Event, tuple[str, asyncio.AbstractEventLoop]] = {}
        self.closing = False
        shelf.sweep_incoming()
        self._jobs = {job.id: job for job in shelf.read()}
        self._threads = [
            threading.Thread(target=self._work, name=f"job-{n}", daemon=True)
            for n in range(web.max_jobs)
        ]
        self._threads.append(
            threading.Thread(target=self._sweep_for_ever, name="sweep", daemon=True)
        )

    def start(self) -> None:
        """Begin to work."""
        self.sweep()
        for job in self.jobs():
            if job.error == "lost":
                self._note(job)
        for thread in self._threads:
            thread.start()

    def close(self, grace_s: float = GRACE_S) -> None:
        """Begin nothing any more, and wait a while for what is under way."""
        with self._changed:
            self.closing = True
            self.workshop.stop.set()
            waiting, self._queue = list(self._queue), deque()
            self._changed.notify_all()
        self._wake("")
        for job in waiting:
            self._end(job, Made(error="lost"))
        end = time.monotonic() + grace_s
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, end - time.monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            log.warning("a reply of the model was not waited for any longer")
        self.workshop.close()

    # ------------------------------------------------------------------ for visitors

    def submit(self, wanted: Wanted) -> Job:
        """The job of a paper: a new one, or that of somebody who asked before.

        Raises:
            Refusal: The queue is full, today's budget spent, the disk full.
        """
        has_model = self.has_model or bool(wanted.own_key)
        with self._changed:
            if self.closing:
                raise Refusal("closing", retry_after_s=PAPER_S)
            if known := self._same(wanted, has_model=has_model):
                return known
            if wanted.arxiv_id and (rest_s := self.workshop.arxiv_rests_s):
                minutes = round(rest_s / 60) + 1
                raise Refusal("arxiv", retry_after_s=rest_s, minutes=minutes)
            waiting = self._waiting(wanted.visitor)
            budget = self.workshop.purse.budget
            if self.has_model and not wanted.own_key and budget.is_spent():
                raise Refusal("budget", retry_after_s=budget.seconds_to_midnight())
            job = Job(
                identity=wanted.identity,
                arxiv_id=wanted.arxiv_id,
                title=wanted.title,
                made_at=self._now(),
                has_model=has_model,
                own_key=wanted.own_key,
                visitor=wanted.visitor,
            )
            self._tell(job, "queued", "queued", position=waiting + 1)
            self._jobs[job.id] = job
        # Outside of the lock: a slow disk would hold up whoever looks at a paper.
        try:
            self.shelf.add(job, wanted.upload)
        except OSError as error:
            log.error("not kept: %s", error)
            with self._changed:
                del self._jobs[job.id]
            raise Refusal("disk") from error
        with self._changed:
            if self.closing:
                raise Refusal("closing", retry_after_s=PAPER_S)
            self._queue.append(job)
            self._changed.notify_all()
        self._make_room()
        return job

    def job(self, job_id: str) -> Job:
        """A job by its id.

        Raises:
            Refusal: There is none, or none any more.
        """
        with self._changed:
            job = self._jobs.get(job_id)
        if job is None or self._is_stale(job):
            raise Refusal("unknown", keep_h=self.web.keep_h)
        return job

    def jobs(self) -> list[Job]:
        """All jobs, newest first."""
        with self._changed:
            jobs = list(self._jobs.values())
        return sorted(jobs, key=lambda job: -job.made_at)

    def seconds(self, job: Job) -> float:
        """How long a job has been worked on."""
        if not job.began_at:
            return 0.0
        return max(0.0, (job.ended_at or self._now()) - job.began_at)

    def count_question(self, job: Job) -> int:
        """Count one more question; tells how many they are.

        Raises:
            Refusal: There were too many.
        """
        with self._changed:
            if job.questions >= self.web.questions_per_paper:
                raise Refusal("questions", limit=self.web.questions_per_paper)
            job.questions += 1
            count = job.questions
        self._note(job)
        return count

    # ------------------------------------------------------------------ who looks on

    def listen(self, job: Job) -> asyncio.Event:
        """An event of the running loop, set whenever something is new of a job."""
        event = asyncio.Event()
        with self._changed:
            self._listeners[event] = (job.id, asyncio.get_running_loop())
        return event

    def unlisten(self, event: asyncio.Event) -> None:
        """Tell that event no more."""
        with self._changed:
            self._listeners.pop(event, None)

    def _wake(self, job_id: str) -> None:
        """Wake who looks on a job, or everybody."""
        with self._changed:
            for event, (wanted, loop) in self._listeners.items():
                if job_id in ("", wanted) and not loop.is_closed():
                    loop.call_soon_threadsafe(event.set)

    # ------------------------------------------------------------------ the work

    def _work(self) -> None:
        while (job := self._next()) is not None:
            folder = self.shelf.folder(job.id)

            def watch(what: Activity, job: Job = job) -> None:
                if (stage := _STAGES.get(what)) is not None:
                    self._tell(job, "working", stage)

            made = self.workshop.work(job, folder, watch)
            try:
                self._end(job, made)
            except Exception:
                # Without this thread nothing would be worked on any more.
                log.exception("unexpected")
                self._end(job, Made(error="fault"))

    def _next(self) -> Job | None:
        """The job that waits longest; None when the server stops."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self.closing)
            if self.closing:
                return None
            job = self._queue.popleft()
            job.began_at = self._now()
            self._tell(job, "working", "download" if job.arxiv_id else "read")
            for position, waiting in enumerate(self._queue, 1):
                self._tell(waiting, "queued", "queued", position=position)
            return job

    def _end(self, job: Job, made: Made) -> None:
        error = made.error
        try:
            if made.digest is not None:
                # A title is from a stranger's PDF, and goes into events and a list.
                title = one_line(made.digest.paper.title)[:TITLE_CHARS]
                job.title = title or job.title
                if not error:
                    self.shelf.keep_result(job, made.digest)
        except OSError as full:
            log.error("not kept: %s", full)
            error = "disk"
        job.error, job.ended_at, job.own_key = error, self._now(), ""
        job.visitor = ""
        with self._changed:
            if error:
                job.history.append(Moment(state="failed", stage="failed"))
            else:
                job.history.append(Moment(state="done", stage="done"))
        # Whoever is told that it is over finds it so after a kill.
        self._note(job)
        self._wake(job.id)
        log.info("paper %s seconds=%.1f", error or "done", self.seconds(job))

    def _tell(self, job: Job, state: State, stage: Stage, *, position: int = 0) -> None:
        with self._changed:
            moment = Moment(state=state, stage=stage, position=position)
            if not job.history or moment != job.history[-1]:
                job.history.append(moment)
        self._wake(job.id)

    def _note(self, job: Job) -> None:
        try:
            self.shelf.note(job)
        except OSError as error:
            log.error("not noted: %s", error)

    def _waiting(self, visitor: str) -> int:
        """How many papers wait.

        Raises:
            Refusal: As many as may; or so many of one visitor that nobody else could.
        """
        queued = [job for job in self._jobs.values() if job.now.state == "queued"]
        wait_s = PAPER_S * len(queued) / self.web.max_jobs
        if len(queued) >= self.web.max_queue:
            raise Refusal("full", retry_after_s=wait_s, limit=self.web.max_queue)
        theirs = sum(bool(visitor) and job.visitor == visitor for job in queued)
        if theirs >= (share := max(1, self.web.max_queue // 2)):
            raise Refusal("share", retry_after_s=wait_s, limit=share)
        return len(queued)

    def _same(self, wanted: Wanted, *, has_model: bool) -> Job | None:
        """A job of the same paper that is as good, and has not failed.

        Nobody waits for a paper that somebody else's key pays for: it may be a bad one.
        """
        for job in self._jobs.values():
            same = job.identity == wanted.identity and job.has_model >= has_model
            same &= job.own_key in ("", wanted.own_key)
            if same and job.now.state != "failed" and not self._is_stale(job):
                return job
        return None

    # ------------------------------------------------------------------ what goes away

    def sweep(self) -> None:
        """Delete what was kept long enough."""
        for job in self.jobs():
            if self._is_stale(job):
                self._remove(job)

    def _sweep_for_ever(self) -> None:
        while not self.workshop.stop.wait(SWEEP_S):
            try:
                self.sweep()
            except Exception:
                log.exception("unexpected")

    def _make_room(self) -> None:
        """Delete the oldest papers that are over, beyond as many as are kept."""
        over = [job for job in self.jobs() if job.is_over]
        for job in over[self.web.max_kept :]:
            self._remove(job)

    def _remove(self, job: Job) -> None:
        with self._changed:
            self._jobs.pop(job.id, None)
            others = {each.identity for each in self._jobs.values()}
        self.shelf.remove(job.id)
        # What a model said of somebody's file goes with the file.
        if not job.arxiv_id and job.identity not in others:
            self.workshop.forget(job.identity)

    def _is_stale(self, job: Job) -> bool:
        age_s = self._now() - job.made_at
        # A clock that was set back would keep papers for ever.
        return job.is_over and abs(age_s) > self.web.keep_h * 3600
