"""One provider's model writes, another's judges: names, keys, prices, quotas."""

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
from chatpaper.config import Config, load_config
from chatpaper.errors import BudgetSpent, ConfigError
from chatpaper.models import (
    PROVIDERS,
    MeteredModel,
    ModelRequest,
    leaves_home,
    split_name,
)
from chatpaper.pipeline.estimate import estimate_papers
from chatpaper.posts import check_post, read_post_data
from chatpaper.resources import resource_path
from chatpaper.setup import examine
from chatpaper.sources import Surroundings, open_source
from chatpaper.store import Store
from commands import run_command
from night import NOON
from scripted import ScriptedModel, good_reply
from servers import gemini_faults, openai
from servers.gemini import GeminiStandIn
from servers.openai import MODEL, OpenAIStandIn
from toy_models import Toy

LITE = "gemini-3.5-flash-lite"
PAPERS = 2  # of the samples


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("gemini-3.8-flash", ("", "gemini-3.8-flash")),
        ("openai:deepseek-chat", ("openai", "deepseek-chat")),
        ("gemini:gemini-3.8-flash", ("gemini", "gemini-3.8-flash")),
        ("qwen3:8b", ("", "qwen3:8b")),
        ("openai:qwen3:8b", ("openai", "qwen3:8b")),
        ("openai:openai:8b", ("openai", "openai:8b")),
        ("openai/gpt-5:free", ("", "openai/gpt-5:free")),
        ("OpenAI:x", ("", "OpenAI:x")),
        ("extractive:x", ("extractive", "x")),
        ("openai:", ("openai", "")),
        (":x", ("", ":x")),
    ],
)
def test_a_provider_is_what_is_called_so(name: str, parts: tuple[str, str]) -> None:
    """Only a provider's own name before the first colon is one."""
    assert split_name(name) == parts


def config_of(
    llm: dict[str, Any] | None = None, **trust: Any
) -> tuple[Config, list[str]]:
    """A configuration; and its judge's provider, model, address and variable."""
    config = Config.model_validate({"llm": llm or {}, "trust": trust})
    judge = config.judge_llm
    return config, [judge.provider, judge.model, judge.base_url, judge.key_env]


OLLAMA = {
    "provider": "openai",
    "base_url": "http://localhost:11434/v1",
    "model": "qwen3:8b",
}
DEEPSEEK = {
    "provider": "openai",
    "base_url": "https://api.deepseek.com/v1",
    "model": "deepseek-chat",
    "key_env": "DEEPSEEK_API_KEY",
}


@pytest.mark.parametrize(
    ("llm", "trust", "judge", "name"),
    [
        ({}, {}, ["auto", LITE, "", ""], ""),
        ({}, {"judge_model": LITE}, ["auto", LITE, "", ""], ""),
        ({}, {"judge_model": f"gemini:{LITE}"}, ["auto", LITE, "", ""], ""),
        ({}, {"judge_model": "other"}, ["auto", "other", "", ""], "other"),
        (
            {"base_url": "https://proxy.example"},
            {"judge_model": "gemini:other"},
            ["auto", "other", "https://proxy.example", ""],
            "other",
        ),
        (
            {"base_url": "https://proxy.example", "service_tier": "batch"},
            {"judge_model": "openai:gpt"},
            ["openai", "gpt", "", ""],
            "openai:gpt",
        ),
        (
            OLLAMA,
            {"judge_model": "qwen3:14b"},
            ["openai", "qwen3:14b", OLLAMA["base_url"], ""],
            "qwen3:14b",
        ),
        (
            OLLAMA,
            {
                "judge_model": "deepseek-chat",
                "judge_base_url": DEEPSEEK["base_url"],
                "judge_key_env": "DEEPSEEK_API_KEY",
            },
            ["openai", "deepseek-chat", DEEPSEEK["base_url"], "DEEPSEEK_API_KEY"],
            f"openai:deepseek-chat@{DEEPSEEK['base_url']}",
        ),
        (
            DEEPSEEK,
            {"judge_model": "deepseek-chat", "judge_key_env": "OTHER_KEY"},
            ["openai", "deepseek-chat", DEEPSEEK["base_url"], "OTHER_KEY"],
            f"openai:deepseek-chat@{DEEPSEEK['base_url']}",
        ),
        (DEEPSEEK, {"judge_model": f"gemini:{LITE}"}, ["gemini", LITE, "", ""], None),
    ],
)
def test_where_the_judge_is(
    llm: dict[str, Any], trust: dict[str, Any], judge: list[str], name: str | None
) -> None:
    """At llm's own address in its own provider, at another provider's otherwise."""
    config, found = config_of(llm, **trust)

    assert found == judge
    assert config.judge_model == (f"gemini:{LITE}" if name is None else name)


@pytest.mark.parametrize(
    ("llm", "trust", "key", "words"),
    [
        ({}, {"judge_model": "extractive:x"}, "judge_model", "has no models"),
        ({}, {"judge_model": "openai:"}, "judge_model", "openai:NAME"),
        ({}, {"judge_model": "openai:gemini-3.8-flash"}, "judge_model", "llm.base_url"),
        ({}, {"judge_base_url": "https://a.example"}, "judge_base_url", "is empty"),
        ({}, {"judge_key_env": "A_KEY"}, "judge_key_env", "is empty"),
        (
            {},
            {"judge_model": "x", "judge_base_url": "https://a.example"},
            "judge_model",
            "openai:x",
        ),
        (
            DEEPSEEK,
            {
                "judge_model": "y",
                "judge_base_url": "https://b.example/v1?a=b",
                "judge_key_env": "B_KEY",
            },
            "judge_base_url",
            "no ?",
        ),
        (
            {**DEEPSEEK, "key_env": ""},
            {"judge_model": "y", "judge_base_url": "https://b.example/v1"},
            "judge_key_env",
            "OPENAI_API_KEY",
        ),
    ],
)
def test_a_judge_that_cannot_be_is_named_by_its_key(
    tmp_path: Path,
    llm: dict[str, Any],
    trust: dict[str, Any],
    key: str,
    words: str,
) -> None:
    """Nor does one variable's key go to two servers unless it is said twice."""
    path = tmp_path / "config.yaml"
    path.write_text(json.dumps({"llm": llm, "trust": trust}), encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load_config(path, {})
    assert f"trust.{key}" in str(caught.value)
    assert words in str(caught.value)


def test_another_writer_leaves_the_judge_where_it_is() -> None:
    """`redo --model`: the judge is who it was, and may be who writes now."""
    apart, _ = config_of(
        {"model": "gemini-3.8-flash"},
        judge_model="openai:deepseek-chat",
        judge_base_url=DEEPSEEK["base_url"],
        judge_key_env="DEEPSEEK_API_KEY",
    )
    there = apart.written_by("openai:deepseek-reasoner")
    here, _ = config_of({}, judge_model="gemini-3.8-flash")
    moved = here.written_by("openai:gpt")

    assert there.llm.base_url == DEEPSEEK["base_url"]
    assert there.llm.key_env == "DEEPSEEK_API_KEY"
    assert there.judge_model == "deepseek-chat"
    assert moved.llm.base_url == ""
    assert moved.judge_model == "gemini:gemini-3.8-flash"
    assert config_of({})[0].written_by("openai:gpt").judge_model == ""
    with pytest.raises(ConfigError, match="has no models"):
        here.written_by("extractive:x")


@pytest.mark.parametrize(
    ("llm", "provider", "name"),
    [
        (DEEPSEEK, "gemini", f"gemini:{LITE}"),
        ({"provider": "gemini"}, "openai", "openai:"),
        ({"provider": "gemini"}, "gemini", ""),
        ({}, "openai", ""),
        (DEEPSEEK, "extractive", ""),
        (DEEPSEEK, "auto", ""),
        ({"provider": "extractive"}, "gemini", ""),
    ],
)
def test_what_another_provider_writes_with(
    llm: dict[str, Any], provider: str, name: str
) -> None:
    """Its own model, where one provider is named in the place of another."""
    assert leaves_home(config_of(llm)[0].llm, provider) == name


def test_another_judge_is_not_looked_for_at_the_old_address() -> None:
    """`verify --judge --model`: only one of the same provider is."""
    config, _ = config_of(
        {},
        judge_model="openai:deepseek-chat",
        judge_base_url=DEEPSEEK["base_url"],
        judge_key_env="DEEPSEEK_API_KEY",
    )

    near = config.judged_by("openai:deepseek-reasoner").judge_llm
    assert (near.base_url, near.key_env) == (DEEPSEEK["base_url"], "DEEPSEEK_API_KEY")
    far = config.judged_by("gemini:gemini-3.8-flash").judge_llm
    assert (far.base_url, far.key_env) == ("", "")


# ---------------------------------------------------------------- money


def test_the_estimate_counts_each_at_its_price(tmp_path: Path) -> None:
    """And it names both; a judge without a price makes it unknown."""
    prices = {LITE: (1.0, 1.0), "deepseek-chat": (10.0, 10.0)}

    def cost(**trust: Any) -> tuple[float | None, str]:
        config, _ = config_of({"prices": prices}, **trust)
        around = Surroundings(
            now=lambda: NOON, rest=lambda _: False, check_pdf=lambda _: None
        )
        with (
            Store(tmp_path) as store,
            open_source("samples", config, around) as papers,
        ):
            made = estimate_papers(
                100, 1, config, store, source=papers, provider=PROVIDERS["gemini"]
            )
        return made.cost_usd, made.basis

    alone, without = cost(), cost(judge=False)
    apart = cost(judge_model="openai:deepseek-chat")
    judging = (alone[0] or 0) - (without[0] or 0)
    assert 0 < 5 * judging < (apart[0] or 0) - (without[0] or 0)
    assert f"{LITE} writes, openai:deepseek-chat judges" in apart[1]
    assert cost(judge_model="openai:unknown")[0] is None


def test_a_draft_keeps_room_for_the_price_of_its_judge() -> None:
    """A dear judge is not begun that the budget cannot pay."""
    request = ModelRequest(paper_id="1v1", prompt="x" * 40_000, schema={}, step="first")

    def ask(price: float) -> None:
        MeteredModel(
            ScriptedModel(good_reply()),
            others={"dear": ScriptedModel()},
            second="dear",
            concurrency=1,
            max_usd=0.05,
            price=(1.0, 1.0),
            prices={"dear": (price, price)},
        ).complete(request)

    ask(1.0)
    with pytest.raises(BudgetSpent):
        ask(20.0)


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
