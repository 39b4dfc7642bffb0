"""The site's own feeds, whose entries lead to its pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import quote

from chatpaper.feeds import (
    FORMATS,
    MAX_ENTRIES,
    Feed,
    FeedEntry,
    Item,
    Newest,
    entries_of,
    review_entry,
    urn_of,
    with_reviews,
)
from chatpaper.periods import standing_review
from chatpaper.posts import clean, phrases_in
from chatpaper.records import Paper, Picture, Post
from chatpaper.site.catalogue import Catalogue
from chatpaper.site.phrases import site_phrases
from chatpaper.site.reviews import place_url_below
from chatpaper.text import file_stem

MAX_REVIEWS = 6  # a month's, of one topic


@dataclass(frozen=True)
class SiteFeeds:
    """The feeds of each topic and of all.

    Attributes:
        folder: Of the posts.
        catalogue: The papers.
        read: Reads the post of a twin; only the newest are read.
        figures: Paths of those that the site has.
        language: Of the fixed words.
        zone: Whose midnight begins a day.
        base_url: Where the site is served.
    """

    folder: Path
    catalogue: Catalogue
    read: Callable[[str], Post]
    figures: Collection[str]
    language: str
    zone: tzinfo | None
    base_url: str

    def all(self) -> Iterator[tuple[str, str, Callable[[], bytes]]]:
        """Path of each, signature of what it is made of, and what makes it."""
        entries = lru_cache(maxsize=1)(self._entries)
        for stem in ("", *self.catalogue.topics):
            made_of = [p.sha for p in self.catalogue.posts if stem in ("", p.stem)]
            rows = [r.sha for r in self.catalogue.reviews if stem in ("", r.stem)]
            text = repr((made_of, rows, len(self.figures)))
            signature = hashlib.sha256(text.encode()).hexdigest()[:24]
            for ending in FORMATS:
                path = f"feeds/{stem}.{ending}" if stem else f"feeds/{ending}"
                yield path, signature, partial(self._make, stem, ending, path, entries)

    def _make(
        self,
        stem: str,
        ending: str,
        path: str,
        entries: Callable[[str], tuple[FeedEntry, ...]],
    ) -> bytes:
        own, say = site_phrases(self.language), phrases_in(self.language)
        topic = clean(self.catalogue.names.get(stem, ""))
        home = f"{self.base_url}topics/{quote(stem)}.html" if stem else self.base_url
        feed = Feed(
            id=urn_of(f"{self.base_url}#{topic}"),
            title=f"{own.name}{say.colon}{topic}" if stem else own.name,
            description=say.caution,
            author="chatpaper",
            language=own.tag,
            home_url=home,
            url=f"{self.base_url}{quote(path)}",
            entries=entries(stem),
        )
        return FORMATS[ending](feed)

    def _entries(self, stem: str) -> tuple[FeedEntry, ...]:
        entries = entries_of(
            self._newest(stem),
            phrases_in(self.language),
            self.zone,
            paper_url=self._paper_url,
            picture_url=lambda item: partial(self._picture_url, item),
        )
        place_url = place_url_below(self.base_url, self.catalogue.papers)
        rows = [row for row in self.catalogue.reviews if stem in ("", row.stem)]
        reviews = [
            review_entry(
                standing_review(self.folder / row.path),
                self.zone,
                url=f"{self.base_url}{quote(row.page)}",
                place_url=place_url,
            )
            for row in rows[-MAX_REVIEWS:]
        ]
        return with_reviews(entries, reviews)

    def _paper_url(self, paper: Paper) -> str:
        return f"{self.base_url}papers/{file_stem(paper.id, 'paper')}.html"

    def _picture_url(self, item: Item, picture: Picture) -> str | None:
        path = f"figures/{file_stem(item.of.paper.id, 'paper')}/{picture.file}"
        return f"{self.base_url}{path}" if path in self.figures else None

    def _newest(self, stem: str) -> Newest:
        """The newest of a topic, or of all, from no more posts than it takes."""
        first: dict[str, int] = {}
        posts = [post for post in self.catalogue.posts if stem in ("", post.stem)]
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
            newest.add(self.read(post.path))
        return newest
