"""Folders as a source: our metadata, arXiv's snapshot, PDFs alone, hostile names."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatpaper.errors import ConfigError, FetchError
from chatpaper.pipeline import with_printed_facts
from chatpaper.records import Document, Paper, Topic
from chatpaper.sources import Source
from chatpaper.sources.folder import (
    FolderSource,
    needs_pdf_facts,
    samples_source,
)

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
START, END = datetime(2007, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
GAN = Topic(name="GAN", queries=("ti:GAN OR abs:GAN",))
PDF = b"%PDF-1.4 only its place matters here"


def own(number: int, **changes: object) -> dict[str, object]:
    """A line of our own metadata."""
    return {
        "id": f"2401.{number:05d}",
        "version": 1,
        "title": f"A GAN of kind {number}",
        "authors": ["Ada A", r"Erd\H{o}s P\'al"],
        "abstract": "We study\n things.",
        "comment": None,
        "primary": "cs.CV",
        "categories": ["cs.CV", "68T07"],
        "published": f"2024-01-{number:02d}T12:00:00Z",
        "updated": f"2024-01-{number:02d}T12:00:00Z",
        "pdf": f"2401.{number:05d}v1.pdf",
    } | changes


def snapshot(**changes: object) -> dict[str, object]:
    """A line of arXiv's own metadata."""
    return {
        "id": "2401.00007",
        "submitter": "Ada",
        "authors": "A. B\\'alazs and C. Doe (MIT)",
        "authors_parsed": [["Bal\\'azs", "A.", ""], ["Doe", "C.", "Jr"]],
        "title": "A GAN\n  over lines",
        "comments": "8 pages",
        "journal-ref": "J. X 1",
        "doi": "10.1000/x",
        "report-no": None,
        "categories": "cs.LG stat.ML",
        "license": None,
        "abstract": "  We study\nthings.\n",
        "versions": [
            {"version": "v1", "created": "Mon, 8 Jan 2024 19:18:42 GMT"},
            {"version": "v2", "created": "Tue, 9 Jan 2024 19:18:42 GMT"},
        ],
        "update_date": "2024-01-10",
    } | changes


def folder(path: Path, *lines: object, pdfs: tuple[str, ...] = ()) -> FolderSource:
    """A folder with these metadata lines and these files."""
    if lines:
        texts = (t if isinstance(t, str) else json.dumps(t) for t in lines)
        (path / "metadata.jsonl").write_text("\n".join(texts))
    for name in pdfs:
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(PDF)
    return FolderSource(path)


def ids(source: Source, topic: Topic = GAN, **window: datetime) -> list[str]:
    """Versioned ids of what is found."""
    since, until = window.get("since", START), window.get("until", END)
    return [p.versioned_id for p in source.find(topic, since, until, 100).papers]


def test_papers_come_newest_first_with_all_their_facts(tmp_path: Path) -> None:
    """Our metadata becomes records: decoded, folded, linked, with the PDF beside it."""
    source = folder(
        tmp_path, own(1), own(2), pdfs=("2401.00001v1.pdf", "pdf/2401.00002v1.pdf")
    )

    found = source.find(GAN, START, END, 100)

    assert [p.id for p in found.papers] == ["2401.00002", "2401.00001"]
    paper = found.papers[0]
    assert paper.authors == ("Ada A", "Erdős Pál")
    assert paper.abstract == "We study things."
    assert paper.categories == ("cs.CV",)
    assert paper.published == datetime(2024, 1, 2, 12, tzinfo=UTC)
    assert paper.pdf_url == "https://arxiv.org/pdf/2401.00002v1"
    assert paper.source == "folder"
    assert source.pdf(paper) == tmp_path / "pdf" / "2401.00002v1.pdf"
    assert FolderSource(tmp_path).pdf(paper) == source.pdf(paper)


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    """Dates, words, missing PDFs, broken lines and the limit: each has its count."""
    source = folder(
        tmp_path,
        own(1),
        own(2, abstract="A survey."),
        own(3),
        own(4, published="2001-01-01T00:00:00Z"),
        own(5),
        own(6, title="No such word", abstract=""),
        "not json",
        '"a string"',
        {"id": 7},
        "[" * 100_000,
        pdfs=("2401.00001v1.pdf", "2401.00005v1.pdf"),
    )
    topic = Topic(name="GAN", queries=GAN.queries, exclude=("survey",))

    found = source.find(topic, START, END, 1)

    assert [p.id for p in found.papers] == ["2401.00005"]
    assert found.total == 4
    assert dict(found.excluded) == {
        "unreadable line of the metadata": 4,
        "excluded word 'survey'": 1,
        "no PDF in the folder": 1,
        "over the limit": 1,
    }


def test_categories_hold_where_they_are_known(tmp_path: Path) -> None:
    """A topic's categories drop papers of others, but not papers without any."""
    names = tuple(f"2401.0000{n}v1.pdf" for n in (1, 2, 3))
    source = folder(
        tmp_path,
        own(1),
        own(2, primary="math.CO", categories=["math.CO"]),
        own(3, primary="", categories=[]),
        pdfs=names,
    )

    topic = Topic(name="GAN", queries=GAN.queries, categories=("cs.*",))

    assert ids(source, topic) == ["2401.00003v1", "2401.00001v1"]


def test_the_highest_version_wins(tmp_path: Path) -> None:
    """Two lines of one paper are one paper."""
    source = folder(
        tmp_path,
        own(1, version=2, pdf="2401.00001v2.pdf"),
        own(1),
        pdfs=("2401.00001v1.pdf", "2401.00001v2.pdf"),
    )

    assert ids(source) == ["2401.00001v2"]


def test_arxivs_snapshot_is_read(tmp_path: Path) -> None:
    """The fields of arXiv's metadata snapshot become the same records."""
    source = folder(
        tmp_path, snapshot(), snapshot(id="hep-th/9901001", authors_parsed=None),
        pdfs=("2401/2401.00007v2.pdf", "hep-th/9901/9901001.pdf"),
    )  # fmt: skip

    first, second = source.find(GAN, START, END, 9).papers

    assert {first.id, second.id} == {"2401.00007", "hep-th/9901001"}
    new = first if first.id == "2401.00007" else second
    old = second if new is first else first
    assert new.title == "A GAN over lines"
    assert new.authors == ("A. Balázs", "C. Doe Jr")
    assert old.authors == ("A. Bálazs", "C. Doe")
    assert (new.comment, new.journal_ref, new.doi) == ("8 pages", "J. X 1", "10.1000/x")
    assert new.categories == ("cs.LG", "stat.ML")
    assert new.published == datetime(2024, 1, 8, 19, 18, 42, tzinfo=UTC)
    assert new.updated == datetime(2024, 1, 9, 19, 18, 42, tzinfo=UTC)
    assert new.version == 2
    assert source.pdf(new) == tmp_path / "2401" / "2401.00007v2.pdf"
    assert source.pdf(old) == tmp_path / "hep-th" / "9901" / "9901001.pdf"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("2401.00007", "2401.00007v2.pdf"),
        ("2401.00007", "2401.00007.pdf"),
        ("2401.00007", "pdf/2401/2401.00007v2.pdf"),
        ("hep-th/9901001", "hep-th_9901001v2.pdf"),
        ("hep-th/9901001", "9901/hep-th9901001.pdf"),
        ("hep-th/9901001", "hep-th/pdf/9901/9901001v2.pdf"),
        ("my-paper", "my-paper.pdf"),
    ],
)
def test_pdfs_are_found_where_people_put_them(
    tmp_path: Path, name: str, file: str
) -> None:
    """Flat, in pdf/, or as arXiv's bulk downloads lay them out."""
    source = folder(tmp_path, snapshot(id=name), pdfs=(file,))

    (paper,) = source.find(GAN, START, END, 9).papers

    assert source.pdf(paper) == tmp_path / file
    assert paper.versioned_id == f"{name}v2"


def test_another_version_of_the_file_is_the_paper_then(tmp_path: Path) -> None:
    """Where only v1 is at hand, the record and its links are v1's."""
    source = folder(tmp_path, snapshot(), pdfs=("2401.00007v1.pdf",))

    (paper,) = source.find(GAN, START, END, 9).papers

    assert paper.versioned_id == "2401.00007v1"
    assert paper.pdf_url == "https://arxiv.org/pdf/2401.00007v1"


def test_pdfs_alone_are_papers_to_be_completed(tmp_path: Path) -> None:
    """Without metadata every PDF is found; title and abstract come from it later."""
    source = folder(
        tmp_path,
        pdfs=("2401.00007v2.pdf", "deep/My paper.PDF", "hep-th_9901001v1.pdf", "a.txt"),
    )
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "x.pdf").write_bytes(PDF)

    papers = {p.id: p for p in source.find(GAN, START, END, 100).papers}

    assert set(papers) == {"2401.00007", "deep/My paper", "hep-th/9901001"}
    assert papers["2401.00007"].pdf_url == "https://arxiv.org/pdf/2401.00007v2"
    mine = papers["deep/My paper"]
    assert mine.pdf_url is None
    assert source.pdf(mine) == tmp_path / "deep" / "My paper.PDF"
    assert needs_pdf_facts(mine)
    bare = Document(paper_id="x", page_count=1, pages_read=1)
    done = with_printed_facts(
        mine, replace(bare, title="A title", abstract="An abstract")
    )
    assert (done.title, done.abstract, needs_pdf_facts(done)) == (
        "A title",
        "An abstract",
        False,
    )
    assert with_printed_facts(mine, bare).title == "deep/My paper"


@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "/etc/passwd",
        "..\\secret",
        "C:\\secret",
        "a/../../secret",
        "\0",
        "*",
    ],
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    """Ids and file names from the metadata never become paths elsewhere."""
    (tmp_path / "secret.pdf").write_bytes(PDF)
    inner = tmp_path / "inner"
    inner.mkdir()
    by_id = folder(inner, own(1, id=name, pdf=None))
    assert ids(by_id) == []

    by_file = folder(inner, own(1, pdf=f"{name}.pdf"))
    assert ids(by_file) == []

    with pytest.raises(FetchError, match="no PDF"):
        by_file.pdf(Paper(id=name, title="x"))


def test_an_unreadable_query_is_a_bad_config(tmp_path: Path) -> None:
    """A query that cannot be answered locally is named, not taken for no papers."""
    with pytest.raises(ConfigError, match="not closed"):
        ids(folder(tmp_path, own(1)), Topic(name="x", queries=('ti:"GAN',)))


def test_a_missing_folder_is_a_named_error(tmp_path: Path) -> None:
    """A path that is no folder says so."""
    with pytest.raises(FetchError, match="no such folder"):
        ids(FolderSource(tmp_path / "nowhere"))


def test_odd_fields_do_no_harm(tmp_path: Path) -> None:
    """Wrong types, bad dates and lone surrogates are read as far as they go."""
    source = folder(
        tmp_path,
        own(1, version="x", authors="Ada", published="soon", categories=None, doi=5),
        own(2, title="GAN \ud800 \u202e x", published="2024-01-02"),
        pdfs=("2401.00001v1.pdf", "2401.00002v1.pdf"),
    )

    papers = {p.id: p for p in source.find(GAN, START, END, 9).papers}

    assert papers["2401.00001"].published is None
    assert papers["2401.00001"].authors == ()
    assert papers["2401.00002"].title == "GAN x"
    assert papers["2401.00002"].published == datetime(2024, 1, 2, tzinfo=UTC)


def test_a_large_snapshot_is_read_as_a_stream(tmp_path: Path) -> None:
    """Memory does not grow with the file: 15 MB are read in less than 3 MB."""
    old = snapshot(
        abstract="We study things. " * 300,
        versions=[{"version": "v1", "created": "Mon, 2 Apr 2001 19:18:42 GMT"}],
    )
    lines = [json.dumps(old)] * 3_000 + [json.dumps(snapshot(id="2401.00042"))]
    (tmp_path / "metadata.jsonl").write_text("\n".join(lines))
    (tmp_path / "2401.00042.pdf").write_bytes(PDF)
    tracemalloc.start()

    found = FolderSource(tmp_path).find(GAN, START, END, 10)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert [p.id for p in found.papers] == ["2401.00042"]
    assert (tmp_path / "metadata.jsonl").stat().st_size > 15e6
    assert peak < 3e6


def test_samples_are_a_source_of_their_own() -> None:
    """The bundled papers say that they are samples."""
    everything = Topic(name="all", queries=())
    found = samples_source().find(
        everything,
        datetime(2000, 1, 1, tzinfo=UTC),
        datetime(2100, 1, 1, tzinfo=UTC),
        100,
    )

    assert len(found.papers) >= 4
    assert {paper.source for paper in found.papers} == {"samples"}
    assert {paper.pdf_url for paper in found.papers} == {None}


@pytest.mark.skipif(not CORPUS.exists(), reason="needs the corpus of real papers")
def test_the_corpus_is_a_folder() -> None:
    """Every paper of the corpus is found, with its own file."""
    source = FolderSource(CORPUS)
    everything = Topic(name="all", queries=())
    long_ago = datetime(1990, 1, 1, tzinfo=UTC)

    found = source.find(everything, long_ago, END, 100)

    lines = (CORPUS / "metadata.jsonl").read_text("utf-8").splitlines()
    names = {json.loads(line)["id"]: json.loads(line)["pdf"] for line in lines}
    assert {p.id: source.pdf(p).name for p in found.papers} == names
