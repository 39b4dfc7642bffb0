"""The command line: arguments in, exit codes out; it decides nothing.

Exit codes: 0 done, 1 published but some papers failed, 2 bad arguments or
configuration, 3 nothing could be published.
"""

from __future__ import annotations

from typing import Annotated

import typer

from chatpaper import __version__
from chatpaper.cli.agents import mcp
from chatpaper.cli.asking import ask
from chatpaper.cli.backfilling import backfill
from chatpaper.cli.citing import cite
from chatpaper.cli.commands import Command
from chatpaper.cli.delivering import deliver
from chatpaper.cli.papers import extract, summarize
from chatpaper.cli.past_runs import runs
from chatpaper.cli.periods import digest
from chatpaper.cli.rebuild import rebuild
from chatpaper.cli.redo import redo
from chatpaper.cli.retries import retry
from chatpaper.cli.running import collect, run
from chatpaper.cli.schema import schema
from chatpaper.cli.setup import doctor, init
from chatpaper.cli.site import site
from chatpaper.cli.starring import star
from chatpaper.cli.topic_queries import topics
from chatpaper.cli.trust import check, verify
from chatpaper.cli.web import serve

app = typer.Typer(
    name="chatpaper",
    help="What is new on arXiv, as a daily post that can be trusted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"chatpaper {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, help="Show the version.")
    ] = False,
) -> None:
    del version


for command in (
    run,
    backfill,
    collect,
    retry,
    redo,
    rebuild,
    digest,
    deliver,
    extract,
    summarize,
    ask,
    verify,
    check,
    cite,
    site,
    serve,
    mcp,
    star,
    schema,
    topics,
    runs,
    doctor,
    init,
):
    app.command(cls=Command)(command)
