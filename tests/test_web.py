"""The page of `chatpaper serve`: papers asked for, followed, taken away."""

from __future__ import annotations

import io
import json
import tarfile
import threading
import time
from pathlib import Path

import pytest

from chatpaper.records import Digest
from chatpaper.resources import resource_path
from night import Night, pdf_of, title_of
from servers.gemini_faults import KEY
from serving import TOKEN, Page, served


@pytest.fixture
def page(nights: Night):  # type: ignore[no-untyped-def]
    """A page on this machine, for its owner."""
    with served(nights) as made:
        yield made


def test_a_dropped_pdf_is_followed_to_its_end(page: Page) -> None:
    """Each stage is told once, and then the paper's own title."""
    told = page.told(page.drop(pdf_of(1)))

    stages = ["queued", "read", "draft", "judge", "done"]
    assert [moment["stage"] for moment in told] == stages
    assert told[-1]["state"] == "done"
    assert told[-1]["title"] == title_of(1)
    assert told[-1]["error"] == ""


def test_an_id_or_a_link_is_fetched_from_arxiv(page: Page) -> None:
    """The stages begin with the download, and the PDF can be had."""
    answer = page.ask("https://arxiv.org/abs/2611.00002v1")
    told = page.told(answer)

    assert [moment["stage"] for moment in told][1:3] == ["download", "read"]
    assert page.visitor.get(f"{answer.json()['url']}/paper.pdf").content == pdf_of(2)


def test_a_paper_asked_for_twice_is_one_job(page: Page, nights: Night) -> None:
    """The same bytes or the same id lead to the same job, under work or done."""
    first = page.drop(pdf_of(1), "one.pdf")
    second = page.drop(pdf_of(1), "two.pdf")
    page.end(first)
    third = page.drop(pdf_of(1))
    by_id = [page.ask(name) for name in ("2611.00001", "arXiv:2611.00001")]
    page.end(by_id[0])
    page.end(page.ask("2611.00001v1"))

    assert first.json() == second.json() == third.json()
    assert by_id[0].json() == by_id[1].json()
    kinds = [call.kind for call in nights.gemini.calls]
    # The upload's and arXiv's: nobody knows that they are one paper.
    assert sorted(kinds) == ["judge", "judge", "summary", "summary"]


def test_what_a_night_paid_for_is_not_paid_for_again(nights: Night) -> None:
    """The store's replies and the night's PDFs serve the page, too."""
    nights.run()
    calls, asked = len(nights.gemini.calls), nights.arxiv.count("/pdf")

    with served(nights) as page:
        assert page.end(page.ask("2611.00000"))["state"] == "done"

    assert (len(nights.gemini.calls), nights.arxiv.count("/pdf")) == (calls, asked)


def test_a_night_runs_beside_the_page(nights: Night) -> None:
    """A run and a job under way use one store at the same time; both end well."""
    with served(nights) as page:
        nights.gemini.latency_s = 0.3
        answer = page.drop(pdf_of(5))
        report = nights.run()

        assert page.end(answer)["state"] == "done"
    assert (report.status, report.posted) == ("done", 3)


@pytest.mark.parametrize("provider", ["auto", "gemini"])
def test_a_server_without_a_key_serves_those_who_have_one(
    nights: Night, monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    """Whether its model is named or not; without a key sentences are quoted."""
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    monkeypatch.delenv("GOOGLE_API_KEY", raising=False)
    nights.settings["llm"] = {"base_url": nights.gemini.base_url, "provider": provider}
    with served(nights, key=None) as page:
        assert page.end(page.drop(pdf_of(2)))["state"] == "done"
        assert not nights.gemini.calls
        own = page.drop(pdf_of(1), headers={"x-model-key": KEY})
        assert page.end(own)["state"] == "done"
    assert len(nights.gemini.calls) == 2


@pytest.mark.parametrize(
    ("kind", "media"),
    [
        ("md", "text/markdown"),
        ("json", "application/json"),
        ("bib", "application/x-bibtex"),
    ],
)
def test_what_was_made_can_be_taken_away(page: Page, kind: str, media: str) -> None:
    """Each download is a file of the paper's name, and holds the paper."""
    answer = page.ask("2611.00001")
    page.end(answer)

    got = page.visitor.get(f"{answer.json()['url']}/paper.{kind}")

    assert got.headers["content-type"].startswith(media)
    name = f'attachment; filename="2611.00001v1.{kind}"'
    assert got.headers["content-disposition"] == name
    assert title_of(1).replace("GAN", "").split()[-1] in got.text
    if kind == "json":
        assert json.loads(got.text)["paper"]["title"] == title_of(1)


def test_events_go_on_where_they_were_cut(page: Page) -> None:
    """Who has seen two moments is told the rest, and who has seen all the last one."""
    answer = page.drop(pdf_of(1))
    told = page.told(answer)
    address = f"/api/papers/{answer.json()['job']}/events"

    def events(last: str) -> int:
        got = page.visitor.get(address, headers={"last-event-id": last})
        return got.text.count("event: stage")

    assert events("2") == len(told) - 2
    assert events(str(len(told))) == 1
    assert events("99") == len(told)
    assert events("nonsense") == len(told)


def test_who_goes_away_is_told_no_more(page: Page, nights: Night) -> None:
    """A place among those who follow papers is free again."""
    gate = threading.Event()
    nights.gemini.judge = lambda _: "supported" if gate.wait(30) else ""
    answer = page.drop(pdf_of(1))
    address = f"/api/papers/{answer.json()['job']}/events"
    with page.visitor.stream("GET", address) as events:
        lines = events.iter_lines()
        next(lines)
        assert page.site.listeners.taken == 1
    while page.site.listeners.taken:
        time.sleep(0.01)
    gate.set()
    assert page.end(answer)["state"] == "done"


def test_figures_are_served(page: Page) -> None:
    """A picture that the entry names can be had; no other file can."""
    answer = page.drop((resource_path("samples") / "sample-01.pdf").read_bytes())
    page.end(answer)
    url = answer.json()["url"]
    digest = page.site.board.shelf.result(answer.json()["job"])

    assert isinstance(digest, Digest)
    assert digest.pictures
    got = page.visitor.get(f"{url}/figures/{digest.pictures[0].file}")
    assert got.headers["content-type"].startswith("image/")
    for name in ("..%2Fjob.json", "%2e%2e/job.json", "job.json", "nothing.webp", "%00"):
        assert page.visitor.get(f"{url}/figures/{name}").status_code == 404


def test_without_a_model_quotes_are_shown(nights: Night) -> None:
    """The paper's own sentences are taken, and the entry says so."""
    nights.settings["llm"] = {"provider": "extractive"}
    with served(nights, key=None) as page:
        answer = page.drop(pdf_of(1))

        assert page.end(answer)["state"] == "done"
        got = page.visitor.get(f"{answer.json()['url']}/paper.md")
        assert "未使用语言模型" in got.text
    assert not nights.gemini.calls


def test_own_key_gets_a_model_where_there_is_none(
    nights: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A visitor's key beats the quotes that were made without one."""
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    monkeypatch.delenv("GOOGLE_API_KEY", raising=False)
    with served(nights, key=None) as page:
        quoted = page.drop(pdf_of(1))
        page.end(quoted)
        assert not nights.gemini.calls
        written = page.drop(pdf_of(1), headers={"x-model-key": KEY})

        assert page.end(written)["state"] == "done"
        assert quoted.json() != written.json()
        # Who has no key of his own may see it, too.
        assert page.drop(pdf_of(1)).json() in (quoted.json(), written.json())
    assert nights.gemini.calls
    for path in nights.directory.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


def test_the_source_of_this_version_is_offered(page: Page) -> None:
    """Every page links the source, which is what runs."""
    html = page.visitor.get("/").text
    got = page.visitor.get("/source.tar.gz")

    assert 'href="/source.tar.gz"' in html
    with tarfile.open(fileobj=io.BytesIO(got.content)) as archive:
        names = set(archive.getnames())
        assert {"chatpaper/web/sources.py", "chatpaper/_data/config.yaml"} <= names
        assert all(entry.uname == "" for entry in archive)


def test_a_form_without_a_script_leads_to_the_paper(page: Page) -> None:
    """A browser that sends the form itself is redirected."""
    got = page.ask("2611.00001", headers={"accept": "text/html"})

    assert got.status_code == 303
    assert page.visitor.get(got.headers["location"]).status_code == 200


def test_the_owner_sees_the_last_papers(page: Page, nights: Night) -> None:
    """On the owner's own page they are listed; on any other nobody sees them."""
    answer = page.drop(pdf_of(1), "<b>mine</b>.pdf")
    page.end(answer)

    (listed,) = page.visitor.get("/api/papers").json()["papers"]
    assert listed["job"] == answer.json()["job"]
    assert answer.json()["url"] in page.visitor.get("/").text


def test_others_do_not_see_the_last_papers(nights: Night) -> None:
    """With a token there are visitors, and what they read is theirs."""
    key = {"authorization": f"Bearer {TOKEN}"}
    with served(nights, token=TOKEN) as page:
        answer = page.drop(pdf_of(1), headers=key)
        page.end(answer)

        assert page.visitor.get("/api/papers", headers=key).json() == {"papers": []}
        assert answer.json()["job"] not in page.visitor.get("/").text


def test_the_static_site_is_shown_below_site(nights: Night, tmp_path: Path) -> None:
    """Its pages are served, and nothing beside their folder."""
    folder = tmp_path / "built"
    folder.mkdir()
    (folder / "index.html").write_text("the site", encoding="utf-8")
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (folder / "link").symlink_to(tmp_path / "secret")

    with served(nights, site_dir=str(folder)) as page:
        assert page.visitor.get("/site/").text == "the site"
        assert "wasm" in page.visitor.get("/site/").headers["content-security-policy"]
        for path in (
            "../secret",
            "%2e%2e/secret",
            "..%2fsecret",
            "//etc/passwd",
            "link",
        ):
            assert page.visitor.get(f"/site/{path}").status_code == 404, path


def test_several_are_worked_on_at_a_time(nights: Night) -> None:
    """Two papers are under way, a third waits, and is told its place."""
    nights.gemini.going.clear()
    with served(nights, max_jobs=2) as page:
        answers = [page.drop(pdf_of(n)) for n in range(2)]
        while nights.gemini.come < 2:
            time.sleep(0.01)
        answers += [page.drop(pdf_of(n)) for n in range(2, 4)]
        nights.gemini.going.set()
        states: dict[int, list[dict[str, object]]] = {}

        def follow(n: int) -> None:
            states[n] = page.told(answers[n])

        threads = [threading.Thread(target=follow, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    places = [moment["position"] for moment in states[3]]
    assert places[:2] == [2, 1]
    assert places == sorted(places, reverse=True)  # type: ignore[type-var]
    assert all(told[-1]["state"] == "done" for told in states.values())
