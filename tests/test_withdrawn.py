"""Withdrawn papers are said to be so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatpaper.posts import check_markdown, phrases_in, render_post
from chatpaper.text import says_withdrawn
from night import Night, night, record
from rich_digests import DAY, calm_gan, new_version


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


def test_a_posted_paper_is_withdrawn(nights: Night) -> None:
    """The next night tells it, once, with what the authors say."""
    nights.run()
    nights.now += timedelta(days=1)
    nights.arxiv.records.append(
        record(1, version=2, comment="This paper has been withdrawn by the authors")
    )
    nights.settings["output"] = {
        "formats": ["hexo", "obsidian"],
        "notes_dir": str(nights.directory / "notes"),
    }
    nights.run()
    nights.run()
    first, second = sorted((nights.directory / "posts").glob("*/GAN.md"))
    note = nights.directory / "notes" / "obsidian" / "2611.00001.md"

    assert "撤稿" not in first.read_text("utf-8")
    assert second.read_text("utf-8").count("**⚠ 撤稿**：此论文已被撤回") == 1
    assert "→ This paper has been withdrawn by the authors" in second.read_text("utf-8")
    assert "**⚠ 撤稿**：此论文已被撤回" in note.read_text("utf-8")
    assert [len(post.updates) for post in nights.posts()] == [0, 1]
