"""From night to night: what is caught up, tried again, given up, told and explained."""

from __future__ import annotations

import json
from collections import deque
from datetime import UTC, date, datetime, timedelta

import pytest

from chatpaper.records import FIELDS
from night import NOON, Night, code_of, pdf_of, record, title_of
from servers.arxiv import Fault

FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_missed_nights_are_caught_up(nights: Night) -> None:
    """The window reaches back to the last success, however long ago it was."""
    nights.run()
    nights.arxiv.records.append(record(5, published=nights.now + 2 * DAY))
    nights.now += 30 * DAY

    report = nights.run()

    assert report.posted == 1
    assert nights.whole()["2611.00005v1"] == 1


def test_a_paper_held_by_moderation_is_found(nights: Night) -> None:
    """Submitted before the last success and announced after it, it is posted."""
    nights.arxiv.now = lambda: nights.now
    held = record(5, published=NOON - 3 * DAY, announced_at=NOON + 2 * DAY)
    nights.arxiv.records.append(held)
    nights.run()
    nights.now += 2 * DAY + timedelta(hours=1)

    report = nights.run()

    assert (report.new, report.posted) == (1, 1)


def test_a_failed_night_is_not_covered(nights: Night) -> None:
    """The window of a night whose search failed is searched again, weeks later."""
    nights.run()
    nights.arxiv.records.append(record(5, published=nights.now + DAY))
    nights.arxiv.fail("/api", Fault(status=500), times=99)
    for _ in range(20):
        nights.now += DAY
        assert nights.run().status == "failed"
    nights.arxiv.heal()
    nights.now += DAY

    assert nights.run().posted == 1


def test_a_failed_paper_is_tried_again_and_given_up(nights: Night) -> None:
    """Tried on `retries` later nights, then listed with its reason, and never again."""
    nights.settings["storage"] = {"retries": 2}
    nights.arxiv.records[0] = record(0, pdf=None)
    codes, messages = [], []
    for _ in range(5):
        report = nights.run()
        codes.append((code_of(report), report.why))
        messages.append(report.message)
        nights.now += DAY

    assert codes[:3] == [(1, ""), (3, "failed"), (1, "failed")]
    assert [code for code, _ in codes[3:]] == [0, 0]
    assert "given up" in messages[2]
    first, last = nights.posts()
    assert [d.paper.id for d in last.digests] == ["2611.00000"]
    assert last.digests[0].failure is not None
    assert "404" in last.digests[0].failure.reason
    assert len(first.digests) == 3
    assert nights.arxiv.count("/pdf/2611.00000") == 3


def test_a_failed_paper_that_heals_is_posted(nights: Night) -> None:
    """It is in a later post, whole."""
    nights.arxiv.records[0] = record(0, pdf=None)
    nights.run()
    nights.arxiv.records[0] = record(0)
    nights.now += DAY

    assert nights.run().posted == 1
    assert set(nights.whole().values()) == {1}


def test_a_paper_without_a_claim_left_has_failed(nights: Night) -> None:
    """It is no success: told in its entry, and asked for anew in the next night."""
    quote = "The discriminator judges the edges and the surfaces in two branches"
    claim = {"evidence": [quote], "text": "The network judges edges and surfaces."}
    english: dict[str, object] = {
        name: claim if name == "abstract" else [claim] * 3 for name in FIELDS
    }
    reply = {"title": "A GAN", **english, "keywords": ["GAN"]}
    nights.gemini.replies = {title_of(1): json.dumps(reply)}
    nights.gemini.by_kind = {"repair": deque(["empty"] * 9)}
    report = nights.run()
    (post,) = nights.posts()
    (lost,) = [digest for digest in post.digests if digest.failure]

    assert (report.posted, code_of(report)) == (2, 1)
    assert lost.failure is not None
    assert lost.failure.stage == "verify"
    assert lost.summary is None
    assert lost.provenance is not None
    assert "没有一条内容通过与原文的核对" in post_text(nights)
    nights.gemini.replies.clear()
    nights.now += DAY
    assert nights.run().posted == 1
    assert set(nights.whole().values()) == {1}


def test_a_budget_leaves_papers_out(nights: Night) -> None:
    """What the budget left out is listed, and comes first in the next night."""
    nights.arxiv.records += [record(n) for n in range(3, 6)]
    nights.settings["llm"] = {"max_tokens_per_run": 9_000, "concurrency": 1}

    report = nights.run()

    assert (report.why, code_of(report)) == ("budget", 0)
    assert 1 <= report.posted < 6
    (post,) = nights.posts()
    assert len(post.left_out) == 6 - report.posted
    assert f"{len(post.left_out)} 篇因预算未总结" in post_text(nights)
    nights.now += DAY
    nights.arxiv.records.append(record(9, published=nights.now))
    nights.settings["llm"] = {"max_tokens_per_run": 6_000, "concurrency": 1}
    nights.settings["arxiv"] = {"max_papers": len(post.left_out)}
    again = nights.run()
    assert again.posted >= 1
    second = {digest.paper.id for digest in nights.posts()[1].digests}
    assert second <= {paper.id for paper in post.left_out}


def test_a_budget_in_dollars_holds(nights: Night) -> None:
    """No run costs more than `max_usd_per_run`."""
    nights.settings["llm"] = {"max_usd_per_run": 0.015, "concurrency": 4}

    report = nights.run()

    assert report.why == "budget"
    assert report.llm.cost_usd is not None
    assert 0 < report.llm.cost_usd <= 0.015


def test_nothing_is_lost_beyond_the_limit(nights: Night) -> None:
    """Papers beyond `max_papers` are posted on quieter nights, whatever the window."""
    nights.arxiv.records += [record(n) for n in range(3, 7)]
    nights.settings["arxiv"] = {"max_papers": 3, "lookback_days": 3}
    posted = []
    for _ in range(3):
        posted.append(nights.run().posted)
        nights.now += 10 * DAY

    assert posted == [3, 3, 1]
    assert set(nights.whole().values()) == {1}


def test_a_new_version_is_told_once(nights: Night) -> None:
    """It appears under 更新 in the next post, with what changed, and without a call."""
    nights.run()
    calls = len(nights.gemini.calls)
    nights.arxiv.records.append(
        record(1, version=2, abstract="We present a large GAN, number 1.", comment="v2")
    )
    for _ in range(3):
        nights.now += DAY
        nights.run()

    posts = nights.posts()
    assert [[u.paper.versioned_id for u in post.updates] for post in posts] == [
        [],
        ["2611.00001v2"],
    ]
    assert posts[1].updates[0].previous.version == 1
    assert posts[1].digests == ()
    assert len(nights.gemini.calls) == calls
    assert set(nights.whole().values()) == {1}


def test_a_new_version_is_summarised_when_configured(nights: Night) -> None:
    """Then it has an entry of its own."""
    nights.settings["output"] = {"summarize_updates": True}
    nights.run()
    nights.arxiv.records.append(record(1, version=2))
    nights.now += DAY

    report = nights.run()

    assert report.posted == 1
    assert nights.whole()["2611.00001v2"] == 1


@pytest.mark.parametrize("find", ["announced", "both"])
def test_the_day_s_announcement_is_read(nights: Night, find: str) -> None:
    """Papers are found in the feed; a replacement of a posted one is an update."""
    nights.topic |= {"find": find, "categories": ["cs.CV"]}
    evening = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)
    nights.arxiv.now = lambda: nights.now
    nights.arxiv.records[:] = [record(n, announced_at=evening) for n in range(3)]

    first = nights.run()
    nights.arxiv.records.append(record(1, version=2, announced_at=evening + DAY))
    nights.now += DAY
    second = nights.run()

    assert (first.posted, second.posted) == (3, 0)
    assert nights.arxiv.count("/rss") == 2
    assert [u.paper.version for post in nights.posts() for u in post.updates] == [2]
    assert set(nights.whole().values()) == {1}


def test_why_it_is_empty(nights: Night) -> None:
    """Every reason has its own code, and a sentence that says which."""
    seen: dict[str, str] = {}

    def note(code: str, **changes: object) -> None:
        report = nights.run(**changes)
        seen[report.why] = report.message
        assert (report.why, report.post) == (code, None), report

    nights.topic["exclude"] = ["GAN"]
    note("filtered-out")
    nights.topic["exclude"] = []
    nights.run()
    note("all-seen")
    nights.topic |= {"name": "Nothing", "queries": ["ti:zeppelin"]}
    note("none-matched")
    nights.topic |= {"name": "GAN", "queries": ["ti:GAN"]}
    nights.now = FRIDAY
    assert nights.run().why == "all-seen"
    nights.now += DAY
    note("none-submitted")
    note("all-seen", since=date(2020, 1, 1))  # a weekend does not excuse asked days
    nights.arxiv.fail("/api", Fault(status=403))
    note("throttled")
    nights.arxiv.fail("/api", Fault(body=b"<!DOCTYPE html><br>Oops"), times=2)
    note("source-broken")
    nights.topic |= {"name": "Feed", "find": "announced", "categories": ["cs.CV"]}
    nights.now = FRIDAY + 3 * DAY
    nights.arxiv.now = lambda: nights.now
    nights.arxiv.feed_day = (FRIDAY - 7 * DAY).date()
    note("feed-stale")
    nights.topic |= {"name": "Poor", "find": "search"}
    nights.gemini.script = deque(["429-per-day"] * 9)
    nights.settings["llm"] = {"service_tier": "standard", "model": "another"}
    note("quota")
    nights.gemini.script.clear()
    nights.topic["name"] = "Thrifty"
    nights.settings["llm"] = {"max_tokens_per_run": 10, "model": "third"}
    note("budget")

    assert "zeppelin" in seen["none-matched"]
    assert "excluded word 'GAN' (3)" in seen["filtered-out"]
    assert "Friday and Saturday" in seen["none-submitted"]
    assert "403" in seen["throttled"]
    assert "HTML" in seen["source-broken"]
    assert "stale" in seen["feed-stale"]
    assert len(set(seen.values())) == len(seen) == 9


def test_flex_falls_back_to_standard(nights: Night) -> None:
    """A request that the flex tier sheds is asked once more at the full price."""
    nights.settings["llm"] = {"service_tier": "flex"}
    cheap = nights.run().llm
    nights.arxiv.records[:] = [record(n) for n in range(3, 6)]
    nights.gemini.always = "shed"
    full = nights.run().llm

    assert cheap.cost_usd is not None
    assert full.cost_usd is not None
    assert full.cost_usd == pytest.approx(2 * cheap.cost_usd, rel=0.05)
    assert set(nights.calls().values()) == {1}


def test_lies_are_mended_once_and_kept(nights: Night) -> None:
    """The repair call is paid for once; a later run asks nothing."""
    nights.gemini.always = "lie-numbers"
    report = nights.run()
    calls = len(nights.gemini.calls)
    nights.topic["name"] = "Again"

    assert report.posted == 3
    assert calls == 3 * 4  # draft, judge, repair, judge
    assert nights.run().posted == 3
    assert len(nights.gemini.calls) == calls


def post_text(nights: Night) -> str:
    """The only post, as it is on the disk."""
    (path,) = (nights.directory / "posts").glob("*/*.md")
    return path.read_text("utf-8")


def test_the_night_s_papers_are_ours() -> None:
    """Every number makes a paper of its own."""
    assert len({pdf_of(n) for n in range(4)}) == 4
    assert len({title_of(n) for n in range(40)}) == 40
