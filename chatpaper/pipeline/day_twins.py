"""The twins of a topic's posts, as a period's post is made of them and checked."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from chatpaper.periods import Period, Sources, check_review, read_review
from chatpaper.posts import Problem, plain_text, read_post_data, twins_in
from chatpaper.records import Digest, Post
from chatpaper.text import file_stem

log = logging.getLogger(__name__)


class DayTwins:
    """Read one by one, anew each time.

    Attributes:
        unread: Files that are no twins.
    """

    def __init__(self, folder: Path, topic: str) -> None:
        """Read nothing yet.

        Args:
            folder: Of the posts.
            topic: Name of the topic, in any case.
        """
        self._folder, self._topic = folder, topic
        self._name = f"{file_stem(topic, 'topic')}.json"
        self.unread: list[Path] = []

    def sources(self, period: Period) -> Sources:
        """The posts of a period, of the one before, and those with corrections."""
        return Sources(
            here=self._of(period),
            before=self._of(period.before),
            corrected=self._corrected(),
        )

    def _of(self, period: Period) -> Iterator[Post]:
        for day in period.days:
            post = self._read(self._folder / day.isoformat() / self._name, day)
            if post is not None:
                yield post

    def _corrected(self) -> Iterator[Post]:
        for path in twins_in(self._folder, self._name):
            # Only twins with a correction have the key.
            if b'"corrections"' in path.read_bytes():
                post = self._read(path, date.fromisoformat(path.parent.name))
                if post is not None:
                    yield post

    def _read(self, path: Path, day: date) -> Post | None:
        try:
            post = read_post_data(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (ValueError, OSError):
            if path not in self.unread:
                log.warning("not the twin of a post: %s", path)
                self.unread.append(path)
            return None
        is_own = post.day == day and post.topic.casefold() == self._topic.casefold()
        return self._whole(post) if is_own else None

    def _whole(self, post: Post) -> Post:
        """A post with the entries that another topic's post of the day has in full."""
        beside: dict[str, Post | None] = {}
        for name in {digest.stands_in for digest in post.elsewhere}:
            path = (
                self._folder / post.day.isoformat() / f"{file_stem(name, 'topic')}.json"
            )
            try:
                beside[name] = read_post_data(path.read_text(encoding="utf-8"))
            except (ValueError, OSError):
                beside[name] = None
        texts = [other.data for _, other in sorted(beside.items()) if other]
        # By their data is known whether anything has changed that a reader is led to.
        return replace(
            post,
            digests=tuple(_entry(d, beside.get(d.stands_in)) for d in post.digests),
            data="".join([post.data, *texts]),
        )


def _entry(digest: Digest, beside: Post | None) -> Digest:
    """What a reader finds of a paper that another post has in full."""
    if not digest.stands_in:
        return digest
    entries = beside.entries if beside else ()
    there = next((each for each in entries if each.paper.id == digest.paper.id), None)
    if there is None:
        return replace(digest, stands_in="")
    return replace(there, stands_in=digest.stands_in, relevance=digest.relevance)


def check_period_post(path: Path) -> tuple[Problem, ...]:
    """Everything wrong with a period's post, its twin, and what it says of the days.

    Args:
        path: The Markdown file; the days' folders lie beside its own.

    Raises:
        OSError: The post cannot be read.
    """
    name = str(path)
    try:
        markdown = plain_text(path.read_bytes())
    except UnicodeDecodeError as error:
        return (Problem(name, 1, "text", f"not UTF-8 at byte {error.start}"),)
    twin = path.with_suffix(".json")
    try:
        data = twin.read_text("utf-8")
        review = read_review(data).review
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no period's twin"
        return (Problem(name, 1, "twin", f"{twin.name} cannot be read: {why}"),)
    twins = DayTwins(path.parent.parent, review.topic)
    return check_review(markdown, data, twins.sources(review.period), name=name)
