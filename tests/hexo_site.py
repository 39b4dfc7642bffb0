"""A real Hexo 8 site with the Butterfly theme, and the elements of its pages.

The site's packages come from npm and are kept in `.cache/hexo`.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

HERE = Path(__file__).parent
CACHE = HERE.parent / ".cache" / "hexo"


def new_site(root: Path) -> Path:
    """The settings and packages of a site, without a post; the folder of its posts."""
    install()
    for name in ("package.json", "_config.yml", "_config.butterfly.yml"):
        shutil.copy(HERE / "hexo" / name, root)
    (root / "node_modules").symlink_to(CACHE / "node_modules")
    return root / "source" / "_posts"


def generate(root: Path) -> None:
    """Write the site's pages into `public/`."""
    done = run(["node_modules/.bin/hexo", "generate"], root)

    assert "ERROR" not in done.stdout + done.stderr
    assert "FATAL" not in done.stdout + done.stderr


def install() -> None:
    """Fetch the packages, unless they are there."""
    wanted = (HERE / "hexo" / "package.json").read_bytes()
    held = CACHE / "package.json"
    hexo = CACHE / "node_modules" / ".bin" / "hexo"
    if held.exists() and held.read_bytes() == wanted and hexo.exists():
        return
    shutil.rmtree(CACHE, ignore_errors=True)
    CACHE.mkdir(parents=True)
    (CACHE / "package.json").write_bytes(wanted)
    npm = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"]
    run(npm, CACHE)


def run(
    command: list[str], directory: Path, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """A command that must succeed."""
    done = subprocess.run(
        command,
        cwd=directory,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done


# ---------------------------------------------------------------- pages

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


def article_of(html: str) -> Elements:
    """The post's own part of its page."""
    start = html.index('id="article-container"')
    return Elements(html[html.rindex("<", 0, start) : html.index("</article>", start)])
