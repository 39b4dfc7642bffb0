"""Feeds, held to their specifications and read back by another reader."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree as ET

import feedparser
import pytest

from chatpaper.config import OutputConfig, load_config
from chatpaper.errors import ConfigError
from chatpaper.outputs import OUTPUTS, posts_in, write_outputs
from chatpaper.posts import publish, render_post
from chatpaper.records import Digest, Post, Update
from commands import run_command
from pages import parsed
from rich_digests import (
    DAY,
    at,
    calm_gan,
    digest_of,
    failed,
    hostile,
    new_version,
    paper,
    pictures_of,
    plain_sentences,
)

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ATOM = "{http://www.w3.org/2005/Atom}"
HOME = "https://me.github.io/blog/"
BASE = OutputConfig(formats=("feeds",), timezone="Asia/Shanghai")
WITH_HOME = BASE.model_copy(update={"site_url": HOME})


def posted(
    folder: Path,
    topic: str,
    day: date,
    *digests: Digest,
    updates: Iterable[Update] = (),
) -> None:
    """A post on the disk."""
    post = render_post(topic, day, digests, updates=updates)
    images = pictures_of(*post.digests)
    publish(post, folder / day.isoformat(), images, drafts=folder / "drafts")


def morning(folder: Path) -> Path:
    """Two topics, a hostile paper, a failed one, a new version."""
    posted(folder, "GAN", DAY - timedelta(days=1), plain_sentences())
    posted(folder, "GAN", DAY, calm_gan(), failed(), hostile(), updates=[new_version()])
    posted(folder, "医学图像", DAY, calm_gan())
    return folder


def feeds_of(folder: Path, settings: OutputConfig = WITH_HOME) -> Mapping[str, bytes]:
    """The files by name, without their folder."""
    files = OUTPUTS["feeds"](posts_in(folder), settings)
    return {
        path.rpartition("/")[2]: content for path, content in files.items() if content
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """The feeds of a morning."""
    return feeds_of(morning(tmp_path_factory.mktemp("posts")))


ALL_ATOM, ALL_RSS, ALL_JSON = "atom.xml", "rss.xml", "feed.json"


def test_each_topic_has_its_feeds_and_all_have_one(files: Mapping[str, bytes]) -> None:
    """Three formats each."""
    assert set(files) == {
        f"{stem}{ending}"
        for stem in ("", "GAN.", "医学图像.")
        for ending in (ALL_ATOM, ALL_RSS, ALL_JSON)
    }


# ---------------------------------------------------------------- the specifications


@pytest.mark.parametrize("name", ["atom.xml", "GAN.atom.xml", "医学图像.atom.xml"])
def test_atom_is_as_rfc_4287_asks(files: Mapping[str, bytes], name: str) -> None:
    """Required elements stand once, dates are RFC 3339, ids are unique IRIs."""
    root = ET.fromstring(files[name])
    assert root.tag == f"{ATOM}feed"
    ids = []
    for element in (root, *root.findall(f"{ATOM}entry")):
        for tag in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{tag}")) == 1, tag
        for tag in ("updated", "published"):
            for moment in element.findall(f"{ATOM}{tag}"):
                assert MOMENT.fullmatch(moment.text or "")
        assert element.findall(f"{ATOM}author/{ATOM}name")
        alternates = element.findall(f"{ATOM}link[@rel='alternate']")
        content = element.find(f"{ATOM}content")
        assert len(alternates) <= 1
        if element is not root:
            assert content is not None
            assert content.attrib == {"type": "html"}
        ids.append(element.findtext(f"{ATOM}id") or "")
    assert len(ids) == len(set(ids))
    assert all(re.match(r"https://arxiv\.org/abs/|urn:uuid:", one) for one in ids)
    served = root.find(f"{ATOM}link[@rel='self']")
    assert served is not None
    assert served.attrib["href"].startswith(f"{HOME}feeds/")
    assert served.attrib["href"].isascii()


def test_rss_is_as_2_0_asks(files: Mapping[str, bytes]) -> None:
    """Channel and items have what they must, dates are RFC 822, guids are no links."""
    root = ET.fromstring(files["GAN.rss.xml"])
    (channel,) = root
    assert (root.tag, root.attrib["version"]) == ("rss", "2.0")
    for tag in ("title", "link", "description", "lastBuildDate"):
        assert channel.findtext(tag), tag
    items = channel.findall("item")
    assert items
    for item in items:
        assert item.findtext("title")
        guid = item.find("guid")
        assert guid is not None
        assert guid.attrib == {"isPermaLink": "false"}
        said = item.findtext("pubDate") or ""
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", said)
        assert parsedate_to_datetime(said).tzinfo is not None
    # A link must begin with a scheme that IANA knows.
    assert all(
        (item.findtext("link") or "https://").startswith("https://") for item in items
    )


def test_json_feed_is_as_1_1_asks(files: Mapping[str, bytes]) -> None:
    """Only known keys, of the kinds they must have."""
    feed = json.loads(files["feed.json"])
    top = {
        "version": str,
        "title": str,
        "description": str,
        "home_page_url": str,
        "feed_url": str,
        "language": str,
        "authors": list,
        "items": list,
    }
    of_items = {
        "id": str,
        "url": str,
        "title": str,
        "summary": str,
        "content_html": str,
        "date_published": str,
        "date_modified": str,
        "authors": list,
        "tags": list,
    }
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert {name: type(value) for name, value in feed.items()} == top
    for item in feed["items"]:
        assert {"id", "content_html"} <= item.keys() <= of_items.keys()
        assert all(isinstance(item[name], of_items[name]) for name in item)
        datetime.fromisoformat(item["date_published"])
        assert all(author.keys() == {"name"} for author in item["authors"])


# ---------------------------------------------------------------- what a reader gets


@pytest.mark.parametrize("name", ["GAN.atom.xml", "GAN.rss.xml"])
def test_a_foreign_reader_reads_them_back(
    files: Mapping[str, bytes], name: str
) -> None:
    """Newest first: titles, ids, days, authors and whole contents."""
    feed = feedparser.parse(files[name])

    assert not feed.bozo
    assert [entry.id.rpartition("/")[2] for entry in feed.entries] == [
        "2611.00001",
        "2611.00003",
        "2611.00004",
        "2611.00005v2",
        "2611.00002",
    ]
    first = feed.entries[0]
    assert first.title == "Calm-GAN：以 ℓ2 预算约束判别器的小样本图像合成"
    assert first.link == "https://arxiv.org/abs/2611.00001v1"
    # A day begins at midnight in Shanghai.
    assert first.published_parsed[:5] == (2026, 11, 19, 16, 0)
    assert "Damping the Critic" in first.content[0].value
    assert "「⚠ 引文中无：99.54%」" in first.content[0].value
    assert [author.name for author in first.authors][:2] == [
        "Lena Ostrowski",
        "Wei-Han Tu",
    ]
    assert "<ins>148</ins>" in feed.entries[3].content[0].value
    assert feed.entries[3].title.startswith("更新：Mirrors and Masks")


def test_contents_are_the_same_and_safe(files: Mapping[str, bytes]) -> None:
    """Each format carries the same HTML, without script, frame or foreign picture."""
    atom = ET.fromstring(files[ALL_ATOM])
    rss = ET.fromstring(files[ALL_RSS])
    items = json.loads(files[ALL_JSON])["items"]
    contents = [e.text for e in atom.iter(f"{ATOM}content")]
    encoded = "{http://purl.org/rss/1.0/modules/content/}encoded"

    assert contents == [item["content_html"] for item in items]
    assert contents == [e.text for e in rss.iter(encoded)]
    for html in contents:
        page = parsed(html or "")
        assert not page.all("script", "iframe", "object", "style", "img")
        assert not [e for e in page.all() if "id" in e.attributes]


def test_a_summary_in_rss_is_escaped_for_its_readers(
    files: Mapping[str, bytes],
) -> None:
    """They take a description for HTML."""
    rss = ET.fromstring(files[ALL_RSS])
    (evil,) = (
        item.findtext("description") or ""
        for item in rss.iter("item")
        if (item.findtext("guid") or "").endswith("00004")
    )

    assert "<" not in evil
    assert "&lt;script&gt;alert(1)" in evil


def test_a_paper_of_two_topics_comes_once_to_the_feed_of_all(
    files: Mapping[str, bytes],
) -> None:
    """With both as its categories."""
    items = json.loads(files[ALL_JSON])["items"]
    (calm,) = (item for item in items if item["id"].endswith("2611.00001"))

    assert calm["tags"] == ["GAN", "医学图像"]


# ---------------------------------------------------------------- as nights go by


def ids(folder: Path, name: str = "GAN.feed.json") -> list[str]:
    """Ids of a feed's entries, newest first."""
    items = json.loads(feeds_of(folder)[name])["items"]
    return [item["id"].removeprefix("https://arxiv.org/abs/") for item in items]


def test_a_new_version_is_news_beside_its_paper(tmp_path: Path) -> None:
    """The paper keeps its id; the version has its own, also when summarised anew."""
    old = calm_gan()
    new = replace(old.paper, version=2, title="Calmer-GAN")
    told = Update(paper=new, previous=old.paper, posted_on=DAY)
    posted(tmp_path, "GAN", DAY, old)
    posted(tmp_path, "GAN", DAY + timedelta(days=3), plain_sentences(), updates=[told])
    assert ids(tmp_path) == ["2611.00002", "2611.00001v2", "2611.00001"]
    posted(tmp_path, "GAN", DAY + timedelta(days=4), replace(old, paper=new))

    assert ids(tmp_path) == ["2611.00001v2", "2611.00002", "2611.00001"]


def test_a_paper_that_failed_first_keeps_its_id(tmp_path: Path) -> None:
    """When it is whole it moves up, changed, and is not there twice."""
    lost = failed()
    posted(tmp_path, "GAN", DAY, lost)
    posted(tmp_path, "GAN", DAY + timedelta(days=1), plain_sentences())
    whole = digest_of(lost.paper, [("abstract", "现在有了一句话。", at(1))])
    posted(tmp_path, "GAN", DAY + timedelta(days=2), whole)
    first, second = json.loads(feeds_of(tmp_path)["GAN.feed.json"])["items"]

    assert first["id"] == "https://arxiv.org/abs/2611.00003"
    assert first["date_published"] < second["date_published"] < first["date_modified"]


def test_feeds_are_bounded(tmp_path: Path) -> None:
    """Sixty entries, the newest."""
    for day in range(4):
        night = [
            digest_of(one, [("abstract", "一句。", at(1))])
            for n in range(40)
            for one in [paper(n + 1, f"Paper {n}", id=f"2611.{day * 40 + n:05d}")]
        ]
        posted(tmp_path, "GAN", DAY + timedelta(days=day), *night)
    found = ids(tmp_path)

    assert len(found) == 60
    assert found[0] == "2611.00120"
    assert not {f"2611.{n:05d}" for n in range(80)} & set(found)


def test_papers_from_elsewhere_have_urns(tmp_path: Path) -> None:
    """A file of a folder is on no server, and keeps its id all the same."""
    nowhere = {"source": "folder", "abs_url": None, "pdf_url": None}
    local = paper(1, "A Local Paper", id="my file", **nowhere)
    posted(tmp_path, "GAN", DAY, digest_of(local, [("abstract", "一句。", at(1))]))
    once, again = (json.loads(feeds_of(tmp_path)["feed.json"]) for _ in range(2))
    (item,) = once["items"]

    assert once == again
    assert "url" not in item
    assert UUID(item["id"].removeprefix("urn:uuid:")).version == 5


def test_without_an_address_they_are_whole_all_the_same(tmp_path: Path) -> None:
    """Nothing is linked that nobody knows."""
    files = feeds_of(morning(tmp_path), BASE)
    feed = feedparser.parse(files[ALL_ATOM])

    assert not feed.bozo
    assert "links" not in feed.feed
    assert "feed_url" not in json.loads(files[ALL_JSON])
    assert (
        ET.fromstring(files[ALL_RSS]).findtext("channel/link") == "https://arxiv.org/"
    )


def test_odd_characters_leave_valid_documents(tmp_path: Path) -> None:
    """No XML can hold controls or lone surrogates; a topic's name may have both."""
    odd = digest_of(
        paper(1, "Bells \x07 and \ud800 and \ufffe <![CDATA[ ]]>"),
        [("abstract", "铃声 \x00 与 ]]> 以及 & 和 <b>。", at(1))],
    )
    posted(tmp_path, "a\x08b & <c>", DAY, odd)
    files = feeds_of(tmp_path)

    for name, content in files.items():
        assert not feedparser.parse(content).bozo or name.endswith("json")
    assert (
        "Bells and and <![CDATA[ ]]>"
        in json.loads(files[ALL_JSON])["items"][0]["title"]
    )


# ---------------------------------------------------------------- where they lie


def test_unchanged_feeds_are_not_written_again(tmp_path: Path) -> None:
    """The same posts give the same bytes, and the files stay as they are."""
    settings = WITH_HOME.model_copy(update={"dir": morning(tmp_path / "posts")})
    assert write_outputs(settings) == ()
    files = sorted((tmp_path / "posts" / "feeds").iterdir())
    before = [(file.stat().st_mtime_ns, file.stat().st_ino) for file in files]
    assert write_outputs(settings) == ()

    assert len(files) == 9
    assert [(f.stat().st_mtime_ns, f.stat().st_ino) for f in files] == before


def test_hexo_wants_them_beside_its_posts(tmp_path: Path) -> None:
    """`output.feeds_dir` puts them where Hexo copies them from, and they say so."""
    source = tmp_path / "source"
    settings = WITH_HOME.model_copy(
        update={"dir": morning(source / "_posts"), "feeds_dir": source / "rss"}
    )
    assert write_outputs(settings) == ()
    feed = json.loads((source / "rss" / "feed.json").read_bytes())

    assert feed["feed_url"] == f"{HOME}rss/feed.json"
    assert not (source / "_posts" / "feeds").exists()


def test_a_json_feed_is_taken_for_no_post(tmp_path: Path) -> None:
    """`verify` of a folder reads the twins in it, and a broken twin still counts."""
    settings = WITH_HOME.model_copy(update={"dir": morning(tmp_path / "posts")})
    write_outputs(settings)
    days = [post.day for post in posts_in(settings.dir)]
    done = run_command("verify", "posts/feeds", env={}, cwd=tmp_path)
    (tmp_path / "posts" / "feeds" / "broken.json").write_text("{")
    broken = run_command("verify", "posts/feeds", env={}, cwd=tmp_path)

    assert days == [DAY - timedelta(days=1), DAY, DAY]
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "no JSON twin of a post" in done.stderr
    assert "broken.json" in broken.stderr + broken.stdout


@pytest.mark.parametrize(
    "url",
    ["me.github.io", "ftp://a.b/", "https://a.b/?x=1", "https:///", "https://a:b@c.d/"],
)
def test_an_address_is_checked(tmp_path: Path, url: str) -> None:
    """A wrong one is named with its key."""
    path = tmp_path / "config.yaml"
    path.write_text(f"output: {{site_url: '{url}'}}")

    with pytest.raises(ConfigError, match=r"output\.site_url: .*such as https://"):
        load_config(path, environ={})


def test_an_address_ends_with_a_slash(tmp_path: Path) -> None:
    """Whether the user wrote it or not."""
    path = tmp_path / "config.yaml"
    path.write_text("output: {site_url: 'https://me.github.io/blog', feeds_dir: ''}")
    output = load_config(path, environ={}).output

    assert (output.site_url, output.feeds_dir) == (HOME, None)


def test_posts_are_records_without_a_zone(tmp_path: Path) -> None:
    """Without a time zone a day begins with the system's midnight."""
    system = BASE.model_copy(update={"timezone": ""})
    posted(tmp_path, "GAN", DAY, failed())
    (item,) = json.loads(feeds_of(tmp_path, system)["feed.json"])["items"]
    (post,) = posts_in(tmp_path)
    midnight = datetime.fromisoformat(item["date_published"])

    assert isinstance(post, Post)
    assert midnight.tzinfo == UTC
    assert midnight.astimezone().date() == DAY
    assert midnight.astimezone().hour == 0
