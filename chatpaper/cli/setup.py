"""`chatpaper init` and `doctor`: a new configuration, and what is wrong with it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chatpaper.cli.commands import command, json_line, tell
from chatpaper.cli.options import ConfigFile, Json, settings
from chatpaper.cli.trust import usage_line
from chatpaper.errors import ConfigError

if TYPE_CHECKING:
    from chatpaper.config import Config


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
