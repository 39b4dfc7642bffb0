"""Files of a store that only their owner can read, whatever the umask says."""

from __future__ import annotations

import contextlib
import stat
from pathlib import Path

DATABASE, LOCK, HOLDER = "chatpaper.sqlite3", "lock", "lock-holder"
# SQLite gives the last two the rights of the first when it makes them.
_FILES = (DATABASE, LOCK, HOLDER, f"{DATABASE}-wal", f"{DATABASE}-shm")


def make_private(directory: Path, *names: str) -> None:
    """Make a store's folder, and some files where missing; close all to others.

    A disk that knows no rights, or a folder of somebody else's, stays as it is.

    Raises:
        OSError: They cannot be made.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _close(directory, 0o700)
    for name in names:
        path = directory / name
        if not path.exists():
            path.touch(mode=0o600)
    for name in _FILES:
        _close(directory / name, 0o600)


def _close(path: Path, mode: int) -> None:
    with contextlib.suppress(OSError):
        if stat.S_IMODE(path.stat().st_mode) != mode:
            path.chmod(mode)
