"""Weeks' and months' posts on the site: what is remembered of them, and their pages."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from chatpaper.fragments import review_html
from chatpaper.periods import (
    UNREADABLE,
    Place,
    Review,
    review_twins,
    shown_review,
    standing_review,
)
from chatpaper.posts import Standing, clean
from chatpaper.site.searching import Found, plain_words
from chatpaper.text import file_stem

log = logging.getLogger(__name__)


class ReviewRow(NamedTuple):
    """A period's post in short.

    Attributes:
        path: Of its twin, below the folder of the posts.
        state: Of its files and its days' posts: read again when it is another one.
        sha: Of all that it says.
        topic, stem: As in the twin.
        period: Its name.
        kind: A week or a month.
        first, last: Its days.
        title: Plain.
        days: Of all posts that it was made from; one that says nothing now may again.
        ids: Papers that it leads to.
    """

    path: str
    state: str
    sha: str
    topic: str
    stem: str
    period: str
    kind: str
    first: str
    last: str
    title: str
    days: tuple[str, ...]
    ids: tuple[str, ...]

    @property
    def page(self) -> str:
        """Of the site."""
        return f"periods/{self.stem}/{self.period}.html"


def review_rows(
    folder: Path, known: Mapping[str, ReviewRow], stems: Collection[str]
) -> Iterator[ReviewRow]:
    """The periods' posts of some topics, oldest first; unchanged ones as known.

    Args:
        folder: Of the posts.
        known: What is remembered, by path.
        stems: Of topics that have a page.
    """
    twins = review_twins(folder)
    gone = Standing(folder).deleted() if twins else frozenset()
    for twin in twins:
        path = twin.relative_to(folder).as_posix()
        before = known.get(path)
        if before and before.state == _state(twin, before.days, gone):
            row: ReviewRow | None = before
        else:
            row = _row(twin, path, gone)
        if row and row.ids and row.stem in stems:
            yield row


def _row(twin: Path, path: str, gone: frozenset[Path]) -> ReviewRow | None:
    try:
        standing = standing_review(twin, gone)
    except UNREADABLE:
        log.warning("not the twin of a period's post: %s", twin)
        return None
    review = standing.review
    said = [e.id for e in review.papers] + [n.id for n in review.news]
    days = tuple(day.isoformat() for day in standing.days)
    return ReviewRow(
        path=path,
        state=_state(twin, days, gone),
        sha=standing.sha,
        topic=review.topic,
        stem=review.stem,
        period=review.period.name,
        kind=review.kind,
        first=review.first.isoformat(),
        last=review.last.isoformat(),
        title=clean(shown_review(review).title),
        days=days,
        ids=tuple(dict.fromkeys(said)),
    )


def _state(twin: Path, days: Collection[str], gone: frozenset[Path]) -> str:
    folder = twin.parent.parent
    files = [twin, twin.with_suffix(".md")]
    for day in days:
        files += sorted((folder / day).glob("*.md"))
    facts = [f"{f.stat().st_mtime_ns} {f.stat().st_size}" for f in files if f.exists()]
    # Whether a post without its Markdown was deleted or moved hangs on all the others.
    facts += sorted(path.as_posix() for path in gone if path.parent.name in days)
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:24]


def read_review_of(folder: Path, row: ReviewRow) -> Review:
    """The post of a row, as it stands."""
    return standing_review(folder / row.path).review


def place_url_below(
    root: str, papers: Collection[str]
) -> Callable[[Place], str | None]:
    """Where a paper of the site is read: its page, which has all statements."""
    return lambda at: (
        f"{root}papers/{file_stem(at.id, 'paper')}.html" if at.id in papers else None
    )


def shown_period(review: Review, papers: Collection[str]) -> dict[str, object]:
    """What the page of a period's post shows."""
    shown = shown_review(review)
    return {"body": review_html(shown, place_url_below("../../", papers))}


def found_reviews(
    folder: Path, rows: Iterable[ReviewRow], pages: Collection[str]
) -> Iterator[Found]:
    """What the search knows of those posts that have one of these pages."""
    for row in rows:
        if row.page in pages:
            words = plain_words(_text_of(read_review_of(folder, row)))
            yield Found(url=row.page, title=row.title, original="", text=words)


def _text_of(review: Review) -> str:
    """Its titles and sentences."""
    shown = shown_review(review)
    lines = [
        piece.text
        for part in shown.parts
        for listing in part.lists
        for item in listing.items
        for line in item
        for piece in line
    ]
    return "\n".join(dict.fromkeys(lines))
