"""From the twins to a site: what changed is made anew, checked whole, and renamed."""

from __future__ import annotations

import filecmp
import hashlib
import logging
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from pathlib import Path

from filelock import FileLock, Timeout

from chatpaper import __version__
from chatpaper.errors import ArgumentError, ConfigError, SiteError, StoreError
from chatpaper.posts import phrases_in
from chatpaper.records import Digest
from chatpaper.site.catalogue import Posts, catalogue_of
from chatpaper.site.feeds import SiteFeeds
from chatpaper.site.gate import faults_of, lost_periods, lost_posts, why_lost
from chatpaper.site.made import FILE, Made, Written, read_made, write_made, written_page
from chatpaper.site.pages import Pages, picture_path
from chatpaper.site.phrases import site_phrases
from chatpaper.site.rendering import Templates
from chatpaper.site.reviews import found_reviews
from chatpaper.site.searching import (
    Found,
    bundles_of,
    found_of,
    indexed,
    pagefind,
    write_index,
)

log = logging.getLogger(__name__)
STAGING = ".chatpaper-new"
LOCK = ".chatpaper-site.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """What a site is made with.

    Attributes:
        posts: Folder of the posts.
        site: Folder of the site.
        language: Of the fixed words.
        zone: Whose midnight begins a day; None for the system's.
        base_url: Where the site will be served, with a slash at its end; empty when
            nobody said it, and then it has no feeds.
    """

    posts: Path
    site: Path
    language: str = "zh"
    zone: tzinfo | None = None
    base_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReport:
    """What a build did.

    Attributes:
        papers, days, files: That the site has.
        written, removed: Files that changed, and that are gone.
        has_search: Whether it can be searched.
    """

    papers: int
    days: int
    files: int
    written: int
    removed: int
    has_search: bool


def build_site(
    settings: SiteSettings,
    posted: Mapping[tuple[str, date], int] | None = None,
    periods: Collection[tuple[str, str]] = (),
) -> SiteReport:
    """Make the site, or bring it up to date.

    Files are written under a folder of their own and renamed when all of them are
    there and the gate has passed them; those that did not change are not touched, nor
    are files that are not the site's.

    Args:
        settings: From where to where.
        posted: Papers of each post that must be there, by its topic and day.
        periods: Topic and period of posts of weeks and months, likewise.

    Raises:
        ConfigError: There is no post, or the folder holds another site.
        SiteError: The gate refuses the site, or somebody else is making it; the last
            site stays as it was.
        StoreError: The disk refuses.
    """
    site = settings.site
    with _disk_errors(site):
        site.mkdir(parents=True, exist_ok=True)
        before = read_made(site)
        # Also when it is damaged, or of another version.
        is_ours = (site / FILE).exists()
        if not is_ours and (site / "index.html").exists():
            raise ArgumentError("output", f"{site} holds an index.html of another site")
        try:
            with FileLock(site / LOCK, timeout=0):
                return _Build(settings, before or Made()).run(posted or {}, periods)
        except Timeout:
            raise SiteError(str(site), "another command is making this site") from None


@contextmanager
def _disk_errors(site: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        path = error.filename or site
        raise StoreError(str(path), error.strerror or str(error)) from error


class _Build:
    """One build: what is staged, and what the whole site will be."""

    def __init__(self, settings: SiteSettings, before: Made) -> None:
        self._settings = settings
        self._staging = settings.site / STAGING
        self._before = before
        self._files: dict[str, Written] = {}
        self._staged: list[str] = []
        self._faults: list[str] = []
        self._posts = Posts(settings.posts)
        by_path = {post.path: post for post in before.posts}
        catalogue = catalogue_of(self._posts.rows(by_path))
        known = {row.path: row for row in before.reviews}
        reviews = self._posts.reviews(known, catalogue.topics)
        self._catalogue = replace(catalogue, reviews=reviews)
        shared = [__version__, settings.language, settings.base_url, bool(pagefind())]
        self._by = _sha(repr(shared).encode() + _program())

    def run(
        self,
        posted: Mapping[tuple[str, date], int],
        periods: Collection[tuple[str, str]],
    ) -> SiteReport:
        """Stage, check, publish."""
        if not self._catalogue.papers:
            raise ConfigError("output.dir", f"no post in {self._settings.posts}")
        folder = self._settings.posts
        deleted = {(t.stem, t.parent.name) for t in self._posts.deleted()}
        lost = lost_posts(self._catalogue, posted, deleted)
        if lost := (*lost, *lost_periods(folder, periods)):
            raise SiteError(str(self._settings.site), why_lost(folder, lost))
        shutil.rmtree(self._staging, ignore_errors=True)
        try:
            pictures = self._stage_pictures()
            bundles = self._bundles()
            self._stage_pages(pictures, tuple(bundles))
            self._stage_assets(bool(bundles))
            if self._settings.base_url:
                self._stage_feeds(pictures)
            searched = self._stage_search(bundles) if bundles else None
            self._faults += faults_of(self._files, self._catalogue, searched)
            if self._faults:
                raise SiteError(str(self._settings.site), "; ".join(self._faults))
            removed = self._publish()
        finally:
            shutil.rmtree(self._staging, ignore_errors=True)
        return SiteReport(
            papers=len(self._catalogue.papers),
            days=len(self._catalogue.days),
            files=len(self._files),
            written=len(self._staged),
            removed=removed,
            has_search=bool(bundles),
        )

    # ---------------------------------------------------------------- staging

    def _stands(self, path: str, signature: str, *, always: bool = False) -> bool:
        """Whether a file was made of the same before, by the same program."""
        known = self._before.files.get(path)
        if known is None or known.signature != signature:
            return False
        if not always and self._before.by != self._by:
            return False
        if not (self._settings.site / path).is_file():
            return False
        self._files[path] = known
        return True

    def _stage(self, path: str) -> Path:
        target = self._staging / path
        target.parent.mkdir(parents=True, exist_ok=True)
        self._staged.append(path)
        return target

    def _put(self, path: str, content: bytes) -> None:
        signature = _sha(content)
        if not self._stands(path, signature, always=True):
            self._stage(path).write_bytes(content)
            self._files[path] = Written(signature)

    def _stage_pictures(self) -> frozenset[str]:
        """The pictures of every paper's shown entry that there are."""
        there = []
        for paper_id, seen in self._catalogue.papers.items():
            best = self._catalogue.best(paper_id)
            folder = next(s.post.folder for s in reversed(seen) if s.row == best)
            for file in best.pictures:
                source = self._settings.posts / folder / file
                path = picture_path(best, file)
                if Path(file).name != file or not source.is_file():
                    log.warning("no such picture paper=%s file=%s", paper_id, source)
                    continue
                facts = source.stat()
                signature = f"{facts.st_size}-{facts.st_mtime_ns}"
                if not self._stands(path, signature, always=True):
                    _copy(source, self._stage(path))
                    self._files[path] = Written(signature)
                there.append(path)
        return frozenset(there)

    def _stage_pages(self, pictures: frozenset[str], bundles: tuple[str, ...]) -> None:
        settings = self._settings
        say, words = site_phrases(settings.language), phrases_in(settings.language)
        shared = {
            "say": say,
            "words": words,
            "has_search": bool(bundles),
            "has_feeds": bool(settings.base_url),
        }
        templates = Templates(shared, settings.base_url)
        pages = Pages(
            self._catalogue, self._posts, pictures, say, words, templates, bundles
        )
        for page in pages.all():
            if not self._stands(page.path, page.signature):
                html = page.render()
                written, dead = written_page(page.path, page.signature, html)
                self._faults += [f"dead link: {page.path} -> {link}" for link in dead]
                self._stage(page.path).write_text(html, encoding="utf-8")
                self._files[page.path] = written

    def _stage_assets(self, has_search: bool) -> None:
        folder = Path(__file__).parent / "templates"
        for name in ("style.css", "search.js") if has_search else ("style.css",):
            self._put(name, (folder / name).read_bytes())

    def _stage_feeds(self, pictures: frozenset[str]) -> None:
        settings = self._settings
        feeds = SiteFeeds(
            settings.posts,
            self._catalogue,
            self._posts.read,
            pictures,
            settings.language,
            settings.zone,
            settings.base_url,
        )
        for path, signature, make in feeds.all():
            if not self._stands(path, signature):
                self._stage(path).write_bytes(make())
                self._files[path] = Written(signature)

    # ---------------------------------------------------------------- search

    def _bundles(self) -> dict[str, list[str]]:
        """The papers of each index, by its folder; none without a search."""
        if pagefind() is None:
            return {}
        papers = self._catalogue.papers
        days = {p: self._catalogue.first_day(p) for p in papers}
        return bundles_of(days | {r.page: r.last for r in self._catalogue.reviews})

    def _stage_search(self, bundles: Mapping[str, list[str]]) -> frozenset[str]:
        """The pages that the indexes know."""
        searched = set()
        for name, ids in bundles.items():
            places = {p: self._shown_in(p) for p in ids}
            made_of = sorted(
                (p, self._page_of(p)[1], sha) for p, (_, sha) in places.items()
            )
            signature = _sha(repr(made_of).encode())
            marker = f"{name}/pagefind-entry.json"
            if self._stands(marker, signature):
                for path, file in self._before.files.items():
                    if path.startswith(f"{name}/"):
                        self._files[path] = file
                folder = self._settings.site / name
            else:
                folder = self._staging / name
                folder.parent.mkdir(parents=True, exist_ok=True)
                write_index(self._found(places), self._settings.language, folder)
                for made in sorted(filter(Path.is_file, folder.rglob("*"))):
                    path = made.relative_to(self._staging).as_posix()
                    self._files[path] = Written(signature)
                    # Most of an index is files that bear the hash of their content.
                    if not _same(made, self._settings.site / path):
                        self._staged.append(path)
            if indexed(folder) == len(ids):
                searched |= {self._page_of(name)[0] for name in ids}
        return frozenset(searched)

    def _shown_in(self, paper_id: str) -> tuple[str, str]:
        """Path and signature of the twin with a paper's shown entry, or of a period."""
        for row in self._catalogue.reviews:
            if row.page == paper_id:
                return row.path, row.sha
        best = self._catalogue.best(paper_id)
        seen = self._catalogue.papers[paper_id]
        post = next(s.post for s in reversed(seen) if s.row == best)
        return post.path, post.sha

    def _page_of(self, name: str) -> tuple[str, int]:
        """Of a paper, with its version; or of a period, which is called by its page."""
        if name not in self._catalogue.papers:
            return name, 0
        best = self._catalogue.best(name)
        return f"papers/{best.stem}.html", best.version

    def _found(self, places: Mapping[str, tuple[str, str]]) -> Iterator[Found]:
        by_post: dict[str, set[str]] = {}
        rows = self._catalogue.reviews
        yield from found_reviews(self._settings.posts, rows, places)
        for paper_id in self._catalogue.papers.keys() & places:
            path, _ = places[paper_id]
            by_post.setdefault(path, set()).add(paper_id)
        for path, ids in by_post.items():
            post = self._posts.read(path)
            bare = (Digest(paper=update.paper) for update in post.updates)
            for digest in (*post.digests, *bare):
                if digest.paper.id in ids:
                    ids.remove(digest.paper.id)
                    best = self._catalogue.best(digest.paper.id)
                    yield found_of(digest, f"papers/{best.stem}.html")

    # ---------------------------------------------------------------- publishing

    def _publish(self) -> int:
        """Rename all that is staged, the way in last; returns how many files went."""
        site = self._settings.site
        for path in sorted(self._staged, key=lambda path: (path == "index.html", path)):
            target = site / path
            target.parent.mkdir(parents=True, exist_ok=True)
            (self._staging / path).replace(target)
        gone = [path for path in self._before.files if path not in self._files]
        for path in gone:
            (site / path).unlink(missing_ok=True)
            for folder in (site / path).parents:
                if folder == site or not folder.is_dir() or any(folder.iterdir()):
                    break
                folder.rmdir()
        made = Made(
            by=self._by,
            posts=self._catalogue.posts,
            files=self._files,
            reviews=self._catalogue.reviews,
        )
        content, memory = write_made(made), site / FILE
        if not memory.is_file() or memory.read_bytes() != content:
            fresh = self._staging / FILE
            fresh.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(content)
            fresh.replace(memory)
        return len(gone)


def _program() -> bytes:
    """The code and templates that pages are made by: what they make may change."""
    rooms = Path(__file__).parent.parent
    files = (
        file
        for room in ("citations", "feeds", "fragments", "periods", "posts", "site")
        for file in sorted((rooms / room).rglob("*"))
        if file.suffix in (".py", ".j2")
    )
    return b"".join(file.read_bytes() for file in files)


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:24]


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and filecmp.cmp(one, other, shallow=False)


def _copy(source: Path, target: Path) -> None:
    """Two names for one file, where the disk can: posts replace files, never edit."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
