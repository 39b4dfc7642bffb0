"""What the posts on the disk show, beside what the ledger says.

The ledger may be behind: it was lost, or is an older copy. A paper that a post shows
whole was posted, whatever the ledger says of it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from chatpaper.config import Config
from chatpaper.pipeline.day_post import post_path
from chatpaper.pipeline.select import Task
from chatpaper.posts import read_post_data, twins_in
from chatpaper.records import Failure, Paper, Post
from chatpaper.sources import Found
from chatpaper.store import LedgerEntry

log = logging.getLogger(__name__)


@dataclass(slots=True)
class StandingPosts:
    """What the posts of a topic show, by papers' base ids.

    Attributes:
        days: Of the last post that has a whole entry of the paper.
        newest: The highest version that has a whole entry or is told as an update.
        lost: Entries that say why the paper is not there, with the day.
        listed: Papers that are named by their titles alone, with the day.
    """

    days: dict[str, date] = field(default_factory=dict)
    newest: dict[str, Paper] = field(default_factory=dict)
    lost: dict[str, tuple[date, Paper, Failure]] = field(default_factory=dict)
    listed: dict[str, tuple[date, Paper]] = field(default_factory=dict)

    def note(self, post: Post) -> None:
        """Add a post that is later than those before it."""
        for digest in post.digests:
            paper = digest.paper
            if digest.failure is not None:
                self.lost[paper.id] = post.day, paper, digest.failure
            else:
                self.days[paper.id] = post.day
                self._note(paper)
        for update in post.updates:
            self._note(update.paper)
        self.listed |= {paper.id: (post.day, paper) for paper in post.listed}

    def _note(self, paper: Paper) -> None:
        known = self.newest.get(paper.id)
        if known is None or known.version <= paper.version:
            self.newest[paper.id] = paper


def standing_posts(
    config: Config,
    topic: str,
    *,
    since: date = date.min,
    days: Collection[date] | None = None,
    about: Collection[str] | None = None,
) -> StandingPosts:
    """Read the JSON twins of a topic's posts; one that cannot be read shows nothing.

    Args:
        config: Says where the posts are.
        topic: Name of the topic.
        since: First day.
        days: Only these, if given.
        about: Base ids; a post that has none of them need not be read.
    """
    posts = StandingPosts()
    for text in _twins(config, topic, since, days):
        if about is not None and not any(paper_id in text for paper_id in about):
            continue
        try:
            post = read_post_data(text)
        except ValueError:
            continue  # the run that writes to this day says so
        if post.topic == topic:
            posts.note(post)
    return posts


def _twins(
    config: Config, topic: str, since: date, days: Collection[date] | None
) -> Iterator[str]:
    name = post_path(config, topic, date.min).with_suffix(".json").name
    for path in twins_in(config.output.dir, name):
        try:
            day = date.fromisoformat(path.parent.name)
            if day >= since and (days is None or day in days):
                yield path.read_text(encoding="utf-8")
        except (OSError, ValueError):
            continue


def posted_already(
    task: Task, found: Found, ledger: Mapping[str, LedgerEntry], config: Config
) -> dict[str, LedgerEntry]:
    """What the ledger should say of papers that it does not know to be posted.

    Args:
        task: What is asked.
        found: What the source has.
        ledger: Of the topic.
        config: Says where the posts are.
    """
    candidates = {paper.id: paper for paper in found.papers if paper.id not in ledger}
    candidates |= {
        paper_id: entry.paper
        for paper_id, entry in ledger.items()
        if entry.state in ("waiting", "failed", "listed") and task.may_take(entry)
    }
    if not candidates:
        return {}
    posts = standing_posts(
        config,
        task.topic.name,
        since=_first_day(candidates.values()),
        days={*map(task.day_of, candidates.values())} if task.day_of else None,
        about=candidates.keys(),
    )
    entries = {
        paper_id: entry
        for paper_id in candidates
        if (entry := _entry(paper_id, posts, ledger.get(paper_id))) is not None
    }
    if entries:
        log.warning(
            "posted before, though the ledger does not say so topic=%s papers=%d",
            task.topic.name,
            len(entries),
        )
    return entries


def _first_day(papers: Collection[Paper]) -> date:
    """The first day on which one of the papers can have been posted."""
    moments = [paper.published for paper in papers]
    known = [moment.date() for moment in moments if moment is not None]
    if len(known) < len(moments):
        return date.min
    # A post's day is that of the output time zone.
    return min(known) - timedelta(days=1)


def _entry(
    paper_id: str, posts: StandingPosts, known: LedgerEntry | None
) -> LedgerEntry | None:
    if paper_id in posts.days:
        paper = posts.newest[paper_id]
        if known is None or paper.version >= known.paper.version:
            return LedgerEntry(paper=paper, state="posted", day=posts.days[paper_id])
    elif known is None and paper_id in posts.lost:
        day, paper, failure = posts.lost[paper_id]
        return LedgerEntry(
            paper=paper, state="failed", tries=1, day=day, reason=failure.reason
        )
    elif known is None and paper_id in posts.listed:
        day, paper = posts.listed[paper_id]
        return LedgerEntry(paper=paper, state="listed", day=day)
    return None
