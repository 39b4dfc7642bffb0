"""Runs in processes that may be killed, all forked from one that is warm.

Reads lines of JSON, `{"sections", "now", "max_bytes", "err"}`, from stdin. For each it
forks a run, says its pid at once and its exit code at the end. `max_bytes`, unless 0,
is the size that no file may exceed, as on a disk that is full.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from datetime import datetime
from typing import Any

import typer

from chatpaper.cli.commands import command
from chatpaper.config import Config
from chatpaper.pipeline import exit_code
from chatpaper.pipeline.run import run
from commands import warm_up


@command
def one_run(order: dict[str, Any]) -> int:
    """A run, its errors handled as the command line does."""
    config = Config.model_validate(order["sections"])
    now = datetime.fromisoformat(order["now"])
    if size := order["max_bytes"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return exit_code(run(config, now=lambda: now, sleep=lambda _: None))


def forked(order: dict[str, Any]) -> int:
    """Pid of a new process, leader of its own group, that does one run."""
    pid = os.fork()
    if pid:
        return pid
    code = 99
    try:
        os.setsid()
        err = os.open(order["err"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(err, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        one_run(order)
    except typer.Exit as ended:
        code = ended.exit_code
    finally:
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Serve until stdin ends."""
    warm_up()
    print("ready", flush=True)
    for line in sys.stdin:
        pid = forked(json.loads(line))
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
