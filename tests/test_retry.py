"""`chatpaper retry`, and a ledger that is behind the posts."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from chatpaper.store import Store
from commands import run_command
from night import Night, record, title_of

DAY = timedelta(days=1)
IDS = {f"2611.{n:05d}v1" for n in range(3)}


def retry(nights: Night, *words: str) -> subprocess.CompletedProcess[str]:
    """`chatpaper retry` with the night's own store and posts."""
    env = {**os.environ, **nights.environment}
    return run_command("retry", *words, env=env, cwd=nights.directory)


def ledger(nights: Night, topic: str = "GAN") -> dict[str, tuple[str, int]]:
    """State and tries of every paper."""
    with Store(nights.directory / "store") as store:
        return {
            paper_id: (entry.state, entry.tries)
            for paper_id, entry in store.entries(topic).items()
        }


def post_folders(nights: Night) -> list[Path]:
    return sorted((nights.directory / "posts").iterdir())


def given_up(nights: Night) -> None:
    """A night in which two papers of three cannot be had and are given up."""
    nights.settings["storage"] = {"retries": 0}
    for number in (0, 1):
        nights.arxiv.records[number] = record(number, pdf=None)
    nights.run()
    for number in (0, 1):
        nights.arxiv.records[number] = record(number)
    nights.now += DAY


# ---------------------------------------------------------------- given up


@pytest.mark.parametrize("name", ["2611.00001", "2611.00001v1", "arXiv:2611.00001"])
def test_a_paper_that_was_given_up_is_posted_after_all(
    nights: Night, name: str
) -> None:
    """However its id is written, it has all its tries again; the other one stays."""
    given_up(nights)
    assert nights.run().posted == 0

    done = retry(nights, name)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("GAN 2611.00001v1: will be tried again; gave up: ")
    assert "404" in done.stdout
    assert ledger(nights)["2611.00001"] == ("waiting", 0)
    assert nights.run().posted == 1
    assert nights.whole()["2611.00001v1"] == 1
    assert ledger(nights)["2611.00000"] == ("gave up", 1)


def test_all_that_were_given_up_are_tried_again(nights: Night) -> None:
    """And when nothing is left to try again, the command says so."""
    given_up(nights)

    done = retry(nights, "--all")

    assert [line.split()[1] for line in done.stdout.splitlines()] == [
        "2611.00000v1:",
        "2611.00001v1:",
    ]
    assert nights.run().posted == 2
    assert nights.whole() == dict.fromkeys(IDS, 1)
    assert retry(nights, "--all").stdout == "nothing to try again\n"


def test_what_needs_no_retry_and_what_is_unknown_is_named(nights: Night) -> None:
    """One unknown id does not keep the others; alone it is a mistake."""
    given_up(nights)
    before = ledger(nights)

    some = retry(nights, "2611.00002", "2611.00000", "9999.99999", "paper")
    none = retry(nights, "9999.99999")

    assert some.returncode == 1
    assert f"2611.00002v1: was posted on {nights.now - DAY:%Y-%m-%d}" in some.stdout
    unknown = "the ledger has no such paper"
    assert some.stderr.splitlines() == [
        f"chatpaper: {name}: {unknown}" for name in ("9999.99999", "paper")
    ]
    assert (none.returncode, none.stdout) == (2, "")
    assert ledger(nights) == {**before, "2611.00000": ("waiting", 0)}
    waits = retry(nights, "2611.00000")
    assert waits.stdout.endswith("waits for the next run already\n")


def test_retry_keeps_to_its_topic(nights: Night) -> None:
    """Another topic's papers stay as they are, and an unknown topic is named."""
    given_up(nights)
    nights.topic = {"name": "Nets", "queries": ["ti:GAN"]}
    nights.now -= DAY
    given_up(nights)

    done = retry(nights, "--all", "--topic", "nets")
    bad = retry(nights, "--all", "--topic", "gans")

    assert {line.split()[0] for line in done.stdout.splitlines()} == {"Nets"}
    assert ledger(nights)["2611.00000"] == ("gave up", 1)
    assert ledger(nights, "Nets")["2611.00000"] == ("waiting", 0)
    assert bad.returncode == 2
    assert "it knows: GAN, Nets" in bad.stderr


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--all", "2611.00000"),
        ("--all", "--unpublished"),
        ("--all", "--since", "2026-11-01"),
    ],
)
def test_retry_wants_one_thing_named(nights: Night, words: tuple[str, ...]) -> None:
    """Nothing, or two things at once, is a mistake and changes nothing."""
    assert retry(nights, *words).returncode == 2


def test_a_paper_that_no_batch_had_is_ordered_anew(nights: Night) -> None:
    """The batches that failed before do not count against it any more."""
    nights.settings["llm"] = {"service_tier": "batch", "batch_fallback": False}
    nights.settings["storage"] = {"retries": 0}
    nights.gemini.batch_end, nights.gemini.batch_polls = "EXPIRED", 0
    for _ in range(4):
        nights.run()
        nights.now += DAY
    assert ledger(nights) == {f"2611.{n:05d}": ("gave up", 1) for n in range(3)}
    nights.gemini.batch_end = "SUCCEEDED"

    retry(nights, "--all")

    assert nights.run().why == "batch"
    nights.now += DAY
    assert nights.run().posted == 3


# ---------------------------------------------------------------- posts that are lost


def test_lost_posts_are_written_again_without_a_call(nights: Night) -> None:
    """What no post shows is posted by the next run, from the replies that were kept."""
    nights.run()
    calls = len(nights.gemini.calls)
    shutil.rmtree(post_folders(nights)[0])
    nights.now += DAY
    assert nights.run().why == "all-seen"

    done = retry(nights, "--unpublished")

    assert len(done.stdout.splitlines()) == 3
    assert "will be posted again" in done.stdout
    assert nights.run().posted == 3
    assert nights.whole() == dict.fromkeys(IDS, 1)
    assert len(nights.gemini.calls) == calls
    assert retry(nights, "--unpublished").stdout == "nothing to try again\n"


def test_an_older_post_that_was_deleted_stays_deleted(nights: Night) -> None:
    """`--since` leaves what was lost before alone."""
    nights.run()
    first = post_folders(nights)[0]
    nights.now += DAY
    nights.arxiv.records.append(record(5))
    nights.run()
    for folder in post_folders(nights):
        shutil.rmtree(folder)

    done = retry(nights, "--unpublished", "--since", f"{nights.now:%Y-%m-%d}")

    assert [line.split()[1] for line in done.stdout.splitlines()] == ["2611.00005v1:"]
    assert nights.run().posted == 1
    assert first not in post_folders(nights)


@pytest.mark.parametrize("digested", [False, True])
def test_a_lost_update_is_told_again(nights: Night, digested: bool) -> None:
    """A new version whose post was lost is news once more, and its paper is not."""
    nights.settings["output"] = {"summarize_updates": digested}
    nights.run()
    nights.now += DAY
    nights.arxiv.records[1] = record(1, version=2, updated=nights.now)
    nights.run()
    shutil.rmtree(post_folders(nights)[1])
    nights.now += DAY

    done = retry(nights, "--unpublished", "--since", f"{nights.now - DAY:%Y-%m-%d}")

    text = "will be told again: no post shows this version"
    assert done.stdout == f"GAN 2611.00001v2: {text}\n"
    nights.run()
    last = nights.posts()[-1]
    shown = [d.paper.versioned_id for d in last.digests]
    told = [u.paper.versioned_id for u in last.updates]
    assert (shown if digested else told) == ["2611.00001v2"]
    assert (told if digested else shown) == []


def test_a_failure_whose_entry_was_lost_is_shown_again(nights: Night) -> None:
    """Also one that was given up: nobody has read of it."""
    given_up(nights)
    shutil.rmtree(post_folders(nights)[0])
    for number in (0, 1):
        nights.arxiv.records[number] = record(number, pdf=None)

    retry(nights, "--unpublished")
    report = nights.run()

    assert (report.posted, len(report.failed)) == (3, 2)
    (post,) = nights.posts()
    assert len(post.digests) == 3


# ---------------------------------------------------------------- a lost ledger


def test_a_lost_store_posts_no_paper_twice(nights: Night) -> None:
    """The posts themselves say what was posted; only what is new is bought."""
    nights.run()
    shutil.rmtree(nights.directory / "store")
    nights.now += DAY
    nights.arxiv.records.append(record(5))

    report = nights.run()

    assert (report.posted, report.new) == (1, 1)
    assert nights.whole() == dict.fromkeys({*IDS, "2611.00005v1"}, 1)
    assert nights.calls() == Counter(title_of(n) for n in (0, 1, 2, 5))
    assert nights.run().why == "all-seen"


def test_an_older_store_posts_no_paper_twice(nights: Night, tmp_path: Path) -> None:
    """Papers that wait in an old copy, though a later post shows them, wait no more."""
    nights.settings["arxiv"] = {"max_papers": 1}
    nights.run()
    shutil.copytree(nights.directory / "store", tmp_path / "old")
    nights.now += DAY
    nights.settings["arxiv"] = {"max_papers": 9}
    nights.run()
    shutil.rmtree(nights.directory / "store")
    shutil.move(tmp_path / "old", nights.directory / "store")
    nights.now += DAY

    report = nights.run()

    assert (report.posted, report.why) == (0, "all-seen")
    assert nights.whole() == dict.fromkeys(IDS, 1)


def test_a_lost_store_still_tries_what_failed(nights: Night) -> None:
    """An entry that says that a paper was lost is no paper that was posted."""
    nights.arxiv.records[1] = record(1, pdf=None)
    nights.run()
    shutil.rmtree(nights.directory / "store")
    nights.arxiv.records[1] = record(1)
    nights.now += DAY

    assert nights.run().posted == 1
    assert nights.whole() == dict.fromkeys(IDS, 1)


def test_a_lost_store_still_tells_updates(nights: Night) -> None:
    """A newer version than the post's is an update, not a new paper."""
    nights.run()
    shutil.rmtree(nights.directory / "store")
    nights.now += DAY
    nights.arxiv.records[1] = record(1, version=2, updated=nights.now)

    nights.run()

    assert [u.paper.versioned_id for u in nights.posts()[1].updates] == ["2611.00001v2"]
    assert nights.posts()[1].digests == ()


def test_posts_of_another_topic_are_not_this_one_s(nights: Night) -> None:
    """A paper may be posted under each topic that finds it, whoever came first."""
    nights.run()
    nights.topic = {"name": "Nets", "queries": ["ti:GAN"]}

    assert nights.run().posted == 3


def test_a_twin_that_cannot_be_read_hides_no_paper(nights: Night) -> None:
    """It shows nothing; the papers are posted on the next day again."""
    nights.run()
    shutil.rmtree(nights.directory / "store")
    (twin,) = (nights.directory / "posts").glob("*/GAN.json")
    twin.write_text(twin.read_text("utf-8")[:-40], "utf-8")
    nights.now += DAY

    assert nights.run().posted == 3
