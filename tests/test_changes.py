"""What a new version changed is told by sentences, and what did not is left out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chatpaper.config import OutputConfig
from chatpaper.fragments import update_html, update_of
from chatpaper.outputs import write_outputs
from chatpaper.posts import check_markdown, phrases_in, publish, render_post
from chatpaper.records import Post, Update
from rich_digests import DAY, new_version

SENTENCES = (
    "We train a network on drawings.",
    "It needs 40% fewer images, e.g. of tides.",
    r"The loss is $\mathcal{L}_1. A$ and no more.",
    "On Lanterns-256 the FID falls from 9.84 to 6.21.",
    "Code … will follow.",
)


def update_with(old: str, new: str, **changes: Any) -> Update:
    """A new version whose abstract, and perhaps more, is another one."""
    given = new_version()
    paper = replace(given.paper, abstract=new, title="T", comment="", **changes)
    before = replace(given.previous, abstract=old, title="T", comment="")
    return replace(given, paper=paper, previous=before)


def post_of(old: str, new: str, **changes: Any) -> Post:
    """The post that tells of it."""
    return render_post("GAN", DAY, [], updates=[update_with(old, new, **changes)])


def shown(post: Post) -> str:
    """What stands in the fold."""
    lines = post.markdown.split("<summary>摘要改动</summary>\n\n")[1]
    return lines.split("\n")[0]


def faults(post: Post, change: Callable[[str], str] = str) -> tuple[object, ...]:
    """What the gate has against it."""
    return check_markdown(change(post.markdown), post.data, [])


OLD = " ".join(SENTENCES)


def test_only_changed_sentences_are_shown() -> None:
    """Word by word where they are alike, whole where they are not."""
    new = OLD.replace("40%", "50%").replace(SENTENCES[4], "We thank nobody at all!")
    post = post_of(OLD, new)

    assert shown(post) == (
        "… It needs <del>40</del> → <ins>50</ins>% fewer images, e.g. of tides. …"
        " <del>Code … will follow.</del> → <ins>We thank nobody at all!</ins>"
    )
    assert faults(post) == ()


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (f"{OLD} It is open.", "… <ins>It is open.</ins>"),
        (f"It is open. {OLD}", "<ins>It is open.</ins> …"),
        (" ".join(SENTENCES[1:]), f"<del>{SENTENCES[0]}</del> …"),
        (SENTENCES[1], f"<del>{SENTENCES[0]}</del> … <del>"),
    ],
    ids=["added", "before", "gone", "most"],
)
def test_sentences_come_and_go(new: str, words: str) -> None:
    """Whole ones, with dots for the rest."""
    post = post_of(OLD, new)

    assert re.sub(r"\\(.)", r"\1", shown(post)).startswith(words)
    assert faults(post) == ()


@given(
    st.lists(st.sampled_from(SENTENCES), max_size=8),
    st.lists(st.sampled_from((*SENTENCES, "Aa.", "A.", "$x$.")), max_size=8),
    st.sampled_from([" ", "  ", "\n", ""]),
)
def test_every_change_passes(old: list[str], new: list[str], blank: str) -> None:
    """Whatever comes, goes, moves or stands twice; and nothing but the change does."""
    post = post_of(blank.join(old), blank.join(new))
    other = post_of(blank.join([*old, "More."]), blank.join(new))

    assert faults(post) == ()
    if shown_of := re.search(r"摘要改动</summary>\n\n(.*)\n", post.markdown):
        assert check_markdown(post.markdown, other.data, []) != ()
        assert shown_of[1] != "…"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("<del>40</del> → ", ""),
        lambda text: text.replace("<ins>50</ins>", ""),
        lambda text: text.replace("… It needs", "It needs"),
        lambda text: text.replace("e.g. of tides. …", "e.g. of tides."),
        lambda text: text.replace("fewer images", "… images"),
        lambda text: text.replace("It needs <del>40</del> → <ins>50</ins>", "…"),
        lambda text: text.replace("… It", "… We hold it. It"),
        lambda text: text.replace("<ins>50</ins>", "<ins>60</ins>"),
    ],
    ids=["gone", "come", "start", "end", "within", "hidden", "more", "other"],
)
def test_the_gate_reads_both_texts(change: Callable[[str], str]) -> None:
    """What dots stand for is the same in both; nothing that changed is behind them."""
    post = post_of(OLD, OLD.replace("40%", "50%"))
    spoilt = change(post.markdown)

    assert spoilt != post.markdown
    # Dots may leave out words that did not change, too.
    assert bool(faults(post, change)) == ("… images" not in spoilt)


def test_an_unchanged_abstract_is_said_to_be() -> None:
    """And what changed besides: authors who came and went, or only moved."""
    authors = new_version().previous.authors
    names = ("Ada Author", "Bo [x](y) $b", *authors[1:])
    post = post_of(OLD, OLD, authors=names)
    moved = post_of(OLD, OLD, authors=authors[::-1])
    many = post_of(OLD, OLD, authors=tuple(f"N. {n}" for n in range(30)))
    same = post_of(OLD, OLD)

    assert "**作者**：新增 Ada Author, Bo " in post.markdown
    assert f"；不再有 {authors[0]}" in post.markdown
    assert "摘要未变。" in post.markdown
    assert "**作者**：次序或写法有变" in moved.markdown
    assert "N. 5 等 30 人" in many.markdown
    assert "均无改动" in same.markdown
    for told in (post, moved, many, same):
        assert faults(told) == ()
    for words in ("，Ada Author", "Ada Author, ", "摘要未变。"):
        spoilt = post.markdown.replace(words, "")
        assert spoilt == post.markdown or check_markdown(spoilt, post.data, [])


def test_pages_and_notes_tell_the_same(tmp_path: Path) -> None:
    """The site, the feeds and Markdown for others have the same sentences."""
    say = phrases_in("zh")
    update = update_with(OLD, OLD.replace("40%", "50%"), authors=("Ada Author",))
    html = str(update_html(update_of(update, say), say))
    post = render_post("GAN", DAY, [], updates=[update])
    posts = tmp_path / "posts"
    publish(post, posts / DAY.isoformat(), {}, drafts=tmp_path / "drafts")
    folder = tmp_path / "notes"
    settings = OutputConfig(dir=posts, notes_dir=folder, formats=("plain",))
    assert write_outputs(settings) == ()
    page = (folder / "plain" / DAY.isoformat() / "gan" / "index.md").read_text("utf-8")
    read = MarkdownIt("commonmark").render(page)

    assert "… It needs <del>40</del> → <ins>50</ins>% fewer images" in html
    assert "新增 Ada Author" in html
    assert "… It needs 【40 → 50】% fewer images, e.g. of tides. …" in read
    for text in (html, read):
        assert "Lanterns" not in text
    same = update_with(OLD, OLD, authors=("Ada Author",))
    assert "摘要未变。" in str(update_html(update_of(same, say), say))
