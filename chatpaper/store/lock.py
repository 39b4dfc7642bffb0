"""One run at a time: a lock on a storage folder, and the name of who holds it."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from chatpaper.errors import StoreError
from chatpaper.store.private import HOLDER, LOCK, make_private

log = logging.getLogger(__name__)

POLL_S = 0.2  # a run lasts minutes, so the next one may begin this much later


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
        directory: The storage folder, made when missing.
        wait_s: How long to wait for another run.
        now: Monotonic clock, in seconds.
        sleep: Waits so many seconds.

    Raises:
        StoreError: Another run holds it for longer; says which.
    """
    path = directory / LOCK
    # Windows lets nobody read a locked file, so the name stands in another.
    holder = directory / HOLDER
    lock = FileLock(path, thread_local=False)
    try:
        make_private(directory, LOCK, HOLDER)
        _acquire(lock, holder, now() + wait_s, now, sleep)
        started = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        holder.write_text(f"pid {os.getpid()} since {started}\n", encoding="utf-8")
    except OSError as error:
        lock.release()
        raise StoreError(str(path), error.strerror or str(error)) from error
    try:
        yield
    finally:
        lock.release()


def _acquire(
    lock: FileLock,
    holder: Path,
    deadline: float,
    now: Callable[[], float],
    sleep: Callable[[float], None],
) -> None:
    is_first = True
    while True:
        try:
            lock.acquire(blocking=False)
        except Timeout:
            name = _read(holder)
            if now() >= deadline:
                reason = f"another run holds the store: {name}"
                raise StoreError(lock.lock_file, reason) from None
            if is_first:
                log.warning("waiting for another run holder=%s", name)
            is_first = False
            sleep(POLL_S)
        else:
            return


def _read(holder: Path) -> str:
    """Who holds the lock; a run that has only just begun has not said so yet."""
    try:
        return holder.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return "unknown"
