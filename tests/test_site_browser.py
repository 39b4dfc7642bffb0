"""The site in a real Chromium (`make test-site`): search, keys, phone, contrast.

Needs chromium, so it runs only where `CHATPAPER_BROWSER` is set.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from browser import CONTRAST, Browser, served
from chatpaper.posts import publish, render_post
from chatpaper.site import SiteSettings, build_site
from many_papers import publish_nights
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

CHROMIUM = shutil.which("chromium") or ""
pytestmark = [
    pytest.mark.skipif(
        not os.environ.get("CHATPAPER_BROWSER"), reason="make test-site"
    ),
    pytest.mark.skipif(not CHROMIUM, reason="chromium is missing"),
    pytest.mark.timeout(300),
]

PAGES = (
    "index.html",
    f"days/{DAY}.html",
    "papers/2611.00001.html",
    "papers/2611.00004.html",
    "papers/2611.00005.html",
    "topics.html",
    "topics/GAN.html",
    "months/GAN/2026-11.html",
    "authors.html",
    "authors/os.html",
    "calendar.html",
    "search.html",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Papers of two years, with formulas, marks, figures, and a hostile one."""
    folder = tmp_path_factory.mktemp("site")
    posts = folder / "posts"
    publish_nights(posts, 40, date(2025, 12, 30), a_night=10)
    digests = [calm_gan(), plain_sentences(), failed(), hostile()]
    late = [paper(8, "Late Papers: A $\\chi^2$ Test")]
    post = render_post("GAN", DAY, digests, updates=[new_version()], left_out=late)
    images = pictures_of(*digests)
    publish(post, posts / DAY.isoformat(), images, drafts=folder / "drafts")
    build_site(SiteSettings(posts=posts, site=folder / "papers"))
    return folder / "papers"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """The site below a folder of its server."""
    with served(site.parent) as url:
        yield f"{url}{site.name}/"


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """A desktop's window; nothing may be complained of, nor asked of other hosts."""
    browser = Browser(CHROMIUM, tmp_path / "profile")
    browser.look(1366)
    yield browser
    foreign = [
        url
        for url in browser.requests
        if not url.startswith(("http://127.0.0.1:", "file:", "data:", "about:"))
    ]
    complaints = browser.complaints
    browser.close()

    assert foreign == []
    assert complaints == []


RESULTS = (
    "[...document.querySelectorAll('#results a')].map(a => [a.textContent, a.href])"
)
FOCUS = "document.activeElement.outerHTML.slice(0, 200)"


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("高斯泼溅", "高斯泼溅"),
        ("小样本图像合成", "Calm-GAN"),
        ("Calm-GAN", "Calm-GAN"),
    ],
)
def test_the_search_finds_papers(
    browser: Browser, address: str, words: str, title: str
) -> None:
    """In Chinese and in English, by title and by text; the first leads to its page."""
    browser.open(f"{address}search.html?q={words}")
    found = browser.wait_for(f"({RESULTS}).length && {RESULTS}")

    assert title in found[0][0]
    marked = "[...document.querySelectorAll('#results mark')].map(m => m.textContent)"
    assert {mark.casefold() for mark in browser.run(marked)} <= {words.casefold()}
    browser.open(found[0][1])
    assert title in browser.run("document.querySelector('main').textContent")


def test_the_search_goes_through_both_years(browser: Browser, address: str) -> None:
    """A word of many papers finds all of them, each once, wherever it stands."""
    browser.open(f"{address}search.html?q=diffusion")
    found = browser.wait_for(f"({RESULTS}).length && {RESULTS}")
    links = [link for _, link in found]

    assert len(links) == len(set(links)) > 3
    assert {link.split("/papers/papers/")[1][:4] for link in links} == {"2512", "2601"}


def test_keys_are_enough(browser: Browser, address: str) -> None:
    """The first stop skips to the content; a search needs no mouse."""
    browser.open(f"{address}index.html")
    browser.press("Tab")
    assert 'class="skip"' in browser.run(FOCUS)
    assert browser.run("getComputedStyle(document.activeElement).left") == "16px"
    for _ in range(12):
        browser.press("Tab")
        if 'type="search"' in browser.run(FOCUS):
            break
    ring = browser.run("getComputedStyle(document.activeElement).outlineStyle")
    browser.type("高斯泼溅")
    browser.press("Enter")
    found = browser.wait_for(f"({RESULTS}).length && {RESULTS}")

    assert ring == "solid"
    assert "高斯泼溅" in found[0][0]
    assert "search.html?q=" in browser.run("location.href")


def test_a_search_for_nothing_says_so(browser: Browser, address: str) -> None:
    """Aloud, for who does not see the empty list."""
    browser.open(f"{address}search.html?q=龘靐齉")
    browser.wait_for("document.getElementById('told').textContent")

    assert browser.run("document.getElementById('told').textContent") == (
        "没有找到相关论文"
    )
    assert browser.run("document.getElementById('told').role") == "status"


@pytest.mark.parametrize("width", [320, 390, 1366])
def test_no_page_scrolls_sideways(browser: Browser, address: str, width: int) -> None:
    """On a small phone as on a desk, hostile titles included."""
    browser.look(width)
    for path in PAGES:
        browser.open(address + path)
        # A fold that is open must fit too.
        browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert browser.run("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("dark", [False, True])
def test_texts_stand_out(browser: Browser, address: str, dark: bool) -> None:
    """At least 4.5 to 1, by day and by night (WCAG 2.2, 1.4.3)."""
    browser.look(390, dark=dark)
    for path in PAGES:
        browser.open(address + path)
        browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert browser.run(CONTRAST) == [], path
    ground = browser.run("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(20, 23, 26)") == dark


def test_everything_has_a_name(browser: Browser, address: str) -> None:
    """Fields, buttons, links and pictures, as a screen reader has them."""
    for path in PAGES:
        browser.open(address + path)
        nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
        for node in nodes:
            role = node.get("role", {}).get("value")
            if role in ("searchbox", "button", "link", "image", "navigation", "form"):
                assert node["name"]["value"].strip(), (path, node)
        roles = [node.get("role", {}).get("value") for node in nodes]
        assert roles.count("main") == 1
        assert browser.run("document.documentElement.lang") == "zh-CN"


def test_formulas_are_drawn(browser: Browser, address: str) -> None:
    """Every MathML element takes up room, and none is an error."""
    browser.open(f"{address}papers/2611.00001.html")
    widths = "m => m.getBoundingClientRect().width"
    sizes = browser.run(f"[...document.querySelectorAll('math')].map({widths})")

    assert len(sizes) > 5
    assert min(sizes) > 3


def test_it_works_from_a_disk(browser: Browser, site: Path) -> None:
    """Style and links without a server; the search says what it lacks."""
    browser.open((site / f"days/{DAY}.html").as_uri())
    assert browser.run("getComputedStyle(document.body).maxWidth") != "none"
    browser.run("document.querySelector('.entries h3 a').click()")
    browser.wait_for("document.querySelectorAll('article').length")
    assert browser.run("document.querySelector('img').naturalWidth") in (0, 900)
    assert browser.wait_for("document.querySelector('img').naturalWidth") == 900


def test_the_search_on_a_disk_says_what_it_lacks(tmp_path: Path, site: Path) -> None:
    """A browser runs no module from there, and complains of it."""
    browser = Browser(CHROMIUM, tmp_path / "profile")
    browser.open((site / "search.html").as_uri())
    told = browser.run("document.getElementById('told').textContent")
    browser.close()

    assert "http" in told
