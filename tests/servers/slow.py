"""A host that is slow in one phase of an exchange, byte by byte, and never ends it."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

GAP_S = 0.01
HEAD = b"HTTP/1.1 200 OK\r\n"
# What is sent at once, and what then comes for ever, a byte at a time.
PHASES = {
    "status line": (b"", b"H"),
    "headers": (HEAD + b"X-Drip: ", b"x"),
    "many headers": (HEAD, b"X-A: b\r\n"),
    "interim replies": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "body": (HEAD + b"Content-Length: 999999\r\n\r\n", b"x"),
    "body without a length": (HEAD + b"Connection: close\r\n\r\n", b"x"),
    "body in chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    # A record of the handshake, 16 kB long by its head.
    "TLS handshake": (b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", b"\x00"),
}


@contextmanager
def slow_host(phase: str) -> Iterator[int]:
    """The port of a host on loopback that is slow in one of the `PHASES`."""
    ended = threading.Event()
    at_once, forever = PHASES[phase]

    def answer(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65_536)
            connection.sendall(at_once)
            for byte in itertools.cycle(forever):
                if ended.wait(GAP_S):
                    break
                connection.sendall(bytes([byte]))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        try:
            yield server.getsockname()[1]
        finally:
            ended.set()
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
