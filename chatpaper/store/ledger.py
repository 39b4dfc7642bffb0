"""What must outlive a run: the ledger of papers, replies paid for, jobs and runs.

One SQLite file in write-ahead mode. Every call is one transaction. Times are aware UTC.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from chatpaper.records import Paper, RunReport
from chatpaper.store.database import Database
from chatpaper.store.entries import LedgerEntry, State, read_entries, write_entries
from chatpaper.store.json_rows import dump, load
from chatpaper.store.libraries import Libraries
from chatpaper.store.private import DATABASE
from chatpaper.store.receipts import Receipts
from chatpaper.store.replies import PaidReply
from chatpaper.store.reviews import Reviews
from chatpaper.store.schema import ASKED, MIGRATIONS
from chatpaper.store.texts import (
    KeptPost,
    PostText,
    begin_text,
    drop_text,
    end_text,
    kept_days,
    kept_post,
    text_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPost:
    """A post that was begun and may or may not stand on the disk.

    Attributes:
        day: Of the post.
        path: Of the file that is written: its Markdown, or one beside it.
        sha256: Of that file, in hexadecimal.
        entries: What the ledger is to say once the post stands.
        text: The post as rendered; in the file somebody's words may have been added.
    """

    day: date
    path: Path
    sha256: str
    entries: tuple[LedgerEntry, ...]
    text: PostText | None = None


class Store:
    """The ledger and the paid-for replies, in `directory/chatpaper.sqlite3`.

    One instance may be used by many threads. Use it as a context manager.

    Raises:
        StoreError: From every method: the disk is full or read-only, the file is
            corrupt, locked for too long, or written by a newer chatpaper.
    """

    def __init__(self, directory: Path, *, busy_s: float = 30.0) -> None:
        self.directory = directory
        self.path = directory / DATABASE
        self._db = Database(self.path, MIGRATIONS, busy_s=busy_s)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the instance is of no use afterwards."""
        self._db.close()

    def check_room(self) -> None:
        """Refuse, before something is paid for, what could not be kept."""
        self._db.check_room()

    # ------------------------------------------------------------ ledger

    def entries(self, topic: str, *states: State) -> dict[str, LedgerEntry]:
        """Ledger of a topic by base id; of the given states only, if any."""
        return read_entries(self._db, topic, states)

    def posted(self) -> dict[tuple[str, date], int]:
        """How many papers are posted, by the topic and day of their post."""
        rows = self._db.rows(
            "SELECT topic, day, count(*) FROM ledger"
            " WHERE state = 'posted' AND day IS NOT NULL GROUP BY topic, day"
        )
        return {(row[0], date.fromisoformat(row[1])): row[2] for row in rows}

    def record(self, topic: str, entries: Iterable[LedgerEntry]) -> None:
        """Write entries, all or none; a paper's earlier entry is replaced."""
        with self._db.transaction() as db:
            write_entries(db, topic, entries)

    def covered_until(self, topic: str) -> datetime | None:
        """End of the last window whose papers are all in the ledger."""
        rows = self._db.rows("SELECT until FROM coverage WHERE topic = ?", (topic,))
        return datetime.fromisoformat(rows[0][0]) if rows else None

    def cover(self, topic: str, until: datetime) -> None:
        """Note that everything submitted before `until` is in the ledger."""
        self._db.write("REPLACE INTO coverage VALUES (?,?)", (topic, until.isoformat()))

    # ------------------------------------------------------------ posts

    def begin_post(self, topic: str, begun: PendingPost) -> None:
        """Note a post that is about to be written, until `end_post`."""
        pending = dump(begun.entries, tuple[LedgerEntry, ...])
        day = begun.day.isoformat()
        with self._db.transaction() as db:
            begin_text(db, topic, begun.day, begun.text)
            db.execute(
                "REPLACE INTO posts VALUES (?,?,?,?,?)",
                (topic, day, str(begun.path), begun.sha256, pending),
            )

    def begun_posts(self, topic: str) -> tuple[PendingPost, ...]:
        """Posts that were begun and not ended, oldest day first."""
        rows = self._db.rows(
            "SELECT day, path, sha256, pending FROM posts"
            " WHERE topic = ? AND pending IS NOT NULL ORDER BY day",
            (topic,),
        )
        return tuple(
            PendingPost(
                day=(on := date.fromisoformat(day)),
                path=Path(path),
                sha256=sha256,
                entries=load(tuple[LedgerEntry, ...], pending),
                text=text_of(self._db, topic, on, "begun"),
            )
            for day, path, sha256, pending in rows
        )

    def end_post(self, topic: str, begun: PendingPost, *, stands: bool) -> None:
        """Write the entries of a post that stands, forget those of another."""
        with self._db.transaction() as db:
            db.execute(
                "UPDATE posts SET pending = NULL WHERE topic = ? AND day = ?",
                (topic, begun.day.isoformat()),
            )
            if stands:
                end_text(db, topic, begun.day, beside=begun.path.suffix != ".md")
            drop_text(db, topic, begun.day, "begun")
            write_entries(db, topic, begun.entries if stands else ())

    def kept_post(self, topic: str, day: date) -> KeptPost | None:
        """What is known of a post; None for one that was never written."""
        return kept_post(self._db, topic, day)

    def kept_days(self) -> list[tuple[str, date]]:
        """Topic and day of every post that was ever begun, oldest first."""
        return kept_days(self._db)

    @property
    def receipts(self) -> Receipts:
        """What was delivered."""
        return Receipts(self._db)

    @property
    def libraries(self) -> Libraries:
        """What readers collect."""
        return Libraries(self._db)

    @property
    def reviews(self) -> Reviews:
        """The posts of weeks and months."""
        return Reviews(self._db)

    # ------------------------------------------------------------ replies

    def reply(self, key: str) -> PaidReply | None:
        """The reply that is kept under a key."""
        rows = self._db.rows("SELECT reply FROM replies WHERE key = ?", (key,))
        return load(PaidReply, rows[0][0]) if rows else None

    def replies_about(self, papers: Iterable[str]) -> dict[str, PaidReply]:
        """Replies about papers, given by versioned id; by key."""
        rows = self._db.rows(
            "SELECT key, reply FROM replies"
            " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY key",
            (json.dumps(sorted(papers)),),
        )
        return {key: load(PaidReply, reply) for key, reply in rows}

    def keep_reply(self, key: str, kept: PaidReply) -> None:
        """Keep a reply that was paid for; on disk when this returns."""
        self._db.write(
            "REPLACE INTO replies VALUES (?,?,?,?,?)",
            (key, kept.paper_id, kept.purpose, kept.made_at.isoformat(), dump(kept)),
        )

    def forget_replies(self, paper_id: str) -> None:
        """Drop all replies about a paper, so that they are asked for anew."""
        self._db.write("DELETE FROM replies WHERE id = ?", (paper_id,))

    def forget_paper(self, paper_id: str) -> None:
        """Drop what is known of somebody's own file: replies, answers, that it was."""
        self.forget_replies(paper_id)
        self.forget_replies(f"{ASKED}{paper_id}")
        self._db.write("DELETE FROM documents WHERE id = ?", (paper_id,))

    def keep_document(
        self, paper_id: str, pages: int, chars: int, seconds: float
    ) -> None:
        """Note a PDF that was read, for estimates."""
        self._db.write(
            "REPLACE INTO documents VALUES (?,?,?,?)", (paper_id, pages, chars, seconds)
        )

    def document_means(self) -> tuple[int, float, float, float]:
        """Documents read so far, and their mean pages, characters and seconds."""
        row = self._db.rows(
            "SELECT COUNT(*), AVG(pages), AVG(chars), AVG(seconds) FROM documents", ()
        )[0]
        return row[0], row[1] or 0.0, row[2] or 0.0, row[3] or 0.0

    def summary_means(self) -> tuple[float, ...]:
        """Papers summarised; means of tokens in, out, seconds, the judge's in, out."""
        row = self._db.rows(
            "SELECT COUNT(*), AVG(i), AVG(o), AVG(s), AVG(judge_i), AVG(judge_o) FROM ("
            " SELECT SUM(reply ->> '$.usage.tokens_in') AS i,"
            " SUM(reply ->> '$.usage.tokens_out') AS o,"
            " SUM(reply ->> '$.usage.seconds') AS s,"
            " SUM((purpose = 'judge') * (reply ->> '$.usage.tokens_in')) AS judge_i,"
            " SUM((purpose = 'judge') * (reply ->> '$.usage.tokens_out')) AS judge_o"
            " FROM replies WHERE id NOT LIKE ? || '%' GROUP BY id"
            " HAVING SUM(COALESCE(reply ->> '$.usage.uncounted', 0)) = 0)",
            (ASKED,),
        )[0]
        return tuple(value or 0.0 for value in row)

    # ------------------------------------------------------------ stars

    def stars(self) -> tuple[Paper, ...]:
        """The starred papers, last starred first."""
        rows = self._db.rows("SELECT paper FROM stars ORDER BY starred_at DESC, id")
        return tuple(load(Paper, row[0]) for row in rows)

    def star(self, papers: Iterable[Paper], at: datetime) -> None:
        """Star papers, all or none; of each the version that was starred last."""
        rows = [(paper.id, at.isoformat(), dump(paper)) for paper in papers]
        with self._db.transaction() as db:
            db.executemany("REPLACE INTO stars VALUES (?,?,?)", rows)

    def unstar(self, paper_id: str) -> bool:
        """Take a star away; False when there was none."""
        with self._db.transaction() as db:
            gone = db.execute("DELETE FROM stars WHERE id = ?", (paper_id,))
            return gone.rowcount > 0

    # ------------------------------------------------------------ jobs, periods, runs

    def add_job(self, name: str, at: datetime, keys: Mapping[str, str]) -> None:
        """Remember a batch job: request key -> what is needed to use its reply."""
        self._db.write(
            "REPLACE INTO jobs VALUES (?,?,?,'open')",
            (name, at.isoformat(), dump(dict(keys), dict[str, str])),
        )

    def open_jobs(self) -> dict[str, dict[str, str]]:
        """Jobs that were submitted and not yet collected, oldest first."""
        rows = self._db.rows(
            "SELECT name, keys FROM jobs WHERE state = 'open' ORDER BY submitted_at", ()
        )
        return {name: load(dict[str, str], keys) for name, keys in rows}

    def name_job(self, label: str, name: str) -> None:
        """Replace a job's label by the name that it was given."""
        self._db.write("UPDATE jobs SET name = ? WHERE name = ?", (name, label))

    def close_job(
        self, name: str, state: str, left: Mapping[str, str] | None = None
    ) -> None:
        """Note how a job ended, and which of its keys had no reply."""
        self._db.write(
            "UPDATE jobs SET state = ?, keys = ? WHERE name = ?",
            (state, dump(dict(left or {}), dict[str, str]), name),
        )

    def failed_orders(self) -> list[dict[str, str]]:
        """Requests that closed jobs had no reply for, oldest first."""
        rows = self._db.rows(
            "SELECT keys FROM jobs WHERE state <> 'open' AND keys <> '{}'"
            " ORDER BY submitted_at",
            (),
        )
        return [load(dict[str, str], row[0]) for row in rows]

    def forget_orders(self, paper_id: str) -> None:
        """Forget which batches had no reply for a paper: it may be ordered anew."""
        self._db.write(
            "UPDATE jobs SET keys = json_remove(keys, ?) WHERE state <> 'open'",
            (f'$."{paper_id}"',),
        )

    def topics(self, *states: State) -> list[str]:
        """Topics with papers in these states, or in any, by name."""
        rows = self._db.rows(
            "SELECT DISTINCT topic FROM ledger WHERE"
            " (:states = '[]' OR state IN (SELECT value FROM json_each(:states)))"
            " ORDER BY topic",
            {"states": json.dumps(states)},
        )
        return [row[0] for row in rows]

    def finished_periods(self, topic: str) -> set[str]:
        """Periods (`2014-01`) of a backfill that are done."""
        rows = self._db.rows("SELECT period FROM periods WHERE topic = ?", (topic,))
        return {row[0] for row in rows}

    def finish_period(self, topic: str, period: str) -> None:
        """Note that a period of a backfill is done."""
        self._db.write("REPLACE INTO periods VALUES (?,?)", (topic, period))

    def add_run(self, started_at: datetime, report: RunReport) -> None:
        """Keep a run's report."""
        self._db.write(
            "INSERT INTO runs (started_at, topic, report) VALUES (?,?,?)",
            (started_at.isoformat(), report.topic, dump(report)),
        )

    def amend_run(self, report: RunReport) -> None:
        """Keep what the last run of a topic says once its posts were told of."""
        last = "(SELECT max(n) FROM runs WHERE topic = ?)"
        sql = f"UPDATE runs SET report = ? WHERE n = {last} AND report <> ?"  # noqa: S608
        text = dump(report)
        self._db.write(sql, (text, report.topic, text))

    def runs(self, limit: int = 20) -> list[tuple[datetime, RunReport]]:
        """The last runs, newest first."""
        rows = self._db.rows(
            "SELECT started_at, report FROM runs ORDER BY n DESC LIMIT ?", (limit,)
        )
        return [
            (datetime.fromisoformat(row[0]), load(RunReport, row[1])) for row in rows
        ]
