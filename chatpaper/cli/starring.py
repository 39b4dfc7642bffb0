"""`chatpaper star`: papers that others are to be like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from chatpaper.cli.commands import FAILED, command, json_line, tell
from chatpaper.cli.options import ConfigFile, Json, Storage, settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatpaper.config import Config
    from chatpaper.store import Store


@command
def star(
    names: Annotated[list[str] | None, typer.Argument(metavar="ARXIV_ID...")] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take the stars away.")
    ] = False,
    storage: Storage = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> int:
    """Star papers: others like them come first in posts. Without ids, list them."""
    from chatpaper.errors import ConfigError
    from chatpaper.store import Store

    checked = settings(config, storage__dir=storage)
    if remove and not names:
        raise ConfigError("--remove", "of which papers? name their ids")
    with Store(checked.storage.path) as store:
        if names:
            lost = (
                _unstarred(names, store) if remove else _starred(names, checked, store)
            )
            return 0 if not lost else FAILED if lost == len(names) else 1
        stars = store.stars()
        if not stars:
            tell("no paper has a star: chatpaper star ID gives one")
        for paper in stars:
            shown = {"id": paper.id, "title": paper.title, "authors": paper.authors}
            line = json_line(shown) if as_json else f"{paper.id}  {paper.title}"
            typer.echo(line)
    return 0


def _starred(names: Sequence[str], config: Config, store: Store) -> int:
    """How many names belong to no paper; the others are starred."""
    from datetime import UTC, datetime

    from chatpaper.api import named_papers
    from chatpaper.errors import ChatpaperError

    papers, lost = [], 0
    for _, paper in named_papers(names, config=config):
        if isinstance(paper, ChatpaperError):
            lost += 1
            typer.echo(f"chatpaper: {paper}", err=True)
        else:
            papers.append(paper)
            typer.echo(f"starred {paper.id}  {paper.title}")
    store.star(papers, datetime.now(UTC))
    return lost


def _unstarred(names: Sequence[str], store: Store) -> int:
    """How many names have no star; of the others it is taken away."""
    from chatpaper.sources import parse_id

    lost = 0
    for name in names:
        known = parse_id(name)
        if not store.unstar(known.base if known else name):
            lost += 1
            tell(f"{name}: has no star")
        else:
            typer.echo(f"took the star from {name}")
    return lost
