"""Nights with servers of OpenAI's protocol that fail, and the nights after them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from night import Night, code_of, night, title_of
from servers.openai import KEY, MODEL, OpenAIStandIn

SICK = title_of(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One row; three papers, and one night.

    Attributes:
        what: The server does.
        server: How the stand-in does it.
        faults: For the first calls.
        llm: Settings over the usual ones.
        why: Code of the night's reason.
        posted: Papers posted that night.
        requests: Of that night, refused ones among them; each paper needs two.
    """

    what: str
    server: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    llm: Mapping[str, object] = field(default_factory=dict)
    why: str = ""
    posted: int = 3
    requests: int = 6

    @property
    def code(self) -> int:
        """Exit code of that night."""
        return {3: 0, 0: 3}.get(self.posted, 1)


def _one(what: str, fault: str, requests: int) -> Trial:
    return Trial(
        what=what, server={"by_paper": {SICK: fault}}, posted=2, requests=requests
    )


def _none(what: str, fault: str, requests: int = 1) -> Trial:
    return Trial(what=what, faults=(fault,), why="quota", posted=0, requests=requests)


TRIALS = (
    Trial(
        what="takes no schema (HTTP 400)",
        server={"takes": ("json_object",)},
        requests=7,
    ),
    Trial(what="takes no form at all", server={"takes": ()}, requests=8),
    Trial(
        what="drops every form in silence",
        server={"takes": (), "drops": ("json_schema", "json_object")},
        requests=9,
    ),
    Trial(what="streams unless it is told not to", server={"streams": True}),
    Trial(what="answers in streams only", server={"only_streams": True}, requests=7),
    Trial(what="writes thoughts before the reply", server={"always": "think"}),
    Trial(
        what="thinks the limit away",
        server={"thinks": 20_000},
        requests=7,
    ),
    Trial(
        what="only thinks, whatever the limit",
        server={"thinks": 10**6},
        why="failed",
        posted=0,
        requests=4,
    ),
    Trial(what="counts no tokens", server={"always": "no-usage"}),
    Trial(what="takes shorter limits", server={"most": 4096}, requests=7),
    Trial(
        what="HTTP 429 with Retry-After, once", faults=("429-retry-after",), requests=7
    ),
    Trial(
        what="HTTP 503, all night",
        server={"always": "503"},
        why="failed",
        posted=0,
        requests=6,
    ),
    _one("refuses (a `refusal`)", "refusal", 5),
    _one("filters the reply (`content_filter`)", "filter", 5),
    _one("blocks the prompt (HTTP 400)", "400-filter", 5),
    _one("sends an empty reply", "empty", 6),
    _one("writes prose", "prose", 8),
    Trial(
        what="`insufficient_quota` after one paper",
        faults=("ok", "429-quota"),
        why="quota",
        posted=1,
        requests=3,
    ),
    _none("HTTP 402, Insufficient Balance", "402"),
    _none("HTTP 401", "401"),
    _none("does not have the model", "404-model"),
    _none("redirects to another host: not followed", "redirect"),
    Trial(
        what="has its API below another path",
        server={"base": "/v2"},
        llm={"base_url": "/v1"},
        why="quota",
        posted=0,
        requests=0,
    ),
)


def table() -> str:
    """The rows as Markdown."""
    lines = ["| a server | that night | exit | requests |", "|---|---|---|---|"]
    for trial in TRIALS:
        outcome = f"{trial.posted} of 3 posted"
        outcome += f", `{trial.why}`" if trial.why else ""
        lines.append(f"| {trial.what} | {outcome} | {trial.code} | {trial.requests} |")
    return "\n".join(lines)


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.what)
def test_a_night_with_such_a_server(tmp_path: Path, trial: Trial) -> None:
    """Exit code and reason fit, posts are valid, and the next night posts the rest."""
    with night(tmp_path) as nights:
        with OpenAIStandIn(*trial.faults, **trial.server) as stand_in:
            use(nights, stand_in, trial.llm)
            report = nights.run(key=KEY)
            requests = len(stand_in.calls)
        again = None
        if trial.posted < 3:
            with OpenAIStandIn() as sound:
                use(nights, sound, {})
                nights.now += timedelta(days=1)
                again = nights.run(key=KEY)

        told = (code_of(report), report.posted, report.why, requests)
        assert told == (trial.code, trial.posted, trial.why, trial.requests), report
        assert stand_in.problems == []
        assert nights.gemini.calls == []
        assert sorted(nights.whole().values()) == [1, 1, 1], again


def use(nights: Night, stand_in: OpenAIStandIn, llm: Mapping[str, object]) -> None:
    """Let the next night ask that server, one call at a time."""
    base_url = stand_in.url + str(llm.get("base_url", stand_in.base))
    nights.settings["llm"] = {
        "provider": "openai",
        "base_url": base_url,
        "model": MODEL,
        "concurrency": 1,
    }


def test_the_table_shows_every_row() -> None:
    """The table in FAULTS.md is made from the rows that are tried here."""
    shown = Path(__file__).parent.parent / ".github" / "FAULTS.md"

    assert table() in shown.read_text(encoding="utf-8")
