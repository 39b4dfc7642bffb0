"""Loaded by the server that forks workers, and by nothing else.

The server's socket stands in a folder that the program removes at its end. A program
that is killed cannot; the server notices, ends, and removes it then.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path


def _listening() -> Iterator[Path]:
    """Where sockets of this process listen."""
    for name in list(Path("/dev/fd").iterdir()):
        with (
            contextlib.suppress(OSError),
            socket.socket(fileno=os.dup(int(name.name))) as opened,
        ):
            where = opened.getsockname()
            if opened.family == socket.AF_UNIX and isinstance(where, str) and where:
                yield Path(where)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
        path.parent.rmdir()


with contextlib.suppress(OSError):
    for _path in _listening():
        atexit.register(_remove, _path)
