"""What was ordered by batch, handed in at the end of a run; else asked for singly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from chatpaper.config import Config
from chatpaper.errors import QuotaSpent, SummaryError
from chatpaper.pipeline.assembly import Tools
from chatpaper.pipeline.batch_jobs import Batches
from chatpaper.pipeline.digest import digest_papers
from chatpaper.pipeline.outcomes import DigestResult, Reason, why_no_summary


def submit_orders(
    results: Sequence[DigestResult],
    folder: Path,
    config: Config,
    tools: Tools,
    batches: Batches,
) -> Iterator[DigestResult]:
    """Hand in what was ordered, and give all results as they are then.

    Papers of a job that was not made are asked for in single calls, if the user wants
    that, or else wait and say why.

    Args:
        results: Of the run so far.
        folder: Where pictures are put.
        config: How papers are read, summarised and shown.
        tools: Who does it.
        batches: Hold the orders.

    Raises:
        StoreError: The store or the disk refuses.
    """
    left = batches.submit()
    singly = []
    for result in results:
        error = left.get(result.digest.paper.versioned_id)
        if error is None:
            yield result
        elif batches.fallback and not isinstance(error, QuotaSpent):
            singly.append(result.digest.paper)
        else:
            yield replace(result, waits=_why_no_batch(error))
    yield from digest_papers(singly, folder, config, tools)


def _why_no_batch(error: SummaryError) -> Reason:
    if isinstance(error, QuotaSpent):
        return why_no_summary(error)
    text = f"the batch was not taken: {error.reason}"
    return Reason(code="batch-refused", text=text)
