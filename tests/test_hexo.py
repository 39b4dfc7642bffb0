"""Posts in a real Hexo 8 site with the Butterfly theme (`make test-hexo`).

Needs node, npm and the npm registry, so it runs only where `CHATPAPER_HEXO` is set.
"""

from __future__ import annotations

import functools
import json
import os
import random
import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest

from browser import Browser, served
from chatpaper.config import OutputConfig
from chatpaper.outputs import write_outputs
from chatpaper.periods import (
    Sources,
    check_review,
    period_ended_by,
    render_review,
    review_of,
    write_review,
)
from chatpaper.posts import (
    AFTER_METHOD,
    BEFORE_METHOD,
    BESIDE,
    clean,
    escape,
    formulas,
    joined_quotes,
    link,
    located_quotes,
    publish,
    read_post_data,
    render_post,
    shown_claims,
    tip,
    title_of,
)
from chatpaper.records import Digest, Interest, Relevance
from chatpaper.text import file_stem
from hexo_site import CACHE, HERE, Elements, article_of, generate, new_site, run
from many_papers import digest
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
from tex_samples import MATHEMATICS, TOO_MUCH, TRICKS

_BESIDE = b"---\ntitle: NEVER SHOWN\n---\n\nNEVER SHOWN\n"
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
    root = tmp_path_factory.mktemp("site")
    posts = new_site(root) / DAY.isoformat()
    digests = [calm_gan(), plain_sentences(), failed(), hostile()]
    full = {"GAN": digests, "TeX": [_tricky()]}
    for topic in (*full, *TOPICS):
        entries = full.get(topic, digests[2:3])
        post = render_post(
            topic,
            DAY,
            entries,
            updates=[new_version()],
            left_out=[paper(8, "Late Papers: A $\\chi^2$ Test")],
        )
        publish(post, posts, pictures_of(*entries), drafts=root / "drafts")
    write_week(posts)
    path = posts / "GAN.md"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    path.with_name(f"{path.name}{BESIDE}").write_bytes(_BESIDE)
    assert write_outputs(feeds_in(root)) == ()
    generate(root)
    return root


def write_week(posts: Path) -> None:
    """The post of the week, of the day's post of the topic GAN."""
    post = read_post_data((posts / "GAN.json").read_text("utf-8"))
    sources = Sources(here=[post], before=[], changed=[])
    week = period_ended_by("week", DAY + timedelta(days=6))
    link = "../../{date}/{stem}/"
    review = review_of("GAN", week, sources, language="zh", link=link)
    assert review is not None
    markdown = render_review(review)
    assert not check_review(markdown, write_review(review, markdown), sources)
    folder = posts.parent / week.name
    folder.mkdir()
    (folder / "GAN.md").write_text(markdown, encoding="utf-8")
    (folder / "GAN.json").write_text(write_review(review, markdown), encoding="utf-8")


def test_a_week_leads_to_its_day(site: Path) -> None:
    """Every link of its post leads to a page, and to an entry or statement on it."""
    page = site / "public" / "2026-W47" / "GAN" / "index.html"
    article = article_of(page.read_text("utf-8"))
    links = [a.attrs["href"] for a in article.tagged("a") if "href" in a.attrs]
    inner = [href for href in links if href.startswith("..")]
    day = _page(site).read_text("utf-8")

    assert len(inner) >= 5
    for href in inner:
        place, _, anchor = href.partition("#")
        assert (page.parent / unquote(place)).resolve() == _page(site).parent.resolve()
        assert f'id="{unquote(anchor)}"' in day
    items = article.tagged("li")
    assert all(
        statement.inside[-1] == "li"
        for statement in article.tagged("a")
        if "abstract" in statement.attrs.get("id", "")
    )
    assert items[0].inside[-1] == "ol"


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


# ---------------------------------------------------------------- its pages


def _page(site: Path, topic: str = "GAN") -> Path:
    folder = site / "public" / DAY.isoformat() / file_stem(topic, "topic")
    return folder / "index.html"


@pytest.fixture(scope="module")
def html(site: Path) -> str:
    """The page of the full post."""
    return _page(site).read_text("utf-8")


@pytest.fixture(scope="module")
def article(html: str) -> Elements:
    """The post's own part of that page."""
    return article_of(html)


def test_headings_are_the_papers(article: Elements) -> None:
    """Overview, the papers, new versions, what was left out; the page has the title."""
    papers = [d.paper for d in (calm_gan(), plain_sentences(), failed(), hostile())]

    assert [h.text for h in article.tagged("h2")] == [
        "今日速览",
        "论文",
        "更新：已收录论文的新版本",
        "1 篇因预算未总结",
    ]
    assert [h.text for h in article.tagged("h3")] == [
        *map(title_of, papers),
        "Mirrors and Masks: A Critical Survey of Face GANs",
    ]
    assert not article.tagged("h1", "h4", "h5", "h6")


def test_table_of_contents_leads_to_every_heading(html: str, article: Elements) -> None:
    """Each entry has a heading, each heading an entry."""
    page = Elements(html)
    targets = [
        unquote(a.attrs["href"][1:])
        for a in page.tagged("a")
        if "toc-link" in a.attrs.get("class", "")
    ]

    assert targets == [h.attrs["id"] for h in article.tagged("h2", "h3")]


def test_lists_are_lists(article: Elements) -> None:
    """Points are bullets, steps are numbered from 1, none in another."""
    ordered = article.tagged("ol")
    items = [item.text for item in article.tagged("li")]

    assert all("start" not in element.attrs for element in ordered)
    assert any(item.startswith("估计每批样本的判别器梯度范数") for item in items)
    assert not [li for li in article.tagged("li") if li.inside.count("li")]
    assert {code.text for code in article.tagged("code")} == {"代码", "更新"}
    assert not article.tagged("pre", "table", "dl")


def test_pictures_are_in_the_site(site: Path, article: Elements, html: str) -> None:
    """Every image of the article and the cover is a file of the public folder."""
    sources = [unquote(image.attrs["src"]) for image in article.tagged("img")]
    cover = re.search(r'og:image" content="http://127\.0\.0\.1([^"]+)"', html)

    assert len(sources) == 3
    for source in sources:
        assert (site / "public" / source.lstrip("/")).is_file(), source
    assert not re.search(r"page-header[^>]*url\(", html)  # no figure behind the title
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
    names = ("abstract", "points", *BEFORE_METHOD, "method", *AFTER_METHOD)
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
    """Every name in a fold leads to an anchor, which is there once."""
    anchors = [a for a in article.tagged("a") if "id" in a.attrs]
    ids = [a.attrs["id"] for a in anchors]
    overview = [a for a in article.tagged("a") if "ol" in a.inside][:5]
    links = [a.attrs.get("href", "") for a in article.tagged("a")]
    ways = [unquote(href[1:]) for href in links if href.startswith("#")]
    listed = [unquote(a.attrs["href"][1:]) for a in overview if "href" in a.attrs]

    assert [b.text for b in article.tagged("strong")].count("引文") == 2
    assert len(ids) == len(set(ids)) == 18 + 10 + 7 + 5
    assert {*ways} - {h.attrs["id"] for h in article.tagged("h2", "h3")} <= set(ids)
    assert listed == [f"2611.0000{number}" for number in range(1, 6)]
    assert not [a for a in anchors if a.text]


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
    assert [s.text[:5] for s in article.tagged("summary")].count("详细内容：") == 3
    assert len(article.tagged("details")) == 4


def test_a_post_beside_another_has_no_page(site: Path) -> None:
    """It is for whoever keeps the posts; that one is read in spite of CRLF and BOM."""
    pages = [path for path in (site / "public").rglob("*") if path.is_file()]

    assert not [path for path in pages if b"NEVER SHOWN" in path.read_bytes()]
    assert not [path for path in pages if BESIDE in path.name]


def test_any_topic_has_a_page(site: Path) -> None:
    """None over another's, and the site's own first page is still a list."""
    for topic in TOPICS:
        page = _page(site, topic).read_text("utf-8")

        assert "Tidal Flows" in page
        assert not re.search(r"<script>alert\(1\)", page)
    assert "recent-posts" in (site / "public" / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    "permalink", [":title/", ":year/:month/:day/:title/", ":category/:name/"]
)
def test_lines_lead_to_the_entries_of_other_posts(
    tmp_path: Path, permalink: str
) -> None:
    """Whatever stands before a post's name in the site's permalink."""
    posts = new_site(tmp_path) / DAY.isoformat()
    settings = tmp_path / "_config.yml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace('":title/"', f'"{permalink}"'), "utf-8")
    names = ("GAN", "Small nets", *TOPICS)
    papers = [
        replace(failed(), paper=paper(n, name)) for n, name in enumerate(names, 1)
    ]
    lines = [
        replace(one, stands_in=name) for one, name in zip(papers, names, strict=True)
    ]
    for topic, entry in zip(names, papers, strict=True):
        publish(render_post(topic, DAY, [entry]), posts, {}, drafts=tmp_path / "drafts")
    publish(render_post("Lines", DAY, lines), posts, {}, drafts=tmp_path / "drafts")
    generate(tmp_path)
    public = tmp_path / "public"
    pages = public.rglob("Lines/index.html")  # that of a tag is none
    (page,) = [p for p in pages if 'id="article-container"' in p.read_text("utf-8")]
    links = [
        a.attrs["href"]
        for a in article_of(page.read_text("utf-8")).tagged("a")
        if a.attrs.get("href", "").startswith("../")
    ]

    assert len(links) == len(names)
    for address_of_entry in links:
        address, _, name = unquote(address_of_entry).partition("#")
        there = (page.parent / address / "index.html").resolve()
        ids = [e.attrs.get("id") for e in article_of(there.read_text("utf-8")).all]
        assert name in ids


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
    done = run(["node", script], site, json.dumps(sources))
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
        f"- **意义**：{anchor}{escape(other)} {link('p.4', url, title=quote)} "
        f"{link('p.4', url, title=other)} **「⚠ x」**\n- {escape(quote)}"
        for quote, other in zip(quotes, reversed(quotes), strict=True)
    ]
    done = run(["node", str(HERE / "hexo" / "render.js")], site, json.dumps(sources))

    for quote, other, page in zip(
        quotes, reversed(quotes), json.loads(done.stdout), strict=True
    ):
        elements = Elements(f"<main>{page}</main>")
        links = [a for a in elements.tagged("a") if "href" in a.attrs]
        assert [a.attrs["title"] for a in links] == [tip(quote), tip(other)]
        assert {a.attrs["href"] for a in links} == {url}
        words = f"意义：{clean(other)}p.4p.4「⚠x」{clean(quote)}"
        assert "".join(elements.all[0].text.split()) == "".join(words.split())
        tags = {element.tag for element in elements.all[1:]}
        assert tags <= {"ul", "li", "p", "strong", "a", "span"}


# ---------------------------------------------------------------- a browser


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def public(site: Path) -> Iterator[str]:
    """The site over HTTP, with MathJax from npm."""
    folder = site / "public"
    for name in ("mathjax", "@mathjax"):
        shutil.copytree(
            CACHE / "node_modules" / name, folder / name, dirs_exist_ok=True
        )
    handler = functools.partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


# What the theme's MathJax does before a page is printed: it sets what is not in sight.
_SET_ALL = """<script>
const waiting = setInterval(async () => {
  if (!window.MathJax?.startup?.promise) return
  clearInterval(waiting)
  await MathJax.startup.promise
  await MathJax.startup.document.lazyTypesetAll()
}, 50)
</script>"""


def _shown(site: Path, public: str, topic: str, profile: Path) -> str:
    """A page as Chromium has it, as the theme loads it, every formula set."""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-sync"]
    flags += ["--disable-background-networking", "--disable-component-update"]
    flags += ["--no-first-run", "--dump-dom", "--virtual-time-budget=20000"]
    flags.append("--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1")
    flags.append(f"--user-data-dir={profile}")
    file = _page(site, topic)
    file.write_text(f"{file.read_text('utf-8')}{_SET_ALL}", "utf-8")
    folder = file.parent.relative_to(site / "public").as_posix()
    page = run(["chromium", *flags, f"{public}/{folder}/"], profile).stdout
    assert "'ui/lazy'" in page
    assert "<mjx-lazy" not in page
    return page


@pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is missing")
def test_browser_sets_every_formula(site: Path, public: str, tmp_path: Path) -> None:
    """As many typeset formulas as the article has, none of them an error."""
    page = _shown(site, public, "GAN", tmp_path)
    start = page.index('id="article-container"')
    shown = page[start : page.index("</article>", start)]

    # Those of the paper, one of them in the overview too, one in a hostile quote, the
    # two of the changed abstract, and one that was left out.
    assert shown.count("<mjx-container") == len(_formulas()) + 5
    assert "mjx-merror" not in shown
    assert 'href="javascript:' not in page


def _tricky() -> Digest:
    """A paper that writes TeX to make links, classes and room."""
    bad = [f"${body}$" for body in (*TRICKS, *TOO_MUCH)]
    words = " ".join([*bad, *(f"${body}$" for body in MATHEMATICS)])
    return digest_of(
        paper(9, f"Tricks {words}", abstract=words, comment=words),
        [("points", words, at(1, words)), ("method", words, at(1))],
        title=words,
    )


@pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is missing")
def test_browser_makes_nothing_of_hostile_tex(
    site: Path, public: str, tmp_path: Path
) -> None:
    """Of no formula a link, a class, a style or an id is on the page, nor more room.

    In the table of contents the theme has taken our tags off: MathJax there reads even
    what the article shows as text.
    """
    elements = Elements(_shown(site, public, "TeX", tmp_path)).all
    made = [element for element in elements if element.tag.startswith("mjx-")]
    values = [v for e in made for k, v in e.attrs.items() if k != "data-latex"]
    links = [e.attrs["href"] for e in elements if "href" in e.attrs]
    lengths_em = [float(n) for v in values for n in re.findall(r"([\d.]+)em", v)]

    assert sum(e.tag == "mjx-container" for e in made) > 4 * len(MATHEMATICS)
    assert not {"href", "id", "src", "title"} & {name for e in made for name in e.attrs}
    assert not [value for value in values if "evil" in value]
    assert all(re.match(r"https?://|[#/]", link) for link in links)
    assert 0 < max(lengths_em) < 40


@pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is missing")
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_the_overview_of_many_papers_is_short(
    tmp_path: Path, width: int, height: int
) -> None:
    """The list of 25 papers ends within a screen and a half, also with reasons."""
    posts = new_site(tmp_path) / DAY.isoformat()
    near = Relevance(score=1.0, near=(Interest(kind="text", words="GAN"),))
    papers = [replace(digest(n, DAY), relevance=near) for n in range(1, 26)]
    post = render_post("GAN", DAY, papers)
    publish(post, posts, pictures_of(*papers), drafts=tmp_path / "drafts")
    generate(tmp_path)
    browser = Browser(shutil.which("chromium") or "", tmp_path / "profile")
    with served(tmp_path / "public") as address:
        browser.look(width, height=height)
        folder = _page(tmp_path).parent.relative_to(tmp_path / "public").as_posix()
        browser.open(f"{address}{folder}/")
        browser.wait_for(
            "document.getAnimations().every((a) => a.playState != 'running')"
        )
        end = browser.run(
            "document.querySelector('#article-container > ol')"
            ".getBoundingClientRect().bottom"
        )
    browser.close()

    assert 0 < end / height < 1.5
