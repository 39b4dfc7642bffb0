"""Who is told what of the posts, at most once, with a receipt for every message.

A message is noted in the store before it leaves. Killed between the two, a run leaves
a receipt that nobody knows the end of; such a message, and one whose answer never
came, is not sent again: at most once. It is reported, and `chatpaper deliver --again`
sends it when its receiver says that it is missing. What was refused is sent by the
next run, for `LATE_DAYS`.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from chatpaper.config import Config
from chatpaper.delivery import (
    Message,
    compose_line,
    compose_post,
    open_sender,
    without_secrets,
)
from chatpaper.errors import ArgumentError, ConfigError, PostError
from chatpaper.pipeline.controls import Controls
from chatpaper.pipeline.corrected import untold_corrections
from chatpaper.pipeline.day_post import standing_post
from chatpaper.pipeline.delivery_report import Delivery, delivery_of
from chatpaper.pipeline.folders import lock_store
from chatpaper.pipeline.outcomes import COMPLETE
from chatpaper.pipeline.sending import KNOWN, LOST, Line
from chatpaper.posts import plain_text
from chatpaper.records import Digest, Post, RunReport, Update
from chatpaper.settings import Channel
from chatpaper.store import Receipt, Store

log = logging.getLogger(__name__)

LATE_DAYS = 7
MANY_RUNS = 2000  # of past ones, in which a day's report is looked for
_FOLDERS = re.compile(r"(?<![\w:/.])/(?:[^\s/]+/)+")


def tell_reports(
    reports: Sequence[RunReport],
    config: Config,
    store: Store,
    controls: Controls,
    *,
    lines: bool = True,
) -> Iterator[Delivery]:
    """Send what the receivers of each topic were not told; yields every message.

    The store is locked by the caller.
    """
    for lost in store.receipts.settle(LOST):
        yield delivery_of(lost, "unknown", LOST)
    teller = _Teller(config, store, controls, lines=lines)
    yield from teller.tell(reports)


def deliver_day(
    config: Config,
    *,
    day: date | None = None,
    topic: str | None = None,
    dry_run: bool = False,
    again: bool = False,
) -> list[Delivery]:
    """Send, or show, what there is to tell of a day, by hand.

    Args:
        config: Names the channels.
        day: By default today.
        topic: By default all that have a post, or a run, of that day.
        dry_run: Show it, and send and note nothing.
        again: Also what was told before.

    Raises:
        ConfigError: No channel, or nothing is known of the topic's day.
        StoreError: The store refuses, or another run holds it.
    """
    controls = Controls()
    if not config.deliver.channels:
        raise ConfigError("deliver.channels", "there are none: see config.yaml")
    on = day or controls.now().astimezone(config.output.tz).date()
    with lock_store(config, controls), Store(config.storage.path) as store:
        reports = _reports_of(on, topic, store)
        if not reports:
            raise ArgumentError("day", f"no post and no run of {on} is known")
        teller = _Teller(config, store, controls, dry_run=dry_run, again=again)
        lost = [] if dry_run else store.receipts.settle(LOST)
        done = [delivery_of(receipt, "unknown", LOST) for receipt in lost]
        return [*done, *teller.tell(reports, late=False)]


def _reports_of(day: date, topic: str | None, store: Store) -> list[RunReport]:
    """The last report of each topic for a day, or one that says nothing."""
    found: dict[str, RunReport] = {}
    for name, on in store.kept_days():
        if on == day:
            found[name] = RunReport(topic=name, day=day, status="done")
    for _, report in reversed(store.runs(MANY_RUNS)):
        if report.day == day:
            found[report.topic] = report
    return [
        report
        for name, report in sorted(found.items())
        if topic is None or name.casefold() == topic.casefold()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """A post that readers may be told of, and its file."""

    post: Post
    markdown: str


@dataclass(slots=True)
class _Teller:
    config: Config
    store: Store
    controls: Controls
    lines: bool = True
    dry_run: bool = False
    again: bool = False
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    _standing: dict[tuple[str, date], _Standing | None] = field(default_factory=dict)
    _days_posted: dict[str, list[date]] = field(default_factory=dict)

    # ------------------------------------------------------------ what is to be told

    def tell(
        self, reports: Sequence[RunReport], *, late: bool = True
    ) -> Iterator[Delivery]:
        settings = self.config.deliver
        for channel in settings.channels:
            sender = open_sender(channel, self.environ, settings.timeout_s)
            line = Line(channel, sender, self.store, self.controls, self.environ)
            try:
                for report in reports:
                    if channel.takes(report.topic):
                        yield from self._tell(report, channel, line, late=late)
            finally:
                sender.close()

    def _tell(
        self, report: RunReport, channel: Channel, line: Line, *, late: bool
    ) -> Iterator[Delivery]:
        for receiver in line.sender.receivers:
            past = self.store.receipts.of(report.topic, channel.name, receiver)
            for message in self._messages(report, past, channel, late=late):
                if self.controls.stop.is_set():
                    # The next run knows what was not told.
                    return
                receipt = Receipt(
                    topic=report.topic,
                    day=message.day,
                    channel=channel.name,
                    receiver=receiver,
                    items=message.items,
                    sha256=message.sha256,
                    at=self.controls.now(),
                )
                if self.dry_run:
                    shown = line.sender.show(message)
                    yield delivery_of(receipt, "shown", shown)
                else:
                    answer = line.sent(message, receipt)
                    yield delivery_of(receipt, answer.state, answer.text)

    def _messages(
        self,
        report: RunReport,
        past: Sequence[Receipt],
        channel: Channel,
        *,
        late: bool,
    ) -> Iterator[Message]:
        deliver = self.config.deliver
        days = self._days(report, past) if late else [report.day]
        corrected = self._corrected(report.topic, past, channel)
        for day in days:
            known = [r for r in past if r.day == day and r.state in KNOWN]
            told = {item for receipt in known for item in receipt.items}
            told = set() if self.again else told
            standing = self._stands(report.topic, day)
            today = day == report.day
            if standing is not None:
                message = compose_post(
                    standing.post,
                    told=told,
                    language=self.config.output.language,
                    markdown=standing.markdown,
                    site_url=deliver.site_url,
                    why=_lacking(report) if today else "",
                    beside=self._beside(standing.post, channel),
                    corrected=corrected,
                )
                if message is not None:
                    corrected = []  # in one message of a night
                    yield message
            if today and self.lines:
                has_post = standing is not None
                line = self._line(report, past, told, has_post=has_post)
                if line is not None:
                    yield line

    def _beside(self, post: Post, channel: Channel) -> dict[str, str]:
        """Files of the posts with papers of this one that a channel is not told of."""
        topics = {line.stands_in for line in post.lines}
        posts = {t: self._stands(t, post.day) for t in topics if not channel.takes(t)}
        return {t: there.markdown if there else "" for t, there in posts.items()}

    def _corrected(
        self, topic: str, past: Sequence[Receipt], channel: Channel
    ) -> list[tuple[Post, Digest]]:
        """Corrected entries that the receiver knows as they were before."""
        told = {item for r in past if r.state in KNOWN for item in r.items}
        days = self._posted(topic) if told else []
        found = untold_corrections(self.config, topic, days, told, channel.takes)
        return list(found)

    def _days(self, report: RunReport, past: Sequence[Receipt]) -> list[date]:
        """Days whose posts a receiver may not know: none before the first message."""
        first = min((receipt.day for receipt in past), default=report.day)
        first = max(first, report.day - timedelta(days=LATE_DAYS))
        late = [on for on in self._posted(report.topic) if first <= on < report.day]
        return [*late, report.day]

    def _posted(self, topic: str) -> list[date]:
        """Days with a post, oldest first."""
        if not self._days_posted:
            for name, on in self.store.kept_days():
                self._days_posted.setdefault(name, []).append(on)
        return self._days_posted.get(topic, [])

    def _line(
        self,
        report: RunReport,
        past: Sequence[Receipt],
        told: Iterable[str],
        *,
        has_post: bool,
    ) -> Message | None:
        items = []
        failed = report.status == "failed"
        is_empty = not has_post and report.post is None
        if failed or (is_empty and (report.why or report.message)):
            items.append(f"failed {report.why}" if failed else "nothing")
        silent_days, since = self._silence(report, past)
        if silent_days and not has_post:
            items.append(f"silent since {since}")
        items = [item for item in items if item not in {*told}]
        if not self.again:
            ever = {i for r in past if r.state in KNOWN for i in r.items}
            items = [i for i in items if not (i.startswith("silent") and i in ever)]
        if not items:
            return None
        is_said = any(not item.startswith("silent") for item in items)
        is_silent = any(item.startswith("silent") for item in items)
        return compose_line(
            report.topic,
            report.day,
            language=self.config.output.language,
            failed=failed,
            why=report.why if is_said else "",
            reason=self._clean(report.message) if is_said else "",
            silent_days=silent_days if is_silent else 0,
            items=tuple(items),
        )

    def _silence(
        self, report: RunReport, past: Sequence[Receipt]
    ) -> tuple[int, date | None]:
        """How long nothing was posted, if that is too long, and since when."""
        wanted = self.config.deliver.silence_days
        days = [on for on in self._posted(report.topic) if on <= report.day]
        # A topic that never had a post is silent since its readers know of it.
        days = days or [receipt.day for receipt in past[:1]]
        if not wanted or not days:
            return 0, None
        silent_days = (report.day - max(days)).days
        return (silent_days if silent_days >= wanted else 0), max(days)

    def _stands(self, topic: str, day: date) -> _Standing | None:
        """The post of a day as its file has it; None when there is nothing in it."""
        key = topic, day
        if key not in self._standing:
            self._standing[key] = _standing_of(self.config, self.store, topic, day)
        return self._standing[key]

    def _clean(self, text: str) -> str:
        """A report's words for strangers: no keys, and no folders of this machine."""
        keys = [v for name, v in self.environ.items() if name.endswith("_API_KEY")]
        return _FOLDERS.sub("", without_secrets(text, keys))


def _standing_of(
    config: Config, store: Store, topic: str, day: date
) -> _Standing | None:
    try:
        standing = standing_post(config, store, topic, day)
        markdown = plain_text(standing.content)
    except (PostError, UnicodeDecodeError) as error:
        log.warning("not told topic=%s day=%s: %s", topic, day, type(error).__name__)
        return None

    def is_in(item: Digest | Update) -> bool:
        return item.paper.versioned_id in markdown

    post = replace(
        standing.post,
        digests=tuple(filter(is_in, standing.post.digests)),
        updates=tuple(filter(is_in, standing.post.updates)),
    )
    has_any = bool(post.digests or post.updates)
    return _Standing(post=post, markdown=markdown) if has_any else None


def _lacking(report: RunReport) -> str:
    """Why the day's post is not whole, as a code; a later run may find no more."""
    is_whole = report.status == "failed" or report.why in COMPLETE
    return "" if is_whole else report.why
