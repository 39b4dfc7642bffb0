"""The whole way from arXiv to the post, over real HTTP."""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest

from chatpaper.config import Config
from chatpaper.errors import ConfigError
from chatpaper.pipeline import (
    Activity,
    Controls,
    digest_paper,
    fetch_paper,
    open_tools,
)
from night import Night, code_of, pdf_of, record, title_of
from servers.gemini_faults import KEY


def test_every_paper_is_posted(nights: Night) -> None:
    """Each paper is downloaded once, summarised once, and in a valid post."""
    report = nights.run()

    assert (report.status, report.found, report.new, report.posted) == ("done", 3, 3, 3)
    assert (report.why, report.failed, code_of(report)) == ("", (), 0)
    assert nights.arxiv.count("/pdf") == 3
    assert nights.calls() == {title_of(n): 1 for n in range(3)}
    assert report.llm.calls == 6  # a draft and its judge each
    assert report.llm.cost_usd is not None
    assert report.llm.cost_usd > 0
    (post,) = nights.posts()
    assert [d.paper.id for d in post.digests] == [f"2611.0000{n}" for n in (2, 1, 0)]
    assert all(d.checks and d.page_count == 1 for d in post.digests)


def test_a_second_run_of_a_day_changes_nothing(nights: Night) -> None:
    """No call, no download, no byte, and a reason."""
    nights.run()
    before = nights.files()
    calls, downloads = len(nights.gemini.calls), nights.arxiv.count("/pdf")

    report = nights.run()

    assert (report.status, report.why, code_of(report)) == (
        "nothing new",
        "all-seen",
        0,
    )
    assert nights.files() == before
    assert (len(nights.gemini.calls), nights.arxiv.count("/pdf")) == (calls, downloads)


def test_new_papers_join_the_post_of_the_day(nights: Night) -> None:
    """A later run of a day adds to its post and keeps what it has."""
    nights.run()
    nights.arxiv.records.append(record(7))

    report = nights.run()

    assert (report.new, report.posted) == (1, 1)
    (post,) = nights.posts()
    assert [d.paper.id[-1] for d in post.digests] == ["7", "2", "1", "0"]
    assert len(nights.gemini.calls) == 2 * 4


def test_another_day_has_a_post_of_its_own(nights: Night) -> None:
    """Papers of the day before are not posted again."""
    nights.run()
    nights.arxiv.records.append(record(8))
    nights.now += timedelta(days=1)

    nights.run()

    assert [len(post.digests) for post in nights.posts()] == [3, 1]
    assert set(nights.whole().values()) == {1}


def test_topics_share_what_was_bought(nights: Night) -> None:
    """A paper of two topics is downloaded and paid for once, and is in both posts."""
    reports = nights.run_all(topics=["GAN", "drawings GAN", "network"])

    assert [report.posted for report in reports] == [3, 0, 0]
    nights.topic["queries"] = ["abs:GAN"]
    nights.topic["name"] = "Again"
    assert nights.run().posted == 3
    assert len(nights.posts()) == 2
    assert nights.arxiv.count("/pdf") == 3
    assert len(nights.gemini.calls) == 2 * 3


def test_a_dry_run_writes_nothing(nights: Night) -> None:
    """It finds and counts; the night after it is as if it had not been."""
    report = nights.run(dry_run=True)

    assert (report.status, report.found, report.posted) == ("done", 3, 0)
    assert nights.files() == {}
    assert nights.gemini.calls == []
    assert nights.arxiv.count("/pdf") == 0
    assert nights.run().posted == 3


def test_key_sentences_need_no_model(nights: Night) -> None:
    """The extractive provider makes a valid post without a key."""
    nights.settings["llm"] = {"provider": "extractive"}

    report = nights.run(key=None)

    assert (report.posted, code_of(report)) == (3, 0)
    assert nights.gemini.calls == []
    (post,) = nights.posts()
    assert {d.provenance.provider for d in post.digests if d.provenance} == {
        "extractive"
    }


def test_the_samples_need_no_network(nights: Night) -> None:
    """The bundled papers become a post, whatever their dates."""
    nights.settings["llm"] = {"provider": "extractive"}

    report = nights.run(source="samples", topics=["generative adversarial"])

    assert (report.posted, report.failed) == (5, ())
    assert len(nights.posts()) == 1
    assert nights.arxiv.asked == []


def test_a_folder_of_pdfs_is_enough(nights: Night, tmp_path: Path) -> None:
    """PDFs without metadata get their titles from their own first pages."""
    folder = tmp_path / "papers"
    folder.mkdir()
    for number in (1, 2):
        (folder / f"paper-{number}.pdf").write_bytes(pdf_of(number))

    report = nights.run(source=str(folder))

    assert (report.posted, report.failed) == (2, ())
    titles = [digest.paper.title for digest in nights.posts()[0].digests]
    assert set(titles) == {title_of(1), title_of(2)}


def test_a_folder_with_metadata_is_searched(nights: Night, tmp_path: Path) -> None:
    """The topic's query holds in a folder as it does at arXiv."""
    folder = tmp_path / "papers"
    folder.mkdir()
    lines = []
    for number, title in ((1, title_of(1)), (2, "On the weather")):
        (folder / f"{number}.pdf").write_bytes(pdf_of(number))
        lines.append(
            json.dumps({"id": f"p{number}", "title": title, "pdf": f"{number}.pdf"})
        )
    (folder / "metadata.jsonl").write_text("\n".join(lines))

    report = nights.run(source=str(folder))

    assert report.posted == 1
    assert [d.paper.id for d in nights.posts()[0].digests] == ["p1"]


def test_a_refused_paper_costs_no_other(nights: Night, tmp_path: Path) -> None:
    """Two odd ids whose hashes begin alike: the gate refuses the second's anchors."""
    folder = tmp_path / "papers"
    folder.mkdir()
    ids = ("p@((^", "p$%=$!", "p3")
    lines = []
    for number, paper_id in enumerate(ids):
        (folder / f"{number}.pdf").write_bytes(pdf_of(number))
        known = {"id": paper_id, "title": title_of(number), "pdf": f"{number}.pdf"}
        lines.append(json.dumps(known))
    (folder / "metadata.jsonl").write_text("\n".join(lines))

    report = nights.run(source=str(folder))

    assert (report.status, report.why, report.posted) == ("partial", "unpublished", 2)
    assert code_of(report) == 1
    (post,) = nights.posts()
    shown = {digest.paper.id for digest in post.digests}
    (lost,) = {*ids} - shown
    named = f"anchors: 'p-fce78948' stands twice ({lost}v1)"
    assert named in report.message
    assert any((nights.directory / "store").rglob("*.problems.txt"))
    again = nights.run(source=str(folder))
    assert (again.posted, again.why) == (0, "unpublished")
    assert f"({lost}v1)" in again.message
    (post,) = nights.posts()
    assert {digest.paper.id for digest in post.digests} == shown


def test_days_may_be_asked_for(nights: Night) -> None:
    """`since` and `until` are days of submission, whole and in UTC."""
    nights.arxiv.records.append(record(9, published=nights.now - timedelta(days=40)))
    day = date(2026, 10, 9)

    report = nights.run(since=day, until=day)

    assert report.posted == 1
    assert list(nights.whole()) == ["2611.00009v1"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"since": date(2026, 1, 2), "until": date(2026, 1, 1)}, "until"),
        ({"source": "/no/such/folder"}, "source"),
    ],
)
def test_misuse_is_named(nights: Night, options: dict[str, object], named: str) -> None:
    """What cannot be meant is refused before anything is asked."""
    with pytest.raises(ConfigError, match=named):
        nights.run(**options)

    assert nights.arxiv.asked == []


def test_a_stop_publishes_what_is_done(nights: Night) -> None:
    """After a stop nothing is begun; what was finished is posted, the rest later."""
    nights.arxiv.records += [record(n) for n in range(3, 9)]
    nights.settings["llm"] = {"concurrency": 1}
    nights.settings["reading"] = {"workers": 1}
    stop = threading.Event()

    report = nights.run(stop=stop, tell=lambda *_: stop.set())

    assert (report.status, report.why, code_of(report)) == ("partial", "interrupted", 1)
    assert 1 <= report.posted < 9
    assert sum(nights.whole().values()) == report.posted
    assert nights.run().posted == 9 - report.posted
    assert set(nights.whole().values()) == {1}
    assert set(nights.calls().values()) == {1}
    assert nights.arxiv.count("/pdf") == 9


def test_a_stop_at_once_loses_nothing(nights: Night) -> None:
    """A run that is stopped before it begins asks nobody."""
    stop = threading.Event()
    stop.set()

    report = nights.run(stop=stop)

    assert (report.status, report.why, code_of(report)) == ("failed", "interrupted", 3)
    assert nights.arxiv.asked == []
    assert nights.run().posted == 3


def test_a_stop_ends_the_wait_for_the_next_turn(nights: Night) -> None:
    """A run that waits for arXiv's turn is stopped without another request."""
    stop = threading.Event()
    nights.settings["arxiv"] = {"gap_s": 30}

    def interrupted(_: float) -> None:
        stop.set()

    report = nights.run(stop=stop, sleep=interrupted)

    assert (report.status, report.why) == ("failed", "interrupted")
    assert len(nights.arxiv.asked) == 1
    assert nights.run().posted == 3


def test_what_is_begun_for_a_paper_is_told(nights: Night) -> None:
    """Each stage as it begins, in order, of a paper whose draft needs a repair."""
    nights.gemini.always = "lie-numbers"
    told: list[tuple[str, Activity]] = []
    config = Config.model_validate(nights.sections)
    controls = Controls(key=KEY, watch=lambda *what: told.append(what))

    with open_tools(config, "arxiv", controls) as tools:
        (paper,) = tools.source.get(["2611.00000"])
        pdf = fetch_paper(paper, tools)
        assert isinstance(pdf, Path)
        digest_paper(paper, pdf, nights.directory / "new", config, tools)

    stages = ["download", "read", "draft", "judge", "repair", "judge", "done"]
    assert told == [("2611.00000v1", stage) for stage in stages]
