"""What the twins hold, in short: enough for every list of the site.

A twin is read whole only when it changed; what is remembered of the others is what
stands here, and goes into a file of the site as plain lists.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from chatpaper.citations import names_of
from chatpaper.fragments import html_of
from chatpaper.posts import (
    Standing,
    clean,
    read_standing,
    title_of,
    translated_title,
)
from chatpaper.records import Digest, Paper, Post
from chatpaper.site.reviews import ReviewRow, review_rows
from chatpaper.text import file_stem, one_line

log = logging.getLogger(__name__)


class Row(NamedTuple):
    """A paper in one post.

    Attributes:
        id: Without version.
        version: Of the paper.
        title: As printed, as HTML.
        translated: Likewise; empty when there is none.
        authors: As printed and as sorted, in printed order.
        day: Of submission; empty when unknown.
        whole: Whether it has a summary.
        is_update: Whether the post tells only of its new version.
        pictures: Their file names.
        stands_in: The topic whose post of the day has the entry; empty for this one.
    """

    id: str
    version: int
    title: str
    translated: str
    authors: tuple[tuple[str, str], ...]
    day: str
    whole: bool
    is_update: bool
    pictures: tuple[str, ...]
    stands_in: str

    @property
    def stem(self) -> str:
        """Of its page."""
        return file_stem(self.id, "paper")


class PostRows(NamedTuple):
    """A post in short.

    Attributes:
        path: Of its twin, below the folder of the posts.
        sha: Of the twin and its Markdown.
        topic, stem, day: As in the twin.
        rows: Its papers, then the updates.
    """

    path: str
    sha: str
    topic: str
    stem: str
    day: str
    rows: tuple[Row, ...]

    @property
    def folder(self) -> str:
        """Where its pictures lie, below the folder of the posts."""
        return f"{self.path.rpartition('/')[0]}/{self.stem}"


@dataclass(frozen=True, slots=True)
class Posts:
    """The posts of a folder, read when they are asked for."""

    folder: Path

    def read(self, path: str) -> Post:
        """The post of a twin."""
        return read_standing(self.folder / path)

    def deleted(self) -> frozenset[Path]:
        """Twins of posts that somebody has deleted."""
        return Standing(self.folder).deleted()

    def reviews(
        self, known: Mapping[str, ReviewRow], stems: Collection[str]
    ) -> tuple[ReviewRow, ...]:
        """See `review_rows`."""
        return tuple(review_rows(self.folder, known, stems))

    def rows(self, known: Mapping[str, PostRows]) -> Iterator[PostRows]:
        """All posts in short, oldest first; those that did not change as known.

        A file that is no twin is logged and left out.
        """
        for twin in Standing(self.folder).twins():
            path = twin.relative_to(self.folder).as_posix()
            sha = hashlib.sha256(twin.read_bytes() + _markdown(twin)).hexdigest()[:32]
            if path in known and known[path].sha == sha:
                yield known[path]
                continue
            try:
                post = read_standing(twin)
            except ValueError:
                log.warning("not the twin of a post: %s", twin)
                continue
            yield _short(path, sha, post)


def _markdown(twin: Path) -> bytes:
    try:
        return twin.with_suffix(".md").read_bytes()
    except FileNotFoundError:
        return b""


def _short(path: str, sha: str, post: Post) -> PostRows:
    rows = [_row(d.paper, d) for d in post.digests]
    rows += [_row(update.paper, None) for update in post.updates]
    stem = post.stem or Path(path).stem
    return PostRows(path, sha, post.topic, stem, post.day.isoformat(), tuple(rows))


def _row(paper: Paper, digest: Digest | None) -> Row:
    return Row(
        id=paper.id,
        version=paper.version,
        title=str(html_of(title_of(paper))),
        translated=str(html_of(translated_title(digest))) if digest else "",
        authors=tuple(
            (clean(printed), clean(name.sorted))
            for printed, name in zip(
                filter(one_line, paper.authors), names_of(paper), strict=False
            )
            if clean(name.sorted)
        ),
        day=paper.published.date().isoformat() if paper.published else "",
        whole=digest is not None and digest.summary is not None,
        is_update=digest is None,
        pictures=tuple(p.file for p in digest.pictures) if digest else (),
        stands_in=clean(digest.stands_in) if digest else "",
    )


# --------------------------------------------------------------------------------------
# The same rows, by paper, day, topic and author.


class Seen(NamedTuple):
    """A paper in a post."""

    post: PostRows
    row: Row


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Where each paper was posted, oldest first.

    Attributes:
        posts: All of them.
        papers: By id.
        days: Posts by day.
        topics: Papers by topic's stem and month of their first post on it.
        names: Topics by stem.
        authors: Ids by sorted name, with the name as first printed.
        reviews: Weeks' and months' posts, oldest first.
    """

    posts: tuple[PostRows, ...]
    papers: dict[str, list[Seen]]
    days: dict[str, list[PostRows]]
    topics: dict[str, dict[str, list[str]]]
    names: dict[str, str]
    authors: dict[str, tuple[str, list[str]]]
    reviews: tuple[ReviewRow, ...] = ()

    def best(self, paper_id: str) -> Row:
        """What a list shows of a paper: its newest whole entry, or else its newest."""
        seen = self.papers[paper_id]
        entries = [s.row for s in seen if not s.row.is_update] or [s.row for s in seen]
        whole = [row for row in entries if row.whole] or entries
        # Pictures lie beside the post that has the entry.
        return max(whole, key=lambda row: (row.version, not row.stands_in))

    def first_day(self, paper_id: str) -> str:
        """Of the posts that show it."""
        return self.papers[paper_id][0].post.day


def catalogue_of(posts: Iterable[PostRows]) -> Catalogue:
    """Sort all papers into their lists.

    Args:
        posts: Oldest first.
    """
    made = Catalogue(tuple(posts), {}, {}, {}, {}, {})
    known: dict[str, set[str]] = {}
    for post in made.posts:
        made.days.setdefault(post.day, []).append(post)
        months = made.topics.setdefault(post.stem, {})
        made.names[post.stem] = post.topic
        listed = known.setdefault(post.stem, set())
        for row in post.rows:
            made.papers.setdefault(row.id, []).append(Seen(post, row))
            if row.id not in listed:
                months.setdefault(post.day[:7], []).append(row.id)
                listed.add(row.id)
    for paper_id in made.papers:
        for printed, name in made.best(paper_id).authors:
            _, ids = made.authors.setdefault(name, (printed, []))
            ids.append(paper_id)
    return made
