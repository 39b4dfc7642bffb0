"""The twins of a topic's posts, as a period's post is made of them and checked.

They are read as `posts.standing` has it: what somebody has taken out of a post by hand,
no other post tells.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from chatpaper.periods import Period, Sources, check_review, read_review
from chatpaper.posts import Problem, Standing, plain_text, read_standing
from chatpaper.records import Digest, Post, Update
from chatpaper.text import file_stem

log = logging.getLogger(__name__)


class DayTwins:
    """Read one by one, anew each time.

    Attributes:
        unread: Files that are no twins.
        unshown: Papers, by post, whose lines lead to entries that are gone.
    """

    def __init__(self, folder: Path, topic: str) -> None:
        """Read nothing yet.

        Args:
            folder: Of the posts.
            topic: Name of the topic, in any case.
        """
        self._folder, self._topic = folder, topic
        self._name = f"{file_stem(topic, 'topic')}.json"
        self._deleted = Standing(folder).deleted()
        self.unread: list[Path] = []
        self.unshown: dict[Path, tuple[str, ...]] = {}

    def sources(self, period: Period) -> Sources:
        """The posts of a period, of the one before, and those that changed since."""
        return Sources(
            here=self._of(period),
            before=self._of(period.before),
            changed=self._changed(),
        )

    def _of(self, period: Period) -> Iterator[Post]:
        for day in period.days:
            post = self._read(self._folder / day.isoformat() / self._name, day)
            if post is not None:
                yield post

    def _changed(self) -> Iterator[Post]:
        for path in Standing(self._folder).twins(self._name):
            # Only twins with such an entry have these keys.
            content = path.read_bytes()
            if b'"corrections"' in content or b'"withdrawn_on"' in content:
                post = self._read(path, date.fromisoformat(path.parent.name))
                if post is not None:
                    yield post

    def _read(self, path: Path, day: date) -> Post | None:
        try:
            if path in self._deleted:
                return None
            post = read_standing(path)
        except FileNotFoundError:
            return None
        except (ValueError, OSError):
            if path not in self.unread:
                log.warning("not the twin of a post: %s", path)
                self.unread.append(path)
            return None
        is_own = post.day == day and post.topic.casefold() == self._topic.casefold()
        return self._whole(post, path) if is_own else None

    def _beside(self, path: Path, topic: str) -> Post:
        """Another topic's post of the day."""
        twin = path.with_name(f"{file_stem(topic, 'topic')}.json")
        if twin in self._deleted:
            raise FileNotFoundError(str(twin))
        return read_standing(twin)

    def _whole(self, post: Post, path: Path) -> Post:
        """A post with the entries that another topic's post of the day has in full."""
        beside: dict[str, Post] = {}
        for name in {line.stands_in for line in post.lines}:
            try:
                beside[name] = self._beside(path, name)
            except (ValueError, OSError):
                beside[name] = Post(topic=name, day=post.day, digests=())
        digests = [_entry(d, beside) for d in post.digests]
        updates = [u for u in post.updates if _is_told(u, beside)]
        gone = [d.paper.versioned_id for d in post.digests if _entry(d, beside) is None]
        gone += [u.paper.versioned_id for u in post.updates if u not in updates]
        if gone:
            self.unshown[path.with_suffix(".md")] = tuple(gone)
        # By their data is known whether anything has changed that a reader is led to.
        texts = [other.data for _, other in sorted(beside.items())]
        return replace(
            post,
            digests=tuple(filter(None, digests)),
            updates=tuple(updates),
            data="".join([post.data, *texts]),
        )


def _is_told(update: Update, beside: Mapping[str, Post]) -> bool:
    """Whether a reader finds a new version somewhere."""
    there = beside[update.stands_in].new_versions if update.stands_in else (update,)
    return update.paper.id in {each.paper.id for each in there}


def _entry(digest: Digest, beside: Mapping[str, Post]) -> Digest | None:
    """What a reader finds of a paper, also where another post has it in full."""
    if not digest.stands_in:
        return digest
    for there in beside[digest.stands_in].entries:
        if there.paper.id == digest.paper.id:
            return replace(
                there, stands_in=digest.stands_in, relevance=digest.relevance
            )
    return None


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
