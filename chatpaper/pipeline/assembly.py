"""Where everything that a run works with is opened: configuration in, tools out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from chatpaper.config import Config
from chatpaper.errors import RunStopped
from chatpaper.models import (
    Extractor,
)
from chatpaper.net import check_pdf
from chatpaper.outputs import check_formats
from chatpaper.pipeline.asking import open_writer, without_model
from chatpaper.pipeline.batch_jobs import Batches
from chatpaper.pipeline.controls import Controls
from chatpaper.pipeline.drafts import SummaryWriter
from chatpaper.pipeline.outcomes import INTERRUPTED, Reason, why_no_summary
from chatpaper.pipeline.relevance import ranking_of
from chatpaper.records import Usage
from chatpaper.sources import Source, Surroundings, open_source
from chatpaper.store import Store
from chatpaper.workers import ProcessPerCall, Readers, WorkerLost, dask_readers

if TYPE_CHECKING:
    from chatpaper.ranking import Ranker

log = logging.getLogger(__name__)


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
            tools.notes.append(without_model(config.llm))
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
            is_awaited=controls.is_awaited,
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
