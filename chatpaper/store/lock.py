"""One run at a time: a lock file that says who holds it."""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from chatpaper.errors import StoreError

log = logging.getLogger(__name__)


@contextmanager
def only_run(
    directory: Path,
    *,
    wait_s: float,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Hold the lock of a storage folder; the system frees it however we end.

    Args:
        directory: The storage folder.
        wait_s: How long to wait for another run.
        now: Monotonic clock, in seconds.
        sleep: Waits so many seconds.

    Raises:
        StoreError: Another run holds it for longer; says which.
    """
    path = directory / "lock"
    descriptor = _open(path)
    try:
        _wait(descriptor, path, now() + wait_s, now, sleep)
        holder = f"pid {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n"
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, holder.encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(str(path), error.strerror or str(error)) from error


def _wait(
    descriptor: int,
    path: Path,
    deadline: float,
    now: Callable[[], float],
    sleep: Callable[[float], None],
) -> None:
    told = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip()
            if now() >= deadline:
                reason = f"another run holds the store: {holder}"
                raise StoreError(str(path), reason) from None
            if not told:
                log.warning("waiting for another run holder=%s", holder)
                told = True
            sleep(0.2)
        else:
            return
