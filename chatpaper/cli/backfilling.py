"""`chatpaper backfill`: years of posts."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from chatpaper.cli.commands import command
from chatpaper.cli.options import (
    ConfigFile,
    Json,
    Output,
    ProviderOption,
    SourceOption,
    Storage,
    day_of,
    settings,
)
from chatpaper.cli.running import sentence, show, stoppable
from chatpaper.text import without_controls

if TYPE_CHECKING:
    from chatpaper.config import Config
    from chatpaper.pipeline import Controls, Plan, Posts, Progress
    from chatpaper.records import RunReport

log = logging.getLogger("chatpaper.backfill")

LOGGED_EVERY_S = 30.0
# Papers that wait, though nothing failed.
WAITING = ("batch", "budget")


@command
def backfill(
    topic: Annotated[str, typer.Option(help="A topic of the configuration, or words.")],
    since: Annotated[
        str,
        typer.Option(metavar="DAY", help="First UTC day of submission: 2014, 2014-01."),
    ],
    until: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="Last UTC day; by default yesterday."),
    ] = None,
    posts: Annotated[
        Literal["day", "month"],
        typer.Option(help="A post for each day of submission, or for each month."),
    ] = "day",
    source: SourceOption = "arxiv",
    provider: ProviderOption = None,
    output: Output = None,
    storage: Storage = None,
    config: ConfigFile = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only estimate; spend and write nothing.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Agree to more than llm.max_usd_per_run.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Write the posts of years gone by, month by month; run again to resume."""
    from chatpaper.pipeline import Controls, affordable, exit_code, plan_backfill

    checked = settings(
        config, llm__provider=provider, output__dir=output, storage__dir=storage
    )
    first = day_of("since", since, checked)
    last = day_of("until", until, checked, last=True)
    assert first is not None  # the option has to be there
    with stoppable() as stop:
        controls = Controls(stop=stop)
        plan = plan_backfill(
            checked,
            topic,
            since=first,
            until=last or controls.now().date() - timedelta(days=1),
            source=source,
            controls=controls,
        )
        if dry_run:
            typer.echo(plan_json(plan) if as_json else plan_text(plan))
            return 0
        typer.echo(plan_text(plan), err=True)
        bounded = affordable(checked, plan, yes=yes)
        reports = _carry_out(plan, bounded, posts, controls, as_json=as_json)
    if not as_json:
        typer.echo(end_text(plan, reports))
    return stop.code(exit_code(reports))


def _carry_out(
    plan: Plan, config: Config, posts: Posts, controls: Controls, *, as_json: bool
) -> list[RunReport]:
    """Run the months of a plan, and print what comes of each."""
    from chatpaper.pipeline import run_backfill

    reports = []
    with watching() as tell:
        for report in run_backfill(
            config, plan, posts=posts, controls=controls, tell=tell
        ):
            reports.append(report)
            if as_json:
                show([report], as_json=True)
            elif report.status != "nothing new":
                typer.echo(without_controls(month_text(report)))
    return reports


def end_text(plan: Plan, reports: Sequence[RunReport]) -> str:
    """What came of a backfill, in one line."""
    posted = sum(report.posted for report in reports)
    text = f"{plan.topic.name}: {posted} papers in {len(reports)} months"
    waits = any(r.status in ("failed", "partial") or r.why in WAITING for r in reports)
    if waits or len(reports) < len(plan.months):
        text += f" of {len(plan.months)}; run it again to go on"
    elif not posted:
        text += f": {plan.why or why_empty(reports)}"
    return text


def why_empty(reports: Sequence[RunReport]) -> str:
    """Why months brought nothing, in one sentence for all of them."""
    # A month without papers explains nothing about one that had some.
    told = [report for report in reports if report.found] or list(reports)
    codes = [report.why for report in told]
    code = max(codes, key=codes.count)
    if code == "all-seen":
        found = sum(report.found for report in told)
        return f"all {found} papers found were posted before"
    return next(report.message for report in told if report.why == code)


def month_text(report: RunReport) -> str:
    """What came of a month, in one line."""
    day = report.day.isoformat()
    return sentence(report).replace(f" {day}:", f" {day[:7]}:", 1)


def plan_text(plan: Plan) -> str:
    """What a backfill will take, for people."""
    what, months = plan.estimate, plan.months
    if plan.why:
        return f"{plan.topic.name}: nothing is left to do: {plan.why}"
    cost = "unknown" if what.cost_usd is None else f"{what.cost_usd:.2f}"
    return (
        f"{plan.topic.name} {months[0].first} to {months[-1].last}:"
        f" {what.papers:,} papers in {len(months)} months,"
        f" about {what.hours:.1f} hours of {what.slowest},"
        f" {what.tokens_in:,} tokens in, {what.tokens_out:,} out, {cost} USD"
        f" ({what.basis})"
    )


def plan_json(plan: Plan) -> str:
    """The same as one JSON object."""
    months = [month.name for month in plan.months]
    values = {
        "topic": plan.topic.name,
        "source": plan.source,
        "months": months,
        "finished": plan.finished,
        "found": plan.found,
        "why": plan.why,
        **asdict(plan.estimate),
    }
    return json.dumps(values)


@contextmanager
def watching() -> Iterator[Callable[[Progress], None]]:
    """A bar with the time left and the cost so far, or a log line now and then."""
    if not sys.stderr.isatty():
        yield _Lines().log_progress
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        *Bars.get_default_columns()[:2],
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        TextColumn("{task.fields[cost]}"),
    )
    with Bars(
        *columns,
        console=Console(file=sys.__stderr__),
        redirect_stdout=sys.stdout.isatty(),
    ) as bars:
        task = bars.add_task("backfill", total=None, cost="")

        def tell(now: Progress) -> None:
            bars.update(
                task,
                description=now.month,
                completed=now.done,
                total=now.total,
                cost=_cost(now),
            )

        yield tell


class _Lines:
    """Progress as log lines, not more than one in `LOGGED_EVERY_S`."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._logged = self._start

    def log_progress(self, now: Progress) -> None:
        """Log it, unless another was logged just before."""
        moment = time.monotonic()
        if moment - self._logged < LOGGED_EVERY_S and now.done < now.total:
            return
        self._logged = moment
        left_s = (moment - self._start) / max(now.done, 1) * (now.total - now.done)
        log.info(
            "backfill month=%s papers=%d/%d left=%.1fh cost=%s",
            now.month,
            now.done,
            now.total,
            left_s / 3600,
            _cost(now),
        )


def _cost(now: Progress) -> str:
    return "? USD" if now.cost_usd is None else f"{now.cost_usd:.2f} USD"
