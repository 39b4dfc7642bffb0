"""Years of posts: planned, priced, resumed; over real HTTP."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from chatpaper.cli.backfilling import end_text, plan_text
from chatpaper.config import Config
from chatpaper.errors import ConfigError
from chatpaper.pipeline import (
    Controls,
    Plan,
    Progress,
    affordable,
    months_between,
    plan_backfill,
    run_backfill,
)
from chatpaper.records import RunReport
from commands import commands, is_alive, run_command
from night import Night, night, record, title_of
from servers.arxiv import Fault
from servers.gemini_faults import KEY

COUNT = 6
IDS = {f"2611.{n:05d}v1" for n in range(COUNT)}
SINCE, UNTIL = date(2014, 1, 1), date(2014, 3, 31)


def submitted(number: int) -> datetime:
    """Six days of three months, one after the other."""
    day = datetime(2014, 1 + number % 3, 5 + 10 * (number // 3 % 2), 9, tzinfo=UTC)
    return day + timedelta(minutes=number)


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Night]:
    """Papers of early 2014, both stand-ins and an empty store."""
    with night(tmp_path, 0) as made:
        made.arxiv.records += [
            record(number, published=submitted(number)) for number in range(COUNT)
        ]
        yield made


def controls_of(nights: Night, key: str | None = KEY) -> Controls:
    return Controls(
        key=key, now=lambda: nights.now, stop=Event(), sleep=nights.naps.append
    )


def planned(
    nights: Night, until: date = UNTIL, source: str = "arxiv", since: date = SINCE
) -> Plan:
    config = Config.model_validate(nights.sections)
    controls = controls_of(nights)
    return plan_backfill(
        config, "GAN", since=since, until=until, source=source, controls=controls
    )


def filled(
    nights: Night, plan: Plan | None = None, **options: object
) -> list[RunReport]:
    """One backfill of the three months."""
    config = Config.model_validate(nights.sections)
    controls = controls_of(nights)
    plan = plan or planned(nights)
    return list(run_backfill(config, plan, controls=controls, **options))  # type: ignore[arg-type]


def test_months_are_cut_to_the_days_asked_for() -> None:
    """The first and the last month may be parts; days are neither lost nor doubled."""
    months = months_between(date(2013, 12, 5), date(2014, 2, 28))

    assert [m.name for m in months] == ["2013-12", "2014-01", "2014-02"]
    assert [m.whole for m in months] == [False, True, True]
    days = [(m.last - m.first).days + 1 for m in months]
    assert days == [27, 31, 28]
    (part,) = months_between(date(2014, 2, 1), date(2014, 2, 27))
    assert not part.whole


def test_papers_are_posted_on_their_days(past: Night) -> None:
    """Every paper is in the post of its day of submission, once, and paid for once."""
    reports = filled(past)

    assert [(r.status, r.posted) for r in reports] == [("done", 2)] * 3
    posts = past.posts()
    assert {p.day for p in posts} == {submitted(n).date() for n in range(COUNT)}
    for post in posts:
        for digest in post.digests:
            assert digest.paper.published is not None
            assert digest.paper.published.date() == post.day
    assert past.whole() == dict.fromkeys(IDS, 1)
    assert past.calls() == {title_of(n): 1 for n in range(COUNT)}


def test_a_month_may_have_one_post(past: Night) -> None:
    """With posts by the month, its papers stand under its first day."""
    filled(past, posts="month")

    assert {p.day: len(p.digests) for p in past.posts()} == {
        date(2014, month, 1): 2 for month in (1, 2, 3)
    }


def test_finished_months_are_not_asked_for_again(past: Night) -> None:
    """A second backfill sends nothing and changes nothing."""
    filled(past)
    asked, files = past.arxiv.count(), past.files()

    plan = planned(past)

    assert (plan.months, plan.finished, plan.estimate.papers) == ((), 3, 0)
    assert filled(past, plan) == []
    assert (past.arxiv.count(), past.files()) == (asked, files)


def test_another_query_is_another_backfill(past: Night) -> None:
    """A month is finished for what was asked, not for what is asked now."""
    filled(past)
    past.topic["queries"] = ["ti:problem"]

    plan = planned(past)

    assert len(plan.months) == 3
    assert plan.estimate.papers == 0
    assert [r.why for r in filled(past, plan)] == ["all-seen"] * 3
    assert len(past.gemini.calls) == 2 * COUNT


def test_months_that_may_still_grow_stay_open(past: Night) -> None:
    """A part of a month, and one with papers to be announced, are unfinished."""
    past.now = datetime(2014, 4, 2, tzinfo=UTC)
    filled(past, planned(past, date(2014, 3, 31)))

    assert [m.name for m in planned(past).months] == ["2014-03"]
    past.now += timedelta(days=30)
    filled(past, planned(past, date(2014, 3, 20)))
    assert [m.name for m in planned(past).months] == ["2014-03"]


def test_a_plan_takes_one_request_and_writes_nothing(past: Night) -> None:
    """Papers, hours, tokens and dollars are told before any is spent."""
    plan = planned(past)

    assert past.arxiv.count() == 1
    assert (past.gemini.calls, past.files()) == ([], {})
    what = plan.estimate
    assert what.papers == COUNT
    assert what.cost_usd == pytest.approx(
        what.tokens_in * 0.30e-6 + what.tokens_out * 2.50e-6
    )
    assert what.tokens_out > COUNT * 1000
    assert what.hours > 0
    assert "assumed" in what.basis


def test_estimates_rest_on_what_was_measured(past: Night) -> None:
    """With enough papers read and bought, their means stand in for assumptions."""
    past.arxiv.records += [
        record(n, published=submitted(n) + timedelta(days=365)) for n in range(20, 40)
    ]
    config = Config.model_validate(past.sections)
    controls = controls_of(past)
    before = plan_backfill(
        config, "GAN", since=SINCE, until=date(2014, 12, 31), controls=controls
    )
    later = plan_backfill(
        config,
        "GAN",
        since=date(2015, 1, 1),
        until=date(2015, 12, 31),
        controls=controls,
    )
    list(run_backfill(config, later, controls=controls))

    plan = planned(past)

    assert plan.estimate.papers == before.estimate.papers == COUNT
    assert "measured on 20 papers" in plan.estimate.basis
    used = [c.tokens_out for c in past.gemini.calls]
    assert plan.estimate.tokens_out == pytest.approx(COUNT * sum(used) / 20, abs=9)


def test_half_price_is_half_the_estimate(past: Night) -> None:
    """The flex and batch tiers cost half."""
    full = planned(past).estimate.cost_usd
    past.settings["llm"] = {"service_tier": "flex"}

    assert full is not None
    assert planned(past).estimate.cost_usd == pytest.approx(full / 2)


def test_dear_plans_need_a_yes(past: Night) -> None:
    """Above the limit nothing is begun unasked; agreed to, there is still a limit."""
    plan = planned(past)
    cost = plan.estimate.cost_usd
    assert cost is not None
    cheap = Config.model_validate(past.sections)
    past.settings["llm"] = {"max_usd_per_run": cost / 2}
    config = Config.model_validate(past.sections)

    assert affordable(cheap, plan, yes=False) is cheap
    with pytest.raises(ConfigError, match=r"6 papers .* above llm\.max_usd_per_run"):
        affordable(config, plan, yes=False)
    agreed = affordable(config, plan, yes=True).llm.max_usd_per_run
    assert agreed == pytest.approx(1.5 * cost)
    past.settings["llm"] = {"prices": {}}
    unpriced = Config.model_validate(past.sections)
    with pytest.raises(ConfigError, match="unknown price"):
        affordable(unpriced, planned(past), yes=False)


@pytest.mark.parametrize(
    ("since", "until", "key"),
    [
        (UNTIL, SINCE, "argument until"),
        (date(2030, 1, 1), date(2030, 2, 1), "argument since"),
    ],
)
def test_impossible_days_are_refused(
    past: Night, since: date, until: date, key: str
) -> None:
    """Days in the wrong order, or to come, are an error of the arguments."""
    config = Config.model_validate(past.sections)

    with pytest.raises(ConfigError, match=key):
        plan_backfill(
            config, "GAN", since=since, until=until, controls=controls_of(past)
        )


def test_progress_counts_papers_and_dollars(past: Night) -> None:
    """Every paper is told of, with all of them and the cost so far."""
    told: list[Progress] = []

    filled(past, tell=told.append)

    assert [p.done for p in told] == list(range(1, COUNT + 1))
    assert {p.total for p in told} == {COUNT}
    assert [p.month for p in told[::2]] == ["2014-01", "2014-02", "2014-03"]
    costs = [p.cost_usd or 0 for p in told]
    assert costs == sorted(costs)
    assert costs[-1] > 0


def test_a_spent_budget_ends_it_until_the_next(past: Night) -> None:
    """No month is begun that could not be paid; resumed, the rest is done."""
    past.settings["llm"] = {"max_tokens_per_run": 12_000, "concurrency": 1}
    first = filled(past)
    past.settings["llm"] = {}
    posted = past.whole()

    assert first[-1].why == "budget"
    assert 0 < len(posted) < COUNT
    tonight = past.run()
    assert tonight.posted == 0
    filled(past)
    assert past.whole() == dict.fromkeys(IDS, 1)
    assert set(past.calls().values()) == {1}
    assert {p.day for p in past.posts()} == {submitted(n).date() for n in range(COUNT)}


def test_a_source_that_fails_ends_it(past: Night) -> None:
    """A month that could not be asked for is not taken for an empty one."""
    plan = planned(past)
    past.arxiv.fail("/api", Fault(status=500), times=9, skip=1)

    reports = filled(past, plan)

    assert [r.why for r in reports] == ["", "source-broken"]
    past.arxiv.heal()
    filled(past)
    assert len(past.whole()) == COUNT


def test_a_lost_paper_is_tried_again_the_next_time(past: Night) -> None:
    """Its month stays open; the paper joins the post of its day."""
    past.arxiv.fail("/pdf/2611.00004", Fault(status=404), times=1)
    reports = filled(past)

    assert [len(r.failed) for r in reports] == [0, 1, 0]
    assert [m.name for m in planned(past).months] == ["2014-02"]
    filled(past)
    assert past.whole() == dict.fromkeys(IDS, 1)
    assert planned(past).months == ()


def test_a_stop_ends_it_between_papers(past: Night) -> None:
    """What was done is published, what was not is done by the next backfill."""
    controls = controls_of(past)
    config = Config.model_validate(past.sections)

    def tell(now: Progress) -> None:
        if now.done == 3:
            controls.stop.set()

    list(run_backfill(config, planned(past), controls=controls, tell=tell))

    assert 3 <= len(past.whole()) < COUNT
    filled(past)
    assert past.whole() == dict.fromkeys(IDS, 1)
    assert set(past.calls().values()) == {1}


def test_a_folder_is_gone_through_once(past: Night, tmp_path: Path) -> None:
    """A mirror's papers come by month, without a word to arXiv."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    lines = []
    for old in past.arxiv.records:
        assert isinstance(old.pdf, bytes)
        (folder / f"{old.id}.pdf").write_bytes(old.pdf)
        lines.append(
            {"id": old.id, "title": old.title, "published": old.published.isoformat()}
        )
    text = "\n".join(json.dumps(line) for line in lines)
    (folder / "metadata.jsonl").write_text(text)
    plan = planned(past, source=str(folder))

    reports = filled(past, plan)

    assert plan.estimate.papers == COUNT
    assert [r.posted for r in reports] == [2, 2, 2]
    assert past.arxiv.asked == []
    assert len(planned(past).months) == 3


# ---------------------------------------------------------------- as a process


def test_the_last_line_says_what_is_left(past: Night) -> None:
    """Whoever reads only the end knows whether to run it again."""
    plan = planned(past)
    report = RunReport(topic="GAN", day=SINCE, status="done", posted=2)
    empty = replace(report, status="nothing new", why="none-matched", posted=0)
    waits = replace(report, why="batch", posted=0)
    left = "run it again to go on"

    assert end_text(plan, [report, empty, empty]) == "GAN: 2 papers in 3 months"
    assert end_text(plan, [report]) == f"GAN: 2 papers in 1 months of 3; {left}"
    assert end_text(plan, [report, waits, empty]).endswith(left)


def test_an_empty_backfill_says_why(past: Night) -> None:
    """Posted before, matched by nothing, not announced yet, or left out."""
    nothing = replace(planned(past), months=())
    seen = RunReport(
        topic="GAN", day=SINCE, status="nothing new", why="all-seen", found=2
    )
    none = replace(seen, why="none-matched", found=0, message="nothing matches ti:x")
    out = replace(seen, why="filtered-out", message="everything was left out: x (2)")

    told = [
        end_text(nothing, reports).partition(": ")[2].partition(": ")[2]
        for reports in ([seen, none, seen], [none, none], [none, out])
    ]

    assert told == [
        "all 4 papers found were posted before",
        "nothing matches ti:x",
        "everything was left out: x (2)",
    ]


def test_an_empty_plan_says_why(past: Night) -> None:
    """Before anything is begun, and as a dry run."""
    past.topic = {**past.topic, "queries": ["ti:nothingofthatname"]}
    unmatched = planned(past)
    past.arxiv.records.clear()
    past.now = datetime(2026, 11, 21, 12, tzinfo=UTC)  # a Saturday
    lately = planned(past, since=date(2026, 11, 21), until=date(2026, 11, 21))

    assert unmatched.why.startswith("nothing matches ti:nothingofthatname AND")
    assert "nothing is left to do: nothing matches" in plan_text(unmatched)
    assert lately.why.startswith("arXiv announces nothing on Fri")


def command(past: Night, *arguments: str) -> tuple[list[str], dict[str, str]]:
    days = ["--since", str(SINCE), "--until", str(UNTIL), *arguments]
    words = ["backfill", "--topic", "GAN", *days]
    config = past.directory / "config.yaml"
    config.write_text(json.dumps({"topics": [past.topic]}))
    return [*words, "--config", str(config)], {**os.environ, **past.environment}


def test_the_command_estimates_refuses_and_fills(past: Night) -> None:
    """A dry run prints JSON; a dear one exits with 2; with a yes it is done."""
    past.settings["llm"] = {"max_usd_per_run": 0.001}

    def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
        words, environment = command(past, *arguments)
        return run_command(*words, env=environment, cwd=past.directory)

    dry, refused, done = ran("--dry-run", "--json"), ran(), ran("--yes", "--json")
    again = ran()

    assert dry.returncode == 0, dry.stderr
    plan = json.loads(dry.stdout)
    assert (plan["papers"], plan["months"][0]) == (COUNT, "2014-01")
    assert plan["cost_usd"] > 0.001
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "agree with --yes" in refused.stderr
    assert done.returncode == 0, done.stderr
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert [r["posted"] for r in reports] == [2, 2, 2]
    assert "papers=6/6" in done.stderr
    assert again.returncode == 0, again.stderr
    why = "all of 3 months were finished before"
    assert again.stdout == f"GAN: 0 papers in 0 months: {why}\n"
    assert f"nothing is left to do: {why}" in again.stderr
    assert len(past.whole()) == COUNT


def bought(past: Night) -> Counter[str]:
    """Calls so far whose replies are in the store."""
    return past.kept_calls()


def killed(past: Night, requests: int, later_s: float) -> bool:
    """Start a backfill and kill it after so many requests; False when it was done."""
    words, environment = command(past)
    goal = past.arxiv.count() + len(past.gemini.calls) + requests
    # However late the kill comes, the run gets no further than two replies.
    past.gemini.last = past.gemini.come + 2
    past.gemini.going.set()
    group = commands().begin(words, environment, past.directory)
    while past.arxiv.count() + len(past.gemini.calls) < goal and is_alive(group):
        time.sleep(0.005)
    time.sleep(later_s)
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
    return commands().end().returncode != 0


def test_killed_at_any_moment_it_loses_and_repeats_nothing(past: Night) -> None:
    """Killed five times and resumed: no paper missing, none doubled or paid twice."""
    rng = random.Random(2014)
    more = range(COUNT, 2 * COUNT)
    past.arxiv.records += [record(n, published=submitted(n)) for n in more]
    past.gemini.latency_s = 0.05
    past.settings["llm"] = {"concurrency": 2}
    owned: Counter[str] = Counter()
    for _ in range(5):
        assert killed(past, rng.randint(1, 4), rng.uniform(0, 0.2))
        now = bought(past)
        assert {title: now[title] for title in owned} == owned
        owned = now
    assert len(owned) < 2 * COUNT
    past.gemini.last = 0
    past.gemini.going.set()
    filled(past)

    assert past.whole() == {f"2611.{n:05d}v1": 1 for n in range(2 * COUNT)}
    calls = past.calls()
    assert {title: calls[title] for title in owned} == owned
    # A reply that is under way when its reader is killed is lost, and no other.
    assert calls.total() <= 2 * COUNT + 2 * 5
    assert planned(past).months == ()
