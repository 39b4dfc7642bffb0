"""Servers of HTTP that write nothing to a test's output."""

from __future__ import annotations

from http.server import ThreadingHTTPServer


class SilentServer(ThreadingHTTPServer):
    """A thread for each connection; many may wait."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up early are part of the tests."""


class Silent:
    """A handler of requests that does not log them; stands before the other class."""

    def log_message(self, *words: object) -> None:
        """Stay silent."""
