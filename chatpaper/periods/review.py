"""What a week or a month brought, as records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from chatpaper.periods.calendar import Kind, Period
from chatpaper.records import Check, Claim, Interest, Paper

Measure = Literal["data", "name", "keyword", "venue"]
Change = Literal["correction", "withdrawal", "version"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A paper of the period, in a line.

    Attributes:
        id, version: Of its newest entry.
        title: As its source has it.
        translated: In the post's language; empty where there is none.
        url: Its page; None when it has none.
        day: Of the post with that entry.
        badges: As the day's post has them.
        stem: File name of that post: another topic's where that has the entry.
        near: What of the reader's interests it is near to.
        summarized: Whether the entry has a summary.
        counted: Whether it has statements that a judge found borne out, and that bear
            no mark: only these are counted.
    """

    id: str
    version: int
    title: str
    translated: str
    url: str | None
    day: date
    stem: str
    badges: tuple[str, ...] = ()
    near: tuple[Interest, ...] = ()
    summarized: bool = True
    counted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement as it stands in the day's post.

    Attributes:
        claim, check: As recorded.
        anchor: Its own in that post.
    """

    claim: Claim
    check: Check
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A paper that is shown in short: what it is about, with its pages and marks."""

    paper: Paper
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Where a paper says what is counted.

    Attributes:
        id: Of the paper, without version.
        day: Of the post.
        stem: File name of that post.
        anchor: Of the statement in it; of the entry, for a venue.
    """

    id: str
    day: date
    stem: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many papers of the period say something, and how many did before.

    Attributes:
        measure: What is counted.
        word: As most papers spell it.
        mentions: One a paper, in the order of the papers.
        before: Papers of the period before.
        moved: Whether the change is more than chance would bring.
    """

    measure: Measure
    word: str
    mentions: tuple[Mention, ...]
    before: int
    moved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What became of a paper that was posted.

    Attributes:
        change: What happened.
        id, title: Of the paper.
        day, stem: Of the post that says so.
        words: What the line adds: `v1 → v2`, or who wrote the summary anew.
    """

    change: Change
    id: str
    title: str
    day: date
    stem: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A week or a month of one topic.

    Attributes:
        topic: Its name.
        kind, first, last: The period.
        language: Of the fixed words.
        stem: File name of the topic's posts, without suffix.
        link: Address of a day's post, with slots for its day and stem.
        days: On which there is a post.
        ranked: Whether the papers were compared with somebody's interests.
        papers: Each once, those first that are shown in short.
        leads: The first papers, in short.
        counts: What was counted, by measure, the most frequent first.
        counted, counted_before: Papers whose statements count, in each period.
        papers_before: Of the period before; None when it has no post.
        listed: How many papers are named in the days' posts by their titles alone.
        news: Corrections, withdrawals and new versions.
        made_of: Short hashes of the days' twins, by day, so that it is known when a
            post was changed since.
    """

    topic: str
    kind: Kind
    first: date
    last: date
    language: str
    stem: str
    link: str
    days: tuple[date, ...]
    ranked: bool
    papers: tuple[Entry, ...]
    leads: tuple[Lead, ...]
    counts: tuple[Count, ...]
    counted: int
    counted_before: int
    papers_before: int | None
    listed: int = 0
    news: tuple[News, ...] = ()
    made_of: tuple[tuple[date, str], ...] = ()

    @property
    def period(self) -> Period:
        """The week or month."""
        return Period(self.kind, self.first, self.last)
