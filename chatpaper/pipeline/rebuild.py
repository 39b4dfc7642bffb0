"""Posts written again from what is kept: no source and no model is asked."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from chatpaper.config import Config
from chatpaper.errors import ConfigError, PostError
from chatpaper.outputs import check_formats, write_outputs
from chatpaper.periods import Period
from chatpaper.pipeline.day_post import post_path, rendered, standing_post
from chatpaper.pipeline.day_twins import DayTwins
from chatpaper.pipeline.elsewhere import LINE, moved_lines, placed
from chatpaper.pipeline.period_posts import (
    known_reviews,
    publish_review,
    stored_review,
)
from chatpaper.pipeline.publish import publish_day, reconcile
from chatpaper.posts import BESIDE, read_post_data
from chatpaper.records import RunReport
from chatpaper.store import Store, only_run

NOT_KEPT = (
    "neither its JSON twin nor a copy in the store is left"
    " (copies are kept since chatpaper 0.2.0)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What came of a post.

    Attributes:
        topic, day: Of the post.
        post: Path of its Markdown; None when it could not be written.
        papers: How many have an entry.
        changed: Whether a file is another one now.
        said: What was written beside it, is left out, or is lost.
        complete: Whether the post and all of its pictures are there.
    """

    topic: str
    day: date
    post: str | None
    papers: int = 0
    changed: bool = False
    said: tuple[str, ...] = ()
    complete: bool = True


def rebuild_posts(
    config: Config,
    *,
    topic: str | None = None,
    day: date | None = None,
    source: str = "arxiv",
) -> list[Rebuilt]:
    """Write posts again, from their twins or from the store's copies.

    What was changed by hand in them stays, as in every run.

    Args:
        config: Where posts, store and PDFs are, and how posts look.
        topic: Of one topic; by default of all.
        day: Of one day; by default of all.
        source: Where PDFs are that did not come from arXiv: a name of `SOURCES`, or a
            folder. Lost pictures are drawn from them.

    Raises:
        ConfigError: No such post is known, or `output.formats` is wrong.
        StoreError: The store or the disk refuses, or another run holds the store.
    """
    check_formats(config.output)
    directory = config.storage.path
    with (
        only_run(directory, wait_s=config.storage.lock_wait_s),
        Store(directory) as store,
    ):
        known = sorted({*store.kept_days(), *_on_disk(config)}, key=lambda at: at[::-1])
        # An entry stands before the lines that lead to it.
        known.sort(key=lambda at: (at[1], _has_lines(config, store, *at)))
        wanted = [
            (name, on)
            for name, on in known
            if topic in (None, name) and day in (None, on)
        ]
        if not wanted:
            raise ConfigError("rebuild", _unknown(known, topic, day))
        for name in sorted({name for name, _ in wanted}):
            reconcile(config, name, store)
        done = [rebuild_post(config, store, name, on, source) for name, on in wanted]
        done += [
            _rebuilt_review(config, store, name, period)
            for name, period in known_reviews(config, store)
            if topic in (None, name) and day is None
        ]
    failed = write_outputs(config.output) if any(r.post for r in done) else ()
    if not failed:
        return done
    said = f"failed to write: {', '.join(failed)}"
    return [replace(r, said=(*r.said, said), complete=False) for r in done]


def rebuild_post(
    config: Config, store: Store, topic: str, day: date, source: str = "arxiv"
) -> Rebuilt:
    """Write one post again.

    Raises:
        StoreError: The store or the disk refuses.
    """
    none = Rebuilt(topic=topic, day=day, post=None, complete=False)
    try:
        standing = standing_post(config, store, topic, day)
        old = standing.post
        if not (old.digests or old.updates or old.left_out or old.listed):
            return replace(none, said=(NOT_KEPT,))
        before = _stamps(config, topic, day)
        post = rendered(placed(old, config, standing=old), config)
        published = publish_day(config, store, post, source=source)
    except PostError as error:
        return replace(none, said=(" ".join(str(error).split()),))
    return Rebuilt(
        topic=topic,
        day=day,
        post=str(published.path),
        papers=len(post.entries),
        changed=_stamps(config, topic, day) != before,
        said=published.said,
        complete=published.is_whole,
    )


def _rebuilt_review(
    config: Config, store: Store, topic: str, period: Period
) -> Rebuilt:
    """Write the post of a week or a month again."""
    none = Rebuilt(topic=topic, day=period.last, post=None, complete=False)
    review = stored_review(config, store, topic, period)
    if review is None:
        return replace(none, said=(NOT_KEPT,))
    try:
        twins = DayTwins(config.output.dir, topic)
        path, changed, said = publish_review(config, store, review, twins)
    except PostError as error:
        return replace(none, said=(" ".join(str(error).split()),))
    return Rebuilt(
        topic=f"{topic} {period.name}",
        day=period.last,
        post=str(path),
        papers=len(review.papers),
        changed=changed,
        said=said,
    )


def _has_lines(config: Config, store: Store, topic: str, day: date) -> bool:
    """Whether a post has lines that lead to another one's entries."""
    kept = store.kept_post(topic, day)
    if kept is not None and kept.newest is not None:
        return LINE in kept.newest.twin
    try:
        twin = post_path(config, topic, day).with_suffix(".json")
        return LINE in twin.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def _on_disk(config: Config) -> Iterator[tuple[str, date]]:
    """Topic and day of every post whose twin lies in the output folder."""
    for twin in config.output.dir.glob("*/*.json"):
        try:
            post = read_post_data(twin.read_text(encoding="utf-8"))
        except (ValueError, OSError):
            continue
        if post_path(config, post.topic, post.day).with_suffix(".json") == twin:
            yield post.topic, post.day


def _unknown(
    known: Iterable[tuple[str, date]], topic: str | None, day: date | None
) -> str:
    topics = sorted({name for name, _ in known})
    what = f" of {topic}" if topic else ""
    what += f" on {day}" if day else ""
    return f"no post{what} is known; there are posts of: {', '.join(topics) or 'none'}"


def _stamps(config: Config, topic: str, day: date) -> dict[Path, tuple[int, int]]:
    """Of every file of a post its time and size: what is equal is not written anew."""
    path = post_path(config, topic, day)
    files = [path.with_suffix(".json"), path, path.with_name(f"{path.name}{BESIDE}")]
    files += path.with_suffix("").rglob("*")
    stats = {file: file.stat() for file in files if file.is_file()}
    return {file: (stat.st_mtime_ns, stat.st_size) for file, stat in stats.items()}


# --------------------------------------------------------------------------------------
# Posts that somebody has deleted, as a run finds them.


def with_gone_posts(
    report: RunReport, days: Iterable[date], config: Config, store: Store
) -> RunReport:
    """A report that speaks of posts that are not on the disk any more.

    That of the day is written again. An older one may have been deleted on purpose, or
    moved to an archive: how to have it back is said. Posts of any topic whose lines led
    to entries that are gone have these entries from now on.

    Args:
        report: Of the run.
        days: Of posts that show papers it has found.
        config: Where posts are.
        store: Knows what was written.
    """
    gone = [
        day for day in sorted({*days}) if _is_gone(config, store, report.topic, day)
    ]
    said = []
    if report.day in gone:
        gone.remove(report.day)
        rebuilt = rebuild_post(config, store, report.topic, report.day)
        what = "is written again" if rebuilt.post else "cannot be written again"
        said += [f"the post of {report.day} was gone and {what}", *rebuilt.said]
        report = replace(report, post=rebuilt.post or report.post)
    if gone:
        listed = ", ".join(map(str, gone))
        command = (
            f"chatpaper rebuild --topic {shlex.quote(report.topic)} --day {gone[0]}"
        )
        said.append(f"gone from the disk: the post of {listed} (back with: {command})")
    for day in sorted({report.day, *gone}):
        said += _with_entries_again(config, store, day)
    return replace(report, message="; ".join(filter(None, [report.message, *said])))


def _with_entries_again(config: Config, store: Store, day: date) -> Iterator[str]:
    """Write posts again whose lines lead to no entry; tells what was done."""
    for topic, papers in moved_lines(config, day).items():
        rebuilt = rebuild_post(config, store, topic, day)
        if rebuilt.post:
            yield f"the post on {topic} of {day} shows {', '.join(papers)} itself now"
        yield from rebuilt.said


def _is_gone(config: Config, store: Store, topic: str, day: date) -> bool:
    path = post_path(config, topic, day)
    kept = store.kept_post(topic, day)
    if kept is None:
        return False
    try:
        # Where it was written is another place after a change of the settings.
        return not (path.exists() or kept.path.with_name(path.name).exists())
    except OSError:
        return False
