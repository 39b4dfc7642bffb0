"""Both stand-ins as processes, and a run beside them that is timed and weighed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from servers.gemini_faults import KEY

from .papers import ROOT, WORD, write_corpus

SERVERS = ROOT / "tests" / "servers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """A finished run.

    Attributes:
        report: As printed with `--json`.
        seconds: Wall time, start-up included.
        peak_mb: Of the whole process tree, shared pages counted once.
    """

    report: dict[str, Any]
    seconds: float
    peak_mb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a run finds what it needs: a folder, and its environment."""

    directory: Path
    environment: dict[str, str]

    def run(self) -> Took:
        """`chatpaper run`, as cron would."""
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "chatpaper", "run", "--topic", WORD, "--json"],
            env=self.environment,
            cwd=self.directory,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, tree_mb(process.pid))
            time.sleep(0.1)
        seconds = time.perf_counter() - start
        out, _ = process.communicate()
        return Took(report=json.loads(out), seconds=seconds, peak_mb=peak)


@contextmanager
def stage(
    directory: Path, *, papers: int, gap_s: float, latency_s: float, concurrency: int
) -> Iterator[Stage]:
    """Serve so many papers and a model of that latency until the block ends."""
    corpus = write_corpus(directory / "corpus", papers)
    arxiv = _serve("arxiv.py", "--corpus", str(corpus), "--port", "0")
    gemini = _serve("gemini.py", "--latency-s", str(latency_s))
    try:
        arxiv_url = _said(arxiv).split()[-1]
        settings = {
            "ARXIV__BASE_URL": arxiv_url,
            "ARXIV__RSS_BASE_URL": arxiv_url,
            "ARXIV__GAP_S": gap_s,
            "ARXIV__MAX_PAPERS": papers,
            "LLM__BASE_URL": _said(gemini).split()[0],
            "LLM__CONCURRENCY": concurrency,
            "LLM__MAX_USD_PER_RUN": 0,
            "OUTPUT__DIR": directory / "posts",
            "STORAGE__DIR": directory / "store",
        }
        named = {f"CHATPAPER_{name}": str(value) for name, value in settings.items()}
        environment = {**os.environ, **named, "GEMINI_API_KEY": KEY}
        yield Stage(directory=directory, environment=environment)
    finally:
        for server in (arxiv, gemini):
            server.send_signal(signal.SIGINT)
            server.communicate()


def tree_mb(pid: int) -> float:
    """Memory of a process and all below it, in MB; 0 where /proc has none."""
    total, todo = 0.0, [pid]
    while todo:
        here = Path("/proc", str(todo.pop()))
        try:
            for task in (here / "task").iterdir():
                todo += map(int, (task / "children").read_text().split())
            rollup = (here / "smaps_rollup").read_text()
            total += int(rollup.split("Pss:")[1].split()[0]) / 1024
        except (OSError, IndexError):
            continue
    return total


def _serve(name: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(SERVERS / name), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _said(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    return server.stdout.readline()
