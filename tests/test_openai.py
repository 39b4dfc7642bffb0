"""Servers of OpenAI's protocol over HTTP: what is asked, learned and told apart."""

from __future__ import annotations

import json
import logging
import pickle
import re
import threading
from pathlib import Path
from typing import Any

import pytest

from chatpaper.errors import QuotaSpent, RequestRefused, SummaryError
from chatpaper.models import ModelRequest, load_prompt, price_usd
from chatpaper.models.openai import Memory, OpenAI, OpenAISettings
from chatpaper.summary import Draft, summarize, summary_request
from scripted import PAPER, document
from servers.openai import KEY, MODEL, OpenAIStandIn

PRICES = {MODEL: (0.10, 0.40)}


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.naps: list[float] = []
        self.lock = threading.Lock()

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        with self.lock:
            self.naps.append(seconds)
            self.seconds += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def request_() -> ModelRequest:
    request, _ = summary_request(PAPER, document(), prompt=load_prompt("summary"))
    return request


def openai(
    stand_in: OpenAIStandIn,
    clock: Clock,
    *,
    memory: Path | None = None,
    **settings: Any,
) -> OpenAI:
    made: dict[str, Any] = {
        "model": MODEL,
        "base_url": stand_in.base_url,
        "prices": PRICES,
        "tries": 3,
    } | settings
    return OpenAI(
        stand_in.key,
        OpenAISettings(**made),
        memory=Memory(memory),
        sleep=clock.sleep,
        now=clock.now,
    )


def draft(stand_in: OpenAIStandIn, clock: Clock, **settings: Any) -> Draft:
    with openai(stand_in, clock, **settings) as model:
        return summarize(PAPER, document(), model=model, prompt=load_prompt("summary"))


def bodies(stand_in: OpenAIStandIn) -> list[dict[str, Any]]:
    return [dict(call.body) for call in stand_in.calls]


# ------------------------------------------------------------------ what is asked


def test_one_call_sums_up_a_paper(clock: Clock) -> None:
    """One request, not streamed, with a strict schema; the key is in its header."""
    with OpenAIStandIn() as stand_in:
        made = draft(stand_in, clock)

    (body,) = bodies(stand_in)
    (call,) = stand_in.calls
    schema = body["response_format"]["json_schema"]
    assert stand_in.problems == []
    assert KEY not in json.dumps(body)
    assert body["stream"] is False
    assert not {"tools", "tool_choice", "temperature"} & body.keys()
    assert schema["strict"] is True
    assert schema["schema"]["additionalProperties"] is False
    assert schema["schema"]["properties"]["abstract"]["additionalProperties"] is False
    assert "JSON Schema" not in body["messages"][0]["content"]
    assert made.model == MODEL
    assert made.summary.missing == ()
    assert made.usage.calls == 1
    assert made.usage.tokens_out == call.tokens_out > 0
    expected = price_usd(PRICES, MODEL, call.tokens_in, call.tokens_out)
    assert made.usage.cost_usd == pytest.approx(expected)


def test_a_server_that_wants_a_key_after_all_says_so(
    clock: Clock, request_: ModelRequest
) -> None:
    """The error names the key of the configuration that names the variable."""
    with OpenAIStandIn() as stand_in:
        made = OpenAISettings(model=MODEL, base_url=stand_in.base_url)
        with (
            OpenAI("", made, sleep=clock.sleep) as model,
            pytest.raises(QuotaSpent, match=r"llm\.key_env must name"),
        ):
            model.complete(request_)


def test_a_server_without_a_key_gets_none(clock: Clock) -> None:
    """No header stands for an empty key."""
    with OpenAIStandIn(key="") as stand_in:
        made = draft(stand_in, clock)

    assert made.summary.claims
    assert stand_in.problems == []


@pytest.mark.parametrize("form", ["json_object", "text"])
def test_lower_rungs_show_the_schema(clock: Clock, form: str) -> None:
    """Where no schema is taken it stands behind the prompt, with the word JSON."""
    takes = ("json_object",) if form == "json_object" else ()
    with OpenAIStandIn(takes=takes) as stand_in:
        made = draft(stand_in, clock)

    last = bodies(stand_in)[-1]
    prompt = last["messages"][0]["content"]
    assert made.summary.missing == ()
    assert stand_in.calls[-1].form == form
    assert prompt.startswith(bodies(stand_in)[0]["messages"][0]["content"])
    assert "one JSON object" in prompt
    assert '"required":["title","abstract"' in prompt


# ------------------------------------------------------------------ what is learned

FORM_REFUSALS = [
    (400, "This response_format type is unavailable now"),
    (
        400,
        "Invalid parameter: 'response_format' of type 'json_schema' is not supported",
    ),
    (422, "response_format -> type: Input should be 'text' or 'json_object'"),
    (400, "Structured outputs are not available for this model."),
    (404, "No endpoints found that can handle the requested parameters."),
    (500, "failed to parse grammar"),
    (501, "json mode is not implemented"),
    (400, "Extra inputs are not permitted"),
    (422, ""),
]


@pytest.mark.parametrize(("status", "says"), FORM_REFUSALS)
def test_a_refused_form_goes_one_rung_down(
    clock: Clock, status: int, says: str
) -> None:
    """Whatever the server calls it, the next request asks in a form that it takes."""
    with OpenAIStandIn(takes=("json_object",), says=says, status=status) as stand_in:
        made = draft(stand_in, clock)

    assert made.summary.missing == ()
    assert stand_in.calls[-1].form == "json_object"
    assert made.usage.calls == 1
    assert clock.naps == []


LESSONS = {
    "strict": (
        {"strict": "Invalid schema for response_format 'reply': strict is not allowed"},
        lambda body: "strict" not in body["response_format"]["json_schema"],
    ),
    "limit": (
        {
            "max_tokens": "Unsupported parameter: 'max_tokens' is not supported with"
            " this model. Use 'max_completion_tokens' instead."
        },
        lambda body: body["max_completion_tokens"] == 8192,
    ),
    "thinking": (
        {"chat_template_kwargs": "Unrecognized request argument: chat_template_kwargs"},
        lambda body: body["response_format"]["type"] == "json_schema",
    ),
    "chat template": (
        {"chat_template_kwargs": "chat_template is not supported for this tokenizer"},
        lambda body: body["response_format"]["type"] == "json_schema",
    ),
}


@pytest.mark.parametrize(("refuses", "holds"), LESSONS.values(), ids=LESSONS)
def test_a_refused_field_is_said_otherwise(
    clock: Clock, refuses: dict[str, str], holds: Any
) -> None:
    """A field that is refused by its name costs one request, and no rung."""
    with OpenAIStandIn(refuses=refuses) as stand_in:
        made = draft(stand_in, clock)

    assert made.summary.missing == ()
    assert [call.fault for call in stand_in.calls] == ["refused", "ok"]
    assert holds(bodies(stand_in)[-1])


def test_a_level_of_thinking_is_sent_or_dropped(clock: Clock) -> None:
    """`thinking_level` goes as reasoning_effort; who does not know it gets none."""
    refused = {"reasoning_effort": "unknown field reasoning_effort"}
    with OpenAIStandIn() as knows, OpenAIStandIn(refuses=refused) as does_not:
        draft(knows, clock, thinking_level="low")
        draft(does_not, clock, thinking_level="low")

    assert bodies(knows)[0]["reasoning_effort"] == "low"
    assert "chat_template_kwargs" not in bodies(knows)[0]
    assert len(does_not.calls) == 2
    assert "reasoning_effort" not in bodies(does_not)[1]


def test_a_bound_of_tokens_is_kept_to(clock: Clock) -> None:
    """A limit that is too high is lowered to what the server names."""
    with OpenAIStandIn(most=4096) as stand_in:
        made = draft(stand_in, clock, max_output_tokens=16_384)

    assert made.summary.missing == ()
    assert [body["max_tokens"] for body in bodies(stand_in)] == [16_384, 4096]


def test_both_names_of_the_limit_refused_end_the_call(clock: Clock) -> None:
    """A server that cannot be pleased is asked a few times, and named."""
    words = "Unsupported parameter: use {} instead"
    refuses = {
        "max_tokens": words.format("'max_completion_tokens'"),
        "max_completion_tokens": words.format("'max_tokens'"),
    }
    with (
        OpenAIStandIn(refuses=refuses) as stand_in,
        pytest.raises(RequestRefused, match="Unsupported parameter"),
    ):
        draft(stand_in, clock)

    assert len(stand_in.calls) == 2


def test_a_form_dropped_in_silence_is_found_out(clock: Clock) -> None:
    """Prose for the second time leads down, within the same call, and is paid for."""
    drops = ("json_schema", "json_object")
    with OpenAIStandIn(takes=(), drops=drops) as stand_in:
        made = draft(stand_in, clock)

    forms = [call.form for call in stand_in.calls]
    assert forms == ["json_schema", "json_schema", "json_object", "text"]
    assert made.summary.missing == ()
    assert made.usage.calls == 4
    assert made.usage.tokens_in == sum(call.tokens_in for call in stand_in.calls)


def test_one_slip_is_no_lesson(clock: Clock, request_: ModelRequest) -> None:
    """Prose now and then, with good replies between, leaves the form as it is."""
    with (
        OpenAIStandIn("prose", "ok", "prose", "ok") as stand_in,
        openai(stand_in, clock) as model,
    ):
        for _ in range(4):
            model.complete(request_)

    assert {call.form for call in stand_in.calls} == {"json_schema"}


def test_what_is_learned_is_kept(clock: Clock, tmp_path: Path) -> None:
    """The next run asks at once as the server wants it; for each model of a server."""
    memory = tmp_path / "store" / "servers.json"
    with OpenAIStandIn(takes=("json_object",)) as stand_in:
        draft(stand_in, clock, memory=memory)
        draft(stand_in, clock, memory=memory)
        draft(stand_in, clock, memory=memory, model="another")

    forms = [call.form for call in stand_in.calls]
    down = ["json_schema", "json_object"]
    assert forms == [*down, "json_object", *down]
    assert KEY not in memory.read_text(encoding="utf-8")


def entry_of(memory: Path) -> dict[str, Any]:
    (entry,) = json.loads(memory.read_text(encoding="utf-8")).values()
    return dict(entry)


def test_what_is_learned_is_tried_again_after_a_week(
    clock: Clock, tmp_path: Path
) -> None:
    """A server that has learned a schema since is asked for one again."""
    memory = tmp_path / "servers.json"
    with OpenAIStandIn(takes=("json_object",)) as stand_in:
        draft(stand_in, clock, memory=memory)
        text = memory.read_text(encoding="utf-8")
        since = str(entry_of(memory)["since"])
        memory.write_text(text.replace(since, "2026-01-01"), encoding="utf-8")
        stand_in.takes = ("json_schema",)
        draft(stand_in, clock, memory=memory)

    assert [c.form for c in stand_in.calls][-1] == "json_schema"
    assert entry_of(memory)["rung"] == "json_schema"


def test_another_model_under_the_same_name_is_asked_anew(
    clock: Clock, tmp_path: Path
) -> None:
    """When replies carry a new name, the run after that begins at the top."""
    memory = tmp_path / "servers.json"
    with OpenAIStandIn(takes=("json_object",)) as stand_in:
        draft(stand_in, clock, memory=memory)
        stand_in.served = "stand-in-2"
        draft(stand_in, clock, memory=memory)
        stand_in.takes = ("json_schema",)
        draft(stand_in, clock, memory=memory)

    forms = [call.form for call in stand_in.calls]
    assert forms == ["json_schema", "json_object", "json_object", "json_schema"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"x": 1}', '{"KEY": {"rung": "telepathy"}}', "\udcff"]
)
def test_a_spoilt_memory_costs_no_run(clock: Clock, tmp_path: Path, text: str) -> None:
    """What cannot be read of it is found out again, and written anew."""
    memory = tmp_path / "servers.json"
    with OpenAIStandIn(takes=("json_object",)) as stand_in:
        named = text.replace("KEY", f"{stand_in.base_url} {MODEL}")
        memory.write_bytes(named.encode("utf-8", "surrogateescape"))
        made = draft(stand_in, clock, memory=memory)

    assert made.summary.claims
    kept = json.loads(memory.read_text(encoding="utf-8"))
    assert kept[f"{stand_in.base_url} {MODEL}"]["rung"] == "json_object"


def test_a_memory_that_cannot_be_written_costs_no_run(
    clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The log names the file."""
    (tmp_path / "file").touch()
    memory = tmp_path / "file" / "servers.json"
    with OpenAIStandIn() as stand_in:
        assert draft(stand_in, clock, memory=memory).summary.claims

    assert f"{memory} cannot be written" in caplog.text


# ------------------------------------------------------- thoughts, and room for them


def test_a_model_that_thinks_its_limit_away_gets_room_once(clock: Clock) -> None:
    """Four times as much, from then on for every paper; both replies are paid for."""
    with OpenAIStandIn(thinks=10_000) as stand_in, openai(stand_in, clock) as model:
        prompt = load_prompt("summary")
        first = summarize(PAPER, document(), model=model, prompt=prompt)
        second = summarize(PAPER, document(), model=model, prompt=prompt)

    limits = [body["max_tokens"] for body in bodies(stand_in)]
    assert limits == [8192, 4 * 8192, 4 * 8192]
    assert (first.usage.calls, second.usage.calls) == (2, 1)
    assert first.summary.missing == ()


def test_a_model_that_only_thinks_is_named(clock: Clock) -> None:
    """After the room it is an error that says what to do, and what it cost."""
    with (
        OpenAIStandIn(thinks=100_000) as stand_in,
        pytest.raises(SummaryError, match=r"32768 tokens .* llm\.max_output") as caught,
    ):
        draft(stand_in, clock)

    assert len(stand_in.calls) == 2
    assert caught.value.usage is not None
    assert caught.value.usage.calls == 2


def test_no_more_room_than_the_server_gives(clock: Clock) -> None:
    """Where the limit is the server's own, nothing is asked for twice."""
    with (
        OpenAIStandIn(thinks=100_000, most=4096) as stand_in,
        pytest.raises(SummaryError, match="used up 4096 tokens"),
    ):
        draft(stand_in, clock)

    assert [call.fault for call in stand_in.calls] == ["refused", "ok"]


def test_thinking_is_switched_off_where_it_is_known_how(clock: Clock) -> None:
    """A server of templates is told so, and answers at once."""
    off = ("chat_template_kwargs",)
    with OpenAIStandIn(thinks=100_000, off=off) as stand_in:
        made = draft(stand_in, clock)

    (body,) = bodies(stand_in)
    assert body["chat_template_kwargs"]["enable_thinking"] is False
    assert made.summary.missing == ()


@pytest.mark.parametrize("fault", ["think", "think-unopened", "reasoning", "parts"])
def test_thoughts_are_no_part_of_a_reply(
    clock: Clock, request_: ModelRequest, fault: str
) -> None:
    """In tags, behind a lost tag, in fields or parts of their own: all are left out."""
    with OpenAIStandIn(fault) as stand_in, openai(stand_in, clock) as model:
        reply = model.complete(request_)

    assert reply.text.startswith("{")
    assert json.loads(reply.text)["points"]


def test_a_reply_may_speak_of_thoughts(clock: Clock, request_: ModelRequest) -> None:
    """The tags in an object's own texts are left alone."""
    text = '{"title": "about <think> and </think>"}'
    with OpenAIStandIn(says_only=text) as stand_in, openai(stand_in, clock) as model:
        assert model.complete(request_).text == text


HOSTS = {
    "api.deepseek.com": ("thinking", {"type": "disabled"}),
    "open.bigmodel.cn": ("thinking", {"type": "disabled"}),
    "dashscope.aliyuncs.com": ("enable_thinking", False),
    "openrouter.ai": ("reasoning", {"enabled": False}),
}


@pytest.mark.parametrize("host", HOSTS)
def test_each_host_has_its_own_switch(
    clock: Clock, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What switches thinking off there is sent, and nothing of the others."""
    name, value = HOSTS[host]
    with OpenAIStandIn() as stand_in:
        monkeypatch.setenv("HTTP_PROXY", stand_in.url)
        draft(stand_in, clock, base_url=f"http://{host}/v1")

    (body,) = bodies(stand_in)
    assert body[name] == value
    others = {"thinking", "enable_thinking", "reasoning", "chat_template_kwargs"}
    assert body.keys() & others == {name}


def test_openai_gets_only_what_it_knows(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenAI refuses unknown fields, and the old name of the limit for new models."""
    with OpenAIStandIn() as stand_in:
        monkeypatch.setenv("HTTP_PROXY", stand_in.url)
        draft(stand_in, clock, base_url="http://api.openai.com/v1")

    (body,) = bodies(stand_in)
    assert body.keys() == {
        "model",
        "messages",
        "stream",
        "max_completion_tokens",
        "response_format",
    }


# -------------------------------------------------------------------- streams


def test_a_server_that_streams_unless_told_not_to(clock: Clock) -> None:
    """It is told not to."""
    with OpenAIStandIn(streams=True) as stand_in:
        made = draft(stand_in, clock)

    assert made.summary.missing == ()
    assert len(stand_in.calls) == 1


def test_a_stream_is_read_all_the_same(clock: Clock, request_: ModelRequest) -> None:
    """One that comes unasked is put together, with its usage and its reason."""
    with OpenAIStandIn("stream") as stand_in, openai(stand_in, clock) as model:
        reply = model.complete(request_)

    (call,) = stand_in.calls
    assert json.loads(reply.text)["points"]
    assert (reply.finish, reply.model) == ("stop", MODEL)
    assert reply.usage.tokens_out == call.tokens_out > 0


def test_a_server_that_only_streams_is_asked_for_that(clock: Clock) -> None:
    """A model that takes no single answers is asked for a stream, usage with it."""
    with OpenAIStandIn(only_streams=True) as stand_in:
        made = draft(stand_in, clock)

    first, second = bodies(stand_in)
    assert (first["stream"], second["stream"]) == (False, True)
    assert made.summary.missing == ()
    assert made.usage.tokens_out > 0


# ------------------------------------------------------------------ what is retried

PASSING = (
    "408 429 429-retry-after 429-try-again 500 502 503 529 503-html error-200"
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
        made = draft(stand_in, clock, timeout_s=0.3)

    assert len(stand_in.calls) == 2
    assert made.summary.claims


def test_a_dead_server_is_a_named_error(clock: Clock) -> None:
    """Nobody listening is a `SummaryError` after the bounded tries."""
    with OpenAIStandIn() as stand_in:
        pass

    with pytest.raises(SummaryError, match="connection to the model broke"):
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
