"""One call to a model's server: paced, asked again where waiting helps, named errors.

What every server has in common. What its own refusals mean stands beside its client.
"""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeVar

import httpx2

from chatpaper.errors import QuotaSpent, RequestRefused, SummaryError
from chatpaper.net import Pace, Patience, no_network, untrusted

log = logging.getLogger(__name__)

# A shorter key, such as `ollama`, is a word that a reply may have.
SECRET_CHARS = 16

Answer = TypeVar("Answer")
Retry = Literal[
    "later",  # waiting may help
    "never",  # this request fails, another may not
    "stop",  # every further request of this run fails as well
]

# As Google's SDK would wait (`HttpRetryOptions`), were its own retries on.
BACKOFF_S, LONGEST_WAIT_S = 1.0, 60.0
MOST_TOKENS = 10**7  # of one call; the longest contexts hold two million


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFailure:
    """One failed request.

    Attributes:
        retry: Whether asking again may help.
        reason: One sentence in English, without keys and without HTML.
        wait_s: How long the server wants us to wait, if it said so.
        shed: The server had no room: another tier may.
    """

    retry: Retry
    reason: str
    wait_s: float | None = None
    shed: bool = False


class _CallError(Exception):
    def __init__(self, failure: CallFailure) -> None:
        super().__init__(failure)
        self.failure = failure

    def __str__(self) -> str:
        return self.failure.reason


class Calls:
    """Calls to one server, from several threads at once.

    Args:
        failure_of: What an error means; None for one that is not the server's.
        tries: Requests for one answer, at most.
        max_wait_s: Seconds spent waiting between them, at most.
        requests_per_minute: Over all threads; 0 for no limit.
        sleep: Waits that many seconds.
        now: Monotonic seconds.
    """

    def __init__(
        self,
        failure_of: Callable[[Exception], CallFailure | None],
        *,
        tries: int,
        max_wait_s: float,
        requests_per_minute: float,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failure_of, self._sleep = failure_of, sleep
        self._patience = Patience(
            tries=tries,
            backoff_s=BACKOFF_S,
            longest_s=LONGEST_WAIT_S,
            max_wait_s=max_wait_s,
        )
        gap_s = 60 / requests_per_minute if requests_per_minute else 0.0
        self._pace = Pace(gap_s, now=now, sleep=sleep)
        self._stopped = ""

    def call(
        self, about: str, work: Callable[[], Answer], *, tries: int | None = None
    ) -> Answer:
        """Do some work that asks the server once.

        Args:
            about: Paper or job, for errors and logs.
            work: Asks once.
            tries: In place of the usual number; 1 for what must not happen twice.

        Raises:
            RequestRefused: It will not be answered, whenever it is asked again.
            SummaryError: No answer was to be had.
            QuotaSpent: Nor will there be one in this run; every later call raises it
                at once, without a request.
        """
        patience = self._patience
        if tries is not None:
            patience = replace(patience, tries=tries)
        try:
            return patience.retry(
                partial(self._guarded, about, work),
                is_passing=_is_passing,
                wait_s=_wait_s,
                sleep=self._sleep,
            )
        except _CallError as error:
            failure = error.failure
            if failure.retry == "stop":
                self._stopped = failure.reason
                raise QuotaSpent(about, failure.reason) from error.__cause__
            kind = RequestRefused if failure.retry == "never" else SummaryError
            raise kind(about, failure.reason) from error.__cause__

    def take_turn(self) -> None:
        """Wait for the turn of a request that `call` does not know of."""
        self._pace.wait()

    def _guarded(self, about: str, work: Callable[[], Answer]) -> Answer:
        if self._stopped:
            raise QuotaSpent(about, self._stopped)
        self._pace.wait()
        try:
            return work()
        except Exception as error:
            failure = self._failure_of(error)
            if failure is None:
                raise
            log.warning("call failed about=%s: %s", about, failure.reason)
            if failure.wait_s and failure.wait_s <= self._patience.max_wait_s:
                self._pace.hold(failure.wait_s)
            raise _CallError(failure) from error


def _is_passing(error: BaseException) -> bool:
    return isinstance(error, _CallError) and error.failure.retry == "later"


def _wait_s(error: BaseException, backoff_s: float) -> float:
    """The server's wish, if it has one."""
    wish_s = error.failure.wait_s if isinstance(error, _CallError) else None
    jitter_s = random.uniform(0, 0.25)  # noqa: S311 - no secret
    return backoff_s if wish_s is None else wish_s + jitter_s


# --------------------------------------------------------------------------------------
# What all servers' failures and replies have in common.


def connection_failure(error: httpx2.HTTPError) -> CallFailure:
    """What a broken exchange means."""
    if isinstance(error, httpx2.TimeoutException):
        reason = "the model did not answer in time"
        return CallFailure(retry="later", reason=reason, shed=True)
    if isinstance(error, httpx2.RequestError) and _has_request(error):
        url = error.request.url
        if reason := untrusted(error, url.host):
            return CallFailure(retry="stop", reason=reason)
        if words := no_network(error, str(url)):
            return CallFailure(retry="later", reason=f"no network: {words}")
        if isinstance(error, httpx2.ConnectError):
            reason = f"no connection to {url.netloc.decode('ascii', 'replace')}"
            return CallFailure(retry="later", reason=reason)
    kind = type(error).__name__
    return CallFailure(
        retry="later", reason=f"the connection to the model broke ({kind})"
    )


def _has_request(error: httpx2.RequestError) -> bool:
    """Whether an error knows its request: one of a body's coding does not."""
    try:
        return bool(error.request)
    except RuntimeError:
        return False


def without_key(text: str, key: str) -> str:
    """A reply without the key, which a server may echo."""
    return text.replace(key, "***") if len(key) >= SECRET_CHARS else text


def server_words(text: object, key: str) -> str:
    """The server's own words, short and plain; nothing when it sent a page."""
    words = str(text or "")
    if key:
        words = words.replace(key, "***")
    words = "".join(c if c.isprintable() else " " for c in words)
    words = " ".join(words.split())
    if not words or re.search(r"<[a-zA-Z!/]", words):
        return ""
    return f": {words[:160]}"


def believed(tokens: object) -> int | None:
    """A count that can be one; None for a negative or an absurd one, as if missing."""
    if tokens is None or not isinstance(tokens, int) or isinstance(tokens, bool):
        return None
    if 0 <= tokens <= MOST_TOKENS:
        return tokens
    log.warning("the model's server counts tokens beyond reason: ignored")
    return None


def plain_name(name: str) -> str:
    """A model's name as it may be stored and shown: printable, no surrogates."""
    return "".join(char for char in name if char.isprintable())[:100].strip()
