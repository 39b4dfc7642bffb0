"""The nightly jobs of `chatpaper init`: checked by their own tools, and run.

The tests use the files that the command writes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from chatpaper.store import Store
from servers.arxiv import ArxivStandIn, Record

PACKAGE = Path(str(files("chatpaper")))
UNITS = ("chatpaper.service", "chatpaper.timer")


def init(*words: str | Path) -> str:
    """What `chatpaper init` prints."""
    done = subprocess.run(
        (sys.executable, "-m", "chatpaper", "init", *words),
        capture_output=True,
        text=True,
        timeout=200,
        check=True,
    )
    return done.stdout


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of all three ways."""
    folder = tmp_path_factory.mktemp("kit")
    init(folder, "--cron", "--systemd", "--github")
    return folder


def test_printed_files_are_the_written_ones(kit: Path) -> None:
    """Each way prints its own files, whole, in order."""
    printed = init("--cron", "--systemd", "--github")
    names = ("crontab", *UNITS, "chatpaper.yml")

    assert printed == "\n".join((kit / name).read_text("utf-8") for name in names)
    assert {path.name for path in kit.iterdir()} == set(names)


def test_each_file_says_where_it_belongs(kit: Path) -> None:
    """The first line is a comment with the place."""
    places = {
        "crontab": "crontab -e",
        "chatpaper.service": "~/.config/systemd/user/chatpaper.service",
        "chatpaper.timer": "~/.config/systemd/user/chatpaper.timer",
        "chatpaper.yml": ".github/workflows/chatpaper.yml",
    }

    for name, place in places.items():
        first = (kit / name).read_text("utf-8").splitlines()[0]
        assert first.startswith("# ")
        assert place in first


def tool(name: str) -> str:
    """Path of an installed program; skips the test where there is none."""
    here = str(Path(sys.executable).parent)
    found = shutil.which(name, path=os.pathsep.join((here, os.environ["PATH"])))
    return found or pytest.skip(f"{name} is not installed")


def executable(path: Path, *lines: str) -> None:
    """Write a shell script that may be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o755)


def home_with_chatpaper(folder: Path, env: Mapping[str, str]) -> Path:
    """A home folder as the README lays it out, with the real program in it."""
    executable(
        folder / ".local" / "bin" / "chatpaper",
        f'PYTHONPATH="{PACKAGE.parent}" exec "{sys.executable}" -m chatpaper "$@"',
    )
    (folder / ".config" / "chatpaper").mkdir(parents=True)
    (folder / ".config" / "chatpaper" / "env").write_text(
        "".join(f"{name}='{value}'\n" for name, value in env.items())
    )
    (folder / "chatpaper").mkdir()
    (folder / "chatpaper" / "config.yaml").write_text("topics: []\n")
    return folder


# ------------------------------------------------------------------ GitHub


Workflow = dict[str, Any]


@pytest.fixture(scope="module")
def workflow(kit: Path) -> Workflow:
    """The workflow; YAML 1.1 reads its key `on` as true."""
    content: dict[Any, Any] = yaml.safe_load((kit / "chatpaper.yml").read_text("utf-8"))
    return {"on" if name is True else name: part for name, part in content.items()}


def step(name: str, workflow: Workflow) -> dict[str, Any]:
    """The workflow's step of this name."""
    found: dict[str, Any]
    (found,) = (s for s in workflow["jobs"]["post"]["steps"] if s.get("name") == name)
    return found


def run_step(
    name: str, workflow: Workflow, repository: Path, path: Path
) -> subprocess.CompletedProcess[str]:
    """Run a step's script in a repository as a runner would."""
    environ = {
        "PATH": f"{path}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(path),
        "GITHUB_STEP_SUMMARY": str(path / "summary.md"),
        **workflow["env"],
    }
    bash = (tool("bash"), "--noprofile", "--norc", "-eo", "pipefail", "-c")
    return subprocess.run(
        (*bash, step(name, workflow)["run"]),
        cwd=repository,
        env=environ,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def git(*words: str, at: Path) -> str:
    """What git answers."""
    command = (tool("git"), "-c", "user.name=A", "-c", "user.email=a@b.c", *words)
    done = subprocess.run(command, cwd=at, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """A clone of a blog's repository that has one commit."""
    git("init", "-q", "--bare", "-b", "main", "origin.git", at=tmp_path)
    git("clone", "-q", "origin.git", "blog", at=tmp_path)
    clone = tmp_path / "blog"
    (clone / "config.yaml").write_text("topics: []\n")
    git("checkout", "-q", "-b", "main", at=clone)
    git("add", "config.yaml", at=clone)
    git("commit", "-q", "-m", "Begin", at=clone)
    git("push", "-q", "-u", "origin", "main", at=clone)
    return clone


def test_actionlint_accepts_the_workflow(kit: Path) -> None:
    """The checker of GitHub workflows has nothing to say."""
    done = subprocess.run(
        (tool("actionlint"), "-no-color", kit / "chatpaper.yml"),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "")


def test_workflow_runs_nightly_alone_and_with_few_rights(workflow: Workflow) -> None:
    """A schedule and a button; one run at a time; only contents may be written."""
    assert [len(entry["cron"].split()) for entry in workflow["on"]["schedule"]] == [5]
    assert "workflow_dispatch" in workflow["on"]
    assert workflow["concurrency"] == {
        "group": "chatpaper",
        "cancel-in-progress": False,
    }
    assert workflow["permissions"] == {"contents": "write"}


def test_only_the_run_itself_sees_the_key(kit: Path, workflow: Workflow) -> None:
    """The secret is handed to one step, not to the job."""
    text = (kit / "chatpaper.yml").read_text("utf-8")

    assert text.count("secrets.") == 1
    assert step("Write the posts", workflow)["env"] == {
        "GEMINI_API_KEY": "${{ secrets.GEMINI_API_KEY }}"
    }


def test_store_is_cached_under_its_own_name_even_after_a_failure(
    workflow: Workflow, tmp_path: Path
) -> None:
    """What is restored is what was saved, and it is the file that the store writes."""
    restore = step("Restore the store", workflow)["with"]
    save = step("Save the store", workflow)["with"]
    pattern = save["path"].replace("${{ env.STORE }}", ".")
    with Store(tmp_path) as store:
        name = store.path.name

    assert name in {path.name for path in tmp_path.glob(pattern)}
    assert {part: restore[part] for part in save} == save
    assert save["key"].startswith(restore["restore-keys"])
    assert step("Save the store", workflow)["if"] == "${{ always() }}"
    assert step("Commit the posts", workflow)["if"] == "${{ !cancelled() }}"


@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_run_step_hands_on_the_exit_code(
    code: int, workflow: Workflow, blog: Path, tmp_path: Path
) -> None:
    """The summary is shown, and the step fails exactly when the run does."""
    executable(tmp_path / "chatpaper", 'echo "GAN: $*"', f"exit {code}")

    done = run_step("Write the posts", workflow, blog, tmp_path)

    assert done.returncode == code
    assert (tmp_path / "summary.md").read_text() == done.stdout
    assert "run --config config.yaml --output posts --storage .chatpaper" in done.stdout


def test_commit_step_publishes_posts_and_only_posts(
    workflow: Workflow, blog: Path, tmp_path: Path
) -> None:
    """Posts are pushed on top of what others pushed; the store stays behind."""
    others = tmp_path / "others"
    git("clone", "-q", "origin.git", "others", at=tmp_path)
    git("commit", "-q", "--allow-empty", "-m", "Meanwhile", at=others)
    git("push", "-q", at=others)
    (blog / "posts").mkdir()
    (blog / "posts" / "GAN.md").write_text("new\n")
    (blog / ".chatpaper").mkdir()
    (blog / ".chatpaper" / "chatpaper.sqlite3").write_text("paid\n")

    done = run_step("Commit the posts", workflow, blog, tmp_path)

    assert done.returncode == 0, done.stderr
    log = git("log", "--format=%s", "--name-only", "main", at=tmp_path / "origin.git")
    assert re.fullmatch(
        r"Add the papers of [\d-]+\n\nposts/GAN\.md\n"
        r"Meanwhile\nBegin\n\nconfig\.yaml\n",
        log,
    )


@pytest.mark.parametrize("folder", [True, False])
def test_commit_step_is_content_without_a_post(
    folder: bool, workflow: Workflow, blog: Path, tmp_path: Path
) -> None:
    """A night without papers makes no commit and no failure."""
    if folder:
        (blog / "posts").mkdir()

    done = run_step("Commit the posts", workflow, blog, tmp_path)

    assert (done.returncode, done.stdout) == (0, "no new post\n")
    assert git("log", "--format=%s", at=blog) == "Begin\n"


# ------------------------------------------------------------------ systemd


def test_systemd_accepts_the_units(kit: Path, tmp_path: Path) -> None:
    """No unknown key, of which systemd only warns, and no missing program."""
    home_with_chatpaper(tmp_path, {})
    done = subprocess.run(
        (tool("systemd-analyze"), "--user", "verify", *(kit / name for name in UNITS)),
        env={**os.environ, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )

    ours = [line for line in done.stderr.splitlines() if "chatpaper" in line]
    assert (done.returncode, ours) == (0, [])


def test_timer_has_a_next_night(kit: Path) -> None:
    """The calendar line means something to systemd."""
    timer = (kit / "chatpaper.timer").read_text("utf-8")
    (when,) = re.findall(r"^OnCalendar=(.+)$", timer, re.M)
    done = subprocess.run(
        (tool("systemd-analyze"), "calendar", when),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )

    assert done.returncode == 0
    assert "Next elapse:" in done.stdout


# ------------------------------------------------------------------ cron


def crontab_line(kit: Path) -> tuple[list[str], str]:
    """The five fields and the command of the one line that is not a comment."""
    lines = (kit / "crontab").read_text("utf-8").splitlines()
    (line,) = (line for line in lines if line and not line.startswith("#"))
    *fields, command = line.split(maxsplit=5)
    return fields, command


def run_as_cron(kit: Path, home: Path) -> str:
    """Run the command as cron would, and give what cron would mail."""
    done = subprocess.run(
        ("/bin/sh", "-c", crontab_line(kit)[1]),
        cwd="/",
        env={
            "HOME": str(home),
            "LOGNAME": "reader",
            "PATH": "/usr/bin:/bin",
            "SHELL": "/bin/sh",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=200,
        check=False,
        start_new_session=True,
    )
    return done.stdout


def test_crontab_line_is_one_that_cron_takes(kit: Path) -> None:
    """Five fields in their ranges, and no percent sign, at which cron ends a line."""
    fields, command = crontab_line(kit)
    minute, hour, *days = fields

    assert 0 <= int(minute) <= 59
    assert 0 <= int(hour) <= 23
    assert days == ["*", "*", "*"]
    assert "%" not in command


def test_crontab_line_writes_the_post_in_silence(kit: Path, tmp_path: Path) -> None:
    """Without a terminal, from another folder: a post, a log, and no mail."""
    record = Record(
        id="2501.00001",
        title="A GAN on a ring",
        published=datetime(2025, 1, 1, tzinfo=UTC),
        abstract="A generative adversarial network that can be counted.",
        pdf=PACKAGE / "samples" / "sample-01.pdf",
    )
    with ArxivStandIn([record]) as arxiv:
        env = {
            "CHATPAPER_ARXIV__BASE_URL": arxiv.url,
            "CHATPAPER_ARXIV__GAP_S": "0",
            "CHATPAPER_ARXIV__LOOKBACK_DAYS": "3650",
            "CHATPAPER_LLM__PROVIDER": "extractive",
            "CHATPAPER_STORAGE__DIR": str(tmp_path / "store"),
        }
        home = home_with_chatpaper(tmp_path / "my home", env)
        (home / "chatpaper" / "config.yaml").write_text(
            "topics: [{name: GAN, queries: ['ti:GAN']}]\n"
        )
        mail = run_as_cron(kit, home)

    log = (home / "chatpaper" / "chatpaper.log").read_text("utf-8")
    assert mail == "", log
    assert "GAN" in log.splitlines()[-1]
    (post,) = (home / "chatpaper" / "posts").rglob("GAN.md")
    assert "A GAN on a ring" in post.read_text("utf-8")


def test_crontab_line_mails_the_reason_of_a_failure(kit: Path, tmp_path: Path) -> None:
    """A bad configuration ends in a mail that names the bad key."""
    home = home_with_chatpaper(tmp_path, {})
    (home / "chatpaper" / "config.yaml").write_text("arxiv: {gapp_s: 3}\n")

    assert "gapp_s" in run_as_cron(kit, home)


@pytest.mark.parametrize("lost", [".config/chatpaper/env", ".local/bin/chatpaper"])
def test_crontab_line_mails_what_is_missing(
    lost: str, kit: Path, tmp_path: Path
) -> None:
    """A forgotten step of the set-up is named in the mail."""
    home = home_with_chatpaper(tmp_path, {})
    (home / lost).unlink()

    assert lost in run_as_cron(kit, home)
