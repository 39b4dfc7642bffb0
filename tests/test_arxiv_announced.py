"""Papers from arXiv's announcement feed, over real HTTP."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from asking import (
    END,
    GAN,
    NOT_XML,
    START,
    XHTML,
    Make,
    record,
    without_entries,
)
from chatpaper.errors import ConfigError, FetchError
from chatpaper.records import Topic
from chatpaper.sources.arxiv import ArxivSource, parse_feed
from servers.arxiv import ArxivStandIn, Fault, Record

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)  # the feed of Sunday's announcement
SUNDAY_EVENING = datetime(2026, 11, 23, 1, tzinfo=UTC)


def announced(number: int, **changes: object) -> Record:
    """A record announced on Sunday evening, Eastern time."""
    facts: dict[str, object] = {"announced_at": SUNDAY_EVENING}
    return record(number, **{**facts, **changes})


@pytest.fixture
def today(arxiv: ArxivStandIn, make: Make) -> ArxivSource:
    """A source whose clock, and whose arXiv's, stand at Monday morning."""
    arxiv.now = lambda: MONDAY
    return make(now=MONDAY)


ANNOUNCED = Topic(
    name="GAN", queries=GAN.queries, categories=("cs.CV",), find="announced"
)


def test_the_feed_tells_new_from_cross_and_replaced(
    arxiv: ArxivStandIn, today: ArxivSource
) -> None:
    """New papers and cross-lists are found, replacements are updates."""
    arxiv.records = [
        announced(1, comment="8 pages"),
        announced(2, categories=("stat.ML", "cs.CV")),
        announced(3, version=2),
        announced(4, title="No such word"),
        announced(5, categories=("cs.CL",)),
        record(6, announced_at=SUNDAY_EVENING - timedelta(days=3)),
    ]

    found = today.find(ANNOUNCED, MONDAY - timedelta(days=7), MONDAY, 100)

    assert [p.versioned_id for p in found.papers] == ["2401.00002v1", "2401.00001v1"]
    assert [p.versioned_id for p in found.updates] == ["2401.00003v2"]
    assert found.papers[1].comment == "8 pages"
    assert found.total == 3
    assert found.notes == ()
    assert "2026-11-23" in found.query
    assert arxiv.count("/rss/cs.CV") == 1
    assert arxiv.count("/api") == 1


def test_a_stale_feed_is_told(arxiv: ArxivStandIn, today: ArxivSource) -> None:
    """A feed of last week's day says so in the notes."""
    arxiv.records = [announced(1)]
    arxiv.feed_day = (MONDAY - timedelta(days=3)).date()

    found = today.find(ANNOUNCED, MONDAY - timedelta(days=7), MONDAY, 100)

    assert any("stale" in note and "2026-11-20" in note for note in found.notes)


def test_an_empty_feed_is_told_with_its_reason(
    arxiv: ArxivStandIn, today: ArxivSource, make: Make
) -> None:
    """Empty on a Saturday is the schedule; empty on a Monday is suspicious."""
    monday = today.find(ANNOUNCED, MONDAY - timedelta(days=7), MONDAY, 100)
    saturday = MONDAY - timedelta(days=2)
    arxiv.now = lambda: saturday
    source = make(now=saturday)
    weekend = source.find(ANNOUNCED, saturday - timedelta(days=7), saturday, 100)

    assert "an announcement was due" in monday.notes[0]
    assert "Friday and Saturday" in weekend.notes[0]


def test_a_feed_outside_the_window_is_left_alone(
    arxiv: ArxivStandIn, today: ArxivSource
) -> None:
    """Today's feed answers nothing about last year."""
    arxiv.records = [announced(1)]

    found = today.find(ANNOUNCED, START, END, 100)

    assert found.papers == ()
    assert any("2026-11-23 alone" in note for note in found.notes)


def test_both_ways_find_a_paper_once(arxiv: ArxivStandIn, today: ArxivSource) -> None:
    """Search and feed together: one paper each, whichever way it came."""
    arxiv.records = [
        announced(1, published=MONDAY - timedelta(days=3)),
        announced(2, published=MONDAY - timedelta(days=30)),
        announced(3, abstract="A survey", published=MONDAY - timedelta(days=3)),
    ]
    topic = Topic(
        name="GAN",
        queries=GAN.queries,
        categories=("cs.CV",),
        exclude=("survey",),
        find="both",
    )

    found = today.find(topic, MONDAY - timedelta(days=7), MONDAY, 100)

    assert [p.id for p in found.papers] == ["2401.00001", "2401.00002"]
    assert "submittedDate" in found.query
    assert "announced in cs.CV" in found.query
    assert dict(found.excluded) == {"excluded word 'survey'": 2}


def test_what_the_api_does_not_know_yet_comes_from_the_feed(
    arxiv: ArxivStandIn, today: ArxivSource
) -> None:
    """A paper that only the feed has is not lost; its dates are unknown."""
    arxiv.records = [announced(1, authors=("Ada A", "Bob B"))]
    arxiv.fail("/api", Fault(body=lambda p: without_entries(p).replace(b">1<", b">0<")))

    (paper,) = today.find(ANNOUNCED, MONDAY - timedelta(days=7), MONDAY, 9).papers

    assert paper.versioned_id == "2401.00001v1"
    assert paper.title == "A GAN of kind 1"
    assert paper.authors == ("Ada A", "Bob B")
    assert paper.abstract == "We study things."
    assert paper.published is None
    assert paper.pdf_url == "https://arxiv.org/pdf/2401.00001v1"


def test_announcements_need_categories(today: ArxivSource) -> None:
    """A topic without categories cannot read a feed, and is told to name some."""
    topic = Topic(name="GAN", queries=GAN.queries, find="announced")

    with pytest.raises(ConfigError, match="by category"):
        today.find(topic, START, END, 10)


@pytest.mark.parametrize(
    "body", [NOT_XML, XHTML, b"", b"Rate exceeded.", b"<rss><channel>"], ids=repr
)
def test_a_broken_feed_is_a_named_error(
    arxiv: ArxivStandIn, today: ArxivSource, body: bytes
) -> None:
    """A feed that is none is tried again, and then named."""
    arxiv.fail("/rss", Fault(body=body), times=9)

    with pytest.raises(FetchError):
        today.find(ANNOUNCED, START, END, 10)

    assert arxiv.count("/rss") == 5


ATOM_FEED = b"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:arxiv="http://arxiv.org/schemas/atom"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://www.w3.org/2005/Atom">
<id>http://rss.arxiv.org/atom/cs.CV</id><updated>2026-11-23T05:00:12+00:00</updated>
<entry><id>oai:arXiv.org:2611.00001v1</id><title>A
  GAN</title><category term="cs.CV"/><category term="68T07"/>
<summary>arXiv:2611.00001v1 Announce Type: new
Abstract: It is Fr\\'echet.</summary><dc:creator>Ada A, Bob B</dc:creator></entry>
<entry><id>oai:arXiv.org:2611.00002v1</id><title>B</title>
<arxiv:announce_type>surprise</arxiv:announce_type></entry>
<entry><id>no id</id><title>C</title>
<arxiv:announce_type>new</arxiv:announce_type></entry>
</feed>"""


def test_atom_feeds_are_read_like_rss() -> None:
    """The Atom form gives the same; entries of no known kind or id are left alone."""
    feed = parse_feed("x", ATOM_FEED)

    (entry,) = feed.entries
    assert feed.day == date(2026, 11, 23)
    assert entry.kind == "new"
    assert entry.paper.versioned_id == "2611.00001v1"
    assert entry.paper.title == "A GAN"
    assert entry.paper.abstract == "It is Fréchet."
    assert entry.paper.authors == ("Ada A", "Bob B")
    assert entry.paper.categories == ("cs.CV",)


def test_a_feed_without_a_day_is_read_and_told(
    arxiv: ArxivStandIn, today: ArxivSource
) -> None:
    """Without a date nobody can tell whether a feed is stale; the notes say so."""
    undated = re.sub(rb"<updated>.*?</updated>", b"", ATOM_FEED)
    arxiv.fail("/rss", Fault(body=undated))
    arxiv.records = [record(1, id="2611.00001")]

    found = today.find(ANNOUNCED, START, END, 10)

    assert [p.id for p in found.papers] == ["2611.00001"]
    assert found.notes == ("the feed does not say of which day it is",)
