"""Gemini over real HTTP: what is sent, what is retried, what is told apart."""

from __future__ import annotations

import json
import logging
import pickle
import threading
from typing import Any

import pytest

from chatpaper.errors import QuotaSpent, SummaryError
from chatpaper.models import ModelRequest, load_prompt, price_usd
from chatpaper.models.gemini import Gemini, GeminiSettings
from chatpaper.net import Pace
from chatpaper.summary import Draft, summarize, summary_request
from clock import Clock
from scripted import PAPER, document
from servers.gemini import GeminiStandIn
from servers.gemini_faults import KEY

MODEL = "gemini-3.5-flash-lite"
PRICES = {MODEL: (0.30, 2.50)}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def request_() -> ModelRequest:
    request, _ = summary_request(PAPER, document(), prompt=load_prompt("summary"))
    return request


def gemini(stand_in: GeminiStandIn, clock: Clock, **settings: Any) -> Gemini:
    made: dict[str, Any] = {
        "base_url": stand_in.base_url,
        "prices": PRICES,
        "tries": 3,
    } | settings
    return Gemini(KEY, GeminiSettings(**made), sleep=clock.sleep, now=clock.now)


def draft(stand_in: GeminiStandIn, clock: Clock, **settings: Any) -> Draft:
    with gemini(stand_in, clock, **settings) as model:
        return summarize(PAPER, document(), model=model, prompt=load_prompt("summary"))


# ------------------------------------------------------------------ what is sent


@pytest.mark.parametrize("version", ["v1", "v1beta"])
def test_one_call_sums_up_a_paper(clock: Clock, version: str) -> None:
    """One request with the key in its header alone fills the schema."""
    with GeminiStandIn() as stand_in:
        made = draft(stand_in, clock, api_version=version)

    (call,) = stand_in.calls
    assert call.path == f"/{version}/models/{MODEL}:generateContent"
    assert call.paper == PAPER.title
    assert stand_in.problems == []
    assert KEY not in json.dumps(call.body)
    assert made.model == MODEL
    assert made.basis == "full text"
    assert made.summary.missing == ()
    assert made.usage.calls == 1
    assert (made.usage.tokens_in, made.usage.tokens_out) == (
        call.tokens_in,
        call.tokens_out,
    )
    expected = price_usd(PRICES, MODEL, call.tokens_in, call.tokens_out)
    assert made.usage.cost_usd == pytest.approx(expected)


@pytest.mark.parametrize("fault", ["counts-negative", "counts-absurd"])
def test_counts_that_cannot_be_are_not_believed(
    clock: Clock, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody has counted that call then, the reply is used, and the log says so."""
    with GeminiStandIn(fault) as stand_in:
        made = draft(stand_in, clock)

    assert made.summary.claims
    assert (made.usage.tokens_in, made.usage.tokens_out) == (0, 0)
    assert (made.usage.cost_usd, made.usage.uncounted) == (None, 1)
    assert "ignored" in caplog.text


def test_settings_go_over_the_wire(clock: Clock, request_: ModelRequest) -> None:
    """Tier, thinking level and output limit are sent; continuation is not asked for."""
    with (
        GeminiStandIn() as stand_in,
        gemini(
            stand_in,
            clock,
            model="gemini-3.8-flash",
            thinking_level="low",
            max_output_tokens=777,
            service_tier="flex",
        ) as model,
    ):
        reply = model.complete(request_)

    body = stand_in.calls[0].body
    config = body["generationConfig"]
    assert body["serviceTier"] == "flex"
    assert config["maxOutputTokens"] == 777
    assert "LOW" in json.dumps(config["thinkingConfig"])
    assert reply.model == "gemini-3.8-flash"
    assert reply.usage.cost_usd is None


def test_flex_costs_half(clock: Clock) -> None:
    """Tokens of the flex tier are counted at half price."""
    with GeminiStandIn() as stand_in:
        full = draft(stand_in, clock).usage.cost_usd
        half = draft(stand_in, clock, service_tier="flex").usage.cost_usd

    assert full is not None
    assert half == pytest.approx(full / 2)


def test_thoughts_are_paid_for_but_not_read(
    clock: Clock, request_: ModelRequest
) -> None:
    """Thinking tokens count as output, and their text is no part of the reply."""
    with GeminiStandIn("thoughts") as stand_in, gemini(stand_in, clock) as model:
        reply = model.complete(request_)

    assert "Let me think" not in reply.text
    assert reply.usage.tokens_out == stand_in.calls[0].tokens_out
    assert reply.usage.tokens_out > 50


# --------------------------------------------------------------- what is retried

PASSING = (
    "408 429 429-retry-info 429-retry-after 500 502 503 504 503-html"
    " reset cut truncated-body html-200"
)


@pytest.mark.parametrize("fault", PASSING.split())
def test_what_waiting_cures_is_asked_again(clock: Clock, fault: str) -> None:
    """A passing fault costs one more request and no content."""
    with GeminiStandIn(fault) as stand_in:
        made = draft(stand_in, clock)

    assert len(stand_in.calls) == 2
    assert made.summary.claims
    assert made.usage.calls == 1
    assert 0 < sum(clock.naps) < 30


def test_a_hanging_server_is_left(clock: Clock) -> None:
    """A request without an answer ends by its timeout and is asked again."""
    with GeminiStandIn("hang") as stand_in:
        made = draft(stand_in, clock, timeout_s=1.0)

    assert len(stand_in.calls) == 2
    assert made.summary.claims


def test_a_dead_server_is_a_named_error(clock: Clock) -> None:
    """Nobody listening is a `SummaryError` after the bounded tries."""
    with GeminiStandIn() as stand_in:
        pass

    with pytest.raises(SummaryError, match=r"no connection to 127\.0\.0\.1:"):
        draft(stand_in, clock)
    assert len(clock.naps) == 2


@pytest.mark.parametrize("fault", ["429-retry-info", "429-retry-after"])
def test_the_servers_wish_is_kept(clock: Clock, fault: str) -> None:
    """RetryInfo and Retry-After say how long is waited, once."""
    with GeminiStandIn(fault, retry_s=12.5) as stand_in:
        draft(stand_in, clock)

    assert 12.5 <= sum(clock.naps) < 13.5


def test_tries_are_bounded(clock: Clock) -> None:
    """After `tries` requests the paper fails, and only that paper."""
    with (
        GeminiStandIn(always="503") as stand_in,
        pytest.raises(SummaryError, match=r"server failed \(HTTP 503\)") as caught,
    ):
        draft(stand_in, clock)

    assert not isinstance(caught.value, QuotaSpent)
    assert len(stand_in.calls) == 3


def test_waiting_is_bounded(clock: Clock, request_: ModelRequest) -> None:
    """A wish beyond `max_wait_s` ends each call at once; nobody waits for it."""
    with (
        GeminiStandIn(always="429-retry-info", retry_s=3600) as stand_in,
        gemini(stand_in, clock, max_wait_s=100) as model,
    ):
        for _ in range(2):
            with pytest.raises(SummaryError, match="too many requests"):
                model.complete(request_)

    assert len(stand_in.calls) == 2
    assert clock.naps == []


@pytest.mark.parametrize("fault", ["400", "404"])
def test_client_errors_are_not_retried(clock: Clock, fault: str) -> None:
    """A refused request is asked once; another paper may still be asked."""
    with GeminiStandIn(fault) as stand_in, gemini(stand_in, clock) as model:
        prompt = load_prompt("summary")
        with pytest.raises(SummaryError, match=fault) as caught:
            summarize(PAPER, document(), model=model, prompt=prompt)
        again = summarize(PAPER, document(), model=model, prompt=prompt)

    assert not isinstance(caught.value, QuotaSpent)
    assert again.summary.claims
    assert len(stand_in.calls) == 2


STOPS = {
    "429-per-day": "quota is spent",
    "429-limit-0": "quota is spent",
    "400-key": "key was refused",
    "403": "key was refused",
}


@pytest.mark.parametrize(("fault", "reason"), STOPS.items())
def test_some_refusals_end_model_use(
    clock: Clock, request_: ModelRequest, fault: str, reason: str
) -> None:
    """A spent day and a bad key stop this call and, unasked, every later one."""
    with GeminiStandIn(fault) as stand_in, gemini(stand_in, clock) as model:
        for _ in range(3):
            with pytest.raises(QuotaSpent, match=reason):
                model.complete(request_)

    assert len(stand_in.calls) == 1
    assert clock.naps == []


@pytest.mark.parametrize("fault", ["shed", "429", "503"])
def test_a_shed_flex_call_falls_back(clock: Clock, fault: str) -> None:
    """Flex without room is asked again at once as standard, at the full price."""
    with GeminiStandIn(fault) as stand_in:
        made = draft(stand_in, clock, service_tier="flex")

    tiers = [call.body.get("serviceTier") for call in stand_in.calls]
    assert tiers == ["flex", None]
    assert clock.naps == []
    usage = made.usage
    full = price_usd(PRICES, MODEL, usage.tokens_in, usage.tokens_out)
    assert usage.cost_usd == pytest.approx(full)


def test_a_key_never_shows(
    clock: Clock, request_: ModelRequest, caplog: pytest.LogCaptureFixture
) -> None:
    """No error, log line or repr holds the key, even when the server repeats it."""
    caplog.set_level(logging.DEBUG, logger="chatpaper")
    shown = []
    for fault in ("400", "400-key", "403", "500", "429-per-day"):
        with (
            GeminiStandIn(fault) as stand_in,
            gemini(stand_in, clock, tries=1) as model,
        ):
            with pytest.raises(SummaryError) as caught:
                model.complete(request_)
            shown += [repr(model), str(caught.value), repr(caught.value)]
            shown.append(repr(pickle.loads(pickle.dumps(caught.value))))
    shown += [record.getMessage() for record in caplog.records]

    assert len(caplog.records) >= 5
    assert not [text for text in shown if KEY in text]
    assert "***" in shown[1]


def test_a_failing_flex_call_is_asked_again_as_flex(clock: Clock) -> None:
    """Only what another tier may cure leaves the cheap one."""
    with GeminiStandIn("500") as stand_in:
        draft(stand_in, clock, service_tier="flex")

    assert [call.body.get("serviceTier") for call in stand_in.calls] == ["flex"] * 2


def test_flex_is_given_time(clock: Clock) -> None:
    """A flex request waits a quarter of an hour, its fallback as configured."""
    with GeminiStandIn("shed") as stand_in:
        draft(stand_in, clock, service_tier="flex", timeout_s=20)

    assert [call.timeout_s for call in stand_in.calls] == [900, 20]


# ------------------------------------------------------------ what is told apart

UNUSABLE = {
    "blocked": (1, r"prompt was blocked \(PROHIBITED_CONTENT\)"),
    "safety": (1, r"withheld \(SAFETY\)"),
    "recitation": (2, r"repeating a text \(RECITATION\)"),
    "max-tokens-empty": (2, r"cut short \(MAX_TOKENS\)"),
    "empty": (2, r"empty \(STOP\)"),
    "no-candidate": (2, r"empty \(no candidate\)"),
    "not-json": (2, "not a JSON object"),
    "wrong-schema": (2, "not of the asked-for shape"),
}


@pytest.mark.parametrize(
    ("fault", "calls", "reason"), [(k, *v) for k, v in UNUSABLE.items()]
)
def test_unusable_replies_are_told_apart(
    clock: Clock, fault: str, calls: int, reason: str
) -> None:
    """Each kind has its own reason and its own bound, and its tokens are counted."""
    with (
        GeminiStandIn(always=fault) as stand_in,
        pytest.raises(SummaryError, match=reason) as caught,
    ):
        draft(stand_in, clock)

    assert len(stand_in.calls) == calls
    usage = caught.value.usage
    assert usage is not None
    assert usage.calls == calls
    assert usage.tokens_in == sum(call.tokens_in for call in stand_in.calls)
    assert usage.tokens_out == sum(call.tokens_out for call in stand_in.calls)


@pytest.mark.parametrize(
    "fault", ["max-tokens", "continuation", "recitation", "empty", "not-json"]
)
def test_one_content_retry_names_the_fault(clock: Clock, fault: str) -> None:
    """A second call, with the fault named, mends the reply; both are paid for."""
    with GeminiStandIn(fault) as stand_in:
        made = draft(stand_in, clock)

    first, second = (prompt_of(call.body) for call in stand_in.calls)
    assert second.startswith(first)
    assert "could not be used" in second.removeprefix(first)
    assert made.usage.calls == 2
    assert made.summary.missing == ()


@pytest.mark.parametrize("fault", ["max-tokens", "continuation"])
def test_a_reply_that_stays_cut_keeps_its_whole_claims(
    clock: Clock, fault: str
) -> None:
    """What was paid for twice is not thrown away, and nothing half said is kept."""
    with GeminiStandIn(always=fault) as stand_in:
        made = draft(stand_in, clock)

    assert len(stand_in.calls) == 2
    assert made.summary.of("points")
    assert made.summary.missing
    assert all(claim.text.endswith("。") for claim in made.summary.claims)


@pytest.mark.parametrize("fault", ["fenced", "one-bad-field", "thoughts"])
def test_good_parts_need_no_second_call(clock: Clock, fault: str) -> None:
    """A fence costs nothing, and a bad field costs only itself."""
    with GeminiStandIn(fault) as stand_in:
        made = draft(stand_in, clock)

    bad = ("method", "results") if fault == "one-bad-field" else ()
    assert len(stand_in.calls) == 1
    assert made.summary.missing == bad
    assert made.summary.of("points")


@pytest.mark.filterwarnings("ignore:WENT_FISHING is not a valid:UserWarning")
def test_an_unknown_finish_is_no_reason_to_refuse(
    clock: Clock, request_: ModelRequest
) -> None:
    """A finish reason that the SDK does not know is passed on, and the text is read."""
    with GeminiStandIn("new-finish") as stand_in, gemini(stand_in, clock) as model:
        reply = model.complete(request_)

    assert (reply.finish, reply.detail) == ("other", "WENT_FISHING")
    assert reply.text


def test_a_quota_spent_by_the_second_call_counts_the_first(clock: Clock) -> None:
    """The error of a content retry tells what the unusable reply cost."""
    with (
        GeminiStandIn("not-json", "429-per-day") as stand_in,
        pytest.raises(QuotaSpent) as caught,
    ):
        draft(stand_in, clock)

    assert caught.value.usage is not None
    assert caught.value.usage.calls == 1
    assert caught.value.usage.tokens_in == stand_in.calls[0].tokens_in


# ---------------------------------------------------------------- pace and price


def test_requests_are_spread_over_the_minute(
    clock: Clock, request_: ModelRequest
) -> None:
    """With 30 requests a minute, calls start two seconds apart in any thread."""
    with (
        GeminiStandIn() as stand_in,
        gemini(stand_in, clock, requests_per_minute=30) as model,
    ):
        for _ in range(4):
            model.complete(request_)

    assert clock.naps == pytest.approx([2.0, 2.0, 2.0])


def test_a_held_pace_holds_everybody(clock: Clock) -> None:
    """A server's wish to wait is kept by calls that did not hear it."""
    pace = Pace(0.0, now=clock.now, sleep=clock.sleep)
    pace.wait()
    pace.hold(5.0)
    pace.wait()

    assert clock.naps == [5.0]


def test_many_threads_share_one_model(request_: ModelRequest) -> None:
    """Eight calls at once all come back, over one client."""
    replies = []
    with (
        GeminiStandIn(latency_s=0.05) as stand_in,
        Gemini(KEY, GeminiSettings(base_url=stand_in.base_url)) as model,
    ):
        threads = [
            threading.Thread(target=lambda: replies.append(model.complete(request_)))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(replies) == len(stand_in.calls) == 8


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (MODEL, 0.30 + 2.50),
        (f"models/{MODEL}", 0.30 + 2.50),
        (f"{MODEL}-001", 0.30 + 2.50),
        (f"{MODEL}-preview-09-2026", 0.30 + 2.50),
        ("gemini-3.5-flash", None),
        ("gemini-3.5-flash-lite-pro", None),
    ],
)
def test_a_price_is_known_or_none(model: str, expected: float | None) -> None:
    """A million tokens each way cost the sum of both prices; another model has none."""
    cost = price_usd(PRICES, model, 1_000_000, 1_000_000)

    assert cost == (None if expected is None else pytest.approx(expected))


def prompt_of(body: Any) -> str:
    return str(body["contents"][0]["parts"][0]["text"])
