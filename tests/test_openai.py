"""Servers of OpenAI's protocol over HTTP: what is asked, and what is learned."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chatpaper.errors import QuotaSpent, RequestRefused, SummaryError
from chatpaper.models import ModelRequest, load_prompt, price_usd
from chatpaper.models.openai import OpenAI, OpenAISettings
from chatpaper.summary import summarize
from clock import Clock
from openai_calls import PRICES, a_request, bodies, draft, openai
from scripted import PAPER, document
from servers.openai import KEY, MODEL, OpenAIStandIn


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def request_() -> ModelRequest:
    return a_request()


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


@pytest.mark.parametrize("order", ["ssgg", "sgsg", "gssg", "sggs"])
def test_one_sick_paper_teaches_nothing(
    clock: Clock, tmp_path: Path, request_: ModelRequest, order: str
) -> None:
    """It is asked in every form, whoever is asked between; others keep their form."""
    sick = replace(request_, paper_id="2611.00666v1", prompt=f"SICK {request_.prompt}")
    memory = tmp_path / "servers.json"
    with (
        OpenAIStandIn(by_paper={"SICK": "prose"}) as stand_in,
        openai(stand_in, clock, memory=memory) as model,
    ):
        for letter in order:
            model.complete(sick if letter == "s" else request_)

    forms: dict[bool, list[str]] = {True: [], False: []}
    for call in stand_in.calls:
        forms["SICK" in str(call.body)].append(call.form)
    down = ["json_schema", "json_object", "text"]
    assert forms == {True: ["json_schema", *down], False: ["json_schema"] * 2}
    assert '"rung": "json_schema"' in memory.read_text(encoding="utf-8")


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
    "text",
    [
        *("", "[]", "{", '{"x": 1}', '{"KEY": {"rung": "telepathy"}}', "\udcff"),
        '{"KEY": {"most_tokens": "many", "since": "9999-01-01", "served": ""}}',
    ],
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
