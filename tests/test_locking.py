"""The lock of a run."""

import subprocess
import sys
from pathlib import Path

import pytest

from chatpaper.errors import StoreError
from chatpaper.store import only_run


def test_second_run_says_who_holds_the_lock(tmp_path: Path) -> None:
    """The error names the process and since when."""
    with (
        only_run(tmp_path, wait_s=0),
        pytest.raises(StoreError, match=r"pid \d+ since \d{4}-"),
        only_run(tmp_path, wait_s=0),
    ):
        pass


def test_second_run_waits_for_the_first(tmp_path: Path) -> None:
    """A run that ends in time lets the next one in."""
    first = only_run(tmp_path, wait_s=0)
    first.__enter__()
    naps: list[float] = []

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            first.__exit__(None, None, None)

    with only_run(tmp_path, wait_s=60, now=lambda: 0.0, sleep=sleep):
        pass

    assert len(naps) == 3


def test_lock_is_freed_when_the_run_fails(tmp_path: Path) -> None:
    """An error of the run passes through and frees the lock."""
    with pytest.raises(OSError, match="mine"), only_run(tmp_path, wait_s=0):
        raise OSError("mine")

    with only_run(tmp_path, wait_s=0):
        assert (tmp_path / "lock").exists()


def test_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    """A path below a plain file is refused."""
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(StoreError, match="file"),
        only_run(tmp_path / "file" / "store", wait_s=0),
    ):
        pass


HOLD = """
import sys
from pathlib import Path
from chatpaper.store import only_run
with only_run(Path(sys.argv[1]), wait_s=0):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_killed_run_holds_nothing(tmp_path: Path) -> None:
    """Another process's lock keeps us out, and its end, however sudden, lets us in."""
    script = [sys.executable, "-c", HOLD, str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(script, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with (
            pytest.raises(StoreError, match=f"pid {other.pid} since"),
            only_run(tmp_path, wait_s=0),
        ):
            pass
        other.kill()

    with only_run(tmp_path, wait_s=0):
        assert f"pid {other.pid} " not in (tmp_path / "lock-holder").read_text("utf-8")
