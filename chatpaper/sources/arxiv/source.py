"""arXiv's Atom API: a topic's papers, page by page, and the versions of known ones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urlsplit

from chatpaper.errors import ConfigError, FetchError, Throttled
from chatpaper.net import Http, WorthWaiting, shown
from chatpaper.records import Paper, Topic
from chatpaper.sources.arxiv.calendar import expected_empty
from chatpaper.sources.arxiv.feed import RSS_URL, Feed, find_announced, parse_feed
from chatpaper.sources.arxiv.query import build_query
from chatpaper.sources.identifier import (
    ArxivId,
    abs_url,
    is_category,
    parse_id,
    pdf_url,
)
from chatpaper.sources.local_query import why_unwanted
from chatpaper.sources.source import (
    Found,
    Quiet,
    count_reasons,
    merge_answers,
    newest_first,
)
from chatpaper.text import decode, read_doi

if TYPE_CHECKING:
    import arxiv  # type: ignore[import-untyped]
    from lxml import etree

# --------------------------------------------------------------------------------------
# Pages of arXiv's API, read through the `arxiv` package.
#
# The package writes the requests, pages and reads the entries. What it would take for
# "no papers" (throttling in an HTTP 200, an HTML page, an error entry, an empty or
# cut page) is looked at here first, and is a named error.

MAX_RESULTS = 30_000  # the API refuses more for one query
# The API gives 2,000 papers in one page at most, and an entry has some 3 kB.
MAX_FEED_BYTES = 64 * 2**20
FEED = "application/atom+xml, application/xml;q=0.9, */*;q=0.1"

_NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "os": "http://a9.com/-/spec/opensearch/1.1/",
}


class _Page(NamedTuple):
    """What the `arxiv` package looks at in a reply."""

    status_code: int
    content: bytes


class Pages:
    """Stands where the `arxiv` package expects its HTTP session.

    Attributes:
        total: Papers that match, as the last page says.
        unreadable: Entries that the package leaves out for want of an id or date.
    """

    def __init__(self, http: Http) -> None:
        self.total = 0
        self.unreadable = 0
        self._http = http

    def results(
        self,
        base_url: str,
        page_size: int,
        query: str = "",
        id_list: Sequence[str] = (),
    ) -> Iterator[arxiv.Result]:
        """Entries of all pages, newest submission first, fetched as they are read."""
        import arxiv

        client = arxiv.Client(page_size=page_size, delay_seconds=0, num_retries=0)
        braceless = base_url.replace("{", "{{").replace("}", "}}")
        client.query_url_format = f"{braceless}/api/query?{{}}"
        client._session = self  # noqa: SLF001  (the package offers no other way in)
        search = arxiv.Search(
            query=query,
            id_list=list(id_list),
            max_results=MAX_RESULTS,
            sort_by=arxiv.SortCriterion.SubmittedDate,
            sort_order=arxiv.SortOrder.Descending,
        )
        results: Iterator[arxiv.Result] = client.results(search)
        return results

    def get(self, url: str, headers: object) -> _Page:
        """One page; `headers` name the package, so they are not sent."""
        del headers
        return _Page(200, self._http.ask(url, partial(self._take, url), accept=FEED))

    def _take(self, url: str, chunks: Iterator[bytes]) -> bytes:
        content = body(shown(url), chunks)
        start = int(parse_qs(urlsplit(url).query).get("start", ["0"])[0])
        self.total, unreadable = check_feed(shown(url), content, start)
        self.unreadable += unreadable
        return content


def body(url: str, chunks: Iterator[bytes]) -> bytes:
    """A whole feed.

    Raises:
        Throttled: The words "Rate exceeded." in place of a feed.
        WorthWaiting: Nothing at all.
        FetchError: More than `MAX_FEED_BYTES`.
    """
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > MAX_FEED_BYTES:
            raise FetchError(url, f"the reply is larger than {MAX_FEED_BYTES} bytes")
    if b"rate exceeded" in content[:200].lower():
        raise Throttled(url, 'the host says "Rate exceeded."')
    if not content.strip():
        raise WorthWaiting(url, "the reply is empty")
    return bytes(content)


def check_feed(url: str, content: bytes, start: int) -> tuple[int, int]:
    """Check that a page of the API is a feed of papers.

    Returns:
        How many papers match in all, and how many entries of this page lack an id or
        a date.

    Raises:
        FetchError: An error entry; arXiv's own words are given.
        WorthWaiting: No feed, a cut one, or an empty page where there should be papers.
    """
    from lxml import etree

    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        is_html = re.search(
            rb"<(?:!doctype html|html)\b", content[:1000], re.IGNORECASE
        )
        what = "an HTML page" if is_html else "cut short, or no XML"
        raise WorthWaiting(url, f"the reply is {what}, not a feed") from error
    total = root.findtext("os:totalResults", namespaces=_NAMES)
    if root.tag != f"{{{_NAMES['atom']}}}feed" or total is None:
        raise WorthWaiting(url, "the reply is no feed of arXiv's API")
    entries = root.findall("atom:entry", _NAMES)
    unreadable = sum(not _is_whole(url, entry) for entry in entries)
    count = int(total) if total.strip().isdecimal() else 0
    if not entries and count > start:
        raise WorthWaiting(url, f"an empty page, though {count} papers match")
    return count, unreadable


def _is_whole(url: str, entry: etree._Element) -> bool:
    name, published, updated = (
        entry.findtext(f"atom:{tag}", "", _NAMES)
        for tag in ("id", "published", "updated")
    )
    if "/api/errors" in name:
        words = " ".join(entry.findtext("atom:summary", "", _NAMES).split())
        raise FetchError(url, f"arXiv refuses the request: {words[:200]}")
    try:
        for moment in filter(None, (published, updated)):
            # In the years 1 and 9999 a zone can lead out of what a date can be.
            datetime.fromisoformat(moment.strip().replace("Z", "+00:00")).astimezone(
                UTC
            )
    except (ValueError, OverflowError) as error:
        raise WorthWaiting(url, f"an entry with the date {moment[:40]!r}") from error
    return bool(name and published and updated)


# --------------------------------------------------------------------------------------
# arXiv as a source: papers of a topic, papers by id, and their PDFs.

BASE_URL = "https://export.arxiv.org"  # the host that arXiv keeps for programs
# As many ids make an address of 1.4 kB; servers refuse those of 8 kB.
IDS_PER_REQUEST = 100

_WITHDRAWN = re.compile(
    r"(?i)^(?:this|the) (?:paper|article|submission|manuscript|work|preprint) "
    r"(?:has been|is|was) withdrawn|^withdrawn\b"
)


class ArxivSource:
    """arXiv, over its API and its announcement feed."""

    name = "arxiv"
    live = True

    def __init__(
        self,
        http: Http,
        *,
        base_url: str = BASE_URL,
        rss_base_url: str = RSS_URL,
        page_size: int = 100,
        gap_s: float = 3.0,
        fetch: Callable[[Paper, str], Path] | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """Nothing is sent yet.

        Args:
            http: Shared with everything else that asks arXiv.
            base_url: The API is at `/api/query`, PDFs are at `/pdf/IDvN` below it.
            rss_base_url: Feeds are at `/rss/CATEGORIES` below it.
            page_size: Papers in one reply; the API gives up to 2,000.
            gap_s: Seconds between two requests, as `http` keeps them.
            fetch: Brings a paper's PDF from an address; `Downloader.fetch`.
            now: Another clock than the wall's, aware; it tells a stale feed.
        """
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._rss_base_url = rss_base_url.rstrip("/")
        self._page_size = page_size
        self.gap_s = gap_s
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
        return merge_answers(answers, max_papers)

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
            names = [wanted_id.spelled for wanted_id in chunk]
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
            FetchError: No whole PDF, after all tries; or the paper is not arXiv's,
                which is not asked then.
        """
        if parse_id(paper.versioned_id) is None:
            where = f"PDF of {paper.versioned_id}"
            reason = (
                "arXiv does not have it; give its source: samples, or the folder of its"
                " PDF"
            )
            raise FetchError(where, reason)
        if self._fetch is None:
            raise ValueError("this source was made without a way to fetch PDFs")
        return self._fetch(paper, f"{self._base_url}/pdf/{paper.versioned_id}")

    def quiet(self, since: datetime) -> Quiet | None:
        """Why arXiv cannot have announced anything since a moment, if that is so."""
        return expected_empty(since, self._now())

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
            excluded=count_reasons(excluded),
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
    named_first = [result.primary_category or "", *result.categories]
    categories = tuple(dict.fromkeys(filter(is_category, named_first)))
    return Paper(
        id=name.base,
        version=version,
        title=decode(result.title),
        authors=tuple(decode(author.name) for author in result.authors),
        abstract=decode(result.summary),
        comment=decode(result.comment or "") or None,
        journal_ref=decode(result.journal_ref or "") or None,
        doi=read_doi(result.doi or ""),
        primary_category=categories[0] if categories else "",
        categories=categories,
        published=result.published,
        updated=result.updated,
        abs_url=abs_url(name.base, version),
        pdf_url=pdf_url(name.base, version),
    )


def why_excluded(topic: Topic, paper: Paper) -> str:
    """Why a matching paper is left out; empty when it is not."""
    if reason := why_unwanted(topic, paper):
        return reason
    return "withdrawn" if _WITHDRAWN.match(paper.comment or "") else ""


def _parsed(text: str) -> ArxivId:
    name = parse_id(text)
    if name is None:
        raise ConfigError("arXiv id", f"{text!r} is not one, like 2401.11831v2")
    return name
