"""Single papers, summarised."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from chatpaper.api.choices import Choices, ModelChoice, configured, with_models
from chatpaper.api.names import Name, local_paper, named
from chatpaper.api.progress import progress_of
from chatpaper.api.sheet import Sheet
from chatpaper.config import Config
from chatpaper.errors import ChatpaperError, ConfigError, StoreError
from chatpaper.models import ModelProvider
from chatpaper.pipeline import (
    Activity,
    Controls,
    DigestResult,
    Tools,
    digest_paper,
    failed_result,
    fetch_paper,
    open_tools,
)
from chatpaper.records import Paper


def summarize(
    name: Name,
    *,
    model: ModelChoice | None = None,
    judge: ModelChoice | None = None,
    language: str | None = None,
    config: Choices | None = None,
    progress: bool | None = None,
    stop: threading.Event | None = None,
) -> Sheet:
    """Summarise one paper: a PDF file, or a paper of arXiv.

    Args:
        name: Path of a PDF; or an id, as `2401.11831` with or without a version, or
            the address of a paper on arXiv.
        model: Who summarises: a model's name; an object with `complete`, which takes a
            `ModelRequest`; or a function from a prompt to a reply. By default the
            configured one.
        judge: Who judges, likewise; by default the configured one, or `model`.
        language: Of the summary, `zh` or `en`.
        config: A `Config`, a file, or what differs from that of the working directory,
            as `{"llm": {"concurrency": 1}}`.
        progress: Whether it is shown; by default on a terminal and in a notebook.
        stop: Once set, no further call is begun.

    Returns:
        The paper's sheet; its `failure` says what was not to be had.

    Raises:
        FetchError: arXiv does not answer.
        ConfigError: Neither a file nor a paper of arXiv, bad settings, no key.
    """
    (sheet,) = summarize_all(
        [name],
        model=model,
        judge=judge,
        language=language,
        config=config,
        progress=progress,
        stop=stop,
    )
    return sheet


def summarize_all(
    names: Name | Sequence[Name],
    *,
    model: ModelChoice | None = None,
    judge: ModelChoice | None = None,
    language: str | None = None,
    config: Choices | None = None,
    progress: bool | None = None,
    stop: threading.Event | None = None,
) -> Iterator[Sheet]:
    """Summarise papers, several at once, and yield them in order; see `summarize`.

    `llm.concurrency` of the configuration bounds the calls at a time. Whoever leaves
    the loop early pays for no paper that was not begun.
    """
    if isinstance(names, str | bytes | os.PathLike) or not isinstance(names, Iterable):
        wanted: list[Name] = [names]
    else:
        wanted = [*names]
    checked, provider = with_models(
        configured(config, output__language=language), model, judge
    )
    # A misspelt name is found before anything is paid for.
    return _sheets([named(name) for name in wanted], checked, provider, progress, stop)


def _sheets(
    wanted: Sequence[Path | str],
    config: Config,
    provider: ModelProvider | None,
    progress: bool | None,
    stop: threading.Event | None,
) -> Iterator[Sheet]:
    with ExitStack() as stack:
        shown = stack.enter_context(progress_of(progress))
        ended = stop or threading.Event()

        def watch(paper_id: str, activity: Activity) -> None:
            shown.watch(paper_id, activity)
            if ended.is_set():
                # Before a call: what was paid for is kept, and the next time goes on.
                tools.end()

        controls = Controls(stop=ended, watch=watch, provider=provider, is_awaited=True)
        tools = stack.enter_context(
            open_tools(config, "arxiv", controls, by_batch=False)
        )
        papers = _papers_of([each for each in wanted if isinstance(each, str)], tools)
        work = _Work(Path(stack.enter_context(TemporaryDirectory())), config, tools)
        places = config.llm.concurrency + 2 * tools.readers.workers
        pool = stack.enter_context(ThreadPoolExecutor(places, "paper"))
        waiting = iter(enumerate(wanted))
        under_way: deque[Future[Sheet]] = deque()
        shown.tell("", 0, len(wanted))
        try:
            for done in range(1, len(wanted) + 1):
                for nth, each in islice(waiting, places - len(under_way)):
                    paper = papers[each] if isinstance(each, str) else local_paper(each)
                    under_way.append(pool.submit(work.sheet, nth, paper, each))
                sheet = under_way.popleft().result()
                shown.tell("", done, len(wanted))
                yield sheet
        except BaseException:
            # The pool waits for calls under way; nobody wants any other.
            tools.end()
            raise


class _Work:
    """What the papers share."""

    def __init__(self, folder: Path, config: Config, tools: Tools) -> None:
        self._folder = folder
        self._config = config
        self._tools = tools
        self._notes = tuple(tools.notes)
        self._fetching = threading.Lock()  # as arXiv wants it

    def sheet(self, nth: int, paper: Paper, name: Path | str) -> Sheet:
        """Fetch, read, summarise and check one paper."""
        tools = self._tools
        if closed := tools.closed():
            error = ChatpaperError(closed.text)
            result = failed_result(paper, "summarize", error)
        else:
            result = self._digested(nth, paper, name)
        if result.waits is not None:
            error = ChatpaperError(result.waits.text)
            result = failed_result(result.digest.paper, "summarize", error)
        return Sheet(
            digest=result.digest,
            images={file: at.read_bytes() for file, at in result.images.items()},
            language=self._config.output.language,
            notes=self._notes,
            file=name if isinstance(name, Path) else None,
        )

    def _digested(self, nth: int, paper: Paper, name: Path | str) -> DigestResult:
        tools = self._tools
        pdf: Path | DigestResult
        if isinstance(name, Path):
            pdf = name
        else:
            with self._fetching:
                pdf = fetch_paper(paper, tools)
        if not isinstance(pdf, Path):
            tools.controls.watch(paper.versioned_id, "done")
            return pdf
        # Two files may have one name, and their pictures with them.
        folder = self._folder / str(nth)
        try:
            return digest_paper(paper, pdf, folder, self._config, tools)
        except StoreError:
            # What cannot be kept must not be paid for.
            tools.end()
            raise


def _papers_of(ids: Sequence[str], tools: Tools) -> Mapping[str, Paper]:
    """Papers of arXiv by the ids that they were asked for by.

    Raises:
        ConfigError: arXiv does not know one.
        FetchError: It does not answer.
    """
    known: dict[str, Paper] = {}
    for paper in tools.source.get(list(dict.fromkeys(ids))) if ids else ():
        known[paper.versioned_id] = paper
        known.setdefault(paper.id, paper)
    for each in ids:
        if each not in known:
            raise ConfigError(each, "arXiv knows no such paper")
    return known
