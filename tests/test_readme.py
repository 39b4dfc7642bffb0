"""The README is true: its commands are known, its snippets run, its links exist."""

import os
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer

from chatpaper.cli import app
from chatpaper.resources import resource_path
from servers.arxiv import ArxivStandIn, Record

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    """Every `chatpaper ...` that the README shows, in blocks and in the table."""
    lines = "\n".join(blocks("sh")).splitlines()
    shown = [line.split("#")[0].strip() for line in lines]
    shown += re.findall(r"`(chatpaper [^`]+)`", README)
    return sorted({line for line in shown if re.match("chatpaper [a-z]", line)})


def flags(command: str) -> set[str]:
    """Options that a command takes."""
    group = typer.main.get_command(app)
    parameters = group.commands[command].params  # type: ignore[attr-defined]
    return {option for parameter in parameters for option in parameter.opts}


@pytest.mark.parametrize("line", commands())
def test_shown_commands_and_options_exist(line: str) -> None:
    """A command of the README is one of ours, with options it takes."""
    words = shlex.split(re.sub(r"[\[\]|\\]", " ", line))
    named = [word for word in words[2:] if word.startswith("--")]

    assert set(named) <= flags(words[1]) | {"--help"}


def test_every_command_and_option_is_shown() -> None:
    """No command is a secret."""
    group = typer.main.get_command(app)
    shown = " ".join(commands())

    for name in group.commands:  # type: ignore[attr-defined]
        assert f"chatpaper {name}" in shown


def test_make_targets_exist() -> None:
    """What `make` is said to do, it can do."""
    makefile = (ROOT / "Makefile").read_text()

    for target in set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", README, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_linked_files_exist() -> None:
    """A link into the repository leads somewhere."""
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if not target.startswith("http"):
            assert (ROOT / target).exists(), target


def test_environment_names_exist() -> None:
    """A variable the README names is a key of the configuration."""
    config = resource_path("config.yaml").read_text(encoding="utf-8")

    for section, key in re.findall(r"CHATPAPER_([A-Z]+)__([A-Z_]+)", README):
        if (section, key) != ("SECTION", "KEY"):
            part = config.split(f"\n{section.lower()}:")[1].split("\n\n")[0]
            assert f"  {key.lower()}:" in part


def test_notebook_snippet_runs(tmp_path: Path) -> None:
    """The Python block runs as printed: a PDF, an arXiv id, a whole post."""
    pdf = (resource_path("samples") / "sample-01.pdf").read_bytes()
    (tmp_path / "paper.pdf").write_bytes(pdf)
    then = datetime(2024, 1, 22, tzinfo=UTC)
    record = Record(id="2401.11831", title="A toy", published=then, pdf=pdf)
    (snippet,) = blocks("python")
    with ArxivStandIn([record]) as arxiv:
        done = subprocess.run(
            [sys.executable, "-c", snippet],
            cwd=tmp_path,
            env={
                **{k: v for k, v in os.environ.items() if not k.endswith("_API_KEY")},
                "CHATPAPER_ARXIV__BASE_URL": arxiv.url,
                "CHATPAPER_ARXIV__GAP_S": "0",
                "CHATPAPER_STORAGE__DIR": str(tmp_path / "store"),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("posts/*/GAN.md"))
