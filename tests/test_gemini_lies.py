"""A model that lies, over real HTTP: lies are found, named to it, and found again."""

from __future__ import annotations

import pytest

from chatpaper.models.gemini import Gemini
from chatpaper.prompts import load_prompt
from chatpaper.records import Document, FindingKind, Summary
from chatpaper.summary import repair, summarize
from chatpaper.verify import verify
from scripted import CONCLUSION, INTRODUCTION, METHOD, PAPER, RESULTS, document, section
from servers.gemini import GeminiStandIn
from servers.gemini_faults import KEY

LIES: list[tuple[str, FindingKind]] = [
    ("numbers", "number"),
    ("quotes", "quote"),
    ("names", "name"),
]

DOCUMENT = document(
    section("Introduction", INTRODUCTION, number="1"),
    section("Method", METHOD, number="2"),
    section("Results", RESULTS, number="3"),
    section("Conclusion", CONCLUSION, number="4"),
)


def faults_of(summary: Summary, made: Document) -> dict[int, tuple[str, ...]]:
    """Kinds of what is wrong, by the index of the claim."""
    checks = verify(summary, made, paper=PAPER)
    kinds = {n: tuple(f.kind for f in c.findings) for n, c in enumerate(checks)}
    return {n: kind for n, kind in kinds.items() if kind}


@pytest.mark.parametrize("mends", [True, False])
@pytest.mark.parametrize(("lie", "kind"), LIES)
def test_no_lie_goes_unseen(lie: str, kind: FindingKind, mends: bool) -> None:
    """Lies are found; after one repair they are gone, or found once more."""
    with (
        GeminiStandIn(always=f"lie-{lie}", mends=mends) as stand_in,
        Gemini(KEY, base_url=stand_in.base_url) as model,
    ):
        drafted = summarize(PAPER, DOCUMENT, model=model, prompt=load_prompt("summary"))
        before = verify(drafted.summary, DOCUMENT, paper=PAPER)
        findings = {n: c.findings for n, c in enumerate(before) if c.findings}
        mended = repair(
            PAPER,
            DOCUMENT,
            drafted.summary,
            findings,
            model=model,
            prompt=load_prompt("repair"),
        )
    after = faults_of(mended.summary, DOCUMENT)

    assert len(findings) == 3
    assert all(kind in {f.kind for f in found} for found in findings.values())
    assert [call.kind for call in stand_in.calls] == ["summary", "repair"]
    assert len(mended.summary.claims) == len(drafted.summary.claims)
    assert set(after) == (set() if mends else set(findings))


def test_a_truthful_model_raises_no_alarm() -> None:
    """Claims built on the paper's own sentences all stand, each at its place."""
    with (
        GeminiStandIn() as stand_in,
        Gemini(KEY, base_url=stand_in.base_url) as model,
    ):
        drafted = summarize(PAPER, DOCUMENT, model=model, prompt=load_prompt("summary"))
    checks = verify(drafted.summary, DOCUMENT, paper=PAPER)

    assert faults_of(drafted.summary, DOCUMENT) == {}
    assert all(check.place is not None for check in checks)
