"""Requests per minute, shared by all threads that ask one model."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


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
