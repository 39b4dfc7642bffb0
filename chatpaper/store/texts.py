"""The texts of posts as they were written: what a lost or changed file is held against.

A post has up to three: what is about to be written (`begun`), what was written in its
place (`written`), and what was written beside it (`beside`), because somebody had
changed the file by hand.
"""

from __future__ import annotations

import sqlite3
import zlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from chatpaper.store.database import Database


class PostText(NamedTuple):
    """A post as it was rendered: its Markdown, and its JSON twin."""

    markdown: str
    twin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPost:
    """What the store knows of a post.

    Attributes:
        path: Of the file that was written last.
        sha256: Of its bytes, in hexadecimal.
        written: What was written last in the post's place.
        beside: What was written beside it since; None while nothing was.
    """

    path: Path
    sha256: str
    written: PostText | None
    beside: PostText | None

    @property
    def newest(self) -> PostText | None:
        """What was written last; None for posts older than this table."""
        return self.beside or self.written


def begin_text(
    db: sqlite3.Connection, topic: str, day: date, text: PostText | None
) -> None:
    """Keep a text that is about to be written."""
    drop_text(db, topic, day, "begun")
    if text is not None:
        markdown, twin = (zlib.compress(part.encode()) for part in text)
        db.execute(
            "INSERT INTO texts VALUES (?,?,'begun',?,?)",
            (topic, day.isoformat(), markdown, twin),
        )


def end_text(db: sqlite3.Connection, topic: str, day: date, *, beside: bool) -> None:
    """Let the text that was begun be the one that stands."""
    state = "beside" if beside else "written"
    begun = "SELECT 1 FROM texts WHERE topic = ? AND day = ? AND state = 'begun'"
    if not db.execute(begun, (topic, day.isoformat())).fetchall():
        return
    for old in {state, "beside"}:
        drop_text(db, topic, day, old)
    db.execute(
        "UPDATE texts SET state = ? WHERE topic = ? AND day = ? AND state = 'begun'",
        (state, topic, day.isoformat()),
    )


def drop_text(db: sqlite3.Connection, topic: str, day: date, state: str) -> None:
    """Forget a text."""
    db.execute(
        "DELETE FROM texts WHERE topic = ? AND day = ? AND state = ?",
        (topic, day.isoformat(), state),
    )


def text_of(db: Database, topic: str, day: date, state: str) -> PostText | None:
    """A text that is kept, by its state."""
    rows = db.rows(
        "SELECT markdown, twin FROM texts WHERE topic = ? AND day = ? AND state = ?",
        (topic, day.isoformat(), state),
    )
    if not rows:
        return None
    return PostText(*(zlib.decompress(part).decode() for part in rows[0]))


def kept_post(db: Database, topic: str, day: date) -> KeptPost | None:
    """What is known of a post; None for one that was never written."""
    rows = db.rows(
        "SELECT path, sha256 FROM posts WHERE topic = ? AND day = ?",
        (topic, day.isoformat()),
    )
    if not rows:
        return None
    return KeptPost(
        path=Path(rows[0][0]),
        sha256=rows[0][1],
        written=text_of(db, topic, day, "written"),
        beside=text_of(db, topic, day, "beside"),
    )


def kept_days(db: Database) -> list[tuple[str, date]]:
    """Topic and day of every post that was ever begun, oldest first."""
    rows = db.rows("SELECT topic, day FROM posts ORDER BY day, topic", ())
    return [(topic, date.fromisoformat(day)) for topic, day in rows]
