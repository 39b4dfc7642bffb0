"""`chatpaper runs`: what became of past runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from chatpaper.cli.commands import command, json_line
from chatpaper.cli.options import ConfigFile, Json, Storage, settings
from chatpaper.cli.running import report_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chatpaper.records import RunReport


@command
def runs(
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 20,
    storage: Storage = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> int:
    """List past runs: counts, seconds, tokens, cost, and why one was empty."""
    from chatpaper.store import Store

    checked = settings(config, storage__dir=storage)
    with Store(checked.storage.path) as store:
        past = store.runs(limit)
    if as_json:
        for started, report in past:
            values = {"started_at": started.isoformat(), **report_json(report)}
            typer.echo(json_line(values))
    else:
        _show_table(past)
    return 0


def _show_table(past: Iterable[tuple[datetime, RunReport]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for name in ("started (UTC)", "topic", "status", "why"):
        table.add_column(name)
    counted = ("found", "new", "posted", "failed", "undelivered")
    for name in (*counted, "seconds", "tokens", "USD"):
        table.add_column(name, justify="right")
    for started, report in past:
        llm = report.llm
        cost = "?" if llm.cost_usd is None else f"{llm.cost_usd:.4f}"
        cells = [f"{started:%Y-%m-%d %H:%M}", report.topic, report.status, report.why]
        lost = len(report.failed), len(report.undelivered)
        counts = (report.found, report.new, report.posted, *lost)
        cells += [*map(str, counts), f"{report.seconds:.1f}"]
        tokens = f"{llm.tokens_in + llm.tokens_out}{' + ?' if llm.uncounted else ''}"
        cells += [tokens, cost]
        table.add_row(*map(Text, cells))
    width = None if sys.stdout.isatty() else 150
    # Without escapes of its own: stdout passes none.
    Console(width=width, color_system=None).print(table)
