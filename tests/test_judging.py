"""The judge outside of a run: put to the test, and put to a published post again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from chatpaper.pipeline import HONEST, judge_cases
from commands import run_command
from night import Night
from servers.gemini import GeminiStandIn
from servers.gemini_faults import KEY

KINDS = {case.claim.text: case.kind for case in judge_cases()}


def chatpaper(
    tmp_path: Path, url: str, *words: str, key: str = KEY
) -> subprocess.CompletedProcess[str]:
    """The command in an empty folder, with the stand-in's address and key."""
    env = {
        **os.environ,
        "CHATPAPER_LLM__BASE_URL": url,
        "CHATPAPER_LLM__TRIES": "1",
        "CHATPAPER_STORAGE__DIR": str(tmp_path / "store"),
        "GEMINI_API_KEY": key,
    }
    return run_command(*words, env=env, cwd=tmp_path)


def knows(text: str) -> str:
    return "supported" if KINDS[text] == HONEST else "contradicted"


@pytest.mark.parametrize(
    ("judge", "code", "found", "blamed"),
    [
        (knows, 0, 12, 0),
        (lambda _: "supported", 1, 0, 0),
        (lambda _: "unsupported", 1, 12, 12),
    ],
)
def test_doctor_measures_the_judge(
    tmp_path: Path, judge: Callable[[str], str], code: int, found: int, blamed: int
) -> None:
    """It prints what was found, whom it blamed, and at what price."""
    with GeminiStandIn(judge=judge) as stand_in:
        done = chatpaper(tmp_path, stand_in.base_url, "doctor", "--judge")

    assert done.returncode == code, done.stderr
    assert f"found {found} of 12 lies" in done.stdout
    assert f"blamed {blamed} of 12 honest claims" in done.stdout
    assert "4 calls" in done.stdout
    assert "USD" in done.stdout
    assert [call.kind for call in stand_in.calls] == ["judge"] * 4


def test_doctor_needs_a_model_to_measure(tmp_path: Path) -> None:
    """Without a key there is no judge, and it says what to set."""
    with GeminiStandIn() as stand_in:
        done = chatpaper(tmp_path, stand_in.base_url, "doctor", "--judge", key="")

    assert done.returncode == 2
    assert "GEMINI_API_KEY" in done.stderr
    assert stand_in.calls == []


def test_a_published_post_is_judged_again(nights: Night) -> None:
    """Who judges now is named; what it refutes is told with its reason, exit code 1."""
    nights.run()
    (post,) = (nights.directory / "posts").glob("*/*.json")
    words = ("verify", str(post), "--judge", "--model", "other-judge", "--json")
    nights.gemini.calls.clear()
    env = {**os.environ, **nights.environment}
    well = run_command(*words, env=env, cwd=nights.directory)
    nights.gemini.judge = lambda _: "contradicted"
    ill = run_command(*words, env=env, cwd=nights.directory)

    assert well.returncode == 0, well.stderr
    assert all(json.loads(line)["agrees"] for line in well.stdout.splitlines())
    assert "other-judge: 3 calls" in well.stderr
    assert {call.model for call in nights.gemini.calls} == {"other-judge"}
    assert ill.returncode == 1
    first = json.loads(ill.stdout.splitlines()[0])
    assert first["refuted"][0][1:] == ["contradicted", "the passage says otherwise"]
    assert first["differs"] == []


@pytest.mark.parametrize("name", ["summary", "judge", "repair"])
def test_a_prompt_that_does_not_fit_stops_the_run_before_any_paper(
    nights: Night, tmp_path: Path, name: str
) -> None:
    """A stray variable is exit code 2: nothing is asked, and doctor says the same."""
    root = Path(__file__).parent.parent
    copy = tmp_path / "copy"
    for folder in ("chatpaper", "prompts"):
        shutil.copytree(root / folder, copy / folder)
    shutil.copy(root / "config.yaml", copy)
    prompt = copy / "prompts" / f"{name}.md"
    prompt.write_text(prompt.read_text("utf-8") + "\nMind the $colour.\n", "utf-8")
    env = {**os.environ, **nights.environment, "PYTHONPATH": str(copy)}

    def ran(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "chatpaper", *words],
            cwd=copy,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )

    done, examined = ran("run", "--topic", "GAN"), ran("doctor")

    assert done.returncode == 2, done.stderr
    assert f"prompt {name}.md: unknown $colour" in done.stderr
    assert nights.gemini.calls == []
    assert nights.arxiv.count("/pdf") == 0
    assert f"bad   prompts: prompt {name}.md: unknown $colour" in examined.stdout
