"""`chatpaper site`: the static site of all posts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chatpaper.cli.commands import command
from chatpaper.cli.options import ConfigFile, Storage, settings


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
    from pydantic import ValidationError

    from chatpaper.api import make_site
    from chatpaper.config import OutputConfig
    from chatpaper.errors import ConfigError

    try:
        address = OutputConfig(site_url=base_url or "").site_url
    except ValidationError:
        example = "https://me.github.io/blog/"
        raise ConfigError("--base-url", f"not an address such as {example}") from None
    report = make_site(
        output,
        base_url=address,
        config=settings(config, storage__dir=storage),
        ask_ledger=not no_ledger,
    )
    if not report.has_search:
        typer.echo(
            "chatpaper: no search: install chatpaper[site] to have one", err=True
        )
    typer.echo(output / "index.html")
    typer.echo(
        f"{report.papers} papers of {report.days} day{'s' * (report.days != 1)}:"
        f" {report.written} files written,"
        f" {report.files - report.written} unchanged, {report.removed} removed"
    )
    return 0
