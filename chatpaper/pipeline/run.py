"""The whole way from a topic to its post: order and outcomes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from chatpaper.config import Config, api_key, load_config
from chatpaper.errors import ConfigError
from chatpaper.pipeline.assembly import Outside, open_desk
from chatpaper.pipeline.select import window
from chatpaper.records import RunReport, Topic
from chatpaper.sources.arxiv import topic_from_words
from chatpaper.store import Store, only_run

if TYPE_CHECKING:
    pass

from chatpaper.pipeline.topic import Order, run_topic

__all__ = ["exit_code", "run"]


def run(
    config: Config | None = None,
    *,
    topics: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
    source: str = "arxiv",
    dry_run: bool = False,
    key: str | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    stop: threading.Event | None = None,
    tell: Callable[[str, int, int], None] = lambda *_: None,
    sleep: Callable[[float], object] | None = None,
) -> list[RunReport]:
    """Write the day's posts.

    Args:
        config: From `load_config`; by default that of the working directory.
        topics: Names; those that the configuration does not know become a search for
            the words in title or abstract. None at all means every configured topic.
        since: First UTC day of submission; by default the configuration looks back.
        until: Last UTC day of submission; by default this moment.
        source: `arxiv`, `samples`, or the path of a folder of PDFs.
        dry_run: Find and choose, but write nothing and ask no model.
        key: Of the model's API; by default from the environment.
        now: Clock, aware UTC.
        stop: Once set, what is under way is finished and published.
        tell: Is told the topic, how many papers are done, and of how many.
        sleep: Waits so many seconds between requests; by default really.

    Returns:
        One report per topic, in order.

    Raises:
        ConfigError: No topics, no key for the model asked for, no such folder.
        StoreError: The store or the disk refuses, or another run holds the store.
    """
    config = config or load_config()
    asked = [_topic(config, name) for name in topics or _all(config)]
    outside = Outside(
        key=key or api_key(),
        now=now,
        stop=stop or threading.Event(),
        tell=tell,
        sleep=sleep,
    )
    if since is not None and until is not None and until < since:
        raise ConfigError("--until", f"{until} is before --since {since}")
    directory = config.storage.path
    reports = []
    with (
        only_run(directory, wait_s=config.storage.lock_wait_s),
        Store(directory) as store,
        open_desk(config, source, store, outside) as desk,
    ):
        for topic in asked:
            started = now()
            # A local folder is read whole: its papers are as old as they are.
            whole = source != "arxiv" and since is None
            start, end = window(
                started,
                since=date(1970, 1, 1) if whole else since,
                until=until,
                lookback_days=config.arxiv.lookback_days,
                covered_until=store.covered_until(topic.name),
            )
            order = Order(
                since=start,
                until=end,
                day=started.astimezone(config.output.tz).date(),
                limit=config.arxiv.max_papers,
                cover=since is None and until is None and source == "arxiv",
                retries=config.storage.retries,
                updates_too=config.output.summarize_updates,
                dry=dry_run,
            )
            report = run_topic(topic, order, desk)
            if not dry_run:
                store.add_run(started, report)
            reports.append(report)
    return reports


def exit_code(reports: Sequence[RunReport]) -> int:
    """0 all done, 1 posted with failures, 3 nothing could be posted."""
    statuses = {report.status for report in reports}
    if statuses == {"failed"}:
        return 3
    return 1 if statuses & {"failed", "partial"} else 0


def _topic(config: Config, name: str) -> Topic:
    return config.topic(name) or topic_from_words(name)


def _all(config: Config) -> list[str]:
    if not config.topics:
        raise ConfigError("topics", "there are none: name one with --topic")
    return [entry.name for entry in config.topics]
