"""One deadline over a whole exchange: connect, TLS, headers and body together."""

from __future__ import annotations

import contextlib
import logging
import math
import socket
import time
from collections.abc import Callable, Mapping
from threading import Event, Lock, Thread
from typing import Any, Self

import httpx2

log = logging.getLogger(__name__)

# Whoever watches is told by then that there is no connection: a name server that does
# not answer is asked for longer than that, and a host that drops packets too.
SLOW_S = 8.0
LOOK_S = 0.2  # how often it is looked whether an exchange is still wanted
# What happens last in an exchange: a reply is read, or no connection came about.
ENDS = ("response_closed.complete", "connect_tcp.failed", "start_tls.failed")
# For clients whose exchanges have a deadline: a connection that is used again is one
# that `Deadline` has not seen being made.
NO_KEEPALIVE = httpx2.Limits(max_keepalive_connections=0)
# Of the longest silence: a model's reply comes at once, when it comes.
REPLY_FACTOR = 3


class Deadline:
    """Cuts one request's connection when its time is up, whatever it is doing.

    The client's own timeouts are of one read each: a host that sends a byte a second
    never meets them. Use it as a context manager around the exchange, with a client
    that has `NO_KEEPALIVE`; what then fails, or seems to end well, has been cut when
    `passed` is true. Looking up the host's name is the resolver's own affair.

    Source:
        https://www.python-httpx.org/advanced/extensions/#trace
    """

    def __init__(
        self,
        request: httpx2.Request,
        seconds: float,
        *,
        slow_s: float = SLOW_S,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        """The time begins now.

        Args:
            request: Not sent yet.
            seconds: For the exchange, from now.
            slow_s: After so many it is said that there is no connection.
            stopped: Whether the exchange should end before its time.
        """
        self.passed = False
        self._host = request.url.host
        self._seconds, self._slow_s = seconds, slow_s
        self._stopped = stopped
        self._lock = Lock()
        self._over = Event()
        self._connected = False
        self._connection: socket.socket | None = None
        request.extensions["trace"] = self._trace
        Thread(target=self._watch, name="deadline", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """The exchange is over."""
        self._over.set()
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("connect_tcp.complete"):
            made: socket.socket = info["return_value"].get_extra_info("socket")
            with self._lock:
                self._connected = True
                # TLS takes the socket itself away.
                self._connection = made.dup()
            if self.passed:
                self._cut()
        elif event.endswith(ENDS):
            self.end()

    def _watch(self) -> None:
        start_s, slow_s = time.monotonic(), self._slow_s
        left_s = self._seconds
        while not self._over.wait(min(LOOK_S, max(0.0, left_s))):
            after_s = time.monotonic() - start_s
            left_s = self._seconds - after_s
            if after_s >= slow_s and not self._connected:
                log.warning("no connection yet host=%s after_s=%g", self._host, slow_s)
                slow_s = math.inf
            if left_s <= 0 or self._stopped():
                self._cut()
                return

    def _cut(self) -> None:
        self.passed = True
        with self._lock, contextlib.suppress(OSError):
            if self._connection is not None:
                # Whoever reads from the connection wakes up; closing would not do that.
                self._connection.shutdown(socket.SHUT_RDWR)


def bound_exchange(request: httpx2.Request) -> None:
    """Give a request the deadline that its own timeout asks for; a hook of clients."""
    silence_s = request.extensions.get("timeout", {}).get("read")
    if silence_s:
        Deadline(request, REPLY_FACTOR * silence_s)
