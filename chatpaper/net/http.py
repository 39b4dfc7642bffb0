"""Requests to one host: paced, bounded, retried where waiting cures, named errors."""

from __future__ import annotations

import errno
import math
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Self, TypeVar

import httpx2

import chatpaper
from chatpaper.errors import FetchError, Throttled
from chatpaper.net.deadline import NO_KEEPALIVE, Deadline
from chatpaper.net.pace import Pace
from chatpaper.net.retry import BUSY, PASSING, Patience
from chatpaper.net.surroundings import open_client, untrusted
from chatpaper.text import one_line

T = TypeVar("T")

# 406 is arXiv's edge asking for patience, not a matter of the Accept header.
THROTTLED = BUSY | {406}
ARXIV = ".arxiv.org"
MAX_HOPS = 3  # redirects; a longer chain is a loop
# Doubled from 5 s this is the sixth wait; a host that needs longer says so.
LONGEST_WAIT_S = 120.0
# A host that wishes for more means nothing by it, and some numbers cannot be waited.
LONGEST_WISH_S = 31 * 86_400.0
UNREACHABLE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN)
# A whole PDF over a slow line takes longer than any one silence in it.
EXCHANGE_FACTOR = 10


class WorthWaiting(FetchError):
    """A failure that a later try may not meet; it is retried, within bounds."""


class NoConnection(WorthWaiting):
    """The host takes no connection; it was asked nothing."""


class NoNetwork(NoConnection):
    """The host cannot be reached from here; other hosts most likely neither."""


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
        unconnected_s: float = math.inf,
        stopped: Callable[[], bool] = lambda: False,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """Nothing is sent yet.

        Args:
            pace: The host's turns, shared with whoever else asks it.
            contact: Mail address or page, sent to the host in the User-Agent.
            timeout_s: Longest silence of the host; a whole exchange, from connecting to
                the last byte, may take ten times it.
            tries: Requests for one thing, at most.
            backoff_s: First wait after a failure; doubled each time, and three times
                as long when the host asks for patience without saying how much.
            max_wait_s: Seconds after which one thing is not asked for again, whether
                they went by in waits or in slow replies. A host that asks for more is
                not asked again for this thing; for the next one after as long, and
                never again when it then says the same.
            unconnected_s: The same for a host that takes no connection at all.
            stopped: Whether the run is to end, and an exchange under way with it.
            transport: Carries the requests; by default the network does.
        """
        self._pace = pace
        self._timeout_s = timeout_s
        self._exchange_s = EXCHANGE_FACTOR * timeout_s
        self._max_wait_s = max_wait_s
        self._unconnected_s = unconnected_s
        self._offline = False
        self._long_wishes = 0
        self._stopped = stopped
        self._patience = Patience(
            tries=tries,
            backoff_s=backoff_s,
            longest_s=LONGEST_WAIT_S,
            max_wait_s=max_wait_s,
        )
        self._client = open_client(
            headers={"User-Agent": user_agent(contact)},
            timeout=timeout_s,
            limits=NO_KEEPALIVE,
            # Of no host, so that none is kept or sent.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
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
        began_s = self._pace.now()

        def is_passing(error: BaseException) -> bool:
            went_by_s = self._pace.now() - began_s
            if isinstance(error, NoConnection):
                # The next try comes after a wait.
                next_s = went_by_s + self._patience.backoff_s
                if next_s > self._unconnected_s:
                    return False
            return _is_worth_waiting(error) and went_by_s <= self._max_wait_s

        # A network that did not come back while one thing was waited for is not waited
        # for again by every other.
        patience = replace(self._patience, tries=1) if self._offline else self._patience
        try:
            answer = patience.retry(
                partial(self._ask_once, url, take, headers),
                is_passing=is_passing,
                wait_s=_wait_s,
                # The next turn sleeps, so that no other request goes out meanwhile.
                sleep=self._pace.hold,
            )
        except FetchError as error:
            self._offline = isinstance(error, NoNetwork)
            raise
        self._offline = False
        self._long_wishes = 0
        return answer

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
            with self._pace.turn(), self._reply(request) as (response, deadline):
                if response.next_request is None:
                    if response.status_code != httpx2.codes.OK:
                        raise self._refusal(response)
                    return take(self._chunks(response, deadline))
                _refuse_to_leave(request.url, response.next_request.url)
                request = response.next_request
        raise FetchError(shown(url), f"more than {MAX_HOPS} redirects")

    @contextmanager
    def _reply(
        self, request: httpx2.Request
    ) -> Iterator[tuple[httpx2.Response, Deadline]]:
        with Deadline(request, self._exchange_s, stopped=self._stopped) as deadline:
            try:
                try:
                    response = self._client.send(request, stream=True)
                finally:
                    # The gap counts from now, when the host has seen the request.
                    self._pace.hold(self._pace.gap_s)
                with closing(response):
                    yield response, deadline
            except httpx2.HTTPError as error:
                url = shown(str(request.url))
                if deadline.passed:
                    raise self._cut_off(url) from error
                raise self._ours(error, url) from error

    def _ours(self, error: httpx2.HTTPError, url: str) -> FetchError:
        if reason := untrusted(error, httpx2.URL(url).host):
            return FetchError(url, reason)
        if words := no_network(error, url):
            return NoNetwork(url, f"no network: {words}; `chatpaper doctor` tells more")
        unconnected = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
        kind = NoConnection if unconnected else WorthWaiting
        return kind(url, broken(error, self._timeout_s))

    def _cut_off(self, url: str) -> FetchError:
        if self._stopped():
            return FetchError(url, "the run ended before its reply")
        return WorthWaiting(url, f"the reply took over {self._exchange_s:g} s")

    def _chunks(self, response: httpx2.Response, deadline: Deadline) -> Iterator[bytes]:
        yield from response.iter_bytes()
        # A body of no declared length ends well when its connection is cut.
        if deadline.passed:
            raise self._cut_off(shown(str(response.url)))

    def _refusal(self, response: httpx2.Response) -> FetchError:
        url, status = shown(str(response.url)), response.status_code
        if status == httpx2.codes.FORBIDDEN:
            refused = Throttled(url, "the host refuses us (HTTP 403): stopped", status)
            self._pace.stop(refused)
            return refused
        after_s = retry_after_s(response.headers)
        if status in THROTTLED:
            wish = "" if after_s is None else f", for {after_s:.0f} s"
            # Longer than that nothing of ours waits, and the next thing is asked for.
            self._pace.hold(min(after_s or 0.0, self._max_wait_s))
            reason = f"the host asks for patience (HTTP {status}{wish})"
            throttled = Throttled(url, reason, status, after_s)
            self._long_wishes += (after_s or 0.0) > self._max_wait_s
            if self._long_wishes > 1:
                self._pace.stop(throttled)
            return throttled
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
    """Seconds a reply asks to wait; a date is read against the reply's own clock.

    None for what is neither seconds nor a date; never more than `LONGEST_WISH_S`.
    """
    wish = headers.get("retry-after", "").strip()
    if re.fullmatch("[0-9]+", wish):
        return min(float(wish), LONGEST_WISH_S)
    try:
        when = parsedate_to_datetime(wish)
        date = headers.get("date")
        now = parsedate_to_datetime(date) if date else datetime.now(UTC)
        wait_s = (when - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(0.0, wait_s), LONGEST_WISH_S)


def shown(url: str) -> str:
    """An address as it may be shown: without a user's name and password, or a query."""
    try:
        address = httpx2.URL(url).copy_with(userinfo=b"")
    except httpx2.InvalidURL:
        return "an address that cannot be read"
    return str(address.copy_with(query=b"...") if address.query else address)


def no_network(error: BaseException, url: str) -> str:
    """Why there is no way to a host at all; empty when that is not what went wrong."""
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return f"{httpx2.URL(url).host} has no address"
        if isinstance(cause, OSError) and cause.errno in UNREACHABLE:
            return f"there is no way to {httpx2.URL(url).host}"
    return ""


def connection_refused(error: BaseException) -> bool:
    """Whether the host is there, and nothing listens at that port."""
    return any(isinstance(cause, ConnectionRefusedError) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def broken(error: httpx2.HTTPError, timeout_s: float) -> str:
    """What went wrong with an exchange, in a few words."""
    if isinstance(error, httpx2.ConnectTimeout):
        return f"no connection within {timeout_s:g} s"
    if isinstance(error, httpx2.TimeoutException):
        return f"no answer within {timeout_s:g} s"
    words = " ".join(str(error).split()) or type(error).__name__
    return f"the connection failed: {words}"


def first_bytes(response: httpx2.Response, most: int) -> bytes:
    """The whole body, or of a longer one somewhat more than `most` bytes; closes it."""
    with closing(response):
        body = b""
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > most:
                break
        return body


def _is_web_address(url: str) -> bool:
    try:
        address = httpx2.URL(url)
    except httpx2.InvalidURL:
        return False
    return address.scheme in ("http", "https") and bool(address.host)


def _refuse_to_leave(here: httpx2.URL, there: httpx2.URL) -> None:
    """Let a redirect lead only to the same host or among arXiv's, not to plain HTTP."""
    among_arxiv = all(f".{url.host}".endswith(ARXIV) for url in (here, there))
    is_same = here.host == there.host or among_arxiv
    if not is_same or there.scheme not in (here.scheme, "https"):
        where = shown(str(there.copy_with(path="/", query=None, fragment=None)))
        raise FetchError(shown(str(here)), f"refused to be sent away, to {where}")


def _first_words(response: httpx2.Response) -> str:
    """What the host says of a bad request, short and without markup."""
    text = next(response.iter_text(4096), "")
    summary = re.search(r"<summary[^>]*>(.*?)</summary>", text, re.DOTALL)
    words = one_line(re.sub(r"<[^>]*>", " ", summary[1] if summary else text))
    return f": {words[:200]}" if words else ""


def _is_worth_waiting(error: BaseException) -> bool:
    if isinstance(error, Throttled):
        return error.status != httpx2.codes.FORBIDDEN
    return isinstance(error, WorthWaiting)


def _wait_s(error: BaseException, backoff_s: float) -> float:
    """The host's wish; longer than usual when it asks for patience but not how much."""
    if isinstance(error, FetchError) and error.retry_after_s is not None:
        return error.retry_after_s
    return 3 * backoff_s if isinstance(error, Throttled) else backoff_s
