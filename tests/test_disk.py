"""Disks that are full or read-only, and a store that goes away while it is used.

The disks are small ones in memory, which only root may mount.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from chatpaper.resources import resource_path
from commands import run_command
from night import Night, record

WORDS = ("run", "--topic", "GAN", "--since", "2026-11-01", "--until", "2026-11-30")
needs_mount = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("mount"),
    reason="only root mounts a disk",
)


@contextmanager
def disk(folder: Path, size: str) -> Iterator[Callable[[str], None]]:
    """A disk of that size; what is yielded mounts it anew with another option."""

    def mount(*words: str) -> None:
        done = subprocess.run(
            ["mount", *words, str(folder)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"no disk can be mounted here: {done.stderr}")

    folder.mkdir(parents=True, exist_ok=True)
    mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs")
    try:
        yield lambda option: mount("-o", f"remount,{option}")
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def environment(nights: Night) -> dict[str, str]:
    """Ours, without keys or settings of whoever runs the tests."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CHATPAPER_") and not name.endswith("_API_KEY")
    }
    return {**kept, **nights.environment}


def run(nights: Night) -> tuple[int, str]:
    """A night as a command: its exit code, and what it says at the end."""
    done = run_command(*WORDS, env=environment(nights), cwd=nights.directory)
    assert "Traceback" not in done.stderr
    said = done.stderr if done.returncode else done.stdout
    return done.returncode, said.splitlines()[-1]


@needs_mount
@pytest.mark.parametrize(
    ("place", "size"),
    [
        ("store", "4k"),  # the database cannot be made
        ("store", "64k"),  # nor its tables
        ("store", "330k"),  # no room for a PDF
        ("store", "600k"),  # or for what would be paid for
        ("posts", "4k"),  # no room for the twin
        ("posts", "150k"),  # or for the last of the pictures
    ],
)
def test_a_full_disk(nights: Night, place: str, size: str) -> None:
    """3 and one line that names the file; with room again, nothing is paid twice."""
    sample = sorted(resource_path("samples").glob("*.pdf"))[0].read_bytes()
    nights.arxiv.records[1] = record(1, pdf=sample)
    with disk(nights.directory / place, size) as change:
        code, said = run(nights)
        posted = nights.whole().total()
        change("size=100m")
        again, _ = run(nights)

        assert (code, posted, again) == (3, 0, 0)
        assert said.startswith(f"chatpaper: {nights.directory / place}/")
        assert "No space left" in said or "disk is full" in said
        assert set(nights.whole().values()) == {1}
        assert set(nights.calls().values()) == {1}
        assert not list((nights.directory / place).rglob(".chatpaper-*"))
        assert not list((nights.directory / place).rglob("*.part"))


@needs_mount
def test_a_disk_that_fills_up_while_summaries_are_bought(nights: Night) -> None:
    """No call is begun once a reply could not be kept."""
    nights.arxiv.records[:] = [record(n) for n in range(8)]
    nights.settings["llm"] = {"concurrency": 2}
    nights.gemini.latency_s = 0.2
    store = nights.directory / "store"
    full_after: list[int] = []

    def fill(claim: str) -> str:
        if not full_after:
            full_after.append(len(nights.gemini.calls))
            ballast = (store / "ballast").open("wb", 0)
            with suppress(OSError), ballast:
                while True:
                    ballast.write(bytes(4096))
        return "supported"

    nights.gemini.judge = fill
    with disk(store, "3m"):
        code, said = run(nights)
        paid = len(nights.gemini.calls)
        (store / "ballast").unlink()
        again, _ = run(nights)

        assert (code, again) == (3, 0)
        assert "disk is full" in said
        # Two may be under way, and two more begin before the first is refused.
        assert paid <= full_after[0] + 4
        assert set(nights.whole().values()) == {1}


@needs_mount
@pytest.mark.parametrize("place", ["store", "posts"])
def test_a_read_only_disk(nights: Night, place: str) -> None:
    """3 and one line that names it; the last post stays, and is added to later."""
    with disk(nights.directory / place, "50m") as change:
        run(nights)
        before = nights.files()
        nights.arxiv.records.append(record(3))
        change("ro")
        code, said = run(nights)
        change("rw")

        assert code == 3
        assert said.startswith(f"chatpaper: {nights.directory / place}")
        assert "cannot be written: Read-only file system" in said
        assert nights.files() == before
        assert run(nights)[0] == 0
        assert set(nights.whole().values()) == {1}
        assert len(nights.whole()) == 4
        assert set(nights.calls().values()) == {1}


def test_a_store_that_is_deleted_in_the_middle(nights: Night) -> None:
    """It is named, and nothing is posted that the ledger would not know of."""
    store = nights.directory / "store"

    def delete(claim: str) -> str:
        shutil.rmtree(store, ignore_errors=True)
        return "supported"

    nights.settings["llm"] = {"concurrency": 1}
    nights.gemini.judge = delete
    code, said = run(nights)
    posted, paid = nights.whole().total(), len(nights.gemini.calls)
    nights.gemini.judge = lambda claim: "supported"
    again, _ = run(nights)

    assert (code, posted, again) == (3, 0, 0)
    assert said == (
        f"chatpaper: {store}/chatpaper.sqlite3: deleted or replaced while in use"
    )
    # Three drafts, a judge, and a second that began before the first was refused.
    assert paid <= 5
    assert set(nights.whole().values()) == {1}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(
    ("streams", "code"), [("> /dev/full", 3), ("2> /dev/full", 0), ("<&- >&- 2>&-", 0)]
)
def test_output_that_nobody_can_take(nights: Night, streams: str, code: int) -> None:
    """The posts are written all the same; only what a full disk was to hold is lost."""
    command = f'"{sys.executable}" -m chatpaper {" ".join(WORDS)} {streams}'
    done = subprocess.run(
        command,
        shell=True,
        cwd=nights.directory,
        env=environment(nights),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )

    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert set(nights.whole().values()) == {1}
    if code:
        line = done.stderr.splitlines()[-1]
        assert line == "chatpaper: standard output: No space left on device"
