"""What was found by attacking the page and the model's client, over real sockets."""

from __future__ import annotations

import json
import logging
import socket
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from google.genai.types import GenerateContentResponse

from chatpaper.errors import SummaryError
from chatpaper.models.gemini import Gemini, GeminiSettings
from chatpaper.models.openai import OpenAI, OpenAISettings
from chatpaper.web.board import Board, Wanted
from chatpaper.web.serving import share_the_log
from chatpaper.web.words import Refusal
from night import Night, night, pdf_of
from openai_calls import a_request
from serving import TOKEN, Page, served

KEY = "sk-a-secret-of-the-owner-0123"
REPLY = {
    "model": f"m {KEY}",
    "choices": [{"message": {"content": f'"{KEY}"'}, "finish_reason": KEY}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1},
}


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Night]:
    """A night with stand-ins."""
    with night(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page of its owner alone."""
    with night(tmp_path_factory.mktemp("page")) as made, served(made) as page:
        yield page


@contextmanager
def answering(head: str, body: str = "") -> Iterator[str]:
    """The address of a server that answers one request with these very bytes."""
    octets = f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            client, _ = server.accept()
            with client:
                while b"messages" not in client.recv(65_536):
                    pass
                client.sendall(octets)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        thread.join(5)


def asked(url: str) -> OpenAI:
    """A client that asks once."""
    settings = OpenAISettings(model="m", base_url=url, timeout_s=60, tries=1)
    return OpenAI(KEY, settings)


def test_a_body_in_too_many_codings_is_a_named_error() -> None:
    """Codings beyond what anybody sends are the server's fault, and no crash."""
    codings = ", ".join(["gzip"] * 5000)
    with (
        answering(f"200 OK\r\nContent-Encoding: {codings}") as url,
        asked(url) as model,
        pytest.raises(SummaryError, match="connection to the model broke"),
    ):
        model.complete(a_request())


def test_a_key_that_is_echoed_goes_nowhere() -> None:
    """A reply's text, its model's name and its end are written down and shown."""
    with answering("200 OK", json.dumps(REPLY)) as url, asked(url) as model:
        reply = model.complete(a_request())

    assert reply.model == "m ***"
    assert "sk-a-secret" not in repr(reply)


@pytest.mark.parametrize("place", [f"http://{KEY}.evil.example/", f"http://{KEY}/"])
def test_a_redirect_to_the_key_is_not_told(place: str) -> None:
    """The host of a redirect is told, unless it is the key."""
    with (
        answering(f"302 Found\r\nLocation: {place}") as url,
        asked(url) as model,
        pytest.raises(SummaryError, match="sends us to another address") as caught,
    ):
        model.complete(a_request())

    assert KEY not in str(caught.value)


@pytest.mark.parametrize("origin", ["http://[::1", "http://[x]", "", "//", "null"])
def test_an_origin_that_is_none_is_refused(page: Page, origin: str) -> None:
    """It is another's, in words and behind the headers of every answer."""
    got = page.ask("2611.00001", headers={"origin": origin})

    assert got.status_code == 403
    assert "frame-ancestors" in got.headers["content-security-policy"]


@pytest.mark.parametrize(
    "host", ["evil.example@127.0.0.1", "localhost/x", "localhost#x", "[::1%25x]"]
)
def test_a_host_is_a_name_and_a_port(page: Page, host: str) -> None:
    """What a parser would find a name of ours in is none."""
    assert page.visitor.get("/", headers={"host": host}).status_code == 421


def test_an_endless_figure_is_not_there(page: Page) -> None:
    """A name longer than a disk takes is no fault of the server."""
    answer = page.drop(pdf_of(1))
    page.end(answer)
    url = f"{answer.json()['url']}/figures/{'a' * 300}.png"
    assert page.visitor.get(url).status_code == 404


def test_a_papers_id_is_in_no_log(page: Page, caplog: Any) -> None:
    """However its address is spelled, and however long it is."""
    caplog.set_level(logging.INFO, "chatpaper.web.guard")
    for path in ("/%70apers/secret", "/papers%2fsecret/x", "/papers/a%0Ab"):
        page.visitor.get(path)
    page.visitor.get("/" + "x" * 9000)

    lines = [r.getMessage() for r in caplog.records if r.name.endswith("guard")]
    assert len(lines) == 4
    assert not any("secret" in line or "\n" in line for line in lines)
    assert max(map(len, lines)) < 250


def test_tokens_cannot_be_tried_anywhere_for_long(nights: Night) -> None:
    """Lists and questions count a wrong token as uploads do; a right one never."""

    def tried(token: str) -> int:
        headers = {"x-access-token": token}
        return open_page.visitor.get("/api/papers", headers=headers).status_code

    with served(nights, token=TOKEN, papers_per_hour=3) as open_page:
        assert [tried(TOKEN) for _ in range(9)] == [200] * 9
        assert [tried(f"{n:016d}") for n in range(5)] == [401, 401, 401, 429, 429]
        # Who guesses on is not told of the right one.
        assert tried(TOKEN) == 429


def test_nobody_waits_for_anothers_key(nights: Night) -> None:
    """A paper that a visitor's key pays for is no other's before it is done."""
    with served(nights) as page:
        board: Board = page.site.board
        board.workshop.stop.set()  # no job is begun
        board._queue.clear()
        with board._changed:
            mine = board.submit(Wanted(identity="a", title="a", own_key="k" * 20))
            again = board.submit(Wanted(identity="a", title="a", own_key="k" * 20))
            theirs = board.submit(Wanted(identity="a", title="a"))

    assert again is mine
    assert theirs is not mine


def test_a_crowd_that_comes_at_once_is_no_more_than_allowed(page: Page) -> None:
    """Who follows a paper has a place before the answer begins, not after."""
    answer = page.drop(pdf_of(2))
    page.end(answer)
    job = page.site.board.job(answer.json()["job"])
    over = job.history.pop()  # under way again
    request = f"GET /api/papers/{job.id}/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with ExitStack() as stack:
        crowd = [
            stack.enter_context(socket.create_connection(("127.0.0.1", page.port)))
            for _ in range(90)
        ]
        for one in crowd:
            one.sendall(request.encode())
        codes = Counter(one.recv(12) for one in crowd)
    job.history.append(over)

    assert codes == {b"HTTP/1.1 200": 64, b"HTTP/1.1 503": 26}
    while page.site.listeners.taken:
        page.visitor.get("/healthz")


def held(nights: Night) -> list[tuple[str, ...]]:
    """What the store knows of uploads."""
    path = nights.directory / "store/chatpaper.sqlite3"
    with closing(sqlite3.connect(path)) as db:
        return db.execute(
            "SELECT id FROM replies WHERE id LIKE '%upload-%'"
            " UNION ALL SELECT id FROM documents WHERE id LIKE '%upload-%'"
        ).fetchall()


@pytest.mark.parametrize("late", [False, True])
def test_answers_about_an_upload_go_with_it(nights: Night, late: bool) -> None:
    """Also what is answered while it goes; not even that it was read is left."""
    question = "Does the generator learn from drawings and photographs?"
    with served(nights) as own:
        answer = own.drop(pdf_of(1))
        own.end(answer)
        job = own.site.board.job(answer.json()["job"])
        shelf = own.site.board.shelf
        digest = shelf.result(job.id)
        assert digest is not None
        if late:
            pdf = (shelf.folder(job.id) / "paper.pdf").read_bytes()
            own.site.board._remove(job)
            elsewhere = shelf.directory / "paper.pdf"
            elsewhere.write_bytes(pdf)

            class Gone(type(elsewhere)):  # type: ignore[misc]
                """The folder of a job that is there until its PDF was read."""

                def __truediv__(self, _: str) -> Path:
                    return elsewhere

            folder: Path = Gone(shelf.folder(job.id))
            own.site.board.workshop.answer(folder, digest.paper, question, "")
        else:
            url = f"/api/papers/{job.id}/questions"
            got = own.visitor.post(url, json={"question": question})
            assert got.status_code == 200
            assert len(held(nights)) > 3
            own.site.board._remove(job)

        assert held(nights) == []


def test_gemini_that_echoes_the_key_is_as_harmless() -> None:
    """Its address may be somebody's proxy."""
    answer = {
        "modelVersion": f"gemini {KEY}",
        "candidates": [
            {"content": {"parts": [{"text": f"a {KEY}"}]}, "finishReason": "STOP"}
        ],
    }
    response = GenerateContentResponse.model_validate(answer)
    reply = Gemini(KEY, GeminiSettings(model="m")).read(response, tier="standard")

    assert (reply.text, reply.model) == ("a ***", "gemini ***")


def test_one_address_does_not_fill_the_queue(nights: Night) -> None:
    """Half of the places stay for others; the owner alone has them all."""

    def asked_for(n: int, visitor: str) -> str:
        wanted = Wanted(identity=f"{n} {visitor}", title="a", visitor=visitor)
        try:
            return board.submit(wanted).now.state
        except Refusal as refusal:
            return refusal.code

    with served(nights, max_queue=4) as own:
        board: Board = own.site.board
        with board._changed:  # nothing is begun meanwhile
            assert [asked_for(n, "1") for n in range(3)] == ["queued"] * 2 + ["share"]
            assert [asked_for(n, "") for n in range(3)] == ["queued"] * 2 + ["full"]


def test_strangers_are_told_of_their_share(nights: Night) -> None:
    """Over HTTP, where others reach the page; each address for itself."""
    nights.gemini.going.clear()
    proxies: dict[str, Any] = {"hosts": ["papers.example.org"], "open": True}
    proxies["trusted_proxies"] = ["127.0.0.1"]
    with served(nights, max_jobs=1, max_queue=2, **proxies) as own:
        headers = {"x-forwarded-for": "192.0.2.1"}
        codes = [own.drop(pdf_of(0), headers=headers)]
        while not nights.gemini.come:
            time.sleep(0.01)
        codes += [own.drop(pdf_of(n), headers=headers) for n in range(1, 3)]
        nights.gemini.going.set()
        other = own.drop(pdf_of(5), headers={"x-forwarded-for": "192.0.2.2"})

    assert "wait already" in codes[-1].json()["error"]
    assert other.status_code == 202


@pytest.fixture
def ours() -> Iterator[list[str]]:
    """What our log's handlers are given; both logs are as before afterwards."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    log, theirs = logging.getLogger("chatpaper"), logging.getLogger("uvicorn.error")
    handler, before = Kept(), (list(theirs.handlers), theirs.level, theirs.propagate)
    log.addHandler(handler)
    yield lines
    log.removeHandler(handler)
    theirs.handlers[:], level, theirs.propagate = before
    theirs.setLevel(level)


def test_garbage_fills_no_log(page: Page, ours: list[str], caplog: Any) -> None:
    """No line for what is no request; what goes wrong in the server has one of ours."""
    share_the_log()
    for garbage in (b"\x16\x03\x01\r\n\r\n", b"GET / HTTP/9\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", page.port)) as client:
            client.sendall(garbage)
            assert b" 400 " in client.recv(100)
    assert not any("HTTP request" in line for line in [*ours, *caplog.messages])
    logging.getLogger("uvicorn.error").error("Exception in ASGI application")
    assert ours[-1] == "Exception in ASGI application"
