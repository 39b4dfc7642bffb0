"""A backfill of 100 documents: this machine's processes, and a Dask cluster.

Both must publish the same bytes; a worker that is killed half-way must cost nothing.
"""

from __future__ import annotations

import json
import os
import re
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from threading import Event

from chatpaper.config import Config
from chatpaper.pipeline import Controls, Progress, plan_backfill, run_backfill
from chatpaper.resources import resource_path
from chatpaper.store import Store
from dask_cluster import Cluster, cluster

COUNT = 100
WORKERS = 2
FIRST = datetime(2014, 1, 1, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
_TOOK = re.compile(rb'"seconds": [\d.e-]+')


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a backfill came to.

    Attributes:
        seconds: Wall time, the cluster's start left out.
        posted, failed: Papers.
        pages: Of all documents.
        reading_s: What the workers were busy with them, added up.
        files: What was published, by name, without the seconds that it took.
    """

    seconds: float
    posted: int
    failed: int
    pages: int
    reading_s: float
    files: Mapping[str, bytes]


def mirror(folder: Path, count: int = COUNT) -> Path:
    """A folder of so many PDFs of four months, made of the bundled samples."""
    samples = sorted(resource_path("samples").glob("*.pdf"))
    lines = []
    for number in range(count):
        name = f"14{1 + number % 4:02d}.{number:05d}"
        (folder / f"{name}.pdf").symlink_to(samples[number % len(samples)])
        submitted = FIRST + timedelta(days=31 * (number % 4) + number % 25)
        title = f"Sample {number} of generative adversarial networks"
        paper = {"id": name, "title": title, "published": submitted.isoformat()}
        lines.append(json.dumps(paper))
    (folder / "metadata.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def filled(
    papers: Path,
    reading: Mapping[str, object],
    tell: Callable[[Progress], None] = lambda _: None,
) -> Filled:
    """Backfill a folder's papers without a model, into a place of its own."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        config = Config.model_validate(
            {
                "topics": [{"name": "GAN", "queries": ['ti:"generative adversarial"']}],
                "llm": {"provider": "extractive"},
                "reading": dict(reading),
                "output": {"dir": str(root / "posts"), "timezone": "UTC"},
                "storage": {"dir": str(root / "store")},
            }
        )
        controls = Controls(key=None, now=lambda: NOW, stop=Event())
        plan = plan_backfill(
            config,
            "GAN",
            since=FIRST.date(),
            until=date(2014, 6, 30),
            source=str(papers),
            controls=controls,
        )
        start = time.perf_counter()
        reports = list(run_backfill(config, plan, controls=controls, tell=tell))
        seconds = time.perf_counter() - start
        with Store(root / "store") as store:
            count, pages, _, reading_s = store.document_means()
        return Filled(
            seconds=seconds,
            posted=sum(report.posted for report in reports),
            failed=sum(len(report.failed) for report in reports),
            pages=round(count * pages),
            reading_s=count * reading_s,
            files={
                str(path.relative_to(root)): _TOOK.sub(b"", path.read_bytes())
                for path in sorted((root / "posts").rglob("*"))
                if path.is_file()
            },
        )


def on_cluster(papers: Path, engine: Cluster, *, kill: bool = False) -> Filled:
    """The same on a cluster; with `kill`, one worker is killed half-way."""

    def tell(now: Progress) -> None:
        if kill and now.done == now.total // 2:
            os.killpg(engine.workers[0].pid, signal.SIGKILL)

    reading = {"executor": "dask", "dask_address": engine.address, "workers": WORKERS}
    return filled(papers, reading, tell)


def measure() -> Iterator[str]:
    """Both times, and whether anything differs or is lost."""
    if find_spec("distributed") is None:
        yield "Dask is not installed: pip install 'chatpaper[dask]'"
        return
    with tempfile.TemporaryDirectory() as name, cluster(WORKERS) as engine:
        papers = mirror(Path(name))
        local = filled(papers, {"workers": WORKERS})
        yield (
            f"{COUNT} documents, {local.pages} pages, no model: {local.seconds:.1f} s"
            f" with {WORKERS} local processes, {local.reading_s / local.pages:.3f} s of"
            " reading per page"
        )
        dask = on_cluster(papers, engine)
        yield (
            f"{dask.seconds:.1f} s with {WORKERS} Dask workers,"
            f" {dask.seconds / local.seconds:.2f} times as long; same bytes:"
            f" {dask.files == local.files} ({len(local.files)} files)"
        )
        short = on_cluster(papers, engine, kill=True)
        yield (
            f"{short.seconds:.1f} s with one worker killed half-way:"
            f" {short.posted} of {COUNT} posted, {short.failed} lost; same bytes:"
            f" {short.files == local.files}"
        )
