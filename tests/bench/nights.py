"""A night of 30 papers against its limit, and beside a plain sequential run."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chatpaper.config import load_config
from chatpaper.pipeline import Controls, digest_paper, open_tools, render_day
from chatpaper.records import Post
from chatpaper.sources.arxiv import topic_from_words

from .papers import WORD, folder
from .stage import Stage, stage

PAPERS = 30
GAP_S = 0.3
LATENCY_S = 2.0
CONCURRENCY = 8
# The target: a night takes at most so many times as long as its limit allows.
TARGET = 1.25


def measure() -> Iterator[str]:
    """The plain run first: it also says how long reading takes by itself."""
    with folder() as place, _stage(place) as plain:
        plain_s, reading_s = in_sequence(plain)
    with folder() as place, _stage(place) as night:
        took = night.run()
        again = night.run()
    calls, posted = took.report["llm"]["calls"], took.report["posted"]
    requests = 1 + PAPERS
    cores = os.cpu_count() or 1
    # Draft and judge; where something was repaired, the repair and its judge too.
    chain = 2 if calls == 2 * PAPERS else 4
    limits = {
        "requests": requests * GAP_S,
        "calls": calls * LATENCY_S / CONCURRENCY,
        "reading": reading_s / cores,
        "one paper's calls": chain * LATENCY_S,
    }
    limit_s = max(limits.values())
    parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in limits.items())
    yield (
        f"{posted} papers in {took.seconds:.1f} s, {calls} calls, "
        f"peak {took.peak_mb:.0f} MB"
    )
    yield (
        f"limit {limit_s:.1f} s (the longest of {parts}), ratio "
        f"{took.seconds / limit_s:.2f} (target {TARGET})"
    )
    yield (
        f"plain sequential {plain_s:.1f} s, "
        f"{plain_s / took.seconds:.1f} times as long; reading alone {reading_s:.1f} s"
    )
    yield (
        f"second run {again.seconds:.2f} s (target 2), "
        f"{again.report['llm']['calls']} calls, why {again.report['why']}"
    )


def _stage(place: Path):  # type: ignore[no-untyped-def]  # a context manager
    return stage(
        place,
        papers=PAPERS,
        gap_s=GAP_S,
        latency_s=LATENCY_S,
        concurrency=CONCURRENCY,
    )


def in_sequence(where: Stage) -> tuple[float, float]:
    """The same stages, one paper after another: seconds of all, and of reading."""
    storage = str(where.directory / "plain")
    config = load_config(
        environ={**where.environment, "CHATPAPER_STORAGE__DIR": storage}
    )
    key = where.environment["GEMINI_API_KEY"]
    now = datetime.now(UTC)
    controls = Controls(key=key, now=lambda: now)
    start = time.perf_counter()
    with open_tools(config, "arxiv", controls) as tools:
        topic = topic_from_words(WORD)
        found = tools.source.find(topic, now - timedelta(days=7), now, PAPERS)
        digests = []
        for paper in found.papers:
            pdf = tools.source.pdf(paper)
            images = where.directory / "images"
            digests.append(digest_paper(paper, pdf, images, config, tools).digest)
        day = Post(topic=topic.name, day=now.date(), digests=())
        render_day(config, day, digests, (), ())
        read, _, _, mean_s = tools.store.document_means()
    assert len(digests) == PAPERS
    return time.perf_counter() - start, read * mean_s
