"""arXiv as a source: papers of a topic, papers by id, and their PDFs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from chatpaper._http import Http, shown
from chatpaper.errors import ConfigError
from chatpaper.latex import decode
from chatpaper.records import Paper, Topic
from chatpaper.sources.announced import RSS_URL, Feed, find_announced, parse_feed
from chatpaper.sources.found import Found, counted, merged, newest_first
from chatpaper.sources.identifier import (
    ArxivId,
    abs_url,
    is_category,
    parse_id,
    pdf_url,
)
from chatpaper.sources.matching import excluding_word
from chatpaper.sources.pages import FEED, Pages, body
from chatpaper.sources.query import build_query

if TYPE_CHECKING:
    import arxiv  # type: ignore[import-untyped]

BASE_URL = "https://export.arxiv.org"  # the host that arXiv keeps for programs
IDS_PER_REQUEST = 100

_WITHDRAWN = re.compile(
    r"(?i)^(?:this|the) (?:paper|article|submission|manuscript|work|preprint) "
    r"(?:has been|is|was) withdrawn|^withdrawn\b"
)


class ArxivSource:
    """arXiv, over its API and its announcement feed."""

    def __init__(
        self,
        http: Http,
        *,
        base_url: str = BASE_URL,
        rss_base_url: str = RSS_URL,
        page_size: int = 100,
        fetch: Callable[[Paper, str], Path] | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """Nothing is sent yet.

        Args:
            http: Shared with everything else that asks arXiv.
            base_url: The API is at `/api/query`, PDFs are at `/pdf/IDvN` below it.
            rss_base_url: Feeds are at `/rss/CATEGORIES` below it.
            page_size: Papers in one reply; the API gives up to 2,000.
            fetch: Brings a paper's PDF from an address; `Downloader.fetch`.
            now: Another clock than the wall's, aware; it tells a stale feed.
        """
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._rss_base_url = rss_base_url.rstrip("/")
        self._page_size = page_size
        self._fetch = fetch
        self._now = now or partial(datetime.now, UTC)

    def find(
        self, topic: Topic, since: datetime, until: datetime, max_papers: int
    ) -> Found:
        """Papers of a topic, searched, read from today's announcement, or both.

        Args:
            topic: What to look for, and `find`, where.
            since: First submissions from this moment on; aware.
            until: Up to this one; aware. An announcement counts by its own moment.
            max_papers: Newest papers kept, after excluded words are applied.

        Raises:
            Throttled: arXiv asks for patience for longer than we wait, or refuses us.
            FetchError: No usable reply, after all tries.
            ConfigError: Announcements for a topic without categories.
        """
        answers = []
        if topic.find != "announced":
            answers.append(self._search(topic, since, until, max_papers))
        if topic.find != "search":
            answers.append(
                find_announced(
                    topic,
                    since,
                    until,
                    max_papers,
                    read=self._read_feed,
                    complete=self.get,
                    now=self._now(),
                )
            )
        return merged(answers, max_papers)

    def get(self, ids: Sequence[str]) -> tuple[Paper, ...]:
        """Papers by id, in the order asked; ids that arXiv does not know are left out.

        An id without a version stands for the latest one.

        Raises:
            ConfigError: Something that is no arXiv id.
            FetchError: As for `find`.
        """
        wanted = [_parsed(text) for text in ids]
        known: dict[ArxivId, Paper] = {}
        for start in range(0, len(wanted), IDS_PER_REQUEST):
            chunk = wanted[start : start + IDS_PER_REQUEST]
            names = [f"{i.base}v{i.version}" if i.version else i.base for i in chunk]
            pages = Pages(self._http)
            for result in pages.results(self._base_url, len(names), id_list=names):
                if (paper := paper_from(result)) is not None:
                    known[ArxivId(paper.id, paper.version)] = paper
                    known.setdefault(ArxivId(paper.id, None), paper)
        return tuple(known[asked] for asked in wanted if asked in known)

    def pdf(self, paper: Paper) -> Path:
        """The paper's PDF in the download cache.

        Raises:
            Throttled: As for `find`.
            FetchError: No whole PDF, after all tries.
        """
        if self._fetch is None:
            raise ValueError("this source was made without a way to fetch PDFs")
        return self._fetch(paper, f"{self._base_url}/pdf/{paper.versioned_id}")

    def _search(
        self, topic: Topic, since: datetime, until: datetime, max_papers: int
    ) -> Found:
        query = build_query(topic, since, until)
        pages = Pages(self._http)
        kept: dict[str, Paper] = {}
        excluded: Counter[str] = Counter()
        seen: set[str] = set()
        for result in pages.results(self._base_url, self._page_size, query=query):
            paper = paper_from(result)
            if paper is None:
                pages.unreadable += 1
                continue
            # Pages shift while they are read, so an entry may come twice.
            reason = why_excluded(topic, paper)
            if not reason:
                kept[paper.id] = max(
                    kept.get(paper.id, paper), paper, key=lambda p: p.version
                )
            elif paper.id not in seen:
                excluded[reason] += 1
            seen.add(paper.id)
            if len(kept) >= max_papers:
                break
        excluded["not readable"] = pages.unreadable
        rest = pages.total - len(seen) - pages.unreadable
        excluded["over the limit"] = rest if len(kept) >= max_papers else 0
        return Found(
            papers=newest_first(list(kept.values())),
            query=query,
            total=pages.total,
            excluded=counted(excluded),
        )

    def _read_feed(self, categories: Sequence[str]) -> Feed:
        url = f"{self._rss_base_url}/rss/{'+'.join(categories)}"
        return self._http.ask(
            url,
            lambda chunks: parse_feed(shown(url), body(shown(url), chunks)),
            accept=FEED,
        )


def paper_from(result: arxiv.Result) -> Paper | None:
    """A record of an API entry; None for an entry without an arXiv id."""
    name = parse_id(result.entry_id)
    if name is None:
        return None
    version = name.version or 1
    primary = result.primary_category
    categories = dict.fromkeys([primary, *filter(is_category, result.categories)])
    return Paper(
        id=name.base,
        version=version,
        title=decode(result.title),
        authors=tuple(decode(author.name) for author in result.authors),
        abstract=decode(result.summary),
        comment=decode(result.comment or "") or None,
        journal_ref=decode(result.journal_ref or "") or None,
        doi=" ".join((result.doi or "").split()) or None,
        primary_category=primary,
        categories=tuple(filter(None, categories)),
        published=result.published,
        updated=result.updated,
        abs_url=abs_url(name.base, version),
        pdf_url=pdf_url(name.base, version),
    )


def why_excluded(topic: Topic, paper: Paper) -> str:
    """Why a matching paper is left out; empty when it is not."""
    word = excluding_word(topic, paper)
    if word is not None:
        return f"excluded word {word!r}"
    return "withdrawn" if _WITHDRAWN.match(paper.comment or "") else ""


def _parsed(text: str) -> ArxivId:
    name = parse_id(text)
    if name is None:
        raise ConfigError("arXiv id", f"{text!r} is not one, like 2401.11831v2")
    return name
