"""From a paper to its digest: fetch, read, summarise, check, judge; many side by side.

digest_papers             downloads one after another, the rest side by side
fetch_paper             -> PDF
digest_paper
read_paper            -> Document, pictures
write_summary         -> JudgedSummary (see `summaries`), or `extract_claims`
publishable_claims    -> Digest
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from chatpaper.config import Config
from chatpaper.errors import (
    ChatpaperError,
    ConfigError,
    DocumentError,
    FetchError,
    PromptError,
    QuotaSpent,
    StoreError,
    SummaryError,
    Throttled,
    where_raised,
)
from chatpaper.models import Extractor
from chatpaper.pipeline.assembly import Tools
from chatpaper.pipeline.drafts import SummaryWriter, comes_by_batch, draft_request
from chatpaper.pipeline.outcomes import (
    INTERRUPTED,
    ORDERED,
    DigestResult,
    Reason,
    why_fault,
    why_no_source,
    why_no_summary,
)
from chatpaper.pipeline.pictures import pictures_of, save_pictures
from chatpaper.pipeline.strays import discard_stray_reply
from chatpaper.pipeline.summaries import (
    JudgedSummary,
    publishable_claims,
    write_summary,
)
from chatpaper.reading.front import (
    first_institution,
    own_code_link,
)
from chatpaper.records import (
    Digest,
    Document,
    Failure,
    Paper,
    Provenance,
)
from chatpaper.verify import PaperIndex, look_up, look_up_labels, look_up_title
from chatpaper.workers import PdfContents, WorkerLost, read_and_render, result_of

Stage = Literal["download", "read", "summarize", "verify"]
NOTHING_LEFT = "no claim passed the checks against the paper"

log = logging.getLogger(__name__)

# --------------------------------------------------------------------------------------
# Many papers: while one downloads, others are read, others summarised.
#
# Downloads go one after another, as arXiv wants it. Behind them a bounded number of
# papers is under way, each in a thread that waits for its reader and its model.


def digest_papers(
    papers: Sequence[Paper], folder: Path, config: Config, tools: Tools
) -> Iterator[DigestResult]:
    """Digest papers, yielded as they get done; every paper is yielded once.

    A paper that is not begun, because of a stop, a spent quota or a host that wants
    no more requests, is yielded as waiting.

    Args:
        papers: In the order they are begun.
        folder: Where their pictures are put.
        config: How they are read, summarised and shown.
        tools: Who does it.

    Raises:
        StoreError: The store or the disk refuses.
    """
    # One paper a call to the model, and one read ahead for each that is being read.
    places = config.llm.concurrency + 2 * tools.readers.workers
    if tools.controls.transport is not None:
        places = 1
    refused: Reason | None = None
    under_way: set[Future[DigestResult]] = set()
    with ThreadPoolExecutor(places, thread_name_prefix="paper") as pool:
        for paper in papers:
            refused = refused or tools.closed()
            if refused is None:
                pdf = fetch_paper(paper, tools)
                if isinstance(pdf, Path):
                    under_way.add(
                        pool.submit(_digested, paper, pdf, folder, config, tools)
                    )
                else:
                    # A closed door is every paper's, a fault only its own.
                    is_fault = pdf.waits is not None and pdf.waits.code == "fault"
                    refused = None if is_fault else pdf.waits
                    yield pdf
            else:
                yield _waiting(paper, refused)
            full = len(under_way) >= places
            done, under_way = wait(
                under_way, timeout=None if full else 0, return_when=FIRST_COMPLETED
            )
            yield from (future.result() for future in done)
        while under_way:
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)


def fetch_paper(paper: Paper, tools: Tools) -> Path | DigestResult:
    """The paper's PDF, or what becomes of the paper without it."""
    tools.controls.watch(paper.versioned_id, "download")
    try:
        return tools.source.pdf(paper)
    except (FetchError, DocumentError) as error:
        if (closed := tools.closed()) is not None:
            return _waiting(paper, closed)
        if isinstance(error, Throttled):
            # One closed door is every paper's: asking on would look like an attack.
            log.warning("downloads stopped paper=%s: %s", paper.versioned_id, error)
            return _waiting(paper, why_no_source(error))
        return failed_result(paper, "download", error)
    except ChatpaperError:
        raise
    except Exception as error:  # noqa: BLE001 - logged there
        return _at_fault(paper, error)


def _digested(
    paper: Paper, pdf: Path, folder: Path, config: Config, tools: Tools
) -> DigestResult:
    try:
        return digest_paper(paper, pdf, folder, config, tools)
    except StoreError:
        # What cannot be kept must not be paid for.
        tools.end()
        raise
    except (ConfigError, PromptError):
        raise
    except Exception as error:  # noqa: BLE001 - logged there
        return _at_fault(paper, error)


def _at_fault(paper: Paper, error: Exception) -> DigestResult:
    """What becomes of a paper on which our own code failed: it waits for a better."""
    log.error("unexpected paper=%s", paper.versioned_id, exc_info=error)
    return _waiting(paper, why_fault(where_raised(error)))


def _waiting(paper: Paper, reason: Reason) -> DigestResult:
    return DigestResult(digest=Digest(paper=paper), waits=reason)


# --------------------------------------------------------------------------------------
# One paper: read, summarised, checked, made a digest.


def digest_paper(
    paper: Paper, pdf: Path, folder: Path, config: Config, tools: Tools
) -> DigestResult:
    """Make a paper's entry; an error of this paper is part of it, and not raised.

    Args:
        paper: As its source describes it.
        pdf: Its file.
        folder: Where its pictures are put.
        config: How it is read, summarised and shown.
        tools: Readers, writer and store.

    Raises:
        StoreError: The store or the disk refuses.
    """
    try:
        return _digest(paper, pdf, folder, config, tools)
    finally:
        tools.controls.watch(paper.versioned_id, "done")


def _digest(
    paper: Paper, pdf: Path, folder: Path, config: Config, tools: Tools
) -> DigestResult:
    try:
        reading = read_paper(paper, pdf, config, tools)
    except DocumentError as error:
        if tools.controls.stop.is_set():
            return _waiting(paper, INTERRUPTED)
        if isinstance(lost := error.__cause__, WorkerLost) and lost.trace:
            log.error("unexpected paper=%s\n%s", paper.versioned_id, lost.trace)
            return _waiting(paper, why_fault(f"reading {lost.reason}"))
        return failed_result(paper, "read", error)
    document = reading.document
    paper = with_printed_facts(paper, document)
    pictures = pictures_of(paper, reading)
    digest = Digest(
        paper=paper,
        affiliation=first_institution(paper, document),
        code_url=own_code_link(paper, document),
        pictures=pictures,
        hidden=document.hidden,
        page_count=document.page_count,
    )
    result = DigestResult(
        digest=digest, images=save_pictures(pictures, reading, folder)
    )
    try:
        if isinstance(tools.writer, SummaryWriter):
            draft = draft_request(paper, document, config, tools.writer)
            index = PaperIndex(document, paper)
            discard_stray_reply(draft, index, tools.writer)
            if comes_by_batch(draft, tools.writer):
                return replace(result, waits=ORDERED)
            made = write_summary(draft, index, config, tools.writer)
        else:
            tools.tell_notes()
            tools.controls.watch(paper.versioned_id, "draft")
            made = extract_claims(
                paper,
                document,
                tools.writer,
                language=config.output.language,
                now=tools.controls.now,
                timed=tools.controls.transport is None,
            )
    except QuotaSpent as error:
        return replace(result, waits=why_no_summary(error))
    except SummaryError as error:
        failure = _failure(paper, "summarize", error)
        return replace(result, digest=replace(digest, failure=failure))
    return replace(result, digest=_completed(digest, made, config, tools))


def read_paper(paper: Paper, pdf: Path, config: Config, tools: Tools) -> PdfContents:
    """Read a paper's PDF in a worker, and note what it took.

    Raises:
        DocumentError: It cannot be read, or its worker was lost.
    """
    tools.controls.watch(paper.versioned_id, "read")
    future = tools.readers.submit(
        read_and_render,
        pdf,
        paper.versioned_id,
        max_pages=config.reading.max_pages,
        max_figures=config.figures.max_per_paper,
        width_px=config.figures.width_px,
    )
    reading = result_of(future, paper.versioned_id)
    chars = sum(len(section.text) for section in reading.document.sections)
    tools.store.keep_document(
        paper.versioned_id, reading.document.pages_read, chars, reading.seconds
    )
    log.info("read paper=%s seconds=%.2f", paper.versioned_id, reading.seconds)
    return reading


def with_printed_facts(paper: Paper, document: Document) -> Paper:
    """A paper whose source had not the title, authors or abstract, with its PDF's."""
    return replace(
        paper,
        title=paper.title or document.title or paper.id,
        authors=paper.authors or document.authors,
        abstract=paper.abstract or document.abstract,
    )


def extract_claims(
    paper: Paper,
    document: Document,
    extractor: Extractor,
    *,
    language: str,
    now: Callable[[], datetime],
    timed: bool = True,
) -> JudgedSummary:
    """A summary without a language model; no judge is asked about it."""
    start = time.perf_counter()
    summary = extractor.extract(paper, document)
    index = PaperIndex(document, paper)
    summary = look_up_labels(summary, index, language=language)
    return JudgedSummary(
        summary=summary,
        checks=look_up(summary, index, language=language),
        title=look_up_title(summary.title, index, language=language),
        provenance=Provenance(
            provider=extractor.name,
            model=extractor.name,
            basis="partial text" if document.missing else "full text",
            made_at=now(),
            seconds=time.perf_counter() - start if timed else 0.0,
        ),
    )


def _completed(
    digest: Digest, made: JudgedSummary, config: Config, tools: Tools
) -> Digest:
    """The digest with what of a summary may be shown.

    A paper of whose summary nothing is left has failed; a model is asked anew for
    it by a later run.
    """
    paper_id = digest.paper.versioned_id
    summary, checks, removed = publishable_claims(made, config.trust.unsupported)
    if removed.title and made.title is not None:
        reasons = "; ".join(f"{f.kind}: {f.reason}" for f in made.title.findings)
        log.info("title left out paper=%s: %s", paper_id, reasons or "no verdict")
    digest = replace(digest, provenance=made.provenance, removed=removed)
    if summary.claims:
        return replace(digest, summary=summary, checks=checks)
    if isinstance(tools.writer, SummaryWriter):
        tools.store.forget_replies(paper_id)
    error = SummaryError(paper_id, NOTHING_LEFT)
    return replace(digest, failure=_failure(digest.paper, "verify", error))


def failed_result(paper: Paper, stage: Stage, error: ChatpaperError) -> DigestResult:
    """An entry that has nothing but the source's facts, and why."""
    failure = _failure(paper, stage, error)
    return DigestResult(digest=Digest(paper=paper, failure=failure))


def _failure(paper: Paper, stage: Stage, error: ChatpaperError) -> Failure:
    log.warning("lost paper=%s stage=%s: %s", paper.versioned_id, stage, error)
    reason = getattr(error, "reason", str(error))
    return Failure(id=paper.versioned_id, stage=stage, reason=reason)
