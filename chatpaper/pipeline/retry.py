"""Papers that a run would leave alone, put back so that the next one takes them.

retry_papers         those that gave up, wait for another try, or were only listed
retry_unpublished    those that count as posted, though no post shows them
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from chatpaper.config import Config
from chatpaper.errors import ArgumentError
from chatpaper.pipeline.select import UPDATE_DAYS
from chatpaper.pipeline.standing import StandingPosts, standing_posts
from chatpaper.sources import parse_id
from chatpaper.store import LedgerEntry, Store, only_run

LOST = "its post was not published"
WANTED = "it was asked for by its id"

# What the ledger is to say, None to leave it as it is; and why, in English.
Decision = tuple[LedgerEntry | None, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """What becomes of a paper that is to be tried again.

    Attributes:
        topic: Its topic.
        paper_id: Versioned id.
        text: What was done, or why nothing was, in English.
        is_put_back: Whether the next run deals with it.
    """

    topic: str
    paper_id: str
    text: str
    is_put_back: bool = True


def retry_papers(
    config: Config, names: Sequence[str], *, topic: str = ""
) -> tuple[list[Retry], list[str]]:
    """Give papers all their tries again.

    Args:
        config: Says where the store is.
        names: Ids, with or without a version; none at all means every paper that gave
            up.
        topic: Only this one; by default every topic that the ledger knows.

    Returns:
        What was done, and the names that the ledger does not know.

    Raises:
        StoreError: The store refuses, or another run holds it.
    """
    wanted = {_base(name): name for name in names}
    known: set[str] = set()

    def put_back(entry: LedgerEntry) -> Decision | None:
        if names and entry.paper.id not in wanted:
            return None
        known.add(entry.paper.id)
        if entry.state in ("gave up", "failed"):
            again = replace(entry, state="waiting", tries=0)
            return again, f"will be tried again; {entry.state}: {entry.reason}"
        if not names:
            return None
        if entry.state == "listed":
            again = LedgerEntry(paper=entry.paper, state="waiting", reason=WANTED)
            return again, f"will be summarised; it was listed by its title {entry.day}"
        if entry.state == "posted":
            return None, f"was posted on {entry.day}"
        return None, "waits for the next run already"

    done: list[Retry] = []
    with _opened(config) as store:
        for name in _topics(store, topic):
            done += _rewritten(store, name, put_back)
    return done, [name for base, name in wanted.items() if base not in known]


def retry_unpublished(
    config: Config, *, since: date | None = None, topic: str = ""
) -> list[Retry]:
    """Put back what the ledger calls posted and no post in the output folder shows.

    Posts may be lost after they were written: a push that was refused, a restored
    backup. Their papers are written again from the replies that were paid for.

    Args:
        config: Says where the store and the posts are.
        since: Day of the first post that may be missing; by default any may be.
        topic: Only this one; by default every topic that the ledger knows.

    Raises:
        StoreError: The store refuses, or another run holds it.
    """
    done: list[Retry] = []
    with _opened(config) as store:
        for name in _topics(store, topic):
            first = since - timedelta(days=UPDATE_DAYS) if since else date.min
            posts = standing_posts(config, name, since=first)
            done += _rewritten(store, name, partial(_unshown, posts, since))
    return done


def _unshown(
    posts: StandingPosts, since: date | None, entry: LedgerEntry
) -> Decision | None:
    """What the ledger should say of a paper whose post does not stand."""
    paper_id, day = entry.paper.id, entry.day
    if day is None:
        return None
    if paper_id in posts.days:
        newest = posts.newest[paper_id]
        if entry.state != "posted" or newest.version >= entry.paper.version:
            return None
        text = "will be told again: no post shows this version"
        return replace(entry, paper=newest, day=posts.days[paper_id]), text
    if since is not None and day < since:
        return None
    if entry.state == "listed":
        if paper_id in posts.listed:
            return None
        again = LedgerEntry(paper=entry.paper, state="waiting")
        return again, f"waits again: the post of {day} that lists it does not stand"
    if entry.state == "posted":
        again = LedgerEntry(paper=entry.paper, state="waiting", reason=LOST)
        return again, f"will be posted again: the post of {day} does not stand"
    if paper_id in posts.lost:
        return None
    tries = entry.tries - (entry.state == "gave up")
    again = replace(entry, state="failed", tries=tries, day=None)
    return again, f"will be tried again: the post of {day} does not stand"


@contextmanager
def _opened(config: Config) -> Iterator[Store]:
    path = config.storage.path
    with only_run(path, wait_s=config.storage.lock_wait_s), Store(path) as store:
        yield store


def _topics(store: Store, topic: str) -> list[str]:
    names = [n for n in store.topics() if n.casefold() == topic.casefold()]
    if topic and not names:
        known = ", ".join(store.topics()) or "none yet"
        problem = f"the ledger has no topic {topic}; it knows: {known}"
        raise ArgumentError("topic", problem)
    return names or store.topics()


def _rewritten(
    store: Store, topic: str, decide: Callable[[LedgerEntry], Decision | None]
) -> Iterator[Retry]:
    """Write the ledger anew as decided, and say what was done to each paper."""
    decisions = [
        (entry, decision)
        for entry in store.entries(topic).values()
        if (decision := decide(entry)) is not None
    ]
    new = [again for _, (again, _) in decisions if again is not None]
    store.record(topic, new)
    for entry in new:
        store.forget_orders(entry.paper.versioned_id)
    for entry, (again, text) in decisions:
        yield Retry(
            topic=topic,
            paper_id=entry.paper.versioned_id,
            text=text,
            is_put_back=again is not None,
        )


def _base(name: str) -> str:
    """A paper's id without its version; a local file's is its stem."""
    found = parse_id(name)
    return found.base if found else name
