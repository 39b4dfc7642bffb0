"""What servers of OpenAI's protocol refuse, count and get wrong, over HTTP."""

from __future__ import annotations

import logging
import pickle
import re

import pytest

from chatpaper.errors import QuotaSpent, SummaryError
from chatpaper.models import ModelRequest, load_prompt
from chatpaper.summary import summarize
from clock import Clock
from openai_calls import a_request, bodies, draft, openai
from scripted import PAPER, document
from servers.openai import KEY, MODEL, OpenAIStandIn


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def request_() -> ModelRequest:
    return a_request()


# ------------------------------------------------------------------ what is retried

PASSING = (
    "408 429 429-retry-after 429-try-again 429-billing-link 400-slip"
    " 500 502 503 529 503-html error-200"
    " reset cut truncated-body html-200 no-choices broken stream-cut"
)


@pytest.mark.parametrize("fault", PASSING.split())
def test_what_waiting_cures_is_asked_again(clock: Clock, fault: str) -> None:
    """A passing fault costs one more request, no rung and no content."""
    with OpenAIStandIn(fault) as stand_in:
        made = draft(stand_in, clock)

    assert [call.form for call in stand_in.calls] == ["json_schema"] * 2
    assert made.summary.claims
    assert made.usage.calls == 1
    assert 0 < sum(clock.naps) < 30


@pytest.mark.parametrize(
    ("fault", "wait_s"), [("429-retry-after", 7), ("429-try-again", 6.5)]
)
def test_the_servers_wish_is_kept(clock: Clock, fault: str, wait_s: float) -> None:
    """Retry-After, or the words of the refusal, say how long is waited, once."""
    with OpenAIStandIn(fault) as stand_in:
        draft(stand_in, clock)

    assert wait_s <= sum(clock.naps) < wait_s + 1


def test_a_hanging_server_is_left(clock: Clock) -> None:
    """A request without an answer ends by its timeout and is asked again."""
    with OpenAIStandIn("hang") as stand_in:
        made = draft(stand_in, clock, timeout_s=1.0)

    assert len(stand_in.calls) == 2
    assert made.summary.claims


def test_a_dead_server_is_a_named_error(clock: Clock) -> None:
    """Nobody listening is a `SummaryError` after the bounded tries."""
    with OpenAIStandIn() as stand_in:
        pass

    with pytest.raises(SummaryError, match=r"no connection to 127\.0\.0\.1:"):
        draft(stand_in, clock)
    assert len(clock.naps) == 2


def test_waiting_is_bounded(clock: Clock, request_: ModelRequest) -> None:
    """A wish beyond `max_wait_s` ends the call at once; nobody waits for it."""
    with (
        OpenAIStandIn(always="429-retry-after") as stand_in,
        openai(stand_in, clock, max_wait_s=5) as model,
        pytest.raises(SummaryError, match="too many requests"),
    ):
        model.complete(request_)

    assert len(stand_in.calls) == 1
    assert clock.naps == []


# ------------------------------------------------------------- what is told apart

STOPS = {
    "401": "the key was refused",
    "403": "the key was refused",
    "400-key": "the key was refused",
    "402": "quota is spent.*Insufficient Balance",
    "429-quota": "quota is spent.*current quota",
    "429-glm": "quota is spent",
    "400-arrearage": "quota is spent",
    "400-model": f"{MODEL} was not found",
    "404-model": f"{MODEL} was not found",
    "redirect": r"sends us to localhost \(HTTP 307\)",
}


@pytest.mark.parametrize(("fault", "reason"), STOPS.items())
def test_some_refusals_end_model_use(
    clock: Clock, request_: ModelRequest, fault: str, reason: str
) -> None:
    """What would fail for every paper stops this call and, unasked, every later one."""
    with OpenAIStandIn(fault) as stand_in, openai(stand_in, clock) as model:
        for _ in range(3):
            with pytest.raises(QuotaSpent, match=reason):
                model.complete(request_)

    assert len(stand_in.calls) == 1
    assert clock.naps == []


ONE_PAPER = {
    "400-long": r"too long for stand-in-1 .*llm\.max_input_chars",
    "413": r"too long for stand-in-1 .*llm\.max_input_chars",
    "400-filter": "prompt was blocked",
    "400-risk": "prompt was blocked.*Content Exists Risk",
    "400-glm-filter": "prompt was blocked",
    "400-1301-tokens": "request was refused.*1301",
    "400-odd": "request was refused.*Something else",
    "refusal": r"withheld \(refusal\)",
    "filter": r"withheld \(content_filter\)",
}


@pytest.mark.parametrize(("fault", "reason"), ONE_PAPER.items())
def test_some_refusals_cost_one_paper(clock: Clock, fault: str, reason: str) -> None:
    """They are asked once, and the next paper is asked for as before."""
    with OpenAIStandIn(fault) as stand_in, openai(stand_in, clock) as model:
        prompt = load_prompt("summary")
        with pytest.raises(SummaryError, match=reason) as caught:
            summarize(PAPER, document(), model=model, prompt=prompt)
        again = summarize(PAPER, document(), model=model, prompt=prompt)

    assert not isinstance(caught.value, QuotaSpent)
    assert again.summary.claims
    assert [call.form for call in stand_in.calls] == ["json_schema"] * 2


@pytest.mark.parametrize("fault", ["empty", "not-json", "wrong-schema", "length"])
def test_one_content_retry_names_the_fault(clock: Clock, fault: str) -> None:
    """A second call, with the fault named, mends the reply; both are paid for."""
    with OpenAIStandIn(fault) as stand_in:
        made = draft(stand_in, clock)

    first, second = (body["messages"][0]["content"] for body in bodies(stand_in))
    assert second.startswith(first)
    assert "could not be used" in second.removeprefix(first)
    assert made.usage.calls == 2
    assert made.summary.missing == ()


@pytest.mark.parametrize(
    ("base", "asked", "hint"),
    [
        ("/v1", "", "/v1 for llm.base_url?"),
        ("/v1", "/v2", "is llm.base_url right?"),
        ("/api/v3", "/api", "/api/v1 for llm.base_url?"),
    ],
)
def test_a_wrong_path_says_which_may_be_right(
    clock: Clock, base: str, asked: str, hint: str
) -> None:
    """A 404 of a path ends the run at once, with what to set."""
    with (
        OpenAIStandIn(base=base) as stand_in,
        pytest.raises(QuotaSpent) as caught,
    ):
        draft(stand_in, clock, base_url=f"{stand_in.url}{asked}")

    assert "has no chat/completions (HTTP 404)" in caught.value.reason
    assert hint in caught.value.reason


def test_a_server_of_pages_is_named(clock: Clock) -> None:
    """A page in place of an answer may pass; in the end its address is doubted."""
    with (
        OpenAIStandIn(always="html-200") as stand_in,
        pytest.raises(SummaryError, match=r"sent a page .* llm\.base_url right"),
    ):
        draft(stand_in, clock)

    assert len(stand_in.calls) == 3


CONTEXTS = [
    "This model's maximum context length is 9000 tokens. However, you requested 9192"
    " tokens ({used} in the messages, 8192 in the completion).",
    "'max_tokens' or 'max_completion_tokens' is too large: 8192. This model's maximum"
    " context length is 9000 tokens and your request has {used} input tokens.",
    "Requested token count exceeds the model's maximum context length of 9000 tokens."
    " You requested a total of 9192 tokens: {used} tokens from the input messages.",
]


@pytest.mark.parametrize("words", CONTEXTS)
def test_a_short_context_leaves_less_room(clock: Clock, words: str) -> None:
    """Where the prompt fits and the limit does not, this call gets a lower limit."""
    with OpenAIStandIn(context=(9000, words)) as stand_in:
        made = draft(stand_in, clock)

    first, second = bodies(stand_in)
    assert (first["max_tokens"], first["response_format"]) == (
        8192,
        second["response_format"],
    )
    assert 4096 < second["max_tokens"] < 8192
    assert made.summary.missing == ()


def test_a_prompt_beyond_the_context_is_no_matter_of_room(clock: Clock) -> None:
    """The error names the key that shortens prompts."""
    with (
        OpenAIStandIn(context=(2000, CONTEXTS[0].replace("9000", "2000"))) as stand_in,
        pytest.raises(SummaryError, match=r"too long .*llm\.max_input_chars"),
    ):
        draft(stand_in, clock)

    assert len(stand_in.calls) == 1


ODD = [
    "null",
    "[]",
    "7",
    '"text"',
    "\ufeff",
    "data: [DONE]",
    "data: 7",
    'data: {"choices": {"0": {}}}',
    'data: {"choices": [{"delta": "text", "finish_reason": "stop"}]}',
    'data: {"choices": [{"delta": {"content": 7}, "finish_reason": {"a": 1}}]}',
    'data: {"error": "overloaded"}',
    "event: ping",
    ": a comment",
    '{"choices": [[]]}',
    '{"choices": {"a": 1}}',
    '{"choices": [{}]}',
    '{"choices": [{"message": []}]}',
    '{"choices": [{"message": {"content": {"text": "x"}}}]}',
    '{"choices": [{"message": {"content": [7, null, {"type": "text"}]}}]}',
    '{"choices": [{"message": {"content": "{}"}, "finish_reason": []}]}',
    '{"choices": [{"message": {"content": "{}"}}], "usage": []}',
    '{"choices": [{"message": {"content": "{}"}}], "usage": {"prompt_tokens": "9"}}',
    '{"choices": [{"message": {"content": "{}"}}], "model": {"a": 1}}',
    '{"choices": [{"message": {"content": "{}"}}],'
    f' "usage": {{"prompt_tokens": 1{"0" * 400}, "completion_tokens": true}}}}',
    '{"error": null}',
    '{"error": ["x"]}',
    '{"error": {"code": "429", "message": {"a": 1}}}',
    '{"detail": [{"loc": ["body"], "msg": "x"}]}',
]


@pytest.mark.parametrize("body", ODD)
def test_an_odd_answer_is_the_servers_fault(
    clock: Clock, request_: ModelRequest, body: str
) -> None:
    """Whatever an answer holds, it is a reply or an error that says what happened."""
    with OpenAIStandIn(raw=body) as stand_in, openai(stand_in, clock, tries=1) as model:
        try:
            told = f"finished: {model.complete(request_).finish}"
        except SummaryError as error:
            told = error.reason

    assert re.match("finished: (?:stop|other)|the model|too many requests", told)


def test_a_reply_nested_without_end_is_counted_and_named(clock: Clock) -> None:
    """It ends one paper, at the price of its prompt."""
    with (
        OpenAIStandIn("deep") as stand_in,
        pytest.raises(SummaryError, match="nested without end") as caught,
    ):
        draft(stand_in, clock)

    assert caught.value.usage is not None
    assert caught.value.usage.tokens_in > 100
    assert len(stand_in.calls) == 1


# ------------------------------------------------------------------ usage and secrets


@pytest.mark.parametrize("fault", ["no-usage", "negative-usage"])
def test_usage_that_is_missing_is_said_to_be(clock: Clock, fault: str) -> None:
    """Nobody has counted that call then, and the reply is used."""
    with OpenAIStandIn(fault) as stand_in:
        made = draft(stand_in, clock)

    assert made.summary.claims
    assert (made.usage.tokens_in, made.usage.cost_usd) == (0, None)
    assert made.usage.uncounted == 1


def test_a_cut_prompt_is_doubted_once(
    clock: Clock, request_: ModelRequest, caplog: pytest.LogCaptureFixture
) -> None:
    """A server that counts far fewer tokens than were sent has read only a part."""
    with OpenAIStandIn(reads=500) as stand_in, openai(stand_in, clock) as model:
        model.complete(request_)
        model.complete(request_)

    assert caplog.text.count("counts 500 tokens in a prompt of") == 1


def test_a_total_tells_the_rest(clock: Clock) -> None:
    """Without a count of its own a reply has what the total has beyond the prompt."""
    with OpenAIStandIn("total-only") as stand_in:
        made = draft(stand_in, clock)

    assert made.usage.uncounted == 0
    assert made.usage.tokens_out > 100


def test_a_model_is_named_as_its_server_names_it(
    clock: Clock, request_: ModelRequest
) -> None:
    """Printable, and priced by that name or by the configured one."""
    with (
        OpenAIStandIn("odd-model", served="stand-in-1-0613") as stand_in,
        openai(stand_in, clock) as model,
    ):
        odd, plain = model.complete(request_), model.complete(request_)

    assert odd.model == "stand-in-1-0613[31m"
    assert plain.model == "stand-in-1-0613"
    assert plain.usage.cost_usd is not None


def test_a_key_never_shows(
    clock: Clock, request_: ModelRequest, caplog: pytest.LogCaptureFixture
) -> None:
    """No error, log line or repr holds the key, even when the server repeats it."""
    caplog.set_level(logging.DEBUG)
    shown = []
    for fault in ("400-odd", "400-key", "401", "403", "500", "429-quota", "redirect"):
        with (
            OpenAIStandIn(fault) as stand_in,
            openai(stand_in, clock, tries=1) as model,
        ):
            with pytest.raises(SummaryError) as caught:
                model.complete(request_)
            shown += [repr(model), str(caught.value), repr(caught.value)]
            shown.append(repr(pickle.loads(pickle.dumps(caught.value))))
            shown += [repr(caught.value.__cause__), str(caught.value.__cause__)]
    shown += [record.getMessage() for record in caplog.records]

    assert len(caplog.records) >= 7
    assert not [text for text in shown if KEY in text]
    assert "***" in shown[1]


def test_a_redirect_is_not_followed(clock: Clock, request_: ModelRequest) -> None:
    """Nobody else is sent the key or the paper."""
    with (
        OpenAIStandIn("redirect") as stand_in,
        openai(stand_in, clock) as model,
        pytest.raises(QuotaSpent),
    ):
        model.complete(request_)

    assert len(stand_in.calls) == 1
    assert stand_in.seen == [f"{stand_in.base}/chat/completions"]
