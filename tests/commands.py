"""`chatpaper` commands, each in a process of its own that is forked from a warm one.

A command spends more time on its imports than on the small papers of the tests. So one
process imports everything once and forks a child for each command; from its arguments
to its exit code the child is what `python -m chatpaper` would be. That program itself
is started in test_cron_kit, test_readme, test_package and `test_help_and_version`.

The warm process reads lines of JSON, `{"words", "env", "cwd", "out", "err"}`, from
stdin. For each it says the child's pid at once and its exit code at the end.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NoReturn

import chatpaper
from chatpaper.cli import app

# ------------------------------------------------------------------ for the tests


class Commands:
    """Runs commands one after the other."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="commands-")
        self._out = Path(self._folder.name) / "out"
        self._err = Path(self._folder.name) / "err"
        self._words: list[str] = []
        self._warm = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._say() == "ready"

    def begin(self, words: list[str], env: Mapping[str, str], cwd: Path) -> int:
        """Start a command; returns its pid, which is its group's too."""
        order = {
            "words": words,
            "env": dict(env),
            "cwd": str(cwd),
            "out": str(self._out),
            "err": str(self._err),
        }
        self._words = words
        assert self._warm.stdin is not None
        self._warm.stdin.write(json.dumps(order) + "\n")
        self._warm.stdin.flush()
        return int(self._say())

    def said(self) -> str:
        """What the command that was begun has said on stderr so far."""
        return self._err.read_text("utf-8")

    def end(self) -> subprocess.CompletedProcess[str]:
        """Wait for the command that was begun."""
        code = int(self._say())
        out, err = (path.read_text("utf-8") for path in (self._out, self._err))
        return subprocess.CompletedProcess(self._words, code, out, err)

    def close(self) -> None:
        """End the warm process."""
        self._warm.communicate(timeout=200)
        self._folder.cleanup()

    def _say(self) -> str:
        assert self._warm.stdout is not None
        return self._warm.stdout.readline().strip()


@cache
def commands() -> Commands:
    """The warm process, started when it is first needed."""
    made = Commands()
    atexit.register(made.close)
    return made


def run_command(
    *words: str, env: Mapping[str, str], cwd: Path
) -> subprocess.CompletedProcess[str]:
    """Run `chatpaper` with these words until it ends."""
    commands().begin(list(words), env, cwd)
    return commands().end()


def is_alive(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


# ------------------------------------------------------------------ the warm process


def warm_up() -> None:
    """Import what any command may import, late or not."""
    for name in ("arxiv", "google.genai", "httpcore2", "pymupdf", "rich.progress"):
        importlib.import_module(name)
    for module in pkgutil.walk_packages(chatpaper.__path__, "chatpaper."):
        # Both of these act when they are imported.
        if not module.name.endswith(("__main__", "fork_server")):
            importlib.import_module(module.name)
    gc.freeze()


def serve() -> None:
    """Serve until stdin ends."""
    warm_up()
    print("ready", flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            _be_command(json.loads(line))
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def _be_command(order: dict[str, object]) -> NoReturn:
    """Become the command."""
    os.setsid()
    for number, name in enumerate((os.devnull, str(order["out"]), str(order["err"]))):
        flags = os.O_RDWR if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        os.dup2(os.open(name, flags), number)
    os.chdir(str(order["cwd"]))
    os.environ.clear()
    os.environ.update(order["env"])  # type: ignore[call-overload]
    sys.argv = ["chatpaper", *order["words"]]  # type: ignore[misc]
    code = 99
    try:
        app(prog_name="chatpaper")
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    finally:
        if code == 99:
            traceback.print_exc()
        # What runs at the end does, but 200 modules are not taken down one by one.
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
