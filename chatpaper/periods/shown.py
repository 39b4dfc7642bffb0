"""A period's post as words and where they lead, for whatever shows it but the post.

The post itself (`page`) is Markdown for a blog, and its gate holds it against the
days' twins. A site, a feed, a note and a message say the same in their own markup, as
far as the post on the disk still says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from chatpaper.periods.page import (
    MAX_LINKS,
    MAX_LISTED,
    MAX_NEWS,
    MEASURES,
    count_words,
    counting_words,
    counts_of,
    moved_words,
    notice_lines,
    too_few,
)
from chatpaper.periods.review import Count, Entry, Lead, Review
from chatpaper.periods.words import Words, words_in
from chatpaper.posts import (
    Phrases,
    entry_anchor,
    located_quotes,
    marks,
    phrases_in,
    printed_claim,
)


class Place(NamedTuple):
    """A place in a day's post.

    Attributes:
        id: Of the paper.
        day, stem: Of the post.
        anchor: Of the entry, or of a statement in it.
    """

    id: str
    day: date
    stem: str
    anchor: str


class Piece(NamedTuple):
    """Some words of a line.

    Attributes:
        text: Foreign words, still to be escaped, or ours.
        to: Where they lead: a place, an address, or nowhere.
        kind: `words`, a `badge`, or the `mark` of a statement.
    """

    text: str
    to: Place | str | None = None
    kind: str = "words"


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list.

    Attributes:
        items: Each of one line or several.
        label: Above it; may be empty.
        first: Number of the first item; 0 for a list without numbers.
    """

    items: tuple[tuple[Line, ...], ...]
    label: str = ""
    first: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part under its heading: sentences, then lists."""

    heading: str
    words: tuple[str, ...]
    lists: tuple[Listing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReview:
    """A period's post.

    Attributes:
        title: Of the post.
        notice: What it is of, and where its words come from.
        parts: Those that have something to say.
    """

    title: str
    notice: tuple[str, ...]
    parts: tuple[Part, ...]


def title_of(review: Review, pattern: str = "") -> str:
    """The title of a period's post; `pattern` as in `render_review`."""
    words, period = words_in(review.language), review.period
    return (pattern or words.titles[review.kind]).format(
        topic=review.topic,
        period=period.name,
        span=words.span.format(first=period.first, last=period.last),
        count=len(review.papers),
    )


def moved_sentence(review: Review) -> str:
    """What moved more than by chance; empty where too little was counted."""
    return "" if any(too_few(review)) else moved_words(review)


def shown_review(review: Review, pattern: str = "") -> ShownReview:
    """What a period's post says.

    Args:
        review: Its records.
        pattern: Of the title; empty for the usual.
    """
    shower = _Shower(review)
    return ShownReview(
        title=title_of(review, pattern),
        notice=notice_lines(review),
        parts=tuple(shower.parts()),
    )


class _Shower:
    def __init__(self, review: Review) -> None:
        self.review = review
        self.say: Phrases = phrases_in(review.language)
        self.words: Words = words_in(review.language)
        self.numbers = {e.id: n for n, e in enumerate(review.papers, 1)}

    def parts(self) -> Iterator[Part]:
        review, words = self.review, self.words
        if review.leads:
            entries = {entry.id: entry for entry in review.papers}
            yield Part(
                heading=words.best.format(n=len(review.leads)),
                words=(words.by_interests if review.ranked else words.by_merits,),
                lists=(
                    Listing(
                        items=tuple(
                            self._lead(lead, entries[lead.paper.id])
                            for lead in review.leads
                        ),
                        first=1,
                    ),
                ),
            )
        yield self._moved()
        if review.news:
            news = tuple((self._news(nth),) for nth in range(len(review.news)))
            shown = Listing(items=news[:MAX_NEWS])
            yield Part(heading=words.news, words=(), lists=(shown,))
        first = len(review.leads)
        if rest := review.papers[first:]:
            listed = tuple((self._titled(entry),) for entry in rest[:MAX_LISTED])
            more = words.more_papers.format(n=len(rest) - MAX_LISTED).rstrip("：:")
            yield Part(
                heading=words.rest.format(n=len(rest)),
                words=(more,) if len(rest) > MAX_LISTED else (),
                lists=(Listing(items=listed, first=first + 1),),
            )

    def _lead(self, lead: Lead, entry: Entry) -> tuple[Line, ...]:
        paper = lead.paper
        said: list[Piece] = []
        for own in lead.statements:
            said.append(Piece(printed_claim(own.claim)))
            said += [
                Piece(f"[{self.say.page.format(page=page)}]", paper.page_url(page))
                for page in located_quotes(own.claim, own.check)
            ]
            said += [Piece(mark, None, "mark") for mark in marks(own.check, self.say)]
        prefix = "arXiv:" if paper.source == "arxiv" else ""
        facts = [Piece(entry.title)] if entry.translated else []
        facts += [
            Piece(prefix + paper.versioned_id, paper.abs_url),
            Piece(entry.day.isoformat()),
        ]
        dotted = tuple(piece for fact in facts for piece in (Piece("·"), fact))[1:]
        return tuple(filter(None, (self._titled(entry), tuple(said), dotted)))

    def _titled(self, entry: Entry) -> Line:
        place = Place(entry.id, entry.day, entry.stem, entry_anchor(entry.id))
        badges = [Piece(badge, None, "badge") for badge in entry.badges]
        if not entry.summarized:
            badges.append(Piece(self.words.failed, None, "badge"))
        return (Piece(entry.translated or entry.title, place), *badges)

    def _moved(self) -> Part:
        review, words = self.review, self.words
        said = counting_words(review, words, words.arrow_elsewhere)
        lists = []
        for measure in MEASURES:
            counts = counts_of(review, measure)
            items = tuple((self._count(count),) for count in counts)
            if items:
                lists.append(Listing(items=items, label=words.measures[measure]))
        return Part(heading=words.moved, words=tuple(said), lists=tuple(lists))

    def _count(self, count: Count) -> Line:
        links = [
            Piece(str(self.numbers[m.id]), Place(m.id, m.day, m.stem, m.anchor))
            for m in count.mentions[:MAX_LINKS]
            if m.id in self.numbers
        ]
        return (Piece(f"{count_words(self.review, count)} →"), *links)

    def _news(self, nth: int) -> Line:
        news = self.review.news[nth]
        place = Place(news.id, news.day, news.stem, entry_anchor(news.id))
        what = f"{self.words.changes[news.change]}{self.say.colon}".strip()
        more = (Piece(news.words),) if news.words else ()
        return (Piece(what), Piece(news.title, place), *more)
