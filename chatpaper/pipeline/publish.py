"""From outcomes to the day's posts on the disk, and into the ledger."""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path

from chatpaper.config import Config
from chatpaper.errors import PostError, StoreError
from chatpaper.outputs import write_outputs
from chatpaper.pipeline.outcomes import Outcome
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

log = logging.getLogger(__name__)

# --------------------------------------------------------------------------------------
# Each paper into the post of its day, and what the ledger says of it from then on.


def publish_outcomes(
    report: RunReport,
    outcomes: Sequence[Outcome],
    updates: Sequence[Update],
    config: Config,
    store: Store,
    *,
    listed: Sequence[Paper] = (),
) -> RunReport:
    """Publish papers, each in the post of its day, and write the ledger.

    Args:
        report: Of the run so far; its day is that of papers without a day of their
            own, and of the updates.
        outcomes: All of the run's, shown or not.
        updates: New versions of papers posted earlier.
        config: Where posts are written, and how they look.
        store: Holds the ledger.
        listed: Papers that the post of the run's day lists by their titles.

    Raises:
        StoreError: The store or the disk refuses; days published so far stand.
    """
    days: dict[date, list[Outcome]] = {report.day: []}
    for outcome in outcomes:
        if outcome.is_shown:
            day = outcome.entry.post_day or report.day
            days.setdefault(day, []).append(outcome)
    rest = [outcome.entry for outcome in outcomes if not outcome.is_shown]
    images = {name: path for o in outcomes for name, path in o.result.images.items()}
    refused: list[PostError] = []
    for day, shown in sorted(days.items()):
        is_todays = day == report.day
        todays = updates if is_todays else ()
        if not (_count_final(shown) or todays):
            rest += [outcome.entry for outcome in shown]
            continue
        left_out, titles = (_left_out(outcomes), listed) if is_todays else ((), ())
        digests = [outcome.result.digest for outcome in shown]
        lost = frozenset(outcome.entry.paper.versioned_id for outcome in shown)
        try:
            post = render_day(
                config, report.topic, day, digests, todays, left_out, listed=titles
            )
            entries = [_shown(outcome.entry, day) for outcome in shown]
            entries += [*map(_known, todays), *(_listed(p, day) for p in titles)]
            path, error, lost = publish_sound(config, store, post, entries, images)
            report = replace(report, post=str(path))
            rest += _taken_out(post, shown, lost)
        except PostError as refusal:
            error = refusal
        if error is not None:
            log.error("unpublished topic=%s day=%s: %s", report.topic, day, error)
            refused.append(error)
            unshown = [o for o in shown if o.entry.paper.versioned_id in lost]
            report = replace(report, posted=report.posted - _count_final(unshown))
            rest += [_unshown(outcome.entry) for outcome in unshown]
    store.record(report.topic, rest)
    has_news = bool(report.posted or (updates and report.post))
    return _with_refusals(report, refused, has_news=has_news)


def _count_final(outcomes: Sequence[Outcome]) -> int:
    return sum(outcome.is_final for outcome in outcomes)


def _taken_out(
    post: Post, shown: Sequence[Outcome], lost: Collection[str]
) -> list[LedgerEntry]:
    """Papers of an earlier run of the day that the gate now refuses."""
    ours = {outcome.entry.paper.versioned_id for outcome in shown}
    gone = [d.paper for d in post.digests if d.paper.versioned_id in {*lost} - ours]
    return [_unshown(LedgerEntry(paper=paper, state="posted")) for paper in gone]


def _left_out(outcomes: Sequence[Outcome]) -> list[Paper]:
    return [
        outcome.entry.paper
        for outcome in outcomes
        if outcome.result.waits and outcome.result.waits.code in ("budget", "quota")
    ]


def _shown(entry: LedgerEntry, day: date) -> LedgerEntry:
    # A later version of a posted paper is news of the day it comes.
    post_day = entry.post_day if entry.state == "failed" else None
    return replace(entry, day=day, post_day=post_day)


def _known(update: Update) -> LedgerEntry:
    return LedgerEntry(paper=update.paper, state="posted", day=update.posted_on)


def _listed(paper: Paper, day: date) -> LedgerEntry:
    return LedgerEntry(paper=paper, state="listed", day=day)


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
# What is made of all posts, once they stand.


def publish_outputs(reports: Sequence[RunReport], config: Config) -> list[RunReport]:
    """Make every output anew, if a post was written.

    The posts stand whatever comes of it: an output that fails is logged, and makes
    "partial" of "done" in the reports of posts.
    """
    failed: tuple[str, ...] = ()
    if any(report.post for report in reports):
        failed = write_outputs(config.output)
    return [_with_failures(report, failed) for report in reports]


def _with_failures(report: RunReport, failed: Sequence[str]) -> RunReport:
    if not (failed and report.post):
        return report
    status = "partial" if report.status == "done" else report.status
    message = f"{report.message}; failed to write: {', '.join(failed)}"
    return replace(report, status=status, message=message)


# --------------------------------------------------------------------------------------
# One post: with what stands in it already, written whole, settled after a kill.


def post_path(config: Config, topic: str, day: date) -> Path:
    """Where the post of a topic and day is, or will be."""
    return config.output.dir / day.isoformat() / f"{file_stem(topic, 'topic')}.md"


def render_day(
    config: Config,
    topic: str,
    day: date,
    digests: Sequence[Digest],
    updates: Sequence[Update],
    left_out: Sequence[Paper],
    *,
    listed: Sequence[Paper] = (),
) -> Post:
    """The day's post, with what earlier runs of the day have put in it.

    Raises:
        PostError: The JSON twin of the day's earlier post cannot be read.
    """
    twin = post_path(config, topic, day).with_suffix(".json")
    old = Post(topic=topic, day=day, digests=())
    if twin.exists():
        try:
            old = read_post_data(twin.read_text(encoding="utf-8"))
        except (ValueError, OSError) as error:
            advice = "cannot be read; move it and its post away and run again"
            raise PostError(str(twin), advice) from error
    return _rendered(
        replace(
            old,
            topic=topic,
            digests=merge_digests(old.digests, digests),
            updates=(*old.updates, *updates),
            left_out=tuple(left_out),
            listed=(*old.listed, *listed),
        ),
        config,
    )


def _rendered(post: Post, config: Config) -> Post:
    """A post written anew from its records."""
    return render_post(
        post.topic,
        post.day,
        post.digests,
        updates=post.updates,
        left_out=post.left_out,
        listed=post.listed,
        language=config.output.language,
        author=config.output.author,
        category=config.output.categories,
    )


def publish_sound(
    config: Config,
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
        return publish_day(config, store, post, entries, images), None, frozenset()
    except PostError as error:
        pictures = [picture.file for d in post.digests for picture in d.pictures]
        new = {entry.paper.versioned_id for entry in entries}
        standing = {digest.paper.versioned_id for digest in post.digests} - new
        render = partial(_rendered, config=config)
        sound, problems = publishable(post, pictures, render, standing=standing)
        if not problems or not (sound.digests or sound.updates):
            raise
        left = [e for e in entries if e.paper.versioned_id not in problems]
        path = publish_day(config, store, sound, left, images)
        text = "\n".join(map(str, chain.from_iterable(problems.values())))
        return path, PostError(error.path, text), frozenset(problems)


def publish_day(
    config: Config,
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
        path=post_path(config, post.topic, post.day),
        sha256=hashlib.sha256(post.markdown.encode()).hexdigest(),
        entries=tuple(entries),
    )
    store.begin_post(post.topic, begun)
    path = _write(config, store, post, images)
    store.end_post(post.topic, begun, stands=True)
    return path


def _write(
    config: Config, store: Store, post: Post, images: Mapping[str, Path]
) -> Path:
    """Publish a post with new images, and those that it shows already."""
    folder = post_path(config, post.topic, post.day).parent
    shown = [picture.file for d in post.digests for picture in d.pictures]
    files = _Files(
        {name: images.get(name, folder / post.stem / name) for name in shown}
    )
    return publish(post, folder, files, drafts=store.directory / "drafts")


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


def reconcile(config: Config, topic: str, store: Store) -> None:
    """Settle posts whose run was killed while it published them.

    Pictures are in place before the JSON twin, and the twin before the Markdown: if the
    twin is that of the begun post, all that may be missing is the Markdown.
    """
    for begun in store.begun_posts(topic):
        stands = _is(begun, _on_disk(begun)) or _completed(config, topic, store, begun)
        log.warning("unsettled post=%s stands=%s", begun.path, stands)
        store.end_post(topic, begun, stands=stands)


def _completed(config: Config, topic: str, store: Store, begun: PendingPost) -> bool:
    try:
        post = render_day(config, topic, begun.day, (), (), ())
        if not _is(begun, post.markdown.encode()):
            return False
        _write(config, store, post, {})
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


@contextmanager
def image_folder(store: Store, topic: str) -> Iterator[Path]:
    """An empty place for a topic's images until its posts are written."""
    name = hashlib.sha256(topic.encode()).hexdigest()[:16]
    folder = store.directory / "staging" / name
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
