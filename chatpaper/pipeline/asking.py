"""Who summarises and judges: models opened as configured, behind the run's budget."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from chatpaper.config import Config, api_key
from chatpaper.errors import ConfigError, RunStopped
from chatpaper.models import (
    PROVIDERS,
    VARIABLES,
    BatchModel,
    Extractor,
    LlmConfig,
    MeteredModel,
    Model,
    ModelProvider,
    OwnProvider,
    Provider,
    Untimed,
    asked_for,
    key_names,
    load_prompt,
)
from chatpaper.pipeline.batch_jobs import Batches
from chatpaper.pipeline.controls import Controls
from chatpaper.pipeline.drafts import SummaryWriter
from chatpaper.pipeline.judging import Judge
from chatpaper.pipeline.outcomes import INTERRUPTED
from chatpaper.store import Store

log = logging.getLogger(__name__)

# --------------------------------------------------------------------------------------
# Providers and their keys.


def choose_provider(
    llm: LlmConfig, key: str | None, *, need: str = ""
) -> tuple[Provider, str]:
    """Who summarises, and the key for that; without a need it may be an extractor.

    Args:
        llm: `provider` names one, or is `auto`: the first whose key is there.
        key: Given by the caller; None has it taken from the environment.
        need: What a language model is needed for, as an English clause.

    Raises:
        ConfigError: There is no key for the one that is asked for.
    """
    candidates = [
        p for p in asked_for(llm.provider) if not (need and isinstance(p, Extractor))
    ]
    for provider in candidates:
        if isinstance(provider, Extractor):
            return provider, ""
        names = key_names(provider, llm)
        if found := (key or api_key(names) or "").strip():
            if not re.fullmatch(r"[ -~]+", found):
                problem = "holds a character that no key has: copy the key again"
                raise ConfigError("environment", f"{' or '.join(names)} {problem}")
            return provider, found
        if not names:
            return provider, ""
    clause = need or f"llm.provider is {llm.provider}"
    wanted = any_key(candidates or asked_for("auto"), llm)
    raise ConfigError("environment", f"{clause}: set {wanted}")


def choose_judge(config: Config, controls: Controls) -> tuple[ModelProvider, str]:
    """Whose model judges, and the key for that.

    Raises:
        ConfigError: There is no key for it.
    """
    need = "a judge is a model"
    if config.trust.judge_model:
        place = config.judge_llm.base_url or "its provider's own address"
        need = f"trust.judge_model is {config.trust.judge_model} at {place}"
    # A key that the caller gave is for the model that writes, and for its neighbours.
    given = controls.key if has_one_key(config) else controls.judge_key
    provider, key = choose_provider(config.judge_llm, given, need=need)
    assert not isinstance(provider, Extractor)
    return provider, key


def has_one_key(config: Config) -> bool:
    """Whether the judge is reached where the model that writes is, by its key."""
    llm, judge = config.llm, config.judge_llm
    ours = (llm.provider, llm.base_url, llm.key_env)
    return (judge.provider, judge.base_url, judge.key_env) == ours


def prices_of(config: Config) -> dict[str, tuple[float, float]]:
    """The known prices, by what requests call each model."""
    prices = dict(config.llm.prices)
    name, price = config.judge_model, prices.get(config.judge_llm.model)
    return prices | ({name: price} if name and price else {})


def without_model(llm: LlmConfig) -> str:
    """What a user without a key is told, who may have one for another provider."""
    others = [p for p in PROVIDERS.values() if p not in asked_for("auto")]
    found = [p for p in others if p.key_names and api_key(p.key_names)]
    hint = "".join(
        f"; {p.key_names[0]} is there: it is used with llm.provider: {p.name} and an"
        " llm.model"
        for p in found
    )
    return (
        f"no {any_key(asked_for('auto'), llm)}: key sentences are quoted from the"
        f" papers, no language model is used{hint}"
    )


def any_key(providers: Iterable[Provider], llm: LlmConfig) -> str:
    """The names that any of these would take its key from."""
    return " or ".join(name for p in providers for name in key_names(p, llm))


# --------------------------------------------------------------------------------------
# Models.


@contextmanager
def open_model(
    provider: ModelProvider, key: str, config: Config, controls: Controls
) -> Iterator[tuple[Model, MeteredModel]]:
    """The configured model, bare and behind the run's budget.

    The judge's model is behind the budget, too.

    Raises:
        ConfigError: There is no key for the judge.
    """
    llm = config.llm
    name = config.judge_model if config.trust.judge else ""
    judge = _judge_of(provider, config, controls) if name else None
    with ExitStack() as stack:
        model = stack.enter_context(_opened(provider, key, llm, config, controls))
        others = {}
        if judge is not None:
            others[name] = stack.enter_context(_opened(*judge, config, controls))
        yield (
            model,
            MeteredModel(
                model,
                others=others,
                second=name,
                concurrency=llm.concurrency,
                max_usd=llm.max_usd_per_run,
                max_tokens=llm.max_tokens_per_run,
                price=llm.prices.get(llm.model),
                prices=prices_of(config),
                stop=controls.stop,
            ),
        )


def _judge_of(
    provider: ModelProvider, config: Config, controls: Controls
) -> tuple[ModelProvider, str, LlmConfig]:
    """Who opens the judge's model, by which key, and as what."""
    judge = config.judge_llm
    if controls.provider is None:
        return *choose_judge(config, controls), judge
    name = config.trust.judge_model
    if not isinstance(provider, OwnProvider) or name in provider.models:
        # A caller's object may be called anything, also what looks like two names.
        return provider, "", judge.model_copy(update={"model": name})
    return *choose_judge(config, controls), judge


@contextmanager
def _opened(
    provider: ModelProvider,
    key: str,
    llm: LlmConfig,
    config: Config,
    controls: Controls,
) -> Iterator[Model]:
    def rest(seconds: float) -> None:
        if controls.rest(seconds):
            raise RunStopped("", INTERRUPTED.text)

    if llm.prices.get(llm.model) is None and llm.max_usd_per_run:
        log.warning("llm.prices has no %s: llm.max_usd_per_run cannot hold", llm.model)
    with provider.open(
        llm,
        llm.model,
        key=key,
        sleep=rest,
        transport=controls.transport,
        # A recorded night depends on nothing but what is recorded.
        memory=None if controls.transport else config.storage.path / "servers.json",
    ) as model:
        yield model if controls.transport is None else Untimed(model)


@contextmanager
def open_writer(
    config: Config, store: Store, controls: Controls, *, by_batch: bool
) -> Iterator[SummaryWriter | Extractor]:
    """Who summarises, as configured; see `open_tools`."""
    provider: Provider | None = controls.provider
    key = ""
    if provider is None:
        provider, key = choose_provider(config.llm, controls.key)
    if isinstance(provider, Extractor):
        yield provider
        return
    prompts = {name: load_prompt(name) for name in VARIABLES}
    submits = by_batch and config.llm.service_tier == "batch"
    with open_model(provider, key, config, controls) as (model, metered):
        if submits and not isinstance(model, BatchModel):
            problem = f"{provider.name} takes no batches"
            raise ConfigError("llm.service_tier", problem)
        batches = None
        # What was ordered is collected, however summaries are bought now.
        if isinstance(model, BatchModel) and (
            submits or (by_batch and store.open_jobs())
        ):
            batches = Batches(
                model,
                budget=metered,
                discount=provider.discount,
                store=store,
                now=controls.now,
                submits=submits,
                fallback=config.llm.batch_fallback,
            )
        yield SummaryWriter(
            provider=provider.name,
            model=metered,
            prompts=prompts,
            store=store,
            now=controls.now,
            watch=controls.watch,
            batches=batches,
        )


@contextmanager
def open_judge(config: Config) -> Iterator[Judge]:
    """The configured judge, to be asked outside of a run; closed with the block.

    The model that writes is not asked, and needs no key.

    Raises:
        ConfigError: There is no key for the judge.
        PromptError: The judge's prompt does not fit.
    """
    controls = Controls(is_awaited=True)
    llm = config.judge_llm
    provider, key = choose_judge(config, controls)
    prompt, title = load_prompt("judge"), load_prompt("title")
    with _opened(provider, key, llm, config, controls) as model:
        metered = MeteredModel(
            model,
            concurrency=llm.concurrency,
            max_usd=llm.max_usd_per_run,
            max_tokens=llm.max_tokens_per_run,
            price=llm.prices.get(llm.model),
        )
        yield Judge(metered, prompt=prompt, title=title)
