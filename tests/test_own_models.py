"""A model of the caller's own summarises and judges like any other."""

import json
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from chatpaper import ArgumentError, ConfigError, posted_papers, run, summarize
from chatpaper.api import Sheet
from chatpaper.api.choices import configured, with_models
from chatpaper.models import ModelReply, ModelRequest, OwnProvider, own_model
from chatpaper.resources import resource_path
from toy_models import Toy, toy

SAMPLE = resource_path("samples") / "sample-01.pdf"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Settings on top of the defaults, without a key."""
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return {"storage": {"dir": "store"}, "reading": {"workers": 1}}


def models_of(sheet: Sheet) -> tuple[str, str, str]:
    """Who wrote and judged it."""
    made = sheet.digest.provenance
    assert made is not None
    return made.provider, made.model, made.judge


def test_a_function_from_prompt_to_reply_is_a_model(config: dict[str, Any]) -> None:
    """It is told the form of the reply; its claims are looked up and judged."""
    prompts = []

    def mine(prompt: str) -> str:
        prompts.append(prompt)
        return toy(prompt)

    sheet = summarize(SAMPLE, model=mine, config=config)
    summarize(SAMPLE, model=mine, judge=mine, config=config)

    assert len(prompts) == 2
    assert models_of(sheet) == ("own", "mine", "mine")
    assert len(sheet.claims) > 10
    assert {check.verdict for check in sheet.digest.checks} == {"supported"}
    assert "mine" in sheet.markdown
    assert '"properties"' in prompts[0].rpartition("of this schema:\n")[2]


def test_an_object_with_complete_is_a_model(config: dict[str, Any]) -> None:
    """It is handed the request; what it counts is counted."""
    model = Toy("my-model")

    sheet = summarize(SAMPLE, model=model, config=config)

    assert models_of(sheet) == ("own", "my-model", "my-model")
    made = sheet.digest.provenance
    assert made is not None
    assert (made.calls, made.tokens_in) == (2, 20)
    assert [request.step for request in model.asked] == ["first", "later"]


def test_another_judge_judges(config: dict[str, Any]) -> None:
    """Also one of the same name; what it contradicts is left out."""
    judge = Toy("toy-1", verdict="contradicted")

    sheet = summarize(SAMPLE, model=Toy("toy-1"), judge=judge, config=config)

    assert sheet.claims == ()
    assert sheet.failure is not None
    assert len(judge.asked) == 1


def test_a_whole_post_is_written_by_it(config: dict[str, Any]) -> None:
    """The post names it, and passes the gate."""
    (report,) = run("GAN", source="samples", model=Toy("my-model"), config=config)

    assert (report.status, report.posted) == ("done", 5)
    assert report.post is not None
    assert "my-model" in Path(report.post).read_text("utf-8")
    twin = json.loads(Path(report.post).with_suffix(".json").read_text("utf-8"))
    made = [digest["provenance"]["model"] for digest in twin["digests"]]
    assert made == ["my-model"] * 5


@pytest.fixture
def ctrl_c() -> Iterator[threading.Event]:
    """Ctrl-C as a notebook has it, and when it came; a background job ignores it."""
    came = threading.Event()

    def interrupt(number: int, frame: FrameType | None) -> None:
        came.set()
        signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGINT, interrupt)
    yield came
    signal.signal(signal.SIGINT, before)


def test_an_interrupted_run_publishes_what_is_paid_for(
    config: dict[str, Any], ctrl_c: threading.Event
) -> None:
    """Ctrl-C in a notebook is one in a terminal; the next run goes on."""

    class Interrupting(Toy):
        def complete(self, request: ModelRequest) -> ModelReply:
            if len(self.asked) == 2:
                os.kill(os.getpid(), signal.SIGINT)
                assert ctrl_c.wait(60)
                time.sleep(0.5)  # the main thread is about to tell the others
            return super().complete(request)

    first, second = Interrupting("one"), Toy("one")
    config["llm"] = {"concurrency": 1}
    with pytest.raises(KeyboardInterrupt):
        run("GAN", source="samples", model=first, config=config)
    posted = posted_papers(config=config)
    run("GAN", source="samples", model=second, config=config)

    assert 0 < len(posted) < 5
    assert len(posted_papers(config=config)) == 5
    assert len(first.asked) + len(second.asked) == 10


def test_a_function_written_anew_is_asked_anew(config: dict[str, Any]) -> None:
    """Replies are kept; those of other code under the same name are others."""
    asked = []

    def first(prompt: str) -> str:
        asked.append("first")
        return toy(prompt)

    def second(prompt: str) -> str:
        asked.append("second")
        return toy(prompt)

    second.__name__ = "first"
    for model in (first, first, second):
        summarize(SAMPLE, model=model, config=config)

    assert asked == ["first", "first", "second", "second"]


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (
            3,
            "argument model: an int is no model: give an object with complete(request)",
        ),
        (Toy, "argument model: Toy is a class: give an instance"),
        ({"name": "x"}, "argument model: a dict is no model"),
    ],
)
def test_what_is_no_model_is_said_to_be_none(
    config: dict[str, Any], model: object, said: str
) -> None:
    """Before anything is read."""
    with pytest.raises(ArgumentError, match=re.escape(said)):
        summarize(SAMPLE, model=model, config=config)
    with pytest.raises(
        ArgumentError, match=re.escape(said.replace("model:", "judge:", 1))
    ):
        summarize(SAMPLE, model=toy, judge=model, config=config)


def test_an_async_function_is_no_model(config: dict[str, Any]) -> None:
    """It would answer with a promise."""

    async def later(prompt: str) -> str:
        return prompt

    with pytest.raises(ArgumentError, match="an async function"):
        summarize(SAMPLE, model=later, config=config)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (KeyError("choices"), "mine: KeyError: 'choices'"),
        (
            OSError("GET https://a.example/v1?key=SECRET failed\nbadly"),
            "mine: OSError: GET https://a.example/v1 failed badly",
        ),
        ({"a": 1}, "mine answered with a dict, not with text"),
        (None, "mine answered with a NoneType, not with text"),
        ("I would rather not.", "the reply was not a JSON object"),
    ],
)
def test_a_model_that_fails_costs_its_paper(
    config: dict[str, Any], answer: object, reason: str
) -> None:
    """The sheet says why, without what stands behind an address."""

    def mine(prompt: str) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    sheet = summarize(SAMPLE, model=mine, config=config)

    assert sheet.failure is not None
    assert sheet.failure.reason.startswith(reason)
    assert sheet.title.startswith("Counting Modes on a Ring")


@pytest.mark.parametrize("who", ["model", "judge"])
def test_a_model_by_name_needs_its_key(config: dict[str, Any], who: str) -> None:
    """Without one key sentences would be quoted, and the name forgotten."""
    named: Any = {who: "gemini-3.8-flash"}
    with pytest.raises(ConfigError, match="set GEMINI_API_KEY"):
        summarize(SAMPLE, config=config, **named)


def test_a_function_is_known_by_all_that_can_be_seen_of_it() -> None:
    """Its code, what it was made with, what is bound to it; not where it lies."""

    def ask(name: str, prompt: str, heat: float = 0) -> str:
        return f"{name} {prompt} {heat}"

    def made(name: str) -> Callable[[str], str]:
        return lambda prompt: ask(name, prompt)

    class Called:
        def __call__(self, prompt: str) -> str:
            return prompt

    def key(function: object) -> str:
        return own_model(function, "model").key

    def outer(prompt: str) -> str:
        return (lambda: f"1{prompt}")()

    def other(prompt: str) -> str:
        return (lambda: f"2{prompt}")()

    other.__name__ = "outer"
    assert key(outer) != key(other)
    assert key(made("a")) == key(made("a")) != key(made("b"))
    assert key(partial(ask, "a")) == key(partial(ask, "a")) != key(partial(ask, "b"))
    assert key(partial(ask, "a", heat=1)) != key(partial(ask, "a"))
    assert key(partial(ask, "a")).startswith("ask-")
    assert key(Called()) == key(Called())
    assert own_model(Called(), "model").name == "Called"


def test_the_judge_of_the_configuration_judges_where_it_has_a_key(
    config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without one who writes judges; who asks for a judge is told of the key."""
    made = configured(config, trust__judge_model="gemini-3.8-flash")
    keyless, alone = with_models(made, toy, None)
    with pytest.raises(ConfigError, match=r"gemini-3\.8-flash at .*: set GEMINI"):
        with_models(made, toy, "gemini-3.8-flash")
    with pytest.raises(ConfigError, match="judges what a model writes: set GEMINI"):
        with_models(configured(config), None, toy)
    monkeypatch.setenv("GEMINI_API_KEY", "a-key-of-the-tests")
    keyed, both = with_models(made, toy, None)
    _, judging = with_models(configured(config), None, toy)

    assert keyless.judge_model == ""
    assert isinstance(alone, OwnProvider)
    assert keyed.judge_model == "gemini-3.8-flash"
    assert isinstance(both, OwnProvider)
    assert both.name == "own"
    assert isinstance(judging, OwnProvider)
    assert judging.name == "gemini"


def test_names_are_those_of_objects_or_of_their_kinds() -> None:
    """A name is one line; a lambda has none."""

    class Plain:
        def complete(self, request: ModelRequest) -> str:
            return request.prompt

    request = ModelRequest(paper_id="x", prompt="Say it.", schema={})
    named = own_model(Toy("a\nb"), "model")

    assert named.name == "a b"
    assert own_model(Plain(), "model").name == "Plain"
    assert own_model(Plain(), "model").complete(request).text == "Say it."
    assert own_model(lambda prompt: prompt, "model").name == "lambda"
