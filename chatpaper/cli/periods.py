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
    output: Output = None,
    storage: Storage = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> int:
    """Write a post of a week or a month from the days' posts; asks nobody."""
    from chatpaper.pipeline import review_periods

    if week and month:
        raise ConfigError("digest", "--week or --month, not both")
    checked = settings(config, output__dir=output, storage__dir=storage)
    done = review_periods(
        checked,
        "month" if month else "week",
        topics=tuple(topic or ()),
        until=_until(until, checked),
    )
    for report in done:
        days = {"since": report.since.isoformat(), "until": report.until.isoformat()}
        values = {**asdict(report), **days}
        typer.echo(json_line(values) if as_json else _line(report))
    failed = sum(report.status == "failed" for report in done)
    return (FAILED if failed == len(done) else 1) if failed else 0


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
