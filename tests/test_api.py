"""chatpaper in a notebook: one paper read, summarised and shown."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt

from chatpaper import (
    ConfigError,
    DocumentError,
    Listing,
    Sheet,
    StoreError,
    cite,
    figure_picture,
    find_papers,
    load_config,
    posted_claims,
    posted_papers,
    read_pdf,
    read_pdfs,
    run,
    summarize,
    summarize_all,
)
from chatpaper.api.choices import configured
from chatpaper.config import Config
from chatpaper.errors import ChatpaperError
from chatpaper.records import Paper, Topic
from chatpaper.resources import resource_path
from servers.arxiv import ArxivStandIn, Record

SAMPLE = resource_path("samples") / "sample-01.pdf"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    environ = {
        "CHATPAPER_STORAGE__DIR": str(tmp_path_factory.mktemp("notebook") / "store"),
        "CHATPAPER_LLM__PROVIDER": "extractive",
        "CHATPAPER_ARXIV__GAP_S": "0",
        "CHATPAPER_READING__WORKERS": "1",
    }
    return load_config(None, environ)


@pytest.fixture(scope="module")
def sheet(config: Config) -> Sheet:
    return summarize(SAMPLE, config=config)


def test_a_pdf_is_read() -> None:
    """Sections come with their numbers and pages."""
    document = read_pdf(SAMPLE)

    assert ("I", "Introduction", 1) in {
        (s.number, s.title, s.page) for s in document.sections
    }


def test_a_sheet_shows_itself_as_markdown_and_json(sheet: Sheet) -> None:
    """The entry of a post, and the records behind it."""
    records = json.loads(sheet.json)

    assert sheet._repr_markdown_() == sheet.markdown
    assert sheet.digest.paper.title in sheet.markdown
    assert records["paper"]["title"] == sheet.digest.paper.title
    assert len(records["summary"]["claims"]) == len(records["checks"])


def test_a_sheet_shows_itself_as_html_with_its_figures(sheet: Sheet) -> None:
    """Figures are inside the HTML: nothing is fetched from anywhere."""
    html = sheet._repr_html_()

    assert len(sheet.images) == html.count('src="data:image/jpeg;base64,') > 0
    assert html.count("<details>") == html.count("</details>") > 0
    assert "<script" not in html


def test_many_pdfs_are_read_in_order_and_faults_cost_one(
    config: Config, tmp_path: Path
) -> None:
    """A broken file is an error in its place."""
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.5\nrubbish")

    results = dict(read_pdfs([broken, SAMPLE], config))

    assert list(results) == [broken, SAMPLE]
    assert isinstance(results[broken], ChatpaperError)
    assert not isinstance(results[SAMPLE], ChatpaperError)


def test_a_paper_that_cannot_be_read_is_told_in_its_sheet(
    config: Config, tmp_path: Path
) -> None:
    """The others are summarised all the same."""
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.5\nrubbish")

    bad, good = summarize_all([broken, SAMPLE], config=config)

    assert bad.digest.failure is not None
    assert bad.digest.failure.stage == "read"
    assert "未生成" in bad.markdown
    assert good.digest.failure is None


def test_papers_are_found_and_summarised_by_id(config: Config) -> None:
    """A source is asked for what a topic finds, and for a paper by its id."""
    then = datetime(2024, 1, 22, tzinfo=UTC)
    pdf = SAMPLE.read_bytes()
    record = Record(id="2401.11831", title="A toy GAN", published=then, pdf=pdf)
    with ArxivStandIn([record]) as arxiv:
        changed = config.arxiv.model_copy(update={"base_url": arxiv.url})
        here = config.model_copy(update={"arxiv": changed})
        topic = Topic(name="GAN", queries=("ti:GAN",))

        found = find_papers(topic, then, datetime.now(UTC), config=here)
        by_name = find_papers("GAN", "2024-01-22", "2024-01", config=here)
        sheet = summarize("2401.11831", config=here)
        addressed = [
            summarize(f"https://arxiv.org/{kind}/2401.11831v1", config=here)
            for kind in ("abs", "pdf")
        ]
        with pytest.raises(ConfigError, match="knows no such paper"):
            summarize("2401.99999", config=here)

    assert [paper.title for paper in found] == ["A toy GAN"]
    assert by_name == found
    assert {each.title for each in addressed} == {"A toy GAN"}
    assert sheet.digest.paper.abs_url == "https://arxiv.org/abs/2401.11831v1"
    assert "https://arxiv.org/pdf/2401.11831v1#page=1" in sheet.markdown
    assert "file:" not in sheet._repr_html_()


def test_a_sheet_has_what_is_typed_first(sheet: Sheet) -> None:
    """Title, claims, figures: none of them behind another record."""
    claim = sheet.claims[0]

    assert sheet.title == sheet.paper.title == sheet.digest.paper.title
    assert sheet.summary == sheet.digest.summary
    assert sheet.failure is None
    assert (claim.field, claim.pages, claim.marks) == ("abstract", (1,), ())
    assert claim.quotes == (claim.text,)
    assert claim.text in sheet.markdown
    assert [figure.data for figure in sheet.figures] == list(sheet.images.values())
    assert sheet.figures[0]._repr_jpeg_().startswith(b"\xff\xd8")
    assert sheet.figures[0].label in sheet.markdown
    assert len(repr(sheet)) < 300


def test_claims_are_a_frame(sheet: Sheet) -> None:
    """A row a claim, with and without pandas."""
    frame = sheet.claims.to_frame()

    assert list(frame.columns) == ["field", "text", "quotes", "pages", "marks"]
    assert frame["text"].tolist() == [row["text"] for row in sheet.claims.records]
    assert "<table>" in sheet.claims._repr_html_()


def test_a_sheet_is_written_with_its_pictures(sheet: Sheet, tmp_path: Path) -> None:
    """Beside it, where any reader of Markdown finds them; a second time alike."""
    written = sheet.to_markdown(tmp_path / "my notes (1).md")
    text = written.read_text("utf-8")
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)

    assert written == tmp_path / "my notes (1).md"
    assert len(pictures) == len(sheet.images) > 0
    for picture in pictures:
        assert (tmp_path / unquote(picture)).is_file()
    html = MarkdownIt("commonmark").render(text)
    assert html.count("<img src=") == len(pictures)
    assert sheet.to_markdown(str(written)) == written
    assert written.read_text("utf-8") == text
    assert sheet.to_markdown(tmp_path).name == "sample-01.md"
    assert not list(tmp_path.rglob(".chatpaper-*"))


def test_a_sheet_that_cannot_be_written_says_so(sheet: Sheet, tmp_path: Path) -> None:
    """By the tree of errors."""
    (tmp_path / "file").touch()

    with pytest.raises(StoreError, match=r"Not a directory|File exists"):
        sheet.to_markdown(tmp_path / "file" / "sheet.md")


def test_page_marks_of_a_file_open_it(config: Config, tmp_path: Path) -> None:
    """In the notebook alone; a file has no version."""
    file = tmp_path / "my paper <&> #1.pdf"
    file.write_bytes(SAMPLE.read_bytes())

    sheet = summarize(file, config=config)
    html = sheet._repr_html_()

    assert f'href="{file.as_uri()}#page=1"' in html
    assert "#1.pdf" not in html
    assert "A. Sample, B. Beispiel" in html
    assert ".invalid" not in html
    assert "file:" not in sheet.markdown
    assert "#1v1" not in sheet.markdown
    assert "#1v1" not in html


def test_a_sheet_without_a_key_says_so(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody reads a log; who asked for quoted sentences knows."""
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    keyless = summarize(SAMPLE, config=configured(config, llm__provider="auto"))
    chosen = summarize(SAMPLE, config=config)

    assert keyless._repr_html_().startswith("<p><i>no GEMINI_API_KEY")
    assert "key sentences are quoted" in keyless.notes[0]
    assert keyless.markdown == chosen.markdown
    assert chosen.notes == ()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere.pdf", "nowhere.pdf: no such file"),
        ("2401.11831.pdf", "2401.11831.pdf: no such file"),
        ("samples", "samples: a folder: name its files"),
        ("https://example.org/a.pdf", "only arXiv's addresses are fetched"),
        ("GAN", "GAN: no such file, and no arXiv id like 2401.11831v2"),
        ("", "'': no such file, and no arXiv id"),
        (2401.11831, "2401.11831: is no name: write '2401.11831'"),
        (None, "None: is no name"),
        (["a.pdf"], "['a.pdf']: several names: chatpaper.summarize_all takes them"),
        (b"%PDF-" * 99, "what a file holds: write it to a file, and name that"),
        ("10.1145/3292500.3330701", "a DOI, not of arXiv: download the PDF"),
        ("https://doi.org/10.1145/3292500", "a DOI, not of arXiv"),
        ("x" * 5000, "no such file, and no arXiv id"),
    ],
)
def test_a_name_that_is_none_is_told(
    config: Config,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: Any,
    said: str,
) -> None:
    """What it seems to be, and what to write."""
    (tmp_path / "samples").mkdir()
    monkeypatch.chdir(tmp_path)

    for take in (summarize, read_pdf):
        with pytest.raises(ConfigError, match=re.escape(said)):
            take(name, config=config)


def test_a_name_may_begin_at_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text or a path; an id is not for `read_pdf`."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "paper.pdf").write_bytes(SAMPLE.read_bytes())

    assert read_pdf("~/paper.pdf") == read_pdf(tmp_path / "paper.pdf")
    with pytest.raises(
        ConfigError, match=r"2401\.11831: no such file; chatpaper\.summ"
    ):
        read_pdf("2401.11831")


def test_a_configuration_is_given_in_any_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record, a file, a dict; a keyword goes before it."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "mine.yaml"
    file.write_text("output: {language: en}\n", encoding="utf-8")
    made = configured({"output": {"language": "en"}, "arxiv.max_papers": 3})

    assert made.output.language == "en"
    assert made.arxiv.max_papers == 3
    assert configured(file).output == configured(str(file)).output == made.output
    assert configured(made) is made
    assert configured(made, output__language="zh").output.language == "zh"
    assert configured(file, output__language="zh").output.language == "zh"
    assert configured().output.language == "zh"


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"output": {"langauge": "en"}}, "did you mean `output.language`?"),
        ({"outptu": {"language": "en"}}, "outptu: no such key; did you mean `output`?"),
        ({"output": "en"}, "output: must be a section with keys of its own"),
        ("nowhere.yaml", "nowhere.yaml: no such file"),
        (3, "argument config: 3 is none: give a Config, a file's name or a dict"),
    ],
)
def test_a_bad_configuration_names_its_key(config: Any, said: str) -> None:
    """As that of a file does."""
    with pytest.raises(ConfigError, match=re.escape(said)):
        configured(config)


def test_a_keyword_is_checked_like_a_key() -> None:
    """Whatever it goes before."""
    for config in (None, Config()):
        with pytest.raises(
            ConfigError, match="argument language: must be 'zh' or 'en'"
        ):
            configured(config, output__language="fr")


def test_one_text_is_one_topic(config: Config, tmp_path: Path) -> None:
    """And days may be texts; errors name the argument."""
    (report,) = run(
        "GAN",
        source="samples",
        since="2025",
        output=tmp_path / "posts",
        storage=tmp_path / "store",
        config=config,
    )

    assert (report.topic, report.posted) == ("GAN", 5)
    for options, said in (
        ({"topics": 3}, "argument topics: 3: no name"),
        ({"topics": config}, "argument topics: a Config goes into `config=`"),
        ({"topics": "GAN", "since": "2010-99"}, "argument since: '2010-99' is no day"),
        ({"topics": "GAN", "since": "2200"}, "argument since: 2200-01-01 is yet to"),
        ({"topics": "gans"}, "argument topic: gans: did you mean GAN?"),
        ({"topics": "GAN", "source": "nowhere"}, "argument source: nowhere: not arx"),
    ):
        with pytest.raises(ConfigError, match=re.escape(said)):
            run(config=config, **options)


def test_what_was_posted_is_a_frame(config: Config, tmp_path: Path) -> None:
    """Papers, and each claim as its post shows it."""
    posts = tmp_path / "posts"
    run("GAN", source="samples", output=posts, storage=tmp_path, config=config)
    here = {"output.dir": str(posts)}

    papers, claims = posted_papers(config=here), posted_claims(config=here)

    assert len(papers) == 5
    assert {claim.paper_id for claim in claims} == {p.versioned_id for p in papers}
    assert set(papers.to_frame()["title"]) == set(claims.to_frame()["title"])
    names = ["paper_id", "title", "topic", "day", "field", "text", "quotes", "pages"]
    assert list(claims.to_frame().columns) == [*names, "marks"]
    assert claims.records[0]["topic"] == "GAN"
    assert posted_claims(topic="other", config=here) == ()
    assert len(posted_claims(topic="other", config=here).to_frame()) == 0
    assert posted_claims(since="2200", config=here) == ()
    with pytest.raises(ConfigError, match="argument since: 'someday' is no day"):
        posted_papers(since="someday", config=here)


def test_papers_are_cited(config: Config) -> None:
    """Records, and what arXiv knows by an id or an address."""
    made = Paper(id="2401.00001", title="A made paper", authors=("Ada Lovelace",))
    record = Record(id="2401.11831", title="A toy GAN", published=datetime.now(UTC))
    with ArxivStandIn([record]) as arxiv:
        here = configured(config, arxiv__base_url=arxiv.url)
        both = cite([made, "https://arxiv.org/abs/2401.11831"], config=here)
        with pytest.raises(ConfigError, match=r"2401\.99999: neither in a post nor on"):
            cite("2401.99999", config=here)

    assert both.count("@") == 2
    assert "A made paper" in both
    assert "eprint = {2401.11831}" in both
    assert cite(made, style="ris").startswith("TY  - ")
    with pytest.raises(ConfigError, match="argument style: word: not one of bibtex"):
        cite(made, style="word")


def test_a_listing_shows_itself_as_a_table() -> None:
    """Escaped, its first rows; printed, its first items."""
    papers = Listing(
        Paper(id=f"2401.{n:05}", title="<b>&", authors=("A", "B", "C", "D"))
        for n in range(25)
    )
    html = papers._repr_html_().replace(' style="text-align: left"', "")

    assert html.count("<tr>") == 21
    assert "<td>&lt;b&gt;&amp;</td><td>A, B, C …</td>" in html
    assert "<p>… 25 in all</p>" in html
    assert repr(papers).splitlines()[-1] == "... and 22 more"
    assert repr(Listing()) == "()"
    assert Listing()._repr_html_() == "<p>none</p>"


def test_a_figure_is_drawn_from_its_file(tmp_path: Path) -> None:
    """And kept in a file, or in a folder under its own name."""
    figure = read_pdf(SAMPLE).figures[0]

    picture = figure_picture(SAMPLE, figure, width_px=300)

    assert picture.data.startswith(b"\xff\xd8")
    assert (picture.label, picture.page) == (figure.label, figure.page)
    assert picture.save(tmp_path) == tmp_path / "sample-01-Fig._1.jpg"
    assert picture.save(tmp_path / "a.jpg").read_bytes() == picture.data
    with pytest.raises(DocumentError, match="cannot be rendered"):
        figure_picture(SAMPLE, replace(figure, page=99))
