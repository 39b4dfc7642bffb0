"""Runs whose summaries come by batch: ordered one night, collected the next."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from chatpaper.config import Config
from chatpaper.pipeline import Controls, collect, plan_backfill, run_backfill
from chatpaper.records import RunReport
from chatpaper.store import Store
from commands import run_command
from night import Night, night, record, title_of
from servers.gemini_faults import KEY

IDS = {f"2611.{n:05d}v1" for n in range(3)}


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Night]:
    """Three papers; summaries are ordered by batch and there at the first poll."""
    with night(tmp_path) as made:
        made.settings["llm"] = {"service_tier": "batch"}
        made.gemini.batch_polls = 0
        yield made


def collected(nights: Night, **options: object) -> list[RunReport]:
    config = Config.model_validate(nights.sections)
    controls = Controls(key=KEY, now=lambda: nights.now, sleep=nights.naps.append)
    return collect(config, controls=controls, **options)  # type: ignore[arg-type]


def next_night(nights: Night) -> None:
    nights.now += timedelta(days=1)


def single(nights: Night) -> list[str]:
    """Papers that were summarised in calls of their own."""
    calls = nights.gemini.calls
    return [c.paper for c in calls if c.kind == "summary" and c.path != "batch"]


def states(nights: Night) -> list[str]:
    """How the jobs that the store knows stand."""
    path = nights.directory / "store" / "chatpaper.sqlite3"
    with closing(sqlite3.connect(path)) as file:
        rows = file.execute("SELECT state FROM jobs ORDER BY submitted_at")
        return [row[0] for row in rows]


def test_ordered_one_night_posted_the_next(nights: Night) -> None:
    """One job, no call; a night later every paper is posted, at half price."""
    first = nights.run()

    assert (first.status, first.why, first.posted) == ("done", "batch", 0)
    assert (
        first.message
        == "0 papers posted; 3 papers wait: its summary comes with a batch"
    )
    assert (first.llm.calls, nights.posts()) == (0, [])
    assert len(nights.gemini.jobs) == 1
    next_night(nights)
    second = nights.run()

    assert (second.status, second.posted, second.why) == ("done", 3, "")
    assert nights.whole() == dict.fromkeys(IDS, 1)
    assert single(nights) == []
    assert len(nights.gemini.jobs) == 1
    used = second.llm
    full = used.tokens_in * 0.30e-6 + used.tokens_out * 2.50e-6
    assert used.cost_usd == pytest.approx(full / 2)
    (post,) = nights.posts()
    for digest in post.digests:
        assert digest.provenance is not None
        assert digest.provenance.basis == "full text"
        assert digest.provenance.cost_usd


def test_what_may_still_come_is_not_ordered_again(nights: Night) -> None:
    """Until the job ends its papers wait, and new ones go into another job."""
    nights.gemini.batch_polls = 2
    nights.run()
    nights.arxiv.records.append(record(5))
    next_night(nights)

    second = nights.run()

    assert (second.new, second.why) == (1, "batch")
    sizes = [len(job["requests"]) for job in nights.gemini.jobs.values()]
    assert sizes == [3, 1]
    third = nights.run()
    assert (third.why, third.message) == (
        "batch",
        "4 papers wait: its summary comes with a batch",
    )
    for _ in range(3):
        next_night(nights)
        nights.run()
    assert nights.whole() == dict.fromkeys({*IDS, "2611.00005v1"}, 1)
    assert len(nights.gemini.jobs) == 2


def test_a_waiting_batch_takes_nothing_from_the_limit(nights: Night) -> None:
    """As many new papers are begun as on any night."""
    nights.settings["arxiv"] = {"max_papers": 3}
    nights.run()
    nights.arxiv.records += [record(n) for n in (5, 6, 7)]
    next_night(nights)

    report = nights.run()

    assert report.posted == 3
    sizes = [len(job["requests"]) for job in nights.gemini.jobs.values()]
    assert sizes == [3, 3]


def test_collect_publishes_without_looking_for_more(nights: Night) -> None:
    """Between two nights, what has come is posted, and arXiv is left alone."""
    nights.run()
    asked = nights.arxiv.count()
    nights.arxiv.records.append(record(5))

    (report,) = collected(nights)

    assert (report.topic, report.status, report.posted) == ("GAN", "done", 3)
    assert set(nights.whole()) == IDS
    assert nights.arxiv.count() == asked
    assert collected(nights) == []


def test_collect_asks_only_now_and_then(nights: Night) -> None:
    """While the job runs nothing is posted, and nothing is lost."""
    nights.gemini.batch_polls = 1
    nights.run()

    (early,) = collected(nights)
    (late,) = collected(nights)

    assert (early.posted, early.why, late.posted) == (0, "batch", 3)


@pytest.mark.parametrize("fault", ["reset", "cut", "truncated-body"])
def test_a_job_whose_name_was_lost_is_found(nights: Night, fault: str) -> None:
    """When the answer breaks off after the job was made, no second one is made."""
    nights.gemini.script.append(fault)
    nights.run()
    next_night(nights)

    report = nights.run()

    assert report.posted == 3
    assert len(nights.gemini.jobs) == 1
    assert states(nights) == ["done"]


def test_a_refused_job_falls_back_to_single_calls(nights: Night) -> None:
    """Where no batch can be made, the same night buys one by one, as flex."""
    nights.gemini.script.append("503")

    report = nights.run()

    assert (report.status, report.posted) == ("partial", 3)
    assert "no batch was made: the model's server failed" in report.message
    assert nights.gemini.jobs == {}
    assert Counter(single(nights)) == {title_of(n): 1 for n in range(3)}
    assert {c.body.get("serviceTier") for c in nights.gemini.calls} == {"flex"}


@pytest.mark.parametrize("fault", ["500", "safety"])
def test_a_paper_that_failed_is_asked_for_singly(nights: Night, fault: str) -> None:
    """A part of a job may fail; its papers alone cost another call, and are posted."""
    nights.gemini.by_paper[f"Title: {title_of(1)}\n"] = deque([fault])
    nights.run()
    next_night(nights)

    report = nights.run()

    assert report.posted == 3
    assert set(nights.whole()) == IDS
    assert single(nights) == [title_of(1)]


def test_without_fallback_it_is_ordered_again(nights: Night) -> None:
    """The failed papers alone go into the next job."""
    nights.settings["llm"]["batch_fallback"] = False
    nights.gemini.by_paper[f"Title: {title_of(1)}\n"] = deque(["500"])
    nights.run()
    next_night(nights)

    second = nights.run()

    assert (second.posted, second.why, second.failed) == (2, "batch", ())
    next_night(nights)
    assert nights.run().posted == 1
    assert set(nights.whole()) == IDS
    assert single(nights) == []
    sizes = [len(job["requests"]) for job in nights.gemini.jobs.values()]
    assert sizes == [3, 1]


@pytest.mark.parametrize("end", ["EXPIRED", "FAILED", "CANCELLED"])
def test_a_job_may_come_to_nothing(nights: Night, end: str) -> None:
    """Its papers are bought singly, each once."""
    nights.gemini.batch_end = end
    nights.run()
    next_night(nights)

    report = nights.run()

    assert report.posted == 3
    assert Counter(single(nights)) == {title_of(n): 1 for n in range(3)}


def test_batches_that_never_come_are_given_up(nights: Night) -> None:
    """After three jobs without a reply the papers count as failed, with the reason."""
    nights.settings["llm"]["batch_fallback"] = False
    nights.gemini.batch_end = "EXPIRED"
    reports = []
    for _ in range(4):
        reports.append(nights.run())
        next_night(nights)

    assert [r.why for r in reports] == ["batch", "batch", "batch", "failed"]
    assert [f.reason for f in reports[-1].failed] == ["the batch has expired"] * 3
    assert len(nights.gemini.jobs) == 3


def test_the_budget_holds_for_orders(nights: Night) -> None:
    """What the run may not spend is not ordered; it waits for another night."""
    nights.settings["llm"]["max_usd_per_run"] = 0.008

    report = nights.run()

    ordered = [len(job["requests"]) for job in nights.gemini.jobs.values()]
    assert 0 < sum(ordered) < 3
    assert report.posted == 0
    for _ in range(3):
        next_night(nights)
        nights.run()
    assert nights.whole() == dict.fromkeys(IDS, 1)
    assert nights.calls() == {title_of(n): 1 for n in range(3)}


def test_another_tier_waits_for_what_was_ordered(nights: Night) -> None:
    """Back at single calls, nothing that may still come is paid twice."""
    nights.gemini.batch_polls = 1
    nights.run()
    nights.settings["llm"] = {}
    nights.arxiv.records.append(record(5))
    next_night(nights)

    second = nights.run()

    assert (second.posted, single(nights)) == (1, [title_of(5)])
    next_night(nights)
    assert nights.run().posted == 3
    assert single(nights) == [title_of(5)]


def test_a_spent_quota_loses_no_order(nights: Night) -> None:
    """A job that was not taken for today is made tomorrow."""
    nights.gemini.script.append("429-per-day")
    first = nights.run()
    next_night(nights)
    second = nights.run()
    next_night(nights)
    third = nights.run()

    assert [r.posted for r in (first, second, third)] == [0, 0, 3]
    assert len(nights.gemini.jobs) == 1
    assert single(nights) == []


def test_faulty_claims_are_mended_after_the_batch(nights: Night) -> None:
    """The repair is a single call, as flex, when the draft has come."""
    nights.gemini.always = "lie-numbers"
    nights.run()
    next_night(nights)

    report = nights.run()

    assert report.posted == 3
    calls = Counter((c.kind, c.body.get("serviceTier")) for c in nights.gemini.calls)
    assert calls == {
        ("summary", None): 3,
        ("judge", "flex"): 6,
        ("repair", "flex"): 3,
    }


def test_a_backfill_by_batch_lands_on_its_days(nights: Night) -> None:
    """Ordered month by month, collected later, posted where the papers belong."""
    old = [datetime(2014, month, 7, 9, tzinfo=UTC) for month in (1, 2, 3)]
    nights.arxiv.records = [record(n, published=day) for n, day in enumerate(old)]
    config = Config.model_validate(nights.sections)

    def fill() -> list[RunReport]:
        controls = Controls(
            key=KEY, now=lambda: nights.now, stop=Event(), sleep=nights.naps.append
        )
        since, until = date(2014, 1, 1), date(2014, 3, 31)
        plan = plan_backfill(config, "GAN", since=since, until=until, controls=controls)
        return list(run_backfill(config, plan, controls=controls))

    assert [r.why for r in fill()] == ["batch"] * 3
    assert nights.run().found == 0
    (report,) = collected(nights)

    assert report.posted == 3
    assert {p.day for p in nights.posts()} == {day.date() for day in old}
    assert len(fill()) == 3
    assert fill() == []
    assert single(nights) == []


# ---------------------------------------------------------------- as a process


def test_killed_after_the_job_was_made(nights: Night) -> None:
    """Dying with the job handed in loses nothing, and orders nothing twice."""
    environment = {**os.environ, **nights.environment}
    config = nights.directory / "config.yaml"
    config.write_text('topics: [{name: GAN, queries: ["ti:GAN"]}]')
    words = [sys.executable, "-m", "chatpaper", "run", "--config", str(config)]
    words += ["--since", "2026-11-01", "--until", "2026-11-20"]
    nights.gemini.script.append("hang")
    process = subprocess.Popen(words, env=environment, stderr=subprocess.PIPE)
    while not nights.gemini.jobs and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()

    with Store(nights.directory / "store") as store:
        assert [name[:10] for name in store.open_jobs()] == ["chatpaper-"]
    report = nights.run()

    assert report.posted == 3
    assert len(nights.gemini.jobs) == 1
    assert single(nights) == []


def test_the_command_collects(nights: Night) -> None:
    """`chatpaper collect` prints a line for each topic; without a key it says so."""
    nights.run()
    bare = {**os.environ, **nights.environment}
    bare.pop("GEMINI_API_KEY")

    def ran(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return run_command("collect", env=environment, cwd=nights.directory)

    keyless = ran(bare)
    done = ran({**bare, "GEMINI_API_KEY": KEY})

    assert (keyless.returncode, keyless.stdout) == (2, "")
    assert "GEMINI_API_KEY" in keyless.stderr
    assert done.returncode == 0, done.stderr
    assert "done - 3 papers posted ->" in done.stdout
    assert set(nights.whole()) == IDS
