"""Pages of arXiv's API, read through the `arxiv` package.

The package writes the requests, pages and reads the entries. What it would take for
"no papers" (throttling in an HTTP 200, an HTML page, an error entry, an empty or cut
page) is looked at here first, and is a named error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urlsplit

from chatpaper._http import Http, WorthWaiting, shown
from chatpaper.errors import FetchError, Throttled

if TYPE_CHECKING:
    import arxiv  # type: ignore[import-untyped]
    from lxml import etree

MAX_RESULTS = 30_000  # the API refuses more for one query
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
        """One page; `headers` would name the package, and we name ourselves."""
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
    """See that a page of the API is what it should be.

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
            datetime.fromisoformat(moment.strip().replace("Z", "+00:00"))
    except ValueError as error:
        raise WorthWaiting(url, f"an entry with the date {moment[:40]!r}") from error
    return bool(name and published and updated)
