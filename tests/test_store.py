"""The store: ledger, replies, jobs, and what a broken disk does to it."""

import resource
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chatpaper.errors import StoreError
from chatpaper.records import Failure, Paper, RunReport, Usage
from chatpaper.store import LedgerEntry, PaidReply, PendingPost, Store

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PAPER = Paper(id="2611.00001", version=2, title="A $x$ ∞", authors=("É. B",))
POSTED = LedgerEntry(paper=PAPER, state="posted", day=date(2026, 11, 20))
BEGUN = PendingPost(
    day=date(2026, 11, 20), path=Path("posts/a.md"), sha256="00", entries=(POSTED,)
)
BOUGHT = PaidReply(
    paper_id="2611.00001v2",
    purpose="draft",
    made_at=AT,
    text='{"title": "题"}',
    model="m",
    usage=Usage(calls=1, tokens_in=100, tokens_out=10, cost_usd=None, seconds=2.0),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store") as opened:
        yield opened


def test_ledger_returns_what_it_was_given(store: Store) -> None:
    """An entry survives a round trip, by state and by topic."""
    posted = LedgerEntry(paper=PAPER, state="posted", day=date(2026, 11, 20))
    failed = LedgerEntry(
        paper=Paper(id="2611.2", title="t"), state="failed", tries=2, reason="r"
    )

    store.record("GAN", [posted, failed])

    assert store.entries("GAN") == {"2611.00001": posted, "2611.2": failed}
    assert store.entries("GAN", "failed", "waiting") == {"2611.2": failed}
    assert store.entries("NeRF") == {}


def test_a_later_entry_replaces_the_earlier_one(store: Store) -> None:
    """One paper has one state under one topic."""
    store.record("GAN", [LedgerEntry(paper=PAPER, state="waiting")])
    store.record("GAN", [LedgerEntry(paper=PAPER, state="gave up", tries=5)])

    assert [entry.state for entry in store.entries("GAN").values()] == ["gave up"]


def test_a_reply_is_kept_by_its_question(store: Store) -> None:
    """A paid reply comes back whole by its key, until its paper is forgotten."""
    store.keep_reply("key", BOUGHT)
    store.keep_reply("other", replace(BOUGHT, paper_id="2611.2v1"))

    assert store.reply("key") == BOUGHT
    assert store.reply("none") is None
    store.forget_replies("2611.00001v2")
    assert store.reply("key") is None
    assert store.reply("other") is not None


def test_the_calls_for_a_paper_count_together(store: Store) -> None:
    """Means are over papers, not over calls."""
    judged = replace(BOUGHT, purpose="judge")
    for key, kept in {
        "a": BOUGHT,
        "b": judged,
        "c": replace(BOUGHT, paper_id="x"),
    }.items():
        store.keep_reply(key, kept)

    assert store.summary_means() == (2, 150.0, 15.0, 3.0, 50.0, 5.0)


def test_everything_survives_reopening(tmp_path: Path) -> None:
    """What was written is there for the next process."""
    with Store(tmp_path) as store:
        store.cover("GAN", AT)
        store.begin_post("GAN", BEGUN)
        store.add_job("batches/1", AT, {"k": "2611.1v1"})
        store.add_job("batches/2", AT, {})
        store.close_job("batches/2", "failed")
        store.finish_period("GAN", "2014-01")
        store.keep_document("a", 10, 1000, 1.0)
        store.keep_document("b", 20, 3000, 2.0)

    with Store(tmp_path) as store:
        assert store.covered_until("GAN") == AT
        assert store.covered_until("NeRF") is None
        assert store.begun_posts("GAN") == (BEGUN,)
        assert store.begun_posts("NeRF") == ()
        assert store.open_jobs() == {"batches/1": {"k": "2611.1v1"}}
        assert store.finished_periods("GAN") == {"2014-01"}
        assert store.document_means() == (2, 15.0, 2000.0, 1.5)


@pytest.mark.parametrize("stands", [True, False])
def test_a_post_and_its_entries_end_together(store: Store, stands: bool) -> None:
    """The ledger takes the entries of a post that stands, and of no other."""
    store.begin_post("GAN", BEGUN)

    store.end_post("GAN", BEGUN, stands=stands)

    assert store.begun_posts("GAN") == ()
    assert store.entries("GAN") == ({PAPER.id: POSTED} if stands else {})


def test_runs_are_listed_newest_first(store: Store) -> None:
    """A report comes back as it was, failures included."""
    lost = Failure(id="2611.1v1", stage="read", reason="encrypted")
    reports = [
        RunReport(topic=name, day=date(2026, 11, 20), status="partial", failed=(lost,))
        for name in ("a", "b", "c")
    ]
    for report in reports:
        store.add_run(AT, report)

    assert store.runs(2) == [(AT, reports[2]), (AT, reports[1])]


def test_threads_may_share_a_store(store: Store) -> None:
    """Writers in many threads lose nothing."""

    def write(n: int) -> None:
        for i in range(10):
            store.keep_reply(f"{n}-{i}", BOUGHT)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(store.reply(f"{n}-{i}") for n in range(4) for i in range(10))


def test_two_may_make_a_store_in_the_same_second(tmp_path: Path) -> None:
    """Each finds it whole: the page and a night begin together on a new machine."""
    for number in range(5):
        together = threading.Barrier(4)

        def begin(folder: Path, together: threading.Barrier) -> int:
            together.wait()
            with Store(folder) as store:
                return len(store.entries("GAN"))

        with ThreadPoolExecutor(4) as pool:
            args = [(tmp_path / str(number), together)] * 4
            assert [job.result() for job in [pool.submit(begin, *a) for a in args]]


def test_a_failed_write_changes_nothing(store: Store) -> None:
    """All entries of a call are written or none."""

    def entries() -> Iterator[LedgerEntry]:
        yield LedgerEntry(paper=PAPER, state="posted")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.record("GAN", entries())

    assert store.entries("GAN") == {}


def test_corrupt_file_says_what_to_do(tmp_path: Path) -> None:
    """A file that is no database is named, with the way out."""
    (tmp_path / "chatpaper.sqlite3").write_bytes(b"not a database at all" * 100)

    with pytest.raises(StoreError, match="move the file away"):
        Store(tmp_path)


def test_newer_file_is_left_alone(tmp_path: Path) -> None:
    """A store of a later version is not touched."""
    with sqlite3.connect(tmp_path / "chatpaper.sqlite3") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()

    with pytest.raises(StoreError, match="newer"):
        Store(tmp_path)


def test_older_file_is_brought_up_to_date(store: Store) -> None:
    """What a version without days of their own has written is kept."""
    store.record("GAN", [LedgerEntry(paper=PAPER, state="waiting")])
    store.close()
    with sqlite3.connect(store.path) as db:
        db.execute("ALTER TABLE ledger DROP COLUMN post_day")
        db.execute("DROP TABLE replies")
        db.execute("DROP TABLE texts")
        db.execute("DROP TABLE stars")
        db.execute("DROP TABLE receipts")
        db.execute("DROP TABLE reviews")
        db.execute("DROP TABLE libraries")
        db.execute("PRAGMA user_version = 1")
    db.close()

    with Store(store.directory) as again:
        kept = again.entries("GAN")[PAPER.id]
        assert kept == LedgerEntry(paper=PAPER, state="waiting")
        meant = replace(kept, post_day=date(2014, 1, 2))
        again.record("GAN", [meant])
        assert again.entries("GAN") == {PAPER.id: meant}


def test_locked_file_is_a_clear_error(tmp_path: Path) -> None:
    """Another writer that never ends is named as the reason."""
    with Store(tmp_path, busy_s=0.05) as store:
        other = sqlite3.connect(store.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreError, match="another chatpaper"):
            store.cover("GAN", AT)
        other.close()


def test_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    """A path below a plain file is refused with its path."""
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="file"):
        Store(tmp_path / "file" / "store")


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """The system lets no file of this process grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_full_disk_is_a_clear_error(tmp_path: Path) -> None:
    """A disk that takes no byte more is a StoreError."""
    with Store(tmp_path) as store:
        store.cover("GAN", AT)

        with no_file_above(100_000), pytest.raises(StoreError, match="disk"):
            store.keep_reply("k", replace(BOUGHT, text="p" * 400_000))

        assert store.covered_until("GAN") == AT
