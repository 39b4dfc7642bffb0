"""What came of a run: its ledger entries, counts, status and reason; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from chatpaper.errors import BudgetSpent, FetchError, QuotaSpent, RunStopped, Throttled
from chatpaper.records import Digest, Failure, RunReport
from chatpaper.sources import Found, Quiet
from chatpaper.store import LedgerEntry

# --------------------------------------------------------------------------------------
# Why a post is empty or shorter than it could be: a code and a sentence.

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
    "fault",  # a fault of chatpaper's own: papers wait until it is repaired
    "crashed",  # a fault of chatpaper's own ended the run of a topic
    "batch",  # summaries are ordered and come with a later run
    "batch-refused",  # the batch was not taken, and no single calls are wanted
    "clock",  # the machine's clock is behind papers that were found
    "interrupted",  # the run was ended from outside
    "failed",  # every paper was lost
    "unpublished",  # the post did not pass the gate, or could not be written
]
# After these nothing is lacking: a post of the day that stands is all there is.
COMPLETE = frozenset({"none-submitted", "none-matched", "all-seen", "filtered-out"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something is not there: a code for programs, a sentence for people."""

    code: Code
    text: str


INTERRUPTED = Reason(code="interrupted", text="the run was interrupted")
ORDERED = Reason(code="batch", text="its summary comes with a batch")


def why_no_source(error: FetchError) -> Reason:
    """Why a source could not be asked."""
    code: Code = "throttled" if isinstance(error, Throttled) else "source-broken"
    return Reason(code=code, text=str(error))


def why_no_summary(error: QuotaSpent) -> Reason:
    """Why a summary was not bought in this run."""
    code: Code = "quota"
    if isinstance(error, BudgetSpent):
        code = "budget"
    elif isinstance(error, RunStopped):
        code = "interrupted"
    return Reason(code=code, text=error.reason)


def why_fault(what: str, *, code: Code = "fault") -> Reason:
    """That chatpaper itself is at fault: what happened, and where."""
    text = f"a fault of chatpaper's own ({what}); the log has more"
    return Reason(code=code, text=text)


def why_nothing(
    found: Found,
    *,
    seen: int,
    known: bool,
    in_window: Quiet | None,
    since_last: Quiet | None,
) -> Reason:
    """Why a search left nothing to do.

    Args:
        found: What the source said.
        seen: How many of those found were posted, or given up, before.
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
        text = f"all {seen or len(found.papers)} papers found were posted before"
        return Reason(code="all-seen", text=text)
    if found.excluded:
        why = ", ".join(f"{reason} ({count})" for reason, count in found.excluded)
        return Reason(code="filtered-out", text=f"everything was left out: {why}")
    quiet = f"; {since_last.sentence}" if since_last else ""
    return Reason(code="none-matched", text=f"nothing matches {found.query}{quiet}")


def why_papers_wait(waiting: Sequence[Reason]) -> Reason | None:
    """The reason most papers wait for, with their count; None when none waits."""
    if not waiting:
        return None
    codes = [reason.code for reason in waiting]
    # A fault of ours is told however few papers it keeps.
    code: Code = "fault" if "fault" in codes else max(codes, key=codes.count)
    first = next(reason for reason in waiting if reason.code == code)
    count = codes.count(code)
    text = f"{count} papers wait: {first.text}"
    if count < len(codes):
        text += f"; {len(codes) - count} more wait for other reasons"
    return Reason(code=code, text=text)


# --------------------------------------------------------------------------------------
# What came of each paper, and of all of them.


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestResult:
    """What was made of a paper.

    Attributes:
        digest: Whole, or with a failure.
        images: Files of its pictures, by their names in the post's asset folder.
        waits: Why the paper must wait for a later run; None when it need not.
    """

    digest: Digest
    images: Mapping[str, Path] = field(default_factory=dict)
    waits: Reason | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A paper at the end of a run.

    Attributes:
        result: What was made of it.
        entry: What the ledger is to say of it; `day` is that of an earlier post.
    """

    result: DigestResult
    entry: LedgerEntry

    @property
    def is_final(self) -> bool:
        """Whether no later run deals with it."""
        return self.entry.state in ("posted", "gave up")

    @property
    def is_shown(self) -> bool:
        """Whole papers are; a lost one once when it is new and once when given up."""
        if self.result.waits is not None:
            return False
        return self.is_final or self.entry.day is None


def outcome_of(
    result: DigestResult, ledger: Mapping[str, LedgerEntry], retries: int
) -> Outcome:
    """A result beside what the ledger is to say of it.

    Args:
        result: Of this run.
        ledger: Before it.
        retries: Runs in which a failed paper is tried again.
    """
    paper, failure = result.digest.paper, result.digest.failure
    before = ledger.get(paper.id) or LedgerEntry(paper=paper, state="waiting")
    if result.waits is not None:
        waits = result.waits.text
        entry = replace(before, paper=paper, state="waiting", reason=waits)
    elif failure is None:
        entry = LedgerEntry(paper=paper, state="posted", post_day=before.post_day)
    else:
        tries = before.tries + 1
        entry = LedgerEntry(
            paper=paper,
            state="gave up" if tries > retries else "failed",
            tries=tries,
            day=before.day,
            reason=failure.reason,
            post_day=before.post_day,
        )
    return Outcome(result, entry)


def count_outcomes(
    report: RunReport,
    outcomes: Sequence[Outcome],
    *,
    updates: int,
    over: int,
    listed: int = 0,
) -> RunReport:
    """A report with counts, status, and the reason for what is missing.

    Args:
        report: Of the search.
        outcomes: Of all papers of the run.
        updates: How many posted papers have a new version.
        over: How many papers are left for the next run.
        listed: How many are less relevant, and listed by their titles.
    """
    results = [outcome.result for outcome in outcomes]
    failed: tuple[Failure, ...] = tuple(
        result.digest.failure for result in results if result.digest.failure is not None
    )
    posted = sum(outcome.entry.state == "posted" for outcome in outcomes)
    given_up = sum(outcome.entry.state == "gave up" for outcome in outcomes)
    reason = why_papers_wait([r.waits for r in results if r.waits is not None])
    if reason is None and failed and not posted:
        text = f"all {len(failed)} papers failed: {failed[0].reason}"
        reason = Reason(code="failed", text=text)
    code = reason.code if reason else ""
    if not (posted or given_up or updates) and (failed or code != "batch"):
        report = replace(report, status="failed")
    else:
        # A budget and a batch are what the user wanted: nothing is amiss.
        missing = failed or code not in ("", "budget", "batch")
        report = replace(report, status="partial" if missing else "done")
    counts = [
        f"{posted} papers posted",
        f"{updates} updates" if updates else "",
        f"{len(failed)} failed" if failed else "",
        f"{given_up} given up" if given_up else "",
        f"{over} beyond arxiv.max_papers" if over else "",
        f"{listed} less relevant" if listed else "",
    ]
    message = ", ".join(filter(None, counts))
    if reason is not None:
        message = f"{message}; {reason.text}"
    return replace(
        report, posted=posted + given_up, failed=failed, why=code, message=message
    )


def with_troubles(report: RunReport, troubles: Sequence[str]) -> RunReport:
    """A report that tells what went wrong beside the papers; no success, then."""
    if not troubles:
        return report
    status = report.status if report.status == "failed" else "partial"
    message = "; ".join(filter(None, (report.message, *troubles)))
    return replace(report, status=status, message=message)


def with_uncounted(report: RunReport) -> RunReport:
    """A report that says so when the model's server did not count all tokens."""
    if not (count := report.llm.uncounted):
        return report
    text = f"tokens and cost of {count} of {report.llm.calls} calls are unknown"
    message = f"{report.message}; {text}: the model's server did not tell them"
    return replace(report, message=message)


def exit_code(reports: Sequence[RunReport]) -> int:
    """0 all done, 1 posted with failures, 3 nothing could be posted."""
    statuses = {report.status for report in reports}
    if statuses == {"failed"}:
        return 3
    return 1 if statuses & {"failed", "partial"} else 0
