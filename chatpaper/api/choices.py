"""What may be chosen in a call: a configuration, single settings, models."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError

from chatpaper.config import Config, load_config
from chatpaper.errors import ArgumentError, ConfigError
from chatpaper.models import (
    Extractor,
    Model,
    ModelProvider,
    OwnModel,
    OwnProvider,
    own_model,
)
from chatpaper.records import Topic
from chatpaper.settings import explain

# A configuration, its file, or what differs from that of the working directory:
# `{"output": {"language": "en"}}`, or `{"output.language": "en"}`.
Choices = Config | str | os.PathLike[str] | Mapping[str, object]
# A name, an object with `complete`, or a function from a prompt to a reply.
ModelChoice = str | Model | object

# --------------------------------------------------------------------------------------
# The configuration.


def configured(config: Choices | None = None, **settings: object) -> Config:
    """The configuration that a call works with.

    Args:
        config: By default that of the working directory.
        settings: As `output__dir`; None leaves one as it is.

    Raises:
        ConfigError: Bad keys, no such file.
    """
    given = {
        name.replace("__", "."): value
        for name, value in settings.items()
        if value is not None
    }
    if config is None or isinstance(config, Mapping):
        return load_config(flags={**_dotted(config or {}), **given})
    if isinstance(config, str | os.PathLike):
        return load_config(Path(config).expanduser(), flags=given)
    if not isinstance(config, Config):
        problem = f"{config!r} is none: give a Config, a file's name or a dict"
        raise ArgumentError("config", problem)
    for dotted, value in given.items():
        config = _changed(config, dotted, value)
    return config


def _dotted(values: Mapping[str, object]) -> dict[str, object]:
    """Sections as `section.key`; what is dotted already stays."""
    flat: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, Mapping) and name in Config.model_fields:
            flat |= {f"{name}.{key}": each for key, each in value.items()}
        else:
            flat[str(name)] = value
    return flat


def _changed(config: Config, dotted: str, value: object) -> Config:
    """A configuration with one key of it set."""
    name, _, key = dotted.partition(".")
    section: BaseModel = getattr(config, name)
    values = {**section.model_dump(), key: value}
    try:
        section = type(section).model_validate(values)
    except ValidationError as error:
        items = error.errors(include_url=False)
        problems = explain(items, type(section), values, key_names=())
        words = "; ".join(f"{name}.{where}: {words}" for where, words in problems)
        raise ConfigError("arguments", words) from error
    return config.model_copy(update={name: section})


def topic_names(topics: str | Sequence[str]) -> list[str]:
    """Topics by name; one text is one topic.

    Raises:
        ArgumentError: Something else than names.
    """
    names = [topics] if isinstance(topics, str) else topics
    if isinstance(names, Sequence) and all(isinstance(name, str) for name in names):
        return [*names]
    what = "records are for find_papers" if isinstance(topics, Topic) else "no name"
    raise ArgumentError("topics", f"{topics!r}: {what}; give a name, or a list of them")


# --------------------------------------------------------------------------------------
# Who summarises and judges.


def with_models(
    config: Config, model: ModelChoice | None, judge: ModelChoice | None
) -> tuple[Config, ModelProvider | None]:
    """The configuration with these models in it, and who opens those that are objects.

    Args:
        config: Says who summarises and judges otherwise.
        model: Who summarises, and judges unless somebody else does.
        judge: Who judges.

    Raises:
        ArgumentError: One of them is no model.
        ConfigError: There is no key for a model that was named.
    """
    own: dict[str, OwnModel] = {}
    if model is not None:
        config = _writing(config, model, own)
    if judge is not None:
        config = _judging(config, judge, own)
    if not own:
        if model is not None or judge is not None:
            _configured_provider(config, "a model is named")
        return config, None
    named = {config.llm.model, config.judge_model} - {""}
    if named <= own.keys():
        return config, OwnProvider(models=own)
    if judge is None and config.judge_model not in own:
        # The judge of the configuration may have no key here.
        trust = config.trust.model_copy(update={"judge_model": ""})
        return config.model_copy(update={"trust": trust}), OwnProvider(models=own)
    others, key = _configured_provider(config, "a judge needs a model that writes")
    return config, OwnProvider(models=own, others=others, other_key=key)


def _writing(config: Config, model: object, own: dict[str, OwnModel]) -> Config:
    if isinstance(model, str):
        return configured(config, llm__model=model)
    writer = own_model(model, "model")
    own[writer.key] = writer
    changed: dict[str, object] = {"model": writer.key, "service_tier": "standard"}
    if writer.key not in config.llm.prices:
        # What it costs only its owner knows.
        changed["max_usd_per_run"] = 0.0
    llm = config.llm.model_copy(update=changed)
    return config.model_copy(update={"llm": llm})


def _judging(config: Config, judge: object, own: dict[str, OwnModel]) -> Config:
    if isinstance(judge, str):
        return configured(config, trust__judge_model=judge, trust__judge=True)
    given = own_model(judge, "judge")
    key = given.key
    if key in own and own[key].ask != given.ask:
        key = f"{key}-judge"
    own[key] = given
    return configured(config, trust__judge_model=key, trust__judge=True)


def _configured_provider(config: Config, need: str) -> tuple[ModelProvider, str]:
    from chatpaper.pipeline import choose_provider

    provider, key = choose_provider(config.llm, None, need=need)
    assert not isinstance(provider, Extractor)
    return provider, key
