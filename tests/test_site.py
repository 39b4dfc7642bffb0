"""The static site: whole, inert, and no more work than a night asks for."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote

import feedparser
import pytest
from filelock import FileLock

from chatpaper.errors import ConfigError, SiteError
from chatpaper.posts import (
    joined_quotes,
    located_quotes,
    marks,
    phrases_in,
    printed_claim,
    publish,
    render_post,
    shown_claims,
    tip,
)
from chatpaper.records import Digest, Update
from chatpaper.site import (
    SiteReport,
    SiteSettings,
    Written,
    build_site,
    bundles_of,
    catalogue_of,
    faults_of,
    read_made,
)
from chatpaper.store import LedgerEntry, Store
from commands import run_command
from many_papers import publish_nights
from pages import Element, parsed
from rich_digests import (
    DAY,
    calm_gan,
    failed,
    hostile,
    new_version,
    paper,
    pictures_of,
    plain_sentences,
)

EVIL = "</script><script>alert(1)//'\\"
BASE = "https://me.github.io/papers/"
SAY = phrases_in("zh")


def posted(
    folder: Path, topic: str, day: date, *digests: Digest, **more: object
) -> None:
    """A post on the disk."""
    post = render_post(topic, day, digests, **more)  # type: ignore[arg-type]
    images = pictures_of(*post.digests)
    publish(post, folder / day.isoformat(), images, drafts=folder / "drafts")


def morning(folder: Path) -> Path:
    """Two days, three topics, a hostile paper, a failed one, a new version."""
    posted(folder, "GAN", DAY - timedelta(days=1), plain_sentences())
    late = [paper(8, "Late Papers: A $\\chi^2$ Test")]
    posted(
        folder, "GAN", DAY, calm_gan(), failed(), updates=[new_version()], left_out=late
    )
    posted(folder, "医学图像", DAY, calm_gan())
    posted(folder, EVIL, DAY, hostile())
    return folder


def built(posts: Path, site: Path, **more: object) -> SiteReport:
    """Build a site."""
    return build_site(SiteSettings(posts=posts, site=site, **more))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a morning, which tests only read."""
    folder = tmp_path_factory.mktemp("morning")
    built(morning(folder / "posts"), folder / "site", base_url=BASE)
    return folder / "site"


def page(site: Path, path: str) -> Element:
    """A page, taken apart."""
    return parsed((site / path).read_text("utf-8").removeprefix("<!doctype html>"))


def stamps(site: Path) -> Mapping[str, tuple[int, int]]:
    """Every file that a reader gets, with what changes when it is written."""
    return {
        file.relative_to(site).as_posix(): (file.stat().st_mtime_ns, file.stat().st_ino)
        for file in site.rglob("*")
        if file.is_file() and not file.name.startswith(".")
    }


# ---------------------------------------------------------------- what it shows


def test_a_paper_has_all_its_claims_and_their_evidence(site: Path) -> None:
    """Words, pages with their quotes, marks, figures: as the post has them."""
    digest = calm_gan()
    shown = page(site, "papers/2611.00001.html")
    by_id = {e.attributes.get("id"): e for e in shown.all()}
    titles = [e.attributes.get("title") for e in shown.all("a")]
    for checked in shown_claims(digest):
        if "$" not in checked.claim.text:
            assert by_id[checked.anchor].text == printed_claim(checked.claim)
        for mark in marks(checked.check, SAY):
            assert mark in shown.text
        for quotes in located_quotes(checked.claim, checked.check).values():
            assert tip(joined_quotes(quotes)) in titles
    images = [e.attributes["src"] for e in shown.all("img")]

    assert len(images) == len(digest.pictures)
    assert all((site / "papers" / image).stat().st_size for image in images)
    assert "GAN" in shown.text
    assert "医学图像" in shown.text


def test_a_new_version_is_told_on_its_papers_page(site: Path) -> None:
    """Also of a paper that was posted before there was a site."""
    shown = page(site, "papers/2611.00005.html")

    assert "148" in [e.text for e in shown.all("ins")]
    assert shown.all("math")


def test_a_day_shows_every_paper_and_what_was_left_out(site: Path) -> None:
    """With notice, overview, new versions, and ways to the days around it."""
    shown = page(site, f"days/{DAY}.html")
    turns = [e.attributes["href"] for e in shown.all("a") if "rel" in e.attributes]

    assert turns == ["2026-11-19.html"]
    assert "Late Papers: A χ2 Test" in shown.text
    assert failed().paper.abstract in shown.text
    assert "未生成：论文 PDF 下载失败。" in shown.text
    assert shown.text.count("由语言模型生成") == 3


def test_an_id_or_a_day_stays_on_one_line(site: Path) -> None:
    """On a day's and on a paper's page no short fact is broken at its hyphen."""
    for path in (f"days/{DAY}.html", "papers/2611.00001.html"):
        shown = page(site, path)
        whole = [e.text for e in shown.all("span") if e.attributes.get("class")]

        assert any(re.fullmatch(r"\d{4}-\d\d-\d\d", text) for text in whole), path
    assert ".whole { white-space: nowrap; }" in (site / "style.css").read_text("utf-8")


def test_no_page_acts_or_asks_another_host(site: Path) -> None:
    """Only the search has a script, which is a file; what is loaded is ours."""
    for file in site.rglob("*.html"):
        shown = page(site, file.relative_to(site).as_posix())
        scripts = [e.attributes for e in shown.all("script")]
        wanted = [{"type": "module", "src": "search.js"}]
        assert scripts == (wanted if file.name == "search.html" else [])
        assert not shown.all("style", "iframe", "object", "base")
        for element in shown.all():
            assert not [name for name in element.attributes if name.startswith("on")]
            loaded = element.attributes.get("src", "")
            if element.tag == "link" and element.attributes["rel"] == "stylesheet":
                loaded = element.attributes["href"]
            assert not loaded.startswith(("http", "/", "javascript"))
    assert "http" not in (site / "style.css").read_text("utf-8")


def test_every_link_leads_somewhere_and_every_page_is_reached(site: Path) -> None:
    """A walk from the first page, by relative links alone, as from file://."""
    seen, ahead = set(), [site / "index.html"]
    while ahead:
        file = ahead.pop()
        if file in seen:
            continue
        seen.add(file)
        if file.suffix != ".html":
            continue
        shown = page(site, file.relative_to(site).as_posix())
        for element in shown.all("a", "link", "img", "script", "form"):
            for name in ("href", "src", "action"):
                link = element.attributes.get(name, "")
                if not link or link.startswith(("http", "data:")):
                    continue
                path, _, place = unquote(link).partition("#")
                target = (file.parent / path).resolve() if path else file
                assert target.is_file(), f"{file} -> {link}"
                if place:
                    there = page(site, target.relative_to(site).as_posix())
                    assert place in {e.attributes.get("id") for e in there.all()}
                ahead.append(target)

    assert set(site.rglob("*.html")) <= seen
    assert set(site.rglob("*.png")) <= seen


def test_reference_managers_find_the_paper(site: Path) -> None:
    """`citation_*` elements and a COinS, both from arXiv's own facts."""
    shown = page(site, "papers/2611.00001.html")
    said: dict[str, list[str]] = {}
    for element in shown.all("meta"):
        name = element.attributes.get("name", "")
        said.setdefault(name, []).append(element.attributes.get("content", ""))
    (coins,) = (e for e in shown.all("span") if e.attributes.get("class") == "Z3988")
    fields = parse_qs(coins.attributes["title"])

    assert said["citation_title"] == [calm_gan().paper.title]
    assert said["citation_author"][0] == "Ostrowski, Lena"
    assert said["citation_publication_date"] == ["2026/11/19"]
    assert said["citation_arxiv_id"] == ["2611.00001"]
    assert said["citation_pdf_url"] == ["https://arxiv.org/pdf/2611.00001v1"]
    assert fields["rft.genre"] == ["preprint"]
    assert fields["rft.atitle"] == [calm_gan().paper.title]
    assert fields["rft.au"][2] == "María José O'Neill"
    assert "info:arxiv/2611.00001" in fields["rft_id"]


def test_each_page_has_one_heading_and_a_title(site: Path) -> None:
    """Headings come in order, none is left out."""
    for file in site.rglob("*.html"):
        shown = page(site, file.relative_to(site).as_posix())
        levels = [int(e.tag[1]) for e in shown.all("h1", "h2", "h3", "h4")]
        (title,) = shown.all("title")
        assert title.text.strip()
        assert levels.count(1) == 1
        assert levels[0] == 1
        steps = itertools.pairwise(levels)
        assert all(after <= before + 1 for before, after in steps), file


def test_its_feeds_lead_to_its_pages(site: Path) -> None:
    """With whole contents and their figures, at the address that was given."""
    feed = feedparser.parse((site / "feeds" / "GAN.atom.xml").read_bytes())
    first = feed.entries[0]
    links = {link.rel: link.href for link in feed.feed.links}

    assert first.link == f"{BASE}papers/2611.00001.html"
    assert f'src="{BASE}figures/2611.00001/calm-figure-1.png"' in first.content[0].value
    assert links == {
        "self": f"{BASE}feeds/GAN.atom.xml",
        "alternate": f"{BASE}topics/GAN.html",
    }


def test_without_an_address_there_are_no_feeds(tmp_path: Path) -> None:
    """Nor links to any; and a site in English is English."""
    built(morning(tmp_path / "posts"), tmp_path / "site", language="en")
    shown = page(tmp_path / "site", "index.html")

    assert not (tmp_path / "site" / "feeds").exists()
    assert "Topics" in shown.text
    assert "主题" not in shown.text


# ---------------------------------------------------------------- as nights go by


def test_an_unchanged_site_is_not_touched(tmp_path: Path) -> None:
    """Not one file is written when there is no new post."""
    posts, site = morning(tmp_path / "posts"), tmp_path / "site"
    first = built(posts, site)
    before = stamps(site)
    again = built(posts, site)

    assert first.written == first.files == len(before)
    assert (again.written, again.files, again.removed) == (0, first.files, 0)
    assert stamps(site) == before


def test_a_day_more_touches_what_it_changes(tmp_path: Path) -> None:
    """No other paper's page, nor a day's but the one before."""
    posts, site = tmp_path / "posts", tmp_path / "site"
    publish_nights(posts, 24, date(2026, 10, 1), a_night=6)
    built(posts, site)
    before = stamps(site)
    fresh = replace(calm_gan(), paper=paper(1, "Calm-GAN", authors=("Q. Quirk",)))
    posted(posts, "GAN", date(2026, 11, 2), fresh)
    built(posts, site)
    after = stamps(site)
    changed = {path for path in after if after[path] != before.get(path)}
    pages = {path for path in changed if path.endswith(".html")}

    assert before.keys() <= after.keys() | {
        path for path in before if path.startswith("pagefind")
    }
    assert pages == {
        "index.html",
        "calendar.html",
        "days/2026-10-04.html",
        "days/2026-11-02.html",
        "topics.html",
        "topics/GAN.html",
        "months/GAN/2026-11.html",
        "papers/2611.00001.html",
        "authors.html",
        "authors/qu.html",
    }


def test_the_same_posts_give_the_same_site(tmp_path: Path) -> None:
    """To the byte, but for the search, whether it was made at once or in steps."""
    posts, steps, whole = tmp_path / "posts", tmp_path / "steps", tmp_path / "whole"
    posted(posts, "GAN", DAY - timedelta(days=1), plain_sentences())
    built(posts, steps)
    built(morning(posts), steps)
    built(posts, whole)
    files = {
        path: (whole / path).read_bytes()
        for path in stamps(whole)
        if not path.startswith("pagefind")
    }

    assert {path: (steps / path).read_bytes() for path in files} == files


def test_what_has_gone_from_the_posts_goes_from_the_site(tmp_path: Path) -> None:
    """Its pages and figures, and nothing that is not the site's."""
    posts, site = morning(tmp_path / "posts"), tmp_path / "site"
    built(posts, site)
    (site / "CNAME").write_text("papers.example")
    (site / ".git").mkdir()
    (site / ".git" / "HEAD").write_text("ref")
    shutil.rmtree(posts / DAY.isoformat())
    built(posts, site)

    assert sorted(p.name for p in (site / "papers").iterdir()) == ["2611.00002.html"]
    assert (site / "CNAME").read_text() == "papers.example"
    assert (site / ".git" / "HEAD").is_file()
    assert not (site / f"days/{DAY}.html").exists()


def test_a_figure_that_is_lost_leaves_no_hole(tmp_path: Path) -> None:
    """The page goes without it, and has it again when it is back."""
    posts, site = morning(tmp_path / "posts"), tmp_path / "site"
    for file in posts.rglob("calm-figure-1.png"):
        file.rename(file.with_suffix(".lost"))
    built(posts, site)
    without = page(site, "papers/2611.00001.html").all("img")
    for file in posts.rglob("calm-figure-1.lost"):
        file.rename(file.with_suffix(".png"))
    built(posts, site)

    assert len(page(site, "papers/2611.00001.html").all("img")) == len(without) + 1


def test_a_file_that_is_no_twin_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is named in the log, and the others are there."""
    posts = morning(tmp_path / "posts")
    for name in ("broken.json", "broken.md"):
        (posts / DAY.isoformat() / name).write_text("{")
    report = built(posts, tmp_path / "site")

    assert report.papers == 5
    assert "broken.json" in caplog.text


def test_a_build_that_was_cut_off_is_made_good(tmp_path: Path) -> None:
    """Half a staging, a page that is lost: the next build has the whole site."""
    posts, site = morning(tmp_path / "posts"), tmp_path / "site"
    built(posts, site)
    before = stamps(site).keys()
    (site / "papers" / "2611.00002.html").unlink()
    (site / ".chatpaper-new" / "papers").mkdir(parents=True)
    (site / ".chatpaper-new" / "papers" / "x.html").write_text("half")
    report = built(posts, site)

    assert report.written == 1
    assert stamps(site).keys() == before
    assert not (site / ".chatpaper-new").exists()


def test_odd_names_have_places_of_their_own(tmp_path: Path) -> None:
    """Of authors without letters, papers and topics that are called like pages."""
    posts, site = tmp_path / "posts", tmp_path / "site"
    names = ("\u0301", "...", "李明", "Müller, Ö.", "Muller, O.", "7", "Þór", "\u200b")
    for nth, name in enumerate(("a", "a.html", "index", "../../x", "A b")):
        local = {"source": "folder", "abs_url": None, "pdf_url": None, "authors": names}
        odd = replace(calm_gan(), paper=paper(nth + 1, f"Odd {nth}", id=name, **local))
        posted(posts, ("index", "x", "x.html", "..", "all")[nth], DAY, odd)
    report = built(posts, site, base_url=BASE)
    stems = {file.stem for file in (site / "papers").iterdir()}
    (muellers,) = (page(site, f"authors/{name}.html") for name in ("mu",))

    assert report.papers == len(stems) == 5
    assert [e.text for e in muellers.all("h2")] == ["Muller, O.", "Müller, Ö."]
    assert len({e.attributes["id"] for e in muellers.all("h2")}) == 2


@pytest.mark.parametrize("memory", ["", "{", '{"by": 1, "posts": {}, "files": []}'])
def test_a_site_that_is_not_remembered_is_made_anew(
    tmp_path: Path, memory: str
) -> None:
    """By a damaged file, or by that of another version."""
    posts, site = morning(tmp_path / "posts"), tmp_path / "site"
    first = built(posts, site)
    (site / ".chatpaper-site.json").write_text(memory)
    again = built(posts, site)

    assert again.files == first.files
    assert read_made(site) is not None


# ---------------------------------------------------------------- the gate


def test_a_site_that_lacks_a_post_does_not_replace_the_last(tmp_path: Path) -> None:
    """The ledger knows what was posted; the message names the post and the way out."""
    posts, site = morning(tmp_path / "posts"), tmp_path / "site"
    settings = SiteSettings(posts=posts, site=site)
    before_last = DAY - timedelta(days=1)
    ledger = {("gan", DAY): 2, ("gan", before_last): 1}
    build_site(settings, ledger)
    before = stamps(site)
    shutil.rmtree(posts / before_last.isoformat())
    with pytest.raises(SiteError, match=r"1 posts are .*: 2026-11-19 gan \(1\); bring"):
        build_site(settings, ledger)

    assert stamps(site) == before
    assert not (site / ".chatpaper-new").exists()


def test_a_paper_taken_out_of_its_post_may_be_missing(tmp_path: Path) -> None:
    """Its post is there, so the archive has not gone dark: somebody meant it."""
    posts, site = tmp_path / "posts", tmp_path / "site"
    posted(posts, "GAN", DAY, calm_gan())
    build_site(SiteSettings(posts=posts, site=site), {("GAN", DAY): 7})

    assert (site / "papers" / "2611.00001.html").is_file()


def test_two_commands_do_not_make_one_site(tmp_path: Path) -> None:
    """The second says so, and the first is not disturbed."""
    posts, site = morning(tmp_path / "posts"), tmp_path / "site"
    built(posts, site)
    with (
        FileLock(site / ".chatpaper-site.lock"),
        pytest.raises(SiteError, match="another command is making this site"),
    ):
        built(posts, site)


def forget(path: str) -> Callable[[dict[str, Written]], None]:
    """Lose a file."""
    return lambda files: files.pop(path) and None


def unlink(path: str, link: str) -> Callable[[dict[str, Written]], None]:
    """Lose a link of a page."""

    def lose(files: dict[str, Written]) -> None:
        kept = tuple(one for one in files[path].links if one != link)
        assert len(kept) < len(files[path].links)
        files[path] = files[path]._replace(links=kept)

    return lose


GAN, CALM = "months/GAN/2026-11.html", "papers/2611.00001.html"


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        (forget("papers/2611.00002.html"), "dead links: authors"),
        (forget("style.css"), "dead links: authors"),
        (unlink(f"days/{DAY}.html", CALM), "day: 2611.00001"),
        (unlink("months/医学图像/2026-11.html", CALM), "topic: 2611.00001"),
        (unlink("topics.html", "topics/GAN.html"), None),
        (unlink("calendar.html", f"days/{DAY}.html"), None),
    ],
)
def test_the_gate_finds_what_is_lost(
    site: Path, harm: Callable[[dict[str, Written]], None], fault: str | None
) -> None:
    """Dead links and papers that their lists lack; another way to a page is enough."""
    made = read_made(site)
    assert made is not None
    catalogue, files = catalogue_of(made.posts), dict(made.files)
    assert faults_of(files, catalogue, None) == []
    harm(files)
    faults = "; ".join(faults_of(files, catalogue, None))

    assert (fault or "") in faults
    assert bool(faults) == bool(fault)


def test_the_gate_wants_every_paper_in_the_search(site: Path) -> None:
    """And no page that is not there."""
    made = read_made(site)
    assert made is not None
    catalogue = catalogue_of(made.posts)
    pages = frozenset(f"papers/2611.0000{n}.html" for n in range(1, 6))

    assert faults_of(made.files, catalogue, pages) == []
    (fault,) = faults_of(made.files, catalogue, pages - {CALM})
    assert fault == f"the search does not know: {CALM}"


def test_a_page_that_nothing_leads_to_is_a_fault(site: Path) -> None:
    """An archive that nobody can walk to has gone dark."""
    made = read_made(site)
    assert made is not None
    files = {**made.files, "papers/lost.html": Written("x", ("index.html",))}

    assert faults_of(files, catalogue_of(made.posts), None) == [
        "no way leads to: papers/lost.html"
    ]


def test_an_index_has_a_year_or_a_quarter_of_a_large_year() -> None:
    """So that a night makes a small one anew, and what has passed stays."""
    small = {f"a{n}": f"2024-{n % 12 + 1:02d}-05" for n in range(30)}
    large = {f"b{n}": f"2025-{n % 12 + 1:02d}-05" for n in range(2400)}
    bundles = bundles_of({**small, **large, "c": "2026-01-01"})

    assert [*bundles] == [
        "pagefind-2026",
        "pagefind-2025-4",
        "pagefind-2025-3",
        "pagefind-2025-2",
        "pagefind-2025-1",
        "pagefind-2024",
    ]
    everyone = [paper_id for ids in bundles.values() for paper_id in ids]
    assert sorted(everyone) == sorted({**small, **large, "c": ""})
    assert {large[p][5:7] for p in bundles["pagefind-2025-2"]} == {"04", "05", "06"}


# ---------------------------------------------------------------- the folder


def test_the_folder_of_another_site_is_left_alone(tmp_path: Path) -> None:
    """Somebody else's first page is not written over."""
    posts, site = morning(tmp_path / "posts"), tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("mine")
    with pytest.raises(ConfigError, match=r"output: .* index\.html of another site"):
        built(posts, site)

    assert (site / "index.html").read_text() == "mine"


def test_an_archive_without_posts_is_said_so(tmp_path: Path) -> None:
    """Instead of an empty site."""
    with pytest.raises(ConfigError, match="no post in"):
        built(tmp_path / "posts", tmp_path / "site")


# ---------------------------------------------------------------- the command


def test_the_command_asks_the_ledger(tmp_path: Path) -> None:
    """Exit codes and one line each: made, refused, and made all the same."""
    morning(tmp_path / "posts")
    with Store(tmp_path / "store") as store:
        lost = paper(7, "A Paper Whose Post Was Deleted")
        store.record(
            "GAN", [LedgerEntry(paper=lost, state="posted", day=date(2026, 11, 18))]
        )
    words = ["site", "--storage", "store", "--output", "out"]
    refused = run_command(*words, env={}, cwd=tmp_path)
    made = run_command(*words, "--no-ledger", env={}, cwd=tmp_path)
    shutil.rmtree(sorted((tmp_path / "posts").iterdir())[0])
    one = run_command(*words, "--no-ledger", env={}, cwd=tmp_path)
    wrong = run_command(*words, "--base-url", "me.github.io", env={}, cwd=tmp_path)

    assert (refused.returncode, made.returncode, wrong.returncode) == (3, 0, 2)
    assert "2026-11-18 GAN (1)" in refused.stderr
    assert "--no-ledger" in refused.stderr
    assert made.stdout.splitlines()[0] == "out/index.html"
    assert made.stdout.splitlines()[1].startswith("5 papers of 2 days: ")
    assert " of 1 day: " in one.stdout
    assert "--base-url: not an address" in wrong.stderr


def with_pagefind(stub: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command, with another package in the place of Pagefind's."""
    (folder / "stub").mkdir()
    (folder / "stub" / "pagefind_bin_extended.py").write_text(stub)
    return subprocess.run(
        [sys.executable, "-m", "chatpaper", "site", "--no-ledger"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "stub")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_pagefind_there_is_no_box(tmp_path: Path) -> None:
    """And the command says how to get one."""
    morning(tmp_path / "posts")
    done = with_pagefind("raise ImportError", tmp_path)
    shown = page(tmp_path / "site", "index.html")

    assert done.returncode == 0, done.stderr
    assert "no search: install chatpaper[site]" in done.stderr
    assert not shown.all("form", "input")
    assert not (tmp_path / "site" / "search.html").exists()


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo no space left >&2; exit 1", "pagefind fails: no space left"),
        ("exit 0", "pagefind knows 0 of 5 papers"),
    ],
)
def test_a_search_that_fails_keeps_the_last_site(
    tmp_path: Path, script: str, told: str
) -> None:
    """One line says why; nothing was published."""
    morning(tmp_path / "posts")
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    done = with_pagefind(f"get_executable = lambda: {str(program)!r}", tmp_path)

    assert done.returncode == 3
    assert told in done.stderr.splitlines()[-1]
    assert not list((tmp_path / "site").rglob("*.html"))


def test_what_is_remembered_is_json(site: Path) -> None:
    """So that whoever debugs it can read it."""
    remembered = json.loads((site / ".chatpaper-site.json").read_bytes())

    assert remembered.keys() == {"by", "posts", "files", "reviews"}
    assert isinstance(new_version(), Update)
