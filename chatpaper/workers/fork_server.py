"""Loaded by the server that forks workers, and by nothing else.

The server's socket stands in a folder that the program removes at its end. A program
that is killed cannot; the server notices, ends, and removes it then.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

assert sys.platform != "win32"  # Windows cannot fork, so nothing loads this there


def _listening() -> Iterator[Path]:
    """Where sockets of this process listen."""
    for entry in list(Path("/dev/fd").iterdir()):
        with contextlib.suppress(OSError):
            number = int(entry.name)
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            with socket.socket(fileno=os.dup(number)) as opened:
                where = opened.getsockname()
                if opened.family == socket.AF_UNIX and where:
                    yield Path(os.fsdecode(where))


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
        path.parent.rmdir()


with contextlib.suppress(OSError):
    for _path in _listening():
        atexit.register(_remove, _path)

# A service's stop reaches the whole group. What is being read then is read to its end;
# the server ends with the program that it serves.
signal.signal(signal.SIGTERM, signal.SIG_IGN)
