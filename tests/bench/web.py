"""Fifty people on the page of `chatpaper serve`, ten uploads at a time."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx2

from .papers import folder, pdfs
from .stage import stage, tree_mb

PEOPLE = 50
UPLOADS = 10
LATENCY_S = 1.0
JOBS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """What one person saw.

    Attributes:
        state: Of the paper at its end.
        upload_s: From sending the PDF to being told its address.
        work_s: That the paper was worked on, without its model's calls.
        page_s: To have the page of the entry.
        whole_s: From sending the PDF to its end.
    """

    state: str
    upload_s: float
    work_s: float
    page_s: float
    whole_s: float


def measure() -> Iterator[str]:
    """Nothing is lost; times without the model, and memory of the whole tree."""
    with (
        folder() as place,
        stage(place, papers=1, gap_s=0, latency_s=LATENCY_S, concurrency=JOBS) as on,
    ):
        limits = {
            "PORT": 0,
            "MAX_JOBS": JOBS,
            "MAX_QUEUE": PEOPLE,
            "PAPERS_PER_HOUR": 10 * PEOPLE,
            "REQUESTS_PER_MINUTE": 10_000,
            "MAX_USD_PER_DAY": 0,
            "MAX_USD_PER_PAPER": 0,
        }
        named = {f"CHATPAPER_WEB__{name}": str(value) for name, value in limits.items()}
        server = subprocess.Popen(
            [sys.executable, "-m", "chatpaper", "serve"],
            env={**os.environ, **on.environment, **named},
            cwd=place,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            idle_mb = tree_mb(server.pid)
            peak = _Peak(server.pid)
            with peak:
                began = time.perf_counter()
                visits = _visits(url)
                seconds = time.perf_counter() - began
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
    done = [visit for visit in visits if visit.state == "done"]
    yield (
        f"{len(done)} of {PEOPLE} papers done in {seconds:.0f} s, {JOBS} at a time, "
        f"a call of the model taking {LATENCY_S:g} s; memory {idle_mb:.0f} MB at rest, "
        f"{peak.mb:.0f} MB at most, workers included"
    )
    yield _line("worked on without the model", [visit.work_s for visit in done])
    yield _line("an upload until it has its address", [v.upload_s for v in visits])
    yield _line("the page of an entry", [visit.page_s for visit in done])
    yield _line(
        "dropped until done, queue and model included", [v.whole_s for v in done]
    )


class _Peak:
    """The most memory of a process and all below it, looked at in a thread."""

    def __init__(self, pid: int) -> None:
        self.mb = 0.0
        self._pid, self._over = pid, threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.2):
            self.mb = max(self.mb, tree_mb(self._pid))


def _visits(url: str) -> list[_Visit]:
    files = pdfs()
    sending = threading.Semaphore(UPLOADS)

    def visit(n: int) -> _Visit:
        # Everybody's paper is another one, whatever follows the end of a PDF.
        data = files[n % len(files)].read_bytes() + f"\n% {n}\n".encode()
        return _visit(url, Path(f"{n}.pdf").name, data, sending)

    with ThreadPoolExecutor(PEOPLE) as people:
        return list(people.map(visit, range(PEOPLE)))


def _visit(url: str, name: str, data: bytes, sending: threading.Semaphore) -> _Visit:
    with httpx2.Client(base_url=url, timeout=600) as visitor:
        visitor.get("/").raise_for_status()
        with sending:
            began = time.perf_counter()
            form = {"file": (name, data, "application/pdf")}
            answer = visitor.post("/api/papers", files=form).raise_for_status().json()
            uploaded = time.perf_counter()
        with visitor.stream("GET", f"/api{answer['url']}/events") as events:
            told = [line for line in events.iter_lines() if line.startswith("data: ")]
        ended = time.perf_counter()
        last = json.loads(told[-1].removeprefix("data: "))
        visitor.get(answer["url"], headers={"accept": "text/html"}).raise_for_status()
        shown = time.perf_counter()
        model_s = 0.0
        if last["state"] == "done":
            digest = visitor.get(f"{answer['url']}/paper.json").json()
            model_s = digest["provenance"]["seconds"]
    return _Visit(
        state=last["state"],
        upload_s=uploaded - began,
        work_s=last["seconds"] - model_s,
        page_s=shown - ended,
        whole_s=ended - began,
    )


def _line(what: str, seconds: list[float]) -> str:
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return f"{what}: p50 {cuts[9]:.2f} s, p95 {cuts[18]:.2f} s"
