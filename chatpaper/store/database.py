"""One SQLite file: opened, brought up to date, asked; every fault a StoreError."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from chatpaper.errors import StoreError
from chatpaper.store.private import make_private

# What the replies under way may take, several times over.
ROOM_BYTES = 128 * 1024

BUSY_POLL_S = 0.02

Values = tuple[object, ...] | Mapping[str, object]


class Database:
    """A file in write-ahead mode that many threads may share.

    Raises:
        StoreError: From every method: the disk is full or read-only, the file is
            corrupt, locked for too long, or written by a newer chatpaper.
    """

    def __init__(self, path: Path, migrations: Sequence[str], *, busy_s: float) -> None:
        """Open a file, made when missing, and bring it up to date.

        Args:
            path: Of the file.
            migrations: SQL scripts; the n-th brings a file from version n to n + 1.
            busy_s: How long to wait for another writer.
        """
        self.path = path
        self._lock = threading.RLock()
        with self._mapped():
            make_private(path.parent, path.name)
            self.connection = sqlite3.connect(
                path, timeout=busy_s, isolation_level=None, check_same_thread=False
            )
            self._file = _identity(path)
        try:
            self._write_ahead(busy_s)
            self._migrate(migrations)
        except BaseException:
            self.connection.close()
            raise

    def close(self) -> None:
        """Close the file; the instance is of no use afterwards."""
        with self._lock:
            self.connection.close()

    def rows(self, sql: str, values: Values = ()) -> list[Any]:
        """All rows of a query."""
        with (
            self._lock,
            self._mapped(),
            closing(self.connection.execute(sql, values)) as rows,
        ):
            return rows.fetchall()

    def write(self, sql: str, values: tuple[object, ...]) -> None:
        """One statement, on the disk when this returns."""
        with self.transaction() as connection:
            connection.execute(sql, values)

    def check_room(self) -> None:
        """Refuse, before something is paid for, what could not be kept.

        Raises:
            StoreError: The disk is full, or the file was deleted.
        """
        with self._mapped():
            self._check_file()
            if shutil.disk_usage(self.path.parent).free < ROOM_BYTES:
                raise StoreError(str(self.path), "the disk is full: make room")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All statements of the block, or none."""
        with self._lock, self._mapped():
            self._check_file()
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")

    def _check_file(self) -> None:
        # SQLite would go on writing into a file that nobody can open any more.
        if _identity(self.path) != self._file:
            raise StoreError(str(self.path), "deleted or replaced while in use")

    def _write_ahead(self, busy_s: float) -> None:
        # Where two make a store at once, SQLite refuses one of them without waiting.
        end_s = time.monotonic() + busy_s
        with self._mapped():
            while True:
                try:
                    self.connection.execute("PRAGMA journal_mode = WAL")
                except sqlite3.OperationalError as error:
                    is_busy = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
                    if not is_busy or time.monotonic() >= end_s:
                        raise
                    time.sleep(BUSY_POLL_S)
                else:
                    return

    def _migrate(self, migrations: Sequence[str]) -> None:
        with self._mapped():
            # A summary costs money: it is on the disk before the next step.
            self.connection.execute("PRAGMA synchronous = FULL")
            (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if version > len(migrations):
            raise StoreError(str(self.path), "written by a newer chatpaper; upgrade")
        for number in range(version, len(migrations)):
            with self.transaction() as connection:
                # The page and a night may make a new store in the same second.
                (done,) = connection.execute("PRAGMA user_version").fetchone()
                if done > number:
                    continue
                for statement in _statements(migrations[number]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number + 1}")

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise StoreError(str(self.path), _advice(error)) from error
        except OSError as error:
            raise StoreError(str(self.path), error.strerror or str(error)) from error


def _statements(script: str) -> Iterator[str]:
    """One by one: to run a script whole would end the transaction that it stands in."""
    held = ""
    for piece in script.split(";"):
        held += f"{piece};"
        if sqlite3.complete_statement(held):
            yield held
            held = ""


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _advice(error: sqlite3.DatabaseError) -> str:
    text = str(error)
    if "malformed" in text or "not a database" in text:
        return f"{text}: the store is corrupt; move the file away and run again"
    if "locked" in text:
        return f"{text}: another chatpaper is writing; try again when it has ended"
    if "disk" in text:
        return f"{text}: is there room, and may we write?"
    return text
