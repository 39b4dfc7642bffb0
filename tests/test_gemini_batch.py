"""The Batch API over real HTTP: submit, lose, find, poll, poll_job."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chatpaper.errors import QuotaSpent, SummaryError
from chatpaper.models import BatchState, ModelReply, ModelRequest, load_prompt
from chatpaper.models.gemini import (
    Gemini,
    GeminiSettings,
    find,
    poll_job,
    portions,
    submit,
)
from chatpaper.summary import read_summary, summary_request
from scripted import PAPER, document
from servers.gemini import GeminiStandIn
from servers.gemini_faults import KEY

PRICES = {"gemini-3.5-flash-lite": (0.30, 2.50)}


def asked(*titles: str) -> list[ModelRequest]:
    """A request per title; the paper's id is made of it."""
    prompt = load_prompt("summary")
    papers = [replace(PAPER, id=title.lower(), title=title) for title in titles]
    return [summary_request(p, document(), prompt=prompt)[0] for p in papers]


def connect(stand_in: GeminiStandIn) -> Gemini:
    return Gemini(
        KEY,
        GeminiSettings(base_url=stand_in.base_url, prices=PRICES, tries=3),
        sleep=lambda _: None,
    )


def replies(state: BatchState) -> dict[str, ModelReply]:
    return {a.paper_id: a.reply for a in state.answers if a.reply is not None}


def errors(state: BatchState) -> dict[str, str]:
    return {a.paper_id: a.error for a in state.answers if a.error}


@pytest.fixture
def server() -> Iterator[GeminiStandIn]:
    with GeminiStandIn(batch_polls=2) as stand_in:
        yield stand_in


def test_a_job_outlives_the_client_that_made_it(server: GeminiStandIn) -> None:
    """What one client submits another collects: every paper, once, at half price."""
    with connect(server) as gemini:
        job = submit(gemini, asked("Alpha", "Beta"), label="night-1")
    with connect(server) as gemini:
        states = [poll_job(gemini, job) for _ in range(3)]
        again = poll_job(gemini, job)

    assert [state.status for state in states] == ["pending", "pending", "done"]
    assert set(replies(states[2])) == {"alphav2", "betav2"}
    assert errors(states[2]) == {}
    assert [call.paper for call in server.calls] == ["Alpha", "Beta"]
    assert again == states[2]
    assert server.problems == []
    for reply in replies(states[2]).values():
        seen = read_summary(reply.text)
        assert seen.fault == ""
        assert seen.value.missing == ()
        usage = reply.usage
        full = usage.tokens_in * 0.30e-6 + usage.tokens_out * 2.50e-6
        assert usage.cost_usd == pytest.approx(full / 2)


@pytest.mark.parametrize("end", ["SUCCEEDED", "PARTIALLY_SUCCEEDED"])
def test_a_part_may_fail(end: str) -> None:
    """Papers that failed are told apart from those whose reply is unusable."""
    faults = {"Title: Beta\n": ("500",), "Title: Gamma\n": ("safety",)}
    with (
        GeminiStandIn(by_paper=faults, batch_polls=0, batch_end=end) as server,
        connect(server) as gemini,
    ):
        job = submit(gemini, asked("Alpha", "Beta", "Gamma"), label="night-1")
        state = poll_job(gemini, job)

    assert state.status == "done"
    assert errors(state) == {"betav2": "refused within the batch (code 500)"}
    assert set(replies(state)) == {"alphav2", "gammav2"}
    assert replies(state)["gammav2"].finish == "withheld"


@pytest.mark.parametrize(
    ("end", "status"),
    [("FAILED", "failed"), ("CANCELLED", "failed"), ("EXPIRED", "expired")],
)
def test_a_job_may_come_to_nothing(end: str, status: str) -> None:
    """Failed, cancelled and expired jobs say so, and hold nothing."""
    with (
        GeminiStandIn(batch_polls=0, batch_end=end) as server,
        connect(server) as gemini,
    ):
        state = poll_job(gemini, submit(gemini, asked("Alpha"), label="night-1"))

    assert state.status == status
    assert state.answers == ()
    assert end.lower() in state.reason


def test_a_job_that_the_server_forgot_has_expired(server: GeminiStandIn) -> None:
    """A job nobody knows is not asked for for ever."""
    with connect(server) as gemini:
        state = poll_job(gemini, "batches/999999")

    assert state.status == "expired"
    assert state.reason == "the server has no such batch"


@pytest.mark.parametrize("fault", ["cut", "truncated-body", "reset"])
def test_a_lost_answer_makes_no_second_job(fault: str) -> None:
    """When the connection breaks after the job was made, its label finds it."""
    with GeminiStandIn(fault) as server, connect(server) as gemini:
        assert find(gemini, "night-1") is None
        with pytest.raises(SummaryError):
            submit(gemini, asked("Alpha"), label="night-1")
        found = find(gemini, "night-1")

    assert len(server.jobs) == 1
    assert found == next(iter(server.jobs))


def test_a_refused_job_is_asked_once() -> None:
    """A refusal is an error; a spent quota ends model use."""
    with GeminiStandIn("503", "429-per-day") as server, connect(server) as gemini:
        with pytest.raises(SummaryError, match="HTTP 503"):
            submit(gemini, asked("Alpha"), label="night-1")
        with pytest.raises(QuotaSpent):
            submit(gemini, asked("Alpha"), label="night-1")

    assert server.jobs == {}


def test_a_server_that_cannot_be_asked_is_an_error() -> None:
    """A failing poll says nothing about the job."""
    with GeminiStandIn() as server, connect(server) as gemini:
        pass

    with connect(server) as gemini, pytest.raises(SummaryError, match="no connection"):
        poll_job(gemini, "batches/000001")


def test_requests_are_one_per_paper(server: GeminiStandIn) -> None:
    """None, and two of the same paper, are misuse."""
    with connect(server) as gemini:
        for requests in ([], asked("Alpha", "Alpha")):
            with pytest.raises(ValueError, match="one per paper"):
                submit(gemini, requests, label="night-1")


def test_many_requests_are_split_in_order() -> None:
    """Each portion stays within the limit; one that exceeds it alone goes alone."""
    requests = asked(*"ABCDEFG")
    size = len(requests[0].prompt.encode()) + 10_000
    parts = list(portions(requests, max_bytes=2 * size + 100))

    assert [len(part) for part in parts] == [2, 2, 2, 1]
    assert [request for part in parts for request in part] == requests
    assert [len(part) for part in portions(requests, max_bytes=1)] == [1] * 7
    assert list(portions([])) == []
