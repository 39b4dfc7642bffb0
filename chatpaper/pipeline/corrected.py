"""Corrections that those who were told of a paper have not been told of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta

from chatpaper.config import Config
from chatpaper.delivery import correction_items
from chatpaper.pipeline.day_post import post_path
from chatpaper.posts import read_standing
from chatpaper.records import Digest, Post

CORRECTED_DAYS = 90  # posts of so many days are looked through, in a second or so


def untold_corrections(
    config: Config,
    topic: str,
    days: Collection[date],
    told: Collection[str],
    takes: Callable[[str], bool],
) -> Iterator[tuple[Post, Digest]]:
    """Corrected entries of a topic's posts that a receiver knows as they were before.

    Args:
        config: Says where the posts are.
        topic: Whose posts.
        days: On which it has a post; the last of them is today's, or the last one.
        told: Keys of all that the receiver was ever told.
        takes: Whether the receiver is told of a topic, which then speaks for itself.
    """
    since = max(days, default=date.max) - timedelta(days=CORRECTED_DAYS)
    for day in sorted(day for day in days if day >= since):
        try:
            twin = post_path(config, topic, day).with_suffix(".json")
            text = twin.read_text(encoding="utf-8")
            if '"corrections"' not in text:
                continue
            post = read_standing(twin)
        except (OSError, ValueError):
            continue  # whoever writes to this post says so
        for digest in post.digests:
            knows_it = digest.paper.versioned_id in told
            is_news = not {*correction_items(digest)} <= {*told}
            is_ours = not (digest.stands_in and takes(digest.stands_in))
            if knows_it and is_news and is_ours:
                yield post, digest
