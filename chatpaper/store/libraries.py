"""What a reader's library held when it was asked last."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from chatpaper.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLibrary:
    """The titles of a library.

    Attributes:
        at: When they were asked for, aware UTC.
        version: Of the library.
        titles: Each once.
    """

    at: datetime
    version: int
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Libraries:
    """By name.

    Raises:
        StoreError: From every method, as `Database` says.
    """

    db: Database

    def kept(self, name: str) -> KeptLibrary | None:
        """What is kept of a library."""
        sql = "SELECT at, version, titles FROM libraries WHERE name = ?"
        for at, version, titles in self.db.rows(sql, (name,)):
            return KeptLibrary(
                at=datetime.fromisoformat(at),
                version=version,
                titles=tuple(json.loads(titles)),
            )
        return None

    def keep(self, name: str, library: KeptLibrary) -> None:
        """Keep a library in place of what was kept of it."""
        titles = json.dumps(library.titles, ensure_ascii=False)
        self.db.write(
            "INSERT OR REPLACE INTO libraries VALUES (?,?,?,?)",
            (name, library.at.isoformat(), library.version, titles),
        )
