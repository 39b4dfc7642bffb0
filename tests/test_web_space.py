"""What `chatpaper init --space` writes is a Space that serves its page."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
import yaml

from chatpaper.config import load_config
from commands import run_command


@pytest.fixture
def space(tmp_path: Path) -> Path:
    """The folder of a Space."""
    done = run_command("init", "space", "--space", env=dict(os.environ), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("wrote ") == 3
    return tmp_path / "space"


def test_a_space_has_what_it_needs(space: Path) -> None:
    """Its port is the same everywhere, its image is pinned, nobody in it is root."""
    docker = (space / "Dockerfile").read_text("utf-8")
    readme = (space / "README.md").read_text("utf-8")
    header = yaml.safe_load(readme.split("---")[1])
    web = load_config(space / "config.yaml", {}).web

    assert header["sdk"] == "docker"
    assert header["license"] == "agpl-3.0"
    assert web.port == header["app_port"]
    assert f"EXPOSE {web.port}" in docker
    assert re.search(
        r"^FROM python:[\d.]+-slim-bookworm@sha256:[0-9a-f]{64}$", docker, re.M
    )
    assert docker.index("\nUSER user\n") < docker.index("\nCMD ")
    assert len(header["short_description"]) <= 60
    # Open by choice, and not for ever.
    assert (web.host, web.open) == ("0.0.0.0", True)
    assert 0 < web.max_usd_per_day <= 1
    assert web.papers_per_hour <= 10


def test_a_space_is_served_by_its_own_command(space: Path) -> None:
    """The image's command answers to the Space's name alone; its site may frame it."""
    docker = (space / "Dockerfile").read_text("utf-8")
    command = json.loads(docker.rpartition("\nCMD ")[2])
    program = space / "bin" / "chatpaper"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m chatpaper "$@"\n')
    program.chmod(0o755)
    environment = {
        name: value for name, value in os.environ.items() if "_API_KEY" not in name
    }
    environment |= {
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "SPACE_HOST": "me-papers.hf.space",
        "CHATPAPER_WEB__PORT": "0",
        "CHATPAPER_STORAGE__DIR": str(space / "store"),
    }
    with subprocess.Popen(
        command, cwd=space, env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            port = server.stdout.readline().strip().strip("/").rpartition(":")[2]
            url = f"http://127.0.0.1:{port}/"
            ours = httpx2.get(url, headers={"host": "me-papers.hf.space"})
            other = httpx2.get(url, headers={"host": "other.hf.space"})
        finally:
            server.terminate()

    assert (ours.status_code, other.status_code) == (200, 421)
    policy = ours.headers["content-security-policy"]
    assert "frame-ancestors https://huggingface.co" in policy
    assert "x-frame-options" not in ours.headers
    assert server.returncode == 0


def test_nothing_is_written_over(space: Path) -> None:
    """A second time says so, and so does a wish for two things at once."""
    for words in (("--space",), ("--space", "--cron")):
        done = run_command("init", ".", *words, env=dict(os.environ), cwd=space)

        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
