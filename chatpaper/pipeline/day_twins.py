"""The twins of a topic's posts, as a period's post is made of them and checked.

What somebody has taken out of a post, no other post may tell: a post that is gone from
the disk is none, and an entry or a statement counts where its Markdown has it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from chatpaper.periods import Period, Sources, check_review, read_review
from chatpaper.posts import (
    Problem,
    address_beside,
    anchor_line,
    checked_claims,
    claim_words,
    plain_text,
    read_post_data,
    twins_in,
)
from chatpaper.records import FIELDS, Digest, Post, Update
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
        for path in twins_in(self._folder, self._name):
            # Only twins with such an entry have these keys.
            content = path.read_bytes()
            if b'"corrections"' in content or b'"withdrawn_on"' in content:
                post = self._read(path, date.fromisoformat(path.parent.name))
                if post is not None:
                    yield post

    def _read(self, path: Path, day: date) -> Post | None:
        try:
            post = _standing(path)
        except FileNotFoundError:
            return None
        except (ValueError, OSError):
            if path not in self.unread:
                log.warning("not the twin of a post: %s", path)
                self.unread.append(path)
            return None
        is_own = post.day == day and post.topic.casefold() == self._topic.casefold()
        return self._whole(post, path) if is_own else None

    def _whole(self, post: Post, path: Path) -> Post:
        """A post with the entries that another topic's post of the day has in full."""
        beside: dict[str, Post] = {}
        for name in {line.stands_in for line in post.lines}:
            try:
                other = _standing(path.with_name(f"{file_stem(name, 'topic')}.json"))
            except (ValueError, OSError):
                other = Post(topic=name, day=post.day, digests=())
            beside[name] = other
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


def _standing(twin: Path) -> Post:
    """A post with what of it its Markdown has.

    Raises:
        OSError: One of its files is not there, or cannot be read.
        ValueError: It is no twin, or not UTF-8.
    """
    post = read_post_data(twin.read_text(encoding="utf-8"))
    markdown = plain_text(twin.with_suffix(".md").read_bytes())

    def stands(of: Digest | Update) -> bool:
        address = of.stands_in and address_beside(of.stands_in, of.paper.id)
        return (address or anchor_line(of.paper.id)) in markdown

    digests = [_shown(d, markdown) for d in filter(stands, post.digests)]
    left = replace(
        post, digests=tuple(digests), updates=tuple(filter(stands, post.updates))
    )
    is_whole = (left.digests, left.updates) == (post.digests, post.updates)
    # Posts of chatpaper 0.1.0 had no anchors: what stands in them is not known.
    if is_whole or json.loads(post.data)["format"] == 1:
        return post
    # A post that was changed by hand is another one, too.
    return replace(left, data=f"{left.data}\n{markdown}")


def _shown(digest: Digest, markdown: str) -> Digest:
    """An entry whose statements are not told where somebody has changed their words."""
    if digest.stands_in:
        return digest
    claims = checked_claims(digest)
    gone = {
        claim.anchor
        for claim in claims
        # A translated abstract has no anchor, and is told nowhere else.
        if not claim.barred and claim.claim.field in FIELDS
        if claim_words(claim) not in markdown
    }
    if not gone:
        return digest
    # What was not ruled upon is printed nowhere.
    checks = (
        replace(c.check, verdict="unjudged") if c.anchor in gone else c.check
        for c in claims
    )
    return replace(digest, checks=tuple(checks))


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
