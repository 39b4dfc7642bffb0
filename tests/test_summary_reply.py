"""What is kept of a reply, and what is asked for again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatpaper.models import (
    load_prompt,
)
from chatpaper.records import FIELDS, Usage
from chatpaper.summary import (
    Draft,
    parse_reply,
    summarize,
)
from scripted import (
    PAPER,
    ScriptedModel,
    document,
    good_reply,
    texts,
)

CLAIM = {"evidence": ["a quote"], "text": "一句话。"}


def draft(model: ScriptedModel, **settings: Any) -> Draft:
    return summarize(
        PAPER, document(), model=model, prompt=load_prompt("summary"), **settings
    )


def test_a_good_reply_becomes_a_summary() -> None:
    """Every field is there, in the order of the records."""
    made = draft(ScriptedModel(good_reply()))
    order = [FIELDS.index(claim.field) for claim in made.summary.claims]

    assert order == sorted(order)
    assert {claim.field for claim in made.summary.claims} == set(FIELDS)
    assert made.summary.title == "Lantern：夜景小型对抗网络"
    assert made.summary.keywords == ("夜景", "生成对抗网络")
    assert made.usage == Usage(
        calls=1, tokens_in=100, tokens_out=10, cost_usd=0.01, seconds=0.5
    )
    assert made.model == "scripted-1"


BAD_FIELDS: list[tuple[dict[str, Any], str, int]] = [
    ({"results": "very good"}, "results", 0),
    ({"results": None}, "results", 0),
    ({"results": ...}, "results", 0),
    ({"results": [{"text": "", "evidence": ["x"]}]}, "results", 0),
    ({"results": ["a bare string"]}, "results", 0),
    ({"results": [{"text": "只有正文。"}]}, "results", 0),
    ({"results": [{"text": "空的引文。", "evidence": [""]}]}, "results", 0),
]


@pytest.mark.parametrize(("changes", "name", "left"), BAD_FIELDS)
def test_a_bad_field_costs_only_itself(
    changes: dict[str, Any], name: str, left: int
) -> None:
    """It stays empty and is named as missing; all others are kept, in one call."""
    made = draft(ScriptedModel(good_reply(**changes)))

    assert made.summary.missing == (name,)
    assert len({claim.field for claim in made.summary.claims}) == len(FIELDS) - 1


def test_a_bad_claim_costs_only_itself() -> None:
    """Good claims of the same field are kept, and too many are cut."""
    points = [CLAIM, 7, {**CLAIM, "page": 3}, *[CLAIM] * 9]
    made = draft(ScriptedModel(good_reply(points=points, results=[])))

    assert len(made.summary.of("points")) == 5
    assert made.summary.of("results") == ()
    assert made.summary.missing == ()


@pytest.mark.parametrize("changes", [{"abstract": "bare"}, {"points": []}])
def test_a_reply_without_abstract_or_points_is_asked_for_again(
    changes: dict[str, Any],
) -> None:
    """Without the two parts that every reader looks at, there is no summary."""
    model = ScriptedModel(good_reply(**changes), good_reply())
    made = draft(model)

    assert len(model.asked) == 2
    assert made.summary.missing == ()


def test_texts_have_chinese_punctuation_and_quotes_their_own() -> None:
    """What a model types in ASCII is set as Chinese is; the paper's words stay."""
    reply = good_reply(abstract={"evidence": ["轻,快."], "text": "先训练,再测试."})
    summary = draft(ScriptedModel(reply)).summary
    (abstract,) = summary.of("abstract")

    assert (abstract.text, abstract.evidence) == ("先训练，再测试。", ("轻,快.",))


def test_a_single_quote_counts_as_a_list_of_one() -> None:
    """Models that forget the list lose nothing; blanks and repeats are no quotes."""
    claims = [
        {"evidence": "one quote", "text": "甲。"},
        {"evidence": ["a", " ", "a", "b", "c", "d"], "text": "乙。"},
    ]
    made = parse_reply(json.dumps(good_reply(results=claims)))

    assert [claim.evidence for claim in made.summary.of("results")] == [
        ("one quote",),
        ("a", "b", "c"),
    ]


def test_unknown_keys_and_long_titles_are_dropped() -> None:
    """Bibliographic facts that a model volunteers are not kept."""
    reply = good_reply(title="长" * 401, keywords=[1, "夜" * 200], authors=["A. N."])
    made = draft(ScriptedModel(reply))

    assert made.summary.title == ""
    assert made.summary.keywords == ("夜" * 80,)
    assert "A. N." not in repr(made)
    assert made.summary.missing == ()


def test_control_and_format_characters_go() -> None:
    """A claim is one line of visible characters."""
    text = "一\u202e行\u200b文\x00字\n\n  在此"
    made = parse_reply(json.dumps(good_reply(abstract={**CLAIM, "text": text})))

    assert texts(made.summary.of("abstract")) == ["一行文字 在此"]


@pytest.mark.parametrize(
    "wrap", ["```json\n{}\n```", "Sure!\n{}\nHope it helps.", "{}"]
)
def test_words_around_the_object_are_tolerated(wrap: str) -> None:
    """Fences and chat cost nothing."""
    made = parse_reply(wrap.replace("{}", json.dumps(good_reply())))

    assert made.faults == ()
    assert made.usable


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "not a JSON object"),
        ("no", "not a JSON object"),
        ("{{{{", "not a JSON object"),
        ("null", "not a JSON object"),
        ("[1, 2]", "not a JSON object"),
        ('{"a":' * 100_000, "not a JSON object"),
        ("[" * 200_000, "not a JSON object"),
        ('{"tldr": 1}', "an unknown key"),
    ],
)
def test_useless_replies_are_named(text: str, fault: str) -> None:
    """The fault is told in our own words, never in the reply's."""
    parsed = parse_reply(text)

    assert not parsed.usable
    assert any(said.startswith(fault) for said in parsed.faults)


@pytest.mark.parametrize(
    "formula",
    [
        r"$\frac{1}{2}\text{L}\nabla\beta\rho$",
        r"$\theta \times \nu$",
        r"\(x\) $\sigma$",
    ],
)
def test_latex_with_lone_backslashes_comes_out_as_written(formula: str) -> None:
    """No form feed, tab or line break takes the place of a command."""
    claim = {**CLAIM, "text": "损失为 FORMULA 的和。"}
    text = json.dumps(good_reply(results=[claim]), ensure_ascii=False)
    made = parse_reply(text.replace("FORMULA", formula))

    assert texts(made.summary.of("results")) == [f"损失为 {formula} 的和。"]
    assert made.whole


def test_lone_surrogates_are_no_crash() -> None:
    """What no file can hold is replaced, and the rest is kept."""
    text = json.dumps(good_reply()).replace("small", r"sm\ud800all")
    made = parse_reply(text)

    assert made.usable
    made.summary.claims[0].evidence[0].encode()


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from([*FIELDS, "text", "evidence"]), inner)
        ),
        max_leaves=30,
    ),
    st.integers(0, 400),
)
@settings(max_examples=150)
def test_any_reply_can_be_read(value: Any, length: int) -> None:
    """Whatever a model says, whole or cut, a summary of clean claims comes out."""
    for text in (json.dumps(value), json.dumps(value)[:length]):
        parsed = parse_reply(text)

        for claim in parsed.summary.claims:
            assert claim.text == " ".join(claim.text.split()) != ""


@given(st.integers(0, 2000))
@settings(max_examples=100)
def test_a_cut_reply_keeps_only_whole_claims(length: int) -> None:
    """No claim is kept that the cut has shortened."""
    parsed = parse_reply(json.dumps(good_reply(), ensure_ascii=False)[:length])

    assert set(texts(parsed.summary.claims)) <= {"Lantern 是一个小型生成网络。"}
    assert all(claim.evidence for claim in parsed.summary.claims)
