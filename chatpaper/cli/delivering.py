"""`chatpaper deliver`: a day's messages, by hand."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from chatpaper.cli.commands import command, json_line
from chatpaper.cli.options import ConfigFile, Json, Output, Storage, day_of, settings


@command
def deliver(
    day: Annotated[
        str | None, typer.Option(metavar="DAY", help="Of the post; by default today.")
    ] = None,
    topic: Annotated[
        str | None, typer.Option(help="Of the post; by default all.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also what was told before.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show it, and send nothing.")
    ] = False,
    output: Output = None,
    storage: Storage = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> int:
    """Tell the receivers of config.yaml what they were not told of a day's posts."""
    from chatpaper.pipeline.telling import deliver_day

    checked = settings(config, output__dir=output, storage__dir=storage)
    done = deliver_day(
        checked,
        day=day_of("day", day, checked),
        topic=topic,
        dry_run=dry_run,
        again=again,
    )
    for delivery in done:
        if as_json:
            values = {**asdict(delivery), "day": delivery.day.isoformat()}
            typer.echo(json_line(values))
        elif delivery.state == "shown":
            to = " ".join(filter(None, (delivery.channel, delivery.receiver)))
            typer.echo(f"--- {delivery.topic} {delivery.day} -> {to}\n{delivery.text}")
        else:
            words = f"{delivery.topic} {delivery.day} -> {delivery.sentence}"
            typer.echo(" ".join(words.split()))
    if not done and not as_json:
        typer.echo("nothing to tell: it was told before (--again sends it once more)")
    return int(not all(delivery.is_done for delivery in done))
