"""The arXiv source against a stand-in that speaks the real protocol, traps included."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from chatpaper._http import Http
from chatpaper.errors import ConfigError, FetchError, Throttled
from chatpaper.pace import Pace
from chatpaper.records import Paper, Topic
from chatpaper.sources import Source
from chatpaper.sources.arxiv import ArxivSource
from servers.arxiv import ArxivStandIn, Fault, Record, read_corpus

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
START, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)
GAN = Topic(name="GAN", queries=("ti:GAN OR abs:GAN",))
NOT_XML = b"<!DOCTYPE html><html><body><br>Just a moment</body></html>"
XHTML = b"<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>"


def record(number: int, **changes: object) -> Record:
    """A GAN paper, newer with every number."""
    facts: dict[str, object] = {
        "id": f"2401.{number:05d}",
        "title": f"A GAN of kind {number}",
        "published": START + timedelta(hours=number),
    }
    return Record(**{**facts, **changes})  # type: ignore[arg-type]


class Naps(list[float]):
    """A sleep that only takes note."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def arxiv() -> Iterator[ArxivStandIn]:
    with ArxivStandIn() as server:
        yield server


Make = Callable[..., ArxivSource]


@pytest.fixture
def make(arxiv: ArxivStandIn, naps: Naps) -> Iterator[Make]:
    """Makes sources that ask the stand-in and never sleep."""
    with ExitStack() as stack:

        def build(
            *,
            page_size: int = 100,
            pace: Pace | None = None,
            now: datetime | None = None,
            **patience: float,
        ) -> ArxivSource:
            http = Http(pace or Pace(0.0, sleep=naps), contact="a@b.org", **patience)  # type: ignore[arg-type]
            stack.enter_context(http)
            return ArxivSource(
                http,
                base_url=arxiv.url,
                rss_base_url=arxiv.url,
                page_size=page_size,
                now=(lambda: now) if now else None,
            )

        yield build


# ---------------------------------------------------------------- what comes back


def test_search_returns_newest_first_over_all_pages(
    arxiv: ArxivStandIn, make: Make
) -> None:
    """Pages are joined, newest paper first, and the total is arXiv's."""
    arxiv.records = [record(n) for n in range(1, 26)]

    found = make(page_size=10).find(GAN, START, END, 100)

    assert [p.id for p in found.papers] == [f"2401.{n:05d}" for n in range(25, 0, -1)]
    assert found.total == 25
    assert found.excluded == ()
    assert arxiv.count("/api/query") == 3
    assert arxiv.asked[0].query["sortBy"] == "submittedDate"


def test_the_window_is_part_of_the_question(arxiv: ArxivStandIn, make: Make) -> None:
    """Papers submitted outside since and until are not found; the query tells."""
    arxiv.records = [record(1), record(2, published=START - timedelta(minutes=1))]

    found = make().find(GAN, START, END, 100)

    assert [p.id for p in found.papers] == ["2401.00001"]
    assert found.query == arxiv.asked[0].query["search_query"]
    assert found.query.endswith("submittedDate:[202401010000 TO 202402010000]")


def test_a_paper_is_what_arxiv_says_with_latex_decoded(
    arxiv: ArxivStandIn, make: Make
) -> None:
    """Title and abstract are single lines, accents decoded, math kept, links https."""
    arxiv.records = [
        record(
            1,
            version=3,
            title=r"A GAN  with Fr\'echet \textit{distance} $\alpha_{1}$",
            authors=(r"Erd\H{o}s P\'al", "Łukasz Kaiser"),
            abstract="It is\n 95\\% ``good''.\n\n  Second.",
            comment="10 pages,\n 3 figures",
            journal_ref="J. X 1",
            doi="10.1/x",
            categories=("cs.CV", "68T07", "I.2.6", "stat.ML"),
            updated=START + timedelta(days=2),
        )
    ]

    (paper,) = make().find(GAN, START, END, 100).papers

    assert paper.title == r"A GAN with Fréchet distance $\alpha_{1}$"
    assert paper.authors == ("Erdős Pál", "Łukasz Kaiser")
    assert paper.abstract == "It is 95% “good”. Second."
    assert paper.comment == "10 pages, 3 figures"
    assert (paper.journal_ref, paper.doi) == ("J. X 1", "10.1/x")
    assert paper.categories == ("cs.CV", "stat.ML")
    assert paper.primary_category == "cs.CV"
    assert paper.published == START + timedelta(hours=1)
    assert paper.updated == START + timedelta(days=2)
    assert paper.abs_url == "https://arxiv.org/abs/2401.00001v3"
    assert paper.pdf_url == "https://arxiv.org/pdf/2401.00001v3"


def test_excluded_words_and_withdrawn_papers_are_counted(
    arxiv: ArxivStandIn, make: Make
) -> None:
    """What is left out is told by reason; only whole words exclude."""
    arxiv.records = [
        record(1),
        record(2, abstract="A Survey of things."),
        record(3, abstract="Surveyors measure."),
        record(4, comment="This paper has been withdrawn by the author"),
    ]
    topic = Topic(name="GAN", queries=GAN.queries, exclude=("survey",))

    found = make().find(topic, START, END, 100)

    assert [p.id for p in found.papers] == ["2401.00003", "2401.00001"]
    assert dict(found.excluded) == {"excluded word 'survey'": 1, "withdrawn": 1}


def test_max_papers_keeps_the_newest_and_counts_the_rest(
    arxiv: ArxivStandIn, make: Make
) -> None:
    """Nothing more is fetched than needed, and what is over the limit is told."""
    arxiv.records = [record(n) for n in range(1, 26)]

    found = make(page_size=5).find(GAN, START, END, 4)

    assert [p.id[-2:] for p in found.papers] == ["25", "24", "23", "22"]
    assert dict(found.excluded) == {"over the limit": 21}
    assert arxiv.count("/api") == 1


def test_duplicates_across_pages_are_one_paper(arxiv: ArxivStandIn, make: Make) -> None:
    """An entry that shows up on two pages is one paper, in its highest version."""
    arxiv.records = [record(n) for n in range(1, 7)]
    arxiv.fail(
        "/api",
        Fault(body=lambda page: page.replace(b"2401.00003v1", b"2401.00004v2")),
        skip=1,
    )

    found = make(page_size=3).find(GAN, START, END, 100)

    assert [p.versioned_id[-7:] for p in found.papers] == [
        "00006v1",
        "00005v1",
        "00004v2",
        "00002v1",
        "00001v1",
    ]
    assert found.excluded == ()


def test_old_identifiers_keep_their_slash(arxiv: ArxivStandIn, make: Make) -> None:
    """Ids from before 2007 come through whole."""
    arxiv.records = [record(1, id="hep-th/9901001", version=2)]

    (paper,) = make().find(GAN, START, END, 10).papers

    assert paper.versioned_id == "hep-th/9901001v2"
    assert paper.pdf_url == "https://arxiv.org/pdf/hep-th/9901001v2"


def test_no_match_is_an_empty_answer(arxiv: ArxivStandIn, make: Make) -> None:
    """A true zero is no error, and is asked for once."""
    found = make().find(GAN, START, END, 100)

    assert (found.papers, found.total) == ((), 0)
    assert arxiv.count("/api") == 1


def test_get_answers_in_the_order_asked(arxiv: ArxivStandIn, make: Make) -> None:
    """Papers by id: with or without version, unknown ones left out."""
    arxiv.records = [record(1), record(2), record(2, version=2, title="Second GAN")]
    source = make()

    papers = source.get(["2401.00002", "arXiv:2401.00001v1", "2401.99999"])

    assert [p.versioned_id for p in papers] == ["2401.00002v2", "2401.00001v1"]
    assert [p.versioned_id for p in source.get(["2401.00002v1"])] == ["2401.00002v1"]


def test_get_asks_in_portions(arxiv: ArxivStandIn, make: Make) -> None:
    """Many ids are asked for a hundred at a time."""
    arxiv.records = [record(n) for n in range(1, 151)]

    papers = make().get([r.id for r in arxiv.records])

    assert len(papers) == 150
    assert arxiv.count("/api") == 2


def test_get_refuses_what_is_no_id(make: Make) -> None:
    """A file name or a word is a bad argument, not a request."""
    with pytest.raises(ConfigError, match=r"paper\.pdf"):
        make().get(["paper.pdf"])


def test_a_source_without_a_downloader_says_so(make: Make) -> None:
    """Asking for a PDF needs a way to fetch it."""
    source: Source = make()

    with pytest.raises(ValueError, match="PDF"):
        source.pdf(Paper(id="2401.00001", title="A GAN"))


def test_naive_times_and_empty_topics_are_misuse(make: Make) -> None:
    """A window without a time zone and a topic that asks nothing are refused."""
    with pytest.raises(ValueError, match="time zone"):
        make().find(GAN, datetime(2024, 1, 1), END, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="neither"):
        make().find(Topic(name="x", queries=()), START, END, 1)


# ---------------------------------------------------------------- what goes wrong

PASSING = {
    "429": (Fault(status=429), Throttled),
    "406": (Fault(status=406), Throttled),
    "503": (Fault(status=503), Throttled),
    "500": (Fault(status=500), FetchError),
    "502": (Fault(status=502), FetchError),
    "rate exceeded in a 200": (Fault(body=b"Rate exceeded."), Throttled),
    "HTML page": (Fault(body=NOT_XML), FetchError),
    "XHTML page": (Fault(body=XHTML), FetchError),
    "empty reply": (Fault(body=b""), FetchError),
    "truncated XML": (Fault(body=lambda page: page[: len(page) // 2]), FetchError),
    "cut connection": (Fault(cut=0.5), FetchError),
    "reset": (Fault(reset=True), FetchError),
    "hang": (Fault(hang_s=30), FetchError),
    "date that is none": (
        Fault(body=lambda page: page.replace(b"<published>2024", b"<published>soon")),
        FetchError,
    ),
}


def without_entries(page: bytes) -> bytes:
    """The page with its totals, but no papers."""
    head, _, rest = page.partition(b"<entry>")
    return head + rest.rpartition(b"</entry>")[2]


PASSING["empty first page"] = (Fault(body=without_entries), FetchError)


@pytest.mark.parametrize("name", PASSING)
def test_a_passing_fault_costs_nothing_but_time(
    arxiv: ArxivStandIn, make: Make, naps: Naps, name: str
) -> None:
    """Each fault that waiting cures is waited out, and no paper is lost."""
    arxiv.records = [record(1)]
    arxiv.fail("/api", PASSING[name][0], times=2)

    found = make(timeout_s=0.3).find(GAN, START, END, 10)

    assert [p.id for p in found.papers] == ["2401.00001"]
    assert arxiv.count("/api") == 3
    assert len(naps) == 2
    assert naps[0] < naps[1]


@pytest.mark.parametrize("name", PASSING)
def test_a_lasting_fault_is_a_named_error(
    arxiv: ArxivStandIn, make: Make, name: str
) -> None:
    """Each fault that stays ends after the tries as its error, never as no papers."""
    fault, kind = PASSING[name]
    arxiv.records = [record(1)]
    arxiv.fail("/api", fault, times=9)

    with pytest.raises(kind) as caught:
        make(timeout_s=0.1, tries=3).find(GAN, START, END, 10)

    assert arxiv.count("/api") == 3
    assert arxiv.url in str(caught.value)


def test_an_empty_middle_page_is_no_end(arxiv: ArxivStandIn, make: Make) -> None:
    """A page without papers between others is asked for again."""
    arxiv.records = [record(n) for n in range(1, 31)]
    arxiv.fail("/api", Fault(body=without_entries), skip=1)

    found = make(page_size=10).find(GAN, START, END, 100)

    assert len(found.papers) == 30
    assert arxiv.count("/api") == 4


def test_a_refusal_stops_at_once_and_for_good(
    arxiv: ArxivStandIn, make: Make, naps: Naps
) -> None:
    """After a 403 nothing more is sent, by anybody who shares the pace."""
    arxiv.records = [record(1)]
    arxiv.fail("/api", Fault(status=403))
    source = make()

    with pytest.raises(Throttled) as first:
        source.find(GAN, START, END, 10)
    with pytest.raises(Throttled):
        source.get(["2401.00001"])

    assert first.value.status == 403
    assert arxiv.count() == 1
    assert naps == []


def test_an_error_entry_is_told_in_arxivs_words(
    arxiv: ArxivStandIn, make: Make
) -> None:
    """A query that arXiv refuses is an error at once, in a 400 as in a 200."""
    bad = Topic(name="bad", queries=("ti:(GAN",))
    source = make()

    with pytest.raises(FetchError, match="unbalanced parentheses") as caught:
        source.find(bad, START, END, 10)
    arxiv.fail(
        "/api",
        Fault(
            body=b"<feed xmlns='http://www.w3.org/2005/Atom'"
            b" xmlns:o='http://a9.com/-/spec/opensearch/1.1/'>"
            b"<o:totalResults>1</o:totalResults><entry>"
            b"<id>http://arxiv.org/api/errors#x</id><title>Error</title>"
            b"<published>2024-01-01T00:00:00Z</published>"
            b"<updated>2024-01-01T00:00:00Z</updated>"
            b"<summary>incorrect id format</summary></entry></feed>"
        ),
    )
    with pytest.raises(FetchError, match="incorrect id format"):
        source.find(GAN, START, END, 10)

    assert caught.value.status == 400
    assert arxiv.count() == 2


def test_an_entry_without_a_date_is_counted(arxiv: ArxivStandIn, make: Make) -> None:
    """One broken entry neither hides nor ends the others, and is told."""
    arxiv.records = [record(n) for n in range(1, 4)]

    def broken(page: bytes) -> bytes:
        return page.replace(b"<published>2024-01-01T02:00:00Z</published>", b"")

    arxiv.fail("/api", Fault(body=broken))

    found = make().find(GAN, START, END, 10)

    assert [p.id for p in found.papers] == ["2401.00003", "2401.00001"]
    assert dict(found.excluded) == {"not readable": 1}


def test_an_entry_without_an_arxiv_id_is_counted(
    arxiv: ArxivStandIn, make: Make
) -> None:
    """An entry that names no paper is left out and told."""
    arxiv.records = [record(1), record(2)]
    arxiv.fail(
        "/api", Fault(body=lambda p: p.replace(b"abs/2401.00002v1", b"abs/../../etc"))
    )

    found = make().find(GAN, START, END, 10)

    assert [p.id for p in found.papers] == ["2401.00001"]
    assert dict(found.excluded) == {"not readable": 1}


# ---------------------------------------------------------------- pace and manners


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured(
    arxiv: ArxivStandIn, make: Make, naps: Naps, status: int
) -> None:
    """The host's own wish, in seconds or as a date, is what is waited."""
    arxiv.records = [record(1)]
    dated = {
        "Retry-After": "Sun, 22 Nov 2026 10:00:40 GMT",
        "Date": "Sun, 22 Nov 2026 10:00:00 GMT",
    }
    arxiv.fail(
        "/api",
        Fault(status=status, headers={"Retry-After": "17"}),
        Fault(status=status, headers=dated),
    )

    make().find(GAN, START, END, 10)

    assert naps[0] == pytest.approx(17, abs=1)
    assert naps[1] == pytest.approx(40, abs=2)


def test_a_wish_longer_than_our_patience_ends_it(
    arxiv: ArxivStandIn, make: Make, naps: Naps
) -> None:
    """Who asks for an hour is not asked again, and the error tells the wish."""
    arxiv.fail("/api", Fault(status=429, headers={"Retry-After": "3600"}), times=9)

    with pytest.raises(Throttled) as caught:
        make(max_wait_s=60).find(GAN, START, END, 10)

    assert caught.value.retry_after_s == 3600
    assert arxiv.count() == 1
    assert naps == []


def test_every_request_bears_our_name(arxiv: ArxivStandIn, make: Make) -> None:
    """The host sees who asks, how to reach them, and what we take."""
    make().find(GAN, START, END, 10)

    headers = arxiv.asked[0].headers
    assert headers["User-Agent"].startswith("chatpaper/")
    assert headers["User-Agent"].endswith(" (a@b.org)")
    assert "application/atom+xml" in headers["Accept"]


def test_requests_keep_their_distance_in_all_threads(
    arxiv: ArxivStandIn, make: Make
) -> None:
    """However many ask, one request is under way, and the host sees every gap."""
    arxiv.records = [record(n) for n in range(1, 5)]
    arxiv.fail("/api", Fault(hang_s=0.02), times=99)
    source = make(page_size=2, pace=Pace(0.05))
    threads = [Thread(target=source.find, args=(GAN, START, END, 10)) for _ in range(3)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert arxiv.count() == 6
    assert arxiv.most_at_once() == 1
    assert min(arxiv.gaps_s()) >= 0.05


# ---------------------------------------------------------------- announcements

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


# ---------------------------------------------------------------- the corpus


@pytest.mark.skipif(not CORPUS.exists(), reason="needs the corpus of real papers")
def test_the_corpus_comes_back_as_arxiv_has_it(arxiv: ArxivStandIn, make: Make) -> None:
    """Titles, authors and links of the real GAN papers equal the metadata."""
    arxiv.records = read_corpus(CORPUS)
    topic = Topic(
        name="GAN", queries=("ti:*GAN OR abs:GAN", 'all:"generative adversarial"')
    )
    since, until = datetime(2014, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)

    found = make().find(topic, since, until, 100)

    held = {r.id: r for r in arxiv.records}
    assert len(found.papers) >= 5
    for paper in found.papers:
        assert paper.title == " ".join(held[paper.id].title.split())
        assert paper.authors == held[paper.id].authors
