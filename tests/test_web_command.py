"""`chatpaper serve` as a command: one line where it cannot begin."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from commands import run_command

MISSING = 'raise ModuleNotFoundError("No module named {0!r}", name={0!r})\n'


@pytest.mark.parametrize("module", ["fastapi", "uvicorn", "python_multipart"])
def test_without_the_extra_one_line_says_what_to_install(
    tmp_path: Path, module: str
) -> None:
    """Whichever of its packages is not there."""
    (tmp_path / f"{module}.py").write_text(MISSING.format(module))
    done = subprocess.run(
        [sys.executable, "-m", "chatpaper", "serve"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "pip install 'chatpaper[web]'" in done.stderr


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--host", "0.0.0.0"), "CHATPAPER_WEB_TOKEN"),
        (("--host", "0.0.0.0", "--token", "short"), "16 characters"),
        (("--port", "1", "--host", "203.0.113.7", "--token", "x" * 16), "web.port"),
        (("--host", "no such host", "--token", "x" * 16), "web.port"),
    ],
)
def test_what_cannot_be_served_is_one_line(
    tmp_path: Path, words: tuple[str, ...], line: str
) -> None:
    """It names the option and the way out; exit code 2."""
    environment = {**os.environ, "CHATPAPER_STORAGE__DIR": str(tmp_path / "store")}
    done = run_command("serve", *words, env=environment, cwd=tmp_path)

    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 2, done.stderr
    assert last.startswith("chatpaper: ")
    assert line in last
    assert "Traceback" not in done.stderr
