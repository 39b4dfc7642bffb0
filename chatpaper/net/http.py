"""Requests to one host: paced, bounded, retried where waiting cures, named errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

import httpx2

import chatpaper
from chatpaper.errors import FetchError, Throttled
from chatpaper.net.pace import Pace
from chatpaper.net.retry import BUSY, PASSING, Patience
from chatpaper.net.surroundings import open_client, untrusted

T = TypeVar("T")

# 406 is arXiv's edge asking for patience, not a matter of the Accept header.
THROTTLED = BUSY | {406}
MAX_HOPS = 3  # redirects; a longer chain is a loop
# Doubled from 5 s this is the sixth wait; a host that needs longer says so.
LONGEST_WAIT_S = 120.0


class WorthWaiting(FetchError):
    """A failure that a later try may not meet; it is retried, within bounds."""


class Http:
    """One connection to one host: paced, retried, with our name in every request."""

    def __init__(
        self,
        pace: Pace,
        *,
        contact: str = "",
        timeout_s: float = 30.0,
        tries: int = 5,
        backoff_s: float = 5.0,
        max_wait_s: float = 300.0,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """Nothing is sent yet.

        Args:
            pace: The host's turns, shared with whoever else asks it.
            contact: Mail address or page, sent to the host in the User-Agent.
            timeout_s: Longest silence of the host; a whole reply may take ten times it.
            tries: Requests for one thing, at most.
            backoff_s: First wait after a failure; doubled each time, and three times
                as long when the host asks for patience without saying how much.
            max_wait_s: Seconds of waiting for one thing, all its tries together; a
                host that asks for more is not asked again.
            transport: Carries the requests; by default the network does.
        """
        self._pace = pace
        self._timeout_s = timeout_s
        self._patience = Patience(
            tries=tries,
            backoff_s=backoff_s,
            longest_s=LONGEST_WAIT_S,
            max_wait_s=max_wait_s,
        )
        self._client = open_client(
            headers={"User-Agent": user_agent(contact)},
            timeout=timeout_s,
            limits=httpx2.Limits(max_connections=1),
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def ask(
        self,
        url: str,
        take: Callable[[Iterator[bytes]], T],
        *,
        accept: str,
        encoding: str = "gzip, deflate",
    ) -> T:
        """Fetch one address and make something of its body.

        Args:
            url: http(s) address.
            take: Reads the body; raises `WorthWaiting` for a body that a later try
                may better, any other `FetchError` for one that is bad for good.
            accept: Accept header.
            encoding: Accept-Encoding header.

        Returns:
            What `take` returned.

        Raises:
            Throttled: The host asks to slow down, after all tries, or to stop (403),
                at once and for every later request of this pace.
            FetchError: Anything else, after all tries where waiting may cure it.
        """
        headers = {"Accept": accept, "Accept-Encoding": encoding}
        return self._patience.retry(
            partial(self._ask_once, url, take, headers),
            is_passing=_is_worth_waiting,
            wait_s=_wait_s,
            # The next turn sleeps, so that no other request goes out meanwhile.
            sleep=self._pace.hold,
        )

    def _ask_once(
        self,
        url: str,
        take: Callable[[Iterator[bytes]], T],
        headers: dict[str, str],
    ) -> T:
        if not _is_web_address(url):
            raise FetchError(shown(url), "not an http(s) address")
        request = self._client.build_request("GET", url, headers=headers)
        for _ in range(MAX_HOPS + 1):
            with self._pace.turn(), self._reply(request) as response:
                if response.next_request is None:
                    if response.status_code != httpx2.codes.OK:
                        raise self._refusal(response)
                    return take(self._chunks(response))
                request = response.next_request
        raise FetchError(shown(url), f"more than {MAX_HOPS} redirects")

    @contextmanager
    def _reply(self, request: httpx2.Request) -> Iterator[httpx2.Response]:
        try:
            try:
                response = self._client.send(request, stream=True)
            finally:
                # The gap counts from now, when the host has seen the request.
                self._pace.hold(self._pace.gap_s)
            with closing(response):
                yield response
        except httpx2.HTTPError as error:
            raise self._ours(error, shown(str(request.url))) from error

    def _ours(self, error: httpx2.HTTPError, url: str) -> FetchError:
        if reason := untrusted(error, httpx2.URL(url).host):
            return FetchError(url, reason)
        if isinstance(error, httpx2.TimeoutException):
            return WorthWaiting(url, f"no answer within {self._timeout_s:g} s")
        words = " ".join(str(error).split()) or type(error).__name__
        return WorthWaiting(url, f"the connection failed: {words}")

    def _chunks(self, response: httpx2.Response) -> Iterator[bytes]:
        deadline_s = self._pace.now() + 10 * self._timeout_s
        for chunk in response.iter_bytes():
            yield chunk
            if self._pace.now() > deadline_s:
                seconds = 10 * self._timeout_s
                raise WorthWaiting(
                    shown(str(response.url)), f"the reply took over {seconds:.0f} s"
                )

    def _refusal(self, response: httpx2.Response) -> FetchError:
        url, status = shown(str(response.url)), response.status_code
        if status == httpx2.codes.FORBIDDEN:
            refused = Throttled(url, "the host refuses us (HTTP 403): stopped", status)
            self._pace.stop(refused)
            return refused
        after_s = retry_after_s(response.headers)
        if status in THROTTLED:
            wish = "" if after_s is None else f", for {after_s:.0f} s"
            self._pace.hold(after_s or 0.0)
            reason = f"the host asks for patience (HTTP {status}{wish})"
            return Throttled(url, reason, status, after_s)
        kind = WorthWaiting if status in PASSING else FetchError
        words = _first_words(response) if status == httpx2.codes.BAD_REQUEST else ""
        return kind(url, f"HTTP {status}{words}", status, after_s)


def user_agent(contact: str) -> str:
    """Our name, version and contact, if one is set; always a legal header."""
    words = " ".join(contact.encode("ascii", "ignore").decode().split())
    plain = "".join(c for c in words if c.isprintable() and c not in "()")
    name = f"chatpaper/{chatpaper.__version__}"
    return f"{name} ({plain})" if plain else name


def retry_after_s(headers: httpx2.Headers) -> float | None:
    """Seconds a reply asks to wait; a date is read against the reply's own clock."""
    wish = headers.get("retry-after", "").strip()
    if wish.isdecimal():
        return float(wish)
    try:
        when = parsedate_to_datetime(wish)
        date = headers.get("date")
        now = parsedate_to_datetime(date) if date else datetime.now(UTC)
        return max(0.0, (when - now).total_seconds())
    except (ValueError, TypeError):
        return None


def shown(url: str) -> str:
    """An address as it may be shown: without a user's name and password."""
    try:
        return str(httpx2.URL(url).copy_with(userinfo=b""))
    except httpx2.InvalidURL:
        return "an address that cannot be read"


def _is_web_address(url: str) -> bool:
    try:
        address = httpx2.URL(url)
    except httpx2.InvalidURL:
        return False
    return address.scheme in ("http", "https") and bool(address.host)


def _first_words(response: httpx2.Response) -> str:
    """What the host says of a bad request, short and without markup."""
    text = next(response.iter_text(4096), "")
    summary = re.search(r"<summary[^>]*>(.*?)</summary>", text, re.DOTALL)
    words = re.sub(r"<[^>]*>", " ", summary[1] if summary else text).split()
    return f": {' '.join(words)[:200]}" if words else ""


def _is_worth_waiting(error: BaseException) -> bool:
    if isinstance(error, Throttled):
        return error.status != httpx2.codes.FORBIDDEN
    return isinstance(error, WorthWaiting)


def _wait_s(error: BaseException, backoff_s: float) -> float:
    """The host's wish; longer than usual when it asks for patience but not how much."""
    if isinstance(error, FetchError) and error.retry_after_s is not None:
        return error.retry_after_s
    return 3 * backoff_s if isinstance(error, Throttled) else backoff_s
