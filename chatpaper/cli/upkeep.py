"""`chatpaper init`, `doctor`, `runs` and `topics`: before and after a night."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chatpaper.cli.common import (
    ConfigFile,
    Json,
    Storage,
    command,
    json_line,
    settings,
    tell,
)
from chatpaper.cli.posts import report_json
from chatpaper.cli.trust import usage_line
from chatpaper.errors import ConfigError
from chatpaper.text import without_controls

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chatpaper.config import Config
    from chatpaper.records import RunReport, Topic

PREVIEWED = 10


@command
def init(
    folder: Annotated[
        Path | None, typer.Argument(help="Where the files are written.")
    ] = None,
    preset: Annotated[
        str,
        typer.Option(
            "--provider",
            metavar="NAME",
            help="Whose model writes: deepseek, qwen, kimi, glm, openrouter, openai,"
            " gemini, ollama, vllm or llamacpp.",
        ),
    ] = "",
    cron: Annotated[
        bool, typer.Option("--cron", help="Print the lines for crontab -e.")
    ] = False,
    systemd: Annotated[
        bool, typer.Option("--systemd", help="Print a service and its timer.")
    ] = False,
    github: Annotated[
        bool, typer.Option("--github", help="Print a workflow for GitHub Actions.")
    ] = False,
    space: Annotated[
        bool,
        typer.Option("--space", help="Write a HuggingFace Space that serves the page."),
    ] = False,
    file: ConfigFile = None,
) -> int:
    """Write a commented config.yaml, or print the files of a nightly job.

    Files that are printed say where they belong; with a folder they are written there.
    No file is written over. Those of a nightly job hand on the keys and passwords that
    config.yaml names.
    """
    from chatpaper.setup import advice_of, space_files, starter_config, write_files

    asked = {"cron": cron, "systemd": systemd, "github": github}
    ways = [way for way, wanted in asked.items() if wanted]
    if preset and (ways or space):
        raise ConfigError("--provider", "is for config.yaml: the job reads that")
    if space and ways:
        raise ConfigError("--space", "a Space is a folder of its own: ask for it alone")
    files = _nightly(ways, file) if ways else starter_config(preset)
    files = space_files() if space else files
    if ways and folder is None:
        typer.echo("\n".join(files.values()), nl=False)
        return 0
    try:
        written = write_files(folder or Path(), files)
    except ConfigError as error:
        raise _with_lines(error, preset) from error
    for path in written:
        typer.echo(f"wrote {path}")
    for line in () if ways or space else advice_of(preset or "gemini"):
        typer.echo(line)
    return 0


def _with_lines(error: ConfigError, preset: str) -> ConfigError:
    """What config.yaml lacks for a provider, where there is one already."""
    from chatpaper.setup import preset_lines

    if not preset:
        return error
    return ConfigError(
        error.path, f"{error.problems}; set in it {preset_lines(preset)}"
    )


def _nightly(ways: list[str], file: Path | None) -> dict[str, str]:
    """The files of nightly jobs, with the variables that the configuration names.

    The environment of this machine is not that of the job.
    """
    from chatpaper.config import load_config
    from chatpaper.setup import extras_of, nightly_files, variables_of

    config = load_config(file, environ={})
    url = config.llm.base_url
    if "github" in ways and any(f"//{host}" in url for host in ("localhost", "127.")):
        tell(f"llm.base_url is {url}, which a runner of GitHub's cannot reach")
    variables, extras = variables_of(config), extras_of(config)
    return nightly_files(ways, variables=variables, extras=extras)


@command
def doctor(
    judge: Annotated[
        bool,
        typer.Option(
            "--judge", help="Put labelled cases to the judge: found, blamed, cost."
        ),
    ] = False,
    config: ConfigFile = None,
    as_json: Json = False,
) -> int:
    """Check configuration, key, arXiv, model, disk, clock and versions."""
    from chatpaper.setup import examine

    if judge:
        return _measure_judge(settings(config), as_json=as_json)
    bad = 0
    for answer in examine(settings(config)):
        bad += answer.health == "bad"
        if as_json:
            typer.echo(json_line(asdict(answer)))
        else:
            fix = f"\n       -> {answer.fix}" if answer.fix else ""
            typer.echo(f"{answer.health:<5} {answer.name}: {answer.text}{fix}")
    return int(bad > 0)


def _measure_judge(config: Config, *, as_json: bool) -> int:
    """Put the labelled cases to the configured judge; 1 when it misses too much."""
    from chatpaper.pipeline import measure_judge, open_judge, open_readers

    with open_judge(config) as asked, open_readers(config) as readers:
        score = measure_judge(asked, readers=readers)
    if as_json:
        typer.echo(json_line(asdict(score)))
    else:
        typer.echo(f"found {score.found} of {score.lies} lies")
        typer.echo(f"blamed {score.blamed} of {score.honest} honest claims")
        typer.echo(f"without a verdict: {score.unjudged}")
        typer.echo(usage_line(score.model, score.usage))
        for case, verdict in score.wrong:
            typer.echo(f"  {verdict} ({case.kind}): {case.claim.text}")
    return int(not score.passes)


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
        _show_reasons(past)
    return 0


MAX_REASONS = 5


def _show_reasons(past: Iterable[tuple[datetime, RunReport]]) -> None:
    """What the newest runs said that did not end well; the table has no room for it."""
    amiss = []
    for started, report in past:
        why = "; ".join(filter(None, [report.message, *report.undelivered]))
        if why and report.status in ("failed", "partial"):
            amiss.append(f"{started:%Y-%m-%d %H:%M} {report.topic}: {why}")
    for line in amiss[:MAX_REASONS]:
        typer.echo(without_controls(line))
    if len(amiss) > MAX_REASONS:
        typer.echo(f"and {len(amiss) - MAX_REASONS} more: chatpaper runs --json")


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
