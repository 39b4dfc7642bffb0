"""Posts of earlier days, as a night finds them: deleted ones, and withdrawn papers."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from chatpaper.config import Config
from chatpaper.errors import PostError
from chatpaper.pipeline.day_post import post_path, rendered, standing_post
from chatpaper.pipeline.elsewhere import placed
from chatpaper.pipeline.publish import publish_day
from chatpaper.pipeline.rebuild import with_gone_posts
from chatpaper.pipeline.select import UPDATE_DAYS, Task
from chatpaper.records import Digest, RunReport
from chatpaper.sources import Found
from chatpaper.store import LedgerEntry, Store
from chatpaper.text import says_withdrawn

log = logging.getLogger(__name__)


def with_past_posts(
    report: RunReport, task: Task, found: Found, config: Config, store: Store
) -> RunReport:
    """The report of a night, with what became of posts of earlier days.

    Raises:
        StoreError: The store or the disk refuses.
    """
    if not task.news:
        return report
    ledger = store.entries(report.topic)
    entries = (ledger.get(paper.id) for paper in found.papers)
    days = {entry.day for entry in entries if entry is not None and entry.day}
    report = with_gone_posts(report, days, config, store)
    said: list[str] = []
    for entry in ledger.values():
        if _lately_withdrawn(entry, task.day):
            said += _marked(report.topic, entry, task.day, config, store)
    return replace(report, message="; ".join(filter(None, [report.message, *said])))


def _lately_withdrawn(entry: LedgerEntry, today: date) -> bool:
    """Whether arXiv says of a posted paper that it was withdrawn, in the last weeks.

    A night may end before the paper's post is written again; the next ones look, too.
    """
    paper = entry.paper
    if entry.state != "posted" or entry.day is None or entry.day >= today:
        return False
    since = paper.updated.date() if paper.updated else entry.day
    is_recent = since >= today - timedelta(days=UPDATE_DAYS)
    return is_recent and says_withdrawn(paper.comment or "", paper.abstract)


def _marked(
    topic: str, entry: LedgerEntry, today: date, config: Config, store: Store
) -> Iterator[str]:
    """Write it into the paper's old post, unless it is there; tells what was done."""
    day, paper = entry.day, entry.paper
    # A post that is gone may be so on purpose.
    if day is None or not post_path(config, topic, day).is_file():
        return
    on = paper.updated.date() if paper.updated else today

    def marked(digest: Digest) -> Digest:
        is_meant = digest.paper.id == paper.id and digest.withdrawn_on is None
        says = says_withdrawn(digest.paper.comment or "", digest.paper.abstract)
        return replace(digest, withdrawn_on=on) if is_meant and not says else digest

    try:
        standing = standing_post(config, store, topic, day)
        post = standing.post
        digests = tuple(map(marked, post.digests))
        if digests == post.digests:
            return
        post = placed(replace(post, digests=digests), config, standing=post)
        published = publish_day(config, store, rendered(post, config))
    except PostError as error:
        log.warning("not marked paper=%s day=%s: %s", paper.versioned_id, day, error)
        reason = " ".join(str(error).split())
        yield f"the post of {day} does not say that {paper.id} is withdrawn: {reason}"
        return
    yield f"the post of {day} says that {paper.id} is withdrawn"
    yield from published.said
