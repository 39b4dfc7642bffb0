"""How fast one host may be asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from chatpaper.errors import FetchError

# --------------------------------------------------------------------------------------
# How fast one host may be asked: one request at a time, and a gap between them.


class Pace:
    """The turns of one host, shared by everything that asks it, in any thread.

    arXiv asks for at most one request in three seconds over one connection, for
    its API, feeds and PDFs together, so one `Pace` serves all of them.

    Source:
        https://info.arxiv.org/help/api/tou.html
    """

    def __init__(
        self,
        gap_s: float,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Nothing waits yet.

        Args:
            gap_s: From one request to the next.
            now: Monotonic seconds.
            sleep: A sleep that returns True was cut short, as `Event.wait` is, and the
                turn is not given.
        """
        self.gap_s = gap_s
        self.now = now
        self._sleep = sleep
        self._turn = Lock()
        self._state = Lock()
        self._earliest_s = float("-inf")
        self._refusal: FetchError | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for this host's next turn, and keep everybody else out of it.

        Raises:
            FetchError: The one that `stop` was given, or the sleep was cut short.
        """
        with self._turn:
            self._raise_if_stopped()
            wait_s = self._earliest_s - self.now()
            if wait_s > 0 and self._sleep(wait_s) is True:
                raise FetchError("no address", "the run ended before its turn")
            yield

    def hold(self, seconds: float) -> None:
        """Start no turn before this many seconds from now."""
        with self._state:
            self._earliest_s = max(self._earliest_s, self.now() + seconds)

    def stop(self, refusal: FetchError) -> None:
        """Start no turn ever again: the host does not want us."""
        self._refusal = refusal

    def _raise_if_stopped(self) -> None:
        if self._refusal is not None:
            raise self._refusal


# --------------------------------------------------------------------------------------
# Requests per minute, shared by all threads that ask one model.


class RequestPace:
    """Spreads requests evenly; a server's wish to wait holds every thread back.

    Args:
        per_minute: Requests a minute at most; 0 for no limit.
        now: Monotonic seconds.
        sleep: Waits that many seconds.
    """

    def __init__(
        self,
        per_minute: float = 0,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap_s = 60 / per_minute if per_minute else 0.0
        self._now, self._sleep = now, sleep
        self._lock = threading.Lock()
        self._next = now()

    def wait(self) -> None:
        """Return when the next request may start."""
        with self._lock:
            start = max(self._now(), self._next)
            self._next = start + self._gap_s
            delay_s = start - self._now()
        if delay_s > 0:
            self._sleep(delay_s)

    def hold(self, delay_s: float) -> None:
        """Let no request start before so many seconds have passed."""
        with self._lock:
            self._next = max(self._next, self._now() + delay_s)
