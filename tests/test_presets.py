"""`chatpaper init`: a provider's lines in config.yaml, and a nightly job's secrets."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from chatpaper.config import Config, load_config
from chatpaper.errors import ConfigError
from chatpaper.setup import (
    PRESETS,
    advice_of,
    extras_of,
    nightly_files,
    preset_lines,
    starter_config,
    variables_of,
)
from commands import run_command

CHANGED = {
    *("provider", "base_url", "key_env", "model", "max_input_chars"),
    *("max_tokens_per_run", "prices", "prices_as_of"),
}


def written(folder: Path, provider: str = "") -> Path:
    """The configuration in a folder."""
    path = folder / "config.yaml"
    path.write_text(starter_config(provider)["config.yaml"], encoding="utf-8")
    return path


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_whole_configuration(tmp_path: Path, name: str) -> None:
    """It differs from the default only in who writes, and its spending is bounded."""
    path = written(tmp_path, name)
    config, default = load_config(path, {}), load_config(written(tmp_path), {})
    llm = config.llm
    preset = PRESETS[name]

    assert config.model_copy(update={"llm": default.llm}) == default
    values, plain = llm.model_dump(), default.llm.model_dump()
    assert {key for key in values if values[key] != plain[key]} <= CHANGED
    assert (llm.provider, llm.base_url) == (preset.provider, preset.base_url)
    assert llm.model
    assert llm.prices.get(llm.model) or llm.max_tokens_per_run
    assert default.llm.prices.items() <= llm.prices.items()
    assert list(variables_of(config)) == ([preset.key] if preset.key else [])
    advice = list(advice_of(name))
    assert ("export " in advice[0]) == bool(preset.key)
    assert preset.key in advice[0]


@pytest.mark.parametrize("name", PRESETS)
def test_the_lines_are_those_of_the_file(tmp_path: Path, name: str) -> None:
    """What a configuration that is there already is told to set loads to the same."""
    lines = yaml.safe_load(preset_lines(name))["llm"]
    short = tmp_path / "short.yaml"
    short.write_text(json.dumps({"llm": lines}, default=str), encoding="utf-8")
    ours, whole = load_config(short, {}), load_config(starter(tmp_path, name), {})

    price = {"prices"}
    assert ours.llm.model_dump(exclude=price) == whole.llm.model_dump(exclude=price)


def starter(tmp_path: Path, name: str) -> Path:
    """The whole file."""
    text = starter_config(name)["config.yaml"]
    assert text.count("\nllm:\n") == 1
    return written(tmp_path, name)


def test_init_writes_it_and_names_the_key(tmp_path: Path) -> None:
    """A second time the file stays, and one line says what to set in it."""
    first = run_command("init", "--provider", "deepseek", env={}, cwd=tmp_path)
    before = (tmp_path / "config.yaml").read_bytes()
    again = run_command("init", "--provider", "qwen", env={}, cwd=tmp_path)
    unknown = run_command("init", "--provider", "gpt", env={}, cwd=tmp_path)

    assert first.returncode == 0
    assert "export DEEPSEEK_API_KEY=" in first.stdout
    assert again.returncode == unknown.returncode == 2
    assert (tmp_path / "config.yaml").read_bytes() == before
    assert "dashscope" in again.stderr
    assert len(again.stderr.splitlines()) == 1
    assert "deepseek, qwen" in unknown.stderr


# ---------------------------------------------------------------- nightly jobs

FULL: dict[str, Any] = {
    "llm": {
        "provider": "openai",
        "base_url": "https://api.deepseek.com",
        "model": "deepseek-flash",
        "key_env": "DEEPSEEK_API_KEY",
    },
    "trust": {"judge_model": "gemini:gemini-3.8-flash"},
    "deliver": {
        "channels": [
            {
                "kind": "mail",
                "host": "a.example",
                "sender": "a@b.org",
                "to": ["c@d.org"],
            },
            {"kind": "feishu"},
            {"kind": "wecom", "url_env": "TEAM_HOOK"},
            {"kind": "apprise", "url_env": "TELEGRAM_URL"},
        ]
    },
}
NAMED = (
    *("DEEPSEEK_API_KEY", "GEMINI_API_KEY", "SMTP_USER", "SMTP_PASSWORD"),
    *("FEISHU_WEBHOOK", "FEISHU_SECRET", "TEAM_HOOK", "TELEGRAM_URL"),
)


def test_every_variable_that_is_named_is_handed_on() -> None:
    """Both keys, and what the channels need, to one step of the workflow alone."""
    config = Config.model_validate(FULL)
    variables = variables_of(config)
    files = nightly_files(
        ("github", "systemd", "cron"), variables=variables, extras=extras_of(config)
    )

    assert variables == NAMED
    steps = yaml.safe_load(files["chatpaper.yml"])["jobs"]["post"]["steps"]
    (step,) = [step for step in steps if step.get("name") == "Write the posts"]
    assert step["env"] == {name: f"${{{{ secrets.{name} }}}}" for name in NAMED}
    assert files["chatpaper.yml"].count("secrets.") == len(NAMED)
    assert "chatpaper 'chatpaper" not in files["chatpaper.yml"]
    assert "--disable-pip-version-check 'chatpaper[notify]'" in files["chatpaper.yml"]
    for name in ("crontab", "chatpaper.service"):
        comments = re.findall(r"(?m)^#.*", files[name])
        assert any("TELEGRAM_URL=..." in line for line in comments), name


@pytest.mark.parametrize(
    ("sections", "variables"),
    [
        ({}, ["GEMINI_API_KEY"]),
        ({"llm": {"provider": "extractive"}}, []),
        (
            {"llm": {"provider": "openai", "model": "x"}, "trust": {"judge": False}},
            ["OPENAI_API_KEY"],
        ),
        (
            {
                "llm": {
                    "provider": "openai",
                    "model": "qwen3:8b",
                    "base_url": "http://localhost:11434/v1",
                }
            },
            [],
        ),
        (
            {
                "trust": {
                    "judge": False,
                    "judge_model": "openai:x",
                    "judge_key_env": "J_KEY",
                }
            },
            ["GEMINI_API_KEY"],
        ),
    ],
)
def test_only_what_is_used_is_handed_on(
    sections: dict[str, Any], variables: list[str]
) -> None:
    """A judge that is off has no key, nor has a server of this machine."""
    found = variables_of(Config.model_validate(sections))
    text = nightly_files(["github"], variables=found)["chatpaper.yml"]

    assert list(found) == variables
    assert text.count("secrets.") == len(variables)
    steps = yaml.safe_load(text)["jobs"]["post"]["steps"]
    (step,) = [step for step in steps if step.get("name") == "Write the posts"]
    assert list(step.get("env", {})) == variables


def test_the_kit_is_for_the_configuration_that_is_there(tmp_path: Path) -> None:
    """Its file counts, not this machine's environment; a broken one is told of."""
    (tmp_path / "config.yaml").write_text(json.dumps(FULL), encoding="utf-8")
    env = {"CHATPAPER_LLM__KEY_ENV": "MINE_KEY"}
    done = run_command("init", "--github", env=env, cwd=tmp_path)
    (tmp_path / "config.yaml").write_text("llm: {modle: x}", encoding="utf-8")
    broken = run_command("init", "--github", env=env, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "secrets.DEEPSEEK_API_KEY" in done.stdout
    assert "MINE_KEY" not in done.stdout
    assert broken.returncode == 2
    assert "llm.modle" in broken.stderr


def test_a_server_of_this_machine_is_out_of_githubs_reach(tmp_path: Path) -> None:
    """Whoever asks for the workflow all the same is told so."""
    written(tmp_path, "ollama")
    done = run_command("init", "--github", env={}, cwd=tmp_path)

    assert done.returncode == 0
    assert "cannot reach" in done.stderr
    with pytest.raises(ConfigError):
        starter_config("olama")
