"""The site's own feeds, whose entries lead to its pages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import tzinfo
from urllib.parse import quote

from chatpaper.feeds import FORMATS, MAX_ENTRIES, Feed, Item, Newest, entries_of, urn_of
from chatpaper.posts import clean, phrases_in
from chatpaper.records import Paper, Picture, Post
from chatpaper.site.catalogue import Catalogue
from chatpaper.site.phrases import site_phrases
from chatpaper.text import file_stem


def site_feeds(
    catalogue: Catalogue,
    read: Callable[[str], Post],
    files: Collection[str],
    language: str,
    zone: tzinfo | None,
    base_url: str,
) -> Iterator[tuple[str, bytes]]:
    """Paths and contents of the feeds of each topic and of all.

    Args:
        catalogue: The papers.
        read: Reads the post of a twin; only the newest are read.
        files: Of the site.
        language: Of the fixed words.
        zone: Whose midnight begins a day.
        base_url: Where the site is served.
    """
    say, own = phrases_in(language), site_phrases(language)

    def paper_url(paper: Paper) -> str:
        return f"{base_url}papers/{file_stem(paper.id, 'paper')}.html"

    def picture_url(item: Item) -> Callable[[Picture], str | None]:
        folder = f"figures/{file_stem(item.of.paper.id, 'paper')}"

        def url(picture: Picture) -> str | None:
            path = f"{folder}/{picture.file}"
            return f"{base_url}{path}" if path in files else None

        return url

    for stem in ("", *catalogue.topics):
        topic = clean(catalogue.names.get(stem, ""))
        entries = entries_of(
            _newest(catalogue, read, stem),
            say,
            zone,
            paper_url=paper_url,
            picture_url=picture_url,
        )
        for ending, write in FORMATS.items():
            path = f"feeds/{stem}.{ending}" if stem else f"feeds/{ending}"
            feed = Feed(
                id=urn_of(f"{base_url}#{topic}"),
                title=f"{own.name}{say.colon}{topic}" if stem else own.name,
                description=say.caution,
                author="chatpaper",
                language=own.tag,
                home_url=f"{base_url}topics/{quote(stem)}.html" if stem else base_url,
                url=f"{base_url}{quote(path)}",
                entries=entries,
            )
            yield path, write(feed)


def _newest(catalogue: Catalogue, read: Callable[[str], Post], stem: str) -> Newest:
    """The newest of a topic, or of all, from no more posts than it takes."""
    first: dict[str, int] = {}
    posts = [post for post in catalogue.posts if stem in ("", post.stem)]
    for post in posts:
        for row in post.rows:
            if not row.is_update:
                first.setdefault(row.id, row.version)
    start, ids = len(posts), set[str]()
    while start and len(ids) < MAX_ENTRIES:
        start -= 1
        ids |= {f"{row.id} {row.is_update}" for row in posts[start].rows}
    newest = Newest(first=first)
    for post in posts[start:]:
        newest.add(read(post.path))
    return newest
