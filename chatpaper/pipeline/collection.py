"""What batches have brought since: fetched and published."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from chatpaper.config import Config, api_key
from chatpaper.locking import only_run
from chatpaper.pipeline.reasons import ORDERED
from chatpaper.pipeline.tools import Outside, online, open_desk
from chatpaper.pipeline.topic import EVERYTHING, Order, run_topic
from chatpaper.records import Paper, RunReport, Topic
from chatpaper.sources import Found, Source
from chatpaper.store import Entry, Store

log = logging.getLogger(__name__)


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

    def is_here(entry: Entry) -> bool:
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
