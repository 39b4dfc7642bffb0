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

MAX_SHOWN = 60
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
    try:
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
    except ConfigError as error:
        raise _as_argument(error, given) from error


def _as_argument(error: ConfigError, given: Mapping[str, object]) -> ConfigError:
    """The error, by the argument's name where a call's own argument is at fault."""
    key, _, problem = error.problems.partition(": ")
    if error.path != "arguments" or key not in given or "; " in problem:
        return error
    section, _, name = key.partition(".")
    return ArgumentError(section if name == "dir" else name, problem)


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
    if isinstance(topics, Config):
        raise ArgumentError("topics", "a Config goes into `config=`")
    what = "records are for find_papers" if isinstance(topics, Topic) else "no name"
    problem = f"{repr(topics)[:MAX_SHOWN]}: {what}; give a name, or a list of them"
    raise ArgumentError("topics", problem)


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
    if judge is not None and judge is model:
        config = configured(config, trust__judge=True, trust__judge_model="")
        judge = None
    if model is not None:
        config = _writing(config, model, own)
    if judge is not None:
        config = _judging(config, judge, own)
    if not own:
        if model is not None or judge is not None:
            _configured_provider(config, "a model is named")
        return config, None
    if config.llm.model in own:
        return _with_judge(config, own, asked=judge is not None), OwnProvider(
            models=own
        )
    others, key = _configured_provider(config, "judge= judges what a model writes")
    return config, OwnProvider(models=own, others=others, other_key=key)


def _with_judge(config: Config, own: Mapping[str, OwnModel], *, asked: bool) -> Config:
    """The configuration with a judge that can be asked."""
    from chatpaper.pipeline import Controls, choose_judge

    if not config.trust.judge_model or config.trust.judge_model in own:
        return config
    try:
        choose_judge(config, Controls())
    except ConfigError:
        if asked:
            raise
        # The judge of the configuration has no key here: who writes judges, too.
        return config.judged_by("")
    return config


def _writing(config: Config, model: object, own: dict[str, OwnModel]) -> Config:
    if isinstance(model, str):
        return config.written_by(model)
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
        return configured(config.judged_by(judge), trust__judge=True)
    given = own_model(judge, "judge")
    key = given.key
    if key in own and own[key].ask != given.ask:
        key = f"{key}-judge"
    own[key] = given
    return configured(
        config,
        trust__judge_model=key,
        trust__judge_base_url="",
        trust__judge_key_env="",
        trust__judge=True,
    )


def _configured_provider(config: Config, need: str) -> tuple[ModelProvider, str]:
    from chatpaper.pipeline import choose_provider

    provider, key = choose_provider(config.llm, None, need=need)
    assert not isinstance(provider, Extractor)
    return provider, key
