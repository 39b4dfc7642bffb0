"""Feeds of each topic and of all, in every format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from chatpaper.config import OutputConfig
from chatpaper.posts import clean, phrases_in
from chatpaper.records import Post

if TYPE_CHECKING:
    from chatpaper.periods import Review

FOLDER = "feeds"
MAX_REVIEWS = 24  # of all topics: older ones stand behind sixty papers
_TAGS = {"zh": "zh-CN", "en": "en"}


def feed_files(stem: str, settings: OutputConfig) -> dict[str, str]:
    """The files of a topic's feeds, or of all topics', by the endings of the formats.

    Args:
        stem: Of the topic's posts; empty for all.
        settings: Say where they lie.
    """
    from chatpaper.feeds import FORMATS

    folder = settings.feeds_dir
    where = folder.absolute().as_posix() if folder else FOLDER
    return {
        ending: f"{where}/{stem}.{ending}" if stem else f"{where}/{ending}"
        for ending in FORMATS
    }


def write_feeds(
    posts: Iterable[Post], settings: OutputConfig
) -> Mapping[str, bytes | None]:
    """`feeds/atom.xml`, `rss.xml` and `feed.json`; for a topic `feeds/GAN.atom.xml`.

    They lie in `output.feeds_dir`, or else beside the days' folders.
    """
    # Only who asks for feeds waits for what makes them.
    from chatpaper.feeds import (
        FORMATS,
        Feed,
        entries_of,
        review_entry,
        topics_and_all,
        urn_of,
        with_reviews,
    )
    from chatpaper.periods import standing_reviews

    served = settings.feeds_dir.name if settings.feeds_dir else FOLDER
    home = settings.site_url
    say, author = phrases_in(settings.language), clean(settings.author) or "chatpaper"
    reviews = [
        (
            standing.review.stem,
            review_entry(standing, settings.tz, url=_url_of(standing.review, home)),
        )
        for standing in standing_reviews(settings.dir, MAX_REVIEWS)
    ]
    files: dict[str, bytes | None] = {}
    for stem, (topic, newest) in topics_and_all(posts).items():
        of_topic = [entry for of, entry in reviews if stem in ("", of)]
        entries = with_reviews(entries_of(newest, say, settings.tz), of_topic)
        for ending, path in feed_files(stem, settings).items():
            url = quote(f"{served}/{path.rpartition('/')[2]}")
            feed = Feed(
                id=urn_of(f"{home}#{topic}"),
                title=f"{author}{say.colon}{clean(topic)}" if topic else author,
                description=say.caution,
                author=author,
                language=_TAGS[settings.language],
                home_url=home or None,
                url=f"{home}{url}" if home else None,
                entries=entries,
            )
            files[path] = FORMATS[ending](feed) if entries else None
    return files


def _url_of(review: Review, home: str) -> str | None:
    """Where a period's post is, with the permalink that the README asks for."""
    return f"{home}{review.period.name}/{quote(review.stem)}/" if home else None
