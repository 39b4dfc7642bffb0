"""Whole replies of a lying and of an honest model about four papers nobody tuned to."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chatpaper.config import Config
from chatpaper.models import VARIABLES, MeteredModel, load_prompt
from chatpaper.models.gemini import Gemini, GeminiSettings
from chatpaper.pipeline import (
    HONEST,
    JudgedSummary,
    SummaryWriter,
    draft_request,
    judge_cases,
    publishable_claims,
    write_summary,
)
from chatpaper.reading import parse_document
from chatpaper.records import Document, Paper
from chatpaper.resources import resource_path
from chatpaper.store import Store
from chatpaper.summary import read_summary
from chatpaper.verify import PaperIndex, located_quotes, look_up
from servers.gemini import GeminiStandIn
from servers.gemini_faults import KEY

TRUST = Path(__file__).resolve().parents[2] / "shared" / "trust"
PAPERS = ("1708.05123v1", "1812.04079v1", "2302.09108v1", "quant-ph_9802040")
MERGED = {"novelty": "approach", "performance": "results"}
needs_trust = pytest.mark.skipif(not TRUST.is_dir(), reason="no shared/trust")


def labels() -> dict[str, bool]:
    """Whether a claim is honest, by its text."""
    lines = (TRUST / "claims.jsonl").read_text("utf-8").splitlines()
    return {row["claim"]: row["verdict"] == "ok" for row in map(json.loads, lines)}


def version_2(reply: dict[str, Any]) -> str:
    """A reply of the first schema in the words of the second."""

    def claim(old: dict[str, str]) -> dict[str, Any]:
        return {"evidence": [old["evidence"]], "text": old["text"]}

    new: dict[str, Any] = {}
    for name, value in reply.items():
        if name in ("title", "keywords"):
            new[name] = value
        elif isinstance(value, list):
            new.setdefault(MERGED.get(name, name), []).extend(map(claim, value))
        else:
            new[name] = claim(value)
    return json.dumps(new, ensure_ascii=False)


def read(stem: str) -> tuple[Paper, Document]:
    document = parse_document(stem, TRUST / f"{stem}.pdf")
    paper = Paper(id=stem, title=document.title, abstract=document.abstract)
    return paper, document


def summarized(
    stem: str, folder: str, judge: Callable[[str], str], directory: Path
) -> JudgedSummary:
    """What the product makes of a scripted draft and a scripted judge."""
    paper, document = read(stem)
    reply = version_2(json.loads((TRUST / folder / f"{stem}.json").read_text("utf-8")))
    config = Config()
    with (
        GeminiStandIn(
            judge=judge, replies={paper.title: reply}, by_kind={"repair": ("empty",)}
        ) as stand_in,
        Gemini(KEY, GeminiSettings(base_url=stand_in.base_url)) as model,
        Store(directory) as store,
    ):
        writer = SummaryWriter(
            provider="gemini",
            model=MeteredModel(model, concurrency=1),
            prompts={name: load_prompt(name) for name in VARIABLES},
            store=store,
            now=lambda: datetime.now(UTC),
        )
        draft = draft_request(paper, document, config, writer)
        index = PaperIndex(document, paper)
        made = write_summary(draft, index, config, writer)
    assert made.checks
    return made


@needs_trust
@pytest.mark.parametrize("stem", PAPERS)
def test_no_lie_is_published_unmarked(stem: str, tmp_path: Path) -> None:
    """A judge that knows the labels finds them; the product lets none of them pass."""
    honest = labels()

    reply = json.loads((TRUST / "replies_lie" / f"{stem}.json").read_text("utf-8"))
    honest[reply["title"]] = True  # the lies are elsewhere

    def judge(text: str) -> str:
        return "supported" if honest[text] else "contradicted"

    made = summarized(stem, "replies_lie", judge, tmp_path)
    summary, checks, removed = publishable_claims(made, "mark")
    unmarked = [
        claim.text
        for claim, check in zip(summary.claims, checks, strict=True)
        if not check.findings and not honest[claim.text]
    ]

    assert unmarked == []
    assert removed.contradicted >= 9
    assert summary.title == reply["title"]


@needs_trust
def test_look_ups_hardly_blame_honest_replies() -> None:
    """At most one in a hundred honest claims has a finding that is not its own fault.

    The replies were written before every number had to stand in the claim's own quotes:
    findings of that kind are true of them, and left out here.
    """
    blamed, total = [], 0
    for stem in PAPERS:
        paper, document = read(stem)
        text = (TRUST / "replies_honest" / f"{stem}.json").read_text("utf-8")

        summary = read_summary(version_2(json.loads(text))).value
        for claim, check in zip(
            summary.claims,
            look_up(summary, PaperIndex(document, paper)),
            strict=True,
        ):
            total += 1
            kinds = {finding.kind for finding in check.findings} - {"number"}
            blamed += [claim.text] if kinds else []

    assert total >= 65  # three are beyond what the schema allows of a part
    assert len(blamed) <= 0.01 * total, blamed


def test_the_labelled_cases_can_be_judged() -> None:
    """Half of them are lies; every quote stands in its sample; look-ups pass most."""
    cases = judge_cases()
    indexes: dict[str, PaperIndex] = {}
    for stem in {case.paper for case in cases}:
        document = parse_document(stem, resource_path(f"samples/{stem}.pdf"))
        indexes[stem] = PaperIndex(document, Paper(id=stem, title=document.title))

    assert len(cases) == 24
    assert sum(case.kind == HONEST for case in cases) == 12
    for case in cases:
        hits = located_quotes(case.claim, indexes[case.paper])
        assert len(hits) == len(case.claim.evidence), case.claim
