"""How fast one host may be asked: from one request to the next, and one at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from chatpaper.errors import FetchError


class Pace:
    """The requests of one host, spread evenly over all threads that ask it.

    arXiv asks for at most one request in three seconds over one connection, for
    its API, feeds and PDFs together: one `Pace` serves all of them, by `turn`. A
    model takes requests side by side, so many a minute: they start by `wait`.

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
                request may not start.
        """
        self.gap_s = gap_s
        self.now = now
        self._sleep = sleep
        self._turn = Lock()
        self._state = Lock()
        self._earliest_s = float("-inf")
        self._refusal: FetchError | None = None

    def wait(self) -> None:
        """Return when the next request may start; the one behind it waits a gap more.

        Raises:
            FetchError: The one that `stop` was given, or the sleep was cut short.
        """
        with self._state:
            if self._refusal is not None:
                raise self._refusal
            start_s = max(self.now(), self._earliest_s)
            self._earliest_s = start_s + self.gap_s
            wait_s = start_s - self.now()
        if wait_s > 0 and self._sleep(wait_s) is True:
            raise FetchError("no address", "the run ended before its turn")

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the next request's start, and keep everybody else out until it ends.

        Raises:
            FetchError: As for `wait`.
        """
        with self._turn:
            self.wait()
            yield

    def hold(self, seconds: float) -> None:
        """Start no request before this many seconds from now."""
        with self._state:
            self._earliest_s = max(self._earliest_s, self.now() + seconds)

    def stop(self, refusal: FetchError) -> None:
        """Start no request ever again: the host does not want us."""
        self._refusal = refusal
