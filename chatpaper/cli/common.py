"""What every command shares: logging, errors into exit codes, settings."""

from __future__ import annotations

import functools
import logging
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import typer
from typer.core import TyperCommand, TyperOption

from chatpaper.errors import ChatpaperError, ConfigError, PromptError

if TYPE_CHECKING:
    from chatpaper.config import Config

P = ParamSpec("P")
log = logging.getLogger("chatpaper")

FAILED = 3
MISUSED = 2

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
Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]


def command(function: Callable[P, int]) -> Callable[P, None]:
    """Make a command of a function that returns an exit code.

    Errors of chatpaper's own become one line on stderr and an exit code; others are
    logged with their trace.
    """

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        start_logging()
        try:
            code = function(*args, **kwargs)
        except (ConfigError, PromptError) as error:
            code = _tell(error, MISUSED)
        except ChatpaperError as error:
            code = _tell(error, FAILED)
        except KeyboardInterrupt:
            code = 130
        except BrokenPipeError:
            # Whoever read our output has gone: say nothing more to them.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        except Exception:
            log.exception("unexpected")
            code = FAILED
        raise typer.Exit(code)

    return wrapped


class Command(TyperCommand):
    """A command whose help names the registered sources and providers.

    The registries are not imported before somebody asks for help: that takes time.
    """

    def format_help(self, ctx: Any, formatter: Any) -> None:  # types Typer hides
        """Write the help."""
        from chatpaper.models import provider_names
        from chatpaper.sources import SOURCES

        for option in self.params:
            if option.name == "provider":
                option.metavar = f"<{'|'.join(provider_names())}>"
            if isinstance(option, TyperOption) and option.help:
                option.help = option.help.replace("{sources}", ", ".join(SOURCES))
        super().format_help(ctx, formatter)


def json_line(values: Mapping[str, object]) -> str:
    """Values as one line of JSON, whatever stands in their texts."""
    # The room of text brings tables of LaTeX, which `--help` need not wait for.
    from chatpaper.text import json_line as one_line_of

    return one_line_of(values)


def files_of(paths: Iterable[Path], suffix: str) -> list[Path]:
    """The files that arguments name; a folder means its files of a kind.

    Args:
        paths: Files and folders.
        suffix: Of the files that are taken from a folder, such as `.md`.

    Raises:
        ConfigError: There is no such file, or no file of the kind in a folder.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.rglob(f"*{suffix}"))
            if not inside:
                raise ConfigError(str(path), f"no {suffix} file in this folder")
            files += inside
        elif not path.exists():
            raise ConfigError(str(path), "no such file")
        else:
            files.append(path)
    return files


def start_logging() -> None:
    """Log to stderr: plain lines, quieter where a person watches the progress."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S")
    )
    log.handlers[:] = [handler]
    log.setLevel(logging.WARNING if sys.stderr.isatty() else logging.INFO)


def settings(path: Path | None, **flags: object) -> Config:
    """The configuration with the flags of the command line on top.

    Flags are named `section__key`; None means not given.
    """
    from chatpaper.config import load_config

    dotted = {name.replace("__", "."): value for name, value in flags.items()}
    return load_config(path, flags=dotted)


def _tell(error: ChatpaperError, code: int) -> int:
    typer.echo(f"chatpaper: {error}", err=True)
    return code
