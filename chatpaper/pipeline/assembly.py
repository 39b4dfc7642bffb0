"""Where everything that a run works with is opened: configuration in, tools out."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2

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
    Provider,
    Untimed,
    asked_for,
    key_names,
    load_prompt,
)
from chatpaper.net import check_pdf
from chatpaper.outputs import check_formats
from chatpaper.pipeline.batch_jobs import Batches
from chatpaper.pipeline.judging import Judge
from chatpaper.pipeline.outcomes import INTERRUPTED, Reason, why_no_summary
from chatpaper.pipeline.relevance import ranking_of
from chatpaper.pipeline.summaries import SummaryWriter, Watch, unwatched
from chatpaper.records import Usage
from chatpaper.sources import Source, Surroundings, open_source
from chatpaper.store import Store
from chatpaper.workers import ProcessPerCall, Readers, WorkerLost, dask_readers

if TYPE_CHECKING:
    from chatpaper.ranking import Ranker

log = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """How a run is steered from outside.

    Attributes:
        key: Of the model's API; None has it taken from the environment.
        now: The clock, aware UTC.
        stop: Set when the run should end early.
        tell: Is told the topic, how many papers are done, and of how many.
        watch: Is told a paper's versioned id and what is begun for it, by any thread.
        provider: Opens models in place of the configured one.
        sleep: Waits so many seconds; by default until then or until `stop` is set.
        transport: Carries all requests of a recorded night, whose papers come one
            after another and untimed, so that it can be repeated; None for the
            network.
    """

    key: str | None = None
    now: Callable[[], datetime] = _utc_now
    stop: threading.Event = field(default_factory=threading.Event)
    tell: Callable[[str, int, int], None] = lambda *_: None
    watch: Watch = unwatched
    provider: ModelProvider | None = None
    sleep: Callable[[float], object] | None = None
    transport: httpx2.BaseTransport | None = None

    def rest(self, seconds: float) -> bool:
        """Wait between requests; True when the run is to end and none may follow."""
        (self.sleep or self.stop.wait)(seconds)
        return self.stop.is_set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a run works with, opened once.

    Attributes:
        source: Where papers come from.
        readers: Where PDFs are read.
        writer: Who summarises.
        store: What outlives the run.
        controls: Clock, stop and progress.
        ranker: Says how relevant papers are; None where nothing is ranked.
        notes: What the user is told once, when the first paper is summarised.
    """

    source: Source
    readers: Readers
    writer: SummaryWriter | Extractor
    store: Store
    controls: Controls
    ranker: Ranker | None = None
    notes: list[str] = field(default_factory=list)

    def tell_notes(self) -> None:
        """Log the notes, unless they were."""
        while self.notes:
            log.warning(self.notes.pop())

    @property
    def batches(self) -> Batches | None:
        """Who orders summaries by batch, if that is how they are bought."""
        return self.writer.batches if isinstance(self.writer, SummaryWriter) else None

    @property
    def usage(self) -> Usage:
        """What the model was used for so far."""
        return (
            self.writer.model.use if isinstance(self.writer, SummaryWriter) else Usage()
        )

    def end(self) -> None:
        """Let no call be begun any more, not even for papers that are under way."""
        self.controls.stop.set()
        if isinstance(self.writer, SummaryWriter):
            self.writer.model.spent = RunStopped("", INTERRUPTED.text)

    def closed(self) -> Reason | None:
        """Why no further paper should be begun; None while one may."""
        if self.controls.stop.is_set():
            return INTERRUPTED
        spent = (
            self.writer.model.spent if isinstance(self.writer, SummaryWriter) else None
        )
        return why_no_summary(spent) if spent else None


@contextmanager
def open_tools(
    config: Config, source: str, controls: Controls, *, by_batch: bool = True
) -> Iterator[Tools]:
    """Open everything that a run works with; closed when the block ends.

    Args:
        config: Checked.
        source: A name of `SOURCES`, or a folder's path.
        controls: Key, clock, stop and progress.
        by_batch: Whether batches are ordered and collected, if that is configured.

    Raises:
        ConfigError: No key for the model that is asked for, or no such source or
            format.
        PromptError: A prompt that does not fit.
        StoreError: The store cannot be opened.
    """
    check_formats(config.output)
    with ExitStack() as stack:
        store = stack.enter_context(Store(config.storage.path))
        tools = Tools(
            source=stack.enter_context(open_papers(config, source, controls)),
            readers=stack.enter_context(open_readers(config, stop=controls.stop)),
            writer=stack.enter_context(
                open_writer(config, store, controls, by_batch=by_batch)
            ),
            store=store,
            controls=controls,
            ranker=ranking_of(config, store, controls),
        )
        if isinstance(tools.writer, Extractor) and config.llm.provider == "auto":
            tools.notes.append(_without_model(config.llm))
        yield tools


# --------------------------------------------------------------------------------------
# Papers, and where they are read.


@contextmanager
def open_papers(config: Config, name: str, controls: Controls) -> Iterator[Source]:
    """A source by name; see `SOURCES`.

    Raises:
        ConfigError: There is no such source.
    """
    with local_readers(config, 1, stop=controls.stop) as checkers:
        around = Surroundings(
            now=controls.now,
            rest=controls.rest,
            check_pdf=checked_by(checkers),
            stopped=controls.stop.is_set,
            transport=controls.transport,
        )
        with open_source(name, config, around) as source:
            yield source


def open_readers(config: Config, *, stop: threading.Event | None = None) -> Readers:
    """Where PDFs are read.

    Args:
        config: Checked.
        stop: Once set, no PDF is read any more.

    Raises:
        ConfigError: A cluster is asked for, and cannot be used.
    """
    reading = config.reading
    if reading.executor == "dask":
        return dask_readers(
            reading.dask_address,
            workers=reading.workers,
            timeout_s=reading.timeout_s,
            send_bytes=reading.send_bytes,
            stop=stop,
        )
    return local_readers(config, reading.workers, stop=stop)


def local_readers(
    config: Config, workers: int, *, stop: threading.Event | None = None
) -> ProcessPerCall:
    """Processes of this machine in which PDFs are read; 0 means one per core."""
    reading = config.reading
    return ProcessPerCall(
        workers,
        timeout_s=reading.timeout_s,
        memory_mb=reading.max_memory_mb,
        stop=stop,
    )


def checked_by(readers: Executor) -> Callable[[Path], str | None]:
    """What checks a downloaded PDF, in a process of its own."""

    def check(pdf: Path) -> str | None:
        try:
            return readers.submit(check_pdf, pdf).result()
        except WorkerLost as error:
            # Another download would be no better; who reads it will say what is wrong.
            log.info("not checked pdf=%s: %s", pdf.name, error.reason)
            return None

    return check


# --------------------------------------------------------------------------------------
# Who summarises and judges.


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
    wanted = _any_key(candidates or asked_for("auto"), llm)
    raise ConfigError("environment", f"{clause}: set {wanted}")


def _without_model(llm: LlmConfig) -> str:
    """What a user without a key is told, who may have one for another provider."""
    others = [p for p in PROVIDERS.values() if p not in asked_for("auto")]
    found = [p for p in others if p.key_names and api_key(p.key_names)]
    hint = "".join(
        f"; {p.key_names[0]} is there: it is used with llm.provider: {p.name} and an"
        " llm.model"
        for p in found
    )
    return (
        f"no {_any_key(asked_for('auto'), llm)}: key sentences are quoted from the"
        f" papers, no language model is used{hint}"
    )


def _any_key(providers: Iterable[Provider], llm: LlmConfig) -> str:
    return " or ".join(name for p in providers for name in key_names(p, llm))


@contextmanager
def open_model(
    provider: ModelProvider, key: str, config: Config, controls: Controls
) -> Iterator[tuple[Model, MeteredModel]]:
    """The configured model, bare and behind the run's budget.

    The judge's model is behind the budget, too.
    """
    llm = config.llm

    def rest(seconds: float) -> None:
        if controls.rest(seconds):
            raise RunStopped("", INTERRUPTED.text)

    memory = config.storage.path / "servers.json"
    with ExitStack() as stack:

        def opened(name: str) -> Model:
            if llm.prices.get(name) is None and llm.max_usd_per_run:
                log.warning(
                    "llm.prices has no %s: llm.max_usd_per_run cannot hold", name
                )
            model = stack.enter_context(
                provider.open(
                    llm,
                    name,
                    key=key,
                    sleep=rest,
                    transport=controls.transport,
                    # A recorded night depends on nothing but what is recorded.
                    memory=None if controls.transport else memory,
                )
            )
            return model if controls.transport is None else Untimed(model)

        model, judge = opened(llm.model), config.judge_model
        yield (
            model,
            MeteredModel(
                model,
                others={judge: opened(judge)} if judge else {},
                concurrency=llm.concurrency,
                max_usd=llm.max_usd_per_run,
                max_tokens=llm.max_tokens_per_run,
                price=llm.prices.get(llm.model),
                prices=llm.prices,
                stop=controls.stop,
            ),
        )


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
def open_judge(config: Config, *, key: str | None = None) -> Iterator[Judge]:
    """The configured judge, to be asked outside of a run; closed with the block.

    Raises:
        ConfigError: There is no key for a model.
        PromptError: The judge's prompt does not fit.
    """
    provider, key = choose_provider(config.llm, key, need="a judge is a model")
    assert not isinstance(provider, Extractor)
    prompt = load_prompt("judge")
    with open_model(provider, key, config, Controls()) as (_, metered):
        yield Judge(metered, prompt=prompt, judge_model=config.judge_model)
