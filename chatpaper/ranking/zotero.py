"""The titles of a Zotero library, asked of its Web API.

A client of our own: pyzotero 1.16 excludes bibtexparser 2, which reads the files that
Zotero exports, so that nobody could install the two together.

Source:
    https://www.zotero.org/support/dev/web_api/v3/basics
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2

from chatpaper.errors import FetchError
from chatpaper.net import (
    BUSY,
    NO_KEEPALIVE,
    PASSING,
    Deadline,
    broken,
    first_bytes,
    open_client,
    retry_after_s,
    shown,
    untrusted,
    user_agent,
)
from chatpaper.text import one_line

PAGE = 100  # the most that the API gives
MAX_ITEMS = 20_000
MAX_BYTES = 20_000_000  # of a page
GAP_S = 0.5
TRIES = 3
MAX_WAIT_S = 60.0  # a library is not worth more of a night
EXCHANGE_FACTOR = 3
_BESIDE = {"attachment", "note", "annotation"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoteroTitles:
    """What a library holds.

    Attributes:
        version: Of the library, which changes with every change in it.
        titles: Each once, in the order of the service.
    """

    version: int
    titles: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Zotero:
    """One library.

    Attributes:
        library: `users/12345` or `groups/678`.
        key: Of the API; None for what everybody may read.
        base_url: Of the API.
        timeout_s: Longest silence.
        sleep: Waits; true when the wait was cut short, and nothing is asked any more.
        stopped: Whether the run is to end.
    """

    library: str
    key: str | None
    base_url: str
    timeout_s: float = 30.0
    sleep: Callable[[float], object] = time.sleep
    stopped: Callable[[], bool] = lambda: False
    _hold_s: float = 0.0

    def titles(self, known: ZoteroTitles | None = None) -> ZoteroTitles:
        """The titles now, or those that are known where nothing has changed.

        Raises:
            FetchError: The service does not answer, or refuses.
        """
        with open_client(timeout=self.timeout_s, limits=NO_KEEPALIVE) as client:
            found: dict[str, None] = {}
            version = 0
            for start in range(0, MAX_ITEMS, PAGE):
                since = known.version if known and not start else None
                headers, items = self._page(client, start, since)
                if items is None and known is not None:
                    return known
                if not start:
                    # A change between two pages shows in the next night's version.
                    version = _number(headers.get("last-modified-version"))
                found |= dict.fromkeys(_titles(items or ()))
                total = headers.get("total-results")
                if not items or (total and start + PAGE >= _number(total)):
                    break
            return ZoteroTitles(version=version, titles=tuple(found))

    def _page(
        self, client: httpx2.Client, start: int, since: int | None
    ) -> tuple[httpx2.Headers, list[Any] | None]:
        """A page of items; None in their place when nothing has changed since."""
        # The addresses are our own, so that no reply leads the key elsewhere.
        url = f"{self.base_url.rstrip('/')}/{self.library}/items/top"
        asked: dict[str, str | int] = {
            "format": "json",
            "limit": PAGE,
            "start": start,
            "sort": "dateAdded",
        }
        headers = {"Zotero-API-Version": "3", "User-Agent": user_agent("")}
        headers |= {"Zotero-API-Key": self.key} if self.key else {}
        headers |= {} if since is None else {"If-Modified-Since-Version": str(since)}
        waited_s = 0.0
        for nth in range(1, TRIES + 1):
            self._rest()
            try:
                request = client.build_request(
                    "GET", url, params=asked, headers=headers
                )
                status, got, body = self._ask(client, request)
            except FetchError:
                if nth == TRIES or self.stopped():
                    raise
                self._hold_s = GAP_S * 4**nth
                continue
            self._hold_s = max(GAP_S, _number(got.get("backoff")))
            if status == httpx2.codes.NOT_MODIFIED and since is not None:
                return got, None
            if status == httpx2.codes.OK:
                return got, _items(body, url)
            wish_s = retry_after_s(got)
            self._hold_s = max(
                self._hold_s, GAP_S * 4**nth if wish_s is None else wish_s
            )
            waited_s += self._hold_s
            passing = status in BUSY | PASSING
            if not passing or nth == TRIES or waited_s > MAX_WAIT_S:
                raise FetchError(shown(url), self._refusal(status), status, wish_s)
        raise AssertionError("unreachable")  # pragma: no cover - the last try raises

    def _rest(self) -> None:
        if self._hold_s > MAX_WAIT_S:
            reason = f"the service asks for a pause of {self._hold_s:.0f} s"
            raise FetchError(self.base_url, reason)
        if self._hold_s and self.sleep(self._hold_s) is True:
            raise FetchError(self.base_url, "the run ended before its turn")

    def _ask(
        self, client: httpx2.Client, request: httpx2.Request
    ) -> tuple[int, httpx2.Headers, bytes]:
        url = shown(str(request.url))
        longest_s = EXCHANGE_FACTOR * self.timeout_s
        with Deadline(request, longest_s, stopped=self.stopped) as deadline:
            try:
                response = client.send(request, stream=True)
                body = first_bytes(response, MAX_BYTES)
            except httpx2.HTTPError as error:
                reason = untrusted(error, request.url.host)
                raise FetchError(
                    url, reason or broken(error, self.timeout_s)
                ) from error
        if deadline.passed:
            raise FetchError(url, f"no whole answer within {longest_s:g} s")
        if len(body) > MAX_BYTES:
            raise FetchError(url, f"a page of over {MAX_BYTES // 10**6} MB")
        return response.status_code, response.headers, body

    def _refusal(self, status: int) -> str:
        """Why nothing comes, and the way out."""
        if status in (401, 403):
            if self.key:
                return f"ZOTERO_API_KEY may not read {self.library} (HTTP {status})"
            return f"{self.library} is not public: set ZOTERO_API_KEY (HTTP {status})"
        if status == httpx2.codes.NOT_FOUND:
            return f"no such library: {self.library} (HTTP 404)"
        return f"HTTP {status}"


def _items(body: bytes, url: str) -> list[Any]:
    try:
        items = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FetchError(shown(url), "the answer is not JSON") from error
    if not isinstance(items, list):
        raise FetchError(shown(url), "the answer is not a list of items")
    return items


def _titles(items: Iterable[Any]) -> Iterator[str]:
    """Titles of papers: no notes, no files, nothing in the trash."""
    for item in items:
        data = item.get("data") if isinstance(item, dict) else None
        if not isinstance(data, dict) or data.get("itemType") in _BESIDE:
            continue
        title = data.get("title")
        if isinstance(title, str) and not data.get("deleted") and one_line(title):
            yield one_line(title)


def _number(text: str | None) -> int:
    """A number of a header, rounded up; 0 for any other word."""
    try:
        number = float(text or 0)
    except ValueError:
        return 0
    return math.ceil(min(number, 1e9)) if number > 0 else 0
