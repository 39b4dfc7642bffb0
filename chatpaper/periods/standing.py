"""Periods' posts on the disk, as far as they and the days' posts still say it.

What somebody took out of one of them by hand is told nowhere, by the rules of
`posts.standing`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from chatpaper.periods.calendar import named_period
from chatpaper.periods.page import MAX_LISTED, entry_address
from chatpaper.periods.review import Entry, Lead, Review, Statement
from chatpaper.periods.twin import read_review, sha256_of
from chatpaper.posts import (
    CheckedClaim,
    Shown,
    Standing,
    claim_words,
    deleted_among,
    entry_anchor,
    read_markdown,
    read_twin,
)

log = logging.getLogger(__name__)

# What a file that is none of ours may raise; its pattern of links is anybody's.
UNREADABLE = (OSError, ValueError, LookupError, AttributeError)


def review_twins(folder: Path) -> list[Path]:
    """Twins of the periods' posts that nobody has deleted, oldest first."""
    twins = [
        (period.last, twin)
        for twin in folder.glob("[0-9][0-9][0-9][0-9]-*/*.json")
        if (period := named_period(twin.parent.name))
    ]
    gone = deleted_among([twin for _, twin in twins])
    return [twin for _, twin in sorted(twins) if twin not in gone]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingReview:
    """A period's post without what was taken out of it, or of the days' posts, by hand.

    Attributes:
        review: Its records.
        markdown: Its file; empty where it is not there.
        renewed_on: As in its twin.
        days: Whose posts it was made from, also those of which nothing is left in it.
        sha: Of all that these depend on.
    """

    review: Review
    markdown: str
    renewed_on: date | None
    days: tuple[date, ...]
    sha: str


def standing_reviews(folder: Path, newest: int = 0) -> Iterator[StandingReview]:
    """The periods' posts of a folder, oldest first.

    Args:
        folder: Of the posts.
        newest: Only so many; by default all.
    """
    twins = review_twins(folder)[-newest:]
    gone = Standing(folder).deleted() if twins else frozenset()
    for twin in twins:
        try:
            standing = standing_review(twin, gone)
        except UNREADABLE:
            log.warning("not the twin of a period's post: %s", twin)
            continue
        review = standing.review
        if review.papers or review.news:
            yield standing


def standing_review(twin: Path, gone: frozenset[Path] | None = None) -> StandingReview:
    """One of them.

    Args:
        twin: Of the post.
        gone: Twins of days' posts that were deleted; by default they are looked for.

    Raises:
        OSError: A file cannot be read.
        ValueError: It is no twin of a period's post.
    """
    text = twin.read_text(encoding="utf-8")
    read = read_review(text)
    markdown = read_markdown(twin)
    is_whole = markdown is None or sha256_of(markdown) == read.markdown_sha256
    folder = twin.parent.parent
    days = _Days(folder, Standing(folder).deleted() if gone is None else gone)
    made_from = {e.day for e in read.review.papers}
    made_from |= {n.day for n in read.review.news}
    own = None if is_whole else Shown.by(markdown or "")
    review = _without(read.review, own, days)
    return StandingReview(
        review=review,
        markdown=markdown or "",
        renewed_on=read.renewed_on,
        days=tuple(sorted(made_from)),
        sha=sha256_of("\n".join([text, markdown or "", *days.hashes()])),
    )


class _Days:
    """The Markdown of the days' posts, read once."""

    def __init__(self, folder: Path, gone: frozenset[Path]) -> None:
        self._folder, self._gone = folder, gone
        self._read: dict[tuple[date, str], tuple[str, Shown | None]] = {}

    def has(self, line: str, day: date, stem: str) -> bool:
        """Whether a day's post has some words; one that was moved has all."""
        if (day, stem) not in self._read:
            twin = self._folder / day.isoformat() / f"{stem}.json"
            text = "" if twin in self._gone else read_markdown(twin)
            is_known = text is not None and not _is_of_format_1(twin, text)
            shown = Shown.by(text or "") if is_known else None
            self._read[day, stem] = text or "", shown
        _, shown = self._read[day, stem]
        return shown is None or shown.has(line)

    def hashes(self) -> Iterator[str]:
        """Of what was read."""
        for _, (text, _shown) in sorted(self._read.items()):
            yield sha256_of(text)


def _is_of_format_1(twin: Path, text: str) -> bool:
    # Posts of chatpaper 0.1.0 had no anchors; nor has one without any entry.
    if not text or "<a id=" in text:
        return False
    return read_twin(twin.read_text(encoding="utf-8")).format == 1


def _without(review: Review, own: Shown | None, days: _Days) -> Review:
    def stands(day: date, stem: str, paper_id: str) -> bool:
        anchor = entry_anchor(paper_id)
        address = entry_address(review, day, stem, anchor)
        is_here = own is None or own.has(f"({address})")
        return is_here and days.has(_anchored(anchor), day, stem)

    n_listed = len(review.leads) + MAX_LISTED
    papers = (*(e for e in review.papers[:n_listed] if stands(e.day, e.stem, e.id)),)
    papers += review.papers[n_listed:]
    kept = {entry.id: entry for entry in papers}
    return replace(
        review,
        papers=papers,
        leads=tuple(
            _lead(lead, kept[lead.paper.id], own, days)
            for lead in review.leads
            if lead.paper.id in kept
        ),
        counts=tuple(
            replace(
                count,
                mentions=tuple(
                    m
                    for m in count.mentions
                    if m.id in kept and days.has(_anchored(m.anchor), m.day, m.stem)
                ),
            )
            for count in review.counts
        ),
        news=tuple(n for n in review.news if stands(n.day, n.stem, n.id)),
    )


def _anchored(anchor: str) -> str:
    return f'<a id="{anchor}"></a>'


def _lead(lead: Lead, entry: Entry, own: Shown | None, days: _Days) -> Lead:
    """A paper in short, without statements that are not in both posts any more."""

    def stands(statement: Statement) -> bool:
        words = claim_words(_checked(statement))
        is_here = own is None or own.has(words)
        return is_here and days.has(words, entry.day, entry.stem)

    return replace(lead, statements=tuple(filter(stands, lead.statements)))


def _checked(own: Statement) -> CheckedClaim:
    claim, check = own.claim, own.check
    return CheckedClaim(claim=claim, check=check, anchor=own.anchor, barred=None)
