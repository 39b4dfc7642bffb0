"""A model of the caller's own summarises and judges like any other."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chatpaper import ArgumentError, ConfigError, run, summarize
from chatpaper.api import Sheet
from chatpaper.models import ModelRequest, own_model
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
