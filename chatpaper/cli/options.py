"""Arguments that several commands take, and what they mean."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chatpaper.errors import ConfigError

if TYPE_CHECKING:
    from chatpaper.config import Config

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help="Configuration file.", metavar="FILE"),
]
SourceOption = Annotated[str, typer.Option(help="{sources}, or a folder of PDFs.")]
ProviderOption = Annotated[str | None, typer.Option(help="Who summarises.")]
Output = Annotated[
    Path | None, typer.Option(help="Folder of the posts.", metavar="DIR")
]
Storage = Annotated[
    Path | None, typer.Option(help="Folder of PDFs and ledger.", metavar="DIR")
]
Since = Annotated[
    str | None,
    typer.Option(
        metavar="DAY", help="First UTC day of submission: 2026-11-01, 2026-11, 7d."
    ),
]
Until = Annotated[
    str | None, typer.Option(metavar="DAY", help="Last UTC day of submission.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]


def day_of(
    argument: str, text: str | None, config: Config, *, last: bool = False
) -> date | None:
    """The day that an option means, counted from today in the configured zone.

    Raises:
        ArgumentError: It means none.
    """
    from chatpaper.api.days import as_day

    return as_day(argument, text, config, last=last)


def files_of(paths: Iterable[Path], suffix: str) -> list[Path]:
    """The files that arguments name; a folder means its files of a kind.

    Args:
        paths: Files and folders.
        suffix: Of the files that are taken from a folder, such as `.md`.

    Raises:
        ConfigError: There is no such file, it is none to be read, or no file of the
            kind is in a folder.
    """
    files: list[Path] = []
    for path in paths:
        try:
            if path.is_dir():
                inside = sorted(filter(Path.is_file, path.rglob(f"*{suffix}")))
                if not inside:
                    raise ConfigError(str(path), f"no {suffix} file in this folder")
                files += inside
            elif path.is_file():
                files.append(path)
            else:
                # A pipe or a device would be waited for, and has nothing beside it.
                there = path.exists()
                raise ConfigError(
                    str(path), "no plain file" if there else "no such file"
                )
        except OSError as error:
            raise ConfigError(str(path), error.strerror or str(error)) from error
    return files


def settings(path: Path | None, **flags: object) -> Config:
    """The configuration with the flags of the command line on top.

    Flags are named `section__key`; None means not given. Another provider than the one
    that is configured is asked for its own model, at its own address.
    """
    from chatpaper.config import load_config
    from chatpaper.models import leaves_home

    dotted = {name.replace("__", "."): value for name, value in flags.items()}
    if provider := dotted.get("llm.provider"):
        # What is wrong is said below.
        with suppress(ConfigError):
            written = load_config(path, flags={**dotted, "llm.provider": None})
            if name := leaves_home(written.llm, str(provider)):
                return written.written_by(name)
    return load_config(path, flags=dotted)
