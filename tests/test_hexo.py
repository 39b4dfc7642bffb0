"""Posts in a real Hexo 8 site with the Butterfly theme (`make test-hexo`).

Needs node, npm and the npm registry, so it runs only where `CHATPAPER_HEXO` is set. The
site's packages are kept in `.cache/hexo`.
"""

from __future__ import annotations

import functools
import json
import os
import random
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest

from chatpaper.config import OutputConfig
from chatpaper.outputs import write_outputs
from chatpaper.posts import (
    CONCLUSION,
    OVERVIEW,
    clean,
    escape,
    formulas,
    joined_quotes,
    link,
    located_quotes,
    publish,
    render_post,
    shown_claims,
    tip,
    title_of,
)
from chatpaper.records import Digest
from chatpaper.text import file_stem
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

HERE = Path(__file__).parent
CACHE = HERE.parent / ".cache" / "hexo"
TOPICS = ("3DGS/GS", "..", "医学图像", "</script><script>alert(1)//'\\", "😀", "CON")

pytestmark = [
    pytest.mark.skipif(not os.environ.get("CHATPAPER_HEXO"), reason="make test-hexo"),
    pytest.mark.skipif(not shutil.which("npm"), reason="node and npm are missing"),
    pytest.mark.timeout(600),
]


# ---------------------------------------------------------------- the site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with a day of posts, generated; its pages are in `public/`."""
    _install()
    root = tmp_path_factory.mktemp("site")
    for name in ("package.json", "_config.yml", "_config.butterfly.yml"):
        shutil.copy(HERE / "hexo" / name, root)
    (root / "node_modules").symlink_to(CACHE / "node_modules")
    posts = root / "source" / "_posts" / DAY.isoformat()
    digests = [calm_gan(), plain_sentences(), failed(), hostile()]
    for topic in ("GAN", *TOPICS):
        entries = digests if topic == "GAN" else digests[2:3]
        post = render_post(
            topic,
            DAY,
            entries,
            updates=[new_version()],
            left_out=[paper(8, "Late Papers: A $\\chi^2$ Test")],
        )
        publish(post, posts, pictures_of(*entries), drafts=root / "drafts")
    assert write_outputs(feeds_in(root)) == ()
    done = _run(["node_modules/.bin/hexo", "generate"], root)

    assert "ERROR" not in done.stdout + done.stderr
    assert "FATAL" not in done.stdout + done.stderr
    return root


def feeds_in(root: Path) -> OutputConfig:
    """Where a site's feeds lie."""
    return OutputConfig(
        dir=root / "source" / "_posts",
        feeds_dir=root / "source" / "feeds",
        site_url="https://me.github.io/blog/",
        formats=("hexo", "feeds"),
    )


def test_feeds_are_served_as_they_are(site: Path) -> None:
    """Hexo copies every feed byte for byte, and makes no page of one."""
    folder = site / "source" / "feeds"
    written = {file.name: file.read_bytes() for file in folder.iterdir()}
    served = site / "public" / "feeds"

    topics = {twin.stem for twin in (site / "source" / "_posts").glob("*/*.json")}
    assert len(written) == 3 * (1 + len(topics))
    assert {file.name: file.read_bytes() for file in served.iterdir()} == written


def _install() -> None:
    wanted = (HERE / "hexo" / "package.json").read_bytes()
    held = CACHE / "package.json"
    if held.exists() and held.read_bytes() == wanted and _hexo().exists():
        return
    shutil.rmtree(CACHE, ignore_errors=True)
    CACHE.mkdir(parents=True)
    (CACHE / "package.json").write_bytes(wanted)
    npm = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"]
    _run(npm, CACHE)


def _hexo() -> Path:
    return CACHE / "node_modules" / ".bin" / "hexo"


def _run(
    command: list[str], directory: Path, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command,
        cwd=directory,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done


# ---------------------------------------------------------------- its pages

_VOID = {"img", "br", "hr", "meta", "link", "input", "wbr", "source"}


@dataclass
class Element:
    """One element of a page: its tag, attributes, ancestors' tags and text."""

    tag: str
    attrs: dict[str, str]
    inside: tuple[str, ...]
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join(self.parts)


class Elements(HTMLParser):
    """All elements of a page, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        inside = tuple(element.tag for element in self._open)
        element = Element(tag, {k: v or "" for k, v in attrs}, inside)
        self.all.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while any(element.tag == tag for element in self._open):
            if self._open.pop().tag == tag:
                break

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.parts.append(data)

    def tagged(self, *tags: str) -> list[Element]:
        """Elements with one of some tags."""
        return [element for element in self.all if element.tag in tags]


def _page(site: Path, topic: str = "GAN") -> Path:
    day = DAY.strftime("%Y/%m/%d")
    return (
        site
        / "public"
        / day
        / DAY.isoformat()
        / file_stem(topic, "topic")
        / "index.html"
    )


@pytest.fixture(scope="module")
def html(site: Path) -> str:
    """The page of the full post."""
    return _page(site).read_text("utf-8")


@pytest.fixture(scope="module")
def article(html: str) -> Elements:
    """The post's own part of that page."""
    start = html.index('id="article-container"')
    return Elements(html[html.rindex("<", 0, start) : html.index("</article>", start)])


def test_headings_are_the_papers(article: Elements) -> None:
    """The day, the papers under it, new versions, what was left out."""
    papers = [d.paper for d in (calm_gan(), plain_sentences(), failed(), hostile())]

    assert [h.text for h in article.tagged("h1")] == [
        "2026-11-20 更新",
        "更新：已收录论文的新版本",
        "1 篇因预算未总结",
    ]
    assert [h.text for h in article.tagged("h2")] == [
        *map(title_of, papers),
        "Mirrors and Masks: A Critical Survey of Face GANs",
    ]
    assert not article.tagged("h3", "h4", "h5", "h6")


def test_table_of_contents_leads_to_every_heading(html: str, article: Elements) -> None:
    """Each entry has a heading, each heading an entry."""
    page = Elements(html)
    targets = [
        unquote(a.attrs["href"][1:])
        for a in page.tagged("a")
        if "toc-link" in a.attrs.get("class", "")
    ]

    assert targets == [h.attrs["id"] for h in article.tagged("h1", "h2")]


def test_lists_are_lists(article: Elements) -> None:
    """Points are bullets, steps are numbered from 1, none in another."""
    ordered = article.tagged("ol")
    items = [item.text for item in article.tagged("li")]

    assert all("start" not in element.attrs for element in ordered)
    assert any(item.startswith("估计每批样本的判别器梯度范数") for item in items)
    assert not [li for li in article.tagged("li") if li.inside.count("li")]
    assert not article.tagged("pre", "code", "table", "dl")


def test_pictures_are_in_the_site(site: Path, article: Elements, html: str) -> None:
    """Every image of the article and the cover is a file of the public folder."""
    sources = [unquote(image.attrs["src"]) for image in article.tagged("img")]
    cover = re.search(r'og:image" content="http://127\.0\.0\.1([^"]+)"', html)

    assert len(sources) == 3
    for source in sources:
        assert (site / "public" / source.lstrip("/")).is_file(), source
    assert re.search(r"page-header[^>]*url\([^)]*calm-figure-1\.png", html)
    assert cover is not None
    assert (site / "public" / cover[1].lstrip("/")).is_file()


def test_links_lead_outside(article: Elements) -> None:
    """Pages, papers and code by http(s); the rest stays on the page."""
    links = [a.attrs["href"] for a in article.tagged("a") if "href" in a.attrs]

    assert "https://arxiv.org/pdf/2611.00001v1#page=7" in links
    assert "https://github.com/ostrowski-lab/calm_gan" in links
    assert all(re.match(r"https?://|#", link) for link in links)


def _quotes(digest: Digest) -> list[str]:
    """What each page link of a digest's claims shows on hover, in the post's order."""
    names = ("abstract", "points", *OVERVIEW, "method", *CONCLUSION)
    return [
        tip(joined_quotes(quotes))
        for name in names
        for shown in shown_claims(digest, name)
        for quotes in located_quotes(shown.claim, shown.check).values()
    ]


def test_quotes_show_on_hover(article: Elements) -> None:
    """The titles of the links to pages, hostile ones too, and of no other link."""
    digests = (calm_gan(), plain_sentences(), hostile())
    titles = [
        (a.text, a.attrs["title"])
        for a in article.tagged("a")
        if "title" in a.attrs and a.attrs.get("class") != "headerlink"
    ]

    assert [title for _, title in titles] == [
        quotes for digest in digests for quotes in _quotes(digest)
    ]
    assert all(re.fullmatch(r"p\.\d+", text) for text, _ in titles)


def test_quotes_are_in_folds_that_lead_back(article: Elements) -> None:
    """Every name in a fold leads to an anchor, which is there once, outside of it."""
    anchors = [a for a in article.tagged("a") if "id" in a.attrs]
    ids = [a.attrs["id"] for a in anchors]
    links = [a for a in article.tagged("a") if "details" in a.inside]
    ways = [a.attrs["href"][1:] for a in links if a.attrs["href"].startswith("#")]

    assert [s.text for s in article.tagged("summary")].count("引文") == 2
    assert len(ids) == len(set(ids)) == 18 + 10 + 7
    assert len(ways) == 17 + 6
    assert {unquote(way) for way in ways} <= set(ids)
    assert not [a for a in anchors if "details" in a.inside or a.text]


def test_no_element_has_more_than_ours(article: Elements) -> None:
    """No attribute of a hostile quote, and none that runs."""
    ours = {"href", "id", "class", "title", "rel", "target", "src", "alt"}

    assert {name for e in article.all[1:] for name in e.attrs} <= ours


def _formulas() -> list[str]:
    """Formulas of the one paper that has some."""
    digest = calm_gan()
    words = [digest.paper.title, digest.paper.abstract]
    words += [claim.text for claim in digest.summary.claims] if digest.summary else []
    words += [q for c in shown_claims(digest) for q in c.claim.evidence]
    return [formula for word in words for formula in formulas(word)]


def test_formulas_reach_the_browser_untouched(html: str, article: Elements) -> None:
    """MathJax is loaded, and finds the very TeX of the records."""
    text = article.all[0].text

    assert all(formula in text for formula in _formulas())
    assert "tex-mml-chtml.js" in html


def test_nothing_hostile_comes_alive(html: str, article: Elements) -> None:
    """Hostile words are read as they were written; nothing of them is markup."""
    text = article.all[0].text

    assert not article.tagged("script", "b", "em", "iframe", "style")
    assert clean(hostile().paper.abstract) in text
    assert "hexoPostRender" not in html
    assert "\ufffc" not in html
    assert not re.search(r"<script>alert\(1\)", html)
    assert [s.text for s in article.tagged("summary")].count("原文摘要") == 3
    assert len(article.tagged("details")) == 8


def test_any_topic_has_a_page(site: Path) -> None:
    """None over another's, and the site's own first page is still a list."""
    for topic in TOPICS:
        page = _page(site, topic).read_text("utf-8")

        assert "Tidal Flows" in page
        assert not re.search(r"<script>alert\(1\)", page)
    assert "recent-posts" in (site / "public" / "index.html").read_text("utf-8")


# ---------------------------------------------------------------- its renderer

# fmt: off
_TOKENS = [
    *"\\`*_{}[]<>()#+-.!|~$&'\":;@^=/%,? 1ab中“”，。",
    "{{", "{%", "{#", "}}", "%}", "<!--", "-->", "<b>", "</div>", "<script>", "<br>:",
    "$x_1$", "$a*b*c$", "$\\mathcal{L}_{a}+\\mathcal{L}_{b}$", "$\\{a\\}$", "$x'_i$",
    "$a<b$", "$f[x](y)$", "$a--b$", "$a & b \\\\ c$", "$5", "3$", "\\(", "\\begin{x}",
    "https://a.b/c_d", "www.a.com", "a@b.co", "&lt;", "&#123;", ":smile:", "[^1]",
    "--", "---", "...", "**", "__", "~~", "```", "1. ", "- ", "\n", "    ", "| a | b |",
    "<!--swig\ufffc0-->", "[x](javascript:1)", "![x](y)", "<details>", "\\\\", "| --",
]
# fmt: on
_WRAPS = {
    "paragraph": "{}",
    "item": "- {}",
    "quote": "> **摘要**：{}",
    "heading": "## {}",
    "fold": "<details>\n<summary>原文摘要</summary>\n\n{}\n\n</details>",
}


@pytest.mark.parametrize("where", _WRAPS)
def test_renderer_shows_what_was_written(site: Path, where: str) -> None:
    """400 hostile texts through Hexo's own pipeline, character for character."""
    rng = random.Random(where)
    texts = [
        "".join(rng.choice(_TOKENS) for _ in range(rng.randint(1, 14)))
        for _ in range(400)
    ]
    texts = [text for text in texts if clean(text)]
    sources = [_WRAPS[where].replace("{}", escape(text)) for text in texts]
    script = str(HERE / "hexo" / "render.js")
    done = _run(["node", script], site, json.dumps(sources))
    before = {"quote": "摘要：", "fold": "原文摘要"}.get(where, "")
    tags = {"p", "ul", "li", "blockquote", "strong", "h2", "a", "span"}
    tags |= {"details", "summary"}

    for text, page in zip(texts, json.loads(done.stdout), strict=True):
        elements = Elements(f"<main>{page}</main>")
        assert "".join(elements.all[0].text.split()) == "".join(
            (before + clean(text)).split()
        )
        assert {element.tag for element in elements.all[1:]} <= tags


def test_renderer_shows_every_quote_as_a_title(site: Path) -> None:
    """600 hostile quotes through Hexo's own pipeline, with words and links around."""
    rng = random.Random("titles")
    quotes = [
        "".join(rng.choice(_TOKENS) for _ in range(rng.randint(1, 20)))
        for _ in range(600)
    ]
    quotes = [quote for quote in quotes if clean(quote)]
    url = "https://arxiv.org/pdf/2611.00001v1#page=4"
    anchor = '<a id="2611.00001-points-1"></a>'
    sources = [
        f"- **意义**：{anchor}{escape(other)} {link('[p.4]', url, title=quote)} "
        f"{link('[p.4]', url, title=other)} **「⚠ x」**\n- {escape(quote)}"
        for quote, other in zip(quotes, reversed(quotes), strict=True)
    ]
    done = _run(["node", str(HERE / "hexo" / "render.js")], site, json.dumps(sources))

    for quote, other, page in zip(
        quotes, reversed(quotes), json.loads(done.stdout), strict=True
    ):
        elements = Elements(f"<main>{page}</main>")
        links = [a for a in elements.tagged("a") if "href" in a.attrs]
        assert [a.attrs["title"] for a in links] == [tip(quote), tip(other)]
        assert {a.attrs["href"] for a in links} == {url}
        words = f"意义：{clean(other)}[p.4][p.4]「⚠x」{clean(quote)}"
        assert "".join(elements.all[0].text.split()) == "".join(words.split())
        tags = {element.tag for element in elements.all[1:]}
        assert tags <= {"ul", "li", "p", "strong", "a", "span"}


# ---------------------------------------------------------------- a browser


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """The site over HTTP, with MathJax from npm, set at once instead of on sight."""
    public = site / "public"
    for name in ("mathjax", "@mathjax"):
        shutil.copytree(
            CACHE / "node_modules" / name, public / name, dirs_exist_ok=True
        )
    page = _page(site)
    page.write_text(page.read_text("utf-8").replace("'ui/lazy'", "'ui/safe'"), "utf-8")
    handler = functools.partial(_Quiet, directory=str(public))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        folder = page.parent.relative_to(public).as_posix()
        yield f"http://127.0.0.1:{server.server_port}/{folder}/"
        server.shutdown()


@pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is missing")
def test_browser_sets_every_formula(address: str, tmp_path: Path) -> None:
    """As many typeset formulas as the article has, none of them an error."""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-sync"]
    flags += ["--disable-background-networking", "--disable-component-update"]
    flags += ["--no-first-run", "--dump-dom", "--virtual-time-budget=20000"]
    flags.append("--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1")
    flags.append(f"--user-data-dir={tmp_path}")
    done = _run(["chromium", *flags, address], tmp_path)
    start = done.stdout.index('id="article-container"')
    shown = done.stdout[start : done.stdout.index("</article>", start)]

    # Those of the paper, one in a hostile quote, the two of the changed abstract, and
    # one that was left out.
    assert shown.count("<mjx-container") == len(_formulas()) + 4
    assert "mjx-merror" not in shown
    assert 'href="javascript:' not in done.stdout
