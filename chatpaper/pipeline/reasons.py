"""Why a post is empty or shorter than it could be: a code and a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chatpaper.errors import BudgetSpent, FetchError, QuotaSpent, RunStopped, Throttled
from chatpaper.pipeline.select import Choice
from chatpaper.sources import Found
from chatpaper.sources.arxiv import Quiet

Code = Literal[
    "none-submitted",  # arXiv took no submissions: weekend or holiday
    "none-matched",  # nothing fits the query
    "all-seen",  # all of it was posted before
    "filtered-out",  # the topic's own filters dropped it
    "throttled",  # the source asks us to wait
    "source-broken",  # the source gave no usable answer
    "feed-stale",  # the announcement feed is not today's
    "quota",  # the model's quota is spent, or its key refused
    "budget",  # the run's own budget is spent
    "batch",  # summaries are ordered and come with a later run
    "interrupted",  # the run was ended from outside
    "failed",  # every paper was lost
    "unpublished",  # the post did not pass the gate, or could not be written
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something is not there: a code for programs, a sentence for people."""

    code: Code
    text: str


ORDERED = Reason(code="batch", text="its summary comes with a batch")


def of_source(error: FetchError) -> Reason:
    """Why a source could not be asked."""
    code: Code = "throttled" if isinstance(error, Throttled) else "source-broken"
    return Reason(code=code, text=str(error))


def of_model(error: QuotaSpent) -> Reason:
    """Why a summary was not bought in this run."""
    code: Code = "quota"
    if isinstance(error, BudgetSpent):
        code = "budget"
    elif isinstance(error, RunStopped):
        code = "interrupted"
    return Reason(code=code, text=error.reason)


def of_search(
    found: Found,
    choice: Choice,
    *,
    known: bool,
    in_window: Quiet | None,
    since_last: Quiet | None,
) -> Reason:
    """Why a search left nothing to do.

    Args:
        found: What the source said.
        choice: What was made of it.
        known: Whether the topic ever had a paper: a query that never had one is not
            excused by a weekend.
        in_window: Why nothing submitted in the window can be announced yet, if so.
        since_last: Why nothing was announced since the last run, if so.
    """
    notes = "; ".join(found.notes)
    if in_window:
        return Reason(code="none-submitted", text=in_window.sentence)
    if since_last and since_last.code != "not yet" and (known or notes):
        return Reason(code="none-submitted", text=since_last.sentence)
    if notes and not found.papers:
        return Reason(code="feed-stale", text=notes)
    if found.papers:
        text = f"all {choice.seen or len(found.papers)} papers found were posted before"
        return Reason(code="all-seen", text=text)
    if found.excluded:
        why = ", ".join(f"{reason} ({count})" for reason, count in found.excluded)
        return Reason(code="filtered-out", text=f"everything was left out: {why}")
    quiet = f"; {since_last.sentence}" if since_last else ""
    return Reason(code="none-matched", text=f"nothing matches {found.query}{quiet}")


def of_waiting(waiting: Sequence[Reason]) -> Reason | None:
    """The reason most papers wait for, with their count; None when none waits."""
    if not waiting:
        return None
    codes = [reason.code for reason in waiting]
    code = max(codes, key=codes.count)
    first = next(reason for reason in waiting if reason.code == code)
    return Reason(code=code, text=f"{len(waiting)} papers wait: {first.text}")
