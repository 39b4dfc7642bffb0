"""Papers that arXiv has, that a run would take, that were posted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chatpaper.api.choices import Choices, configured
from chatpaper.api.claims import PostedClaim, posted_claims_of, posts_of
from chatpaper.api.days import Day, as_moment
from chatpaper.api.listing import Listing
from chatpaper.config import Config, load_config
from chatpaper.errors import ArgumentError, ChatpaperError, ConfigError
from chatpaper.records import Paper, Relevance, Topic
from chatpaper.sources import Found, parse_id
from chatpaper.sources.arxiv import topic_named

if TYPE_CHECKING:
    from chatpaper.store import Store

# So many of the newest papers are ranked for a preview.
LOOKED_AT = 300


def find_papers(
    topic: str | Topic,
    since: Day | None = None,
    until: Day | None = None,
    *,
    config: Choices | None = None,
    limit: int = 30,
) -> Listing[Paper]:
    """Ask arXiv for a topic's papers, and for nothing else; newest first.

    Args:
        topic: A `Topic`, or the name of one; a name that the configuration does not
            know is searched as words in title or abstract.
        since: First moment of submission: a date, a moment, or a text as for `run`; by
            default `arxiv.lookback_days` ago.
        until: Last one; by default now.
        config: As for `summarize`.
        limit: Newest papers returned.

    Raises:
        FetchError: arXiv does not answer, or refuses.
        ConfigError: No topic, no day.
    """
    settings = configured(config)
    if isinstance(topic, str):
        topic = settings.narrowed(topic_named(settings, topic))
    elif not isinstance(topic, Topic):
        raise ArgumentError("topic", f"{topic!r} is no name and no Topic")
    end = as_moment("until", until, settings, last=True)
    start = end - timedelta(days=settings.arxiv.lookback_days)
    if since is not None:
        start = as_moment("since", since, settings)
    if end < start:
        raise ArgumentError("until", f"{end:%Y-%m-%d} is before `since=` {since}")
    return Listing(_found(topic, start, end, settings, limit).papers)


def _found(
    topic: Topic, since: datetime, until: datetime, config: Config, limit: int
) -> Found:
    from chatpaper.pipeline import Controls, open_papers

    with open_papers(config, "arxiv", Controls(is_awaited=True)) as source:
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
    found = _found(topic, since, until, config, limit)
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
    *,
    topic: str | None = None,
    since: Day | None = None,
    config: Choices | None = None,
) -> Listing[Paper]:
    """The papers of all posts, each once in its newest version, first posted first.

    Args:
        topic: Only posts on it count.
        since: Only posts of that day and later count.
        config: As for `summarize`; its `output.dir` has the posts.
    """
    from chatpaper.outputs import newest_versions

    return Listing(newest_versions(posts_of(topic, since, configured(config))))


def posted_claims(
    *,
    topic: str | None = None,
    since: Day | None = None,
    config: Choices | None = None,
) -> Listing[PostedClaim]:
    """The claims of all posts, as they show them; oldest post first.

    Args:
        topic: Only posts on it count.
        since: Only posts of that day and later count.
        config: As for `summarize`; its `output.dir` has the posts.
    """
    settings = configured(config)
    return Listing(
        claim
        for post in posts_of(topic, since, settings)
        for claim in posted_claims_of(
            post, settings.output.language, with_lines=topic is not None
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
        with open_papers(config, "arxiv", Controls(is_awaited=True)) as source:
            for paper in source.get(asked):
                known[paper.versioned_id] = paper
                known.setdefault(paper.id, paper)
    for name, key in keys.items():
        yield name, known.get(key, ConfigError(name, "neither in a post nor on arXiv"))
