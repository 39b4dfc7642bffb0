"""A runner of GitHub's, as far as the steps of the nightly workflow need one.

Scripts are run as they are printed, by bash, in a fresh and shallow clone of a real
bare repository. The cache is a folder. `chatpaper` is the real command, in a process of
its own; `sleep` waits for nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chatpaper.posts import check_post, read_post_data
from commands import run_command


def git(*words: str, at: Path) -> str:
    """What git answers."""
    command = ("git", "-c", "user.name=A", "-c", "user.email=a@b.c", *words)
    done = subprocess.run(command, cwd=at, capture_output=True, text=True, check=True)
    return done.stdout


@dataclass
class GitHub:
    """A repository on a server, its cache, and what its runners see.

    Attributes:
        folder: Everything is below it.
        workflow: As YAML reads it.
        env: Of chatpaper, beside what the workflow says.
    """

    folder: Path
    workflow: Mapping[str, Any]
    env: dict[str, str]
    jobs: int = 0

    def __post_init__(self) -> None:
        for name in ("bin", "cache"):
            (self.folder / name).mkdir(parents=True)
        git("init", "-q", "--bare", "-b", "main", "origin.git", at=self.folder)
        git("clone", "-q", "origin.git", "mine", at=self.folder)
        git("checkout", "-q", "-b", "main", at=self.mine)
        self.push({"README.md": "A blog\n"})
        self.push({"config.yaml": "topics: [{name: GAN, queries: ['ti:GAN']}]\n"})

    @property
    def origin(self) -> Path:
        """The repository on the server."""
        return self.folder / "origin.git"

    @property
    def mine(self) -> Path:
        """The blog owner's own clone."""
        return self.folder / "mine"

    def push(self, files: Mapping[str, str]) -> None:
        """Push files by hand."""
        if self.jobs:
            git("pull", "-q", "origin", "main", at=self.mine)
        for name, text in files.items():
            (self.mine / name).parent.mkdir(parents=True, exist_ok=True)
            (self.mine / name).write_text(text)
        git("add", ".", at=self.mine)
        git("commit", "-q", "-m", "By hand", at=self.mine)
        git("push", "-q", "origin", "main", at=self.mine)

    def refuse(self, *lines: str) -> None:
        """Have the server refuse pushes as a script says; without one take them."""
        hook = self.origin / "hooks" / "pre-receive"
        hook.unlink(missing_ok=True)
        if lines:
            hook.write_text("\n".join(("#!/bin/sh", *lines, "")))
            hook.chmod(0o755)

    def job(self) -> Job:
        """A new run of the workflow; nothing of it is done yet."""
        self.jobs += 1
        return Job(self, self.folder / f"job-{self.jobs}", self.jobs)

    def night(self, **changes: str) -> Job:
        """A whole run of the workflow."""
        self.env |= changes
        job = self.job()
        for name in job.names:
            job.step(name)
        return job

    def whole(self) -> Counter[str]:
        """How often each paper is posted, whole, in the repository; posts are sound."""
        shutil.rmtree(self.folder / "seen", ignore_errors=True)
        git("clone", "-q", "origin.git", "seen", at=self.folder)
        posts = sorted((self.folder / "seen").glob("posts/*/*.json"))
        for post in posts:
            assert check_post(post.with_suffix(".md")) == (), post
        return Counter(
            digest.paper.versioned_id
            for post in posts
            for digest in read_post_data(post.read_text("utf-8")).digests
            if digest.summary is not None
        )


@dataclass
class Job:
    """One run of the workflow.

    Attributes:
        github: Where it runs.
        home: Its own folder.
        number: Of the run.
        failed, cancelled: How it stands.
        said: Everything its scripts have printed.
        pauses: Seconds that it would have slept.
    """

    github: GitHub
    home: Path
    number: int
    failed: bool = False
    cancelled: bool = False
    said: str = ""
    pauses: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Of the steps, in order."""
        steps = self.github.workflow["jobs"]["post"]["steps"]
        return [step.get("name") or step["uses"] for step in steps]

    @property
    def checkout(self) -> Path:
        """The working tree."""
        return self.home / "blog"

    def step(self, name: str) -> None:
        """Do a step, if its condition holds."""
        step = self.github.workflow["jobs"]["post"]["steps"][self.names.index(name)]
        conditions = {
            None: not (self.cancelled or self.failed),
            "${{ !cancelled() }}": not self.cancelled,
            "${{ always() }}": True,
        }
        if not conditions[step.get("if")]:
            return
        uses = step.get("uses", "").partition("@")[0]
        if uses == "actions/checkout":
            self.home.mkdir()
            url = f"file://{self.github.origin}"
            git("clone", "-q", "--depth", "1", url, "blog", at=self.home)
        elif uses == "actions/cache/restore":
            self._restore(step["with"])
        elif uses == "actions/cache/save":
            self._save(step["with"])
        elif "run" in step and "pip install" not in step["run"]:
            self.failed |= self._script(step["run"]) != 0

    def _files(self, settings: Mapping[str, str]) -> tuple[Path, str]:
        pattern = settings["path"].replace("${{ env.STORE }}", self._env["STORE"])
        folder, _, name = pattern.rpartition("/")
        return self.checkout / folder, name

    def _restore(self, settings: Mapping[str, str]) -> None:
        """The newest cache; keys begin alike."""
        if saved := self._saved():
            shutil.copytree(saved[-1], self._files(settings)[0], dirs_exist_ok=True)

    def _save(self, settings: Mapping[str, str]) -> None:
        """A new cache, unless there is nothing to keep."""
        folder, name = self._files(settings)
        files = list(folder.glob(name))
        entry = self.github.folder / "cache" / f"{len(self._saved()):03d}"
        if files:
            entry.mkdir()
        for file in files:
            shutil.copy2(file, entry)

    def _saved(self) -> list[Path]:
        return sorted((self.github.folder / "cache").iterdir())

    @property
    def _env(self) -> dict[str, str]:
        return {
            "PATH": f"{self.home}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.home),
            "GITHUB_STEP_SUMMARY": str(self.home / "summary.md"),
            **self.github.workflow["env"],
        }

    def _script(self, text: str) -> int:
        self._programs()
        bash = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text)
        serving = threading.Thread(target=self._serve, daemon=True)
        serving.start()
        done = subprocess.run(
            bash,
            cwd=self.checkout,
            env=self._env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=200,
            check=False,
        )
        (self.home / "asked").write_text("end\n")
        serving.join()
        self.said += done.stdout
        slept = self.home / "slept"
        self.pauses = slept.read_text().split() if slept.exists() else []
        return done.returncode

    def _programs(self) -> None:
        """`sleep`, which only notes, and `chatpaper`, which asks `_serve`."""
        scripts = {
            "sleep": ['echo "$1" >> "$HOME/slept"'],
            "chatpaper": [
                '{ pwd; printf "%s\\n" "$@"; } > "$HOME/asked"',
                'cat "$HOME/said"',
                'exit "$(cat "$HOME/code")"',
            ],
        }
        for name, lines in scripts.items():
            (self.home / name).write_text("\n".join(("#!/bin/sh", *lines, "")))
            (self.home / name).chmod(0o755)
        for name in ("asked", "said"):
            (self.home / name).unlink(missing_ok=True)
            os.mkfifo(self.home / name)

    def _serve(self) -> None:
        """Run each command that a script asks for, until it ends."""
        while (words := (self.home / "asked").read_text().splitlines()) != ["end"]:
            cwd, *rest = words
            env = {**os.environ, **self.github.env, **self._env}
            done = run_command(*rest, env=env, cwd=Path(cwd))
            (self.home / "code").write_text(str(done.returncode))
            (self.home / "said").write_text(done.stdout + done.stderr)
