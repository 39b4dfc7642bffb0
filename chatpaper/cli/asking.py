"""`chatpaper ask`: a question to one paper."""

from __future__ import annotations

from typing import Annotated

import typer

from chatpaper.cli.commands import command
from chatpaper.cli.options import ConfigFile, Json, Storage, settings


@command
def ask(
    paper: Annotated[str, typer.Argument(metavar="FILE.pdf|ARXIV_ID")],
    question: Annotated[str, typer.Argument(metavar="QUESTION")],
    storage: Storage = None,
    as_json: Json = False,
    config: ConfigFile = None,
) -> int:
    """Ask one paper: claims with the words and pages they rest on, checked."""
    from chatpaper.api import ask_paper

    checked = settings(config, storage__dir=storage)
    answer = ask_paper(paper, question, config=checked)
    typer.echo(answer.json if as_json else str(answer))
    return int(answer.outcome == "nothing passed the checks")
