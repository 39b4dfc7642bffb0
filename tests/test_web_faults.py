"""What the page of `chatpaper serve` does when something fails, stops or is asked."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from chatpaper.records import Usage
from night import Night, pdf_of, title_of
from served_page import served_page
from servers.arxiv import Fault
from servers.gemini import GeminiStandIn
from servers.gemini_faults import KEY
from serving import TOKEN, Page, served

# ------------------------------------------------------------------ others fail


def test_arxiv_that_does_not_answer_is_said(nights: Night) -> None:
    """The job fails in words, and an upload goes on."""
    nights.settings["arxiv"] = {"tries": 1}
    nights.arxiv.fail("/api/query", Fault(status=500))
    with served(nights) as page:
        ended = page.end(page.ask("2611.00001"))

        assert ended["state"] == "failed"
        assert "arXiv could not be asked" in str(ended["error"])
        assert page.end(page.drop(pdf_of(1)))["state"] == "done"
        # It is not remembered against the paper.
        assert page.end(page.ask("2611.00001"))["state"] == "done"


def test_arxiv_that_wants_peace_gets_it(nights: Night) -> None:
    """After a 429 with a wish, ids are refused for as long, and arXiv is not asked."""
    patience = Fault(status=429, headers={"Retry-After": "7200"})
    nights.arxiv.fail("/api/query", patience, times=4)
    with served(nights) as page:
        assert page.end(page.ask("2611.00001"))["state"] == "failed"
        asked = nights.arxiv.count("/api/query")
        late = page.ask("2611.00002")

        assert late.status_code == 503
        assert int(late.headers["retry-after"]) > 500
        assert "arXiv asks us to wait" in late.json()["error"]
        assert nights.arxiv.count("/api/query") == asked
        assert page.end(page.drop(pdf_of(2)))["state"] == "done"


def test_an_unknown_paper_is_said(nights: Night) -> None:
    """ArXiv's answer is passed on."""
    with served(nights) as page:
        ended = page.end(page.ask("2611.99999"))

    assert ended["error"] == "arXiv knows no such paper."


def test_a_pdf_that_cannot_be_had_is_said(nights: Night) -> None:
    """A download that fails for good ends the job."""
    nights.arxiv.fail("/pdf/", Fault(status=404), times=4)
    with served(nights) as page:
        assert "PDF could not be had" in str(page.end(page.ask("2611.00001"))["error"])
        assert not list(page.site.board.shelf.directory.glob("pdf/*"))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("429-per-day", "quota is spent"),
        ("400-key", "key was refused"),
        ("503", "no usable reply"),
        ("not-json", "no usable reply"),
        ("reset", "no usable reply"),
    ],
)
def test_a_model_that_fails_is_said(nights: Night, fault: str, words: str) -> None:
    """The job ends in words, and the next one is not held against it."""
    nights.gemini.always = fault
    with served(nights) as page:
        ended = page.end(page.drop(pdf_of(1)))

        assert ended["state"] == "failed"
        assert words in str(ended["error"])
        nights.gemini.always = "ok"
        assert page.end(page.drop(pdf_of(1)))["state"] == "done"


def test_a_store_that_is_gone_is_said(nights: Night) -> None:
    """The job fails, and the next one works on a new store."""
    with served(nights) as page:
        page.end(page.drop(pdf_of(1)))
        for path in (nights.directory / "store").glob("chatpaper.sqlite3*"):
            path.unlink()
        ended = page.end(page.drop(pdf_of(2)))

        assert "store cannot be used" in str(ended["error"])
        assert page.end(page.drop(pdf_of(2)))["state"] == "done"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a disk of its own")
def test_a_full_disk_is_said(nights: Night) -> None:
    """An upload, a job and the health say so; the page goes on when there is room."""
    store = nights.directory / "store"
    store.mkdir()
    if os.system(f"mount -t tmpfs -o size=3m tmpfs {store} 2>/dev/null"):
        pytest.skip("nothing can be mounted here")
    try:
        with served(nights) as page:
            ballast = store / "ballast"
            ballast.write_bytes(b"x" * 2_000_000)
            got = page.drop(pdf_of(1, 2_000_000))
            assert got.status_code == 507
            assert "disk is full" in got.json()["error"]
            with (store / "more").open("wb", buffering=0) as file:
                try:
                    while file.write(b"x" * 4096):
                        pass
                except OSError:
                    pass
            health = page.visitor.get("/healthz")
            assert (health.status_code, "store" in health.text) == (503, True)
            ballast.unlink()
            (store / "more").unlink()
            while page.visitor.get("/healthz").status_code != 200:
                time.sleep(0.1)
            assert page.end(page.drop(pdf_of(1)))["state"] == "done"
    finally:
        os.system(f"umount {store}")


# ------------------------------------------------------------------ the server stops


def test_what_was_done_outlives_a_restart(nights: Night) -> None:
    """Its page and files are there, under the same address; it is not made again."""
    with served(nights) as page:
        answer = page.drop(pdf_of(1))
        page.end(answer)
    calls = len(nights.gemini.calls)
    with served(nights) as page:
        url = answer.json()["url"]
        assert page.visitor.get(url, headers={"accept": "text/html"}).status_code == 200
        assert title_of(1) in page.visitor.get(f"{url}/paper.md").text
        assert page.drop(pdf_of(1)).json() == answer.json()
    assert len(nights.gemini.calls) == calls


def test_what_was_under_way_is_lost_in_words(nights: Night) -> None:
    """A stop ends a paper that waits; dropped again it is paid for once."""
    nights.gemini.going.clear()
    with served(nights, max_jobs=1) as page:
        answers = [page.drop(pdf_of(n)) for n in (1, 2)]
        board = page.site.board

        def answer_late() -> None:
            while not board.closing:
                time.sleep(0.01)
            nights.gemini.going.set()

        late = threading.Thread(target=answer_late)
        late.start()
        while not nights.gemini.come:
            time.sleep(0.01)
    late.join()
    with served(nights, max_jobs=1) as page:
        told = [page.end(answer) for answer in answers]
        assert [moment["state"] for moment in told] == ["done", "failed"]
        assert "drop it again" in str(told[1]["error"])
        assert page.end(page.drop(pdf_of(2)))["state"] == "done"
    assert nights.calls() == {title_of(1): 1, title_of(2): 1}


@pytest.fixture
def gemini() -> Iterator[GeminiStandIn]:
    """The model of a server that is a process."""
    with GeminiStandIn() as made:
        yield made


def test_a_kill_loses_only_what_was_under_way(
    tmp_path: Path, gemini: GeminiStandIn
) -> None:
    """Paid replies are kept, the job is lost in words, a cut upload is swept."""
    gemini.by_kind["judge"] = gemini.by_kind.get("judge", type(gemini.script)())
    gemini.by_kind["judge"].append("hang")
    with served_page(tmp_path, gemini=gemini, max_usd_per_day=1.0) as server:
        files = {"file": ("a.pdf", pdf_of(1), "application/pdf")}
        url = httpx2.post(f"{server.url}/api/papers", files=files).json()["url"]
        while [call.kind for call in gemini.calls] != ["summary", "judge"]:
            time.sleep(0.02)
        incoming = tmp_path / "store" / "web" / "incoming"
        (incoming / "cut.part").write_bytes(b"%PDF-")
        server.stop(signal.SIGKILL)
        budget = json.loads((incoming.parent / "budget.json").read_text())
        # What it might have cost is counted, since nobody knows what it did cost.
        assert budget["usd"] == pytest.approx(0.2)

        server.start()

        told = server.told(url)
        assert (told["state"], told["stage"]) == ("failed", "failed")
        assert (
            "drop it again"
            in httpx2.get(f"{server.url}/api{url}?lang=en").json()["error"]
        )
        assert not list(incoming.iterdir())
        again = httpx2.post(f"{server.url}/api/papers", files=files).json()["url"]
        assert again != url
        while server.told(again)["state"] not in ("done", "failed"):
            time.sleep(0.02)
        assert server.told(again)["state"] == "done"
    assert [call.kind for call in gemini.calls] == ["summary", "judge", "judge"]


def test_a_stop_ends_within_seconds(tmp_path: Path, gemini: GeminiStandIn) -> None:
    """A model that never answers and somebody who listens hold nothing up."""
    gemini.always = "hang"
    with served_page(tmp_path, gemini=gemini) as server:
        files = {"file": ("a.pdf", pdf_of(1), "application/pdf")}
        url = httpx2.post(f"{server.url}/api/papers", files=files).json()["url"]
        while not gemini.calls:
            time.sleep(0.02)
        with httpx2.stream("GET", f"{server.url}/api{url}/events") as events:
            begun = time.monotonic()
            assert server.stop(signal.SIGTERM) == 0
            assert time.monotonic() - begun < 50
            assert "event: stage" in "".join(events.iter_text())
        assert "Traceback" not in server.log
        assert KEY not in server.log


# ------------------------------------------------------------------ what goes away


def with_age(page_folder: Path, hours: float) -> None:
    """Make every job on the disk so many hours older."""
    for path in page_folder.glob("jobs/*/job.json"):
        facts = json.loads(path.read_text())
        facts["made_at"] -= hours * 3600
        path.write_text(json.dumps(facts))


def test_uploads_are_deleted_after_a_while(nights: Night) -> None:
    """File, result and what the model said go; what arXiv has stays paid for."""
    with served(nights, keep_h=2) as page:
        upload, known = page.drop(pdf_of(1)), page.ask("2611.00002")
        page.end(upload)
        page.end(known)
        folder = page.site.board.shelf.directory
    with_age(folder, 1.9)
    with served(nights, keep_h=2) as page:
        assert page.visitor.get(upload.json()["url"]).status_code == 200
    with_age(folder, 0.2)
    with served(nights, keep_h=2) as page:
        for answer in (upload, known):
            gone = page.visitor.get(answer.json()["url"])
            assert gone.status_code == 404
            assert "deleted after 2 hours" in gone.json()["error"]
        assert not list(folder.glob("jobs/*"))
    with closing(sqlite3.connect(nights.directory / "store/chatpaper.sqlite3")) as db:
        kept = db.execute("SELECT DISTINCT id FROM replies").fetchall()
    assert kept == [("2611.00002v1",)]


def test_a_server_that_goes_on_deletes_too(nights: Night) -> None:
    """A sweep needs no restart, and a clock set back keeps nothing for ever."""
    with served(nights, keep_h=1) as page:
        answers = [page.drop(pdf_of(n)) for n in (1, 2)]
        for answer in answers:
            page.end(answer)
        board = page.site.board
        board.job(answers[0].json()["job"]).made_at -= 3601
        board.job(answers[1].json()["job"]).made_at += 7200
        assert page.visitor.get(answers[0].json()["url"]).status_code == 404

        board.sweep()

        assert board.jobs() == []
        assert not list(board.shelf.directory.glob("jobs/*"))


def test_only_so_many_are_kept(nights: Night) -> None:
    """The oldest paper goes when there are more than `web.max_kept`."""
    with served(nights, max_kept=2) as page:
        answers = []
        for n in range(4):
            answers.append(page.drop(pdf_of(n)))
            page.end(answers[-1])
        page.drop(pdf_of(9))

        codes = [
            page.visitor.get(answer.json()["url"]).status_code for answer in answers
        ]
    assert codes == [404, 404, 200, 200]


def test_a_damaged_folder_is_no_obstacle(nights: Night) -> None:
    """What is no job of ours is deleted; a lost count gives nothing away."""
    with served(nights) as page:
        answer = page.drop(pdf_of(1))
        page.end(answer)
        folder = page.site.board.shelf.directory
    (folder / "jobs" / answer.json()["job"] / "job.json").write_text("{")
    (folder / "jobs" / "stray").mkdir()
    (folder / "budget.json").write_text("{")
    with served(nights, max_usd_per_day=1.0) as page:
        assert page.visitor.get(answer.json()["url"]).status_code == 404
        assert not list(folder.glob("jobs/*"))
        assert page.drop(pdf_of(1)).status_code == 503


# ------------------------------------------------------------------ questions


def asked(page: Page, url: str, question: object, **headers: str) -> httpx2.Response:
    """Ask about a paper."""
    return page.visitor.post(
        f"/api{url}/questions", json={"question": question}, headers=headers
    )


def test_a_question_is_answered_by_the_paper(nights: Night) -> None:
    """Claims come with quotes and pages, as values and as the page shows them."""
    with served(nights, questions_per_paper=2) as page:
        answer = page.drop(pdf_of(1))
        page.end(answer)
        url = answer.json()["url"]
        got = asked(
            page, url, "Does the generator learn from drawings and photographs?"
        )

        assert got.status_code == 200, got.text
        said: dict[str, Any] = got.json()
        assert said["claims"][0]["evidence"][0]["page"] == 1
        assert 'class="claim"' in said["html"]
        assert asked(page, url, " ").status_code == 400
        late = asked(page, url, "And then?")
        assert late.status_code == 429
        assert "At most 2 questions" in late.json()["error"]
        spent = page.site.board.workshop.purse.budget.spent[0]
        assert 0 < spent < 0.05


@pytest.mark.parametrize(
    "question", ["", "x" * 600, "x" * 9000, None, 7, ["a"], {"a": 1}, "\u200b"]
)
def test_what_is_no_question_is_said(nights: Night, question: object) -> None:
    """It is refused before anything is asked of a model."""
    with served(nights) as page:
        answer = page.drop(pdf_of(1))
        page.end(answer)
        calls = len(nights.gemini.calls)

        got = asked(page, answer.json()["url"], question)

        assert got.status_code == 400
        assert "question" in got.json()["error"]
        assert len(nights.gemini.calls) == calls


BEARER = {"authorization": f"Bearer {TOKEN}"}


@contextmanager
def entry_without_a_key(
    nights: Night, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Page, str]]:
    """A page that wants a token and has no key of its own, and a paper's address."""
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    monkeypatch.delenv("GOOGLE_API_KEY", raising=False)
    with served(nights, token=TOKEN, key=None) as page:
        answer = page.drop(pdf_of(1), headers=BEARER)
        page.end(answer)
        yield page, answer.json()["url"]


def test_questions_need_a_model_and_a_token(
    nights: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a model one's own key is asked for; a bad one is refused in words."""
    with entry_without_a_key(nights, monkeypatch) as (page, url):
        assert asked(page, url, "Why?").status_code == 401
        none = asked(page, url, "Why?", **BEARER)
        assert (none.status_code, "own" in none.json()["error"]) == (501, True)
        bad = asked(page, url, "Why?", **BEARER, **{"x-model-key": "sk-0123456789"})
        assert (bad.status_code, "key" in bad.json()["error"]) == (403, True)
        good = asked(page, url, "Why?", **BEARER, **{"x-model-key": KEY})
        assert good.status_code == 200


def typed(page: Page, url: str, **headers: str) -> Callable[..., httpx2.Response]:
    """Ask about a paper as a form without a script does."""
    like = {"accept": "text/html", "origin": str(page.visitor.base_url).rstrip("/")}

    def send(**fields: str) -> httpx2.Response:
        parts = {name: (None, value) for name, value in fields.items()}
        return page.visitor.post(url, files=parts, headers={**like, **headers})

    return send


def test_a_form_without_a_script_is_answered_in_the_page(nights: Night) -> None:
    """With the claims that a script shows, and the question as it was cleaned."""
    question = "Does the generator learn from <b>drawings</b> and\u202e photographs?"
    with served(nights, questions_per_paper=2) as page:
        answer = page.drop(pdf_of(1))
        page.end(answer)
        url = answer.json()["url"]
        send = typed(page, url)
        got = send(question=question)
        told = asked(page, url, question).json()

        assert got.status_code == 200, got.text
        assert got.headers["content-type"].startswith("text/html")
        shown = re.search(r'<section class="answer">(.*?)</section>', got.text, re.S)
        assert shown
        assert "and photographs?</h3>" in shown[1]
        assert "<b>" not in shown[1]
        assert told["claims"][0]["text"] in shown[1]
        assert 'action="/papers/' in got.text
        late = send(question=question)
        assert late.status_code == 429
        assert "At most 2 questions" in late.text


def test_a_form_passes_the_checks_of_a_script(
    nights: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Origin, token, sizes, key; each is refused on a page, and no model is asked."""
    with entry_without_a_key(nights, monkeypatch) as (page, url):
        send = typed(page, url)
        why = {"question": "Why?", "token": TOKEN}
        before = len(nights.gemini.calls)
        refused = [
            send(question="Why?"),
            send(question="Why?", token="wrong"),
            typed(page, url, origin="https://evil.example")(**why, key=KEY),
            send(**why),
            send(**why, key="sk-\u00e9"),
            send(token=TOKEN, key=KEY),
            send(token=TOKEN, key=KEY, question="w" * 501),
            send(token=TOKEN, key=KEY, question="w" * 3000),
            page.visitor.post(url, content=b"x", headers={"content-type": "text/x"}),
            page.visitor.post(url, files={"file": b"%PDF-1"}, data=why),
            page.visitor.post(f"/papers/{'A' * 22}", data=why),
        ]
        codes = [401, 401, 403, 501, 400, 400, 400, 400, 400, 413, 404]
        assert [got.status_code for got in refused] == codes
        assert all('role="alert"' in got.text for got in refused[:8])
        assert not list(page.site.board.shelf.incoming.iterdir())
        assert len(nights.gemini.calls) == before
        bad = send(**why, key="sk-0123456789")
        assert (bad.status_code, "model key was refused" in bad.text) == (403, True)
        good = send(**why, key=KEY)
        assert good.status_code == 200
        assert 'class="answer"' in good.text
        assert not any(secret in good.text for secret in (KEY, TOKEN))


def test_a_question_that_fails_is_said(nights: Night) -> None:
    """The budget, the quota and the model's silence have words of their own."""
    with served(nights, max_usd_per_day=0.013) as page:
        answer = page.drop(pdf_of(1))
        page.end(answer)
        url = answer.json()["url"]
        nights.gemini.always = "not-json"
        assert asked(page, url, "Why?").status_code == 502
        nights.gemini.always = "429-per-day"
        assert asked(page, url, "How?").status_code == 503
        budget = page.site.board.workshop.purse.budget
        taken = budget.take()
        assert taken is not None
        budget.settle(taken, Usage(cost_usd=1.0))
        late = asked(page, url, "When?")
        assert late.status_code == 503
        assert "budget" in late.json()["error"]
        shutil.rmtree(page.site.board.shelf.folder(answer.json()["job"]))
        assert asked(page, url, "Where?").status_code == 409
