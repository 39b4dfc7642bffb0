"""What came of a run: its ledger entries, counts, status and reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chatpaper.pipeline.digest import Digested
from chatpaper.pipeline.reasons import Reason, of_waiting
from chatpaper.pipeline.select import Choice
from chatpaper.records import Failure, RunReport
from chatpaper.store import LedgerEntry


@dataclass(frozen=True, slots=True)
class Ended:
    """A paper at the end of a run.

    Attributes:
        outcome: What was made of it.
        entry: What the ledger is to say of it; `day` is that of an earlier post.
    """

    outcome: Digested
    entry: LedgerEntry

    @property
    def is_shown(self) -> bool:
        """Whole papers are; a lost one once when it is new and once when given up."""
        if self.outcome.waits is not None:
            return False
        return self.entry.state in ("posted", "gave up") or self.entry.day is None


def ended(
    outcomes: Sequence[Digested], ledger: Mapping[str, LedgerEntry], retries: int
) -> list[Ended]:
    """Outcomes beside what the ledger is to say of them.

    Args:
        outcomes: Of this run.
        ledger: Before it.
        retries: Runs in which a failed paper is tried again.
    """
    return [
        Ended(o, _entry(o, ledger.get(o.digest.paper.id), retries)) for o in outcomes
    ]


def _entry(outcome: Digested, before: LedgerEntry | None, retries: int) -> LedgerEntry:
    paper, failure = outcome.digest.paper, outcome.digest.failure
    before = before or LedgerEntry(paper=paper, state="waiting")
    if outcome.waits is not None:
        return replace(before, paper=paper, state="waiting", reason=outcome.waits.text)
    if failure is None:
        return LedgerEntry(paper=paper, state="posted", post_day=before.post_day)
    tries = before.tries + 1
    return LedgerEntry(
        paper=paper,
        state="gave up" if tries > retries else "failed",
        tries=tries,
        day=before.day,
        reason=failure.reason,
        post_day=before.post_day,
    )


def tally(report: RunReport, papers: Sequence[Ended], choice: Choice) -> RunReport:
    """A report with counts, status, and the reason for what is missing."""
    outcomes = [paper.outcome for paper in papers]
    failed: tuple[Failure, ...] = tuple(
        o.digest.failure for o in outcomes if o.digest.failure is not None
    )
    posted = sum(paper.entry.state == "posted" for paper in papers)
    final = sum(paper.entry.state == "gave up" for paper in papers)
    reason = of_waiting([o.waits for o in outcomes if o.waits is not None])
    if reason is None and failed and not posted:
        text = f"all {len(failed)} papers failed: {failed[0].reason}"
        reason = Reason(code="failed", text=text)
    code = reason.code if reason else ""
    if not (posted or final or choice.updates) and (failed or code != "batch"):
        report = replace(report, status="failed")
    else:
        held = code not in ("", "budget", "batch")
        report = replace(report, status="partial" if failed or held else "done")
    counts = [
        f"{posted} papers posted",
        f"{len(choice.updates)} updates" if choice.updates else "",
        f"{len(failed)} failed" if failed else "",
        f"{final} given up" if final else "",
        f"{len(choice.over)} beyond arxiv.max_papers" if choice.over else "",
    ]
    message = ", ".join(filter(None, counts))
    if reason is not None:
        message = f"{message}; {reason.text}"
    return replace(
        report, posted=posted + final, failed=failed, why=code, message=message
    )
