"""Where everything is put together: configuration in, a working desk out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from chatpaper.config import Config, LlmConfig, api_key
from chatpaper.errors import ConfigError, RunStopped
from chatpaper.models import MeteredModel, load_prompt
from chatpaper.net import Downloader, Http, Pace, check_pdf
from chatpaper.pipeline.digest import Digester, Line, Manner
from chatpaper.pipeline.judging import (
    Asked,
)
from chatpaper.pipeline.publish import Press
from chatpaper.pipeline.reasons import (
    Reason,
    of_model,
)
from chatpaper.pipeline.summaries import Summarizer, SummarySettings
from chatpaper.pipeline.topic import (
    Desk,
)
from chatpaper.records import Paper, Usage
from chatpaper.sources import Source
from chatpaper.sources.arxiv import expected_empty
from chatpaper.store import Store
from chatpaper.workers import ProcessPerCall, Readers, WorkerLost, dask_readers

if TYPE_CHECKING:
    from chatpaper.models.gemini import Gemini, GeminiSettings
    from chatpaper.pipeline.batch import Bulk

log = logging.getLogger(__name__)

INTERRUPTED = "the run was interrupted"
Provider = Literal["gemini", "extractive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What a run takes from the world around it.

    Attributes:
        key: Of the model's API; None when there is none.
        now: Aware UTC.
        stop: Set when the run should end early.
        tell: Is told the topic, how many papers are done, and of how many.
        sleep: Waits so many seconds; by default until then or until `stop` is set.
    """

    key: str | None
    now: Callable[[], datetime]
    stop: threading.Event
    tell: Callable[[str, int, int], None] = lambda *_: None
    sleep: Callable[[float], object] | None = None

    def rest(self, seconds: float) -> bool:
        """Wait between requests; True when the run is to end and none may follow."""
        (self.sleep or self.stop.wait)(seconds)
        return self.stop.is_set()


def chosen_provider(config: LlmConfig, key: str | None) -> Provider:
    """Who summarises; with `auto` and no key it is the extractive method, and said.

    Raises:
        ConfigError: Gemini is asked for and there is no key.
    """
    if config.provider == "gemini" and key is None:
        problem = "llm.provider is gemini: set GEMINI_API_KEY or GOOGLE_API_KEY"
        raise ConfigError("environment", problem)
    if config.provider != "auto":
        return config.provider
    if key is not None:
        return "gemini"
    log.warning(
        "no GEMINI_API_KEY or GOOGLE_API_KEY: key sentences are quoted from the papers,"
        " no language model is used"
    )
    return "extractive"


@contextmanager
def open_desk(
    config: Config, source_name: str, store: Store, outside: Outside
) -> Iterator[Desk]:
    """Everything a topic's run needs; closed when the block ends.

    Args:
        config: Checked.
        source_name: `arxiv`, `samples`, or a folder's path.
        store: Open.
        outside: Key, clock, stop and progress.

    Raises:
        ConfigError: No key for the model that is asked for, or no such folder.
        PromptError: A prompt that does not fit.
    """
    with ExitStack() as stack:
        source, versions = open_source(config, source_name, outside, stack)
        readers = stack.enter_context(open_readers(config))
        digester, model, bulk = open_digester(
            config, store, outside, stack, readers=readers, in_bulk=True
        )

        def closed() -> Reason | None:
            if outside.stop.is_set():
                return Reason(code="interrupted", text=INTERRUPTED)
            return of_model(model.spent) if model and model.spent else None

        yield Desk(
            source=source,
            versions=versions,
            line=Line(
                fetch=source.pdf,
                digest=digester.digest,
                in_flight=config.llm.concurrency + 2 * readers.workers,
                closed=closed,
            ),
            press=press_of(config, store),
            store=store,
            use=lambda: model.use if model else Usage(),
            quiet=lambda since: (
                expected_empty(since, outside.now()) if online(source_name) else None
            ),
            tell=outside.tell,
            bulk=bulk,
        )


def online(source_name: str) -> bool:
    """Whether a source's name means arXiv itself."""
    return source_name == "arxiv"


def open_source(
    config: Config, name: str, outside: Outside, stack: ExitStack
) -> tuple[Source, Callable[[list[str]], tuple[Paper, ...]]]:
    """A source by name, and a look-up of current versions by id."""
    if not online(name):
        from chatpaper.sources.folder import FolderSource, samples_source

        if name == "samples":
            return samples_source(), lambda _: ()
        if not Path(name).is_dir():
            raise ConfigError("--source", f"{name}: not arxiv, samples or a folder")
        return FolderSource(Path(name)), lambda _: ()
    from chatpaper.sources.arxiv import ArxivSource

    arxiv = config.arxiv
    pace = Pace(arxiv.gap_s, sleep=outside.rest)
    http = stack.enter_context(
        Http(
            pace,
            contact=arxiv.contact,
            timeout_s=arxiv.timeout_s,
            tries=arxiv.tries,
            max_wait_s=arxiv.max_wait_s,
        )
    )
    downloader = Downloader(
        http,
        config.storage.path / "pdf",
        check=checked_by(stack.enter_context(local_readers(config, 1))),
        max_mb=config.reading.max_mb,
    )
    source = ArxivSource(
        http,
        base_url=arxiv.base_url,
        rss_base_url=arxiv.rss_base_url,
        fetch=downloader.fetch,
        now=outside.now,
    )
    return source, source.get


def open_digester(
    config: Config,
    store: Store,
    outside: Outside,
    stack: ExitStack,
    *,
    readers: Executor,
    in_bulk: bool = False,
) -> tuple[Digester, MeteredModel | None, Bulk | None]:
    """What makes digests, the model behind it, and who orders from it by batch.

    Without a model there are neither of them. Batches are only made and collected
    `in_bulk`.

    Raises:
        ConfigError: No key for the model that is asked for.
        PromptError: A prompt that does not fit.
    """
    provider = chosen_provider(config.llm, outside.key)
    model, bulk, summarizer = None, None, None
    if provider == "gemini":
        settings = summary_settings(config)
        gemini, model = open_model(config, outside, stack)
        if in_bulk:
            bulk = open_bulk(config.llm, gemini, model, store, outside)
        summarizer = Summarizer(
            settings, model=model, store=store, now=outside.now, orders=bulk
        )
    digester = Digester(
        manner_of(config),
        readers=readers,
        summarizer=summarizer,
        store=store,
        now=outside.now,
    )
    return digester, model, bulk


def open_bulk(
    config: LlmConfig,
    gemini: Gemini,
    model: MeteredModel,
    store: Store,
    outside: Outside,
) -> Bulk | None:
    """Who orders by batch, where that is configured or something was ordered so."""
    orders = config.service_tier == "batch"
    if not orders and not store.open_jobs():
        return None
    from chatpaper.pipeline.batch import Bulk

    return Bulk(
        gemini,
        model=model,
        store=store,
        now=outside.now,
        orders=orders,
        fallback=config.batch_fallback,
    )


def open_model(
    config: Config, outside: Outside, stack: ExitStack
) -> tuple[Gemini, MeteredModel]:
    """Gemini, bare and behind the run's budget; the judge's model is behind it too."""
    llm = config.llm
    gemini = open_gemini(llm, llm.model, outside, stack)
    judge = config.trust.judge_model
    others = {}
    if judge not in ("", llm.model):
        others[judge] = open_gemini(llm, judge, outside, stack)
    metered = MeteredModel(
        gemini,
        others=others,
        concurrency=llm.concurrency,
        max_usd=llm.max_usd_per_run,
        max_tokens=llm.max_tokens_per_run,
        price=llm.prices.get(llm.model),
        prices=llm.prices,
        stop=outside.stop,
    )
    return gemini, metered


@contextmanager
def opened_judge(config: Config, *, key: str | None = None) -> Iterator[Asked]:
    """The configured judge, to be asked outside of a run; closed with the block.

    Raises:
        ConfigError: There is no key for a model.
        PromptError: The judge's prompt does not fit.
    """
    outside = Outside(
        key=key or api_key(), now=lambda: datetime.now(UTC), stop=threading.Event()
    )
    if chosen_provider(config.llm, outside.key) != "gemini":
        problem = "a judge is a model: set GEMINI_API_KEY or GOOGLE_API_KEY"
        raise ConfigError("environment", problem)
    settings = summary_settings(config)
    with ExitStack() as stack:
        _, model = open_model(config, outside, stack)
        yield Asked(
            model, prompt=settings.judge_prompt, judge_model=settings.judge_model
        )


def open_gemini(
    config: LlmConfig, name: str, outside: Outside, stack: ExitStack
) -> Gemini:
    """Gemini by the name of one of its models."""
    from chatpaper.models.gemini import Gemini

    assert outside.key is not None

    def rest(seconds: float) -> None:
        if outside.rest(seconds):
            raise RunStopped("", INTERRUPTED)

    if config.prices.get(name) is None and config.max_usd_per_run:
        log.warning("llm.prices has no %s: llm.max_usd_per_run cannot hold", name)
    return stack.enter_context(
        Gemini(outside.key, gemini_settings(config, name), sleep=rest)
    )


def gemini_settings(config: LlmConfig, name: str) -> GeminiSettings:
    """How the model of a name is asked."""
    from chatpaper.models.gemini import GeminiSettings

    return GeminiSettings(
        model=name,
        base_url=config.base_url,
        api_version=config.api_version,
        timeout_s=config.timeout_s,
        # The few single calls beside a batch cost no more than the batch.
        service_tier="standard" if config.service_tier == "standard" else "flex",
        thinking_level=config.thinking_level,
        max_output_tokens=config.max_output_tokens,
        tries=config.tries,
        max_wait_s=config.max_wait_s,
        requests_per_minute=config.requests_per_minute,
        prices=config.prices,
    )


def summary_settings(config: Config) -> SummarySettings:
    """How summaries are made, with the prompts of its calls.

    Raises:
        PromptError: A prompt is missing, or its variables are not those of its call.
    """
    trust = config.trust
    judge_model = "" if trust.judge_model == config.llm.model else trust.judge_model
    return SummarySettings(
        model_name=config.llm.model,
        summary_prompt=load_prompt("summary"),
        judge_prompt=load_prompt("judge"),
        repair_prompt=load_prompt("repair"),
        language=config.output.language,
        max_input_chars=config.llm.max_input_chars,
        judge=trust.judge,
        judge_model=judge_model,
        repair=trust.repair,
    )


def open_readers(config: Config) -> Readers:
    """Where PDFs are read.

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
        )
    return local_readers(config, reading.workers)


def local_readers(config: Config, workers: int) -> ProcessPerCall:
    """Readers on this machine."""
    reading = config.reading
    return ProcessPerCall(
        workers, timeout_s=reading.timeout_s, memory_mb=reading.max_memory_mb
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


def manner_of(config: Config) -> Manner:
    """How papers are read and shown."""
    return Manner(
        max_pages=config.reading.max_pages,
        max_figures=config.figures.max_per_paper,
        width_px=config.figures.width_px,
        language=config.output.language,
        unsupported=config.trust.unsupported,
    )


def press_of(config: Config, store: Store) -> Press:
    """Where and how posts are written."""
    return Press(
        root=config.output.dir,
        drafts=store.directory / "drafts",
        language=config.output.language,
        author=config.output.author,
        category=config.output.categories,
    )
