"""Who writes and who judges, by what the configuration says, and what it costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

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
from chatpaper.sources import Surroundings, open_source
from chatpaper.store import Store
from night import NOON
from scripted import ScriptedModel, good_reply

LITE = "gemini-3.5-flash-lite"


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
