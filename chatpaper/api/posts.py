"""A day's posts, written from a notebook."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from typing import TypeVar

from chatpaper.api.choices import (
    Choices,
    ModelChoice,
    configured,
    topic_names,
    with_models,
)
from chatpaper.api.days import Day, as_day
from chatpaper.api.listing import Listing
from chatpaper.api.progress import progress_of
from chatpaper.errors import ArgumentError
from chatpaper.records import RunReport

T = TypeVar("T")


def run(
    topics: str | Sequence[str] = (),
    *,
    topic: str | None = None,
    since: Day | None = None,
    until: Day | None = None,
    source: str | os.PathLike[str] = "arxiv",
    max_papers: int | None = None,
    model: ModelChoice | None = None,
    judge: ModelChoice | None = None,
    language: str | None = None,
    output: str | os.PathLike[str] | None = None,
    storage: str | os.PathLike[str] | None = None,
    dry_run: bool = False,
    config: Choices | None = None,
    progress: bool | None = None,
    stop: threading.Event | None = None,
) -> Listing[RunReport]:
    """Write the day's post of each topic.

    Args:
        topics: A topic's name, or several; one that the configuration does not know is
            searched as words in title or abstract. By default every configured topic.
        topic: The same for one, as other functions call it.
        since: First UTC day of submission: a date, or a text such as `2024-01-22`,
            `2024-01`, `yesterday` or `7d`; by default `arxiv.lookback_days` ago.
        until: Last one; by default this moment.
        source: `arxiv`, `samples`, or a folder of PDFs.
        max_papers: Papers of a topic, at most.
        model: Who summarises, as for `summarize`.
        judge: Who judges, likewise.
        language: Of the posts, `zh` or `en`.
        output: Folder of the posts.
        storage: Folder of PDFs and ledger.
        dry_run: Find and select, but write nothing and ask no model.
        config: As for `summarize`.
        progress: Whether it is shown; by default on a terminal and in a notebook.
        stop: Once set, what is under way is finished and published; so it is on Ctrl-C.

    Returns:
        One report per topic, in order; its `post` is the path of the post.

    Raises:
        ConfigError: Bad arguments or settings, no key for the model asked for.
        StoreError: The store or the disk refuses, or another run holds the store.
    """
    from chatpaper.pipeline.run import run as run_topics

    if topics and topic:
        raise ArgumentError("topic", "stands beside `topics=`: give one of them")
    checked = configured(
        config,
        arxiv__max_papers=max_papers,
        output__language=language,
        output__dir=output,
        storage__dir=storage,
    )
    checked, provider = with_models(checked, model, judge)
    first = as_day("since", since, checked)
    last = as_day("until", until, checked, last=True)
    ended = stop or threading.Event()
    with progress_of(progress) as shown:
        work = partial(
            run_topics,
            checked,
            topics=topic_names(topics or topic or ()),
            since=first,
            until=last,
            source=os.path.expanduser(source),  # noqa: PTH111 - or it is a name
            dry_run=dry_run,
            stop=ended,
            tell=shown.tell,
            watch=shown.watch,
            provider=provider,
            # Who sees a bar wants to know soon that there is no network.
            is_awaited=shown.is_seen,
        )
        return Listing(_finished(work, ended))


def _finished(work: Callable[[], T], stop: threading.Event) -> T:
    """What some work gives; Ctrl-C lets it finish what is paid for, and is raised then.

    A second one is raised at once.
    """
    if threading.current_thread() is not threading.main_thread():
        return work()
    pool = ThreadPoolExecutor(1, "chatpaper-run")
    future = pool.submit(work)
    try:
        return future.result()
    except KeyboardInterrupt:
        stop.set()
        wait([future])
        raise
    finally:
        pool.shutdown(wait=False)
