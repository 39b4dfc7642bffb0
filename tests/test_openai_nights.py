"""Whole nights, as a process, with servers that speak OpenAI's protocol in part."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from chatpaper.posts import check_post, read_post_data
from commands import run_command
from servers.openai import KEY, MODEL, OpenAIStandIn

PAPERS = 5  # of the samples; each is drafted and judged


def run_night(
    folder: Path, stand_in: OpenAIStandIn, *words: str, **environ: str
) -> subprocess.CompletedProcess[str]:
    """Post the sample papers by a model of the stand-in."""
    env = {
        "HOME": str(folder),
        "CHATPAPER_LLM__PROVIDER": "openai",
        "CHATPAPER_LLM__BASE_URL": stand_in.base_url,
        "CHATPAPER_LLM__MODEL": MODEL,
        "CHATPAPER_LLM__KEY_ENV": "STAND_IN_KEY",
        "CHATPAPER_LLM__PRICES": f"{{{MODEL}: [0.1, 0.4]}}",
        "CHATPAPER_OUTPUT__DIR": str(folder / "posts"),
        "CHATPAPER_OUTPUT__TIMEZONE": "UTC",
        "CHATPAPER_STORAGE__DIR": str(folder / "store"),
        "STAND_IN_KEY": KEY,
        **environ,
    }
    return run_command(
        "run", "--topic", "GAN", "--source", "samples", *words, env=env, cwd=folder
    )


def learned(folder: Path) -> dict[str, Any]:
    """What was remembered of the stand-in."""
    text = (folder / "store" / "servers.json").read_text(encoding="utf-8")
    (entry,) = json.loads(text).values()
    return dict(entry)


LADDER = {
    "the schema is taken": ({}, {("json_schema", "answered"): 10}),
    "the schema is refused": (
        {"takes": ("json_object",)},
        {("json_schema", "refused"): 1, ("json_object", "answered"): 10},
    ),
    "every form is refused": (
        {"takes": ()},
        {
            ("json_schema", "refused"): 1,
            ("json_object", "refused"): 1,
            ("text", "answered"): 10,
        },
    ),
}


@pytest.mark.parametrize(("server", "forms"), LADDER.values(), ids=LADDER)
def test_a_night_on_each_rung(
    tmp_path: Path, server: dict[str, Any], forms: dict[tuple[str, str], int]
) -> None:
    """Every paper is posted; a refusal costs one request, and is not repeated."""
    # One call at a time: threads that are refused together each find it out.
    one = {"CHATPAPER_LLM__CONCURRENCY": "1"}
    with OpenAIStandIn(**server, served="stand-in-1-0613") as stand_in:
        done = run_night(tmp_path, stand_in, **one)
    (page,) = (tmp_path / "posts").rglob("GAN.md")
    post = read_post_data(page.with_suffix(".json").read_text(encoding="utf-8"))

    assert done.returncode == 0, done.stderr
    assert stand_in.forms() == Counter(forms)
    assert stand_in.problems == []
    assert check_post(page) == ()
    assert [d.provenance and d.provenance.provider for d in post.digests] == (
        ["openai"] * PAPERS
    )
    assert "stand-in-1-0613" in page.read_text(encoding="utf-8")
    assert learned(tmp_path)["rung"] == list(forms)[-1][0]
    assert KEY not in done.stdout + done.stderr


def test_a_recorded_night_plays_again(tmp_path: Path) -> None:
    """What was found out is found out again from the recording, without any key."""
    kept = tmp_path / "kept"
    # The refusal that comes first repeats the key.
    with OpenAIStandIn("500", takes=("json_object",)) as stand_in:
        done = run_night(tmp_path, stand_in, "--record", str(kept))
        env = {"HOME": str(tmp_path)}
    again = run_command("run", "--replay", str(kept), env=env, cwd=tmp_path)
    files = [path for path in kept.rglob("*") if path.is_file()]
    held = [path.name for path in files if KEY.encode() in path.read_bytes()]

    assert done.returncode == 0, done.stderr
    assert stand_in.forms()["json_schema", "refused"] == 1
    assert again.returncode == 0, again.stdout + again.stderr
    assert held == []
