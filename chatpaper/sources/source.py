"""What a source is, and what it answers when it is asked for papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

import httpx2

from chatpaper.config import Config
from chatpaper.records import Paper, Topic, age_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A source's answer for one topic.

    Attributes:
        papers: Newest first, one per base id (its highest version).
        query: What was asked, as it was asked.
        total: How many papers the source says match, before anything was left out.
        excluded: Why papers were left out, and how many for each reason.
        updates: New versions of older papers that a feed announced; only of use for
            papers that were posted before.
        notes: What the reader should know about the source, one sentence each.
    """

    papers: tuple[Paper, ...]
    query: str
    total: int
    excluded: tuple[tuple[str, int], ...] = ()
    updates: tuple[Paper, ...] = ()
    notes: tuple[str, ...] = ()


class Quiet(NamedTuple):
    """Why nothing was announced: a code and one English sentence."""

    code: Literal["weekend", "holiday", "not yet"]
    sentence: str


class Source(Protocol):
    """Where papers come from."""

    @property
    def name(self) -> str:
        """What its papers say of where they come from (`Paper.source`)."""

    @property
    def live(self) -> bool:
        """Whether new papers keep coming.

        A live source is asked for the last days; one that is not live is asked for
        everything it has.
        """

    @property
    def gap_s(self) -> float:
        """Seconds between two requests to it."""

    def find(
        self, topic: Topic, since: datetime, until: datetime, max_papers: int
    ) -> Found:
        """Papers of a topic first submitted from `since` to `until` (aware).

        Raises:
            Throttled: The source asks for patience, or refuses us.
            FetchError: It cannot be asked.
        """

    def get(self, ids: Sequence[str]) -> tuple[Paper, ...]:
        """The current versions of papers; ids that it does not know are left out.

        Raises:
            Throttled, FetchError: As for `find`.
        """

    def pdf(self, paper: Paper) -> Path:
        """A local file with the paper's PDF.

        Raises:
            Throttled, FetchError: As for `find`, or there is none.
            DocumentError: What came is not a PDF.
        """

    def quiet(self, since: datetime) -> Quiet | None:
        """Why nothing can have been announced since a moment, if that is so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a source may use of the world around it.

    Attributes:
        now: The clock, aware UTC.
        rest: Waits so many seconds; True when the run is to end.
        check_pdf: What is wrong with a downloaded PDF, None when nothing is.
        stopped: Whether the run is to end.
        transport: Carries the requests; None for the network.
        is_awaited: Whether somebody sits and waits, who wants to know soon that there
            is no network; a night waits for it.
    """

    now: Callable[[], datetime]
    rest: Callable[[float], bool]
    check_pdf: Callable[[Path], str | None]
    stopped: Callable[[], bool] = lambda: False
    transport: httpx2.BaseTransport | None = None
    is_awaited: bool = False


class OpenSource(Protocol):
    """Makes a source of the configuration; it is closed when the block ends."""

    def __call__(
        self, config: Config, around: Surroundings
    ) -> AbstractContextManager[Source]:
        """Open it."""


def newest_first(papers: list[Paper]) -> tuple[Paper, ...]:
    """One paper per base id, its highest version, newest submission first.

    Papers without a date come last, and papers of one moment by descending id.
    """
    best: dict[str, Paper] = {}
    for paper in papers:
        if paper.id not in best or best[paper.id].version < paper.version:
            best[paper.id] = paper
    return tuple(sorted(best.values(), key=age_key, reverse=True))


def merge_answers(answers: list[Found], max_papers: int) -> Found:
    """One answer made of several; the newest papers are kept."""
    if len(answers) == 1:
        return answers[0]
    papers = newest_first([paper for answer in answers for paper in answer.papers])
    reasons: Counter[str] = Counter()
    for answer in answers:
        reasons.update(dict(answer.excluded))
    reasons["over the limit"] += max(0, len(papers) - max_papers)
    return Found(
        papers=papers[:max_papers],
        query="; ".join(answer.query for answer in answers),
        total=max(answer.total for answer in answers),
        excluded=count_reasons(reasons),
        updates=tuple(paper for answer in answers for paper in answer.updates),
        notes=tuple(note for answer in answers for note in answer.notes),
    )


def count_reasons(reasons: Counter[str]) -> tuple[tuple[str, int], ...]:
    """Reasons with their counts, the most frequent first."""
    return tuple((why, count) for why, count in reasons.most_common() if count)
