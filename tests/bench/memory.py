"""Peak memory of a night of 300 papers beside one of 30."""

from __future__ import annotations

from collections.abc import Iterator

from .papers import folder
from .stage import Took, stage

# The target: ten times the papers take at most so many times the memory.
TARGET = 1.3


def measure() -> Iterator[str]:
    """Both with a quick model and no gap: memory is what is looked at."""
    small, large = _night(30), _night(300)
    yield (
        f"30 papers peak at {small.peak_mb:.0f} MB, 300 at {large.peak_mb:.0f} MB, "
        f"ratio {large.peak_mb / small.peak_mb:.2f} (target {TARGET}); "
        f"{small.seconds:.0f} s and {large.seconds:.0f} s"
    )


def _night(papers: int) -> Took:
    with (
        folder() as place,
        stage(place, papers=papers, gap_s=0, latency_s=0.2, concurrency=8) as night,
    ):
        took = night.run()
    assert took.report["posted"] == papers, took.report
    return took
