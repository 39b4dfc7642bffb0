"""Where a paper is worked on: from what a visitor asked for to its digest."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from weakref import WeakValueDictionary

from chatpaper.config import Config
from chatpaper.errors import (
    ChatpaperError,
    ConfigError,
    FetchError,
    StoreError,
    Throttled,
    where_raised,
)
from chatpaper.models import CHARS_PER_TOKEN, MeteredModel
from chatpaper.net import cached_pdf
from chatpaper.pipeline import (
    Activity,
    Controls,
    SummaryWriter,
    Tools,
    digest_paper,
    fetch_paper,
    open_papers,
    open_tools,
    open_writer,
)
from chatpaper.records import Digest, Failure, Paper
from chatpaper.web.budget import Allowance, DayBudget
from chatpaper.web.jobs import FIGURES, PDF, Job
from chatpaper.web.keys import KeyRing

log = logging.getLogger(__name__)

# A draft and its second try, two judgements and a repair take no more than so many
# times the tokens of one prompt.
PROMPTS_PER_PAPER = 5
# How long arXiv is left alone when it does not say so itself.
LEFT_ALONE_S = 600.0
# The beginnings of what reading says of a PDF, and what visitors are told.
_READ = {
    "locked": "locked",
    "no text": "no-text",
    "not a PDF": "no-pdf",
    "the file is empty": "no-pdf",
    "damaged: it has no pages": "no-pages",
    "damaged": "damaged",
    "reading took longer": "too-much",
    "reading needed more": "too-much",
    "reading its process ended": "too-much",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What came of a job.

    Attributes:
        digest: Of the paper; None when there is nothing to show.
        error: Of `FAILURES`; empty when it went well.
    """

    digest: Digest | None = None
    error: str = ""


@dataclass(slots=True)
class _Opened:
    """Tools that several jobs use, closed when the last of them is done with them."""

    tools: Tools
    stack: ExitStack
    users: int = 0
    is_stale: bool = False


@dataclass
class Workshop:
    """Works on papers, several at a time.

    Attributes:
        config: As chosen.
        folder: For what is being downloaded.
        budget: Of the server's own key.
        stop: Once set, nothing is begun any more.
        key: Of the server's model; None has it taken from the environment.
        keys: Of visitors, while they are in use.
    """

    config: Config
    folder: Path
    budget: DayBudget
    stop: threading.Event
    key: str | None = None
    keys: KeyRing = field(default_factory=KeyRing)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _asking: threading.Lock = field(default_factory=threading.Lock)
    _papers: WeakValueDictionary[str, threading.Lock] = field(
        default_factory=WeakValueDictionary
    )
    _opened: _Opened | None = None
    _arxiv_again_at: float = 0.0

    @property
    def arxiv_rests_s(self) -> float:
        """For how long arXiv wants to be left alone; 0 when it does not."""
        return max(0.0, self._arxiv_again_at - time.monotonic())

    def check(self) -> bool:
        """Open everything once; tells whether the server has a language model.

        Raises:
            ChatpaperError: It cannot be opened.
        """
        with self._tools() as tools:
            return isinstance(tools.writer, SummaryWriter)

    def close(self) -> None:
        """Close what no job uses any more."""
        with self._lock:
            opened, self._opened = self._opened, None
        if opened is not None and not opened.users:
            opened.stack.close()

    def work(self, job: Job, folder: Path, watch: Callable[[Activity], None]) -> Made:
        """Make a paper's digest; whatever goes wrong is part of the answer.

        Args:
            job: The paper.
            folder: Of its files.
            watch: Is told what is begun.
        """
        try:
            with self.keys.holding(job.own_key), self._tools() as tools:
                controls = replace(tools.controls, watch=lambda _, what: watch(what))
                return self._made(job, folder, replace(tools, controls=controls))
        except StoreError as error:
            log.error("store %s", error)
            self._leave()
            return Made(error="disk" if "full" in str(error) else "store")
        except ConfigError as error:
            log.error("configuration %s", error)
            return Made(error="fault")
        except OSError as error:
            log.error("disk %s", error)
            return Made(error="disk")
        except Exception as error:
            log.error("unexpected %s", where_raised(error), exc_info=error)
            return Made(error="fault")

    # ------------------------------------------------------------------ one paper

    def _made(self, job: Job, folder: Path, tools: Tools) -> Made:
        if job.arxiv_id:
            found = self._fetched(job, folder / PDF, tools)
            if isinstance(found, Made):
                return found
            paper = found
        else:
            paper = Paper(id=job.identity, title="", source="folder")
        # Two who ask for one paper, by its id and by its version, pay for it once.
        with self._only(paper), self._paid_by(job, tools) as paid:
            result = digest_paper(
                paper, folder / PDF, folder / FIGURES, self.config, paid
            )
        if result.waits is not None:
            return Made(error=_why_waiting(result.waits.code, job))
        digest = result.digest
        error = _why_failed(digest.failure) if digest.failure else ""
        return Made(digest=digest, error=error)

    def _fetched(self, job: Job, target: Path, tools: Tools) -> Paper | Made:
        """The paper as arXiv has it, its PDF put in place."""
        tools.controls.watch(job.arxiv_id, "download")
        # One request at a time, as arXiv asks.
        with self._asking:
            if self.arxiv_rests_s:
                return Made(error="arxiv")
            try:
                papers = tools.source.get([job.arxiv_id])
            except FetchError as error:
                self._rest(error)
                return Made(error="lost" if self.stop.is_set() else "arxiv")
            if not papers:
                return Made(error="unknown-paper")
            known = cached_pdf(self.config.storage.path / "pdf", papers[0])
            if known.is_file():
                shutil.copyfile(known, target)
                return papers[0]
            pdf = fetch_paper(papers[0], tools)
            if isinstance(pdf, Path):
                pdf.replace(target)
                return papers[0]
        if pdf.waits is None:
            return Made(error="download")
        if pdf.waits.code == "throttled":
            self._rest(Throttled("", pdf.waits.text))
        return Made(error=_why_waiting(pdf.waits.code, job))

    def _only(self, paper: Paper) -> threading.Lock:
        """A lock that everybody who works on a paper shares."""
        with self._lock:
            return self._papers.setdefault(paper.versioned_id, threading.Lock())

    def _rest(self, error: FetchError) -> None:
        """Leave arXiv alone for as long as it wants; then it is asked anew."""
        log.warning("arXiv %s", error)
        if isinstance(error, Throttled):
            seconds = error.retry_after_s or LEFT_ALONE_S
            self._arxiv_again_at = time.monotonic() + min(seconds, 86_400.0)
            self._leave()

    # ------------------------------------------------------------------ who pays

    @contextmanager
    def _paid_by(self, job: Job, tools: Tools) -> Iterator[Tools]:
        """The tools with a model that this job's payer pays for."""
        if job.own_key:
            config = _bounded(self.config, self.config.web.max_usd_per_paper)
            controls = replace(tools.controls, key=job.own_key)
            with open_writer(config, tools.store, controls, by_batch=False) as writer:
                yield replace(tools, writer=writer)
        elif isinstance(tools.writer, SummaryWriter):
            taken = self._allowance()
            metered = self._metered(tools.writer, taken)
            writer = replace(tools.writer, model=metered, watch=tools.controls.watch)
            try:
                yield replace(tools, writer=writer)
            finally:
                if taken is not None:
                    self.budget.settle(taken, metered.use)
        else:
            yield tools

    def _allowance(self) -> Allowance | None:
        """What the job may cost; waits for papers that may give something back."""
        while (taken := self.budget.take()) is None:
            if self.budget.is_spent() or self.stop.wait(0.2):
                return None
        return taken

    def _metered(self, writer: SummaryWriter, taken: Allowance | None) -> MeteredModel:
        """The server's model behind the allowance of one paper.

        Without one it asks nothing; what is in the store is there all the same.
        """
        shared = writer.model
        # What was spent an hour ago may be there again.
        shared.spent = None
        llm, judge = self.config.llm, self.config.judge_model
        return MeteredModel(
            shared,
            others={judge: shared} if judge else {},
            concurrency=1,
            max_usd=taken.usd if taken else 0.0,
            max_tokens=taken.tokens if taken else 1,
            price=llm.prices.get(llm.model),
            prices=llm.prices,
            stop=self.stop,
        )

    # ------------------------------------------------------------------ the tools

    @contextmanager
    def _tools(self) -> Iterator[Tools]:
        with self._lock:
            if self._opened is None or self._opened.is_stale:
                self._opened = self._open()
            opened = self._opened
            opened.users += 1
        try:
            yield opened.tools
        finally:
            with self._lock:
                opened.users -= 1
                unused = opened.is_stale and not opened.users
            if unused:
                opened.stack.close()

    def _open(self) -> _Opened:
        # The budget of a run would be that of the server's whole life.
        config = _bounded(self.config, 0.0)
        with ExitStack() as stack:
            controls = Controls(key=self.key, stop=self.stop)
            tools = stack.enter_context(
                open_tools(config, "arxiv", controls, by_batch=False)
            )
            # What visitors ask for goes with them, and not into the cache of nights.
            storage = config.storage.model_copy(update={"dir": self.folder})
            apart = config.model_copy(update={"storage": storage})
            source = stack.enter_context(open_papers(apart, "arxiv", controls))
            return _Opened(replace(tools, source=source), stack.pop_all())

    def _leave(self) -> None:
        """Let the next job open everything anew."""
        with self._lock:
            if self._opened is not None:
                self._opened.is_stale = True

    def forget(self, paper_id: str) -> None:
        """Delete what a model said about an upload."""
        try:
            with self._tools() as tools:
                tools.store.forget_replies(paper_id)
        except ChatpaperError as error:
            log.error("not forgotten %s", error)


def paper_tokens(config: Config) -> int:
    """The most that one paper can take, by the lengths that are allowed."""
    llm = config.llm
    prompt = llm.max_input_chars // CHARS_PER_TOKEN + llm.max_output_tokens
    return PROMPTS_PER_PAPER * prompt


def _bounded(config: Config, usd: float) -> Config:
    """The configuration with another budget for whatever a model is opened for."""
    update = {"max_usd_per_run": usd, "max_tokens_per_run": 0}
    return config.model_copy(update={"llm": config.llm.model_copy(update=update)})


def _why_waiting(code: str, job: Job) -> str:
    """What visitors are told of a paper that a night would try again."""
    if job.own_key and code in ("quota", "budget"):
        return "key" if code == "quota" else "paper-budget"
    known = {
        "interrupted": "lost",
        "quota": "quota",
        "budget": "budget",
        "throttled": "arxiv",
        "source-broken": "arxiv",
    }
    return known.get(code, "fault")


def _why_failed(failure: Failure) -> str:
    """What visitors are told of a failure."""
    if failure.stage != "read":
        return failure.stage
    for beginning, code in _READ.items():
        if failure.reason.startswith(beginning):
            return code
    return "damaged"
