"""The posted papers, searchable: the twins of all posts, read again as they change."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chatpaper.posts import (
    keywords_of,
    printed_claim,
    read_post_data,
    shown_claims,
    translated_title,
    twins_in,
)
from chatpaper.ranking import SharedWords
from chatpaper.records import Digest, Paper, Post
from chatpaper.sources import parse_id

log = logging.getLogger(__name__)

# A match in the title says more than one in the text: its words count so many times.
_TITLE_WEIGHT = 4
# Of a query's weight, so much must be in a paper for it to be shown at all.
_MIN_SHARE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A paper in a post.

    Attributes:
        paper: As its source describes it.
        topic, day: Of the post.
        twin, nth: The file that has its digest, and the place in it.
        words: What it is found by.
    """

    paper: Paper
    topic: str
    day: date
    twin: Path
    nth: int
    words: str


class Shelf:
    """All posted papers, each once: its newest version, as last posted."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read yet.

        Args:
            folder: Of the posts.
        """
        self._folder = folder
        self._lock = threading.Lock()
        self._read: dict[Path, tuple[tuple[int, int], tuple[Posted, ...]]] = {}
        self._papers: dict[str, Posted] = {}
        self._words: tuple[list[Posted], SharedWords] | None = None

    def find(self, name: str) -> Posted | None:
        """A posted paper by its id; with a version only that one."""
        papers = self._current()
        wanted = parse_id(name)
        if wanted is None:
            return papers.get(name.casefold())
        found = papers.get(wanted.base.casefold())
        if found and wanted.version in (None, found.paper.version):
            return found
        return None

    def other_version(self, name: str) -> Posted | None:
        """The posted paper of an id whose version was not posted."""
        wanted = parse_id(name)
        return self._current().get(wanted.base.casefold()) if wanted else None

    def digest(self, posted: Posted) -> Digest | None:
        """The whole entry; None when the post is gone or another one meanwhile."""
        try:
            digests = _post(posted.twin).digests
        except (OSError, ValueError):
            return None
        here = digests[posted.nth : posted.nth + 1]
        same = [digest for digest in here if digest.paper.id == posted.paper.id]
        return same[0] if same else None

    def search(
        self, query: str, *, topic: str | None = None, since: date | None = None
    ) -> list[Posted]:
        """Papers that share words with a query, best first; all of them, without one.

        Args:
            query: Chinese or English; empty for the newest papers.
            topic: Only posts on it count.
            since: Only posts of that day and later count.
        """
        papers = self._current()
        with self._lock:
            if self._words is None:
                listed = list(papers.values())
                self._words = listed, SharedWords([each.words for each in listed])
            listed, words = self._words
        shares = words.shares(query) if query.strip() else [1.0] * len(listed)
        found = [
            (share, posted)
            for share, posted in zip(shares, listed, strict=True)
            if share >= _MIN_SHARE
            and (topic is None or posted.topic.casefold() == topic.casefold())
            and (since is None or posted.day >= since)
        ]
        found.sort(key=lambda one: (one[0], one[1].day, one[1].paper.id), reverse=True)
        return [posted for _, posted in found]

    def topics(self) -> list[str]:
        """Topics of all posts, by name."""
        return sorted({posted.topic for posted in self._current().values()})

    def _current(self) -> dict[str, Posted]:
        """The papers as the folder has them now, by base id."""
        with self._lock:
            read, is_new = {}, False
            for twin in twins_in(self._folder):
                try:
                    stat = twin.stat()
                except OSError:
                    continue
                state = (stat.st_mtime_ns, stat.st_size)
                before = self._read.get(twin)
                if before is None or before[0] != state:
                    before, is_new = (state, tuple(_papers_in(twin))), True
                read[twin] = before
            if is_new or len(read) != len(self._read):
                self._read, self._words = read, None
                self._papers = {}
                for _, papers in read.values():
                    for posted in papers:
                        key = posted.paper.id.casefold()
                        known = self._papers.get(key)
                        if known is None or known.paper.version <= posted.paper.version:
                            self._papers[key] = posted
            return self._papers


def _post(twin: Path) -> Post:
    return read_post_data(twin.read_text(encoding="utf-8"))


def _papers_in(twin: Path) -> Iterator[Posted]:
    try:
        post = _post(twin)
    except (OSError, ValueError):
        log.warning("not the twin of a post: %s", twin)
        return
    for nth, digest in enumerate(post.digests):
        yield Posted(
            paper=digest.paper,
            topic=post.topic,
            day=post.day,
            twin=twin,
            nth=nth,
            words=_words_of(digest),
        )


def _words_of(digest: Digest) -> str:
    titles = f"{digest.paper.title} {translated_title(digest)} {digest.paper.id} "
    parts = [titles * _TITLE_WEIGHT, *keywords_of(digest), *digest.paper.authors]
    claims = [printed_claim(shown.claim) for shown in shown_claims(digest)]
    return " ".join([*parts, *claims, digest.paper.abstract])
