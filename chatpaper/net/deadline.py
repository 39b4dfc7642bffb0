"""One deadline over a whole exchange: connect, TLS, headers and body together."""

from __future__ import annotations

import contextlib
import logging
import socket
from collections.abc import Mapping
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

import httpx2

log = logging.getLogger(__name__)

# Whoever watches is told by then that there is no connection: a name server that does
# not answer is asked for longer than that, and a host that drops packets too.
SLOW_S = 8.0
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
        self, request: httpx2.Request, seconds: float, *, slow_s: float = SLOW_S
    ) -> None:
        """The time begins now.

        Args:
            request: Not sent yet.
            seconds: For the exchange, from now.
            slow_s: After so many it is said that there is no connection.
        """
        self.passed = False
        self._host = request.url.host
        self._seconds, self._slow_s = seconds, min(slow_s, seconds)
        self._lock = Lock()
        self._over = Event()
        self._connected = False
        self._connection: socket.socket | None = None
        request.extensions["trace"] = self._trace
        Thread(target=self._watch, name="deadline", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
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
        elif event.endswith("response_closed.complete"):
            self.end()

    def _watch(self) -> None:
        if self._over.wait(self._slow_s):
            return
        if not self._connected:
            log.warning(
                "no connection yet host=%s after_s=%g", self._host, self._slow_s
            )
        if not self._over.wait(self._seconds - self._slow_s):
            self._cut()

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
