"""What a hostile PDF may cost: itself, in bounded memory and time."""

from __future__ import annotations

import os
import platform
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pymupdf
import pytest

from chatpaper.api import read_pdf, read_pdfs
from chatpaper.config import Config
from chatpaper.errors import DocumentError
from chatpaper.net import check_pdf
from chatpaper.pipeline import checked_by
from chatpaper.reading import parse_document
from chatpaper.records import Document
from chatpaper.workers import ProcessPerCall, WorkerLost
from hostile import bomb, huge_word, laughing_forms, page_tree_in_a_ring, wrong_count
from pdfs import paper

# No hostile file needs to be given more to show that it wants more. It has the time to
# show it on a busy machine, too.
TIGHT_MB = 600
SMALL = Config.model_validate(
    {"reading": {"max_memory_mb": TIGHT_MB, "timeout_s": 250}}
)

linux = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"),
    reason="only Linux forbids the network to a process without rights",
)


def limits() -> dict[str, int]:
    kinds = ("CORE", "CPU", "FSIZE", "AS")
    return {k: resource.getrlimit(getattr(resource, f"RLIMIT_{k}"))[0] for k in kinds}


def dial() -> str:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()
    except PermissionError:
        return "refused"
    return "open"


def execute() -> str:
    try:
        os.execv(sys.executable, [sys.executable, "-c", ""])
    except PermissionError:
        return "refused"


def shout() -> None:
    print("\x1b[31mred")
    os.write(1, b"out")
    os.write(2, b"err")


def engine_trouble() -> None:
    raise pymupdf.mupdf.FzErrorBase(7, "too deep\nfor words")


def saved(directory: Path, **files: bytes) -> list[Path]:
    paths = []
    for name, data in files.items():
        paths.append(directory / f"{name}.pdf")
        paths[-1].write_bytes(data)
    return paths


@pytest.fixture
def worker() -> Iterator[ProcessPerCall]:
    with ProcessPerCall(1, timeout_s=200, memory_mb=TIGHT_MB) as executor:
        yield executor


def test_a_worker_has_limits(worker: ProcessPerCall) -> None:
    """Memory and processor time are bounded, no core is dumped, no disk filled."""
    found = worker.submit(limits).result()

    assert found["CORE"] == 0
    assert found["CPU"] == 201
    assert found["FSIZE"] <= 16 << 20
    if sys.platform == "linux":
        assert found["AS"] == TIGHT_MB << 20


@linux
def test_a_worker_reaches_no_network(worker: ProcessPerCall) -> None:
    """Neither a socket nor another program is to be had; elsewhere both are."""
    assert worker.submit(dial).result() == "refused"
    assert worker.submit(execute).result() == "refused"
    assert dial() == "open"


def test_a_worker_is_mute(
    worker: ProcessPerCall, capfd: pytest.CaptureFixture[str]
) -> None:
    """What the engine prints reaches neither the terminal nor lines of JSON."""
    worker.submit(shout).result()

    assert capfd.readouterr() == ("", "")


def test_errors_of_the_engine_come_back_in_words(worker: ProcessPerCall) -> None:
    """They do not pickle, so type, text and place are told."""
    with pytest.raises(WorkerLost) as caught:
        worker.submit(engine_trouble).result()

    assert "FzErrorBase: code=7: too deep" in caught.value.reason
    assert "test_walls.py:" in caught.value.reason


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (laughing_forms, f"reading needed more than {TIGHT_MB} MB"),
        (huge_word, f"reading needed more than {TIGHT_MB} MB"),
        # MuPDF gives such a stream up by itself where memory lasts until it does.
        (bomb, f"(reading needed more than {TIGHT_MB} MB|damaged: none of .*)"),
        (page_tree_in_a_ring, "damaged: none of its pages can be read"),
        (lambda: wrong_count(0x7FFFFFFF), "damaged: code=7: Invalid number of pages"),
        (lambda: wrong_count(-5), "damaged: code=7: Invalid number of pages"),
    ],
    ids=["forms", "word", "bomb", "ring", "count", "negative"],
)
def test_hostile_files_cost_themselves(
    make: Callable[[], bytes], reason: str, tmp_path: Path
) -> None:
    """Each is refused by name within its bounds, and the file beside it is read."""
    paths = saved(tmp_path, hostile=make(), good=paper("1 Introduction"))

    (_, bad), (_, good) = read_pdfs(paths, SMALL)

    assert isinstance(bad, DocumentError)
    assert bad.paper_id == "hostile"
    assert re.fullmatch(reason, bad.reason)
    assert isinstance(good, Document)
    assert good.sections[-1].title == "Introduction"


def test_one_bad_file_costs_no_other_its_output(tmp_path: Path) -> None:
    """The command prints what can be read and names what cannot."""
    paths = saved(tmp_path, a=wrong_count(99999), b=paper("1 Introduction"))

    done = subprocess.run(
        [sys.executable, "-m", "chatpaper", "extract", "--json", *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert '"file": "b.pdf"' in done.stdout
    assert done.stdout.count("\n") == 1
    assert done.stderr == (
        f"chatpaper: {paths[0]}: damaged: code=7: Invalid number of pages\n"
    )


def test_reading_one_file_uses_a_worker(tmp_path: Path) -> None:
    """In a notebook, too, no file is opened in the reader's own process."""
    (path,) = saved(tmp_path, a=wrong_count(-5))

    with pytest.raises(DocumentError, match="Invalid number of pages"):
        read_pdf(path)


def test_engine_errors_of_any_page_are_ours() -> None:
    """Read in this process, a file that the engine refuses is a DocumentError."""
    with pytest.raises(DocumentError, match="Invalid number of pages") as caught:
        parse_document("x", wrong_count(-5))

    assert caught.value.__cause__ is None


def test_downloads_are_checked_in_a_worker(tmp_path: Path) -> None:
    """Faults are told; a check that is lost leaves the file to the reader."""
    good, bad = saved(tmp_path, good=paper("1 Introduction"), bad=wrong_count(-5))

    with ProcessPerCall(1, timeout_s=200) as readers:
        check = checked_by(readers)
        assert check(good) is None
        assert check(bad) == check_pdf(bad)
    with ProcessPerCall(1, timeout_s=0.0001) as readers:
        assert checked_by(readers)(bad) is None


def gone(directory: Path) -> bool:
    """Whether the folder of the workers' server goes away within a while."""
    until = time.monotonic() + 100
    while list(directory.glob("pymp-*")) and time.monotonic() < until:
        time.sleep(0.05)
    return not list(directory.glob("pymp-*"))


KILLED = """
import os, signal, sys, time
from chatpaper.workers import ProcessPerCall
with ProcessPerCall(2, timeout_s=200) as readers:
    readers.submit(os.getpid).result()
    late = [readers.submit(time.sleep, 0.4) for _ in range(2)]
    time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_program_leaves_nothing_behind(tmp_path: Path) -> None:
    """Its workers end without a word, and the folder of their server goes."""
    with (tmp_path / "err").open("wb") as err:
        done = subprocess.run(
            [sys.executable, "-c", KILLED],
            env={**os.environ, "TMPDIR": str(tmp_path)},
            stderr=err,
            check=False,
        )

    assert done.returncode == -signal.SIGKILL
    assert gone(tmp_path)
    assert (tmp_path / "err").read_bytes() == b""


def test_a_program_that_ends_well_leaves_nothing_either(tmp_path: Path) -> None:
    """Who removes the folder first does not disturb the other."""
    script = KILLED.replace("    os.kill(os.getpid(), signal.SIGKILL)\n", "")
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        check=True,
    )

    assert done.stderr == b""
    assert gone(tmp_path)
