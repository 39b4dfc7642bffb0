"""Entries of one day from several runs, each paper once."""

from __future__ import annotations

from collections.abc import Iterable

from chatpaper.records import Digest


def merge_digests(old: Iterable[Digest], new: Iterable[Digest]) -> tuple[Digest, ...]:
    """Every paper once, newest first.

    Of two entries with the same base id a whole one beats a failed one, then the
    higher version the lower, then the later entry the earlier. Papers without a date
    keep their order and come last.
    """
    best: dict[str, Digest] = {}
    for digest in (*new, *old):
        held = best.get(digest.paper.id)
        if held is None or _rank(digest) > _rank(held):
            best[digest.paper.id] = digest
    return tuple(sorted(best.values(), key=_age))


def _rank(digest: Digest) -> tuple[bool, bool, int]:
    return (
        digest.summary is not None,
        digest.failure is None,
        digest.paper.version,
    )


def _age(digest: Digest) -> float:
    published = digest.paper.published
    return -published.timestamp() if published else float("inf")
