"""The message about a week's or a month's post."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from chatpaper.delivery.composing import (
    MAX_CLAIM_CHARS,
    MAX_CORRECTED,
    MAX_TITLE_CHARS,
    address_in,
    words_in,
)
from chatpaper.delivery.message import Line, Message, Part, Span, inert
from chatpaper.periods import (
    Entry,
    Lead,
    Place,
    Review,
    changes_in,
    moved_sentence,
    shown_review,
)
from chatpaper.posts import entry_anchor, marks, phrases_in, printed_claim

MAX_MOVED_CHARS = 600


def compose_review(review: Review, *, language: str, site_url: str) -> Message:
    """The message about a period's post.

    Args:
        review: What stands in it.
        language: Of the fixed words.
        site_url: As for `compose_post`.
    """
    say, shown, period = words_in(language), shown_review(review), review.period
    subject = inert(shown.title)
    # Its folder is called like the period; it is dated the day after.
    dated = review.last + timedelta(days=1)
    url = address_in(site_url, period.name, dated, review.stem)
    entries = {entry.id: entry for entry in review.papers}
    parts = tuple(
        Part(
            item=lead.paper.versioned_id,
            lines=tuple(_lead(nth, lead, entries[lead.paper.id], review, site_url)),
        )
        for nth, lead in enumerate(review.leads, 1)
    )
    moved = moved_sentence(review)
    foot: list[Line] = [(Span(inert(moved, MAX_MOVED_CHARS)),)] if moved else []
    foot += _news(review, site_url)
    if len(review.papers) > len(review.leads):
        foot.append((Span(shown.parts[-1].heading, url),))
    foot.append((Span(say.caution),))
    return Message(
        subject=subject,
        topic=review.topic,
        day=review.last,
        items=(period.name,),
        head=((Span(subject, url, strong=True),), (Span(shown.notice[0]),)),
        parts=parts,
        foot=tuple(foot),
        more=say.more,
        more_url=url,
    )


def _lead(
    number: int, lead: Lead, entry: Entry, review: Review, site_url: str
) -> Iterator[Line]:
    phrases = phrases_in(review.language)
    title = inert(entry.title, MAX_TITLE_CHARS)
    translated = inert(entry.translated, MAX_TITLE_CHARS)
    place = Place(entry.id, entry.day, entry.stem, entry_anchor(entry.id))
    url = _address(place, site_url)
    yield Span(f"{number}."), Span(translated or title, url or entry.url)
    if translated:
        yield (Span(title, entry.url if url else None),)
    told = [
        " ".join([printed_claim(own.claim), *marks(own.check, phrases)])
        for own in lead.statements
    ]
    # A sentence that is cut would lose its marks.
    claim = inert(" ".join(told), 10 * MAX_CLAIM_CHARS)
    if claim and len(claim) <= MAX_CLAIM_CHARS:
        yield (Span(claim),)


def _news(review: Review, site_url: str) -> Iterator[Line]:
    """Corrections, withdrawals and new versions, the first of them."""
    words, colon = changes_in(review.language), phrases_in(review.language).colon
    for news in review.news[:MAX_CORRECTED]:
        place = Place(news.id, news.day, news.stem, entry_anchor(news.id))
        title = Span(inert(news.title, MAX_TITLE_CHARS), _address(place, site_url))
        more = (Span(inert(news.words)),) if news.words else ()
        yield (Span(f"{words[news.change]}{colon}".strip()), title, *more)


def _address(place: Place, site_url: str) -> str | None:
    """Where an entry is on the blog; None where nobody said where that is."""
    day = place.day
    url = address_in(site_url, day.isoformat(), day, place.stem)
    return f"{url}#{place.anchor}" if url else None
