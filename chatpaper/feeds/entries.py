"""Posts in, the newest entries of each feed out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, tzinfo

from markupsafe import Markup

from chatpaper.feeds.feed import FeedEntry, id_of
from chatpaper.fragments import (
    PictureUrl,
    entry_html,
    entry_of,
    update_html,
    update_of,
)
from chatpaper.posts import (
    Phrases,
    clean,
    is_summarized,
    printed_claim,
    safe_url,
    shown_claims,
    withdrawal_words,
)
from chatpaper.records import Digest, Paper, Post, Update

MAX_ENTRIES = 60  # two nights; about a megabyte, which readers fetch every hour
PaperUrl = Callable[[Paper], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What an entry will be made of.

    Attributes:
        of: A paper's digest, or its new version.
        days: Of the posts that first and last showed it.
        topics: Of these posts.
        stem: Of the last of them.
    """

    of: Digest | Update
    days: tuple[date, date]
    topics: tuple[str, ...]
    stem: str


class Newest:
    """The newest items of one feed, each id once, while posts go by from old to new."""

    def __init__(self, first: Mapping[str, int] | None = None) -> None:
        """Begin a feed.

        Args:
            first: Version of each paper when it first came, where posts before those
                that are added had it.
        """
        self._items: dict[str, Item] = {}  # oldest first
        self._first = {**(first or {})}

    def add(self, post: Post) -> None:
        """Take in one post."""
        for update in reversed(post.updates):
            self._put(id_of(update.paper, version=True), update, post)
        for digest in reversed(post.digests):
            paper = digest.paper
            first = self._first.setdefault(paper.id, paper.version)
            self._put(id_of(paper, version=paper.version > first), digest, post)

    def _put(self, key: str, of: Digest | Update, post: Post) -> None:
        known = self._items.get(key)
        item = Item(of=of, days=(post.day,) * 2, topics=(post.topic,), stem=post.stem)
        if known is not None:
            topics = tuple(dict.fromkeys((*known.topics, post.topic)))
            if _rank(of) <= _rank(known.of):
                self._items[key] = replace(known, topics=topics)
                return
            item = replace(item, days=(known.days[0], post.day), topics=topics)
            del self._items[key]
        self._items[key] = item
        if len(self._items) > MAX_ENTRIES:
            del self._items[next(iter(self._items))]

    def items(self) -> list[tuple[str, Item]]:
        """Ids and items, newest first."""
        return [*reversed(self._items.items())]


def _rank(of: Digest | Update) -> tuple[bool, bool]:
    """A summary tells more than a change, and a change more than a failure."""
    if isinstance(of, Update):
        return (True, False)
    return (is_summarized(of), is_summarized(of))


def topics_and_all(posts: Iterable[Post]) -> Mapping[str, tuple[str, Newest]]:
    """The newest of each topic with its name, by the stem of its posts.

    All topics together stand under an empty stem and name.

    Args:
        posts: Oldest first; gone through once.
    """
    by_stem = {"": ("", Newest())}
    for post in posts:
        _, newest = by_stem.setdefault(post.stem, (post.topic, Newest()))
        newest.add(post)
        by_stem[""][1].add(post)
    return by_stem


def entries_of(
    newest: Newest,
    say: Phrases,
    zone: tzinfo | None,
    *,
    paper_url: PaperUrl = lambda paper: paper.abs_url,
    picture_url: Callable[[Item], PictureUrl] = lambda _: lambda _: None,
) -> tuple[FeedEntry, ...]:
    """The entries, newest first.

    Args:
        newest: What they are of.
        say: The fixed words.
        zone: Whose midnight a day begins with; None for the system's.
        paper_url: Where a paper is read on; by default on arXiv.
        picture_url: Where an item's pictures lie; by default nowhere.
    """
    entries = []
    for key, item in newest.items():
        of = item.of
        if isinstance(of, Update):
            shown = update_of(of, say)
            gone = withdrawal_words(Digest(paper=of.paper), say)
            label = say.withdrawal if gone else say.updated
            title = f"{label}{say.colon}{shown.plain_title}"
            content, summary = update_html(shown, say), ""
        else:
            title, content = _entry(of, say, picture_url(item))
            summary = _lead(of)
        first, last = (_midnight(day, zone) for day in item.days)
        entries.append(
            FeedEntry(
                id=key,
                title=title,
                summary=summary,
                content=str(content),
                url=safe_url(paper_url(of.paper)),
                authors=tuple(filter(None, map(clean, of.paper.authors))),
                topics=tuple(filter(None, map(clean, item.topics))),
                published=first,
                updated=max([last, *_changed(of, zone)]),
            )
        )
    return tuple(entries)


def _entry(digest: Digest, say: Phrases, urls: PictureUrl) -> tuple[str, Markup]:
    """Title and content; what of the two titles is not the title opens the content."""
    entry = entry_of(digest, say, urls)
    title = entry.plain_translated or entry.plain_title
    translated = bool(entry.plain_translated)
    return title, entry_html(
        entry, say, head="original" if translated else "translated"
    )


def _lead(digest: Digest) -> str:
    return " ".join(printed_claim(c.claim) for c in shown_claims(digest, "abstract"))


def _changed(of: Digest | Update, zone: tzinfo | None) -> Iterator[datetime]:
    """When a summary was made, and became another; when its paper was withdrawn."""
    if isinstance(of, Digest):
        days = [correction.on for correction in of.corrections]
        days += [of.withdrawn_on] if of.withdrawn_on else []
        yield from (_midnight(day, zone) for day in days)
        if of.provenance is not None:
            yield of.provenance.made_at.astimezone(UTC)


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    begins = datetime.combine(day, time(), zone)
    return begins.astimezone(UTC)  # without a zone it is taken for the system's
