"""New versions of posted papers: each is told once, on the day it comes or the next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from night import Night, record

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAME = "2611.00001"


def told(nights: Night) -> list[list[tuple[int, int]]]:
    """Of each post, oldest first, the versions that its updates lead from and to."""
    return [
        [(update.previous.version, update.paper.version) for update in post.updates]
        for post in nights.posts()
    ]


def shown(nights: Night) -> str:
    """The newest post's Markdown."""
    return max((nights.directory / "posts").glob("*/GAN.md")).read_text("utf-8")


@pytest.mark.parametrize("versions", [[2], [2, 3]])
@pytest.mark.parametrize("digested", [False, True])
def test_a_version_of_the_same_day_is_told_on_the_next(
    nights: Night, versions: list[int], *, digested: bool
) -> None:
    """However often the run is repeated: never in the post that shows the first."""
    nights.settings["output"] = {"summarize_updates": digested}
    nights.run()
    before = nights.files()
    for version in versions:
        nights.arxiv.records.append(
            record(1, version=version, abstract=f"We present GAN number {version}.")
        )
        for _ in range(2):
            nights.now += HOUR
            report = nights.run()
            assert (report.status, report.post) == ("nothing new", None)
    assert nights.files() == before

    nights.now += DAY
    reports = [nights.run(), nights.run()]

    assert reports[0].status == "done"
    assert reports[1].post is None
    last = versions[-1]
    if digested:
        assert nights.whole()[f"{NAME}v{last}"] == 1
    else:
        assert told(nights) == [[], [(1, last)]]
        assert f"v1 → v{last}" in shown(nights)


def test_two_versions_on_the_day_after(nights: Night) -> None:
    """The second takes the first one's place, and tells all that has changed."""
    nights.run()
    nights.now += DAY
    for version in (2, 3):
        nights.arxiv.records.append(
            record(1, version=version, abstract=f"We present GAN number {version}.")
        )
        nights.run()
        nights.run()

    assert told(nights) == [[], [(1, 3)]]
    assert "<del>a small GAN,</del>" in shown(nights)
    nights.now += DAY
    assert nights.run().status == "nothing new"
