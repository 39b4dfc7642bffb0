"""Power cuts, full disks, locks and broken files: what was done stays done."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chatpaper.store import only_run
from commands import is_alive
from night import Night, pdf_of, record
from servers.gemini_faults import KEY

PAPERS = 12
KILLS = 5
SCRIPT = Path(__file__).parent / "one_run.py"


class Runs:
    """Runs in processes of their own, see `one_run`."""

    def __init__(self) -> None:
        self._warm = subprocess.Popen(
            [sys.executable, str(SCRIPT)],
            env={**os.environ, "GEMINI_API_KEY": KEY},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._say() == "ready"

    def begin(self, nights: Night, max_bytes: int = 0) -> int:
        """Start a run; its pid is its group's, too."""
        order = {
            "sections": nights.sections,
            "now": nights.now.isoformat(),
            "max_bytes": max_bytes,
            "err": str(nights.directory / "err"),
        }
        assert self._warm.stdin is not None
        self._warm.stdin.write(json.dumps(order) + "\n")
        self._warm.stdin.flush()
        return int(self._say())

    def end(self) -> int:
        """Wait for the run; returns its exit code."""
        return int(self._say())

    def finish(self, nights: Night, max_bytes: int = 0) -> tuple[int, str]:
        """A whole run: its exit code and what it said."""
        self.begin(nights, max_bytes)
        return self.end(), (nights.directory / "err").read_text("utf-8")

    def kill_after(self, nights: Night, requests: int, delay_s: float) -> None:
        """Begin a run and kill its whole group so many requests and seconds later."""
        target = served(nights) + requests
        pid = self.begin(nights)
        while served(nights) < target and is_alive(pid):
            time.sleep(0.001)
        time.sleep(delay_s)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        self.end()

    def close(self) -> None:
        """End the warm process."""
        self._warm.communicate(timeout=200)

    def _say(self) -> str:
        assert self._warm.stdout is not None
        return self._warm.stdout.readline().strip()


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    made = Runs()
    yield made
    made.close()


def served(nights: Night) -> int:
    """Requests that both stand-ins have seen."""
    return len(nights.arxiv.asked) + len(nights.gemini.calls)


def downloads(nights: Night) -> Counter[str]:
    """Requests for each PDF."""
    paths = (asked.path for asked in nights.arxiv.asked)
    return Counter(p.removeprefix("/pdf/") for p in paths if p.startswith("/pdf/"))


def safe(nights: Night) -> tuple[dict[str, int], dict[str, int]]:
    """What a kill must not undo: PDFs that are whole and replies that are kept.

    Both with the number of requests that they took so far.
    """
    store = nights.directory / "store"
    names = [path.stem for path in (store / "pdf").glob("*.pdf")]
    asked = downloads(nights)
    return {n: asked[n] for n in names}, dict(nights.kept_calls())


@pytest.mark.parametrize("seed", range(4))
def test_kills_cost_nothing_but_time(nights: Night, runs: Runs, seed: int) -> None:
    """Killed five times at random moments of five nights: all is done exactly once."""
    nights.arxiv.records[:] = [record(n) for n in range(PAPERS)]
    nights.settings["llm"] = {"concurrency": 4}
    nights.settings["arxiv"] = {"lookback_days": 30}
    nights.gemini.latency_s = 0.02
    dice = random.Random(seed)
    said = []
    pdfs: dict[str, int] = {}
    replies: dict[str, int] = {}
    for _ in range(KILLS):
        runs.kill_after(nights, dice.randint(1, 12), dice.uniform(0, 0.3))
        said.append((nights.directory / "err").read_text("utf-8"))
        pdfs_now, replies_now = safe(nights)
        pdfs, replies = {**pdfs_now, **pdfs}, {**replies_now, **replies}
        nights.now += timedelta(days=dice.choice((0, 1)))

    code, err = runs.finish(nights)

    assert code == 0, err
    assert nights.whole() == {f"2611.{n:05d}v1": 1 for n in range(PAPERS)}
    asked, calls = downloads(nights), nights.kept_calls()
    assert {name: asked[name] for name in pdfs} == pdfs, [*said, err]
    assert {key: calls[key] for key in replies} == replies
    assert len(calls) == 2 * PAPERS
    assert len(nights.gemini.calls) <= 2 * PAPERS + KILLS * 4
    assert not list((nights.directory / "posts").glob("**/.chatpaper-*"))


@pytest.mark.parametrize("max_bytes", [20_000, 300_000])
def test_a_full_disk_is_a_clear_error(
    nights: Night, runs: Runs, max_bytes: int
) -> None:
    """Exit code 3, one line, the last post untouched; with room again all is done."""
    assert runs.finish(nights)[0] == 0
    before = nights.files()
    nights.now += timedelta(days=1)
    nights.arxiv.records.append(
        record(3, published=nights.now, pdf=pdf_of(3, extra_bytes=400_000))
    )

    code, err = runs.finish(nights, max_bytes)

    assert code == 3, err
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith("chatpaper: ")
    assert nights.files() == before
    assert runs.finish(nights)[0] == 0
    assert nights.whole() == {f"2611.0000{n}v1": 1 for n in range(4)}
    assert set(nights.calls().values()) == {1}


def test_a_post_that_cannot_be_written_is_written_later(
    nights: Night, runs: Runs
) -> None:
    """A folder of posts that is no folder: 3, and nothing is paid for twice."""
    posts = nights.directory / "posts"
    posts.write_text("in the way")

    code, err = runs.finish(nights)

    assert (code, err.count("Traceback")) == (3, 0)
    assert str(posts) in err
    posts.unlink()
    assert runs.finish(nights)[0] == 0
    assert set(nights.whole().values()) == {1}
    assert len(nights.gemini.calls) == 2 * 3


def test_a_second_run_says_who_holds_the_lock(nights: Night, runs: Runs) -> None:
    """It ends with 3, names the other process, and asks nobody."""
    with only_run(nights.directory / "store", wait_s=0):
        code, err = runs.finish(nights)

    assert code == 3
    assert f"pid {os.getpid()}" in err
    assert nights.arxiv.asked == []


def test_a_corrupt_store_is_a_clear_error(nights: Night, runs: Runs) -> None:
    """It ends with 3 and says what to do; posts are untouched."""
    assert runs.finish(nights)[0] == 0
    before = nights.files()
    path = nights.directory / "store" / "chatpaper.sqlite3"
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)
    for name in ("-wal", "-shm"):
        Path(f"{path}{name}").unlink(missing_ok=True)

    code, err = runs.finish(nights)

    assert code == 3
    assert "move the file away" in err
    assert "Traceback" not in err
    assert nights.files() == before
