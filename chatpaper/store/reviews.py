"""The posts of weeks and months, as they were written last."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from chatpaper.store.database import Database
from chatpaper.store.texts import PostText


@dataclass(frozen=True, slots=True)
class Reviews:
    """By topic and the name of the period.

    Raises:
        StoreError: From every method, as `Database` says.
    """

    db: Database

    def kept(self, topic: str, period: str) -> PostText | None:
        """What was written last in the place of a post; None when nothing was."""
        rows = self.db.rows(
            "SELECT markdown, twin FROM reviews WHERE topic = ? AND period = ?",
            (topic, period),
        )
        if not rows:
            return None
        return PostText(*(zlib.decompress(part).decode() for part in rows[0]))

    def keep(self, topic: str, period: str, text: PostText) -> None:
        """Keep what was written."""
        markdown, twin = (zlib.compress(part.encode()) for part in text)
        self.db.write(
            "INSERT OR REPLACE INTO reviews VALUES (?,?,?,?)",
            (topic, period, markdown, twin),
        )

    def names(self) -> list[tuple[str, str]]:
        """Topic and period of every post that is kept."""
        sql = "SELECT topic, period FROM reviews ORDER BY period, topic"
        return [(topic, period) for topic, period in self.db.rows(sql)]
