"""From digests to the day's post on disk, and back into the ledger."""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Literal

from chatpaper.errors import PostError, StoreError
from chatpaper.pipeline.digest import Digested
from chatpaper.pipeline.outcomes import Ended
from chatpaper.posts import (
    merge_digests,
    publish,
    publishable,
    read_post_data,
    render_post,
)
from chatpaper.records import Digest, Paper, Post, RunReport, Update
from chatpaper.store import LedgerEntry, PendingPost, Store
from chatpaper.text import file_stem

# --------------------------------------------------------------------------------------
# From digests to the day's post on disk, and back into the ledger.

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Where and how posts are written.

    Attributes:
        root: Folder of the posts; each day has its own below.
        drafts: Where posts go that the gate refuses.
        language, author, category: See `render_post`.
    """

    root: Path
    drafts: Path
    language: Literal["zh", "en"] = "zh"
    author: str = ""
    category: str = "Paper"

    def path(self, topic: str, day: date) -> Path:
        """Where the post of a topic and day is, or will be."""
        return self.root / day.isoformat() / f"{file_stem(topic, 'topic')}.md"

    def render(
        self,
        topic: str,
        day: date,
        digests: Sequence[Digest],
        updates: Sequence[Update],
        left_out: Sequence[Paper],
    ) -> Post:
        """The day's post, with what earlier runs of the day have put in it.

        Raises:
            PostError: The JSON twin of the day's earlier post cannot be read.
        """
        twin = self.path(topic, day).with_suffix(".json")
        old = Post(topic=topic, day=day, digests=())
        if twin.exists():
            try:
                old = read_post_data(twin.read_text(encoding="utf-8"))
            except (ValueError, OSError) as error:
                advice = "cannot be read; move it and its post away and run again"
                raise PostError(str(twin), advice) from error
        return self.rendered(
            replace(
                old,
                topic=topic,
                digests=merge_digests(old.digests, digests),
                updates=(*old.updates, *updates),
                left_out=tuple(left_out),
            )
        )

    def rendered(self, post: Post) -> Post:
        """A post written anew from its records."""
        return render_post(
            post.topic,
            post.day,
            post.digests,
            updates=post.updates,
            left_out=post.left_out,
            language=self.language,
            author=self.author,
            category=self.category,
        )

    def write(self, post: Post, images: Mapping[str, Path]) -> Path:
        """Publish a post with new images, and those that it shows already.

        Raises:
            PostError: The gate refuses it; the earlier post stands.
            StoreError: The disk refuses; the earlier post stands.
        """
        path = self.path(post.topic, post.day)
        shown = [picture.file for d in post.digests for picture in d.pictures]
        files = _Files(
            {name: images.get(name, path.parent / post.stem / name) for name in shown}
        )
        return publish(post, path.parent, files, drafts=self.drafts)


@dataclass(frozen=True, slots=True)
class _Files(Mapping[str, bytes]):
    """Files by name, read when asked for."""

    paths: Mapping[str, Path] = field(default_factory=dict)

    def __getitem__(self, name: str) -> bytes:
        return self.paths[name].read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)


def publish_day(
    press: Press,
    store: Store,
    post: Post,
    entries: Sequence[LedgerEntry],
    images: Mapping[str, Path],
) -> Path:
    """Write a post, and what the ledger says of its papers from then on.

    A kill between the two neither loses nor repeats a paper: see `reconcile`.

    Raises:
        PostError: The gate refuses it; the earlier post and the ledger stand.
        StoreError: The disk refuses; likewise.
    """
    begun = PendingPost(
        day=post.day,
        path=press.path(post.topic, post.day),
        sha256=hashlib.sha256(post.markdown.encode()).hexdigest(),
        entries=tuple(entries),
    )
    store.begin_post(post.topic, begun)
    path = press.write(post, images)
    store.end_post(post.topic, begun, stands=True)
    return path


def publish_sound(
    press: Press,
    store: Store,
    post: Post,
    entries: Sequence[LedgerEntry],
    images: Mapping[str, Path],
) -> tuple[Path, PostError | None, frozenset[str]]:
    """Write a post, if need be without the papers that the gate refuses.

    Returns:
        The post's path; why papers are not in it, with the draft of the whole post;
        and their versioned ids.

    Raises:
        PostError: Nothing is left; the earlier post and the ledger stand.
        StoreError: The disk refuses; likewise.
    """
    try:
        return publish_day(press, store, post, entries, images), None, frozenset()
    except PostError as error:
        pictures = [picture.file for d in post.digests for picture in d.pictures]
        new = {entry.paper.versioned_id for entry in entries}
        standing = {digest.paper.versioned_id for digest in post.digests} - new
        sound, problems = publishable(post, pictures, press.rendered, standing=standing)
        if not problems or not (sound.digests or sound.updates):
            raise
        left = [e for e in entries if e.paper.versioned_id not in problems]
        path = publish_day(press, store, sound, left, images)
        text = "\n".join(map(str, chain.from_iterable(problems.values())))
        return path, PostError(error.path, text), frozenset(problems)


def reconcile(press: Press, topic: str, store: Store) -> None:
    """Settle posts whose run was killed while it published them.

    Pictures are in place before the JSON twin, and the twin before the Markdown: if the
    twin is that of the begun post, all that may be missing is the Markdown.
    """
    for begun in store.begun_posts(topic):
        stands = _is(begun, _on_disk(begun)) or _completed(press, topic, begun)
        log.warning("unsettled post=%s stands=%s", begun.path, stands)
        store.end_post(topic, begun, stands=stands)


def _completed(press: Press, topic: str, begun: PendingPost) -> bool:
    try:
        post = press.render(topic, begun.day, (), (), ())
        if not _is(begun, post.markdown.encode()):
            return False
        press.write(post, {})
    except (PostError, StoreError):
        return False
    return True


def _is(begun: PendingPost, markdown: bytes) -> bool:
    return hashlib.sha256(markdown).hexdigest() == begun.sha256


def _on_disk(begun: PendingPost) -> bytes:
    try:
        return begun.path.read_bytes()
    except OSError:
        return b""


# --------------------------------------------------------------------------------------
# Each paper into the post of its day, and what the ledger says of it from then on.


def post_papers(
    report: RunReport,
    papers: Sequence[Ended],
    updates: Sequence[Update],
    images: Mapping[str, Path],
    *,
    press: Press,
    store: Store,
) -> RunReport:
    """Publish papers, each in the post of its day, and write the ledger.

    Args:
        report: Of the run so far; its day is that of papers without a day of their
            own, and of the updates.
        papers: All of the run's, shown or not.
        updates: New versions of papers posted earlier.
        images: Of the papers, by file name.
        press: Writes the posts.
        store: Holds the ledger.

    Raises:
        StoreError: The store or the disk refuses; days published so far stand.
    """
    days: dict[date, list[Ended]] = {report.day: []}
    for paper in papers:
        if paper.is_shown:
            days.setdefault(paper.entry.post_day or report.day, []).append(paper)
    rest = [paper.entry for paper in papers if not paper.is_shown]
    refused: list[PostError] = []
    for day, shown in sorted(days.items()):
        todays = updates if day == report.day else ()
        if not (_finished(shown) or todays):
            rest += [paper.entry for paper in shown]
            continue
        left_out = _left_out(papers) if day == report.day else ()
        lost = frozenset(paper.entry.paper.versioned_id for paper in shown)
        try:
            post = press.render(
                report.topic,
                day,
                [paper.outcome.digest for paper in shown],
                todays,
                left_out,
            )
            entries = [_shown(paper.entry, day) for paper in shown]
            entries += [_known(update) for update in todays]
            path, error, lost = publish_sound(press, store, post, entries, images)
            report = replace(report, post=str(path))
            rest += _taken_out(post, shown, lost)
        except PostError as refusal:
            error = refusal
        if error is not None:
            log.error("unpublished topic=%s day=%s: %s", report.topic, day, error)
            refused.append(error)
            lost_now = [p for p in shown if p.entry.paper.versioned_id in lost]
            report = replace(report, posted=report.posted - _finished(lost_now))
            rest += [_unshown(paper.entry) for paper in lost_now]
    store.record(report.topic, rest)
    has_news = bool(report.posted or (updates and report.post))
    return _with_refusals(report, refused, has_news=has_news)


def _finished(papers: Sequence[Ended]) -> int:
    """How many of them are not tried again."""
    return sum(paper.entry.state in ("posted", "gave up") for paper in papers)


def _taken_out(
    post: Post, shown: Sequence[Ended], lost: Collection[str]
) -> list[LedgerEntry]:
    """Papers of an earlier run of the day that the gate now refuses."""
    ours = {paper.entry.paper.versioned_id for paper in shown}
    gone = [d.paper for d in post.digests if d.paper.versioned_id in {*lost} - ours]
    return [_unshown(LedgerEntry(paper=paper, state="posted")) for paper in gone]


def _left_out(papers: Sequence[Ended]) -> list[Paper]:
    return [
        paper.entry.paper
        for paper in papers
        if paper.outcome.waits and paper.outcome.waits.code in ("budget", "quota")
    ]


def _shown(entry: LedgerEntry, day: date) -> LedgerEntry:
    # A later version of a posted paper is news of the day it comes.
    post_day = entry.post_day if entry.state == "failed" else None
    return replace(entry, day=day, post_day=post_day)


def _known(update: Update) -> LedgerEntry:
    return LedgerEntry(paper=update.paper, state="posted", day=update.posted_on)


def _unshown(entry: LedgerEntry) -> LedgerEntry:
    """What is true of a paper whose post was refused: it is to be tried again."""
    if entry.state == "posted":
        return replace(entry, state="waiting", reason="its post was refused")
    return replace(entry, state="failed")


def _with_refusals(
    report: RunReport, refused: Sequence[PostError], *, has_news: bool
) -> RunReport:
    if not refused:
        return report
    return replace(
        report,
        status="partial" if has_news else "failed",
        why="unpublished",
        message="; ".join(map(str, refused)),
    )


# --------------------------------------------------------------------------------------
# Images of one run on the disk until their post is written.


class Staging:
    """Images wait on the disk for their post, so that memory stays flat."""

    def __init__(self, root: Path, topic: str) -> None:
        """Make an empty place for a topic's images below `root`."""
        name = hashlib.sha256(topic.encode()).hexdigest()[:16]
        self._folder = root / name
        self.images: dict[str, Path] = {}
        self.clear()

    def take(self, outcome: Digested) -> Digested:
        """Keep an outcome's images; returns it without them.

        Raises:
            StoreError: The disk refuses them.
        """
        try:
            for name, data in outcome.images.items():
                self._folder.mkdir(parents=True, exist_ok=True)
                self.images[name] = self._folder / name
                self.images[name].write_bytes(data)
        except OSError as error:
            raise StoreError(str(self._folder), str(error)) from error
        return replace(outcome, images={})

    def clear(self) -> None:
        """Forget all of them."""
        shutil.rmtree(self._folder, ignore_errors=True)
