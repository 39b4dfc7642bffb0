"""Entries of weeks' and months' posts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from chatpaper.feeds.entries import MAX_ENTRIES
from chatpaper.feeds.feed import FeedEntry, urn_of
from chatpaper.fragments import review_html
from chatpaper.periods import Place, Review, StandingReview, shown_review
from chatpaper.posts import clean


def review_entry(
    standing: StandingReview,
    zone: tzinfo | None,
    *,
    url: str | None = None,
    place_url: Callable[[Place], str | None] | None = None,
) -> FeedEntry:
    """The entry of one post; its id is that of its topic and period.

    Args:
        standing: The post.
        zone: Whose midnight begins a day; None for the system's.
        url: Where it is read.
        place_url: Where an entry of a day's post is read; by default the paper's page.
    """
    review = standing.review
    shown = shown_review(review)
    published = _midnight(review.last + timedelta(days=1), zone)
    renewed = standing.renewed_on
    return FeedEntry(
        id=urn_of(f"{review.topic} {review.period.name}"),
        title=shown.title,
        summary=shown.notice[0],
        content=str(review_html(shown, place_url or _papers_of(review))),
        url=url,
        authors=(),
        topics=(clean(review.topic),),
        published=published,
        updated=max(published, _midnight(renewed, zone)) if renewed else published,
    )


def with_reviews(
    entries: Iterable[FeedEntry], reviews: Iterable[FeedEntry]
) -> tuple[FeedEntry, ...]:
    """Entries of papers and of periods, newest first, no more than a feed takes."""
    rest = sorted(reviews, key=lambda each: each.published, reverse=True)
    merged: list[FeedEntry] = []
    for entry in entries:
        # A period is over when the next day's papers come.
        while rest and rest[0].published > entry.published:
            merged.append(rest.pop(0))
        merged.append(entry)
    return (*merged, *rest)[:MAX_ENTRIES]


def _papers_of(review: Review) -> Callable[[Place], str | None]:
    urls = {entry.id: entry.url for entry in review.papers}
    return lambda place: urls.get(place.id)


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
