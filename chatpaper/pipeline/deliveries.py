"""After the posts stand, their readers are told; what goes wrong is in the reports."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from chatpaper.config import Config
from chatpaper.errors import ChatpaperError
from chatpaper.pipeline.assembly import Tools
from chatpaper.records import RunReport

log = logging.getLogger(__name__)


def deliver_reports(
    reports: Sequence[RunReport], config: Config, tools: Tools, *, lines: bool = True
) -> list[RunReport]:
    """Tell the readers of the day's posts, and why there is none; keep the reports.

    The posts stand whatever comes of it. A night that is recorded or run again tells
    nobody, and one that is being ended leaves it to the next.

    Args:
        reports: Of the run.
        config: Names the channels; without any, nothing is done or imported.
        tools: The store, which has these reports as they were before posts were written
            anew as files and told of; and the clock.
        lines: Whether a night without a post is told, too.

    Returns:
        The reports; one with a message that was not delivered is no success.
    """
    told = _told(reports, config, tools, lines=lines)
    for before, report in zip(reports, told, strict=True):
        # What readers are told of a day later on is made of the message that is kept.
        tools.store.amend_run(replace(report, message=before.message))
    return told


def _told(
    reports: Sequence[RunReport], config: Config, tools: Tools, *, lines: bool
) -> list[RunReport]:
    controls = tools.controls
    if (
        not config.deliver.channels
        or controls.transport is not None
        or controls.stop.is_set()
    ):
        return list(reports)
    from chatpaper.pipeline.telling import tell_reports

    told = {report.topic: [""] for report in reports}
    try:
        for delivery in tell_reports(
            reports, config, tools.store, controls, lines=lines
        ):
            if not delivery.is_done:
                told.setdefault(delivery.topic, []).append(delivery.sentence)
    except ChatpaperError as error:
        log.error("deliveries broken off: %s", error)
        for report in reports:
            told[report.topic].append(str(error))
    return [_with_undelivered(report, told[report.topic][1:]) for report in reports]


def _with_undelivered(report: RunReport, said: Sequence[str]) -> RunReport:
    if not said:
        return report
    is_well = report.status in ("done", "nothing new")
    message = f"not delivered: {'; '.join(said)}"
    return replace(
        report,
        status="partial" if is_well else report.status,
        undelivered=tuple(said),
        message="; ".join(filter(None, (report.message, message))),
    )
