"""From the posts of two periods to what the later one brought."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from chatpaper.periods.calendar import Period
from chatpaper.periods.counting import Tally, counts_of
from chatpaper.periods.review import Change, Entry, Lead, News, Review, Statement
from chatpaper.periods.saying import Sayings, entry_of, sayings_of
from chatpaper.posts import (
    Phrases,
    badges_of,
    correction_words,
    is_summarized,
    phrases_in,
    safe_url,
    shown_claims,
    title_of,
    translated_title,
)
from chatpaper.records import Digest, Paper, Post, Relevance, Update, age_key
from chatpaper.text import file_stem, says_withdrawn

MAX_LEADS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The posts that a review is made of; each is gone through once.

    Attributes:
        here, before: Of the period and of the one before, oldest first.
        corrected: All that have corrections, of any day.
    """

    here: Iterable[Post]
    before: Iterable[Post]
    corrected: Iterable[Post]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is kept of an entry until all are known."""

    paper: Paper
    day: date
    relevance: Relevance | None
    said: Sayings
    anchor: str
    entry: Entry
    statements: tuple[Statement, ...]
    withdrawn: bool

    @property
    def is_worth_showing(self) -> bool:
        return bool(self.statements) and not self.withdrawn


def review_of(
    topic: str, period: Period, sources: Sources, *, language: str, link: str
) -> Review | None:
    """What a period brought on a topic; None when it has no post.

    Args:
        topic: Its name.
        period: A whole one.
        sources: Its posts, and those it is compared with.
        language: Of the fixed words.
        link: Address of a day's post, with slots `{date}` and `{stem}`.
    """
    say = phrases_in(language)
    reader = _Reader(topic, say)
    for post in sources.here:
        reader.read(post)
    if not reader.made_of:
        return None
    past = _Reader(topic, say)
    for post in sources.before:
        past.read(post)
    for post in sources.corrected:
        reader.read_corrections(post, period)
    known, is_ranked = reader.ordered()
    entries = tuple(each.entry for each in known)
    here, before = _tally(known), _tally(past.papers.values())
    order = {entry.id: number for number, entry in enumerate(entries)}
    leads = [each for each in known if each.is_worth_showing][:MAX_LEADS]
    return Review(
        topic=topic,
        kind=period.kind,
        first=period.first,
        last=period.last,
        language=language,
        stem=file_stem(topic, "topic"),
        link=link,
        days=tuple(reader.made_of),
        ranked=is_ranked,
        papers=entries,
        leads=tuple(Lead(paper=e.paper, statements=e.statements) for e in leads),
        counts=counts_of(here, before, order),
        counted=here.counted,
        counted_before=before.counted,
        papers_before=before.papers if past.made_of else None,
        listed=len(reader.listed - reader.papers.keys()),
        news=tuple(sorted(reader.news.values(), key=lambda n: (n.day, n.id, n.change))),
        made_of=tuple(reader.made_of.items()),
    )


def hash_of(post: Post) -> str:
    """By which a twin is known again."""
    return hashlib.sha256(post.data.encode()).hexdigest()[:32]


class _Reader:
    """Goes through the posts of a period, and keeps the newest entry of each paper."""

    def __init__(self, topic: str, say: Phrases) -> None:
        self._topic, self._say = topic, say
        self.papers: dict[str, _Known] = {}
        self.listed: set[str] = set()
        self.made_of: dict[date, str] = {}
        self.news: dict[tuple[str, str], News] = {}

    def read(self, post: Post) -> None:
        self.made_of[post.day] = hash_of(post)
        self.listed |= {paper.id for paper in (*post.listed, *post.left_out)}
        for digest in post.digests:
            known = self._known(digest, post.day)
            before = self.papers.get(digest.paper.id)
            if before is None or _newness(known) >= _newness(before):
                self.papers[digest.paper.id] = known
            if says_withdrawn(digest.paper.comment or "", digest.paper.abstract):
                self._add("withdrawal", digest.paper, post.day, digest)
        for update in post.updates:
            self._update(update, post.day)

    def read_corrections(self, post: Post, period: Period) -> None:
        for digest in post.digests:
            last = digest.corrections[-1:]
            if last and period.first <= last[0].on <= period.last:
                words = correction_words(digest, self._say)
                self._add("correction", digest.paper, post.day, digest, words)

    def ordered(self) -> tuple[list[_Known], bool]:
        """The papers, the most telling first; whether interests decided."""
        known = list(self.papers.values())
        is_ranked = any(each.relevance for each in known)
        place = _nearness if is_ranked else _merits
        return sorted(known, key=place, reverse=True), is_ranked

    def _known(self, digest: Digest, day: date) -> _Known:
        paper, say = digest.paper, self._say
        said = sayings_of(digest, self._topic, say)
        withdrawn = says_withdrawn(paper.comment or "", paper.abstract)
        badges = (*([say.withdrawal] if withdrawn else []), *badges_of(digest, say))
        return _Known(
            paper=paper,
            day=day,
            relevance=digest.relevance,
            said=said,
            anchor=entry_of(digest),
            entry=Entry(
                id=paper.id,
                version=paper.version,
                title=title_of(paper),
                translated=translated_title(digest),
                url=safe_url(paper.abs_url),
                day=day,
                stem=self._stem(digest),
                badges=badges,
                near=digest.relevance.near if digest.relevance else (),
                summarized=is_summarized(digest),
                counted=said.counted,
            ),
            statements=tuple(
                Statement(claim=c.claim, check=c.check, anchor=c.anchor)
                for c in shown_claims(digest, "abstract")
            ),
            withdrawn=withdrawn,
        )

    def _update(self, update: Update, day: date) -> None:
        new, old = update.paper, update.previous
        if says_withdrawn(new.comment or "", new.abstract):
            self._add("withdrawal", new, day)
        else:
            words = f"v{old.version} → v{new.version}"
            self._add("version", new, day, words=words)

    def _add(
        self,
        change: Change,
        paper: Paper,
        day: date,
        digest: Digest | None = None,
        words: str = "",
    ) -> None:
        self.news[change, paper.id] = News(
            change=change,
            id=paper.id,
            title=(translated_title(digest) if digest else "") or title_of(paper),
            day=day,
            stem=self._stem(digest),
            words=words,
        )

    def _stem(self, digest: Digest | None) -> str:
        """Of the post that has an entry in full."""
        elsewhere = digest.stands_in if digest else ""
        return file_stem(elsewhere or self._topic, "topic")


def _newness(known: _Known) -> tuple[bool, int, date]:
    return known.entry.summarized, known.paper.version, known.day


def _nearness(known: _Known) -> tuple[object, ...]:
    """Followed authors and what is near to something first, then as its night had it.

    A score says how a paper stands out among those of its night.
    """
    relevance = known.relevance or Relevance(score=float("-inf"))
    place = bool(relevance.near), relevance.score, age_key(known.paper)
    return known.is_worth_showing, *place


def _merits(known: _Known) -> tuple[object, ...]:
    """A point for each badge; then the newest."""
    return known.is_worth_showing, len(known.entry.badges), age_key(known.paper)


def _tally(papers: Iterable[_Known]) -> Tally:
    tally = Tally()
    for known in papers:
        tally.add(known.entry, known.anchor, known.said)
    return tally
