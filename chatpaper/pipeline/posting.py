"""Each paper into the post of its day, and what the ledger says of it from then on."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from chatpaper.errors import PostError
from chatpaper.pipeline.press import Press, publish_day
from chatpaper.pipeline.tally import Ended
from chatpaper.records import Paper, RunReport, Update
from chatpaper.store import Entry, Store

log = logging.getLogger(__name__)


def post_papers(
    report: RunReport,
    papers: Sequence[Ended],
    updates: Sequence[Update],
    images: Mapping[str, Path],
    *,
    press: Press,
    store: Store,
) -> RunReport:
    """Publish papers, each in the post of its day, and write the ledger.

    Args:
        report: Of the run so far; its day is that of papers without a day of their
            own, and of the updates.
        papers: All of the run's, shown or not.
        updates: New versions of papers posted earlier.
        images: Of the papers, by file name.
        press: Writes the posts.
        store: Holds the ledger.

    Raises:
        StoreError: The store or the disk refuses; days published so far stand.
    """
    days: dict[date, list[Ended]] = {report.day: []}
    for paper in papers:
        if paper.is_shown:
            days.setdefault(paper.entry.post_day or report.day, []).append(paper)
    rest = [paper.entry for paper in papers if not paper.is_shown]
    refused: list[PostError] = []
    for day, shown in sorted(days.items()):
        done = sum(paper.entry.state in ("posted", "gave up") for paper in shown)
        todays = updates if day == report.day else ()
        if not (done or todays):
            rest += [paper.entry for paper in shown]
            continue
        left_out = _left_out(papers) if day == report.day else ()
        try:
            post = press.render(
                report.topic,
                day,
                [paper.outcome.digest for paper in shown],
                todays,
                left_out,
            )
            entries = [_shown(paper.entry, day) for paper in shown]
            entries += [_known(update) for update in todays]
            path = publish_day(press, store, post, entries, images)
        except PostError as error:
            log.error("unpublished topic=%s day=%s: %s", report.topic, day, error)
            refused.append(error)
            report = replace(report, posted=report.posted - done)
            rest += [_unshown(paper.entry) for paper in shown]
        else:
            report = replace(report, post=str(path))
    store.record(report.topic, rest)
    return _with_refusals(report, refused)


def _left_out(papers: Sequence[Ended]) -> list[Paper]:
    return [
        paper.entry.paper
        for paper in papers
        if paper.outcome.waits and paper.outcome.waits.code in ("budget", "quota")
    ]


def _shown(entry: Entry, day: date) -> Entry:
    # A later version of a posted paper is news of the day it comes.
    post_day = entry.post_day if entry.state == "failed" else None
    return replace(entry, day=day, post_day=post_day)


def _known(update: Update) -> Entry:
    return Entry(paper=update.paper, state="posted", day=update.posted_on)


def _unshown(entry: Entry) -> Entry:
    """What is true of a paper whose post was refused: it is to be tried again."""
    if entry.state == "posted":
        return replace(entry, state="waiting", reason="its post was refused")
    return replace(entry, state="failed")


def _with_refusals(report: RunReport, refused: Sequence[PostError]) -> RunReport:
    if not refused:
        return report
    return replace(
        report,
        status="partial" if report.posted else "failed",
        why="unpublished",
        message="; ".join(map(str, refused)),
    )
