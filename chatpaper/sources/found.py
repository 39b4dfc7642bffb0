"""The protocol of a source, and its answer to a question for papers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

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


class Source(Protocol):
    """Where papers come from."""

    def find(
        self, topic: Topic, since: datetime, until: datetime, max_papers: int
    ) -> Found:
        """Papers of a topic first submitted from `since` to `until` (aware)."""

    def pdf(self, paper: Paper) -> Path:
        """A local file with the paper's PDF; raises FetchError when there is none."""


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
