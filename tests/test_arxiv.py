"""The arXiv source against a stand-in that speaks the real protocol."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from asking import END, GAN, START, Make, record
from chatpaper.errors import ConfigError, FetchError
from chatpaper.net import Http, Pace
from chatpaper.records import Paper, Topic
from chatpaper.sources import Source
from chatpaper.sources.arxiv import ArxivSource
from servers.arxiv import ArxivStandIn, Fault, read_corpus

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"


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
            doi="10.1000/x",
            categories=("cs.CV", "68T07", "I.2.6", "stat.ML"),
            updated=START + timedelta(days=2),
        )
    ]

    (paper,) = make().find(GAN, START, END, 100).papers

    assert paper.title == r"A GAN with Fréchet distance $\alpha_{1}$"
    assert paper.authors == ("Erdős Pál", "Łukasz Kaiser")
    assert paper.abstract == "It is 95% “good”. Second."
    assert paper.comment == "10 pages, 3 figures"
    assert (paper.journal_ref, paper.doi) == ("J. X 1", "10.1000/x")
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


@pytest.mark.parametrize("name", ["sample-05", "notes", "9901.1"])
def test_a_paper_that_is_not_arxivs_is_not_asked_for(name: str) -> None:
    """A post of the samples is not searched on arXiv for minutes; the way is named."""
    asked: list[str] = []

    def fetch(_: Paper, url: str) -> Path:
        asked.append(url)
        return Path(url)

    with Http(Pace(0.0)) as http:
        source = ArxivSource(http, fetch=fetch)
        with pytest.raises(FetchError, match="give its source: samples, or"):
            source.pdf(Paper(id=name, title="A GAN", version=1))
        source.pdf(Paper(id="hep-th/9901001", title="A GAN", version=1))

    assert asked == ["https://export.arxiv.org/pdf/hep-th/9901001v1"]


def test_naive_times_and_empty_topics_are_misuse(make: Make) -> None:
    """A window without a time zone and a topic that asks nothing are refused."""
    with pytest.raises(ValueError, match="time zone"):
        make().find(GAN, datetime(2024, 1, 1), END, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="neither"):
        make().find(Topic(name="x", queries=()), START, END, 1)


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
