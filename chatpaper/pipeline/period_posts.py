"""The posts of weeks and months, made of the twins of the days' posts alone."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

from chatpaper.config import Config
from chatpaper.errors import ConfigError, PostError
from chatpaper.periods import (
    Kind,
    Period,
    Review,
    check_review,
    layout_of,
    named_period,
    period_ended_by,
    read_review,
    render_review,
    review_of,
    sha256_of,
    write_review,
)
from chatpaper.pipeline.controls import Controls
from chatpaper.pipeline.day_twins import DayTwins
from chatpaper.pipeline.folders import lock_store
from chatpaper.pipeline.renewing import renew_outputs
from chatpaper.posts import (
    BESIDE,
    keep_draft,
    plain_text,
    read_edits_in,
    write_files,
)
from chatpaper.store import PostText, Store
from chatpaper.text import file_stem

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodReport:
    """What came of the post of one topic's week or month.

    Attributes:
        topic, period: Its name and the period's.
        since, until: The days of the period.
        status: How it ended.
        post: Path of its Markdown; None when none was written.
        papers: How many it has.
        changed: Whether a file is another one now.
        message: What its readers may want to know; why there is none.
        undelivered: Messages that were refused, or of which nobody knows.
    """

    topic: str
    period: str
    since: date
    until: date
    status: Literal["done", "nothing", "failed"]
    post: str | None = None
    papers: int = 0
    changed: bool = False
    message: str = ""
    undelivered: tuple[str, ...] = ()


def review_periods(
    config: Config,
    kind: Kind,
    *,
    topics: Sequence[str] = (),
    until: date | None = None,
    deliver: bool = False,
    again: bool = False,
) -> list[PeriodReport]:
    """Write the posts of the last whole week or month of some topics.

    Args:
        config: Where the days' posts are, and how posts look.
        kind: A week or a month.
        topics: Names; by default all that are configured.
        until: The last day that it may have; by default yesterday.
        deliver: Send the receivers of each topic what they were not told of its post.
        again: Also what they were told.

    Raises:
        ConfigError: There is no topic or no channel, or the period is not over.
        StoreError: The store or the disk refuses.
    """
    controls = Controls()
    today = controls.now().astimezone(config.output.tz).date()
    names = [_configured(config, name) for name in topics]
    names = names or [entry.name for entry in config.topics]
    if not names:
        raise ConfigError("topics", "there are none: name one with `topics=`")
    period = period_ended_by(kind, until or date.fromordinal(today.toordinal() - 1))
    if period.last >= today:
        over = date.fromordinal(period.last.toordinal() + 1)
        raise ConfigError("digest", f"{period.name} is not over: ask again on {over}")
    if deliver and not config.deliver.channels:
        raise ConfigError("deliver.channels", "there are none: see config.yaml")
    with lock_store(config, controls), Store(config.storage.path) as store:
        reports = [_reviewed(config, store, name, period, today) for name in names]
        if failed := renew_outputs(config, store):
            told = f"failed to write: {', '.join(failed)}"
            reports = [with_words(report, told) for report in reports]
        if not deliver:
            return reports
        from chatpaper.pipeline.period_telling import with_deliveries

        return with_deliveries(reports, config, store, controls, again=again)


def with_words(report: PeriodReport, *said: str) -> PeriodReport:
    """A report that says something more."""
    message = "; ".join(filter(None, [report.message, *said]))
    return replace(report, message=message)


def _configured(config: Config, name: str) -> str:
    topic = config.topic(name)
    return topic.name if topic else name


def _reviewed(
    config: Config, store: Store, topic: str, period: Period, today: date
) -> PeriodReport:
    report = PeriodReport(
        topic=topic,
        period=period.name,
        since=period.first,
        until=period.last,
        status="nothing",
    )
    twins = DayTwins(config.output.dir, topic)
    review = review_of(
        topic,
        period,
        twins.sources(period),
        language=config.output.language,
        link=link_pattern(config),
    )
    said = [f"cannot be read: {path}" for path in twins.unread]
    for path, gone in sorted(twins.unshown.items()):
        papers = ", ".join(gone[:3]) + (
            "" if len(gone) <= 3 else f" and {len(gone) - 3}"
        )
        said.append(f"{path} leads nowhere ({papers}): `chatpaper rebuild` shows them")
    if review is None:
        span = f"{period.first} to {period.last}"
        why = f"no post of these days is in {config.output.dir} ({span})"
        return replace(report, message="; ".join([why, *said]))
    if not (review.papers or review.news):
        why = "its posts have no paper"
        return replace(report, message="; ".join([why, *said]))
    return _published(config, store, review, twins, report, said, today)


def _published(
    config: Config,
    store: Store,
    review: Review,
    twins: DayTwins,
    report: PeriodReport,
    said: list[str],
    today: date,
) -> PeriodReport:
    try:
        path, changed, more = publish_review(config, store, review, twins, on=today)
    except PostError as error:
        return replace(report, status="failed", message=str(error))
    return replace(
        report,
        status="done",
        post=str(path),
        papers=len(review.papers),
        changed=changed,
        message="; ".join([*said, *more]),
    )


def link_pattern(config: Config) -> str:
    """Where a day's post is, seen from a period's: a slot for its day and stem.

    Where `deliver.site_url` says how the blog serves posts, that. Else in a Hexo site
    as the README's `permalink: ":title/"` has it, and elsewhere the Markdown file.
    """
    if site := config.deliver.site_url:
        return site if "{" in site else f"{site.rstrip('/')}/{{date}}/{{stem}}/"
    if "_posts" in config.output.dir.absolute().parts:
        return "../../{date}/{stem}/"
    return "../{date}/{stem}.md"


# --------------------------------------------------------------------------------------
# The post on the disk.


def review_path(config: Config, topic: str, period: str) -> Path:
    """Where the post of a topic's period is, or will be."""
    return config.output.dir / period / f"{file_stem(topic, 'topic')}.md"


def publish_review(
    config: Config,
    store: Store,
    review: Review,
    twins: DayTwins,
    *,
    on: date | None = None,
) -> tuple[Path, bool, tuple[str, ...]]:
    """Write a period's post and its twin, over nothing that somebody has changed.

    Args:
        config: Where it lies, and how it looks.
        store: Keeps it.
        review: What it says.
        twins: What it is made of.
        on: Today, where it may say something else than before.

    Returns:
        Its path, whether a file is another one now, and what its readers may want to
        know.

    Raises:
        PostError: The gate refuses it; `path` is the draft.
        StoreError: The store or the disk refuses.
    """
    # As the file can hold it: without lone surrogates.
    review = read_review(write_review(review, "")).review
    output = config.output
    markdown = render_review(
        review,
        author=output.author,
        category=output.categories,
        title=output.digest_title,
    )
    path = review_path(config, review.topic, review.period.name)
    kept_text = store.reviews.kept(review.topic, review.period.name)
    renewed = _renewed_on(review, path.with_suffix(".json"), kept_text, on)
    data = write_review(review, markdown, renewed_on=renewed)
    sources = twins.sources(review.period)
    found = check_review(markdown, data, sources, name=path.name)
    if faults := [fault for fault in found if not fault.is_edit]:
        draft = store.directory / "drafts" / f"{path.parent.name}-{path.name}"
        kept = keep_draft(draft, markdown, data, faults)
        raise PostError(kept, "\n".join(map(str, faults)))
    content, why = _placed(path, review, markdown.encode(), kept_text, config)
    twin = path.with_suffix(".json")
    if why:
        beside = path.with_name(f"{path.name}{BESIDE}")
        log.warning("hand edits post=%s: %s", path, why)
        changed = not _holds(beside, markdown.encode())
        write_files({beside: markdown.encode()})
        return path, changed, (f"{path} stays as it was ({why}): see {beside}",)
    changed = not (_holds(path, content) and _holds(twin, data.encode()))
    store.reviews.keep(review.topic, review.period.name, PostText(markdown, data))
    write_files({twin: data.encode(), path: content})
    path.with_name(f"{path.name}{BESIDE}").unlink(missing_ok=True)
    return path, changed, ()


def _renewed_on(
    review: Review, twin: Path, kept: PostText | None, on: date | None
) -> date | None:
    """When the post last became another one: its feed's entry is as new."""
    texts = [kept.twin] if kept else []
    with suppress(OSError, UnicodeDecodeError):
        texts.insert(0, twin.read_text(encoding="utf-8"))
    for text in texts:
        with suppress(ValueError):
            before = read_review(text)
            return before.renewed_on if before.review == review else on
    return None


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def _placed(
    path: Path, review: Review, new: bytes, kept: PostText | None, config: Config
) -> tuple[bytes, str]:
    """What is to be written, with what somebody has changed; why it cannot be."""
    try:
        content = path.read_bytes() if path.is_file() else b""
        is_locked = bool(content) and not path.stat().st_mode & 0o222
        found = plain_text(content)
    except OSError as error:
        return b"", f"it cannot be read: {error.strerror or error}"
    except UnicodeDecodeError:
        return b"", "it is not UTF-8"
    if not found.strip():
        return new, ""
    if found.encode() == new:
        return content, ""
    if is_locked:
        return b"", "it is read-only"
    bases = list(_bases(path, kept, config))
    if any(base.markdown == found for base in bases) or _is_rendered(path, found):
        return new, ""
    for base in bases:
        layout = layout_of(read_review(base.twin).review)
        edits = read_edits_in(base.markdown, layout, found)
        merged = edits and edits.merged_into_text(new.decode(), layout_of(review))
        if merged:
            return (content if merged == found else merged.encode()), ""
    return b"", "what somebody changed there does not fit the new post"


def _bases(path: Path, kept: PostText | None, config: Config) -> Iterator[PostText]:
    """What the file may have been made from: what the store has, or the twin says."""
    if kept is not None:
        yield kept
    try:
        data = path.with_suffix(".json").read_text(encoding="utf-8")
        twin = read_review(data)
    except (OSError, ValueError):
        return
    output = config.output
    again = render_review(
        twin.review,
        author=output.author,
        category=output.categories,
        title=output.digest_title,
    )
    if sha256_of(again) == twin.markdown_sha256:
        yield PostText(again, data)


def _is_rendered(path: Path, found: str) -> bool:
    """Whether a file is as its own twin says that it was rendered."""
    try:
        twin = read_review(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return twin.markdown_sha256 == sha256_of(found)


# --------------------------------------------------------------------------------------
# Those that were written before.


def known_reviews(config: Config, store: Store) -> list[tuple[str, Period]]:
    """Topic and period of every post that was written, or whose twin is there."""
    known = {*store.reviews.names()}
    for twin in config.output.dir.glob("*/*.json"):
        if named_period(twin.parent.name) and (review := _review_in(twin)):
            known.add((review.topic, review.period.name))
    named = [(topic, named_period(name)) for topic, name in sorted(known)]
    return [(topic, period) for topic, period in named if period]


def stored_review(
    config: Config, store: Store, topic: str, period: Period
) -> Review | None:
    """The records of a post: of its twin, or of the store's copy where that is gone."""
    path = review_path(config, topic, period.name).with_suffix(".json")
    if review := _review_in(path):
        return review
    kept = store.reviews.kept(topic, period.name)
    return read_review(kept.twin).review if kept else None


def _review_in(twin: Path) -> Review | None:
    try:
        return read_review(twin.read_text(encoding="utf-8")).review
    except (OSError, ValueError):
        return None
