"""An exchange ends in time, whatever phase a slow host is slow in."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from chatpaper.errors import FetchError, SummaryError
from chatpaper.models import ModelRequest
from chatpaper.models.gemini import Gemini, GeminiSettings
from chatpaper.net import Deadline, Downloader, Http, Pace, bound_exchange
from chatpaper.records import Paper
from servers.slow import PHASES, slow_host

# Without a deadline it would be for ever.
SOON_S = 60.0
# On a busy machine even a dripping host may be silent for too long.
LATE = r"took over|no answer within|no connection within"


def text(chunks: Iterator[bytes]) -> str:
    """The body as text."""
    return b"".join(chunks).decode()


@pytest.mark.parametrize("phase", PHASES)
def test_a_dripping_host_is_left_in_time(phase: str) -> None:
    """No read is ever silent for long, and the whole exchange has one deadline."""
    scheme = "https" if phase.startswith("TLS") else "http"
    start_s = time.monotonic()

    with (
        slow_host(phase) as port,
        Http(Pace(0.0), timeout_s=0.05, tries=1) as http,
        pytest.raises(FetchError, match=LATE) as caught,
    ):
        http.ask(f"{scheme}://127.0.0.1:{port}/x", text, accept="*/*")

    assert time.monotonic() - start_s < SOON_S
    assert f"127.0.0.1:{port}" in str(caught.value)


def test_all_tries_together_end_in_time() -> None:
    """A slow host is not asked again once `max_wait_s` have gone by."""
    start_s = time.monotonic()

    with (
        slow_host("headers") as port,
        Http(
            Pace(0.0), timeout_s=0.03, tries=900, backoff_s=0.0, max_wait_s=0.5
        ) as http,
        pytest.raises(FetchError, match=LATE),
    ):
        http.ask(f"http://127.0.0.1:{port}/x", text, accept="*/*")

    assert time.monotonic() - start_s < SOON_S


def test_the_pace_is_free_after_a_slow_host() -> None:
    """The next request gets its turn, and may go well."""
    pace = Pace(0.0)

    with (
        slow_host("headers") as port,
        Http(pace, timeout_s=0.02, tries=1) as http,
    ):
        for _ in range(2):
            with pytest.raises(FetchError, match=LATE):
                http.ask(f"http://127.0.0.1:{port}/x", text, accept="*/*")
        with pace.turn():
            pass


@pytest.mark.parametrize("phase", ["headers", "body without a length"])
def test_a_slow_pdf_is_a_named_error(phase: str, tmp_path: Path) -> None:
    """A download has the same deadline, names its paper, and leaves no file."""
    with slow_host(phase) as port, Http(Pace(0.0), timeout_s=0.03, tries=1) as http:
        fetch = Downloader(http, tmp_path, check=lambda _: None).fetch
        with pytest.raises(
            FetchError, match=r"PDF of 2401\.00001v1: .*(took over|no answer within)"
        ):
            fetch(Paper(id="2401.00001", title="x"), f"http://127.0.0.1:{port}/x")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("phase", ["headers", "body in chunks"])
def test_a_slow_model_is_left_in_time(phase: str) -> None:
    """The SDK's requests have a deadline too: three times their timeout."""
    start_s = time.monotonic()

    with slow_host(phase) as port:
        settings = GeminiSettings(
            base_url=f"http://127.0.0.1:{port}", timeout_s=0.2, tries=1
        )
        with Gemini("a-key", settings) as model, pytest.raises(SummaryError):
            model.complete(ModelRequest(paper_id="x", prompt="x", schema={}))

    assert time.monotonic() - start_s < SOON_S


def test_a_slow_connection_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever watches need not wait for the end of all timeouts."""
    request = httpx2.Request("GET", "http://slow.example/x?secret=1")

    with Deadline(request, 20.0, slow_s=0.01):
        end_s = time.monotonic() + 60
        while not caplog.records and time.monotonic() < end_s:
            time.sleep(0.01)

    assert "no connection yet host=slow.example after_s=0.01" in caplog.text
    assert "secret" not in caplog.text


def test_a_stop_cuts_the_exchange_under_way() -> None:
    """Ctrl-C does not wait for a slow host, and asks it no more."""
    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()

    with (
        slow_host("body") as port,
        Http(Pace(0.0), timeout_s=60, stopped=stop.is_set) as http,
        pytest.raises(FetchError, match="the run ended before its reply"),
    ):
        http.ask(f"http://127.0.0.1:{port}/x", text, accept="*/*")


def test_no_thread_outlives_its_exchange() -> None:
    """Even where the client's user does not see how it ended."""
    before = watching()
    with httpx2.Client(event_hooks={"request": [bound_exchange]}) as client:
        for url in ("http://127.0.0.1:9/x", "http://nowhere.invalid/x"):
            with pytest.raises(httpx2.ConnectError):
                client.get(url)

    end_s = time.monotonic() + 60
    while watching() - before and time.monotonic() < end_s:
        time.sleep(0.01)
    assert not watching() - before


def watching() -> set[threading.Thread]:
    """Threads that watch an exchange; those of other tests may wait for their time."""
    return {each for each in threading.enumerate() if each.name == "deadline"}
