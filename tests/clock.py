"""A clock for what waits, so that no test does."""

from __future__ import annotations

import threading


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.naps: list[float] = []
        self.lock = threading.Lock()

    def now(self) -> float:
        """Seconds since the beginning."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let them pass; a thread at a time."""
        with self.lock:
            self.naps.append(seconds)
            self.seconds += seconds
