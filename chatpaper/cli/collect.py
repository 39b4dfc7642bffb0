"""`chatpaper collect`: what batches have brought since the last run."""

from __future__ import annotations

from typing import Annotated

import typer

from chatpaper.cli.outcome import ConfigFile, Json, command, settings
from chatpaper.cli.posts import progress, show, stoppable


@command
def collect(
    source: Annotated[
        str, typer.Option(help="Where the papers came from: arxiv, samples, a folder.")
    ] = "arxiv",
    config: ConfigFile = None,
    as_json: Json = False,
) -> int:
    """Fetch summaries that were ordered by batch, and publish their papers."""
    from chatpaper.pipeline import exit_code
    from chatpaper.pipeline.collection import collect as fetch

    checked = settings(config)
    with stoppable() as stop, progress() as tell:
        reports = fetch(checked, source=source, stop=stop, tell=tell)
    show(reports, as_json=as_json)
    return exit_code(reports)
