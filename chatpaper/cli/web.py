"""`chatpaper serve`: the page where papers can be tried."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from chatpaper.cli.commands import command, tell
from chatpaper.cli.options import ConfigFile, ProviderOption, Storage, settings

TOKEN = "CHATPAPER_WEB_TOKEN"  # noqa: S105 - the variable's name


@command
def serve(
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen at; 127.0.0.1 is this machine alone."),
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="0 takes a free one.")
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(
            help=f"Asked of visitors; ${TOKEN} keeps it from the list of processes."
        ),
    ] = None,
    provider: ProviderOption = None,
    storage: Storage = None,
    config: ConfigFile = None,
) -> int:
    """Serve a page: drop a PDF or an arXiv id, and read what was made of it."""
    from chatpaper.errors import ConfigError

    checked = settings(
        config,
        web__host=host,
        web__port=port,
        llm__provider=provider,
        storage__dir=storage,
    )
    try:
        from chatpaper.web import serve as serve_page
    except ModuleNotFoundError as error:
        needs = "chatpaper serve needs it: pip install 'chatpaper[web]'"
        raise ConfigError(str(error.name), needs) from error

    given = (token or os.environ.get(TOKEN, "")).strip()

    def ready(address: str) -> None:
        typer.echo(address)
        if given:
            tell(f"open {address}#token=... with your token")

    serve_page(checked, token=given, tell=ready)
    return 0
