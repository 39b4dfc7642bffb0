"""A paper of two topics stands in one post of the day, and is a line in others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from chatpaper.config import Config, OutputConfig
from chatpaper.delivery import as_text, compose_post
from chatpaper.errors import ConfigError
from chatpaper.outputs import write_outputs
from chatpaper.pipeline import (
    Controls,
    exit_code,
    rebuild_posts,
    redo_papers,
)
from chatpaper.pipeline.run import run
from chatpaper.posts import (
    address_beside,
    check_markdown,
    check_post,
    phrases_in,
    publish,
    read_edits,
    read_post_data,
    render_post,
)
from chatpaper.records import Digest, Post, RunReport
from chatpaper.site import SiteSettings, build_site
from faulty_posts import Change, swap
from night import Night, night, record
from rich_digests import (
    DAY,
    calm_gan,
    new_version,
    paper,
    pictures_of,
    plain_sentences,
)
from servers.arxiv import Fault
from servers.gemini_faults import KEY
from servers.robots import Robots

FIRST, SECOND = "GAN", "Small nets"
TOPICS = (
    "3DGS/GS",
    "..",
    "医学图像",
    "</script><script>alert(1)//'\\",
    "😀",
    "a`b[c](d)",
)


def elsewhere(digest: Digest, topic: str = "Diffusion Models") -> Digest:
    """A paper that another topic's post has in full."""
    return replace(digest, stands_in=topic)


def post_of(*digests: Digest, **more: Any) -> Post:
    """A post of the day."""
    return render_post("GAN", DAY, digests, **more)


def faults(post: Post, markdown: str = "") -> list[str]:
    """What the gate has against a post whose pictures are all there."""
    shown = {p.file for digest in post.entries for p in digest.pictures}
    files = {f"{folder}/{p}" for p in shown for folder in ("GAN", "GAN/GAN")}
    found = check_markdown(markdown or post.markdown, post.data, files)
    return [f"{p.rule}: {p.text}" for p in found]


# ---------------------------------------------------------------- the line


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_is_one_line_with_a_link(language: str) -> None:
    """The paper is named once, counted apart, and has no entry of its own."""
    post = post_of(calm_gan(), elsewhere(plain_sentences()), language=language)
    other = plain_sentences().paper
    (line,) = [t for t in post.markdown.split("\n") if other.versioned_id in t]
    address = f"(../Diffusion-Models/#{other.id})"
    see = {"zh": "见 Diffusion Models", "en": "see Diffusion Models"}[language]
    count = {
        "zh": "收录 1 篇，已总结 1 篇，1 篇见同日的 Diffusion Models。",
        "en": "1 papers, 1 summarized, 1 stand in the day's post on Diffusion Models.",
    }[language]

    assert faults(post) == []
    assert line.startswith("2. [")
    assert address in line
    assert see in line
    assert f'<a id="{other.id}">' not in post.markdown
    assert count in post.markdown.replace("\\", "")
    assert "· 1 " in post.markdown.split("\n")[1]
    assert "Diffusion Models" in post.markdown.split("description: ")[1].split("\n")[0]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_line_says_that_its_paper_was_withdrawn(
    language: Literal["zh", "en"], tmp_path: Path
) -> None:
    """As its entry does, which may stand where nobody looks; so does the page."""
    gone = replace(elsewhere(plain_sentences()), withdrawn_on=date(2026, 11, 25))
    post = post_of(calm_gan(), gone, language=language)
    say = phrases_in(language)
    badge = f" `{say.withdrawn_badge}`"
    publish(
        post,
        tmp_path / "posts" / DAY.isoformat(),
        pictures_of(calm_gan()),
        drafts=tmp_path / "drafts",
    )
    notes = tmp_path / "notes"
    settings = OutputConfig(
        dir=tmp_path / "posts", notes_dir=notes, formats=("plain",), language=language
    )
    assert write_outputs(settings) == ()
    (page,) = notes.rglob("index.md")

    assert faults(post) == []
    assert post.markdown.count(badge) == 1
    assert faults(post, post.markdown.replace(badge, "")) != []
    assert page.read_text("utf-8").count(f" · {say.withdrawn_badge} · ") == 1


@pytest.mark.parametrize("topic", TOPICS)
def test_lines_alone_make_a_post(topic: str) -> None:
    """Whatever the topics and the papers are called, nothing acts and all is named."""
    bracketed = replace(calm_gan(), paper=paper(7, "[x](y) of $a$ `b` {{ c }} <i>"))
    post = post_of(*(elsewhere(d, topic) for d in (plain_sentences(), bracketed)))

    assert faults(post) == []
    assert post.markdown.count(address_beside(topic, "2611.00007")) == 1
    assert "收录" not in post.markdown
    assert "## 论文" not in post.markdown


def test_a_line_has_no_pictures() -> None:
    """None is the post's cover either."""
    post = post_of(elsewhere(calm_gan()), plain_sentences())
    head = post.markdown.split("---")[1]

    assert "cover: false" in head
    assert calm_gan().pictures[0].file not in post.markdown


MIXED = (calm_gan(), elsewhere(plain_sentences()))
OTHER = plain_sentences().paper.id


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (swap(f"../Diffusion-Models/#{OTHER}", f"../GAN/#{OTHER}"), "links"),
        (swap(f"../Diffusion-Models/#{OTHER}", "../Diffusion-Models/#x"), "links"),
        (swap(f"../Diffusion-Models/#{OTHER}", "https://a.org/"), "papers"),
        (swap("· 见 Diffusion Models", "· 见 NeRF"), "papers"),
        (swap("，1 篇见同日的 Diffusion Models", ""), "claims"),
        (
            lambda text: "\n".join(t for t in text.split("\n") if "../" not in t),
            "papers",
        ),
    ],
    ids=["post", "entry", "foreign", "topic", "count", "line"],
)
def test_the_gate_knows_the_line(change: Change, rule: str) -> None:
    """Whatever of it the writer forgets or gets wrong, the post is refused."""
    post = post_of(*MIXED)
    found = faults(post, change(post.markdown))

    assert any(fault.startswith(f"{rule}: ") for fault in found)


def test_the_gate_wants_no_second_entry() -> None:
    """A writer that shows it in full is refused."""
    full, post = post_of(calm_gan(), plain_sentences()), post_of(*MIXED)

    assert any("heading" in fault for fault in faults(post, full.markdown))


def test_the_twin_keeps_the_whole_entry() -> None:
    """Read back it is the same; a post without lines has no such key."""
    post, bare = post_of(*MIXED), post_of(calm_gan())
    back = read_post_data(post.data)

    assert back.elsewhere == (elsewhere(plain_sentences()),)
    assert json.loads(post.data)["format"] == 2
    assert "stands_in" not in bare.data


def test_a_line_that_is_taken_out_stays_out() -> None:
    """A note in its place is kept; a line that only moved is not taken out."""
    post = post_of(*MIXED)
    lines = post.markdown.split("\n")
    (line,) = [text for text in lines if "../Diffusion" in text]
    gone = read_edits(post.markdown, post, post.markdown.replace(line, "Mine."))
    moved = read_edits(post.markdown, post, post.markdown.replace(line, "") + line)

    assert gone is not None
    assert {key.name for key in gone.removed} == {OTHER}
    assert moved is not None
    assert not moved.removed


def test_a_new_version_is_a_line_too() -> None:
    """Its changes stand once; the gate wants the line, and no second section."""
    update = replace(new_version(), stands_in="Diffusion Models")
    post = post_of(calm_gan(), updates=[update])
    full = post_of(calm_gan(), updates=[new_version()])
    (line,) = [t for t in post.markdown.split("\n") if "../Diffusion-Models/#" in t]
    gone = read_edits(post.markdown, post, post.markdown.replace(line, ""))

    assert line.startswith("2. [")
    assert " `更新` · 见 Diffusion Models · [2611.00005v2](" in line
    assert "## 更新" not in post.markdown
    assert "1 篇旧文有新版本" in post.markdown
    assert faults(post) == []
    assert faults(post, full.markdown) != []
    assert faults(post, post.markdown.replace(line, "")) != []
    assert read_post_data(post.data).updates == (update,)
    assert "stands_in" not in full.data
    assert gone is not None
    assert {key.name for key in gone.removed} == {update.paper.id}


# ---------------------------------------------------------------- nights


class Nights:
    """Nights of two topics that find the same papers; one day is looked at."""

    def __init__(self, made: Night) -> None:
        self.made = made
        self.names = [FIRST, SECOND]
        self.folder = made.directory / "posts" / "2026-11-18"

    @property
    def config(self) -> Config:
        """With both topics."""
        topics = [{"name": name, "queries": ["ti:GAN"]} for name in self.names]
        return Config.model_validate({**self.made.sections, "topics": topics})

    def run(self, *topics: str) -> list[RunReport]:
        """A run of some topics, or of all."""
        made = self.made
        return run(
            self.config,
            topics=topics,
            key=KEY,
            now=lambda: made.now,
            sleep=made.naps.append,
        )

    def path(self, topic: str) -> Path:
        """Of a post's Markdown."""
        return self.folder / f"{topic.replace(' ', '-')}.md"

    def post(self, topic: str) -> Post:
        """A post that the gate has nothing against."""
        assert check_post(self.path(topic)) == ()
        return read_post_data(self.path(topic).with_suffix(".json").read_text("utf-8"))

    def counts(self) -> dict[str, tuple[int, int]]:
        """Of each topic's post: entries, and lines."""
        posts = {name: self.post(name) for name in self.names}
        return {n: (len(p.entries), len(p.elsewhere)) for n, p in posts.items()}


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    """Three papers of both topics, and an empty store."""
    with night(tmp_path) as made:
        made.settings["llm"] = {"provider": "extractive"}
        yield Nights(made)


def test_the_first_topic_has_it_in_full(nights: Nights) -> None:
    """Each paper is summarised once; the second post names all."""
    del nights.made.settings["llm"]
    first, second = nights.run()
    again = nights.run()

    assert (exit_code([first, second]), second.posted) == (0, 3)
    assert "3 stand in the post on GAN" in second.message
    assert nights.counts() == {FIRST: (3, 0), SECOND: (0, 3)}
    assert set(nights.made.calls().values()) == {1}
    assert {report.why for report in again} == {"all-seen"}
    assert [*nights.folder.glob("Small-nets/*")] == []


def test_whoever_stands_first_has_it(nights: Nights) -> None:
    """A topic that is run alone later leads to what stands, whatever their order."""
    nights.run(SECOND)
    nights.made.arxiv.records.append(record(7))
    nights.run(FIRST)
    nights.run(SECOND)

    assert nights.counts() == {FIRST: (1, 3), SECOND: (3, 1)}


def test_what_failed_in_the_first_is_in_the_second(nights: Nights) -> None:
    """An entry without a summary serves nobody; when it has one the other stays."""
    nights.made.arxiv.fail("/pdf/2611.00001", Fault(status=404), times=1)
    nights.run()
    assert nights.counts() == {FIRST: (3, 0), SECOND: (1, 2)}
    assert nights.post(FIRST).entries[1].failure is not None
    nights.made.now += timedelta(hours=1)
    nights.run()

    first = {d.paper.id: d.stands_in for d in nights.post(FIRST).digests}
    assert first["2611.00001"] == SECOND
    assert nights.counts()[SECOND] == (1, 2)
    shown = [*nights.post(FIRST).entries, *nights.post(SECOND).entries]
    assert {d.paper.id for d in shown if d.summary} == {
        f"2611.0000{n}" for n in range(3)
    }


def test_a_post_that_is_read_only_serves_nobody(nights: Nights) -> None:
    """What was written beside it, no reader of the blog sees."""
    nights.run(FIRST)
    nights.path(FIRST).chmod(0o444)
    nights.made.arxiv.records.append(record(7))
    nights.run()

    second = nights.post(SECOND)
    assert [d.paper.id for d in second.entries] == ["2611.00007"]
    assert len(second.elsewhere) == 3


def test_other_days_are_other_days(nights: Nights) -> None:
    """Posted yesterday on another topic, a paper is in full in today's."""
    nights.run(FIRST)
    nights.made.now += timedelta(days=1)
    nights.run(SECOND)
    (path,) = (nights.made.directory / "posts" / "2026-11-19").glob("*.md")

    assert check_post(path) == ()
    assert "../" not in path.read_text("utf-8")


@pytest.mark.parametrize("how", ["deleted", "taken out"])
def test_an_entry_that_goes_comes_up_in_the_other(nights: Nights, how: str) -> None:
    """The check names the dead line, and the next run of the day writes it in full."""
    nights.run()
    path, second = nights.path(FIRST), nights.path(SECOND)
    text = path.read_text("utf-8")
    if how == "deleted":
        path.unlink()
    else:
        start, end = (text.index(f'<a id="2611.0000{n}"') for n in (1, 0))
        path.write_text(text[:start] + text[end:], encoding="utf-8")
    dead = [p for p in check_post(second) if p.rule == "links"]
    (report,) = nights.run(SECOND)

    assert {p.paper for p in dead} >= {"2611.00001v1"}
    assert "chatpaper rebuild" in dead[0].text
    assert "2611.00001v1" in report.message
    there = nights.post(SECOND)
    assert "2611.00001" in {d.paper.id for d in there.entries}
    assert len(there.elsewhere) == (0 if how == "deleted" else 2)
    assert nights.run(SECOND)[0].post is None


def test_a_new_version_is_told_in_full_once(nights: Nights) -> None:
    """Of two posts of a night the second leads to the first, and shows it when needed.

    The page of the paper has one version more, not two.
    """
    nights.run()
    nights.made.now += timedelta(days=1)
    nights.made.arxiv.records.append(record(1, version=2, abstract="Another one."))
    nights.run()
    folder = nights.folder.with_name("2026-11-19")
    nights.folder = folder
    first, second = nights.post(FIRST), nights.post(SECOND)
    site = nights.made.directory / "site"
    build_site(SiteSettings(posts=folder.parent, site=site))
    page = (site / "papers" / "2611.00001.html").read_text("utf-8")
    nights.path(FIRST).unlink()
    (report,) = nights.run(SECOND)

    assert [u.stands_in for u in (*first.updates, *second.updates)] == ["", FIRST]
    assert page.count("v1 → v2") == 1
    assert "shows 2611.00001v2 itself now" in report.message
    assert [u.stands_in for u in nights.post(SECOND).updates] == [""]
    assert "v1 → v2" in nights.path(SECOND).read_text("utf-8")


def test_rebuild_keeps_who_has_it(nights: Nights) -> None:
    """Both posts lost, or one; an alphabet of topics does not turn them round."""
    nights.names = ["Zebra GANs", SECOND]
    nights.run()
    counts = {"Zebra GANs": (3, 0), SECOND: (0, 3)}
    before = {name: nights.path(name).read_bytes() for name in nights.names}
    for gone in (nights.names, nights.names[:1], nights.names[1:]):
        for name in gone:
            nights.path(name).unlink()
        done = rebuild_posts(nights.config)
        assert all(r.complete for r in done)
        assert nights.counts() == counts
    assert {name: nights.path(name).read_bytes() for name in nights.names} == before


def test_rebuild_of_one_shows_what_the_other_lost(nights: Nights) -> None:
    """With its pictures, if it had any; the other comes back as it was."""
    nights.run()
    text = nights.path(FIRST).read_bytes()
    nights.path(FIRST).unlink()
    (done,) = rebuild_posts(nights.config, topic=SECOND)
    assert (done.papers, nights.post(SECOND).elsewhere) == (3, ())
    rebuild_posts(nights.config, topic=FIRST)

    assert nights.path(FIRST).read_bytes() == text
    with pytest.raises(ConfigError):
        rebuild_posts(nights.config, topic="NeRF")


@pytest.mark.parametrize("topic", ["", FIRST, SECOND])
def test_redo_reaches_the_entry_and_its_lines(nights: Nights, topic: str) -> None:
    """Whichever topic is named; the model is asked once."""
    del nights.made.settings["llm"]
    nights.run()
    calls = len(nights.made.gemini.calls)
    controls = Controls(
        key=KEY, now=lambda: nights.made.now, sleep=nights.made.naps.append
    )
    done, unknown = redo_papers(
        nights.config, ["2611.00001"], topic=topic, controls=controls
    )

    assert {one.topic for one in done} == {FIRST, SECOND}
    assert not unknown
    assert 0 < len(nights.made.gemini.calls) - calls <= 2
    assert nights.counts() == {FIRST: (3, 0), SECOND: (0, 3)}


# ---------------------------------------------------------------- what is made of posts


@pytest.fixture
def two_posts(tmp_path: Path) -> Path:
    """One has a paper in full; the other a line for it, and another paper."""
    posts = tmp_path / "posts"
    for topic, digests in (
        ("GAN", (calm_gan(),)),
        ("Small nets", (elsewhere(calm_gan(), "GAN"), plain_sentences())),
    ):
        post = render_post(topic, DAY, digests)
        pictures = pictures_of(*post.entries)
        publish(post, posts / DAY.isoformat(), pictures, drafts=tmp_path / "drafts")
    return posts


def test_feeds_have_it_once_in_all_and_whole_in_each(two_posts: Path) -> None:
    """Who subscribes to one topic reads no other feed."""
    formats = ("feeds", "bibtex")
    settings = OutputConfig(dir=two_posts, timezone="UTC", formats=formats)
    assert write_outputs(settings) == ()
    feeds = {
        path.name: json.loads(path.read_text("utf-8"))["items"]
        for path in (two_posts / "feeds").glob("*feed.json")
    }
    wanted = calm_gan().paper.id
    found = {
        name: [item for item in items if item["id"].endswith(wanted)]
        for name, items in feeds.items()
    }
    bib = (two_posts / DAY.isoformat() / "Small-nets.bib").read_text("utf-8")

    assert [len(items) for items in found.values()] == [1, 1, 1]
    assert len({items[0]["content_html"] for items in found.values()}) == 1
    assert found["feed.json"][0]["tags"] == ["GAN", "Small nets"]
    assert bib.count("@") >= 2


def test_the_site_leads_from_both_topics_to_one_page(two_posts: Path) -> None:
    """The paper's page has its figures; the day names it under both, once in full."""
    site = two_posts.parent / "site"
    build_site(SiteSettings(posts=two_posts, site=site))
    page = calm_gan().paper.id
    day = (site / "days" / f"{DAY}.html").read_text("utf-8")
    months = [p.read_text("utf-8") for p in (site / "months").rglob("*.html")]
    paper_page = (site / "papers" / f"{page}.html").read_text("utf-8")

    assert day.count(f"papers/{page}.html") == 2
    assert "· 见 GAN" in day
    assert [f"papers/{page}.html" in text for text in months] == [True, True]
    assert f"../figures/{page}/{calm_gan().pictures[0].file}" in paper_page
    assert all(f"topics/{t}.html" in paper_page for t in ("GAN", "Small-nets"))


def test_notes_have_one_note_and_a_line(two_posts: Path) -> None:
    """The vault's note has the figures; pages lead to each other's headings."""
    folder = two_posts.parent / "notes"
    formats = ("plain", "hugo", "obsidian")
    settings = OutputConfig(
        dir=two_posts, notes_dir=folder, formats=formats, timezone="UTC"
    )
    assert write_outputs(settings) == ()
    page = f"{DAY}/small-nets/index.md"
    plain, hugo = ((folder / name / page).read_text("utf-8") for name in formats[:2])
    linked = re.search(r"\]\((\.\./gan/index\.md)#(\S+)\) · 见 GAN · ", plain)
    first = calm_gan().pictures[0].file

    assert linked is not None
    there = ((folder / "plain" / page).parent / linked[1]).resolve().read_text("utf-8")
    assert linked[2] == "calm-gan-damping-the-critic-with-an-ell_2-budget-for-few-shots"
    assert "## Calm-GAN: Damping the Critic with an" in there
    assert "](../gan/#2611.00001) · 见 GAN" in hugo
    headed = (folder / f"hugo/{DAY}/gan/index.md").read_text("utf-8")
    assert " {#2611.00001}\n" in headed
    assert not [*(folder / "plain" / page).parent.glob(first)]
    assert [*(folder / "obsidian" / "pictures").rglob(first)]


@pytest.mark.parametrize("all_topics", [True, False])
def test_who_is_told_of_both_topics_is_told_once(*, all_topics: bool) -> None:
    """Who is told of one alone is told all of it, with a link to where it stands."""
    there = render_post("GAN", DAY, [calm_gan()])
    post = render_post(
        "Small nets", DAY, [elsewhere(calm_gan(), "GAN"), plain_sentences()]
    )
    beside = {} if all_topics else {"GAN": there.markdown}
    options = {"language": "zh", "site_url": "https://a.org/blog", "beside": beside}
    message = compose_post(post, told=(), markdown=post.markdown, **options)  # type: ignore[arg-type]
    assert message is not None
    text = as_text(message)
    told = compose_post(post, told=message.items, markdown=post.markdown, **options)  # type: ignore[arg-type]

    assert told is None
    assert ("另有 1 篇见同日的 GAN" in text) == all_topics
    assert ("梯度预算" in text) != all_topics
    assert ("https://a.org/blog/2026-11-20/GAN/#" in text) != all_topics
    assert f"{2 - all_topics} 篇" in message.subject


def test_a_night_tells_each_channel_what_it_has_not_heard(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One robot hears of both topics, the other of the second."""
    with Robots() as robots:
        monkeypatch.setenv("WECOM_WEBHOOK", robots.url("wecom"))
        nights.made.settings["deliver"] = {
            "channels": [
                {"kind": "wecom", "name": "both"},
                {"kind": "wecom", "name": "one", "topics": [SECOND]},
            ]
        }
        nights.run()
        texts = [said["markdown"]["content"] for said in robots.taken]

    assert [text.split(" · ")[0].lstrip("*[") for text in texts] == [FIRST, SECOND]
    assert [text.count("/abs/2611.") for text in texts] == [3, 3]
