"""A store of the first version: brought up to date by the next run, nothing lost."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from chatpaper.errors import StoreError
from chatpaper.records import Paper
from chatpaper.store import Store
from night import NOON, Night, title_of

# As chatpaper 0.1.0 made it.
SCHEMA_1 = """
CREATE TABLE ledger (
    topic TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
    state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, day TEXT,
    reason TEXT NOT NULL DEFAULT '', paper TEXT NOT NULL,
    PRIMARY KEY (topic, id)) WITHOUT ROWID;
CREATE INDEX ledger_state ON ledger (topic, state);
CREATE TABLE coverage (topic TEXT PRIMARY KEY, until TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id TEXT PRIMARY KEY, pages INTEGER NOT NULL, chars INTEGER NOT NULL,
    seconds REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE summaries (
    key TEXT PRIMARY KEY, id TEXT NOT NULL, made_at TEXT NOT NULL,
    summary TEXT NOT NULL, provenance TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE posts (
    topic TEXT NOT NULL, day TEXT NOT NULL, path TEXT NOT NULL,
    sha256 TEXT NOT NULL, pending TEXT, PRIMARY KEY (topic, day)) WITHOUT ROWID;
CREATE TABLE runs (
    n INTEGER PRIMARY KEY, started_at TEXT NOT NULL, topic TEXT NOT NULL,
    report TEXT NOT NULL);
CREATE TABLE jobs (
    name TEXT PRIMARY KEY, submitted_at TEXT NOT NULL, keys TEXT NOT NULL,
    state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE periods (
    topic TEXT NOT NULL, period TEXT NOT NULL, PRIMARY KEY (topic, period)
) WITHOUT ROWID;
PRAGMA user_version = 1;
"""


def old_store(folder: Path) -> Path:
    """A paper that was posted, one that failed, and a summary that was paid for."""
    folder.mkdir(parents=True)
    path = folder / "chatpaper.sqlite3"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(SCHEMA_1)
        for number, state in ((0, "posted"), (1, "failed")):
            paper = Paper(id=f"2611.{number:05d}", title=title_of(number))
            paper = replace(paper, published=NOON.replace(day=16))
            text = TypeAdapter(Paper).dump_json(paper).decode()
            day = "2026-11-17" if state == "posted" else None
            row = ("GAN", paper.id, 1, state, 1, day, "", text)
            db.execute("INSERT INTO ledger VALUES (?,?,?,?,?,?,?,?)", row)
        db.execute("INSERT INTO summaries VALUES ('k','2611.00000v1','t','{}','{}')")
        db.execute("INSERT INTO periods VALUES ('GAN', '2014-01')")
        db.commit()
    return path


def test_a_store_of_version_1_goes_on(nights: Night) -> None:
    """What it posted stays posted, what failed is tried, what is new is posted."""
    path = old_store(nights.directory / "store")
    report = nights.run()
    with Store(path.parent) as store:
        states = {name: entry.state for name, entry in store.entries("GAN").items()}
        periods = store.finished_periods("GAN")
    with closing(sqlite3.connect(path)) as db:
        (summaries,) = db.execute("SELECT COUNT(*) FROM summaries").fetchone()

    assert (report.status, report.posted) == ("done", 2)
    assert nights.whole() == {"2611.00001v1": 1, "2611.00002v1": 1}
    assert states == dict.fromkeys(("2611.00000", "2611.00001", "2611.00002"), "posted")
    assert (periods, summaries) == ({"2014-01"}, 1)


def test_a_migration_that_breaks_off_is_done_again(tmp_path: Path) -> None:
    """A store that another program holds stays as it was, and is named."""
    path = old_store(tmp_path / "store")
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="another chatpaper is writing"):
            Store(path.parent, busy_s=0.1)
        other.rollback()
    with Store(path.parent) as store:
        entries = store.entries("GAN")

    assert json.dumps(sorted(entries)) == '["2611.00000", "2611.00001"]'
