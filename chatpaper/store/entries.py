"""Entries of the ledger, and the rows that keep them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from chatpaper.records import Paper
from chatpaper.store.database import Database
from chatpaper.store.json_rows import dump, load

State = Literal["waiting", "failed", "gave up", "posted", "listed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """What the ledger says of one paper under one topic.

    Attributes:
        paper: The version last dealt with.
        state: `waiting` for a model, a budget or its turn, `failed` and to be tried
            again, `gave up`, `posted`, or `listed` by its title alone.
        tries: Runs in which it failed.
        day: Of the post that shows it; None while none does.
        reason: Of the last failure or wait; empty while it was never begun.
        post_day: Of the post it is meant for; None for that of the run's own day.
    """

    paper: Paper
    state: State
    tries: int = 0
    day: date | None = None
    reason: str = ""
    post_day: date | None = None


def read_entries(
    database: Database, topic: str, states: Sequence[State]
) -> dict[str, LedgerEntry]:
    """Entries of a topic by base id; of the given states only, if any."""
    rows = database.rows(
        "SELECT id, paper, state, tries, day, reason, post_day FROM ledger"
        " WHERE topic = :topic AND"
        " (:states = '[]' OR state IN (SELECT value FROM json_each(:states)))"
        " ORDER BY id",
        {"topic": topic, "states": json.dumps(states)},
    )
    return {
        row[0]: LedgerEntry(
            paper=load(Paper, row[1]),
            state=row[2],
            tries=row[3],
            day=date.fromisoformat(row[4]) if row[4] else None,
            reason=row[5],
            post_day=date.fromisoformat(row[6]) if row[6] else None,
        )
        for row in rows
    }


def write_entries(
    db: sqlite3.Connection, topic: str, entries: Iterable[LedgerEntry]
) -> None:
    """Write entries within a transaction; a paper's earlier one is replaced."""
    rows = [
        (
            topic,
            entry.paper.id,
            entry.paper.version,
            entry.state,
            entry.tries,
            entry.day.isoformat() if entry.day else None,
            entry.reason,
            dump(entry.paper),
            entry.post_day.isoformat() if entry.post_day else None,
        )
        for entry in entries
    ]
    db.executemany("REPLACE INTO ledger VALUES (?,?,?,?,?,?,?,?,?)", rows)
