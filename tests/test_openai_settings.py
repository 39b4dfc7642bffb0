"""How a server of OpenAI's protocol is configured, and what is said when it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatpaper.config import Config, load_config
from chatpaper.errors import ConfigError
from chatpaper.models import LlmConfig
from chatpaper.pipeline.asking import choose_provider
from chatpaper.setup import examine
from servers.openai import KEY, MODEL, OpenAIStandIn


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the keys that this machine may have."""
    for name in ("OPENAI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def load(tmp_path: Path, text: str) -> LlmConfig:
    path = tmp_path / "config.yaml"
    path.write_text(f"llm: {{{text}}}\n", encoding="utf-8")
    return load_config(path, environ={}).llm


WRONG = {
    "provider: openai": "llm.model: must name a model of the server at llm.base_url",
    "provider: openai, model: ''": "llm.model: must name a model",
    "provider: openai, model: gemini-3.5-flash-lite": "llm.model: must name a model",
    "provider: openai, model: m, service_tier: batch": "llm.service_tier: only gemini",
    "provider: openai, model: m, service_tier: flex": "llm.service_tier: only gemini",
    "provider: openai, model: m, api_version: v1": "llm.api_version: is Gemini's",
    "provider: openai, model: m, base_url: 'https://h/v1?key=1'": "llm.base_url: must",
    f"provider: openai, model: m, key_env: {KEY}": "llm.key_env: must be the name of",
    "provider: openai, model: m, key_env: a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6": (
        "llm.key_env: must be the name of an environment variable, not its value"
    ),
    "provider: openai, model: m, base_url: api.deepseek.com": (
        "llm.base_url: must be an address that begins with http:// or https://"
    ),
    "key_env: OPENAI_API_KEY": "llm.key_env: needs llm.provider",
}


@pytest.mark.parametrize(("text", "words"), WRONG.items())
def test_a_wrong_key_is_named(tmp_path: Path, text: str, words: str) -> None:
    """What is missing, and what is another provider's, is said; no secret is shown."""
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)

    assert words in str(caught.value)
    assert KEY not in str(caught.value)
    assert "a1b2c3d4" not in str(caught.value)


def test_an_empty_model_is_geminis_for_everybody_else(tmp_path: Path) -> None:
    """Nothing changes for who never named a model, nor for who named Gemini's."""
    for provider in ("auto", "gemini", "extractive"):
        found = load(tmp_path, f"provider: {provider}, model: ''")
        assert found.model == "gemini-3.5-flash-lite"
    assert load(tmp_path, "model: gemini-3.8-flash").model == "gemini-3.8-flash"


def test_a_gateway_may_have_models_of_gemini(tmp_path: Path) -> None:
    """With an address of its own any name of a model is believed."""
    text = "provider: openai, base_url: 'http://gateway/v1', model: gemini-3.8-flash"

    assert load(tmp_path, text).model == "gemini-3.8-flash"


def chosen(llm: LlmConfig) -> tuple[str, str]:
    provider, key = choose_provider(llm, None)
    return provider.name, key


def test_the_key_comes_from_the_variable_that_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`key_env` stands in place of the provider's own variables, for any provider."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    monkeypatch.setenv("DEEPSEEK_API_KEY", "sk-of-deepseek")
    plain = LlmConfig(provider="openai", model="m")
    named = LlmConfig(provider="openai", model="m", key_env="DEEPSEEK_API_KEY")
    gemini = LlmConfig(provider="gemini", key_env="DEEPSEEK_API_KEY")

    assert chosen(plain) == ("openai", "sk-of-openai")
    assert chosen(named) == ("openai", "sk-of-deepseek")
    assert chosen(gemini) == ("gemini", "sk-of-deepseek")
    with pytest.raises(ConfigError, match="openai: set MISSING_KEY"):
        chosen(LlmConfig(provider="openai", model="m", key_env="MISSING_KEY"))


@pytest.mark.parametrize(
    "host", ["localhost:11434", "127.0.0.1:8080", "[::1]:8080", "127.8.8.8"]
)
def test_this_machine_wants_no_key(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is one sent there that was meant for OpenAI, unless it is named."""
    url = f"http://{host}/v1"
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    llm = LlmConfig(provider="openai", base_url=url, model="m")

    assert chosen(llm) == ("openai", "")
    named = llm.model_copy(update={"key_env": "OPENAI_API_KEY"})
    assert chosen(named) == ("openai", KEY)


@pytest.mark.parametrize(
    "host", ["192.168.1.9:8000", "localhost.example.org", "127.0.0.1.nip.io", "h"]
)
def test_any_other_machine_wants_one(host: str) -> None:
    """A host that only looks like this machine is another."""
    llm = LlmConfig(provider="openai", base_url=f"http://{host}/v1", model="m")

    with pytest.raises(ConfigError, match="set OPENAI_API_KEY"):
        chosen(llm)


def test_auto_sends_nothing_to_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that lies about for other programs is not spent; Gemini's is, as before."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert chosen(LlmConfig()) == ("extractive", "")
    monkeypatch.setenv("GEMINI_API_KEY", "of-gemini")
    assert chosen(LlmConfig()) == ("gemini", "of-gemini")


# ------------------------------------------------------------------ the doctor


def diagnosis(stand_in: OpenAIStandIn, **llm: object) -> tuple[str, str]:
    """Health of the model, and everything that is said of it."""
    made = {"provider": "openai", "base_url": stand_in.base_url, "model": MODEL, **llm}
    # arXiv is not asked: nobody listens there.
    config = Config.model_validate(
        {"llm": made, "arxiv": {"base_url": "http://[::1]:9"}}
    )
    found = list(examine(config, environ={"STAND_IN_KEY": KEY, "WRONG_KEY": "x" * 9}))
    (model,) = [each for each in found if each.name == "model"]
    assert KEY not in repr(found)
    return model.health, f"{model.text}; {model.fix}"


def test_the_doctor_asks_for_the_list_of_models() -> None:
    """It says whether the key is good, the model there, and the address an API's."""
    with OpenAIStandIn() as stand_in:
        key = {"key_env": "STAND_IN_KEY"}
        good = diagnosis(stand_in, **key)
        unknown = diagnosis(stand_in, model="gpt-9", **key)
        refused = diagnosis(stand_in, key_env="WRONG_KEY")
        unset = diagnosis(stand_in, key_env="UNSET_KEY")
        lost = diagnosis(stand_in, base_url=stand_in.url, **key)

    assert good == ("ok", f"{MODEL} answers to the key; ")
    assert unknown[0] == "warn"
    assert f"lists no gpt-9; set llm.model to one of: {MODEL}" in unknown[1]
    assert refused[0] == "bad"
    assert "is the key in WRONG_KEY of this server?" in refused[1]
    assert unset[0] == "bad"
    assert unset[1] == (
        "no key: nothing can be posted; set UNSET_KEY in the environment"
    )
    assert lost[0] == "bad"
    assert f"did you mean {stand_in.base_url}?" in lost[1]


def test_the_doctor_needs_no_key_for_this_machine() -> None:
    """A model that lies on the user's own server is answered for."""
    with OpenAIStandIn(key="") as stand_in:
        assert diagnosis(stand_in) == ("ok", f"{MODEL} answers without a key; ")
    assert stand_in.problems == []
