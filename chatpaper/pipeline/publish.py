"""From outcomes to the day's posts on the disk, and into the ledger."""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from types import MappingProxyType

from chatpaper.config import Config
from chatpaper.errors import PostError, StoreError
from chatpaper.pipeline.day_post import (
    Placed,
    Standing,
    post_path,
    rendered,
    standing_post,
)
from chatpaper.pipeline.elsewhere import placed, words_elsewhere
from chatpaper.pipeline.outcomes import Outcome
from chatpaper.pipeline.pictures import with_pictures
from chatpaper.posts import (
    merge_digests,
    publish,
    publishable,
    read_post_data,
)
from chatpaper.records import Digest, Paper, Post, RunReport, Update
from chatpaper.store import LedgerEntry, PendingPost, PostText, Store

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
        report: Of the run so far; its day is that of papers without one, and updates.
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
    said: list[str] = []
    for day, shown in sorted(days.items()):
        is_todays = day == report.day
        todays = updates if is_todays else ()
        if not (_count_final(shown) or todays):
            rest += [outcome.entry for outcome in shown]
            continue
        left_out, titles = (_left_out(outcomes), listed) if is_todays else ((), ())
        lost = frozenset(outcome.entry.paper.versioned_id for outcome in shown)
        try:
            standing = standing_post(config, store, report.topic, day)
            digests = [
                o.result.digest for o in shown if standing.takes(o.result.digest)
            ]
            todays = tuple(filter(standing.takes, todays))
            post = render_day(
                config, standing.post, digests, todays, left_out, listed=titles
            )
            entries = [_shown(outcome.entry, day) for outcome in shown]
            entries += [_known(update) for update in todays if _is_shown(update, post)]
            entries += [_listed(paper, day) for paper in titles]
            published, error, lost = publish_sound(config, store, post, entries, images)
            report = replace(report, post=str(published.path))
            said += [words_elsewhere(post), *published.said]
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
    report = _with_refusals(report, refused, has_news=has_news)
    return replace(report, message="; ".join(filter(None, [report.message, *said])))


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


def _is_shown(update: Update, post: Post) -> bool:
    return any(shown.paper == update.paper for shown in post.updates)


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
# One post: with what stands in it already, written whole, settled after a kill.


def render_day(
    config: Config,
    standing: Post,
    digests: Sequence[Digest],
    updates: Sequence[Update],
    left_out: Sequence[Paper],
    *,
    listed: Sequence[Paper] = (),
) -> Post:
    """The day's post, with what earlier runs of the day have put in it."""
    post = replace(
        standing,
        digests=merge_digests(standing.digests, digests),
        updates=(*standing.updates, *updates),
        left_out=tuple(left_out),
        listed=(*standing.listed, *listed),
    )
    return rendered(placed(post, config, standing=standing), config)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A post that is on the disk.

    Attributes:
        path: Of its Markdown.
        said: What its readers may want to know: what was written beside it, is left
            out, or is lost.
        is_whole: Whether all of its pictures are there.
    """

    path: Path
    said: tuple[str, ...] = ()
    is_whole: bool = True


def publish_sound(
    config: Config,
    store: Store,
    post: Post,
    entries: Sequence[LedgerEntry],
    images: Mapping[str, Path],
) -> tuple[Published, PostError | None, frozenset[str]]:
    """Write a post, if need be without the papers that the gate refuses.

    Returns:
        The post; why papers are not in it, with the draft of the whole post; and their
        versioned ids.

    Raises:
        PostError: Nothing is left; the earlier post and the ledger stand.
        StoreError: The disk refuses; likewise.
    """
    try:
        published = publish_day(config, store, post, entries, images)
        return published, None, frozenset()
    except PostError as error:
        pictures = [picture.file for d in post.entries for picture in d.pictures]
        new = {entry.paper.versioned_id for entry in entries}
        standing = {digest.paper.versioned_id for digest in post.digests} - new
        render = partial(rendered, config=config)
        sound, problems = publishable(post, pictures, render, standing=standing)
        if not problems or not (sound.digests or sound.updates):
            raise
        left = [e for e in entries if e.paper.versioned_id not in problems]
        published = publish_day(config, store, sound, left, images)
        text = "\n".join(map(str, chain.from_iterable(problems.values())))
        return published, PostError(error.path, text), frozenset(problems)


def publish_day(
    config: Config,
    store: Store,
    post: Post,
    entries: Sequence[LedgerEntry] = (),
    images: Mapping[str, Path] = MappingProxyType({}),
    *,
    source: str = "arxiv",
) -> Published:
    """Write a post, and what the ledger says of its papers from then on.

    What somebody has changed by hand stays: the post takes it over, or is written
    beside. A kill on the way neither loses nor repeats a paper: see `reconcile`.

    Args:
        config: Where posts and PDFs are.
        store: Keeps what is written.
        post: As rendered.
        entries: Of its papers.
        images: Files of pictures that are not beside the post yet.
        source: Where PDFs are that are not in the cache, to draw lost pictures from.

    Raises:
        PostError: The gate refuses it; the earlier post and the ledger stand.
        StoreError: The disk refuses; likewise.
    """
    path = post_path(config, post.topic, post.day)
    pictured = with_pictures(
        config, post, path.parent / post.stem, images, source=source
    )
    with pictured as whole:
        if whole.lost:
            post = rendered(whole.post, config)
        standing = standing_post(config, store, post.topic, post.day)
        present = {
            f"{folder}/{name}"
            for folder in (post.stem, f"{post.stem}/{post.stem}")
            for name in whole.files
        }
        placed = standing.place(post, present)
        begun = PendingPost(
            day=post.day,
            path=path.with_name(placed.name),
            sha256=hashlib.sha256(placed.content).hexdigest(),
            entries=tuple(entries),
            text=PostText(post.markdown, post.data),
        )
        store.begin_post(post.topic, begun)
        publish(
            post,
            path.parent,
            whole.files,
            drafts=store.directory / "drafts",
            name=placed.name,
            content=placed.content,
        )
    store.end_post(post.topic, begun, stands=True)
    said = _said(path, placed, standing, whole.lost)
    return Published(path=path, said=said, is_whole=not whole.lost)


def _said(
    path: Path, placed: Placed, standing: Standing, lost: Sequence[str]
) -> tuple[str, ...]:
    """What is not as one would expect of a post that was written."""
    said = []
    if placed.why:
        log.warning("hand edits post=%s: %s", path, placed.why)
        beside = path.with_name(placed.name)
        said.append(f"{path} stays as it was ({placed.why}): see {beside}")
    if standing.removed:
        gone = ", ".join(sorted(key.name for key in standing.removed))
        said.append(f"left out, as they were taken out by hand: {gone}")
    if lost:
        said.append(f"pictures and PDFs are gone of {', '.join(lost)}")
    return tuple(said)


def reconcile(config: Config, topic: str, store: Store) -> None:
    """Settle posts whose run was killed while it published them.

    Pictures are in place before everything else, and the store has the texts: once all
    of them are there the post can be written.
    """
    for begun in store.begun_posts(topic):
        stands = _is_on_disk(begun) or _completed(config, store, begun)
        log.warning("unsettled post=%s stands=%s", begun.path, stands)
        store.end_post(topic, begun, stands=stands)


def _is_on_disk(begun: PendingPost) -> bool:
    try:
        content = begun.path.read_bytes()
    except OSError:
        return False
    return hashlib.sha256(content).hexdigest() == begun.sha256


def _completed(config: Config, store: Store, begun: PendingPost) -> bool:
    if begun.text is None:
        return False
    post = read_post_data(begun.text.twin)
    post = replace(post, markdown=begun.text.markdown)
    folder = begun.path.parent / post.stem
    shown = [folder / p.file for digest in post.entries for p in digest.pictures]
    if not all(picture.is_file() for picture in shown):
        return False
    try:
        publish_day(config, store, post, begun.entries)
    except (PostError, StoreError):
        return False
    return True


@contextmanager
def image_folder(store: Store, topic: str) -> Iterator[Path]:
    """An empty place for a topic's images until its posts are written."""
    name = hashlib.sha256(topic.encode()).hexdigest()[:16]
    folder = store.directory / "staging" / name
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
