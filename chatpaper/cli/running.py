"""`chatpaper run` and `chatpaper collect`: the day's posts."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from chatpaper.cli.commands import INTERRUPTED, command, tell
from chatpaper.cli.options import (
    ConfigFile,
    Json,
    Output,
    ProviderOption,
    Since,
    SourceOption,
    Storage,
    Until,
    day_of,
    settings,
)
from chatpaper.errors import ChatpaperError, ConfigError

if TYPE_CHECKING:
    from chatpaper.config import Config
    from chatpaper.pipeline import Asked, Controls
    from chatpaper.records import RunReport

# --------------------------------------------------------------------------------------
# `chatpaper run`: the day's posts.


@command
def run(
    topic: Annotated[
        list[str] | None,
        typer.Option(help="A topic of the configuration, or words; may be repeated."),
    ] = None,
    since: Since = None,
    until: Until = None,
    source: SourceOption = "arxiv",
    provider: ProviderOption = None,
    max_papers: Annotated[
        int | None, typer.Option(min=1, help="Papers per topic, at most.")
    ] = None,
    output: Output = None,
    storage: Storage = None,
    config: ConfigFile = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Find papers, write nothing.")
    ] = False,
    record: Annotated[
        Path | None,
        typer.Option(help="Keep the night in a new folder.", metavar="FOLDER"),
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(help="Run a kept night again, offline.", metavar="FOLDER"),
    ] = None,
    as_json: Json = False,
) -> int:
    """Write the day's post of a topic, or of every configured topic."""
    from chatpaper.pipeline import Asked, Controls, exit_code

    if replay is not None:
        others = (topic, since, until, provider, max_papers, storage, config, record)
        if any(others) or dry_run or source != "arxiv":
            problem = "goes with --output and --json alone: the rest is recorded"
            raise ConfigError("--replay", problem)
        return _replay(replay, output, as_json=as_json)
    checked = settings(
        config,
        llm__provider=provider,
        arxiv__max_papers=max_papers,
        output__dir=output,
        storage__dir=storage,
    )
    asked = Asked(
        topics=tuple(topic or ()),
        since=day_of("since", since, checked),
        until=day_of("until", until, checked, last=True),
        source=source,
        dry_run=dry_run,
    )
    with stoppable() as stop, progress() as tell:
        controls = Controls(stop=stop, tell=tell)
        reports = _reports(checked, asked, record, controls)
    show(reports, as_json=as_json)
    return stop.code(exit_code(reports))


def _reports(
    config: Config, asked: Asked, record: Path | None, controls: Controls
) -> list[RunReport]:
    """Run, and keep the night if that is wanted."""
    from chatpaper.pipeline import as_options, record_night
    from chatpaper.pipeline.run import run as run_topics

    if record is not None:
        return record_night(record, config, asked, controls)
    stop, tell = controls.stop, controls.tell
    return run_topics(config, **as_options(asked), stop=stop, tell=tell)


def _replay(folder: Path, output: Path | None, *, as_json: bool) -> int:
    """Run a kept night again; it is an error if it is not the same night.

    Raises:
        ConfigError: Something was missing or unused, or came out otherwise.
    """
    from chatpaper.pipeline import Controls, exit_code, replay_night

    with stoppable() as stop, progress() as tell:
        controls = Controls(stop=stop, tell=tell)
        reports, differences = replay_night(folder, output, controls)
    show(reports, as_json=as_json)
    if differences:
        raise ConfigError(str(folder), "; ".join(differences))
    return exit_code(reports)


def show(reports: Sequence[RunReport], *, as_json: bool) -> None:
    """Print one line per topic."""
    for report in reports:
        typer.echo(json.dumps(report_json(report)) if as_json else sentence(report))


def report_json(report: RunReport) -> dict[str, object]:
    """A report as `--json` prints it."""
    values = asdict(report)
    values["date"] = values.pop("day").isoformat()
    values["llm"].pop("seconds")
    order = [
        "topic",
        "date",
        *(name for name in values if name not in ("topic", "date")),
    ]
    return {name: values[name] for name in order}


def sentence(report: RunReport) -> str:
    """A report as one line for people and for mail."""
    text = f"{report.topic} {report.day}: {report.status}"
    if report.message:
        text += f" - {report.message}"
    if report.post:
        text += f" -> {report.post}"
    return " ".join(text.split())


class Stop(threading.Event):
    """Set when the run should end early.

    Attributes:
        by_user: Whether Ctrl-C did it.
    """

    by_user = False

    def code(self, code: int) -> int:
        """The exit code of a run that would have ended with another one."""
        return INTERRUPTED if self.by_user else code


@contextmanager
def stoppable() -> Iterator[Stop]:
    """An event that Ctrl-C and SIGTERM set; a second Ctrl-C ends at once."""
    stop = Stop()

    def ask(number: int, _: object) -> None:
        if number == signal.SIGINT:
            if stop.by_user:
                _end_at_once()
            stop.by_user = True
        stop.set()
        hint = "; Ctrl-C again ends at once and loses calls under way"
        typer.echo(
            "chatpaper: stopping: what is paid for is finished and published"
            f"{hint if stop.by_user else ''}",
            err=True,
        )

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, ask) for number in numbers]
    try:
        yield stop
    except ChatpaperError as error:
        if not stop.by_user:
            raise
        tell(error)
        raise KeyboardInterrupt from error
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _end_at_once() -> NoReturn:
    """End as `kill -9` would: threads wait for replies, and the store is whole."""
    if sys.stderr.isatty():
        # A progress bar has hidden the cursor.
        sys.stderr.write("\x1b[?25h\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for every topic where a person watches, nothing under cron."""
    from chatpaper.api import progress_of

    with progress_of(None, stream=sys.__stderr__) as shown:
        yield shown.tell


# --------------------------------------------------------------------------------------
# `chatpaper collect`: what batches have brought since the last run.


@command
def collect(
    source: Annotated[
        str, typer.Option(help="Where the papers came from: {sources}, a folder.")
    ] = "arxiv",
    output: Output = None,
    storage: Storage = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> int:
    """Fetch summaries that were ordered by batch, and publish their papers."""
    from chatpaper.pipeline import Controls, exit_code
    from chatpaper.pipeline import collect as collect_batches

    checked = settings(config, output__dir=output, storage__dir=storage)
    with stoppable() as stop, progress() as tell:
        controls = Controls(stop=stop, tell=tell)
        reports = collect_batches(checked, source=source, controls=controls)
    show(reports, as_json=as_json)
    return stop.code(exit_code(reports))
