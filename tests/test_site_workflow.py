"""The job of the GitHub workflow that publishes the site: read, checked and run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from chatpaper.store import LedgerEntry, Store
from many_papers import publish_nights
from rich_digests import DAY, paper

TEXT = files("chatpaper.setup").joinpath("cron/chatpaper.yml").read_text("utf-8")
WORKFLOW: Mapping[str, Any] = yaml.safe_load(TEXT)
JOB: Mapping[str, Any] = WORKFLOW["jobs"]["site"]


def test_the_site_is_published_only_where_it_is_wanted() -> None:
    """After the posts, with a variable set, and without the right to commit."""
    assert JOB["needs"] == "post"
    assert "vars.CHATPAPER_SITE == 'true'" in JOB["if"]
    assert JOB["permissions"] == {
        "contents": "read",
        "pages": "write",
        "id-token": "write",
    }
    assert "secrets." not in str(JOB)


@pytest.mark.parametrize("lost", [False, True])
def test_the_step_makes_a_site_with_feeds_or_fails(tmp_path: Path, lost: bool) -> None:
    """Of the posts in the repository; one that the cached store misses stops it."""
    (step,) = (s for s in JOB["steps"] if s.get("name") == "Make the site")
    publish_nights(tmp_path / WORKFLOW["env"]["POSTS"], 3, DAY)
    (tmp_path / "config.yaml").write_text("topics: []\n")
    if lost:
        with Store(tmp_path / WORKFLOW["env"]["STORE"]) as store:
            entry = LedgerEntry(paper=paper(1, "Lost"), state="posted", day=DAY)
            store.record("Gone", [entry])
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run(
        (bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]),
        cwd=tmp_path,
        env={
            **WORKFLOW["env"],
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "BASE_URL": "https://me.github.io/blog",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == (3 if lost else 0), done.stderr
    assert (tmp_path / "_site" / "index.html").exists() != lost
    assert (tmp_path / "_site" / "feeds" / "atom.xml").exists() != lost
