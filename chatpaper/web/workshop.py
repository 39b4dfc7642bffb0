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

from chatpaper.config import Config, api_key
from chatpaper.errors import (
    ChatpaperError,
    ConfigError,
    FetchError,
    QuotaSpent,
    StoreError,
    SummaryError,
    Throttled,
    where_raised,
)
from chatpaper.models import LlmConfig, asked_for, key_names
from chatpaper.net import cached_pdf
from chatpaper.pipeline import (
    Activity,
    AnswerFound,
    Controls,
    SummaryWriter,
    Tools,
    answer_question,
    digest_paper,
    fetch_paper,
    open_papers,
    open_tools,
    why_no_summary,
)
from chatpaper.reading import parse_document
from chatpaper.records import Digest, Failure, Paper
from chatpaper.summary import MAX_QUESTION_CHARS
from chatpaper.web.jobs import FIGURES, PDF, Job
from chatpaper.web.keys import KeyRing
from chatpaper.web.paying import Purse, bounded
from chatpaper.web.words import Refusal
from chatpaper.workers import result_of

log = logging.getLogger(__name__)

# How long arXiv is left alone when it does not say so itself.
LEFT_ALONE_S = 600.0
# The beginnings of what reading says of a PDF, and what visitors are told.
_READ = {
    "locked": "locked",
    "no text": "no-text",
    "not a PDF": "no-pdf",
    "the file is empty": "no-pdf",
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
        purse: Pays for what is asked of a model.
        stop: Once set, nothing is begun any more.
        key: Of the server's model; None has it taken from the environment.
        keys: Of visitors, while they are in use.
    """

    config: Config
    folder: Path
    purse: Purse
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

    def answer(
        self, folder: Path, paper: Paper, question: str, own_key: str
    ) -> AnswerFound:
        """Answer a question about a paper.

        Args:
            folder: Of the job, which is done.
            paper: As it was summarised.
            question: As it came; it is bounded where it is asked.
            own_key: Of who asks; empty for the server's.

        Raises:
            Refusal: It cannot be asked, or not be answered.
        """
        name = paper.versioned_id
        try:
            with self.keys.holding(own_key), self._tools() as tools:
                reading = tools.readers.submit(
                    parse_document,
                    name,
                    folder / PDF,
                    max_pages=self.config.reading.max_pages,
                )
                document = result_of(reading, name)
                with self._only(paper), self.purse.paying(own_key, tools) as paid:
                    return answer_question(paper, document, question, self.config, paid)
        except ConfigError as error:
            log.info("not asked: %s", error.path)
            code = "bad-question" if error.path == "question" else "no-answers"
            raise Refusal(code, limit=MAX_QUESTION_CHARS) from None
        except QuotaSpent as error:
            why = why_no_summary(error).code
            if own_key:
                raise Refusal("own-key") from None
            if why == "budget":
                wait_s = self.purse.budget.seconds_to_midnight()
                raise Refusal("budget", retry_after_s=wait_s) from None
            self._leave()
            code = "closing" if why == "interrupted" else "quota"
            raise Refusal(code, retry_after_s=60) from None
        except SummaryError:
            raise Refusal("no-reply", retry_after_s=10) from None
        except StoreError as error:
            log.error("store %s", error)
            self._leave()
            raise Refusal("store") from None
        except (ChatpaperError, OSError) as error:
            log.error("not answered %s: %s", name, error)
            raise Refusal("fault") from None
        finally:
            # The upload went while it was asked about.
            if paper.source == "folder" and not folder.exists():
                self.forget(paper.id)

    # ------------------------------------------------------------------ one paper

    def _made(self, job: Job, folder: Path, tools: Tools) -> Made:
        if job.arxiv_id:
            found = self._fetched(job, folder / PDF, tools)
            if isinstance(found, Made):
                return found
            paper = found
        else:
            paper = uploaded(job.identity)
        # Two who ask for one paper, by its id and by its version, pay for it once.
        with self._only(paper), self.purse.paying(job.own_key, tools) as paid:
            result = digest_paper(
                paper, folder / PDF, folder / FIGURES, self.config, paid
            )
        if result.waits is not None:
            if result.waits.code == "quota":
                self._leave()
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
        config = bounded(self.config, 0.0)
        if is_keyless(config.llm, self.key):
            log.warning(
                "no key for llm.provider %s: who has none of his own is shown the"
                " paper's own sentences",
                config.llm.provider,
            )
            llm = config.llm.model_copy(update={"provider": "extractive"})
            config = config.model_copy(update={"llm": llm})
        with ExitStack() as stack:
            controls = Controls(key=self.key, stop=self.stop, is_awaited=True)
            tools = stack.enter_context(
                open_tools(config, "arxiv", controls, by_batch=False)
            )
            # What visitors ask for goes with them, and not into the cache of nights.
            storage = config.storage.model_copy(update={"dir": self.folder})
            apart = config.model_copy(update={"storage": storage})
            source = stack.enter_context(open_papers(apart, "arxiv", controls))
            return _Opened(replace(tools, source=source), stack.pop_all())

    def _leave(self) -> None:
        """Let the next job open everything anew.

        A store that was replaced, a host or a model that wants no more requests stay
        so for those who found them so: for a night that is right.
        """
        with self._lock:
            if self._opened is not None:
                self._opened.is_stale = True

    def forget(self, identity: str) -> None:
        """Delete what is in the store about an upload."""
        try:
            with self._tools() as tools:
                tools.store.forget_paper(uploaded(identity).versioned_id)
        except ChatpaperError as error:
            log.error("not forgotten %s", error)


def is_keyless(llm: LlmConfig, key: str | None) -> bool:
    """Whether a language model is asked for, and nobody but visitors has its key."""
    wanted = [key_names(provider, llm) for provider in asked_for(llm.provider)]
    return not key and all(names and not api_key(names) for names in wanted)


def uploaded(identity: str) -> Paper:
    """What is known of an upload before it is read."""
    return Paper(id=identity, title="", source="folder")


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
