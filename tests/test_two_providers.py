"""Nights in which one provider's model writes and another's judges: keys, quotas."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chatpaper import summarize
from chatpaper.config import load_config
from chatpaper.errors import ConfigError
from chatpaper.posts import check_post, read_post_data
from chatpaper.resources import resource_path
from chatpaper.setup import examine
from commands import run_command
from servers import gemini_faults, openai
from servers.gemini import GeminiStandIn
from servers.openai import MODEL, OpenAIStandIn
from toy_models import Toy

LITE = "gemini-3.5-flash-lite"
PAPERS = 2  # of the samples


# ---------------------------------------------------------------- nights


@dataclass
class Two:
    """Both stand-ins, and a folder for posts and store."""

    gemini: GeminiStandIn
    openai: OpenAIStandIn
    folder: Path

    def env(self, **environ: str) -> dict[str, str]:
        """Gemini writes, the other judges."""
        prices = f"{{{LITE}: [0.3, 2.5], {MODEL}: [0.1, 0.4]}}"
        return {
            "HOME": str(self.folder),
            "CHATPAPER_LLM__PROVIDER": "gemini",
            "CHATPAPER_LLM__BASE_URL": self.gemini.base_url,
            "CHATPAPER_LLM__PRICES": prices,
            "CHATPAPER_TRUST__JUDGE_MODEL": f"openai:{MODEL}",
            "CHATPAPER_TRUST__JUDGE_BASE_URL": self.openai.base_url,
            "CHATPAPER_TRUST__JUDGE_KEY_ENV": "JUDGE_KEY",
            "CHATPAPER_OUTPUT__DIR": str(self.folder / "posts"),
            "CHATPAPER_OUTPUT__TIMEZONE": "UTC",
            "CHATPAPER_STORAGE__DIR": str(self.folder / "store"),
            "CHATPAPER_FIGURES__MAX_PER_PAPER": "0",
            "CHATPAPER_ARXIV__MAX_PAPERS": str(PAPERS),
            "GEMINI_API_KEY": gemini_faults.KEY,
            "JUDGE_KEY": openai.KEY,
            **environ,
        }

    @property
    def swapped(self) -> dict[str, str]:
        """The other writes and Gemini judges."""
        return {
            "CHATPAPER_LLM__PROVIDER": "openai",
            "CHATPAPER_LLM__BASE_URL": self.openai.base_url,
            "CHATPAPER_LLM__MODEL": MODEL,
            "CHATPAPER_LLM__KEY_ENV": "JUDGE_KEY",
            "CHATPAPER_TRUST__JUDGE_MODEL": f"gemini:{LITE}",
            "CHATPAPER_TRUST__JUDGE_BASE_URL": self.gemini.base_url,
            "CHATPAPER_TRUST__JUDGE_KEY_ENV": "",
        }

    def command(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """A command in this environment; an empty variable is not there."""
        env = {k: v for k, v in self.env(**environ).items() if v}
        return run_command(*words, env=env, cwd=self.folder)

    def night(self, **environ: str) -> subprocess.CompletedProcess[str]:
        """The sample papers posted."""
        return self.command("run", "--topic", "GAN", "--source", "samples", **environ)

    def kinds(self) -> tuple[Counter[str], Counter[str]]:
        """What Gemini was asked, and what the other."""
        return (
            Counter(call.kind for call in self.gemini.calls),
            Counter(call.kind for call in self.openai.calls),
        )

    def post(self) -> tuple[str, Any]:
        """The post, which passes the gate, and its twin."""
        (path,) = (self.folder / "posts").rglob("GAN.md")
        assert check_post(path) == ()
        twin = path.with_suffix(".json").read_text(encoding="utf-8")
        return path.read_text(encoding="utf-8"), read_post_data(twin)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    """Both stand-ins; the first judged claim of every paper is refuted."""
    with ExitStack() as stack:
        yield Two(
            stack.enter_context(GeminiStandIn()),
            stack.enter_context(OpenAIStandIn()),
            tmp_path,
        )


def test_one_writes_and_the_other_judges(two: Two) -> None:
    """Each is asked with its own key, both are named and paid, neither key is told."""
    done = two.night()
    markdown, post = two.post()

    assert done.returncode == 0, done.stderr
    assert two.kinds() == ({"summary": PAPERS}, {"judge": PAPERS})
    assert two.gemini.problems == two.openai.problems == []
    notice = markdown.partition("<a id=")[0]
    assert LITE in notice
    assert MODEL in notice
    assert "即生成摘要的模型" not in markdown
    made = post.digests[0].provenance
    assert (made.provider, made.model, made.judge) == ("gemini", LITE, MODEL)
    tokens = [sum(c.tokens_in for c in s.calls) for s in (two.gemini, two.openai)]
    out = [sum(c.tokens_out for c in s.calls) for s in (two.gemini, two.openai)]
    dollars = sum(d.provenance.cost_usd for d in post.digests)
    assert dollars == pytest.approx(
        (tokens[0] * 0.3 + out[0] * 2.5 + tokens[1] * 0.1 + out[1] * 0.4) / 1e6
    )
    assert not [k for k in (gemini_faults.KEY, openai.KEY) if k in done.stderr]


def test_the_other_writes_and_gemini_judges(two: Two) -> None:
    """The other way round, where the judge is at its provider's usual variable."""
    done = two.night(**two.swapped)

    assert done.returncode == 0, done.stderr
    assert two.kinds() == ({"judge": PAPERS}, {"summary": PAPERS})
    assert MODEL in two.post()[0]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("run", "--topic", "GAN", "--source", "samples"), 2),
        (("redo", "sample-01", "--source", "samples"), 2),
        (
            ("backfill", "--topic", "GAN", "--since", "2025-01", "--source", "samples"),
            2,
        ),
    ],
)
def test_without_the_judges_key_nothing_is_paid(
    two: Two, words: tuple[str, ...], code: int
) -> None:
    """One line names the variable, before any call."""
    done = two.command(*words, JUDGE_KEY="")

    assert done.returncode == code
    assert "JUDGE_KEY" in done.stderr
    assert f"openai:{MODEL}" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert two.kinds() == ({}, {})


def test_a_judge_that_is_off_needs_no_key(two: Two) -> None:
    """`trust.judge: false` asks nobody for one."""
    done = two.night(JUDGE_KEY="", CHATPAPER_TRUST__JUDGE="false")

    assert done.returncode == 0, done.stderr
    assert two.kinds() == ({"summary": PAPERS}, {})


def test_a_judge_whose_quota_is_spent_makes_papers_wait(two: Two) -> None:
    """Their drafts are kept; the next night only judges them, and says whose it was."""
    two.openai.by_kind["judge"] = type(two.openai.script)(["429-quota"])
    first = two.night(CHATPAPER_LLM__CONCURRENCY="1")
    drafted = two.kinds()[0]["summary"]
    second = two.night(CHATPAPER_LLM__CONCURRENCY="1")

    assert f"openai:{MODEL}" in first.stdout + first.stderr
    assert drafted == 1
    assert second.returncode == 0, second.stderr
    assert two.kinds()[0]["summary"] == PAPERS
    assert len(two.post()[1].digests) == PAPERS


def test_a_batch_is_judged_by_the_other(two: Two) -> None:
    """Drafts come by Gemini's batch, verdicts from single calls to the other."""
    two.gemini.batch_polls = 0
    batch = {"CHATPAPER_LLM__SERVICE_TIER": "batch"}
    two.night(**batch)
    assert two.kinds()[1] == {}
    done = two.night(**batch)

    assert done.returncode == 0, done.stderr
    assert two.kinds() == ({"summary": PAPERS}, {"judge": PAPERS})
    assert two.post()[1].digests[0].provenance.judge == MODEL


def test_the_same_spelling_for_one_command(two: Two) -> None:
    """`verify --judge --model` and `redo --model` name a provider's model, too."""
    two.night()
    (twin,) = (two.folder / "posts").rglob("GAN.json")
    before = two.kinds()
    words = ("verify", str(twin), "--judge", "--source", "samples", "--model")
    # The writer's key is not needed for that.
    there = two.command(*words, f"openai:{MODEL}", GEMINI_API_KEY="")
    here = two.command(*words, f"gemini:{LITE}", JUDGE_KEY="")
    after = two.kinds()

    assert (there.returncode, here.returncode) == (0, 0), there.stderr + here.stderr
    assert after[1]["judge"] - before[1]["judge"] == PAPERS
    assert after[0]["judge"] - before[0]["judge"] == PAPERS
    posted = two.post()[1].digests[0].paper.id
    words = ("redo", posted, "--source", "samples", "--model", f"openai:{MODEL}")
    redone = two.command(*words, GEMINI_API_KEY="")
    # Both stand-ins write the same.
    assert "the new summary is the old one" in redone.stdout, redone.stderr
    assert two.kinds()[1] - after[1] == {"summary": 1, "judge": 1}


def test_provider_for_one_command_goes_to_its_own_address(two: Two) -> None:
    """`--provider gemini` does not ask Gemini's protocol of another's server."""
    words = ("run", "--topic", "GAN", "--source", "samples", "--provider", "gemini")
    done = two.command(*words, **two.swapped)

    assert done.returncode == 0, done.stderr
    assert two.kinds() == ({"summary": PAPERS, "judge": PAPERS}, {})


# ---------------------------------------------------------------- before and after


def checked(two: Two, **environ: str) -> dict[str, tuple[str, str, str]]:
    """What the doctor says of both models."""
    env = {k: v for k, v in two.env(**environ).items() if v}
    found = examine(load_config(None, env), environ=env)
    return {
        one.name: (one.health, one.text, one.fix)
        for one in found
        if one.name in ("model", "judge")
    }


def test_the_doctor_asks_both(two: Two) -> None:
    """Each with its own key; what is wrong with one is not said of the other."""
    own = "sk-the-writers-own-0123456789"
    with OpenAIStandIn(key=own) as writer:
        env = {
            "CHATPAPER_LLM__PROVIDER": "openai",
            "CHATPAPER_LLM__BASE_URL": writer.base_url,
            "CHATPAPER_LLM__MODEL": MODEL,
            "CHATPAPER_LLM__KEY_ENV": "WRITER_KEY",
            "WRITER_KEY": own,
        }
        both = checked(two, **env)
        without = checked(two, **env, JUDGE_KEY="")
        refused = checked(two, **env, JUDGE_KEY=own)
        none = checked(two, **env, CHATPAPER_TRUST__JUDGE="false")

    assert [health for health, *_ in both.values()] == ["ok", "ok"]
    assert [health for health, *_ in without.values()] == ["ok", "bad"]
    assert "JUDGE_KEY" in without["judge"][2]
    assert [health for health, *_ in refused.values()] == ["ok", "bad"]
    assert list(none) == ["model"]


def test_the_doctor_measures_the_judge_alone(two: Two) -> None:
    """It needs no key but the judge's, and names its model."""
    done = two.command("doctor", "--judge", "--json", GEMINI_API_KEY="")

    assert json.loads(done.stdout)["model"] == MODEL, done.stderr
    assert two.kinds()[0] == {}


def test_a_recorded_night_of_two_has_neither_key(two: Two, tmp_path: Path) -> None:
    """It runs again without a network, to the byte."""
    kept = tmp_path / "kept"
    done = two.command(
        "run", "--topic", "GAN", "--source", "samples", "--record", str(kept)
    )
    assert done.returncode == 0, done.stderr
    texts = [p.read_bytes() for p in kept.rglob("*") if p.is_file()]
    for key in (gemini_faults.KEY, openai.KEY):
        assert not [text for text in texts if key.encode() in text]
    calls = two.kinds()
    again = two.command("run", "--replay", str(kept), GEMINI_API_KEY="", JUDGE_KEY="")

    assert again.returncode == 0, again.stderr
    assert two.kinds() == calls


def test_a_callers_model_is_judged_by_a_providers(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the other way round; a name means what it means in the configuration."""
    for name, value in two.env().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(two.folder)
    pdf = resource_path("samples/sample-01.pdf")

    def made(**models: Any) -> tuple[str, str, str]:
        provenance = summarize(pdf, **models).digest.provenance
        assert provenance is not None
        return provenance.provider, provenance.model, provenance.judge

    assert made(model=Toy("mine"), judge=f"openai:{MODEL}") == ("own", "mine", MODEL)
    assert two.kinds() == ({}, {"judge": 1})
    assert made(model=f"gemini:{LITE}") == ("gemini", LITE, MODEL)
    assert made(model=f"openai:{MODEL}") == ("openai", MODEL, MODEL)
    assert made(judge=Toy("a:judge")) == ("gemini", LITE, "a:judge")
    with pytest.raises(ConfigError, match="has no models"):
        made(judge="extractive:x")


@pytest.mark.parametrize("takes", [("json_schema",), ()], ids=["schema", "text"])
def test_any_server_translates_the_abstract(two: Two, takes: tuple[str, ...]) -> None:
    """Whether it takes the form of the reply or is told it in words."""
    two.openai.takes = takes
    done = two.night(
        CHATPAPER_LLM__PROVIDER="openai",
        CHATPAPER_LLM__BASE_URL=two.openai.base_url,
        CHATPAPER_LLM__MODEL=MODEL,
        CHATPAPER_LLM__KEY_ENV="JUDGE_KEY",
        CHATPAPER_OUTPUT__TRANSLATE_ABSTRACT="true",
        CHATPAPER_TRUST__JUDGE_MODEL="",
        CHATPAPER_TRUST__JUDGE_BASE_URL="",
        CHATPAPER_TRUST__JUDGE_KEY_ENV="",
    )

    assert done.returncode == 0, done.stderr
    markdown, post = two.post()
    assert markdown.count("**摘要译文（由模型翻译）**") == PAPERS
    assert [len(d.summary.of("translation")) for d in post.digests] == [1] * PAPERS
