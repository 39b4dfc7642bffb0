"""From a paper to its digest, one and many at once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from chatpaper.errors import (
    ChatpaperError,
    DocumentError,
    FetchError,
    QuotaSpent,
    StoreError,
    SummaryError,
    Throttled,
)
from chatpaper.pipeline.reasons import (
    ORDERED,
    Reason,
    of_model,
    of_source,
)
from chatpaper.pipeline.summaries import ComesByBatch, Summarized, Summarizer
from chatpaper.reading.facts import first_institution, own_code_link
from chatpaper.records import (
    Check,
    Digest,
    Document,
    Failure,
    Paper,
    Picture,
    Provenance,
    Removed,
    Summary,
)
from chatpaper.store import Store
from chatpaper.text import file_stem
from chatpaper.verify import PaperIndex, look_up, look_up_labels
from chatpaper.workers import PdfContents, WorkerLost, read_and_render

# --------------------------------------------------------------------------------------
# One paper: read, summarised, checked, mended, made a digest.

Stage = Literal["download", "read", "summarize", "verify"]
NOTHING_LEFT = "no claim passed the checks against the paper"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How papers are read and shown.

    Attributes:
        max_pages, max_figures, width_px: See `read_and_render`.
        language: Of the digest.
        unsupported: What happens to claims that the paper does not bear out.
    """

    max_pages: int = 100
    max_figures: int = 3
    width_px: int = 1000
    language: Literal["zh", "en"] = "zh"
    unsupported: Literal["mark", "drop"] = "mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Digested:
    """A digest and the files that belong to it.

    Attributes:
        digest: Whole, or with a failure.
        images: By file name in the post's asset folder.
        waits: Why the paper must wait for a later run; None when it need not.
    """

    digest: Digest
    images: Mapping[str, bytes]
    waits: Reason | None = None


class Digester:
    """Turns a downloaded paper into a digest; one instance serves many threads."""

    def __init__(
        self,
        manner: Manner,
        *,
        readers: Executor,
        summarizer: Summarizer | None,
        store: Store,
        now: Callable[[], datetime],
    ) -> None:
        """Make a digester.

        Args:
            manner: How.
            readers: Where PDFs are read.
            summarizer: Has a model make summaries; None leaves them to the
                extractive method.
            store: Where it is noted what was read.
            now: Aware UTC.
        """
        self._manner = manner
        self._readers = readers
        self._summarizer = summarizer
        self._store = store
        self._now = now

    def read(self, paper: Paper, pdf: Path) -> PdfContents:
        """Read a paper's PDF in a worker.

        Raises:
            DocumentError: It cannot be read, or its worker was lost.
        """
        manner = self._manner
        future = self._readers.submit(
            read_and_render,
            pdf,
            paper.versioned_id,
            max_pages=manner.max_pages,
            max_figures=manner.max_figures,
            width_px=manner.width_px,
        )
        try:
            reading = future.result()
        except WorkerLost as error:
            raise DocumentError(
                paper.versioned_id, f"reading {error.reason}"
            ) from error
        document = reading.document
        chars = sum(len(section.text) for section in document.sections)
        self._store.keep_document(
            paper.versioned_id, document.pages_read, chars, reading.seconds
        )
        log.info("read paper=%s seconds=%.2f", paper.versioned_id, reading.seconds)
        return reading

    def digest(self, paper: Paper, pdf: Path) -> Digested:
        """Make a paper's entry; a fault of this paper is told in it, not raised."""
        try:
            reading = self.read(paper, pdf)
        except DocumentError as error:
            return lost(paper, "read", error)
        document = reading.document
        paper = completed(paper, document)
        names = [
            _file_name(paper, n, item[1]) for n, item in enumerate(reading.pictures)
        ]
        images = dict(zip(names, (item[3] for item in reading.pictures), strict=True))
        digest = _described(paper, reading, names)
        try:
            if self._summarizer is None:
                made = self._extracted(paper, document)
            else:
                made = self._summarizer.summary(paper, document)
        except ComesByBatch:
            return Digested(digest=digest, images=images, waits=ORDERED)
        except QuotaSpent as error:
            return Digested(digest=digest, images=images, waits=of_model(error))
        except SummaryError as error:
            digest = replace(digest, failure=_failure(paper, "summarize", error))
            return Digested(digest=digest, images=images)
        return Digested(digest=self._checked(digest, made), images=images)

    def _extracted(self, paper: Paper, document: Document) -> Summarized:
        from chatpaper.models.extractive import extract_summary

        start = time.perf_counter()
        summary = extract_summary(paper, document)
        index, language = PaperIndex(document, paper), self._manner.language
        return Summarized(
            summary=look_up_labels(summary, index, language=language),
            checks=look_up(summary, index, language=language),
            provenance=Provenance(
                provider="extractive",
                model="extractive",
                basis="partial text" if document.missing else "full text",
                made_at=self._now(),
                seconds=time.perf_counter() - start,
            ),
        )

    def _checked(self, digest: Digest, made: Summarized) -> Digest:
        """The digest with what of a summary may be shown.

        A paper of whose summary nothing is left has failed; a model is asked anew for
        it by a later run.
        """
        paper = digest.paper
        summary, checks, removed = published(made, self._manner.unsupported)
        digest = replace(digest, provenance=made.provenance, removed=removed)
        if summary.claims:
            return replace(digest, summary=summary, checks=checks)
        if self._summarizer is not None:
            self._summarizer.forget(paper)
        error = SummaryError(paper.versioned_id, NOTHING_LEFT)
        return replace(digest, failure=_failure(paper, "verify", error))


def published(
    made: Summarized, unsupported: Literal["mark", "drop"]
) -> tuple[Summary, tuple[Check, ...], Removed]:
    """The claims that may be shown, their checks, and counts of those that may not.

    What the paper contradicts, what the judge gave no verdict on, and wording that is
    not for readers is never shown; what the evidence does not bear out as configured.
    """
    kept: list[int] = []
    counts = {"contradicted": 0, "unsupported": 0, "unjudged": 0, "form": 0}
    for index, check in enumerate(made.checks):
        kinds = {finding.kind for finding in check.findings}
        if check.verdict in ("contradicted", "unjudged"):
            counts[check.verdict] += 1
        elif "form" in kinds:
            counts["form"] += 1
        elif kinds and unsupported == "drop":
            counts["unsupported"] += 1
        else:
            kept.append(index)
    counts["contradicted"] += sum(c.verdict == "contradicted" for c in made.withdrawn)
    summary = replace(
        made.summary, claims=tuple(made.summary.claims[index] for index in kept)
    )
    return summary, tuple(made.checks[index] for index in kept), Removed(**counts)


def lost(paper: Paper, stage: Stage, error: ChatpaperError) -> Digested:
    """An entry that has nothing but arXiv's facts, and why."""
    failure = _failure(paper, stage, error)
    return Digested(digest=Digest(paper=paper, failure=failure), images={})


def completed(paper: Paper, document: Document) -> Paper:
    """A paper whose source had no title or abstract, with those of its PDF."""
    return replace(
        paper,
        title=paper.title or document.title or paper.id,
        abstract=paper.abstract or document.abstract,
    )


def _failure(paper: Paper, stage: Stage, error: ChatpaperError) -> Failure:
    log.warning("lost paper=%s stage=%s: %s", paper.versioned_id, stage, error)
    reason = getattr(error, "reason", str(error))
    return Failure(id=paper.versioned_id, stage=stage, reason=reason)


def _described(paper: Paper, reading: PdfContents, names: Sequence[str]) -> Digest:
    """The digest without a summary: what arXiv and the PDF say."""
    document = reading.document
    return Digest(
        paper=paper,
        affiliation=first_institution(paper, document),
        code_url=own_code_link(paper, document),
        pictures=tuple(
            Picture(
                file=name,
                kind=figure.kind,
                label=figure.label,
                caption=figure.caption,
                page=figure.page,
                width_px=width_px,
                height_px=height_px,
            )
            for name, (figure, _, (width_px, height_px), _) in zip(
                names, reading.pictures, strict=True
            )
        ),
        hidden=document.hidden,
        page_count=document.page_count,
    )


def _file_name(paper: Paper, nth: int, suffix: str) -> str:
    return f"{file_stem(paper.versioned_id, 'picture')}-{nth + 1}{suffix}"


# --------------------------------------------------------------------------------------
# Many papers at once: while one downloads, others are read, others summarised.
#
# Downloads go one after another, as arXiv wants it. Behind them a bounded number of
# papers is under way, each in a thread that waits for its reader and its model.


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The stations that papers pass.

    Attributes:
        fetch: A paper's PDF as a local file; raises FetchError or DocumentError.
        digest: From the PDF to the digest; may be called from many threads.
        in_flight: Papers under way at a time behind the download.
        closed: Why no further paper should be begun; None while it may.
    """

    fetch: Callable[[Paper], Path]
    digest: Callable[[Paper, Path], Digested]
    in_flight: int
    closed: Callable[[], Reason | None] = lambda: None


def digest_all(papers: Sequence[Paper], line: Line) -> Iterator[Digested]:
    """Digest papers, yielded as they get done; every paper is yielded once.

    A paper that is not begun, because of a stop, a spent quota or a host that wants
    no more requests, is yielded as waiting.
    """
    refused: Reason | None = None
    under_way: set[Future[Digested]] = set()
    with ThreadPoolExecutor(line.in_flight, thread_name_prefix="paper") as pool:
        for paper in papers:
            refused = refused or line.closed()
            if refused is None:
                pdf = _fetched(paper, line)
                if isinstance(pdf, Path):
                    under_way.add(pool.submit(_digested, paper, pdf, line))
                else:
                    refused = pdf.waits
                    yield pdf
            else:
                yield _waits(paper, refused)
            full = len(under_way) >= line.in_flight
            done, under_way = wait(
                under_way, timeout=None if full else 0, return_when=FIRST_COMPLETED
            )
            yield from (future.result() for future in done)
        while under_way:
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)


def _fetched(paper: Paper, line: Line) -> Path | Digested:
    try:
        return line.fetch(paper)
    except (FetchError, DocumentError) as error:
        if (closed := line.closed()) is not None:
            return _waits(paper, closed)
        if isinstance(error, Throttled):
            # One closed door is every paper's: asking on would look like an attack.
            log.warning("downloads stopped paper=%s: %s", paper.versioned_id, error)
            return _waits(paper, of_source(error))
        return lost(paper, "download", error)


def _digested(paper: Paper, pdf: Path, line: Line) -> Digested:
    try:
        return line.digest(paper, pdf)
    except StoreError:
        raise
    except Exception as error:
        # A fault of ours that one odd paper brings out must not lose the others.
        log.exception("unexpected paper=%s", paper.versioned_id)
        reason = f"unexpected {type(error).__name__}"
        return lost(paper, "summarize", SummaryError(paper.versioned_id, reason))


def _waits(paper: Paper, reason: Reason) -> Digested:
    return Digested(digest=Digest(paper=paper), images={}, waits=reason)
