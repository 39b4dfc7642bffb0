"""Whatever fails in a night: the exit code says so, and the next night repairs it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from faults import Trial, table, trials
from night import Night, code_of, title_of

PAPERS = {f"2611.0000{n}v1" for n in range(3)}
SICK = "2611.00001v1"
TITLES = {title_of(n) for n in range(3)}


def heal(nights: Night) -> None:
    """From now on nothing goes wrong."""
    nights.arxiv.heal()
    nights.gemini.by_paper.clear()
    nights.gemini.by_kind.clear()
    nights.gemini.script.clear()
    nights.gemini.always = "ok"
    nights.settings.get("arxiv", {}).pop("timeout_s", None)
    nights.settings.pop("llm", None)
    nights.settings.pop("trust", None)


def usable(nights: Night) -> Counter[str]:
    """Good summaries that the model gave, by paper."""
    return Counter(
        call.paper
        for call in nights.gemini.calls
        if call.kind == "summary" and call.fault in ("ok", "shed") and call.tokens_out
    )


@pytest.mark.parametrize("trial", trials(), ids=lambda trial: trial.name)
def test_a_night_that_goes_wrong(nights: Night, trial: Trial) -> None:
    """Exit code and reason fit, posts are valid, nothing is lost or paid twice."""
    trial.arrange(nights)

    report = nights.run()

    assert (code_of(report), report.posted, report.why) == (
        trial.code,
        trial.posted,
        trial.why,
    ), report
    assert nights.whole().total() == trial.posted
    downloads = nights.arxiv.count("/pdf/2611.00002")
    heal(nights)
    nights.now += timedelta(days=1)
    again = nights.run()

    lost = trial.later.startswith("tried again")
    posted = {name: n for name, n in nights.whole().items() if name in PAPERS}
    assert posted == dict.fromkeys(PAPERS - ({SICK} if lost else set()), 1), again
    unpaid = {title_of(1)} if lost or trial.kept else set()
    assert usable(nights) == dict.fromkeys(TITLES - unpaid, 1)
    assert nights.arxiv.count("/pdf/2611.00002") == max(downloads, 1)
    assert nights.gemini.problems == []


def test_the_table_shows_every_row() -> None:
    """The table in FAULTS.md is made from the rows that are tried here."""
    shown = Path(__file__).parent.parent / ".github" / "FAULTS.md"

    assert len(table().splitlines()) == len(trials()) + 2
    assert table().strip() in shown.read_text(encoding="utf-8")
