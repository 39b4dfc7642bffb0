"""The posted papers, searchable: the twins of all posts, read again as they change."""

from __future__ import annotations

import logging
import math
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, repeat
from pathlib import Path

from chatpaper.posts import Standing, read_standing
from chatpaper.records import Check, Digest, Paper
from chatpaper.sources import parse_id
from chatpaper.text import STOPWORDS, fold

log = logging.getLogger(__name__)

# A match in the title says more than one in the text: its words count so many times.
_TITLE_WEIGHT = 4
# How soon a repeated word counts no more; BM25's usual constant.
_K = 1.2
# A run of letters and digits; of Chinese, which has no spaces, every two signs.
_State = tuple[tuple[int, int] | None, ...]  # of a twin and its Markdown
_TERM = re.compile(r"[^\W_\u3400-\u9fff]+|(?=([\u3400-\u9fff]{2}))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A paper in a post.

    Attributes:
        id, version: Of the paper.
        topic, day: Of the post that has it in full.
        topics: Of all posts that name it.
        is_line: Whether the post only leads to another topic's.
        twin: The file that has its digest.
        words: What it is found by, each behind a space.
    """

    id: str
    version: int
    topic: str
    day: date
    topics: frozenset[str]
    is_line: bool
    twin: Path
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
        self._read: dict[Path, tuple[_State, tuple[Posted, ...]]] = {}
        self._papers: dict[str, Posted] = {}

    def find(self, name: str) -> Posted | None:
        """A posted paper by its id; with a version only that one."""
        papers = self._current()
        wanted = parse_id(name)
        if wanted is None:
            return papers.get(name.casefold())
        found = papers.get(wanted.base.casefold())
        return found if found and wanted.version in (None, found.version) else None

    def other_version(self, name: str) -> Posted | None:
        """The posted paper of an id whose version was not posted."""
        wanted = parse_id(name)
        return self._current().get(wanted.base.casefold()) if wanted else None

    def digest(self, posted: Posted) -> Digest | None:
        """The whole entry; None when the post is gone or another one meanwhile."""
        try:
            post = read_standing(posted.twin)
        except (OSError, ValueError):
            return None
        return next((d for d in post.digests if d.paper.id == posted.id), None)

    def paper(self, name: str) -> Paper | None:
        """A posted paper as its post describes it."""
        posted = self.find(name)
        digest = self.digest(posted) if posted else None
        return digest.paper if digest else None

    def search(
        self, query: str, *, topic: str | None = None, since: date | None = None
    ) -> list[Posted]:
        """Papers that share words with a query, best first; all of them, without one.

        Args:
            query: Chinese or English; empty for the newest papers.
            topic: Only posts on it count.
            since: Only posts of that day and later count.
        """
        papers = [*self._current().values()]
        scores = _scores(query, papers) if query.strip() else [1.0] * len(papers)
        found = [
            (score, posted)
            for score, posted in zip(scores, papers, strict=True)
            if score > 0
            and (topic is None or topic.casefold() in map(str.casefold, posted.topics))
            and (since is None or posted.day >= since)
        ]
        found.sort(key=lambda one: (one[0], one[1].day, one[1].id), reverse=True)
        return [posted for _, posted in found]

    def topics(self) -> list[str]:
        """Topics of all posts, by name."""
        return sorted({t for posted in self._current().values() for t in posted.topics})

    def _current(self) -> dict[str, Posted]:
        """The papers as the folder has them now, by base id."""
        with self._lock:
            read, is_new = {}, False
            for twin in Standing(self._folder).twins():
                state = _state_of(twin)
                before = self._read.get(twin)
                if before is None or before[0] != state:
                    before, is_new = (state, tuple(_papers_in(twin))), True
                read[twin] = before
            if is_new or len(read) != len(self._read):
                papers: dict[str, Posted] = {}
                for _, in_post in read.values():
                    for posted in in_post:
                        known = papers.get(posted.id.casefold(), posted)
                        papers[posted.id.casefold()] = _newer(known, posted)
                self._read, self._papers = read, papers
            return self._papers


def _state_of(twin: Path) -> _State:
    """Another one when one of the two files is."""
    state: list[tuple[int, int] | None] = []
    for path in (twin, twin.with_suffix(".md")):
        try:
            stat = path.stat()
            state.append((stat.st_mtime_ns, stat.st_size))
        except OSError:
            state.append(None)
    return tuple(state)


def _newer(known: Posted, posted: Posted) -> Posted:
    """The newer version, as the post has it that shows it in full; of both topics."""
    ages = [(each.version, not each.is_line) for each in (known, posted)]
    chosen = posted if ages[0] <= ages[1] else known
    return replace(chosen, topics=known.topics | posted.topics)


def _papers_in(twin: Path) -> Iterator[Posted]:
    """The papers of a post, as far as its Markdown shows them."""
    try:
        post = read_standing(twin)
    except (OSError, ValueError) as error:
        log.warning("not the twin of a post: %s (%s)", twin, type(error).__name__)
        return
    for digest in post.digests:
        yield Posted(
            id=digest.paper.id,
            version=digest.paper.version,
            topic=post.topic,
            day=post.day,
            topics=frozenset({post.topic}),
            is_line=bool(digest.stands_in),
            twin=twin,
            words=_words_of(digest),
        )


# --------------------------------------------------------------------------------------
# Words, and how much of a query's a paper has.


def _words_of(digest: Digest) -> str:
    paper, summary = digest.paper, digest.summary
    titles = f"{paper.title} {summary.title if summary else ''} {paper.id} "
    words = [titles * _TITLE_WEIGHT, *paper.authors, paper.abstract]
    if summary:
        checks = chain(digest.checks, repeat(Check()))
        words += summary.keywords
        words += [
            claim.text
            for claim, check in zip(summary.claims, checks, strict=False)
            # Nobody is shown it; it may have been taken out by hand.
            if check.verdict != "unjudged"
        ]
    return "".join(f" {term}" for term in _terms(" ".join(words)))


def _terms(text: str) -> Iterator[str]:
    for found in _TERM.finditer(fold(text)):
        word = found[1] or found[0]
        if word and word not in STOPWORDS:
            yield word


def _scores(query: str, papers: list[Posted]) -> list[float]:
    """How well each paper fits; 0 for one that shares no word with the query.

    A word also finds longer ones that begin with it. One that few papers have counts
    for more than one that most have. Texts are searched as they are: an index would
    take ten times their memory, to save a tenth of a second with ten thousand papers.
    """
    scores = [0.0] * len(papers)
    for term in sorted(set(_terms(query))):
        counts = [posted.words.count(f" {term}") for posted in papers]
        having = sum(map(bool, counts))
        weight = math.log(1 + (len(papers) - having + 0.5) / (having + 0.5))
        for nth, count in enumerate(counts):
            scores[nth] += weight * count / (count + _K)
    return scores
