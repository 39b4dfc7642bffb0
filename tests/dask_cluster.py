"""A Dask cluster on loopback, started by its own commands."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TESTS = Path(__file__).parent
_ADDRESS = re.compile(rb"tcp://127\.0\.0\.1:\d+")


@dataclass
class Cluster:
    """A scheduler and its workers, each a process of its own.

    Attributes:
        address: Of the scheduler.
        directory: Of logs and scratch.
        workers: In the order of their start.
    """

    address: str
    directory: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add_worker(self) -> None:
        """Start one more worker process, one thread, and leave it to report."""
        log = self.directory / f"worker-{len(self.workers)}.log"
        scratch = ["--local-directory", str(self.directory)]
        words = ["dask", "worker", self.address, "--nthreads", "1", "--no-dashboard"]
        self.workers.append(started([*words, *scratch], log))


def started(words: list[str], log: Path) -> subprocess.Popen[bytes]:
    """A command in a session of its own, its output in a file."""
    # Functions of the tests are found by their modules' names in a worker, too.
    environment = {**os.environ, "PYTHONPATH": f"{TESTS}:{TESTS.parent}"}
    command = [sys.executable, "-m", *words]
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            env=environment,
            start_new_session=True,
        )


def ended(process: subprocess.Popen[bytes]) -> None:
    """End a command with all of its children, at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def cluster(workers: int = 2) -> Iterator[Cluster]:
    """A running cluster; all of its processes are gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        log = directory / "scheduler.log"
        words = ["dask", "scheduler", "--host", "127.0.0.1", "--port", "0"]
        scheduler = started([*words, "--no-dashboard"], log)
        made = Cluster(address="", directory=directory)
        try:
            deadline = time.monotonic() + 200
            while not (found := _ADDRESS.search(log.read_bytes())):
                assert time.monotonic() < deadline, log.read_text()
                assert scheduler.poll() is None, log.read_text()
                time.sleep(0.05)
            made.address = found[0].decode()
            for _ in range(workers):
                made.add_worker()
            yield made
        finally:
            for process in (*made.workers, scheduler):
                ended(process)
