"""A `.bib` file beside each post, and one with the papers of all posts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from chatpaper.citations import to_bibtex
from chatpaper.config import OutputConfig
from chatpaper.records import Paper, Post

ALL = "papers.bib"


def write_bibliographies(
    posts: Iterable[Post], settings: OutputConfig
) -> Mapping[str, bytes]:
    """`2026-11-25/GAN.bib` of the papers in `2026-11-25/GAN.md`, and `papers.bib`."""
    del settings
    files = {
        f"{post.day.isoformat()}/{post.stem}.bib": to_bibtex(papers_of(post)).encode()
        for post in posts
    }
    return {**files, ALL: to_bibtex(newest_versions(posts)).encode()}


def papers_of(post: Post) -> list[Paper]:
    """The papers of a post in its order, then those of which it tells a new version."""
    told = [digest.paper for digest in post.digests]
    return told + [update.paper for update in post.updates]


def newest_versions(posts: Iterable[Post]) -> list[Paper]:
    """Every paper of these posts once, in its newest version, first posted first."""
    newest: dict[str, Paper] = {}
    for paper in _papers(posts):
        known = newest.get(paper.id)
        if known is None or paper.version > known.version:
            newest[paper.id] = paper
    return list(newest.values())


def _papers(posts: Iterable[Post]) -> Iterator[Paper]:
    for post in posts:
        yield from papers_of(post)
