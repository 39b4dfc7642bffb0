"""Papers that arXiv has, that a run would take, that were posted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING

from chatpaper.config import Config, load_config
from chatpaper.errors import ChatpaperError, ConfigError
from chatpaper.records import Paper, Relevance, Topic
from chatpaper.sources import Found, parse_id

if TYPE_CHECKING:
    from chatpaper.store import Store

# So many of the newest papers are ranked for a preview.
LOOKED_AT = 300


def find_papers(
    topic: Topic,
    since: datetime,
    until: datetime,
    *,
    config: Config | None = None,
    limit: int = 30,
) -> Found:
    """Ask arXiv for a topic's papers, and for nothing else.

    Args:
        topic: What to look for.
        since: First moment of submission, aware.
        until: Last one, aware.
        config: By default that of the working directory.
        limit: Newest papers returned.

    Raises:
        FetchError: arXiv does not answer, or refuses.
    """
    from chatpaper.pipeline import Controls, open_papers

    config = config or load_config()
    with open_papers(config, "arxiv", Controls()) as source:
        return source.find(topic, since, until, limit)


def preview_papers(
    topic: Topic,
    since: datetime,
    until: datetime,
    *,
    config: Config | None = None,
    count: int = 10,
) -> tuple[Found, tuple[tuple[Paper, Relevance | None], ...]]:
    """What a run would take first of a topic, each paper with its relevance.

    Without interests and stars these are the newest, and nothing is relevant.

    Args:
        topic: What to look for.
        since: First moment of submission, aware.
        until: Last one, aware.
        config: By default that of the working directory.
        count: Papers returned.

    Raises:
        FetchError: arXiv does not answer, or refuses.
    """
    from chatpaper.pipeline import Controls, ranking_of

    config = config or load_config()
    with _store(config) as store:
        ranker = ranking_of(config, store, Controls())
    limit = LOOKED_AT if ranker else count
    found = find_papers(topic, since, until, config=config, limit=limit)
    if ranker is None:
        return found, tuple((paper, None) for paper in found.papers)
    relevance = ranker.relevance(found.papers)
    order = sorted(found.papers, key=lambda p: relevance[p.id].score, reverse=True)
    return found, tuple((paper, relevance[paper.id]) for paper in order[:count])


@contextmanager
def _store(config: Config) -> Iterator[Store | None]:
    """The store, if there is one; to look into it makes none."""
    from chatpaper.store import Store

    if not config.storage.path.is_dir():
        yield None
        return
    with Store(config.storage.path) as store:
        yield store


def posted_papers(
    *, topic: str | None = None, since: date | None = None, config: Config | None = None
) -> tuple[Paper, ...]:
    """The papers of all posts, each once in its newest version, first posted first.

    Args:
        topic: Only posts on it count.
        since: Only posts of that day and later count.
        config: By default that of the working directory.
    """
    from chatpaper.outputs import newest_versions, posts_in

    config = config or load_config()
    return tuple(
        newest_versions(
            post
            for post in posts_in(config.output.dir)
            if (topic is None or post.topic.casefold() == topic.casefold())
            and (since is None or post.day >= since)
        )
    )


def named_papers(
    names: Sequence[str], *, config: Config | None = None
) -> Iterator[tuple[str, Paper | ChatpaperError]]:
    """Papers by their ids (`2401.11831`, with or without a version), in order.

    arXiv is asked, once, only for those that no post has. A name that nobody knows
    costs only itself: its error is yielded.

    Raises:
        FetchError: arXiv does not answer.
    """
    from chatpaper.pipeline import Controls, open_papers

    config = config or load_config()
    ids = {name: parse_id(name) for name in names}
    # A file's name is an id too, for a paper that came from a folder.
    keys = {name: found.spelled if found else name for name, found in ids.items()}
    known: dict[str, Paper] = {}
    for paper in posted_papers(config=config):
        known |= {paper.id: paper, paper.versioned_id: paper}
    if asked := [keys[name] for name in ids if ids[name] and keys[name] not in known]:
        with open_papers(config, "arxiv", Controls()) as source:
            for paper in source.get(asked):
                known[paper.versioned_id] = paper
                known.setdefault(paper.id, paper)
    for name, key in keys.items():
        yield name, known.get(key, ConfigError(name, "neither in a post nor on arXiv"))
