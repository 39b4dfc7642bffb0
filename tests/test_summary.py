"""A summary by a model: asked for once more, or repaired, where it is faulty."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chatpaper.errors import QuotaSpent, SummaryError
from chatpaper.models import (
    load_prompt,
)
from chatpaper.records import Claim, Finding, Summary, Usage
from chatpaper.summary import (
    Draft,
    FaultyClaim,
    read_repair,
    read_summary,
    repair_request,
    replacement_claims,
    summarize,
)
from scripted import (
    PAPER,
    ScriptedModel,
    document,
    good_reply,
    said,
)


def draft(model: ScriptedModel, **settings: Any) -> Draft:
    return summarize(
        PAPER, document(), model=model, prompt=load_prompt("summary"), **settings
    )


# ---------------------------------------------------------------- content retry


def test_an_unusable_reply_is_asked_for_once_more() -> None:
    """The fault is named after the same prompt; both calls are counted."""
    model = ScriptedModel("In my own words.", good_reply())
    made = draft(model)
    first, second = (request.prompt for request in model.asked)

    assert second.startswith(first)
    assert "the reply was not a JSON object" in second.removeprefix(first)
    assert made.usage.calls == 2
    assert made.usage.cost_usd == pytest.approx(0.02)


def test_two_unusable_replies_are_an_error_with_their_price() -> None:
    """The error names the last fault and what both calls cost."""
    with pytest.raises(SummaryError, match="not of the asked-for shape") as caught:
        draft(ScriptedModel("no", {"tldr": "x"}))

    assert caught.value.paper_id == "2401.01234v2"
    assert caught.value.usage is not None
    assert caught.value.usage.calls == 2


def test_a_failed_retry_leaves_what_the_first_reply_had() -> None:
    """A cut reply that was paid for is used when the second call fails."""
    cut = said(json.dumps(good_reply())[:-40], "length", "MAX_TOKENS")
    made = draft(ScriptedModel(cut, SummaryError("2401.01234v2", "gone")))

    assert made.summary.of("points")
    assert made.usage.calls == 1


def test_the_richer_of_two_cut_replies_is_kept() -> None:
    """A shorter second attempt does not take claims away."""
    text = json.dumps(good_reply())
    long = said(text[:-40], "length", "MAX_TOKENS")
    short = said(text[: len(text) // 2], "length", "MAX_TOKENS")
    made = draft(ScriptedModel(long, short))

    assert made.summary.of("limitations")
    assert made.usage.calls == 2


def test_a_spent_quota_stays_one() -> None:
    """The kind of the error survives, with what was paid before it."""
    with pytest.raises(QuotaSpent) as caught:
        draft(ScriptedModel("no", QuotaSpent("2401.01234v2", "spent")))

    assert caught.value.usage is not None
    assert caught.value.usage.calls == 1


def test_a_stump_is_never_a_summary() -> None:
    """A reply that broke off early is asked for again, and then given up."""
    text = json.dumps(good_reply())
    stump = text[: text.index('"background"')]

    assert read_summary(stump).worth == 0
    assert read_summary(text[: text.index('"limitations"')]).worth > 0
    with pytest.raises(SummaryError, match="broke off"):
        draft(ScriptedModel(stump, stump))


def test_an_unknown_price_stays_unknown() -> None:
    """A sum with an unknown part is unknown."""
    assert (Usage(cost_usd=1.0) + Usage(cost_usd=None)).cost_usd is None


# ------------------------------------------------------------------------ repair

SUMMARY = Summary(
    title="题",
    keywords=("夜",),
    claims=(
        Claim(field="abstract", text="摘要。", evidence=("q0",)),
        Claim(field="points", text="准确率 99.54%。", evidence=("q1", "q1b")),
        Claim(field="points", text="好的要点。", evidence=("q2",)),
        Claim(field="method", text="使用 ZephyrQuill。", evidence=("q3",)),
    ),
)
FAULTY = {
    1: FaultyClaim(
        claim=SUMMARY.claims[1],
        findings=(
            Finding(
                kind="number",
                text="99.54%",
                reason="its evidence lacks 99.54%",
                found="an accuracy of 91.5%",
                page=3,
            ),
        ),
    ),
    2: FaultyClaim(
        claim=SUMMARY.claims[3],
        findings=(Finding(kind="unsupported", text="", reason="about another\nthing"),),
    ),
}
INDEXES = {1: 1, 2: 3}


def mended(number: int, text: str, *evidence: str) -> dict[str, Any]:
    return {"number": number, "evidence": list(evidence), "text": text}


def test_repair_names_only_the_faulty_claims_and_their_passages() -> None:
    """Faulty words, quotes and reasons are sent; good claims and the paper are not."""
    request = repair_request(
        FAULTY, "[A] A passage.", paper_id="p", prompt=load_prompt("repair")
    )
    asked = request.prompt.rpartition("</paper-")[2]

    assert "1. [points] 准确率 99.54%。" in asked
    assert 'evidence given: "q1b"' in asked
    assert "number: '99.54%': its evidence lacks 99.54%" in asked
    assert "the paper says: an accuracy of 91.5%" in asked
    assert "2. [method] 使用 ZephyrQuill。" in asked
    assert "unsupported: about another thing" in asked
    assert "好的要点" not in asked
    assert "[A] A passage." in request.prompt


def test_a_repair_reply_is_read_item_by_item() -> None:
    """A bad item leaves its claim as it was; the first of two for one number counts."""
    items = [mended(1, "新。", "e"), mended(1, "再新。", "e"), {"number": 2}, 5]
    seen = read_repair(json.dumps({"claims": [*items, mended(9, "多余。", "e")]}))
    new = replacement_claims(SUMMARY, INDEXES, seen.value)

    assert new == {1: Claim(field="points", text="新。", evidence=("e",))}
    assert seen.fault == ""


def test_an_empty_text_withdraws_a_claim() -> None:
    """Then nothing takes its place."""
    seen = read_repair(json.dumps({"claims": [mended(2, "")]}))

    assert replacement_claims(SUMMARY, INDEXES, seen.value) == {3: None}


@pytest.mark.parametrize("reply", ["", "no", "[]", '{"claims": 3}', '{"claims": []}'])
def test_a_useless_repair_has_a_fault(reply: str) -> None:
    """It is worth nothing, and the reason is in our own words."""
    seen = read_repair(reply)

    assert seen.worth == 0
    assert seen.fault
