"""`chatpaper retry`: papers that a run would leave alone are tried again."""

from __future__ import annotations

from typing import Annotated

import typer

from chatpaper.cli.commands import MISUSED, command
from chatpaper.cli.options import ConfigFile, Output, Storage, day_of, settings
from chatpaper.errors import ConfigError


@command
def retry(
    papers: Annotated[
        list[str] | None, typer.Argument(metavar="[ID...]", help="Papers by id.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every paper that was given up.")
    ] = False,
    unpublished: Annotated[
        bool,
        typer.Option(
            "--unpublished", help="What counts as posted, but stands in no post."
        ),
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="First post that may be missing."),
    ] = None,
    topic: Annotated[str, typer.Option(help="Only this one.")] = "",
    output: Output = None,
    storage: Storage = None,
    config: ConfigFile = None,
) -> int:
    """Have the next run try papers again that were given up, or whose post was lost."""
    from chatpaper.pipeline import retry_papers, retry_unpublished

    if bool(papers) + every + unpublished != 1:
        raise ConfigError("retry", "name papers, or give --all, or --unpublished")
    if since and not unpublished:
        raise ConfigError("--since", "goes with --unpublished")
    checked = settings(config, output__dir=output, storage__dir=storage)
    unknown: list[str] = []
    if unpublished:
        first = day_of("since", since, checked)
        done = retry_unpublished(checked, since=first, topic=topic)
    else:
        done, unknown = retry_papers(checked, papers or (), topic=topic)
    for one in done:
        typer.echo(f"{one.topic} {one.paper_id}: {one.text}")
    for name in unknown:
        typer.echo(f"chatpaper: {name}: the ledger has no such paper", err=True)
    if not (done or unknown):
        typer.echo("nothing to try again")
    if unknown:
        return 1 if done else MISUSED
    return 0
