"""What makes a function a command: logging, and errors into lines and exit codes."""

from __future__ import annotations

import functools
import logging
import os
import re
import sys
from collections.abc import Callable, Mapping
from errno import EIO, ENOSPC
from pathlib import Path
from typing import Any, ParamSpec

import typer
from typer.core import TyperCommand, TyperOption

from chatpaper.errors import (
    ArgumentError,
    ChatpaperError,
    ConfigError,
    PromptError,
    StoreError,
    where_raised,
)

P = ParamSpec("P")
log = logging.getLogger("chatpaper")

FAILED = 3
SHORTEST_KEY = 8  # what is shorter is a word
MISUSED = 2
# Of arguments that are called otherwise on the command line.
OPTIONS = {"topics": "--topic", "ask_ledger": "--no-ledger"}
INTERRUPTED = 130


def command(function: Callable[P, int]) -> Callable[P, None]:
    """Make a command of a function that returns an exit code.

    Errors of chatpaper's own become one line on stderr and an exit code; others are
    logged with their trace.
    """

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        # Later than `--help`, which need not wait for it.
        from chatpaper.cli.terminal import print_plainly

        open_closed_streams()
        print_plainly()
        start_logging()
        try:
            code = function(*args, **kwargs)
        except (ConfigError, PromptError) as error:
            code = _tell(error, MISUSED)
        except ChatpaperError as error:
            code = _tell(error, FAILED)
        except KeyboardInterrupt:
            code = INTERRUPTED
        except BrokenPipeError:
            # Whoever read our output has gone: say nothing more to them.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        except OSError as error:
            if error.filename is not None or error.errno not in (ENOSPC, EIO):
                log.exception("unexpected")
                code = FAILED
            else:
                reason = error.strerror or str(error)
                code = _tell(StoreError("standard output", reason), FAILED)
        except Exception as error:
            log.exception("unexpected")
            typer.echo(
                f"chatpaper: a fault of its own: {where_raised(error)}", err=True
            )
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


class _Keyless(logging.Formatter):
    """Lines and traces without the keys of the environment, whoever put them in."""

    def format(self, record: logging.LogRecord) -> str:
        """The text of a record."""
        return without_keys(super().format(record))


def without_keys(text: str) -> str:
    """A text in which the environment's keys are blacked out."""
    for name, value in os.environ.items():
        if name.endswith(("KEY", "TOKEN")) and len(value.strip()) >= SHORTEST_KEY:
            text = text.replace(value.strip(), "***")
    return text


def open_closed_streams() -> None:
    """Give a process that was started without them its three streams.

    Else the next file that is opened, such as the store, would take the place of
    stderr, and be written into.
    """
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115
            setattr(sys, name, stream)


def start_logging() -> None:
    """Log to stderr: plain lines, quieter where a person watches the progress."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Keyless("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S")
    )
    log.handlers[:] = [handler]
    log.setLevel(logging.WARNING if sys.stderr.isatty() else logging.INFO)


def tell(error: object) -> None:
    """What is wrong, in one line on stderr, whatever stands in names and replies."""
    from chatpaper.text import one_line

    typer.echo(without_keys(f"chatpaper: {one_line(str(error))}"), err=True)


def _tell(error: ChatpaperError, code: int) -> int:
    tell(with_options(error))
    return code


def with_options(error: ChatpaperError) -> str:
    """What an error says, with options where it speaks of arguments."""
    text = str(error)
    if isinstance(error, ArgumentError):
        text = f"{OPTIONS.get(error.path, f'--{error.path}')}: {error.problems}"
    return re.sub(r"`(\w+)=\w*`", _option, text)


def _option(found: re.Match[str]) -> str:
    return OPTIONS.get(found[1], f"--{found[1]}")
