"""Feeds of each topic and of all, in every format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from chatpaper.config import OutputConfig
from chatpaper.posts import clean, phrases_in
from chatpaper.records import Post

FOLDER = "feeds"
_TAGS = {"zh": "zh-CN", "en": "en"}


def write_feeds(posts: Iterable[Post], settings: OutputConfig) -> Mapping[str, bytes]:
    """`feeds/atom.xml`, `rss.xml` and `feed.json`; for a topic `feeds/GAN.atom.xml`.

    They lie in `output.feeds_dir`, or else beside the days' folders.
    """
    # Only who asks for feeds waits for what makes them.
    from chatpaper.feeds import FORMATS, Feed, entries_of, topics_and_all, urn_of

    folder = settings.feeds_dir
    where = folder.absolute().as_posix() if folder else FOLDER
    home = settings.site_url
    say, author = phrases_in(settings.language), clean(settings.author) or "chatpaper"
    files = {}
    for stem, (topic, newest) in topics_and_all(posts).items():
        entries = entries_of(newest, say, settings.tz)
        for ending, write in FORMATS.items() if entries else ():
            file = f"{stem}.{ending}" if stem else ending
            served = f"{folder.name if folder else FOLDER}/{file}"
            feed = Feed(
                id=urn_of(f"{home}#{topic}"),
                title=f"{author}{say.colon}{clean(topic)}" if topic else author,
                description=say.caution,
                author=author,
                language=_TAGS[settings.language],
                home_url=home or None,
                url=f"{home}{quote(served)}" if home else None,
                entries=entries,
            )
            files[f"{where}/{file}"] = write(feed)
    return files
