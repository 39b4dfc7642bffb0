"""Many papers at once: while one downloads, others are read, others summarised.

Downloads go one after another, as arXiv wants it. Behind them a bounded number of
papers is under way, each in a thread that waits for its reader and its model.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from chatpaper.errors import (
    DocumentError,
    FetchError,
    StoreError,
    SummaryError,
    Throttled,
)
from chatpaper.pipeline.digesting import Digested, lost
from chatpaper.pipeline.reasons import Reason, of_source
from chatpaper.records import Digest, Paper

log = logging.getLogger(__name__)


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
