"""What the page of `chatpaper serve` refuses, in words and with the right status."""

from __future__ import annotations

import io
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from chatpaper.config import Config
from chatpaper.errors import ConfigError, StoreError
from chatpaper.web import KeyRing, Places, Rate, Waits, open_site, serve
from hostile import bomb, one_page, page_tree_in_a_ring, raw_pdf
from night import Night, night, pdf_of
from servers.gemini_faults import KEY
from serving import TOKEN, Page, served

HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page on this machine, for its owner; it never has enough."""
    limits: dict[str, Any] = {"papers_per_hour": 10_000, "requests_per_minute": 100_000}
    with (
        night(tmp_path_factory.mktemp("shared")) as nights,
        served(nights, **limits) as made,
    ):
        yield made


@pytest.fixture
def page(shared: Page) -> Iterator[Page]:
    """The shared page; what was taken is done, and no upload is left over."""
    shared.visitor.cookies.clear()
    yield shared
    for job in shared.site.board.jobs():
        while not job.is_over:
            time.sleep(0.01)
    assert not list(shared.site.board.shelf.incoming.iterdir())


@contextmanager
def nothing_taken(page: Page) -> Iterator[None]:
    """No paper is taken, and nothing of it is left on the disk."""
    before = page.site.board.jobs()
    yield
    assert page.site.board.jobs() == before
    assert not list(page.site.board.shelf.incoming.iterdir())


def raw(page: Page, request: bytes, *, seconds: float = 100.0) -> bytes:
    """What a request of these very bytes is answered with, until we are hung up on."""
    with socket.create_connection(("127.0.0.1", page.port), timeout=seconds) as client:
        client.sendall(request)
        parts = []
        try:
            while part := client.recv(65_536):
                parts.append(part)
        except ConnectionResetError:
            pass
        return b"".join(parts)


# ------------------------------------------------------------------ who may ask


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "a b"])
def test_another_name_is_refused(page: Page, host: str) -> None:
    """A page of a name that leads here, by a trick of DNS, gets nothing."""
    got = page.visitor.get("/", headers={"host": host})

    assert got.status_code in (400, 421)
    assert "chatpaper</h1>" not in got.text


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:80", "[::1]:8765", "10.1.2.3"]
)
def test_own_names_and_addresses_are_served(page: Page, host: str) -> None:
    """An address is no name that another site could have."""
    assert page.visitor.get("/", headers={"host": host}).status_code == 200


def test_names_of_a_proxy_are_served(nights: Night) -> None:
    """What `web.hosts` names is served, whatever its case."""
    with served(nights, token=TOKEN, hosts=["papers.example.org"]) as page:
        got = page.visitor.get("/", headers={"host": "Papers.example.org:443"})

        assert got.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "http://localhost"},
    ],
)
def test_other_sites_cannot_send(page: Page, headers: dict[str, str]) -> None:
    """A form on somebody else's page is refused before its paper is taken."""
    with nothing_taken(page):
        got = page.drop(pdf_of(8), headers=headers)

    assert got.status_code == 403
    assert "another site" in got.json()["error"]


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "same-origin", "origin": "null"}, {}]
)
def test_the_page_itself_can_send(page: Page, headers: dict[str, str]) -> None:
    """So can a program, which sends neither header, and the page's own origin."""
    assert page.ask("2611.00001", headers=headers).status_code == 202
    origin = {"origin": page.url}
    assert page.ask("2611.00001", headers=origin).status_code == 202


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": "1.1.1.1"},
        {"forwarded": "for=1.1.1.1"},
        {"via": "1.1 proxy"},
        {"sec-fetch-site": "same-origin", "origin": "https://papers.example.org"},
    ],
)
def test_a_proxy_nobody_told_of_is_refused(page: Page, headers: dict[str, str]) -> None:
    """It would open the owner's page to all who reach it, under our own name."""
    with nothing_taken(page):
        got = page.drop(pdf_of(8), headers=headers)

    assert got.status_code == 421
    assert "web.hosts" in got.json()["error"]


def test_a_token_is_needed(nights: Night) -> None:
    """It passes in a header or in the form; without it nothing is taken."""
    with served(nights, token=TOKEN) as page:
        none = page.drop(pdf_of(1))
        wrong = page.drop(pdf_of(1), headers={"x-access-token": TOKEN[:-1]})
        in_form = page.drop(pdf_of(1), data={"token": "x"})
        in_url = page.drop(pdf_of(1), params={"token": TOKEN})

        assert [r.status_code for r in (none, wrong, in_form, in_url)] == [401] * 4
        assert none.headers["www-authenticate"] == "Bearer"
        assert "needed" in none.json()["error"]
        assert "wrong" in wrong.json()["error"]
        assert page.site.board.jobs() == []
        assert not list(page.site.board.shelf.incoming.iterdir())
        given = page.drop(pdf_of(1), data={"token": TOKEN})
        assert given.status_code == 202
        bearer = {"authorization": f"Bearer {TOKEN}"}
        assert page.drop(pdf_of(1), headers=bearer).json() == given.json()
        # The page says nothing of it, and sets no cookie.
        assert TOKEN not in page.visitor.get("/").text
        assert not page.visitor.cookies


def test_tokens_cannot_be_tried_for_long(nights: Night) -> None:
    """A wrong token counts as a paper."""
    with served(nights, token=TOKEN, papers_per_hour=3) as page:
        codes = [
            page.ask("2611.00001", headers={"x-access-token": f"{n:016d}"}).status_code
            for n in range(5)
        ]

    assert codes == [401, 401, 401, 429, 429]


@pytest.mark.parametrize(
    ("web", "token"),
    [
        ({"host": "0.0.0.0"}, ""),
        ({"host": "::"}, ""),
        ({"host": "papers.example.org"}, ""),
        ({"hosts": ["papers.example.org"]}, ""),
        ({"host": "0.0.0.0"}, "short"),
    ],
)
def test_strangers_need_a_token(
    nights: Night, web: dict[str, object], token: str
) -> None:
    """Nothing is served to others without a token that cannot be guessed."""
    nights.settings["web"] = web
    config = Config.model_validate(nights.sections)

    with (
        pytest.raises(ConfigError, match="CHATPAPER_WEB_TOKEN"),
        open_site(config, token=token),
    ):
        pass


def test_a_page_may_be_open_by_choice(nights: Night) -> None:
    """`web.open` serves everybody, and then lists nobody's papers."""
    with served(nights, hosts=["papers.example.org"], open=True) as page:
        assert page.end(page.drop(pdf_of(1)))["state"] == "done"
        assert page.visitor.get("/api/papers").json() == {"papers": []}


def test_an_open_page_needs_a_budget_that_holds(nights: Night) -> None:
    """Dollars of a model without a price cannot be counted."""
    nights.settings["web"] = {"hosts": ["papers.example.org"], "open": True}
    nights.settings["llm"] = {"model": "mystery-1", "base_url": nights.gemini.base_url}
    config = Config.model_validate(nights.sections)

    with (
        pytest.raises(ConfigError, match="no mystery-1"),
        open_site(config, token="", key=KEY),
    ):
        pass


def test_two_servers_do_not_share_a_store(nights: Night) -> None:
    """The second one says who holds it."""
    with served(nights), pytest.raises(StoreError, match="pid"), served(nights):
        pass


# ------------------------------------------------------------------ headers


@pytest.mark.parametrize("path", ["/", "/nothing", "/api/papers", "/static/none"])
def test_every_answer_is_locked_up(page: Page, path: str) -> None:
    """Scripts, frames, types and addresses of other sites have no way in or out."""
    headers = page.visitor.get(path).headers
    policy = headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers
    assert "set-cookie" not in headers


def test_what_never_changes_is_sent_once(page: Page) -> None:
    """The page's own files are asked about, and not sent again; there is an icon."""
    for path in ("/static/page.js", "/static/page.css", "/static/icon.svg"):
        first = page.visitor.get(path)
        again = page.visitor.get(path, headers={"if-none-match": first.headers["etag"]})

        assert first.headers["cache-control"] == "no-cache"
        assert [again.status_code, again.content] == [304, b""]
        assert again.headers["cache-control"] == "no-cache"
    icon = page.visitor.get("/favicon.ico")
    assert icon.headers["content-type"] == "image/svg+xml"
    assert icon.headers["cache-control"].startswith("max-age=")


def test_a_pdf_is_boxed_in(page: Page) -> None:
    """It is a download, and where it is shown, it runs without an origin."""
    answer = page.drop(pdf_of(1))
    url = f"{answer.json()['url']}/paper.pdf"

    got = page.visitor.get(url)
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["content-security-policy"].startswith("sandbox;")
    shown = page.visitor.get(f"{url}?inline")
    assert shown.headers["content-disposition"].startswith("inline")
    assert shown.headers["content-security-policy"].startswith("sandbox;")


# ------------------------------------------------------------------ what is asked for


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "form"),
        ({"id": ""}, "Drop a PDF"),
        ({"id": "GAN"}, "no arXiv id"),
        ({"id": "../../etc/passwd"}, "no arXiv id"),
        ({"id": "http://evil.example/2611.00001.pdf"}, "no arXiv id"),
        ({"id": "2611.00001" * 30}, "no arXiv id"),
        ({"id": "9" * 10_000}, "form"),
        ({"id": "2611.00001", "key": "sk-\u4e2d"}, "model key"),
        ({"id": "2611.00001", "key": "k" * 600}, "model key"),
    ],
)
def test_what_is_no_paper_is_said(page: Page, form: dict[str, str], words: str) -> None:
    """Each mistake has its own line."""
    got = page.visitor.post("/api/papers", data=form)

    assert got.status_code == 400
    assert words in got.json()["error"]
    assert "\n" not in got.json()["error"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 400, "empty"),
        (b"<html>no</html>", 415, "no PDF"),
        (b"PK\x03\x04" + bytes(2000) + b"%PDF-1.7", 415, "no PDF"),
    ],
)
def test_no_pdf_is_refused_at_once(
    page: Page, body: bytes, status: int, words: str
) -> None:
    """It costs no place in the queue, and leaves nothing on the disk."""
    with nothing_taken(page):
        got = page.drop(body)

    assert got.status_code == status
    assert words in got.json()["error"]


def test_an_id_and_a_file_are_one_too_many(page: Page) -> None:
    """Nobody guesses which of them was meant."""
    assert page.drop(pdf_of(1), data={"id": "2611.00001"}).status_code == 400


BROKEN = {
    "no boundary": ("multipart/form-data", b"--x\r\n"),
    "a boundary of nothing": ("multipart/form-data; boundary=", b"--\r\n"),
    "no parts": ("multipart/form-data; boundary=x", b"garbage"),
    "cut in its headers": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"',
    ),
    "cut in its file": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"'
        b"\r\n\r\n%PDF-1.7 half",
    ),
    "a thousand headers": (
        "multipart/form-data; boundary=x",
        b"--x\r\n" + b"A: b\r\n" * 1000 + b"\r\n",
    ),
    "a thousand fields": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="id"\r\n\r\n1\r\n' * 1000
        + b"--x--\r\n",
    ),
    "JSON": ("application/json", b'{"id": "2611.00001"}'),
    "no type": ("", b"id=2611.00001"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_form_is_refused(page: Page, what: str) -> None:
    """Whatever is wrong with it, one line says so and nothing stays."""
    kind, body = BROKEN[what]
    with nothing_taken(page):
        headers = {"content-type": kind}
        got = page.visitor.post("/api/papers", content=body, headers=headers)

    assert got.status_code == 400, got.text


@pytest.mark.parametrize("told", [True, False])
def test_a_large_file_is_cut(nights: Night, told: bool) -> None:
    """It is refused by its length, or while it comes when it tells none."""
    nights.settings["reading"] = {"workers": 2, "max_mb": 1}
    head = (
        b"--x\r\n"
        b'Content-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7'
    )

    def body() -> Iterator[bytes]:
        yield head
        for _ in range(40):
            yield bytes(100_000)

    with served(nights) as page:
        got = page.visitor.post(
            "/api/papers",
            content=head + bytes(4_000_000) if told else body(),
            headers={"content-type": "multipart/form-data; boundary=x"},
        )

        assert got.status_code == 413
        assert "larger than 1 MB" in got.json()["error"]
        assert not list(page.site.board.shelf.incoming.iterdir())


@pytest.mark.parametrize(
    "name", ["../../x.pdf", "..\\..\\x.pdf", "/etc/passwd", "a\nb"]
)
def test_a_file_name_is_only_a_word(page: Page, name: str) -> None:
    """It names nothing on the disk, and holds no line or path when it is shown."""
    answer = page.drop(pdf_of(1, len(name)), name)
    first = page.told(answer)[0]["title"]

    assert "/" not in str(first)
    assert "\\" not in str(first)
    assert "\n" not in str(first)
    folder = page.site.board.shelf.folder(answer.json()["job"])
    assert {path.name for path in folder.iterdir()} == {
        "paper.pdf",
        "job.json",
        "digest.json",
        "figures",
    }


def test_a_file_name_is_escaped(nights: Night) -> None:
    """What stands in it is no HTML."""
    with served(nights) as page:
        answer = page.drop(b"%PDF-1.7 none", "<img src=x onerror=alert(1)>.pdf")
        page.end(answer)
        html = page.visitor.get(answer.json()["url"], headers=HTML).text

    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;.pdf" in html


# ------------------------------------------------------------------ PDFs of strangers


def encrypted() -> bytes:
    """A PDF with a password."""
    import pymupdf

    with pymupdf.open(stream=pdf_of(1)) as document:
        data: bytes = document.tobytes(
            encryption=5,  # AES, 256 bits
            owner_pw="a",
            user_pw="b",
        )
    return data


def pictures_only() -> bytes:
    """A PDF with one empty page."""
    import pymupdf

    document = pymupdf.open()
    document.new_page()
    data: bytes = document.tobytes()
    return data


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
NO_PAGES = b"<</Type/Pages/Kids[]/Count 0>>"
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "encrypted": (encrypted, "password"),
    "without text": (pictures_only, "no text"),
    "a head and garbage": (lambda: b"%PDF-1.7\n" + b"\0garbage\n" * 400, "PDF"),
    "without pages": (partial(raw_pdf, [CATALOG, NO_PAGES]), "PDF"),
    "pages in a ring": (page_tree_in_a_ring, "PDF"),
    "a page of a square mile": (
        partial(one_page, b"", page=b"/UserUnit 75000/CropBox[0 0 99999999 99999999]"),
        "no text",
    ),
    "a bomb": (partial(bomb, 300_000_000), "more time or memory"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_pdf_costs_its_worker(nights: Night, what: str) -> None:
    """The job fails in one clear line, and the page goes on."""
    make, words = HOSTILE[what]
    nights.settings["reading"] = {"max_memory_mb": 300, "timeout_s": 30}
    with served(nights) as page:
        ended = page.end(page.drop(make()))

        assert ended["state"] == "failed"
        assert words in str(ended["error"])
        assert page.visitor.get("/healthz").text == "ok\n"
        assert page.end(page.drop(pdf_of(2)))["state"] == "done"
    assert len(nights.gemini.calls) == 2


# ------------------------------------------------------------------ how much, how fast


def test_a_full_queue_says_when_to_come_back(nights: Night) -> None:
    """What is waiting is bounded, and every paper that was taken is worked on."""
    nights.gemini.going.clear()
    with served(nights, max_jobs=1, max_queue=1) as page:
        answers = [page.drop(pdf_of(0))]
        while not nights.gemini.come:
            time.sleep(0.01)
        answers += [page.drop(pdf_of(n)) for n in range(1, 4)]
        nights.gemini.going.set()
        taken = [answer for answer in answers if answer.status_code == 202]
        refused = [answer for answer in answers if answer.status_code == 503]

        assert (len(taken), len(refused)) == (2, 2)
        assert int(refused[0].headers["retry-after"]) > 0
        assert "queue is full" in refused[0].json()["error"]
        assert all(page.end(answer)["state"] == "done" for answer in taken)


def test_papers_of_one_address_are_counted(nights: Night) -> None:
    """The third of two is refused until some of the hour is over; mistakes are free."""
    with served(nights, papers_per_hour=2) as page:
        for _ in range(4):
            assert page.ask("nonsense").status_code == 400
        codes = [page.drop(pdf_of(n)).status_code for n in range(3)]
        late = page.ask("2611.00001")

    assert codes == [202, 202, 429]
    assert 0 < int(late.headers["retry-after"]) <= 1800
    assert "At most 2 papers an hour" in late.json()["error"]


def test_requests_of_one_address_are_counted(nights: Night) -> None:
    """A page that is asked too fast says so; its health can be asked for ever."""
    with served(nights, requests_per_minute=5) as page:
        codes = [page.visitor.get("/").status_code for _ in range(7)]
        got = page.visitor.get("/", headers=HTML)

        assert codes == [200] * 5 + [429] * 2
        assert 0 < int(got.headers["retry-after"]) <= 12
        assert page.visitor.get("/healthz").status_code == 200


def test_a_proxy_tells_whom_it_speaks_for(nights: Night) -> None:
    """Only a trusted one is believed, and only what it wrote itself."""

    def codes(page: Page, *senders: str) -> list[int]:
        return [
            page.visitor.get("/", headers={"x-forwarded-for": sender}).status_code
            for sender in senders
        ]

    with served(nights, token=TOKEN, requests_per_minute=1) as page:
        assert codes(page, "1.1.1.1", "2.2.2.2") == [200, 429]
    with served(nights, requests_per_minute=1, trusted_proxies="127.0.0.1") as page:
        assert codes(page, "1.1.1.1", "2.2.2.2", "1.1.1.1") == [200, 200, 429]
        # What a visitor wrote before the proxy's own word.
        assert codes(page, "9.9.9.9, 1.1.1.1", "8.8.8.8, 2.2.2.2") == [429, 429]
        # A household's addresses are one.
        assert codes(page, "2001:db8::1", "2001:db8::2") == [200, 429]


def test_the_budget_of_a_day_outlives_a_restart(nights: Night) -> None:
    """What is spent stays spent, and who has a key of his own goes on."""
    with served(nights, max_usd_per_day=0.012) as page:
        assert page.end(page.drop(pdf_of(1)))["state"] == "done"
        spent = page.site.board.workshop.purse.budget.spent[0]
        assert 0.002 < spent < 0.006
    with served(nights, max_usd_per_day=round(spent, 6) - 0.0001) as page:
        got = page.drop(pdf_of(2))
        assert got.status_code == 503
        assert "budget" in got.json()["error"]
        assert 0 < int(got.headers["retry-after"]) <= 86_400
        own = page.drop(pdf_of(2), headers={"x-model-key": KEY})
        assert page.end(own)["state"] == "done"
        assert page.site.board.workshop.purse.budget.spent[0] == spent


def test_papers_at_once_do_not_overspend(nights: Night) -> None:
    """What each may cost is set aside; the last ones wait and are told."""
    nights.gemini.latency_s = 0.2
    limits: dict[str, Any] = {
        "max_usd_per_day": 0.02,
        "max_usd_per_paper": 0.01,
        "max_jobs": 4,
    }
    with served(nights, **limits) as page:
        ends = [page.end(a) for a in [page.drop(pdf_of(n)) for n in range(6)]]
        assert page.site.board.workshop.purse.budget.spent[0] <= 0.02

    states = [end["state"] for end in ends]
    assert 2 <= states.count("done") <= 4
    assert all("budget" in str(e["error"]) for e in ends if e["state"] == "failed")


def test_slow_visitors_are_left(nights: Night) -> None:
    """Who does not send headers or a body in time is hung up on."""
    waits = Waits(headers=0.3, silence=0.3)
    host = b"Host: localhost\r\n"
    with served(nights, waits=waits) as page:
        begun = time.monotonic()
        assert raw(page, b"") == b""
        assert raw(page, b"GET / HTTP/1.1\r\n" + host) == b""
        post = b"POST /api/papers HTTP/1.1\r\nContent-Length: 999\r\n" + host
        post += b"Content-Type: multipart/form-data; boundary=x\r\n"
        post += b"Connection: close\r\n\r\n--x\r\n"
        assert b"408 Request Timeout" in raw(page, post)
        assert time.monotonic() - begun < 60
        assert not list(page.site.board.shelf.incoming.iterdir())


def test_who_does_not_read_is_left(nights: Night) -> None:
    """A download that nobody takes is given up, and its connection with it."""
    pdf = pdf_of(1, 9_000_000)
    with served(nights, waits=Waits(reading=1.0)) as page:
        url = page.drop(pdf).json()["url"]
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(100)
            client.connect(("127.0.0.1", page.port))
            client.sendall(
                f"GET {url}/paper.pdf HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
            )
            while not page.has(client):
                time.sleep(0.01)
            while page.has(client):
                time.sleep(0.01)
            taken = 0
            with suppress(ConnectionResetError):
                while part := client.recv(65_536):
                    taken += len(part)
        assert taken < len(pdf)
        assert page.visitor.get(f"{url}/paper.pdf").content == pdf


def test_who_is_refused_and_goes_on_is_left(nights: Night) -> None:
    """An answer is given at once; the rest of the body is not waited for."""
    with served(nights, waits=Waits(rest=0.3)) as page:
        with socket.create_connection(("127.0.0.1", page.port), timeout=100) as client:
            head = b"POST /api/papers HTTP/1.1\r\nHost: evil.example\r\n"
            client.sendall(head + b"Content-Length: 99999999\r\n\r\n")
            assert b" 421 " in client.recv(65_536)
            begun = time.monotonic()
            with pytest.raises((ConnectionResetError, BrokenPipeError)):  # noqa: PT012
                while time.monotonic() - begun < 60:
                    client.sendall(b"x" * 1000)
                    time.sleep(0.02)
        assert time.monotonic() - begun < 60


def test_only_so_many_addresses_are_remembered() -> None:
    """Who asks from ever new addresses takes no more memory, and who stays is known."""
    now = 0.0
    rate = Rate(2, 60.0, now=lambda: now, size=100)
    for n in range(1000):
        assert rate.wait_s(str(n)) == 0
    assert [rate.wait_s("999"), rate.wait_s("999")] == [0, 30]
    assert rate.wait_s("0") == 0
    now = 31.0
    assert rate.wait_s("999") == 0
    assert rate.wait_s("999") > 0
    rate.give_back("999")
    assert rate.wait_s("999") == 0


def test_nobody_guesses_a_paper(page: Page) -> None:
    """An id that was never given leads nowhere, whatever it looks like."""
    for job in ("a" * 22, "%2e%2e%2f", "-" * 22, "job.json", "a" * 5000):
        for path in (
            f"/papers/{job}",
            f"/api/papers/{job}",
            f"/papers/{job}/paper.pdf",
        ):
            assert page.visitor.get(path).status_code == 404, path
    got = page.visitor.get(f"/papers/{'a' * 22}", headers=HTML)
    assert "deleted after 24 hours" in got.text


def test_refusals_speak_both_languages(page: Page) -> None:
    """The address beats the browser, and the browser the configuration."""
    no = "/api/papers/none"

    def words(path: str, wish: str) -> str:
        headers = {"accept-language": wish}
        return str(page.visitor.get(path, headers=headers).json()["error"])

    assert words(no, "en-GB,en;q=0.9,zh;q=0.5").startswith("There is")
    assert words(no, "en;q=0.1,zh-CN;q=0.8").startswith("没有")
    assert words(no, "fr").startswith("没有")
    assert words(f"{no}?lang=en", "zh").startswith("There is")
    assert words(no, "en;q=nonsense").startswith("没有")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(page: Page, method: str) -> None:
    """Nothing is changed but by a form."""
    assert page.visitor.request(method, "/").status_code == 405


def test_nothing_private_is_logged(
    nights: Night, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither a key, a token, a file's name nor the address of a paper."""
    caplog.set_level("INFO")
    key = "sk-0123456789-wrong"
    with served(nights, token=TOKEN) as page:
        headers = {"authorization": f"Bearer {TOKEN}", "x-model-key": key}
        answer = page.drop(pdf_of(1), "secret-name.pdf", headers=headers)
        ended = page.end(answer)
        page.visitor.get(answer.json()["url"])
        page.visitor.get("/a%0aFAKE%20line?token=secret")

    assert "Your model key was refused" in str(ended["error"])
    # The visitor of this test logs what it asks.
    theirs = [each for each in caplog.records if each.name.split(".")[0] != "httpx2"]
    logged = "\n".join(each.getMessage() for each in theirs)
    assert "GET /papers/*" in logged
    for word in (key, TOKEN, "secret", answer.json()["job"], "\nFAKE"):
        assert word not in logged
    for path in nights.directory.rglob("*"):
        assert not path.is_file() or key.encode() not in path.read_bytes(), path


def test_a_key_in_use_is_taken_out_of_the_log() -> None:
    """Out of messages, their values and traces; what is no key in use stays."""
    log, written = logging.getLogger("chatpaper.test.keys"), io.StringIO()
    handler = logging.StreamHandler(written)
    log.addHandler(handler)
    ring, key = KeyRing(), "sk-0123456789"
    try:
        with ring.guarding(log.name):
            with ring.holding(key), ring.holding(key), ring.holding("short"):
                log.warning("refused %s, short", key)
                try:
                    raise ValueError(f"https://host/?key={key}")
                except ValueError:
                    log.exception("unexpected %d", 7)
            log.warning("no key: %s", key[:5])
    finally:
        log.removeHandler(handler)

    assert key not in written.getvalue()
    assert "refused ***, short\n" in written.getvalue()
    assert "ValueError: https://host/?key=***" in written.getvalue()
    assert "unexpected 7" in written.getvalue()
    assert "no key: sk-01" in written.getvalue()
    assert handler.filters == []


def test_crowds_are_told_to_come_back(nights: Night) -> None:
    """Uploads, followers and questions at one time are bounded."""
    with served(nights) as page:
        answer = page.drop(pdf_of(1))
        page.end(answer)
        url = answer.json()["url"]
        page.site.uploads = page.site.listeners = page.site.questions = Places(0, 0)
        question = page.visitor.post(f"/api{url}/questions", json={"question": "Why?"})
        for got in (
            page.drop(pdf_of(2)),
            page.visitor.get(f"/api{url}/events"),
            question,
        ):
            assert got.status_code == 503
            assert got.json()["error"].startswith("Too many")
            assert int(got.headers["retry-after"]) > 0
        # No address takes what is there for all.
        places = Places(3, 2)
        with places.taking("a"), places.taking("a"):
            assert (places.is_full("a"), places.is_full("b")) == (True, False)
            with places.taking("b"):
                assert places.is_full("c")
        assert places.taken == 0


def test_a_port_that_is_taken_is_one_line(nights: Night, page: Page) -> None:
    """It names the port."""
    nights.settings["web"] = {"port": page.port}
    nights.settings["storage"] = {"dir": str(nights.directory / "other")}
    config = Config.model_validate(nights.sections)

    with pytest.raises(ConfigError, match=f"127.0.0.1:{page.port}"):
        serve(config, token="")


def test_files_are_their_owners(nights: Night, tmp_path: Path) -> None:
    """Nobody else on the machine can read what visitors drop."""
    with served(nights) as page:
        page.end(page.drop(pdf_of(1)))
        web = page.site.board.shelf.directory
        assert web.stat().st_mode & 0o077 == 0
        for path in web.rglob("*"):
            if path.name in ("paper.pdf", "job.json", "digest.json", "budget.json"):
                assert path.stat().st_mode & 0o077 == 0, path
