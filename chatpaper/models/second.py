"""A model beside the one of `llm`: `PROVIDER:MODEL`, and how it is reached."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from chatpaper.models.providers import Extractor, LlmConfig, asked_for, key_names
from chatpaper.settings import TrustConfig

# What suits one provider's models and means nothing, or something else, to another's.
_OWN = {"api_version", "service_tier", "thinking_level"}


def split_name(name: str) -> tuple[str, str]:
    """Provider and model of a name; no provider where it does not begin with one.

    A model's own name may have colons, as Ollama's do: `qwen3:8b` names no provider,
    and `openai:qwen3:8b` names one.
    """
    from chatpaper.models import PROVIDERS

    first, colon, rest = name.partition(":")
    return (first, rest) if colon and first in PROVIDERS else ("", name)


def other_model(
    llm: LlmConfig, name: str, *, base_url: str = "", key_env: str = ""
) -> LlmConfig:
    """How another model is asked than the one of `llm`.

    One of the same provider is asked as that is, but for what is given here. One of
    another provider is asked at that one's own address, unless one is given.

    Args:
        llm: As configured.
        name: `MODEL`, or `PROVIDER:MODEL`.
        base_url: Of its API.
        key_env: Variable with its key.

    Raises:
        ValueError: There is no such model, or what is given does not suit it.
    """
    provider, model = split_name(name)
    if any(isinstance(p, Extractor) for p in asked_for(provider)):
        raise ValueError(f"{provider} has no models")
    if not model:
        raise ValueError(f"must name a model: {provider}:NAME")
    if (base_url or key_env) and not provider and llm.provider == "auto":
        raise ValueError(f"must name a provider, too, as openai:{model}")
    given = {"base_url": base_url, "key_env": key_env}
    is_same = not provider or any(p.name == provider for p in asked_for(llm.provider))
    values = llm.model_dump(exclude=set() if is_same else _OWN)
    values["model"] = model
    if not is_same:
        values |= {"provider": provider, **given}
    elif base_url or key_env:
        # At another address the key is another one.
        values["provider"] = provider or llm.provider
        values |= given if base_url else {"key_env": key_env}
    return LlmConfig.model_validate(values)


# --------------------------------------------------------------------------------------
# The judge, and who takes another's place for one command.


def judge_of(llm: LlmConfig, trust: TrustConfig) -> LlmConfig:
    """How the judge is asked; `llm` itself when the model that writes judges.

    Raises:
        ValueError: See `judge_problems`.
    """
    if not trust.judge_model:
        return llm
    judge = other_model(
        llm,
        trust.judge_model,
        base_url=trust.judge_base_url,
        key_env=trust.judge_key_env,
    )
    return judge if name_beside(llm, judge) else llm


def name_beside(llm: LlmConfig, other: LlmConfig) -> str:
    """What requests call another model than that of `llm`; empty for the same.

    One at the same address is called by its name alone.
    """
    if (other.provider, other.base_url) == (llm.provider, llm.base_url):
        return "" if other.model == llm.model else other.model
    place = f"@{other.base_url}" if other.base_url else ""
    return f"{other.provider}:{other.model}{place}"


def judge_problems(llm: LlmConfig, trust: TrustConfig) -> Iterator[tuple[str, str]]:
    """Keys of the configuration that do not name a judge, and what is wrong."""
    if not trust.judge_model:
        for key in ("judge_base_url", "judge_key_env"):
            if getattr(trust, key):
                yield f"trust.{key}", "says where trust.judge_model is, which is empty"
        return
    try:
        judge = judge_of(llm, trust)
    except ValueError as error:
        yield from words_of(error, "trust.judge_").items()
        return
    if trust.judge_key_env or judge.base_url == llm.base_url:
        return
    for name in _names(judge) & _names(llm):
        words = f"{name} goes to llm.base_url: name the variable with the judge's own"
        yield "trust.judge_key_env", words


def _names(llm: LlmConfig) -> set[str]:
    """Variables that may hold the key of a model."""
    return {name for p in asked_for(llm.provider) for name in key_names(p, llm)}


def words_of(error: ValueError, prefix: str = "llm.") -> dict[str, str]:
    """What is wrong with a model, by dotted key."""
    if not isinstance(error, ValidationError):
        return {f"{prefix}model": str(error)}
    items = error.errors(include_url=False)
    return {
        f"{prefix}{item['loc'][0]}": item["msg"].removeprefix("Value error, ")
        for item in items
    }


def other_judge(trust: TrustConfig, name: str) -> TrustConfig:
    """The settings with another judge, who may be at the address of the one before.

    An empty name has the model that writes judge.
    """
    place = ("judge_base_url", "judge_key_env")
    both = bool(name and trust.judge_model)
    kept = both and split_name(name)[0] == split_name(trust.judge_model)[0]
    moved = {} if kept else dict.fromkeys(place, "")
    return trust.model_copy(update={"judge_model": name, **moved})


def leaves_home(llm: LlmConfig, provider: str) -> str:
    """The model that another provider writes with, for one that `llm` names outright.

    Empty when it is the same provider or none that is asked: then address, key and
    model stay as they were written. Of another one they would be wrong.
    """
    asked = [p for p in asked_for(provider) if not isinstance(p, Extractor)]
    ours = [p for p in asked_for(llm.provider) if not isinstance(p, Extractor)]
    if llm.provider == "auto" or not (asked and ours) or asked == ours:
        return ""
    return f"{provider}:{asked[0].default_model}"


def other_writer(
    llm: LlmConfig, trust: TrustConfig, name: str
) -> tuple[LlmConfig, TrustConfig]:
    """The settings with another model that writes; the judge stays who it is.

    A model of the judge's provider is asked where the judge is.

    Raises:
        ValueError: There is no such model, or it cannot be reached.
    """
    provider = split_name(name)[0]
    judge = judge_of(llm, trust)
    if judge is not llm and provider == judge.provider != llm.provider:
        writer = other_model(llm, name, base_url=judge.base_url, key_env=judge.key_env)
    else:
        writer = other_model(llm, name)
    if judge is not llm and writer.provider != llm.provider:
        named = next(p.name for p in asked_for(judge.provider))
        fixed = {
            "judge_model": f"{named}:{judge.model}",
            "judge_base_url": judge.base_url,
            "judge_key_env": judge.key_env,
        }
        trust = trust.model_copy(update=fixed)
    return writer, trust
