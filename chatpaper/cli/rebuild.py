"""`chatpaper rebuild`: posts written again from what is kept."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from chatpaper.cli.commands import FAILED, command, json_line
from chatpaper.cli.options import ConfigFile, Json, Output, Storage, day_of, settings

if TYPE_CHECKING:
    from chatpaper.pipeline import Rebuilt


@command
def rebuild(
    day: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="Of the post; by default all."),
    ] = None,
    topic: Annotated[
        str | None, typer.Option(help="Of the post; by default all.")
    ] = None,
    source: Annotated[
        str,
        typer.Option(help="Where PDFs are that are not arXiv's: samples, a folder."),
    ] = "arxiv",
    output: Output = None,
    storage: Storage = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> int:
    """Write posts again from the store; asks neither arXiv nor a model."""
    from chatpaper.pipeline import rebuild_posts

    checked = settings(config, output__dir=output, storage__dir=storage)
    on = day_of("day", day, checked)
    done = rebuild_posts(checked, topic=topic, day=on, source=source)
    for rebuilt in done:
        values = {**asdict(rebuilt), "day": rebuilt.day.isoformat()}
        typer.echo(json_line(values) if as_json else rebuilt_line(rebuilt))
    if not any(rebuilt.post for rebuilt in done):
        return FAILED
    return int(not all(rebuilt.complete for rebuilt in done))


def rebuilt_line(rebuilt: Rebuilt) -> str:
    """What came of a post, in one line."""
    said = "; ".join(rebuilt.said)
    name = f"{rebuilt.topic} {rebuilt.day}"
    if rebuilt.post is None:
        return f"{name}: cannot be written again: {said}"
    what = "written again" if rebuilt.changed else "nothing to change"
    said = f"; {said}" if said else ""
    return f"{name}: {rebuilt.papers} papers, {what}{said} -> {rebuilt.post}"
