"""What somebody takes out of an older post by hand is told nowhere any more."""

from __future__ import annotations

import json
import re
import shutil
import textwrap
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest

from chatpaper.config import Config, OutputConfig
from chatpaper.outputs import OUTPUTS, posts_in, write_outputs
from chatpaper.pipeline.renewing import renew_outputs
from chatpaper.posts import publish, read_standing, render_post, shown_claims
from chatpaper.records import Digest, Post
from chatpaper.site import SiteSettings, build_site
from chatpaper.store import Store
from night import Night, record
from rich_digests import DAY, calm_gan, failed, paper, pictures_of, plain_sentences

OLD = DAY - timedelta(days=2)
FORMATS = ("hexo", "bibtex", "feeds", "obsidian", "hugo", "plain")


def posted(folder: Path, day: date, *digests: Digest, **more: object) -> None:
    """A post on the disk."""
    post = render_post("GAN", day, digests, **more)  # type: ignore[arg-type]
    images = pictures_of(*post.digests)
    publish(post, folder / day.isoformat(), images, drafts=folder / "drafts")


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """Posts of three days, two papers on the oldest, and all that is made of them."""
    late = [paper(8, "Late Papers")]
    posted(tmp_path / "posts", OLD, calm_gan(), plain_sentences(), listed=late)
    for number, day in ((11, DAY - timedelta(days=1)), (12, DAY)):
        posted(tmp_path / "posts", day, Digest(paper=paper(number, f"No. {number}")))
    make(tmp_path)
    return tmp_path


def make(blog: Path, *, site: bool = False) -> None:
    """All outputs, as a run makes them; the site, as `chatpaper site` does."""
    settings = OutputConfig.model_validate(
        {
            "dir": blog / "posts",
            "notes_dir": blog / "notes",
            "formats": FORMATS,
            "site_url": "https://b.example/",
        }
    )
    assert write_outputs(settings) == ()
    if site:
        settled = SiteSettings(posts=blog / "posts", site=blog / "site")
        build_site(settled, {("GAN", OLD): 2})


def change(blog: Path, how: Callable[[str], str]) -> None:
    """Change the oldest post by hand."""
    path = blog / "posts" / OLD.isoformat() / "GAN.md"
    text = path.read_text("utf-8")
    assert how(text) != text
    path.write_text(how(text), "utf-8")


def telling(blog: Path, words: str) -> set[str]:
    """Where some words still stand, besides the post's own twin."""
    kept = {"GAN.json", ".chatpaper.json", ".chatpaper-site.json"}
    return {
        path.relative_to(blog).as_posix()
        for path in blog.rglob("*")
        if path.is_file() and path.name not in kept
        if words.encode() in path.read_bytes() or words in path.name
    }


def shown(blog: Path) -> dict[str, Post]:
    """The posts as every output reads them, by day."""
    return {post.day.isoformat(): post for post in posts_in(blog / "posts")}


def without_calm(text: str) -> str:
    """The first entry and its line are taken out."""
    start, end = (text.index(f'<a id="2611.0000{n}"></a>\n') for n in (1, 2))
    lines = (text[:start] + text[end:]).split("\n")
    return "\n".join(line for line in lines if "(#2611.00001)" not in line)


def test_an_entry_that_was_taken_out(blog: Path) -> None:
    """No feed, site, note, citation or search has it; nothing else has gone."""
    make(blog, site=True)
    assert len(telling(blog, "2611.00001")) > 10
    before = telling(blog, "2611.00002")
    change(blog, without_calm)
    make(blog, site=True)

    assert telling(blog, "2611.00001") == set()
    assert telling(blog, "calm-figure") == {
        path for path in telling(blog, "calm-figure") if path.startswith("posts/")
    }
    assert telling(blog, "2611.00002") == before


def test_a_post_that_was_deleted(blog: Path) -> None:
    """Its Markdown is enough; the site does not ask for it, and it comes back whole."""
    make(blog, site=True)
    before = telling(blog, "2611.0000")
    path = blog / "posts" / OLD.isoformat() / "GAN.md"
    text = path.read_text("utf-8")
    path.unlink()
    make(blog, site=True)

    assert telling(blog, "2611.0000") == set()
    assert OLD.isoformat() not in shown(blog)
    path.write_text(text, "utf-8")
    make(blog, site=True)
    assert telling(blog, "2611.0000") == before


@pytest.mark.parametrize("moved", ["two posts", "all of them", "the folder"])
def test_posts_that_were_moved_are_not_deleted(
    blog: Path, moved: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Most Markdown is elsewhere, or no post is there: all stays, and it is said."""
    before = telling(blog, "2611.0000") - {f"posts/{OLD}/GAN.md"}
    days = [OLD, DAY - timedelta(days=1), DAY]
    if moved == "the folder":
        shutil.move(blog / "posts", blog.parent / f"{blog.name}-elsewhere")
        (blog / "posts").mkdir()
        settings = {"dir": blog / "posts", "notes_dir": blog / "notes"}
        told = OutputConfig.model_validate({**settings, "formats": FORMATS})
        assert write_outputs(told) == ()
        kept = {path for path in before if path.startswith("notes/")}
    else:
        for day in days[: 2 if moved == "two posts" else 3]:
            (blog / "posts" / day.isoformat() / "GAN.md").unlink()
        make(blog, site=moved == "two posts")
        kept = before
        assert "taken for moved, not deleted" in caplog.text
        assert "`chatpaper rebuild`" in caplog.text

    assert kept
    assert telling(blog, "2611.0000") >= kept


def test_pages_do_not_go_by_the_hundred(blog: Path) -> None:
    """A disk that was not there, with a post of tonight on it: the notes stay."""
    before = telling(blog / "notes", "2611.0000")
    shutil.move(blog / "posts", blog.parent / f"{blog.name}-elsewhere")
    posted(blog / "posts", DAY, failed())
    make(blog)

    assert telling(blog / "notes", "2611.0000") >= before


def test_a_note_that_its_reader_changed_stays(blog: Path) -> None:
    """It is the reader's own; the others of the entry go."""
    note = blog / "notes" / "obsidian" / "2611.00001.md"
    note.write_text(note.read_text("utf-8") + "\nMine.\n", "utf-8")
    change(blog, without_calm)
    make(blog)

    assert telling(blog, "2611.00001") == {"notes/obsidian/2611.00001.md"}


def without_point(text: str) -> str:
    """One statement is taken out."""
    lines = text.split("\n")
    return "\n".join(line for line in lines if '"2611.00001-points-2"' not in line)


def test_parts_of_an_entry_that_were_taken_out(blog: Path) -> None:
    """A statement, a figure, a title that was listed; the others keep their places."""
    old = shown(blog)[OLD.isoformat()]
    image = old.digests[0].pictures[0].file
    change(blog, without_point)
    change(blog, lambda text: text.replace(f"(GAN/{image})", "()"))
    change(blog, lambda text: text.replace("Late Papers", ""))
    new = shown(blog)[OLD.isoformat()]
    make(blog, site=True)

    anchors = [[c.anchor for c in shown_claims(p.digests[0])] for p in (old, new)]
    assert [a for a in anchors[0] if a not in anchors[1]] == ["2611.00001-points-2"]
    assert image not in {picture.file for picture in new.digests[0].pictures}
    assert (len(old.listed), len(new.listed)) == (1, 0)
    page = (blog / "site" / "papers" / "2611.00001.html").read_text("utf-8")
    assert "未能核对" not in page  # nothing is said of a judge that failed


def test_own_words_take_nothing_away(blog: Path) -> None:
    """A note, other line ends, another encoding: everything is told as before."""
    old = shown(blog)
    before = {p: (blog / p).read_bytes() for p in telling(blog, "2611.00001")}
    change(blog, lambda text: text.replace("## 论文", "My note.\n\n## 论文"))
    make(blog)

    assert shown(blog) == old
    after = {p: (blog / p).read_bytes() for p in telling(blog, "2611.00001")}
    assert {p for p in before if before[p] != after.get(p)} == {f"posts/{OLD}/GAN.md"}
    path = blog / "posts" / OLD.isoformat() / "GAN.md"
    path.write_bytes(path.read_text("utf-8").replace("\n", "\r\n").encode())
    assert shown(blog) == old
    path.write_bytes(path.read_text("utf-8").encode("gb18030"))
    assert shown(blog) == old


def wrapped(text: str) -> str:
    """As a formatter writes it that wraps prose and drops needless backslashes."""
    head, body = text.split("\n---\n", 1)
    lines = (
        textwrap.wrap(line, 40, break_on_hyphens=False) for line in body.split("\n")
    )
    return "\n---\n".join([head, "\n".join(map("\n".join, lines)).replace("\\_", "_")])


def sized(text: str) -> str:
    """With a figure as HTML, as who wants another width has to write it."""
    return re.sub(r"!\[Figure \d\]\((.*?)\)", r'<img src="\1" width="50%">', text)


def halved(text: str) -> str:
    """With other signs between the words, as formatters of Chinese write them."""
    return re.sub(r"(?<=[\u4e00-\u9fff])，", ", ", text).replace("\\'", "’")


@pytest.mark.parametrize("how", [wrapped, sized, halved])
def test_formatters_take_nothing_away(blog: Path, how: Callable[[str], str]) -> None:
    """Lines wrapped, escapes and figures written otherwise: all is told as before."""
    old = shown(blog)
    change(blog, how)

    assert shown(blog) == old


def test_a_comment_takes_out(blog: Path) -> None:
    """What stands between `<!--` and `-->` is told nowhere; all around it is."""
    make(blog, site=True)
    before = telling(blog, "2611.00002")
    change(blog, lambda text: text.replace("\n## 论文", "\n<!-- more -->\n\n## 论文"))
    first, second = '<a id="2611.00001"></a>\n', '<a id="2611.00002"></a>\n'
    change(blog, lambda text: text.replace(first, f"<!--\n{first}"))
    change(blog, lambda text: text.replace(second, f"-->\n\n{second}"))
    make(blog, site=True)

    assert telling(blog, "2611.00001") == {f"posts/{OLD}/GAN.md"}
    assert telling(blog, "2611.00002") == before


def test_a_post_that_hexo_does_not_publish(blog: Path) -> None:
    """`published: false` in its front matter takes it out, and all comes back."""
    make(blog, site=True)
    before = telling(blog, "2611.0000")
    change(blog, lambda text: text.replace("---\n", "---\npublished: false\n", 1))
    make(blog, site=True)

    assert telling(blog, "2611.0000") == {f"posts/{OLD}/GAN.md"}
    change(blog, lambda text: text.replace("published: false", "published: true"))
    make(blog, site=True)
    assert telling(blog, "2611.0000") == before


def test_an_empty_file_takes_nothing_out(
    blog: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk leaves one: all is told as it was written, and the log says so."""
    old = shown(blog)
    (blog / "posts" / OLD.isoformat() / "GAN.md").write_bytes(b"\n")

    assert shown(blog) == old
    assert "empty, told as it was written; delete it" in caplog.text


def test_a_file_that_cannot_be_read(
    blog: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is known of what it says: it is named, left out, and comes back."""
    old = shown(blog)
    path = blog / "posts" / OLD.isoformat() / "GAN.md"
    text = path.read_bytes()
    path.unlink()
    path.symlink_to(path.name)

    assert OLD.isoformat() not in shown(blog)
    assert f"left out until it can be read: {path}: " in caplog.text
    path.unlink()
    path.write_bytes(text)
    assert shown(blog) == old


@pytest.mark.parametrize("twin", ["[" * 100_000, '{"format": 2', "[]", ""])
def test_a_damaged_twin_costs_its_own_post_alone(blog: Path, twin: str) -> None:
    """It is nested without end, cut off, another thing or nothing: others are told."""
    path = blog / "posts" / OLD.isoformat() / "GAN.json"
    whole = path.read_bytes()
    path.write_text(twin, "utf-8")

    assert len(shown(blog)) == 2
    make(blog)
    path.write_bytes(whole)
    assert len(shown(blog)) == 3


@pytest.mark.parametrize("stem", ["../../../out", "/tmp/out", "..", "C:out", "a\\b"])
def test_a_twin_sends_no_file_elsewhere(
    blog: Path, stem: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Who may change a blog's files may not write beside them by naming a place."""
    path = blog / "posts" / OLD.isoformat() / "GAN.json"
    twin = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**twin, "stem": stem}), "utf-8")
    before = {*blog.parent.rglob("*")}
    make(blog)

    assert "not the twin of a post" in caplog.text
    assert {*blog.parent.rglob("*")} <= before
    assert len(shown(blog)) == 2


def test_a_line_that_leads_elsewhere_counts_by_its_whole_address(blog: Path) -> None:
    """The line of `a-1` is not told because that of `a-12` still stands."""
    lines = [
        Digest(paper=paper(n, f"No. {n}", id=f"a-{n}"), stands_in="VAE")
        for n in (1, 12)
    ]
    posted(blog / "posts", OLD, *lines)
    change(blog, lambda text: text.replace("(../VAE/#a-1)", ""))

    assert [d.paper.id for d in shown(blog)[OLD.isoformat()].digests] == ["a-12"]


def test_a_night_without_news_finds_what_was_taken_out(nights: Night) -> None:
    """The outputs are made anew once, no model is asked, and nothing comes back."""
    nights.settings["output"] = {"formats": ["hexo", "feeds"]}
    nights.run()
    feed = nights.directory / "posts" / "feeds" / "atom.xml"
    (path,) = nights.directory.glob("posts/*/GAN.md")
    nights.now += timedelta(days=1)
    quiet, calls = nights.run(), len(nights.gemini.calls)
    written = feed.stat().st_mtime_ns
    nights.run()
    assert feed.stat().st_mtime_ns == written
    text = path.read_text("utf-8")
    start, end = (text.index(f'<a id="2611.0000{n}"></a>\n') for n in (1, 0))
    path.write_text(text[:start] + text[end:], "utf-8")
    report = nights.run()

    assert (quiet.posted, report.posted, report.new) == (0, 0, 0)
    assert "2611.00001" not in feed.read_text("utf-8")
    assert "2611.00000" in feed.read_text("utf-8")
    assert len(nights.gemini.calls) == calls


def test_what_is_taken_out_while_outputs_are_made_is_seen_next_time(
    blog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody saves a post that was read already: the next run makes them anew.

    So does a run to which an output was added, though no post has changed.
    """
    made = []

    def slow(posts: Iterable[Post], _: OutputConfig) -> dict[str, bytes]:
        """An output that is not done when the post is changed."""
        made.append(sum(len(post.digests) for post in posts))
        if len(made) == 1:
            change(blog, without_calm)
        return {}

    monkeypatch.setitem(OUTPUTS, "slow", slow)
    monkeypatch.setitem(OUTPUTS, "added", lambda _, __: {})
    output = {"dir": str(blog / "posts"), "formats": ["hexo", "slow"]}
    config = Config.model_validate({"output": output})
    output |= {"formats": ["hexo", "slow", "added"]}
    with Store(blog / "store") as store:
        for _ in range(3):
            assert renew_outputs(config, store) == ()
        assert made == [4, 3]
        assert renew_outputs(Config.model_validate({"output": output}), store) == ()

    assert made == [4, 3, 3]


@pytest.mark.parametrize("first", [0, 1])
def test_no_new_entry_gets_into_a_comment(nights: Night, first: int) -> None:
    """A later run of the day puts it behind the entry that was commented out."""
    nights.run()
    (path,) = nights.directory.glob("posts/*/GAN.md")
    text = path.read_text("utf-8")
    starts = [f'<a id="2611.0000{n}"></a>\n' for n in (2, 1, 0)][first:]
    out = f"<!--\n{starts[0]}"
    text = text.replace(starts[0], out).replace(starts[1], f"-->\n\n{starts[1]}")
    path.write_text(text, "utf-8")
    nights.arxiv.records.append(record(7))
    nights.run()
    told = {d.paper.id for d in read_standing(path.with_suffix(".json")).digests}

    assert told == {f"2611.0000{n}" for n in {0, 1, 2, 7} - {2 - first}}
    assert not path.with_name("GAN.md.new").exists()
