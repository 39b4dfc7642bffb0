"""`chatpaper digest`: the post of a week or a month."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from chatpaper.cli.commands import FAILED, command, json_line
from chatpaper.cli.options import ConfigFile, Json, Output, Storage, day_of, settings
from chatpaper.errors import ConfigError

if TYPE_CHECKING:
    from datetime import date

    from chatpaper.config import Config
    from chatpaper.pipeline import PeriodReport


@command
def digest(
    period: Annotated[
        str | None,
        typer.Argument(
            metavar="[PERIOD]", help="By its name: 2026-W47, 2026-11.", show_default=""
        ),
    ] = None,
    topic: Annotated[
        list[str] | None,
        typer.Option(help="Of the posts; may be repeated; by default all configured."),
    ] = None,
    week: Annotated[
        bool, typer.Option("--week", help="The last whole week; the default.")
    ] = False,
    month: Annotated[
        bool, typer.Option("--month", help="The last whole month.")
    ] = False,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="DAY",
            help="The last that ended by then: 2026-11-22, 2026-W47, 2026-11.",
        ),
    ] = None,
    deliver: Annotated[
        bool,
        typer.Option("--deliver", help="Send its receivers what they were not told."),
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="With --deliver: also what they were told.")
    ] = False,
    output: Output = None,
    storage: Storage = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> int:
    """Write a post of a week or a month from the days' posts; asks nobody."""
    from chatpaper.pipeline import review_periods

    if week and month:
        raise ConfigError("digest", "--week or --month, not both")
    if period:
        until, is_month = _named(period, until, week=week, month=month)
        month = is_month
    checked = settings(config, output__dir=output, storage__dir=storage)
    done = review_periods(
        checked,
        "month" if month else "week",
        topics=tuple(topic or ()),
        until=_until(until, checked),
        deliver=deliver,
        again=again,
    )
    for report in done:
        days = {"since": report.since.isoformat(), "until": report.until.isoformat()}
        values = {**asdict(report), **days}
        typer.echo(json_line(values) if as_json else _line(report))
    failed = sum(report.status == "failed" for report in done)
    if failed:
        return FAILED if failed == len(done) else 1
    return int(any(report.undelivered for report in done))


def _named(
    name: str, until: str | None, *, week: bool, month: bool
) -> tuple[str, bool]:
    """The last day of a period that is named, and whether it is a month."""
    from chatpaper.periods import named_period

    if until:
        raise ConfigError("--until", f"{name} says when it ends: leave --until out")
    period = named_period(name)
    if period is None:
        example = "name a week as 2026-W47, a month as 2026-11, or a day by --until"
        raise ConfigError("digest", f"{name!r} is no week and no month: {example}")
    is_month = period.kind == "month"
    if (week and is_month) or (month and not is_month):
        raise ConfigError("digest", f"{name} is a {period.kind}")
    return period.last.isoformat(), is_month


def _until(text: str | None, config: Config) -> date | None:
    from chatpaper.periods import week_end

    try:
        sunday = week_end(text) if text else None
    except ValueError as error:
        raise ConfigError("--until", f"{text!r} is no week of the calendar") from error
    return sunday or day_of("--until", text, config, last=True)


def _line(report: PeriodReport) -> str:
    name = f"{report.topic} {report.period}"
    message = f"; {report.message}" if report.message else ""
    if report.status == "failed":
        return f"{name}: nothing could be published{message}"
    if report.post is None:
        return f"{name}: nothing to tell{message}"
    what = "" if report.changed else ", nothing to change"
    return f"{name}: {report.papers} papers{what}{message} -> {report.post}"
