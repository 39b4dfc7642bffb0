"""Papers that arXiv announced today, from its feed of a category.

Only a feed says which papers are new, cross-listed or replaced. It has no comments and
no dates of submission, and no feed of an earlier day can be fetched; the papers that
fit a topic are completed through the API.

Source:
    https://info.arxiv.org/help/rss.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal, cast

from chatpaper.errors import ConfigError
from chatpaper.net import WorthWaiting
from chatpaper.records import Paper, Topic
from chatpaper.sources.arxiv.calendar import (
    DAY,
    EASTERN,
    expected_empty,
    latest_feed_day,
)
from chatpaper.sources.authors import names_in
from chatpaper.sources.identifier import abs_url, is_category, parse_id, pdf_url
from chatpaper.sources.local_query import matches, refuse_unreadable, why_unwanted
from chatpaper.sources.source import Found, count_reasons, newest_first
from chatpaper.text import decode

if TYPE_CHECKING:
    from lxml import etree

RSS_URL = "https://rss.arxiv.org"

Kind = Literal["new", "cross", "replace", "replace-cross"]
_KINDS = ("new", "cross", "replace", "replace-cross")


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One entry of a feed: how the paper was announced, and its record."""

    kind: Kind
    paper: Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A day's announcement.

    Attributes:
        day: Eastern day of the feed; None when the feed has no date.
        entries: In the feed's order.
    """

    day: date | None
    entries: tuple[Announcement, ...]


def find_announced(
    topic: Topic,
    since: datetime,
    until: datetime,
    max_papers: int,
    *,
    read: Callable[[Sequence[str]], Feed],
    complete: Callable[[Sequence[str]], tuple[Paper, ...]],
    now: datetime,
) -> Found:
    """Papers of a topic in the newest announcement of its categories.

    Args:
        topic: Needs categories; its queries are matched against title, abstract and
            authors, for a feed has no more.
        since: An announcement before this moment is left alone; aware.
        until: One after this moment, too; aware.
        max_papers: New papers completed, in the feed's order.
        read: Fetches the feed of some categories.
        complete: Full records for ids, newest version each.
        now: Aware, to know which announcement should be there.

    Raises:
        ConfigError: A topic without categories, or a query that cannot be read.
        FetchError: From `read` and `complete`.
    """
    if not topic.categories:
        raise ConfigError(
            f"topic {topic.name!r}", "announcements are read by category: name some"
        )
    refuse_unreadable(topic)
    feed = read(topic.categories)
    asked = f"announced in {'+'.join(topic.categories)} on {feed.day or 'no day'}"
    notes = tuple(_doubts(feed, now))
    if not _is_within(feed, since, until):
        note = f"the feed holds the announcement of {feed.day} alone"
        return Found(papers=(), query=asked, total=0, notes=(*notes, note))
    excluded: Counter[str] = Counter()
    new: dict[str, Paper] = {}
    replaced: dict[str, Paper] = {}
    matching = [entry for entry in feed.entries if matches(topic, entry.paper)]
    for entry in matching:
        if reason := why_unwanted(topic, entry.paper):
            excluded[reason] += 1
        elif entry.kind in ("new", "cross"):
            new[entry.paper.id] = entry.paper
        else:
            excluded["announced as a replacement"] += 1
            replaced[entry.paper.id] = entry.paper
    excluded["over the limit"] = max(0, len(new) - max_papers)
    wanted = [*list(new)[:max_papers], *replaced]
    full = {paper.id: paper for paper in complete(wanted)} if wanted else {}
    # The API may lag behind the feed: the feed's own record is better than none.
    papers = [full.get(name) or new.get(name) or replaced[name] for name in wanted]
    return Found(
        papers=newest_first([paper for paper in papers if paper.id in new]),
        query=asked,
        total=len(matching),
        excluded=count_reasons(excluded),
        updates=newest_first([paper for paper in papers if paper.id not in new]),
        notes=notes,
    )


def parse_feed(url: str, content: bytes) -> Feed:
    """Read an RSS or Atom feed of arXiv's, fetched from `url`.

    Raises:
        WorthWaiting: Something else, or a feed cut short.
    """
    from lxml import etree

    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise WorthWaiting(url, "the reply is cut short, or no feed") from error
    tag = etree.QName(root).localname
    if tag not in ("rss", "feed"):
        raise WorthWaiting(url, f"the reply is no feed but <{tag}>")
    nodes = root.iterfind(".//{*}item" if tag == "rss" else "{*}entry")
    entries = (_entry(node) for node in nodes)
    return Feed(day=_day(root), entries=tuple(e for e in entries if e is not None))


def _entry(node: etree._Element) -> Announcement | None:
    text = _text(node, "description") or _text(node, "summary")
    named = parse_id(
        re.sub(r"(?i)^oai:arxiv\.org:", "", _text(node, "guid") or _text(node, "id"))
    )
    kind = _text(node, "announce_type") or _after("Announce Type:", text).split(" ")[0]
    if named is None or kind not in _KINDS:
        return None
    version = named.version or 1
    terms = (
        c.get("term") or (c.text or "").strip() for c in node.iterfind("{*}category")
    )
    categories = tuple(filter(is_category, terms))
    paper = Paper(
        id=named.base,
        version=version,
        title=decode(_text(node, "title")),
        authors=_authors(node),
        abstract=decode(_after("Abstract:", text)),
        primary_category=categories[0] if categories else "",
        categories=categories,
        abs_url=abs_url(named.base, version),
        pdf_url=pdf_url(named.base, version),
    )
    return Announcement(kind=cast("Kind", kind), paper=paper)


def _authors(node: etree._Element) -> tuple[str, ...]:
    """From RSS, where one element names them all, or from Atom, where each has one."""
    found = [*node.iterfind("{*}creator"), *node.iterfind("{*}author/{*}name")]
    lines = ("".join(map(str, element.itertext())) for element in found)
    names = (decode(name) for line in lines for name in names_in(line))
    return tuple(dict.fromkeys(filter(None, names)))


def _text(node: etree._Element, tag: str) -> str:
    return " ".join(node.findtext(f"{{*}}{tag}", "").split())


def _after(mark: str, text: str) -> str:
    return text.partition(mark)[2].strip()


def _day(root: etree._Element) -> date | None:
    channel = root.find("{*}channel")
    head = root if channel is None else channel
    for tag, read in (
        ("pubDate", parsedate_to_datetime),
        ("lastBuildDate", parsedate_to_datetime),
        ("updated", datetime.fromisoformat),
    ):
        try:
            return read(_text(head, tag)).astimezone(EASTERN).date()
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def _is_within(feed: Feed, since: datetime, until: datetime) -> bool:
    return feed.day is None or since <= _midnight(feed.day) <= until


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), EASTERN).astimezone(UTC)


def _doubts(feed: Feed, now: datetime) -> Iterator[str]:
    expected = latest_feed_day(now)
    if feed.day is None:
        yield "the feed does not say of which day it is"
    elif feed.day < expected:
        yield f"the feed is stale: it is of {feed.day}, but {expected} should be there"
    elif not feed.entries:
        quiet = expected_empty(_midnight(feed.day - DAY), _midnight(feed.day))
        yield (
            f"the feed is empty: {quiet.sentence}"
            if quiet
            else f"the feed of {feed.day} is empty, though an announcement was due"
        )
