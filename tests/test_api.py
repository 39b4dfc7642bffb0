"""chatpaper in a notebook: one paper read, summarised and shown."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatpaper import ConfigError, load_config, read_pdf, summarize
from chatpaper.api import Sheet, find_papers, read_pdfs, summarize_all
from chatpaper.config import Config
from chatpaper.errors import ChatpaperError
from chatpaper.records import Topic
from chatpaper.resources import resource_path
from servers.arxiv import ArxivStandIn, Record

SAMPLE = resource_path("samples") / "sample-01.pdf"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    environ = {
        "CHATPAPER_STORAGE__DIR": str(tmp_path / "store"),
        "CHATPAPER_LLM__PROVIDER": "extractive",
        "CHATPAPER_ARXIV__GAP_S": "0",
        "CHATPAPER_READING__WORKERS": "1",
    }
    return load_config(None, environ)


@pytest.fixture
def sheet(config: Config) -> Sheet:
    return summarize(SAMPLE, config=config)


def test_a_pdf_is_read_in_this_process() -> None:
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
        sheet = summarize("2401.11831", config=here)
        with pytest.raises(ConfigError, match="knows no such paper"):
            summarize("2401.99999", config=here)

    assert [paper.title for paper in found.papers] == ["A toy GAN"]
    assert sheet.digest.paper.abs_url == "https://arxiv.org/abs/2401.11831v1"
    assert "https://arxiv.org/pdf/2401.11831v1#page=1" in sheet.markdown
