"""Nights on GitHub Actions whose pushes fail: no post is lost, and none comes twice.

The workflow's own scripts are run as they are printed; see `runner`.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from night import Night, record
from runner import GitHub, git

START = datetime(2025, 1, 1, tzinfo=UTC)
IDS = [f"2611.{n:05d}v1" for n in range(9)]
# Two zones that never have the same day stand for two nights.
FIRST = "Etc/GMT+12"
NEXT = {"CHATPAPER_OUTPUT__TIMEZONE": "Etc/GMT-14"}
STEPS = [
    "Restore the store",
    "Write the posts",
    "Commit the posts",
    "Save the store",
]


def submit(nights: Night, *numbers: int) -> None:
    """Papers are submitted."""
    nights.arxiv.records += [
        record(n, published=START + timedelta(minutes=n)) for n in numbers
    ]


@pytest.fixture
def github(nights: Night, tmp_path: Path) -> GitHub:
    """A blog's repository with the workflow, and three papers on arXiv."""
    text = (files("chatpaper") / "setup/cron/chatpaper.yml").read_text("utf-8")
    nights.arxiv.records.clear()
    submit(nights, 0, 1, 2)
    nights.settings["arxiv"] = {"lookback_days": 3650}
    nights.settings["output"] = {"timezone": FIRST}
    return GitHub(tmp_path / "github", yaml.safe_load(text), nights.environment)


def log(github: GitHub) -> list[str]:
    """First lines of the commits on the server, newest first."""
    return git("log", "--format=%s", "main", at=github.origin).splitlines()


def posted_once(github: GitHub, nights: Night, count: int = 3) -> None:
    """Each paper is in one post, and no call was made twice."""
    assert github.whole() == dict.fromkeys(IDS[:count], 1)
    assert set(nights.kept_calls().values()) <= {1}
    assert set(nights.calls().values()) == {1}


def test_a_night_and_the_next_one(github: GitHub, nights: Night) -> None:
    """Posts are pushed from a shallow clone, on what others pushed meanwhile."""
    job = github.job()
    for name in job.names:
        if name == "Commit the posts":
            github.push({"about.md": "Me\n"})
        job.step(name)
    second = github.night(**NEXT)

    assert (job.checkout / ".git" / "shallow").exists()
    assert (job.failed, second.failed) == (False, False), job.said + second.said
    assert log(github)[1:] == ["By hand"] * 3
    assert "were posted before" in second.said
    assert "no new post" in second.said
    posted_once(github, nights)


def test_a_push_that_is_refused_once_is_made_again(
    github: GitHub, nights: Night
) -> None:
    """The same run tries again, a little later."""
    flag = github.folder / "once"
    github.refuse(f"test -e {flag} && exit 0", f"touch {flag}", "exit 1")

    job = github.night()

    assert not job.failed
    assert job.pauses == ["0", "2"]
    posted_once(github, nights)


def test_a_branch_that_takes_no_push_loses_no_post(
    github: GitHub, nights: Night
) -> None:
    """However many nights it lasts; the run fails, says why, and what will be."""
    github.refuse("echo 'GH006: Protected branch update failed' >&2", "exit 1")
    first = github.night()
    submit(nights, 3)
    second = github.night(**NEXT)
    third = github.night()

    assert github.whole() == {}
    for job in (first, second, third):
        assert job.failed
        assert "GH006: Protected branch" in job.said
        assert "::error title=chatpaper::The posts could not be pushed" in job.said
        assert "not lost" in (job.home / "summary.md").read_text()
    assert "will be posted again" in second.said
    github.refuse()
    assert not github.night().failed
    posted_once(github, nights, 4)
    assert "may not have been pushed" not in github.night().said


def test_a_file_that_others_pushed_stands(github: GitHub, nights: Night) -> None:
    """A conflict is not forced; the papers are in the next post."""
    job = github.job()
    for name in job.names:
        if name == "Commit the posts":
            day = next((job.checkout / "posts").iterdir()).name
            github.push({f"posts/{day}/GAN.md": "Mine\n"})
        job.step(name)

    assert job.failed
    assert "could not be pushed" in job.said
    second = github.night(**NEXT)
    assert not second.failed
    assert git("show", f"main:posts/{day}/GAN.md", at=github.origin) == "Mine\n"
    posted_once(github, nights)


def test_a_branch_that_was_written_anew_gets_one_commit(
    github: GitHub, nights: Night
) -> None:
    """A forced push in between brings back nothing that was removed."""
    job = github.job()
    for name in job.names:
        if name == "Commit the posts":
            git("commit", "-q", "--amend", "-m", "Other", at=github.mine)
            git("push", "-q", "--force", "origin", "main", at=github.mine)
        job.step(name)

    assert not job.failed, job.said
    assert log(github)[1:] == ["Other", "By hand"]
    posted_once(github, nights)


@pytest.mark.parametrize("kills", [False, True], ids=["cancelled", "killed"])
@pytest.mark.parametrize("last", STEPS)
def test_a_run_may_end_after_any_step(
    github: GitHub, nights: Night, last: str, kills: bool
) -> None:
    """Cancelled, the steps that always run still do; killed, no further step does."""
    job = github.job()
    for name in job.names:
        if job.cancelled and kills:
            break
        job.step(name)
        job.cancelled |= name == last
    submit(nights, 3)

    second = github.night(**NEXT)

    assert not second.failed, second.said
    assert github.whole() == dict.fromkeys(IDS[:4], 1)
    # Only replies that no step could save are paid for again.
    lost = kills and last == "Write the posts"
    assert max(nights.calls().values()) == 1 + lost


def test_two_runs_at_once_post_no_paper_twice(github: GitHub, nights: Night) -> None:
    """Where there is no concurrency group, one of them fails; the next night mends."""
    one, two = github.job(), github.job()
    for name in one.names[:-2]:
        one.step(name)
    submit(nights, 3)
    for name in two.names[:-2]:
        two.step(name)
    for job in (one, two):
        job.step("Commit the posts")
        job.step("Save the store")

    assert (one.failed, two.failed) == (False, True)
    assert github.whole() == dict.fromkeys(IDS[:3], 1)
    third = github.night(**NEXT)
    assert not third.failed
    assert github.whole() == dict.fromkeys(IDS[:4], 1)


def test_a_queued_run_goes_on_from_the_one_before(
    github: GitHub, nights: Night
) -> None:
    """The second run of a day adds to its post."""
    github.night()
    submit(nights, 3)

    second = github.night()

    assert not second.failed
    posted_once(github, nights, 4)


@pytest.mark.parametrize("refused", [False, True])
def test_a_cache_that_is_gone_posts_no_paper_twice(
    github: GitHub, nights: Night, refused: bool
) -> None:
    """The posts tell what was posted; what was not pushed is found again."""
    if refused:
        github.refuse("exit 1")
    github.night()
    github.refuse()
    shutil.rmtree(github.folder / "cache")
    (github.folder / "cache").mkdir()
    submit(nights, 3)

    second = github.night(**NEXT)

    assert not second.failed
    assert github.whole() == dict.fromkeys(IDS[:4], 1)
