"""`chatpaper site`: the static site of all posts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chatpaper.cli.common import ConfigFile, Storage, command, settings


@command
def site(
    output: Annotated[
        Path, typer.Option(help="Folder of the site.", metavar="DIR")
    ] = Path("site"),
    base_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where it will be served; it then has feeds."),
    ] = None,
    no_ledger: Annotated[
        bool,
        typer.Option(
            "--no-ledger", help="Do not ask for every post that was ever written."
        ),
    ] = False,
    storage: Storage = None,
    config: ConfigFile = None,
) -> int:
    """Make a static site of all posts, or bring it up to date."""
    from chatpaper.api import make_site

    checked = settings(config, output__site_url=base_url, storage__dir=storage)
    report = make_site(
        output,
        base_url=checked.output.site_url if base_url else "",
        config=checked,
        ask_ledger=not no_ledger,
    )
    if not report.has_search:
        typer.echo(
            "chatpaper: no search: install chatpaper[site] to have one", err=True
        )
    typer.echo(output / "index.html")
    typer.echo(
        f"{report.papers} papers of {report.days} days: {report.written} files written,"
        f" {report.files - report.written} unchanged, {report.removed} removed"
    )
    return 0
