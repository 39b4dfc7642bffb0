"""Pace, patience and manners towards one host, over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx2
import pytest

from chatpaper.errors import FetchError, Throttled
from chatpaper.net import Http, Pace, retry_after_s, shown, user_agent
from servers.arxiv import ArxivStandIn, Fault

MONTH_S = 31 * 86_400.0


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.naps: list[float] = []

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now_s += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def host() -> Iterator[ArxivStandIn]:
    with ArxivStandIn() as server:
        yield server


def text(chunks: Iterator[bytes]) -> str:
    """The body as text."""
    return b"".join(chunks).decode()


def test_turns_keep_the_gap(clock: Clock) -> None:
    """The first turn comes at once, a later one after what is left of the gap."""
    pace = Pace(3.0, now=clock, sleep=clock.sleep)

    with pace.turn():
        pace.hold(pace.gap_s)
    clock.now_s += 1.0
    with pace.turn():
        pace.hold(pace.gap_s)
    clock.now_s += 5.0
    with pace.turn():
        pass

    assert clock.naps == [2.0]


def test_the_longest_hold_counts(clock: Clock) -> None:
    """A shorter wish does not undo a longer one."""
    pace = Pace(3.0, now=clock, sleep=clock.sleep)
    pace.hold(30.0)
    pace.hold(3.0)

    with pace.turn():
        pass

    assert clock.naps == [30.0]


def test_a_turn_is_given_back_after_an_error(clock: Clock) -> None:
    """A request that failed does not block the next one."""
    pace = Pace(0.0, now=clock, sleep=clock.sleep)

    with pytest.raises(FetchError), pace.turn():
        raise FetchError("x", "y")
    with pace.turn():
        pass


def test_an_interrupted_sleep_gives_no_turn(host: ArxivStandIn) -> None:
    """When the run is told to end, nothing is sent ahead of its time."""
    ended = threading.Event()
    ended.set()
    pace = Pace(60.0, sleep=ended.wait)

    with Http(pace) as http:
        pace.hold(60.0)
        with pytest.raises(FetchError, match="ended"):
            http.ask(f"{host.url}/x", text, accept="*/*")

    assert host.count() == 0


def test_waiting_for_one_thing_holds_back_everything(
    host: ArxivStandIn, clock: Clock
) -> None:
    """A host that asks for patience gets it from every request, not from one alone."""
    host.fail("/a", Fault(status=429, headers={"Retry-After": "50"}))
    pace = Pace(3.0, now=clock, sleep=clock.sleep)

    with Http(pace, tries=1) as http:
        with pytest.raises(FetchError):
            http.ask(f"{host.url}/a", text, accept="*/*")
        with pytest.raises(FetchError, match="404"):
            http.ask(f"{host.url}/b", text, accept="*/*")

    assert clock.naps == [pytest.approx(50.0)]


@pytest.mark.parametrize("wish", ["99999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_an_absurd_wish_holds_back_the_next_request_for_a_while(
    host: ArxivStandIn, clock: Clock, wish: str
) -> None:
    """One thing is given up at once, the next is asked for after our longest wait."""
    host.fail("/a", Fault(status=503, headers={"Retry-After": wish}))
    pace = Pace(3.0, now=clock, sleep=clock.sleep)

    with Http(pace, max_wait_s=40.0) as http:
        with pytest.raises(Throttled, match="patience"):
            http.ask(f"{host.url}/a", text, accept="*/*")
        with pytest.raises(FetchError, match="404"):
            http.ask(f"{host.url}/b", text, accept="*/*")

    assert clock.naps == [pytest.approx(40.0)]


def test_a_host_that_keeps_asking_for_ever_is_left_alone(
    host: ArxivStandIn, clock: Clock
) -> None:
    """Ten topics do not wait ten times for what will not come."""
    fault = Fault(status=429, headers={"Retry-After": "86400"})
    host.fail("/", fault, times=9)
    pace = Pace(0.0, now=clock, sleep=clock.sleep)

    with Http(pace, max_wait_s=40.0) as http:
        for _ in range(4):
            with pytest.raises(Throttled, match="patience"):
                http.ask(f"{host.url}/a", text, accept="*/*")

    assert clock.naps == [pytest.approx(40.0)]
    assert host.count() == 2


def test_a_host_that_is_not_there_is_a_named_error() -> None:
    """Nobody listening is a failed connection, told with the address."""
    with (
        Http(Pace(0.0), tries=2, backoff_s=0.0) as http,
        pytest.raises(FetchError, match=r"connection failed.*127\.0\.0\.1:9"),
    ):
        http.ask("http://127.0.0.1:9/x", text, accept="*/*")


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/x", "nonsense", "http://", "http://a\0b"]
)
def test_what_is_no_web_address_is_asked_once(url: str) -> None:
    """A bad address is an error at once."""
    with Http(Pace(0.0)) as http, pytest.raises(FetchError):
        http.ask(url, text, accept="*/*")


@pytest.mark.parametrize(
    ("contact", "ending"),
    [
        ("", ""),
        ("me@x.org", " (me@x.org)"),
        ("a\r\nEvil: 1", " (a Evil: 1)"),
        ("Zoë (x)", " (Zo x)"),
        ("中文", ""),
    ],
)
def test_the_user_agent_is_always_legal(contact: str, ending: str) -> None:
    """A contact can add no header of its own and break none."""
    name = user_agent(contact)

    assert name.startswith("chatpaper/")
    assert name.partition("/")[2].lstrip("0123456789.") == ending


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [
        ("17", 17.0),
        ("Sun, 22 Nov 2026 10:00:40 GMT", 40.0),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("inf", None),
        ("١٧", None),
        ("99999999999", MONTH_S),
        pytest.param("9" * 5000, MONTH_S, id="5000 digits"),
        ("Fri, 31 Dec 9999 23:59:59 GMT", MONTH_S),
        ("Fri, 31 Dec 9999 23:59:59 -2359", MONTH_S),
        ("Mon, 01 Jan 0001 00:00:00 +2359", 0.0),
        ("Mon, 99 Jan 99999 00:00:00 GMT", None),
        ("", None),
    ],
)
def test_retry_after_is_read_against_the_hosts_clock(
    wish: str, seconds: float | None
) -> None:
    """Seconds and dates are understood, and nothing else is."""
    headers = httpx2.Headers(
        {b"Retry-After": wish.encode(), b"Date": b"Sun, 22 Nov 2026 10:00:00 GMT"}
    )

    assert retry_after_s(headers) == seconds


def test_a_date_without_the_hosts_clock_uses_ours() -> None:
    """Long ago is no wait."""
    headers = httpx2.Headers({"Retry-After": "Sun, 22 Nov 2020 10:00:00 GMT"})

    assert retry_after_s(headers) == 0.0


def test_addresses_are_shown_without_secrets() -> None:
    """A user's name and password in an address stay out of errors and logs."""
    assert shown("http://me:secret@x.org/a?q=%22b%22") == "http://x.org/a?..."
    assert "secret" not in shown("http://me:secret@a\0b")


# ---------------------------------------------------------------- where it may lead


@pytest.mark.parametrize(
    "place",
    [
        "http://localhost:{port}/pdf/2401.00001",
        "//localhost:{port}/pdf/2401.00001",
        "http://arxiv.org.evil.invalid/x",
        "http://127.0.0.1.evil.invalid/x",
        "http://127.0.0.1@evil.invalid/x",
        "file:///etc/passwd",
        "http://[::1]:{port}/x",
    ],
)
def test_no_redirect_leads_to_another_host(
    host: ArxivStandIn, clock: Clock, place: str
) -> None:
    """Not to another name of the same machine, nor to one that only looks alike."""
    there = place.replace("{port}", host.url.rpartition(":")[2])
    host.fail("/", Fault(status=302, headers={"Location": there}))
    pace = Pace(0.0, now=clock, sleep=clock.sleep)
    with Http(pace, tries=1) as http, pytest.raises(FetchError) as caught:
        http.ask(f"{host.url}/api/query", text, accept="*/*")

    assert "evil" not in str(caught.value) or "refused to be sent away" in str(
        caught.value
    )
    assert host.count() == 1


def test_redirects_within_the_host_are_followed(
    host: ArxivStandIn, clock: Clock
) -> None:
    """By whole and by relative addresses."""
    page = "/api/query?search_query=all:x"
    for there in (page, f"{host.url}{page}"):
        host.fail("/other", Fault(status=301, headers={"Location": there}))
        with Http(Pace(0.0, now=clock, sleep=clock.sleep), tries=1) as http:
            assert "<feed" in http.ask(f"{host.url}/other", text, accept="*/*")


def test_cookies_are_neither_kept_nor_sent(host: ArxivStandIn, clock: Clock) -> None:
    """A host that sets some hears of none, in redirects and later requests."""
    crumbs = {"Set-Cookie": "id=1; Path=/", "Location": "/api/query?search_query=all:x"}
    host.fail("/", Fault(status=302, headers=crumbs))
    with Http(Pace(0.0, now=clock, sleep=clock.sleep), tries=1) as http:
        for _ in range(2):
            http.ask(f"{host.url}/api/query?search_query=all:x", text, accept="*/*")

    assert host.count() == 3
    assert not [a for a in host.asked if "cookie" in map(str.lower, a.headers)]


def test_words_of_a_refusal_hold_no_escapes(host: ArxivStandIn, clock: Clock) -> None:
    """They reach ledger, posts' twins and mails."""
    words = (
        "\x1b]8;;https://evil.invalid\x07Bad\x1b[31m\u202e query\r\n\x9b2J\U000e0041"
    )
    host.fail("/", Fault(status=400, body=words.encode()))
    pace = Pace(0.0, now=clock, sleep=clock.sleep)
    with Http(pace, tries=1) as http, pytest.raises(FetchError) as caught:
        http.ask(f"{host.url}/api/query", text, accept="*/*")

    assert str(caught.value).isprintable()
    assert "Bad[31m query" in str(caught.value)


def test_no_network_is_said_once_and_tried_again(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """A host without an address is told apart from a slow one; a blip is waited out."""
    pace = Pace(0.0, now=clock, sleep=clock.sleep)

    with (
        Http(pace) as http,
        pytest.raises(FetchError, match=r"no network: nowhere\.invalid has no address"),
    ):
        http.ask("http://nowhere.invalid/x?q=1", text, accept="*/*")

    assert [10 <= sum(clock.naps) <= 120, len(clock.naps)] == [True, 4]
    assert caplog.text.count("`chatpaper doctor` tells more") == 1


@pytest.mark.parametrize("url", ["http://nowhere.invalid/x", "http://127.0.0.1:9/x"])
def test_who_waits_is_told_soon_that_nothing_connects(url: str, clock: Clock) -> None:
    """A blip is waited out, and no more."""
    pace = Pace(0.0, now=clock, sleep=clock.sleep)

    with Http(pace, unconnected_s=10) as http, pytest.raises(FetchError):
        http.ask(url, text, accept="*/*")

    assert len(clock.naps) == 1
    assert sum(clock.naps) <= 10


def test_who_waits_is_patient_with_a_host_that_answers(
    host: ArxivStandIn, clock: Clock
) -> None:
    """Only no connection at all is given up soon."""
    host.fail("/x", Fault(status=502), times=9)
    pace = Pace(0.0, now=clock, sleep=clock.sleep)

    with Http(pace, unconnected_s=10) as http, pytest.raises(FetchError):
        http.ask(f"{host.url}/x", text, accept="*/*")

    assert len(clock.naps) == 4


def test_a_network_that_stays_away_is_not_waited_for_again(
    host: ArxivStandIn, clock: Clock
) -> None:
    """The next thing is asked for once, until one goes well."""
    host.fail("/b", Fault(status=500))
    pace = Pace(0.0, now=clock, sleep=clock.sleep)

    with Http(pace, tries=3) as http:
        for tries in (3, 1):
            clock.naps.clear()
            with pytest.raises(FetchError, match="no network"):
                http.ask("http://nowhere.invalid/x", text, accept="*/*")
            assert len(clock.naps) == tries - 1
        with pytest.raises(FetchError, match="404"):
            http.ask(f"{host.url}/a", text, accept="*/*")
        with pytest.raises(FetchError, match="404"):
            http.ask(f"{host.url}/b", text, accept="*/*")

    assert host.count("/b") == 2
