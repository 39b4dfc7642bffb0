"""Thousands of hostile records and replies in a real Hexo site (`make test-hexo`)."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest

from chatpaper.errors import PostError
from chatpaper.posts import publish, publishable, render_post
from chatpaper.records import Post
from hexo_site import Elements, article_of, generate, new_site, run
from hostile_records import Hostile
from rich_digests import DAY, calm_gan, pictures_of

PAPERS = int(os.environ.get("CHATPAPER_HOSTILE", "5000"))
PER_POST = 20

pytestmark = [
    pytest.mark.skipif(not os.environ.get("CHATPAPER_HEXO"), reason="make test-hexo"),
    pytest.mark.skipif(not shutil.which("npm"), reason="node and npm are missing"),
    pytest.mark.timeout(1800),
]


@dataclass(frozen=True)
class Site:
    """A generated site: its pages, and the posts that they were made of."""

    public: Path
    posts: tuple[Post, ...]
    refused: tuple[str, ...]

    def page(self, post: Post) -> str:
        """The HTML of a post."""
        day = self.public / DAY.isoformat()
        return (day / post.stem / "index.html").read_text("utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site of hostile posts and, first of all, one calm post."""
    root = tmp_path_factory.mktemp("site")
    folder = new_site(root) / DAY.isoformat()
    hostile = Hostile(PAPERS)
    digests = [hostile.digest(paper) for paper in hostile.papers(PAPERS, root)]
    groups = [("calm", [calm_gan()])]
    for start in range(0, len(digests), PER_POST):
        groups.append((hostile.text(), digests[start : start + PER_POST]))
    posts, refused = [], []
    for number, (topic, group) in enumerate(groups):
        pictures = pictures_of(*group)
        post = render_post(f"{topic} {number}", DAY, group)
        try:
            publish(post, folder, pictures, drafts=root / "drafts")
        except PostError as error:
            refused.append(error.problems)
            post, _ = publishable(post, pictures, _rewritten)
            publish(post, folder, pictures, drafts=root / "drafts")
        posts.append(post)
    generate(root)
    return Site(root / "public", tuple(posts), tuple(refused))


def _rewritten(post: Post) -> Post:
    return render_post(post.topic, post.day, post.digests)


def test_every_paper_is_published(site: Site) -> None:
    """The gate refuses none: what is hostile is shown as text."""
    assert site.refused == ()
    assert sum(len(post.digests) for post in site.posts) == PAPERS + 1


# ---------------------------------------------------------------- what a post may hold

_ATTRIBUTES = {
    "a": {"href", "id", "title", "class", "target", "rel"},
    "h2": {"id"},
    "h3": {"id"},
    "code": set(),
    "img": {"src", "alt"},
    "ol": {"start"},
    "article": {"id", "class"},
    "div": {"id", "class"},
}
_TAGS = {"p", "br", "span", "strong", "ul", "ol", "li", "blockquote", "details"}
_TAGS |= {"summary", "del", "ins", *_ATTRIBUTES}
_ANCHOR = re.compile(r"[A-Za-z0-9.-]+(?:-[a-z_]+-\d+)?")
_BADGE = re.compile(
    r"代码|更新|综述|数据集|撤稿|关注的作者|近似于兴趣|近似于 [^`{}<>$&\\]{1,17}"
    r"|[A-Za-z0-9 ]{3,16} (?:19|20)\d\d"
)


def _foreign(article: Elements, post: Post) -> Iterator[str]:
    """What of an article is not ours, by kind."""
    ids = {e.attrs["id"] for e in article.all if "id" in e.attrs}
    hosts = {"arxiv.org", *_hosts(post)}
    for element in article.all[1:]:
        tag, attrs = element.tag, element.attrs
        if tag not in _TAGS or attrs.keys() - _ATTRIBUTES.get(tag, set()):
            yield f"element {tag} {sorted(attrs)}"
        if attrs.get("class", "headerlink") != "headerlink":
            yield f"class {attrs['class']}"
        if tag == "a" and "id" in attrs and not _ANCHOR.fullmatch(attrs["id"]):
            yield f"id {attrs['id']}"
        if tag == "code" and not _BADGE.fullmatch(element.text):
            yield f"badge {element.text!r}"
        if tag == "img" and not attrs["src"].startswith(f"/{DAY.isoformat()}/"):
            yield f"image {attrs['src']}"
        href = attrs.get("href")
        if href is None:
            continue
        if href.startswith("#"):
            if unquote(href[1:]) not in ids:
                yield f"link to nowhere {href}"
        elif not href.startswith(("https://", "http://")):
            yield f"link {href}"
        elif element.text.startswith("doi:"):
            if unquote(href) != f"https://doi.org/{element.text[4:]}":
                yield f"link {href} of {element.text}"
        elif href.split("/")[2] in hosts:
            continue
        # A bare address of an abstract or a comment says where it leads.
        elif _plain(href) != _plain(element.text) or "title" in attrs:
            yield f"link {href} of {element.text!r}"


def _hosts(post: Post) -> Iterator[str]:
    """Where the records themselves say that something is."""
    for digest in post.digests:
        paper, code = digest.paper, digest.code_url
        for address in (paper.abs_url, paper.pdf_url, code.text if code else None):
            if found := re.match(r"\s*https?://([^/?#\s]+)", address or ""):
                yield found[1]


def _plain(address: str) -> str:
    """An address without what Hexo and a browser may write otherwise."""
    return "".join(unquote(address).split()).rstrip("/")


def test_articles_hold_nothing_foreign(site: Site) -> None:
    """No active element, no attribute, no link and no picture but ours."""
    found: Counter[str] = Counter()
    elements = links = 0
    for post in site.posts:
        article = article_of(site.page(post))
        found.update(_foreign(article, post))
        elements += len(article.all)
        links += sum("href" in e.attrs for e in article.all)
    print(f"{len(site.posts)} posts, {elements} elements, {links} links")

    assert not found, found.most_common(20)
    assert links > PAPERS


def test_browsers_can_parse_every_address(site: Site) -> None:
    """As the WHATWG has it, and the scheme is http(s)."""
    hrefs = {
        element.attrs["href"]
        for post in site.posts
        for element in article_of(site.page(post)).all
        if not element.attrs.get("href", "#").startswith("#")
    }
    script = (
        "const all = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "const web = a => URL.canParse(a) && /^https?:$/.test(new URL(a).protocol);"
        "process.stdout.write(JSON.stringify(all.filter(a => !web(a))))"
    )
    done = run(["node", "-e", script], site.public, json.dumps(sorted(hrefs)))

    assert json.loads(done.stdout) == []
    assert hrefs


# ---------------------------------------------------------------- the pages around

_RUNS = re.compile(r"(?i)^\s*(?:javascript|data|vbscript|file):")
_LITERAL = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|`[^`]*`")


def _active(page: Elements) -> set[str]:
    """Everything on a page that could run or load: scripts without their texts."""
    found = set()
    for element in page.all:
        for name, value in element.attrs.items():
            is_address = name in ("href", "src", "action", "data", "formaction")
            if name.startswith("on") or (is_address and _RUNS.match(value)):
                found.add(f"{element.tag} {name}={value}")
        if element.tag in ("script", "style", "iframe", "object", "embed", "base"):
            found.add(f"{element.tag} {element.attrs} {_LITERAL.sub('', element.text)}")
    return found


def test_pages_run_what_a_calm_page_runs(site: Site) -> None:
    """Topics, titles and descriptions stay text in head, sidebar and scripts."""
    calm = _active(Elements(site.page(site.posts[0])))
    for post in site.posts[1:]:
        more = _active(Elements(site.page(post))) - calm

        assert not more, (post.topic, more)


def test_lists_of_posts_run_nothing_of_theirs(site: Site) -> None:
    """The first page, the archive, the tags and the categories too."""
    pages = [
        path
        for path in site.public.rglob("*.html")
        if DAY.isoformat() not in path.relative_to(site.public).parts
    ]
    calm = _active(Elements(site.page(site.posts[0])))
    calm |= _active(Elements((site.public / "index.html").read_text("utf-8")))
    for path in pages:
        page = Elements(path.read_text("utf-8"))
        images = [e.attrs.get("src", "") for e in page.tagged("img")]

        assert not [more for more in _active(page) - calm if "alert" in more], path
        assert not [image for image in images if not image.startswith("/")], path
    assert len(pages) > len(site.posts) / 2
