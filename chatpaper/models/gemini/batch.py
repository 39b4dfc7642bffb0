"""Gemini's Batch API: half price, answers within a day, collected later."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from chatpaper.errors import RequestRefused, SummaryError
from chatpaper.models.exchange import ModelRequest
from chatpaper.models.gemini.client import Gemini
from chatpaper.models.providers import BatchAnswer, BatchState, Status

if TYPE_CHECKING:
    from google.genai import types

log = logging.getLogger(__name__)

# Requests sent within the call must stay below 20 MB:
# https://ai.google.dev/gemini-api/docs/batch-api
MAX_BYTES = 18_000_000

_STATUSES: Mapping[str, Status] = {
    "SUCCEEDED": "done",
    "PARTIALLY_SUCCEEDED": "done",
    "FAILED": "failed",
    "CANCELLED": "failed",
    "EXPIRED": "expired",
}


def portions(
    requests: Sequence[ModelRequest], *, max_bytes: int = MAX_BYTES
) -> Iterator[tuple[ModelRequest, ...]]:
    """Requests in order, in groups that fit one job each."""
    group: list[ModelRequest] = []
    size = 0
    for request in requests:
        # Beside the prompt, a request holds its schema and settings, below 10 kB.
        needed = len(request.prompt.encode()) + 10_000
        if group and size + needed > max_bytes:
            yield tuple(group)
            group, size = [], 0
        group.append(request)
        size += needed
    if group:
        yield tuple(group)


def submit(gemini: Gemini, requests: Sequence[ModelRequest], *, label: str) -> str:
    """Hand in one job and give its name.

    It is asked once: whether a request that broke off has made a job is told by
    `find`, with the same label, and not by making another.

    Args:
        gemini: Whose key, model and settings are used.
        requests: One per paper.
        label: Unique to this job; store it before, so that `find` can tell.

    Raises:
        RequestRefused: The job was refused.
        SummaryError: Nobody knows whether the job was made.
        QuotaSpent: The quota is spent or the key is refused.
    """
    keys = [request.paper_id for request in requests]
    if not keys or len(set(keys)) < len(keys):
        raise ValueError("a batch needs requests, one per paper")
    source: list[types.InlinedRequestUnionDict] = [
        {
            "model": gemini.model,
            "contents": request.prompt,
            "config": gemini.reply_config(request),
            "metadata": {"key": request.paper_id},
        }
        for request in requests
    ]
    job = gemini.call(
        label,
        lambda: gemini.client().batches.create(
            model=gemini.model, src=source, config={"display_name": label}
        ),
        tries=1,
    )
    if not job.name:
        raise SummaryError(label, "the batch was taken without a name")
    log.info("batch submitted job=%s papers=%d", job.name, len(requests))
    return job.name


def find(gemini: Gemini, label: str) -> str | None:
    """Name of the job that was handed in under a label, None when there is none.

    Raises:
        RequestRefused: The server does not list jobs.
        SummaryError: The jobs could not be listed.
    """
    try:
        jobs = gemini.call(label, lambda: list(gemini.client().batches.list()))
    except RequestRefused as error:
        reason = f"the server does not list batches (HTTP {_code(error)})"
        raise RequestRefused(label, reason) from error
    return next((job.name for job in jobs if job.display_name == label), None)


def poll_job(gemini: Gemini, job: str) -> BatchState:
    """Ask once what has become of a job; each paper has a reply, an error or neither.

    Raises:
        RequestRefused: The server does not tell.
        SummaryError: The server could not be asked.
    """
    try:
        found = gemini.call(job, lambda: gemini.client().batches.get(name=job))
    except RequestRefused as error:
        if (code := _code(error)) != 404:
            reason = f"the server does not tell of the batch (HTTP {code})"
            raise RequestRefused(job, reason) from error
        return BatchState(status="expired", reason="the server has no such batch")
    state = str(getattr(found.state, "value", found.state)).rpartition("STATE_")[2]
    answers: list[BatchAnswer] = []
    for item in (found.dest and found.dest.inlined_responses) or ():
        paper_id = str((item.metadata or {}).get("key", ""))
        if item.response is not None:
            reply = gemini.read(item.response, tier="batch")
            answers.append(BatchAnswer(paper_id=paper_id, reply=reply))
        else:
            code = item.error.code if item.error else None
            refusal = f"refused within the batch (code {code})"
            answers.append(BatchAnswer(paper_id=paper_id, error=refusal))
    status: Status = _STATUSES.get(state, "pending")
    word = state.lower()
    log.info(
        "batch asked job=%s state=%s replies=%d errors=%d",
        job,
        word,
        sum(answer.reply is not None for answer in answers),
        sum(answer.reply is None for answer in answers),
    )
    reason = f"the batch has {word}" if status in ("failed", "expired") else ""
    return BatchState(status=status, answers=tuple(answers), reason=reason)


def _code(error: RequestRefused) -> int | None:
    """HTTP status of a refusal."""
    return getattr(error.__cause__, "code", None)


class BatchGemini(Gemini):
    """Gemini, which takes single prompts and batches of them."""

    portions = staticmethod(portions)
    submit, find, poll = submit, find, poll_job
