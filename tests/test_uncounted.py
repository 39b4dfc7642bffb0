"""A server that does not tell how many tokens a reply took: unknown is not nothing."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import deque
from contextlib import closing

import pytest

from chatpaper.models import ModelRequest, load_prompt
from chatpaper.models.gemini import Gemini, GeminiSettings
from chatpaper.records import Usage
from chatpaper.store import Store
from chatpaper.summary import summary_request
from commands import run_command
from night import Night, record
from scripted import PAPER, document
from servers.gemini import GeminiStandIn
from servers.gemini_faults import KEY

PRICES = {"gemini-3.5-flash-lite": (0.30, 2.50)}


@pytest.fixture
def question() -> ModelRequest:
    return summary_request(PAPER, document(), prompt=load_prompt("summary"))[0]


def used(fault: str, question: ModelRequest) -> Usage:
    """What a call counts whose usage the server tells in part."""
    with GeminiStandIn(fault) as server:
        settings = GeminiSettings(base_url=server.base_url, prices=PRICES, tries=1)
        with Gemini(KEY, settings) as gemini:
            return gemini.complete(question).usage


@pytest.mark.parametrize("fault", ["no-usage", "total-only", "no-counts-but-prompt"])
def test_tokens_that_are_not_told_are_unknown(
    fault: str, question: ModelRequest
) -> None:
    """The reply is used, and nothing is made up for it."""
    usage = used(fault, question)

    assert (usage.calls, usage.uncounted) == (1, 1)
    assert (usage.tokens_in, usage.tokens_out, usage.cost_usd) == (0, 0, None)


@pytest.mark.parametrize("fault", ["ok", "no-candidates-count", "max-tokens-empty"])
def test_what_follows_from_the_rest_is_known(
    fault: str, question: ModelRequest
) -> None:
    """A total less the prompt is the reply; a reply without a word took none."""
    usage = used(fault, question)

    assert usage.uncounted == 0
    assert usage.tokens_in == len(question.prompt) // 4
    assert (usage.tokens_out > 0) == (fault != "max-tokens-empty")
    assert usage.cost_usd


def test_unknown_stays_unknown_in_a_sum() -> None:
    """One reply that was not counted leaves the whole cost unknown, both ways."""
    known = Usage(calls=1, tokens_in=10, tokens_out=5, cost_usd=0.5)
    both = known + Usage(calls=1, cost_usd=None, uncounted=1)

    assert (both.tokens_in, both.cost_usd, both.uncounted) == (10, None, 1)
    assert (both - known).uncounted == 1


@pytest.mark.parametrize("fault", ["no-usage", "total-only"])
def test_the_run_says_what_is_unknown(nights: Night, fault: str) -> None:
    """In its own line and in the list of runs, for people and for programs."""
    nights.gemini.always = fault
    report = nights.run()
    env = {**os.environ, **nights.environment}
    listed = run_command("runs", env=env, cwd=nights.directory).stdout
    rows = run_command("runs", "--json", env=env, cwd=nights.directory).stdout
    row = json.loads(rows)

    assert (report.status, report.posted) == ("done", 3)
    told = "tokens and cost of 6 of 6 calls are unknown: the model's server did not"
    assert told in report.message
    assert listed.splitlines()[1].split()[-3:] == ["+", "?", "?"]
    assert (row["llm"]["cost_usd"], row["llm"]["uncounted"]) == (None, 6)
    (post,) = nights.posts()
    for digest in post.digests:
        assert digest.provenance
        assert digest.provenance.cost_usd is None


@pytest.mark.parametrize(
    "limit", [{"max_tokens_per_run": 9_000}, {"max_usd_per_run": 0.017}]
)
def test_the_budget_holds_where_nothing_is_counted(
    nights: Night, limit: dict[str, object]
) -> None:
    """What the server does not tell is counted as it was estimated."""
    nights.arxiv.records += [record(n) for n in range(3, 6)]
    nights.settings["llm"] = {**limit, "concurrency": 1}
    nights.gemini.always = "no-usage"

    report = nights.run()

    assert report.why == "budget"
    assert 1 <= report.posted < 6


def test_what_was_not_counted_is_no_part_of_an_estimate(nights: Night) -> None:
    """Means are of the papers whose calls were all counted."""
    nights.gemini.by_kind = {"summary": deque(["no-usage"])}
    nights.run()
    path = nights.directory / "store" / "chatpaper.sqlite3"
    with Store(path.parent) as store:
        count, tokens_in, tokens_out, *_ = store.summary_means()
    with closing(sqlite3.connect(path)) as db:
        (papers,) = db.execute("SELECT COUNT(DISTINCT id) FROM replies").fetchone()

    assert (papers, count) == (3, 2)
    assert tokens_in > 500
    assert tokens_out > 100
