"""`chatpaper cite`: papers as entries of a reference manager."""

from __future__ import annotations

from typing import Annotated

import typer

from chatpaper.cli.commands import FAILED, command
from chatpaper.cli.options import ConfigFile, Output, day_of, settings


@command
def cite(
    names: Annotated[list[str] | None, typer.Argument(metavar="ARXIV_ID...")] = None,
    topic: Annotated[
        str | None, typer.Option(help="Papers of the posts on this topic.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="Of posts from this day on."),
    ] = None,
    style: Annotated[
        str,
        typer.Option(
            "--format", metavar="<bibtex|ris|csl-json>", help="Of the entries."
        ),
    ] = "bibtex",
    output: Output = None,
    config: ConfigFile = None,
) -> int:
    """Cite papers: posted ones, or any of arXiv by id; BibTeX, RIS or CSL-JSON."""
    from chatpaper.api import named_papers, posted_papers
    from chatpaper.citations import FORMATS
    from chatpaper.errors import ChatpaperError, ConfigError

    if style not in FORMATS:
        raise ConfigError("--format", f"{style}: not one of {', '.join(FORMATS)}")
    checked = settings(config, output__dir=output)
    unknown = 0
    if names:
        papers = []
        for _, paper in named_papers(names, config=checked):
            if isinstance(paper, ChatpaperError):
                unknown += 1
                typer.echo(f"chatpaper: {paper}", err=True)
            else:
                papers.append(paper)
    else:
        day = day_of("since", since, checked)
        papers = [*posted_papers(topic=topic, since=day, config=checked)]
    if not papers:
        if not names:
            typer.echo(f"chatpaper: no such paper in {checked.output.dir}", err=True)
        return FAILED
    typer.echo(FORMATS[style](papers), nl=False)
    return int(unknown > 0)
