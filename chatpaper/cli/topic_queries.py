"""`chatpaper topics`: what arXiv is asked for each topic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from chatpaper.cli.commands import command
from chatpaper.cli.options import ConfigFile, settings

if TYPE_CHECKING:
    from datetime import datetime

    from chatpaper.config import Config
    from chatpaper.records import Topic

PREVIEWED = 10


@command
def topics(
    topic: Annotated[
        list[str] | None, typer.Option(help="Only these; may be repeated.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="The exact query, and doubts about it.")
    ] = False,
    preview: Annotated[
        bool, typer.Option("--preview", help="Ask arXiv: hits and ten titles.")
    ] = False,
    config: ConfigFile = None,
) -> int:
    """List topics; show what arXiv is asked, without spending a token."""
    from chatpaper.sources.arxiv import explain_query, topic_named

    checked = settings(config)
    names = topic or [entry.name for entry in checked.topics]
    wanted = [topic_named(checked, name) for name in names]
    for entry in map(checked.narrowed, wanted):
        typer.echo(entry.name)
        if explain or preview:
            typer.echo(f"  asks: {_query(checked, entry)}")
            for doubt in explain_query(entry):
                typer.echo(f"  doubt: {doubt}")
        if preview:
            _preview(checked, entry)
    return 0


def _query(config: Config, topic: Topic) -> str:
    from chatpaper.sources.arxiv import build_query

    return build_query(topic, *_window(config))


def _window(config: Config) -> tuple[datetime, datetime]:
    from datetime import UTC, datetime

    from chatpaper.pipeline import window

    return window(
        datetime.now(UTC),
        since=None,
        until=None,
        lookback_days=config.arxiv.lookback_days,
        covered_until=None,
    )


def _preview(config: Config, topic: Topic) -> None:
    from chatpaper.api import preview_papers
    from chatpaper.posts import near_words, phrases_in

    found, first = preview_papers(
        topic, *_window(config), config=config, count=PREVIEWED
    )
    typer.echo(f"  {found.total} papers in the last {config.arxiv.lookback_days} days")
    for reason, count in found.excluded:
        typer.echo(f"  left out: {count} ({reason})")
    say = phrases_in(config.output.language)
    for paper, relevance in first:
        typer.echo(f"  {paper.versioned_id}  {paper.title}")
        for interest in relevance.near if relevance else ():
            typer.echo(f"    {near_words(interest, say)}")
