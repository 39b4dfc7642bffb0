"""How relevant the papers of a run are to the reader, where that was said."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from chatpaper.config import Config, InterestsConfig
from chatpaper.pipeline.outcomes import DigestResult
from chatpaper.pipeline.select import Selection, Task, select_for
from chatpaper.pipeline.zotero import zotero_titles
from chatpaper.records import Paper, Relevance
from chatpaper.sources import Found
from chatpaper.store import LedgerEntry, Store

if TYPE_CHECKING:
    from chatpaper.pipeline.assembly import Controls
    from chatpaper.ranking import Ranker


def ranking_of(
    config: Config, store: Store | None, controls: Controls
) -> Ranker | None:
    """Who says how relevant papers are, by what is configured, starred and collected.

    Raises:
        ConfigError: There is no such encoder.
    """
    starred = store.stars() if store else ()
    return open_ranking(config, starred, zotero_titles(config, store, controls))


def open_ranking(
    config: Config, starred: Sequence[Paper], titles: Sequence[str] = ()
) -> Ranker | None:
    """Who says how relevant papers are; None when the reader did not say what matters.

    Args:
        config: Says what matters.
        starred: Papers that do.
        titles: Of the reader's library, beside those in files.

    Raises:
        ConfigError: There is no such encoder.
    """
    if not starred and config.interests == InterestsConfig():
        return None
    from chatpaper.ranking import open_ranker

    return open_ranker(config.interests, starred, titles)


def encoder_used(config: Config, starred: Sequence[Paper]) -> str:
    """The encoder by the name that means the same on every machine.

    Raises:
        ConfigError: There is no such encoder.
    """
    ranker = open_ranking(config, starred)
    if ranker is None:
        return config.interests.encoder
    from chatpaper.ranking import name_of

    return name_of(ranker.kind)


def select_ranked(
    ranker: Ranker | None,
    task: Task,
    found: Found,
    newer: Sequence[Paper],
    ledger: Mapping[str, LedgerEntry],
    *,
    pending: Collection[str],
    updates_too: bool,
) -> Selection:
    """What a task has to do, as `select_for` says, by relevance where there is any."""
    return select_for(
        task,
        found,
        newer,
        ledger,
        pending=pending,
        updates_too=updates_too,
        relevance=ranker.relevance(_to_rank(task, found, ledger)) if ranker else None,
    )


def _to_rank(
    task: Task, found: Found, ledger: Mapping[str, LedgerEntry]
) -> list[Paper]:
    """The papers among which a run has to choose, found or waiting in the ledger."""
    mine = {key: entry for key, entry in ledger.items() if task.may_take(entry)}
    waiting = {
        key: entry.paper
        for key, entry in mine.items()
        if entry.state in ("waiting", "failed")
    }
    new = {
        paper.id: paper
        for paper in found.papers
        if paper.id not in ledger or paper.id in waiting
    }
    papers = {**waiting, **new}
    if len(papers) < task.limit:  # there are places for what was listed
        papers |= {
            k: entry.paper for k, entry in mine.items() if entry.state == "listed"
        }
    return list(papers.values())


def with_relevance(
    result: DigestResult, relevance: Mapping[str, Relevance]
) -> DigestResult:
    """A result whose digest says how relevant its paper is, if that is known."""
    known = relevance.get(result.digest.paper.id)
    if known is None:
        return result
    return replace(result, digest=replace(result.digest, relevance=known))
