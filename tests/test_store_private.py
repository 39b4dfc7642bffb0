"""The store is its owner's alone, whoever made it and under whatever umask."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chatpaper.records import Paper
from chatpaper.store import LedgerEntry, Store, only_run

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="no rights of this kind"
)
ENTRY = LedgerEntry(paper=Paper(id="2611.00001", title="t"), state="posted")


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """Files are made under this mask."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """The rights of everything in a folder, and of itself."""
    paths = [folder, *folder.iterdir()]
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in paths}


def used(folder: Path) -> dict[str, int]:
    """The rights while a run holds the store and has just written."""
    with only_run(folder, wait_s=0), Store(folder) as store:
        store.record("GAN", [ENTRY])
        return modes(folder)


FILES = {
    "chatpaper.sqlite3",
    "chatpaper.sqlite3-wal",
    "chatpaper.sqlite3-shm",
    "lock",
    "lock-holder",
}
CLOSED = {"store": 0o700, **dict.fromkeys(FILES, 0o600)}


@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
def test_a_new_store_is_closed(tmp_path: Path, mask: int) -> None:
    """Folder, database, its log and the lock."""
    with umask(mask):
        assert used(tmp_path / "store") == CLOSED


@pytest.mark.parametrize("mask", [0, 0o077])
def test_an_open_store_is_closed_when_it_is_used(tmp_path: Path, mask: int) -> None:
    """One of an earlier version, and one that a crash left with its log."""
    store = tmp_path / "store"
    used(store)
    for name in FILES:
        (store / name).touch()
    for path in (store, *store.iterdir()):
        path.chmod(0o777 if path == store else 0o666)
    with umask(mask):
        assert used(store) == CLOSED
        with Store(store) as opened:
            assert opened.entries("GAN") == {"2611.00001": ENTRY}
