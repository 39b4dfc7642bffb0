"""What a store knows of a few topics: taken out as one JSON text, and put into another.

A whole store holds years, and paths of the machine it lies on; a night depends on the
ledger of its topics, and on the replies that were paid for before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from chatpaper.errors import StoreError
from chatpaper.records import Paper
from chatpaper.store.entries import LedgerEntry
from chatpaper.store.ledger import Store
from chatpaper.store.replies import PaidReply


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicExcerpt:
    """What the ledger says of one topic.

    Attributes:
        entries: All papers.
        covered_until: End of the last window whose papers are all in the ledger.
    """

    entries: tuple[LedgerEntry, ...]
    covered_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """What a store knows of some topics.

    Attributes:
        topics: By name.
        replies: That were paid for, by key.
        stars: Starred papers, last starred first.
    """

    topics: dict[str, TopicExcerpt] = field(default_factory=dict)
    replies: dict[str, PaidReply] = field(default_factory=dict)
    stars: tuple[Paper, ...] = ()

    def to_json(self) -> str:
        """As text."""
        return _adapter().dump_json(self, indent=1).decode()

    @staticmethod
    def from_json(text: str) -> Excerpt:
        """From `to_json`.

        Raises:
            ValueError: Something else.
        """
        return _adapter().validate_json(text)


def copy_store(directory: Path, to: Path) -> Store:
    """A store as it is now, in another folder; an empty one if there is none.

    Raises:
        StoreError: As from `Store`.
    """
    # Opening brings an old file up to date, and makes a missing one.
    with Store(directory) as store:
        source = store.path
    to.mkdir(parents=True, exist_ok=True)
    try:
        with (
            closing(sqlite3.connect(source)) as old,
            closing(sqlite3.connect(to / source.name)) as new,
        ):
            old.backup(new)
    except sqlite3.DatabaseError as error:
        raise StoreError(str(source), str(error)) from error
    return Store(to)


def excerpt_of(store: Store, topics: Iterable[str], papers: Iterable[str]) -> Excerpt:
    """The ledger of some topics, and the replies about some papers.

    Args:
        store: Asked.
        topics: By name.
        papers: Versioned ids.
    """
    return Excerpt(
        topics={
            name: TopicExcerpt(
                entries=tuple(store.entries(name).values()),
                covered_until=store.covered_until(name),
            )
            for name in topics
        },
        replies=store.replies_about(papers),
        stars=store.stars(),
    )


def put_excerpt(store: Store, excerpt: Excerpt) -> None:
    """Write an excerpt into a store that knows nothing yet."""
    for name, topic in excerpt.topics.items():
        store.record(name, topic.entries)
        if topic.covered_until is not None:
            store.cover(name, topic.covered_until)
    for key, reply in excerpt.replies.items():
        store.keep_reply(key, reply)
    for nth, paper in enumerate(reversed(excerpt.stars)):  # in the order of starring
        store.star([paper], datetime.fromtimestamp(nth, UTC))


@cache
def _adapter() -> TypeAdapter[Excerpt]:
    return TypeAdapter(Excerpt)
