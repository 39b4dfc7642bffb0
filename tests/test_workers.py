"""Processes per call: results, errors, and what kills a call but not the run."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatpaper.errors import DocumentError
from chatpaper.resources import resource_path
from chatpaper.workers import (
    START_METHODS,
    ProcessPerCall,
    WorkerLost,
    read_and_render,
)


@pytest.fixture(scope="module", params=START_METHODS)
def pool(request: pytest.FixtureRequest) -> Iterator[ProcessPerCall]:
    """Each way to start a process that this system has."""
    with ProcessPerCall(
        2, timeout_s=200, memory_mb=2048, start_method=request.param
    ) as executor:
        executor.submit(double, 1).result()
        yield executor


def double(x: int) -> int:
    return 2 * x


def refuse(paper_id: str) -> None:
    try:
        raise ZeroDivisionError
    except ZeroDivisionError as error:
        raise DocumentError(paper_id, "no text") from error


def end(code: int) -> None:
    os._exit(code)


def eat() -> int:
    return len(bytearray(8 * 1024**3))


def test_calls_return_their_results(pool: ProcessPerCall) -> None:
    """Every call gets its own answer."""
    futures = [pool.submit(double, n) for n in range(8)]

    assert [future.result() for future in futures] == [2 * n for n in range(8)]


def test_each_call_has_a_process_of_its_own(pool: ProcessPerCall) -> None:
    """No call sees another's process, nor ours."""
    pids = {pool.submit(os.getpid).result() for _ in range(3)}

    assert len(pids) == 3
    assert os.getpid() not in pids


def test_errors_keep_their_type(pool: ProcessPerCall) -> None:
    """A DocumentError arrives as one, with its attributes."""
    with pytest.raises(DocumentError) as caught:
        pool.submit(refuse, "2611.1v1").result()

    assert (caught.value.paper_id, caught.value.reason) == ("2611.1v1", "no text")


def test_a_crash_costs_one_call(pool: ProcessPerCall) -> None:
    """A process that dies loses its own call only."""
    doomed, fine = pool.submit(end, 7), pool.submit(double, 4)

    with pytest.raises(WorkerLost, match="code 7"):
        doomed.result()
    assert fine.result() == 8


def test_a_hog_is_refused_its_memory(pool: ProcessPerCall) -> None:
    """A call that wants more memory than allowed is lost, and says so."""
    with pytest.raises(WorkerLost, match="2048 MB"):
        pool.submit(eat).result()


def test_samples_are_read_alike_however_processes_start() -> None:
    """Windows has spawned processes only; they read the sample papers as others do."""
    settings = {"max_pages": 60, "max_figures": 2, "width_px": 400}
    pdfs = sorted(resource_path("samples").glob("*.pdf"))
    contents = []
    for method in ("spawn", START_METHODS[0]):
        with ProcessPerCall(2, timeout_s=200, start_method=method) as readers:
            futures = [
                readers.submit(read_and_render, pdf, pdf.stem, **settings)
                for pdf in pdfs
            ]
            results = [future.result() for future in futures]
        contents.append([(read.document, read.pictures) for read in results])

    assert len(pdfs) >= 5
    assert contents[0] == contents[1]
    assert all(document.sections for document, _ in contents[0])


def test_a_call_that_hangs_is_ended() -> None:
    """A call that takes too long is killed and its time named."""
    with (
        ProcessPerCall(1, timeout_s=0.2) as executor,
        pytest.raises(WorkerLost, match=r"longer than 0\.2 s"),
    ):
        executor.submit(time.sleep, 60).result()


def test_a_stop_ends_calls_at_once() -> None:
    """The one under way, and those that were to follow it."""
    stop = threading.Event()
    start_s = time.monotonic()

    with ProcessPerCall(1, timeout_s=250, stop=stop) as executor:
        calls = [executor.submit(time.sleep, 200) for _ in range(3)]
        stop.set()
        for call in calls:
            with pytest.raises(WorkerLost, match="ended from outside"):
                call.result()

    assert time.monotonic() - start_s < 100


def test_an_error_waits_for_no_call() -> None:
    """Ctrl-C while many files are read does not read the others first."""

    def interrupt() -> None:
        with ProcessPerCall(1, timeout_s=250) as executor:
            for _ in range(3):
                executor.submit(time.sleep, 200)
            raise KeyboardInterrupt

    start_s = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interrupt()

    assert time.monotonic() - start_s < 100


def test_a_script_runs_once(tmp_path: Path) -> None:
    """A plain script that reads papers is not run again by its processes."""
    script = tmp_path / "script.py"
    script.write_text(
        "import os\n"
        "from chatpaper.workers import ProcessPerCall\n"
        "print('begun')\n"
        "with ProcessPerCall(2, timeout_s=200) as executor:\n"
        "    pids = {executor.submit(os.getpid).result() for _ in range(2)}\n"
        "print(len(pids - {os.getpid()}))\n"
    )

    ended = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=True
    )

    assert ended.stdout.split() == ["begun", "2"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups")
def test_a_stop_of_the_whole_group_costs_no_call(tmp_path: Path) -> None:
    """As with systemd's stop, SIGTERM reaches every process, those just begun too."""
    script = tmp_path / "script.py"
    script.write_text(
        "import os, signal, time\n"
        "from chatpaper.workers import ProcessPerCall\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "with ProcessPerCall(1, timeout_s=200) as executor:\n"
        "    executor.submit(os.getpid).result()\n"
        "    calls = [executor.submit(time.sleep, 0.05) for _ in range(9)]\n"
        "    while not all(call.done() for call in calls):\n"
        "        os.killpg(0, signal.SIGTERM)\n"
        "        time.sleep(0.001)\n"
        "    print({call.result() for call in calls})\n"
    )

    ended = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )

    assert ended.stdout.strip() == "{None}", ended.stderr
