"""The README and .github are true: commands are known, snippets run, links exist."""

import os
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
import yaml

from chatpaper.cli import app
from chatpaper.config import Config, load_config
from chatpaper.resources import resource_path
from servers.arxiv import ArxivStandIn, Record

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAPERS = [ROOT / "README.md", *sorted((ROOT / ".github").glob("*.md"))]
WORDS = "\n".join(path.read_text(encoding="utf-8") for path in PAPERS)


def blocks(language: str) -> list[str]:
    """Fenced blocks of one language, on every page."""
    return re.findall(rf"^```{language}\n(.*?)^```", WORDS, re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    """Every `chatpaper ...` that the pages show, in blocks and in the table."""
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

    for target in set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", WORDS, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def anchors(path: Path) -> set[str]:
    """The names by which a page's headings can be linked."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", text).lower().replace(" ", "-") for text in headings}


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.name)
def test_linked_files_exist(path: Path) -> None:
    """A link into the repository leads to a file, and to a heading in it."""
    for link in re.findall(r"\]\(([^)]+)\)", path.read_text("utf-8")):
        target, _, anchor = link.partition("#")
        if not target.startswith("http"):
            page = path.parent / target if target else path
            assert page.exists(), link
            assert not anchor or anchor in anchors(page), link


def test_named_files_and_folders_exist() -> None:
    """A path in the pages on the code leads somewhere, from the top or the package."""
    pages = [ROOT / ".github" / name for name in ("CONTRIBUTING.md", "DESIGN.md")]
    text = "\n".join(page.read_text("utf-8") for page in pages)
    for path in set(re.findall(r"(?<![\w./~-])(?:[a-z_]+/)+(?:[a-z_]+\.py)?", text)):
        assert (ROOT / path).exists() or (ROOT / "chatpaper" / path).exists(), path


def test_readme_is_short() -> None:
    """The README is read in one sitting; tables and reasons are in .github."""
    assert len(README.splitlines()) <= 300


def test_every_room_has_its_line() -> None:
    """CONTRIBUTING says of every room what it is for."""
    text = (ROOT / ".github" / "CONTRIBUTING.md").read_text("utf-8")
    rooms = {path.parent.name for path in (ROOT / "chatpaper").glob("*/__init__.py")}

    assert rooms <= set(re.findall(r"^\| `([a-z]+)/?` \|", text, re.MULTILINE))


def test_environment_names_exist() -> None:
    """A variable the README names is a key of the configuration."""
    config = resource_path("config.yaml").read_text(encoding="utf-8")

    for section, key in re.findall(r"CHATPAPER_([A-Z]+)__([A-Z_]+)", WORDS):
        if (section, key) != ("SECTION", "KEY"):
            part = config.split(f"\n{section.lower()}:")[1].split("\n\n")[0]
            assert f"  {key.lower()}:" in part


def test_settings_are_valid(tmp_path: Path) -> None:
    """Each block of settings is one of ours or stands in the site that is tested."""
    ours = Config.model_fields.keys()
    hexo = [
        yaml.safe_load(path.read_text("utf-8"))
        for path in sorted((ROOT / "tests" / "hexo").glob("_config*.yml"))
    ]

    for block in blocks("yaml"):
        values = yaml.safe_load(block)
        if values.keys() <= ours:
            (tmp_path / "config.yaml").write_text(block, encoding="utf-8")
            load_config(tmp_path / "config.yaml", {})
        else:
            assert any(values.items() <= site.items() for site in hexo), block


def test_nightly_setup_runs_as_printed(tmp_path: Path) -> None:
    """The lines that prepare a nightly job make every file that the job needs."""
    page = (ROOT / ".github" / "NIGHTLY.md").read_text("utf-8")
    shown = re.findall(r"^(?:mkdir|touch|chatpaper init)\b.*$", page, re.MULTILINE)
    program = tmp_path / ".local" / "bin" / "chatpaper"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m chatpaper "$@"\n')
    program.chmod(0o755)
    blog = tmp_path / "blog"
    blog.mkdir()

    subprocess.run(
        ["/bin/sh", "-eu", "-c", "\n".join(shown)],
        cwd=blog,
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        },
        check=True,
        capture_output=True,
    )

    for name in (
        ".config/chatpaper/env",
        "chatpaper/config.yaml",
        ".config/systemd/user/chatpaper.service",
        ".config/systemd/user/chatpaper.timer",
        "blog/config.yaml",
        "blog/.github/workflows/chatpaper.yml",
    ):
        assert (tmp_path / name).is_file(), name


# Runs code as a notebook does, where `await` may stand anywhere.
AS_A_NOTEBOOK = """
import ast, asyncio, inspect, sys
code = compile(sys.argv[1], "snippet", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
made = eval(code, {"__name__": "__main__"})
if inspect.iscoroutine(made):
    asyncio.run(made)
"""


@pytest.mark.parametrize("page", ["README.md", ".github/NOTEBOOK.md"])
def test_notebook_snippets_run(tmp_path: Path, page: str) -> None:
    """The Python blocks run as printed: a PDF, an arXiv id, a whole post."""
    pdf = (resource_path("samples") / "sample-01.pdf").read_bytes()
    (tmp_path / "paper.pdf").write_bytes(pdf)
    then = datetime(2024, 1, 22, tzinfo=UTC)
    record = Record(id="2401.11831", title="A toy", published=then, pdf=pdf)
    text = (ROOT / page).read_text("utf-8")
    snippets = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    with ArxivStandIn([record]) as arxiv:
        done = subprocess.run(
            [sys.executable, "-c", AS_A_NOTEBOOK, "\n".join(snippets)],
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
    assert snippets
    assert list(tmp_path.glob("posts/*/GAN.md"))
