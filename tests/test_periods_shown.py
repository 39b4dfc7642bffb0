"""A week's post beside its own file: site, feeds, notes, and who is told of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import feedparser
import pytest

from chatpaper.config import OutputConfig
from chatpaper.delivery import as_html, as_text, compose_review
from chatpaper.errors import SiteError
from chatpaper.feeds import FeedEntry, review_entry, with_reviews
from chatpaper.fragments import review_html
from chatpaper.outputs import write_outputs
from chatpaper.periods import (
    StandingReview,
    shown_review,
    standing_review,
    standing_reviews,
)
from chatpaper.posts import render_post
from chatpaper.records import Update
from chatpaper.site import (
    SiteSettings,
    build_site,
    catalogue_of,
    faults_of,
    read_made,
)
from commands import run_command
from rich_digests import hostile, paper
from servers.robots import Robots
from servers.smtp import MailServer
from test_periods import MONDAY, entry, made, posts_of, sources, ten, write_days

WEEK = "2026-W47"
PAGE = f"periods/GAN/{WEEK}.html"
FORMATS = ("hexo", "feeds", "obsidian", "hugo", "plain")


def digest(
    blog: Path, *words: str, name: str = "2026-W47", **env: str
) -> tuple[int, str]:
    """The command's exit code, and what it prints."""
    options = ("--topic", "GAN", "--storage", "s")
    formats = {"CHATPAPER_OUTPUT__FORMATS": json.dumps(FORMATS)}
    site = {"CHATPAPER_OUTPUT__SITE_URL": "https://b.example/"}
    done = run_command(
        "digest", name, *options, *words, env={**formats, **site, **env}, cwd=blog
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """Two weeks of posts, the second with its own."""
    newer = paper(1, "Plain Title 1, Again", version=2)
    told = Update(paper=newer, previous=entry(1).paper, posted_on=MONDAY)
    posts = posts_of({-2: ten(20), 0: ten()})
    posts.append(render_post("GAN", MONDAY + timedelta(3), ten(11, 3), updates=[told]))
    write_days(tmp_path / "posts", posts)
    assert digest(tmp_path)[0] == 0
    return tmp_path


def standing(blog: Path) -> StandingReview:
    """The week as everything but its own file shows it."""
    return standing_review(blog / "posts" / WEEK / "GAN.json")


def built(blog: Path) -> Mapping[str, str]:
    """The pages of the site, by path."""
    build_site(
        SiteSettings(
            posts=blog / "posts", site=blog / "site", base_url="https://s.example/"
        )
    )
    folder = blog / "site"
    return {
        page.relative_to(folder).as_posix(): page.read_text("utf-8")
        for page in folder.rglob("*.html")
    }


def rewrite(path: Path, before: str, after: str) -> None:
    """Change a file by hand."""
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


# ---------------------------------------------------------------- where it stands


def test_the_site_has_a_page_of_it(blog: Path) -> None:
    """Topic, calendar and first page lead there, it leads to its papers and days."""
    pages = built(blog)
    page = pages[PAGE]

    for path, way in (
        ("topics/GAN.html", "../"),
        ("calendar.html", ""),
        ("index.html", ""),
    ):
        assert f'href="{way}{PAGE}"' in pages[path]
    assert '<a href="../../papers/2611.00010.html">第 10 篇</a>' in page
    assert f'href="../../days/{MONDAY}.html"' in page
    assert "CIFAR-10 13（上期 10）" in page
    assert "<script" not in page
    assert "v1 → v2" in page
    again = build_site(
        SiteSettings(
            posts=blog / "posts", site=blog / "site", base_url="https://s.example/"
        )
    )
    assert again.written == 0


@pytest.mark.parametrize("path", ["topics/GAN.html", "calendar.html"])
def test_the_gate_wants_it_where_readers_look(blog: Path, path: str) -> None:
    """A topic or a calendar that does not lead there is a fault; nor may it be lost."""
    built(blog)
    made = read_made(blog / "site")
    assert made is not None
    files = dict(made.files)
    catalogue = replace(catalogue_of(made.posts), reviews=made.reviews)
    assert faults_of(files, catalogue, None) == []
    kept = tuple(link for link in files[path].links if link != PAGE)
    files[path] = files[path]._replace(links=kept)

    (fault,) = faults_of(files, catalogue, None)
    assert PAGE in fault
    settings = SiteSettings(posts=blog / "posts", site=blog / "site")
    with pytest.raises(SiteError, match=r"1 posts are .*: 2026-W46 GAN; bring"):
        build_site(settings, {}, [("GAN", WEEK), ("GAN", "2026-W46")])


def test_a_feed_has_one_entry_of_it(blog: Path) -> None:
    """Under an id of its own, in its topic's feed and in that of all, newest first."""
    feeds = [
        feedparser.parse((blog / "posts" / "feeds" / name).read_bytes())
        for name in ("GAN.atom.xml", "GAN.rss.xml", "atom.xml")
    ]
    found = [[e for e in feed.entries if "周报" in e.title] for feed in feeds]

    assert [feed.bozo for feed in feeds] == [False] * 3
    assert [len(entries) for entries in found] == [1, 1, 1]
    assert len({entries[0].id for entries in found}) == 1
    assert all(feed.entries[0].title == found[0][0].title for feed in feeds)
    assert found[0][0].link == f"https://b.example/{WEEK}/GAN/"
    assert found[0][0].published == "2026-11-23T00:00:00Z"
    assert found[0][0].updated == "2026-11-23T00:00:00Z"
    assert "提出第 10 种做法。" in found[0][0].content[0].value


def test_an_entry_is_newer_once_its_post_is(blog: Path) -> None:
    """A day that comes late renews it; the same post over again does not."""
    before = standing(blog)
    digest(blog)
    assert standing(blog) == before
    write_days(blog / "posts", posts_of({4: ten(14, 1)}))
    digest(blog)
    after = standing(blog)

    entries = [review_entry(each, None) for each in (before, after)]
    assert before.renewed_on is None
    assert after.renewed_on is not None
    assert entries[0].id == entries[1].id
    assert entries[0].updated < entries[1].updated
    digest(blog)
    assert standing(blog) == after


def test_a_feed_takes_no_more_for_it(blog: Path) -> None:
    """Of sixty papers that are newer none makes room, and an old week stays out."""
    entry_of_week = review_entry(standing(blog), None)
    moment = entry_of_week.published
    newer = [_aged(entry_of_week, moment + timedelta(hours=n)) for n in range(60)]
    older = [_aged(entry_of_week, moment - timedelta(hours=n + 1)) for n in range(60)]

    assert entry_of_week not in with_reviews(newer[::-1], [entry_of_week])
    merged = with_reviews(older, [entry_of_week])
    assert (merged[0], len(merged)) == (entry_of_week, 60)


def _aged(entry_of_week: FeedEntry, moment: datetime) -> FeedEntry:
    return replace(entry_of_week, published=moment, id=str(moment))


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("obsidian/2026-W47-GAN.md", "2611.00010.md"),
        ("plain/2026-w47/gan/index.md", "../../2026-11-16/gan/index.md"),
        ("hugo/2026-w47/gan/index.md", "../../2026-11-16/gan/#2611.00010"),
    ],
)
def test_notes_have_it(blog: Path, name: str, link: str) -> None:
    """Beside the days, without HTML; its links lead to what lies there."""
    note = blog / "notes" / name
    text = note.read_text("utf-8")

    assert f"[第 10 篇]({link})" in text
    assert "GAN 周报" in text
    assert "<" not in text.replace("<br>", "")
    assert (note.parent / link.partition("#")[0]).exists()


# ---------------------------------------------------------------- taken out by hand


def test_what_was_taken_out_of_a_day_is_not_in_its_week(blog: Path) -> None:
    """An entry of a day, a line of the week: nobody is told, before it is renewed."""
    day = blog / "posts" / MONDAY.isoformat() / "GAN.md"
    rewrite(day, '<a id="2611.00009"></a>\n', "")
    week = blog / "posts" / WEEK / "GAN.md"
    rewrite(week, "(../2026-11-16/GAN.md#2611.00008)", "()")
    rewrite(week, "提出第 10 种做法。", "提出一种做法。")
    settings = {"dir": blog / "posts", "notes_dir": blog / "notes", "formats": FORMATS}
    assert write_outputs(OutputConfig.model_validate(settings)) == ()
    pages = built(blog)
    review = standing(blog).review
    ids = {each.id for each in review.papers}

    assert ids == {entry(n).paper.id for n in (*range(1, 8), 10, 11, 12, 13)}
    assert "2611.00009" not in {m.id for c in review.counts for m in c.mentions}
    note = (blog / "notes" / "obsidian" / f"{WEEK}-GAN.md").read_text("utf-8")
    for text in (pages[PAGE], note):
        assert "第 9 篇" not in text
        assert "第 8 篇" not in text
        assert "第 10 篇" in text
        assert "提出第 10 种做法。" not in text


def test_a_day_of_which_all_was_taken_out_is_not_in_its_week(blog: Path) -> None:
    """A post without any entry says nothing, and is none of chatpaper 0.1.0."""
    day = blog / "posts" / (MONDAY + timedelta(3)).isoformat() / "GAN.md"
    assert "2611.00013" in {each.id for each in standing(blog).review.papers}
    day.write_text(day.read_text("utf-8").split("\n## ")[0], "utf-8")

    ids = {each.id for each in standing(blog).review.papers}
    assert ids == {entry(n).paper.id for n in range(1, 11)}


def test_what_is_put_back_into_a_day_is_in_its_week_again(blog: Path) -> None:
    """Also where nothing of that day was left in the week."""
    day = blog / "posts" / (MONDAY + timedelta(3)).isoformat() / "GAN.md"
    whole = day.read_text("utf-8")
    before = built(blog)[PAGE]
    day.write_text(whole.split("\n## ")[0], "utf-8")
    assert "第 13 篇" not in built(blog)[PAGE]
    day.write_text(whole, "utf-8")

    assert built(blog)[PAGE] == before


def test_a_week_that_was_deleted_is_gone(blog: Path) -> None:
    """Of several; of one alone nobody knows whether it was moved."""
    write_days(blog / "posts", posts_of({7: ten(30, 2)}))
    assert digest(blog, name="2026-W46")[0] == 0
    weeks = [each.review.period.name for each in standing_reviews(blog / "posts")]
    (blog / "posts" / WEEK / "GAN.md").unlink()
    left = [each.review.period.name for each in standing_reviews(blog / "posts")]
    (blog / "posts" / "2026-W46" / "GAN.md").unlink()
    moved = [each.review.period.name for each in standing_reviews(blog / "posts")]

    assert weeks == moved == ["2026-W46", WEEK]
    assert left == ["2026-W46"]


@pytest.mark.parametrize("link", ["{evil}/{0}", "{date.x}", None, "../x"])
def test_a_file_that_is_no_week_is_left_out(
    blog: Path, link: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    """It is named in the log, and costs the others nothing."""
    folder = blog / "posts" / "2026-W46"
    shutil.copytree(blog / "posts" / WEEK, folder)
    twin = json.loads((folder / "GAN.json").read_text("utf-8"))
    if link == "../x":
        twin["review"]["stem"] = link
    else:
        twin["review"]["link"] = link
    (folder / "GAN.json").write_text(json.dumps(twin), "utf-8")
    (folder / "GAN.md").write_text("Another text.", "utf-8")

    left = [each.review.period.name for each in standing_reviews(blog / "posts")]
    assert left == [WEEK]
    assert "not the twin of a period's post" in caplog.text
    assert PAGE in built(blog)


# ---------------------------------------------------------------- untrusted words


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    """No script, no address of theirs, in HTML and in a message."""
    review = made(sources(posts_of({0: [*ten(), hostile()]})))
    html = str(review_html(shown_review(review), lambda at: f"papers/{at.id}.html"))
    message = compose_review(review, language="zh", site_url="https://b.example/")

    for text in (html, as_html(message)):
        assert "<script" not in text
        assert "javascript:" not in text.replace("(javascript:", "")
        assert "<img" not in text
    assert "https://b.example/2026-11-16/GAN/#2611.00010" in as_text(message)
    assert tmp_path.exists()


# ---------------------------------------------------------------- who is told


@pytest.fixture
def robots() -> Iterator[Robots]:
    """A group's robot at WeCom."""
    with Robots() as server:
        yield server


def to_robot(robots: Robots) -> dict[str, str]:
    """What the environment says of it."""
    return {
        "WECOM_WEBHOOK": robots.url("wecom"),
        "CHATPAPER_DELIVER__CHANNELS": json.dumps([{"kind": "wecom"}]),
        "CHATPAPER_DELIVER__SITE_URL": "https://b.example/",
    }


def test_a_week_is_told_once(blog: Path, robots: Robots) -> None:
    """Where it is asked for, with a receipt; `--again` sends it once more."""
    env = to_robot(robots)
    codes = [
        digest(blog, *words, **env)[0] for words in ([], ["--deliver"], ["--deliver"])
    ]
    told = [said["markdown"]["content"] for said in robots.taken]
    digest(blog, "--deliver", "--again", **env)

    assert codes == [0, 0, 0]
    assert len(told) == 1
    assert told[0].startswith(
        f"**[GAN 周报 · 2026-11-16 至 2026-11-22 · 13 篇](https://b.example/{WEEK}/GAN/)**"
    )
    assert "1. [第 13 篇](https://b.example/2026-11-19/GAN/#2611.00013)" in told[0]
    assert len(robots.taken) == 2


def test_what_is_refused_is_sent_by_the_next_command(blog: Path) -> None:
    """Exit code 1 and the reason; whoever took it is not sent it twice."""
    with MailServer(rcpt={"a@example.org": "550 no such user"}) as server:
        channel = {
            "kind": "mail",
            "host": "127.0.0.1",
            "port": server.port,
            "security": "none",
            "sender": "papers@example.org",
            "to": ["a@example.org", "b@example.org"],
        }
        env = {"CHATPAPER_DELIVER__CHANNELS": json.dumps([channel])}
        first = digest(blog, "--deliver", **env)
        server.rcpt.clear()
        second = digest(blog, "--deliver", **env)

    assert first[0] == 1
    assert "not delivered: mail a@example.org: refused: " in first[1]
    assert second[0] == 0
    assert [to for to, _ in server.taken] == ["b@example.org", "a@example.org"]


def test_without_a_channel_nothing_is_written(blog: Path) -> None:
    """One line, and exit code 2; so it is for a period that is not one."""
    assert digest(blog, "--deliver")[0] == 2
    for words, told in (
        (["2026-W99"], "'2026-W99' is no week and no month"),
        (["2026-11", "--week"], "2026-11 is a month"),
        ([WEEK, "--until", "2026-11-22"], "leave --until out"),
    ):
        code, said = digest(blog, *words[1:], name=words[0])
        assert code == 2
        assert told in said
        assert said.count("\n") == 1
