"""`chatpaper redo`: posted papers summarised anew."""

from __future__ import annotations

from typing import Annotated

import typer

from chatpaper.cli.commands import FAILED, MISUSED, command, tell
from chatpaper.cli.options import ConfigFile, Output, Storage, settings


@command
def redo(
    papers: Annotated[
        list[str], typer.Argument(metavar="ID...", help="Posted papers by id.")
    ],
    model: Annotated[
        str | None,
        typer.Option(
            metavar="[PROVIDER:]MODEL", help="That writes; by default llm.model."
        ),
    ] = None,
    topic: Annotated[str, typer.Option(help="Only in posts on this one.")] = "",
    source: Annotated[
        str,
        typer.Option(help="Where PDFs are that are not arXiv's: samples, a folder."),
    ] = "arxiv",
    output: Output = None,
    storage: Storage = None,
    config: ConfigFile = None,
) -> int:
    """Summarise posted papers anew; the old summaries are kept, and it is said."""
    from chatpaper.pipeline import redo_papers

    checked = settings(config, output__dir=output, storage__dir=storage)
    if model:
        checked = checked.written_by(model)
    done, unknown = redo_papers(checked, papers, topic=topic, source=source)
    for one in done:
        where = f" -> {one.post}" if one.post else ""
        typer.echo(f"{one.topic} {one.day} {one.paper_id}: {one.text}{where}")
    for name in unknown:
        tell(f"{name}: no post has an entry of it")
    if not done:
        return MISUSED
    if not any(one.post for one in done):
        return FAILED
    return int(bool(unknown) or not all(one.post for one in done))
