"""Withdrawn papers are said to be so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest

from chatpaper.posts import check_markdown, phrases_in, read_post_data, render_post
from chatpaper.site import SiteSettings, build_site
from chatpaper.text import says_withdrawn
from night import Night, night, record
from rich_digests import DAY, calm_gan, new_version, plain_sentences


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Night]:
    """Three papers at the stand-ins, and an empty store."""
    with night(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    "comment",
    [
        "This paper has been withdrawn",
        "This paper has been withdrawn by the author due to a crucial error in eq. 3",
        "Withdrawn",
        "withdrawn by the authors: the proof of Lemma 2 is wrong",
        "12 pages. This paper is withdrawn because Theorem 1 is wrong",
        "Paper withdrawn due to an error",
        "arXiv admin note: this version was withdrawn by arXiv administrators",
        "This submission has been withdrawn by arXiv administrators",
        "The authors have withdrawn this paper pending further experiments",
        "temporarily withdrawn",
        "The paper has now been withdrawn from arXiv",
        "(Withdrawn.)",
    ],
)
def test_comments_that_withdraw(comment: str) -> None:
    """However authors put it, and arXiv itself."""
    assert says_withdrawn(comment, "We train a GAN.")


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "12 pages, 6 figures",
        "Withdrawn from ICML 2026; revised",
        "This paper was withdrawn from ICLR and submitted to TMLR",
        "Paper withdrawn from CVPR 2026 after review",
        "The authors have withdrawn this paper from NeurIPS",
        "A study of withdrawn papers",
        "Replaces the withdrawn version",
    ],
)
def test_comments_that_do_not(comment: str) -> None:
    """A conference that was left is no withdrawal from arXiv."""
    assert not says_withdrawn(comment, "We train a GAN.")


@pytest.mark.parametrize(
    ("abstract", "withdraws"),
    [
        ("This paper has been withdrawn by the author due to an error.", True),
        ("Withdrawn.", True),
        ("The manuscript was withdrawn.", True),
        ("We study why a paper has been withdrawn. This paper was withdrawn.", False),
        ("Money withdrawn by customers is modelled by a GAN.", False),
    ],
)
def test_abstracts_withdraw_at_their_head(abstract: str, *, withdraws: bool) -> None:
    """Further on they may speak of other papers."""
    assert says_withdrawn("", abstract) == withdraws


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("changed", [True, False])
def test_a_withdrawn_paper_is_said_to_be(language: str, *, changed: bool) -> None:
    """In its entry and as an update; a post that does not say it is refused."""
    say = phrases_in(language)
    gone = replace(calm_gan(), paper=replace(calm_gan().paper, comment="Withdrawn."))
    update = new_version()
    withdrawn = replace(update.paper, comment="Withdrawn by the authors.")
    before = update.previous if changed else replace(withdrawn, version=1)
    update = replace(update, paper=withdrawn, previous=before)
    post = render_post("GAN", DAY, [gone], updates=[update], language=language)
    line = f"**{say.withdrawal}**{say.colon}"
    files = [
        f"{folder}/{picture.file}"
        for folder in ("GAN", "GAN/GAN")
        for picture in gone.pictures
    ]
    silent = post.markdown.replace(line, "**?**", 1)

    assert post.markdown.count(line) == 2
    assert say.unchanged not in post.markdown
    assert check_markdown(post.markdown, post.data, files) == ()
    assert check_markdown(silent, post.data, files) != ()
    assert line not in render_post("GAN", DAY, [calm_gan()], language=language).markdown


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_old_entry_says_since_when(language: str) -> None:
    """One marked line and a badge; a post without either is refused."""
    say = phrases_in(language)
    old = replace(plain_sentences(), withdrawn_on=date(2026, 11, 25))
    post = render_post("GAN", DAY, [old], language=language)
    line = f"**{say.withdrawal}**{say.colon}"
    badge = f" `{say.withdrawn_badge}`"

    assert post.markdown.count(line) == post.markdown.count("2026-11-25") == 1
    assert check_markdown(post.markdown, post.data, []) == ()
    for wrong in ("2026-11-26", ""):
        spoilt = post.markdown.replace("2026-11-25", wrong)
        assert check_markdown(spoilt, post.data, []) != ()
    assert check_markdown(post.markdown.replace(badge, ""), post.data, []) != ()
    assert read_post_data(post.data).digests == (old,)
    assert "withdrawn_on" not in render_post("GAN", DAY, [calm_gan()]).data


def withdraw(nights: Night, **facts: object) -> None:
    """The day after its post arXiv has a version of a paper that withdraws it."""
    nights.now += timedelta(days=1)
    comment = "This paper has been withdrawn by the authors"
    updated = nights.now - timedelta(hours=3)
    told = {"version": 2, "comment": comment, "updated": updated, **facts}
    nights.arxiv.records.append(record(1, **told))


def test_a_posted_paper_is_withdrawn(nights: Night) -> None:
    """The next night tells it, once; its old post, note, feeds and page say it, too."""
    nights.settings["output"] = {
        "formats": ["hexo", "obsidian", "feeds"],
        "notes_dir": str(nights.directory / "notes"),
    }
    nights.run()
    withdraw(nights)
    report = nights.run()
    before = nights.files()
    again = nights.run()
    posts = nights.directory / "posts"
    first, second = sorted(posts.glob("*/GAN.md"))
    note = nights.directory / "notes" / "obsidian" / "2611.00001.md"
    feed = json.loads((posts / "feeds" / "feed.json").read_text("utf-8"))
    items = {item["id"].rpartition("/")[2]: item for item in feed["items"]}
    site = nights.directory / "site"
    build_site(SiteSettings(posts=posts, site=site, zone=UTC))
    page = (site / "papers" / "2611.00001.html").read_text("utf-8")
    words = "此论文收录后已于 2026-11-19 被撤回"

    assert "the post of 2026-11-18 says that 2611.00001 is withdrawn" in report.message
    assert f"**⚠ 撤稿**：{words}" in first.read_text("utf-8")
    assert second.read_text("utf-8").count("**⚠ 撤稿**：此论文已被撤回") == 1
    assert "→ This paper has been withdrawn by the authors" in second.read_text("utf-8")
    assert f"**⚠ 撤稿**：{words}" in note.read_text("utf-8")
    assert f"⚠ 撤稿：{words}" in page
    assert words in items["2611.00001"]["content_html"]
    assert items["2611.00001"]["date_modified"][:10] == "2026-11-19"
    assert items["2611.00000"]["date_modified"][:10] == "2026-11-18"
    assert items["2611.00001v2"]["title"].startswith("⚠ 撤稿：")
    assert [len(post.updates) for post in nights.posts()] == [0, 1]
    assert (again.why, nights.files()) == ("all-seen", before)


def test_own_words_in_the_old_post_are_kept(nights: Night) -> None:
    """The mark comes in beside them."""
    nights.run()
    (path,) = (nights.directory / "posts").glob("*/GAN.md")
    own = path.read_text("utf-8").replace("## 论文", "Mine.\n\n## 论文")
    path.write_text(own, encoding="utf-8")
    withdraw(nights)
    nights.run()

    assert "Mine.\n\n## 论文" in path.read_text("utf-8")
    assert "被撤回" in path.read_text("utf-8")


def test_an_old_post_that_is_gone_stays_away(nights: Night) -> None:
    """Whoever deleted it meant to; one that comes back is marked by the next night."""
    nights.run()
    (path,) = (nights.directory / "posts").glob("*/GAN.md")
    aside = path.rename(nights.directory / "aside.md")
    withdraw(nights)
    report = nights.run()
    stays_away = not path.exists()
    aside.rename(path)
    nights.now += timedelta(days=1)
    later = nights.run()

    assert stays_away
    assert "says that" not in report.message
    assert "gone from the disk" in report.message
    assert "the post of 2026-11-18 says that 2611.00001 is withdrawn" in later.message
    assert "已于 2026-11-19 被撤回" in path.read_text("utf-8")
