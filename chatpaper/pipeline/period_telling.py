"""Who is told of a week's or a month's post: each receiver once, with a receipt."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from chatpaper.config import Config
from chatpaper.delivery import Message, compose_review, open_sender
from chatpaper.periods import UNREADABLE, standing_review
from chatpaper.pipeline.controls import Controls
from chatpaper.pipeline.delivery_report import Delivery, delivery_of
from chatpaper.pipeline.period_posts import PeriodReport, review_path, with_words
from chatpaper.pipeline.sending import KNOWN, LOST, Line
from chatpaper.store import Receipt, Store

log = logging.getLogger(__name__)


def with_deliveries(
    reports: Sequence[PeriodReport],
    config: Config,
    store: Store,
    controls: Controls,
    *,
    again: bool = False,
) -> list[PeriodReport]:
    """The reports of posts that stand, with what was not delivered of them.

    The arguments are those of `tell_reviews`.
    """
    undelivered: dict[str, list[str]] = {}
    posts = [(r.topic, review_path(config, r.topic, r.period)) for r in reports]
    standing = [(topic, path) for topic, path in posts if path.is_file()]
    for topic, told in tell_reviews(standing, config, store, controls, again=again):
        if not told.is_done:
            undelivered.setdefault(topic, []).append(told.sentence)
    return [
        _with_undelivered(report, undelivered.get(report.topic, []))
        for report in reports
    ]


def _with_undelivered(report: PeriodReport, said: Sequence[str]) -> PeriodReport:
    if not said:
        return report
    told = with_words(report, f"not delivered: {'; '.join(said)}")
    return replace(told, undelivered=tuple(said))


def tell_reviews(
    posts: Sequence[tuple[str, Path]],
    config: Config,
    store: Store,
    controls: Controls,
    *,
    again: bool = False,
    environ: Mapping[str, str] | None = None,
) -> Iterator[tuple[str, Delivery]]:
    """Send what the receivers of each topic were not told of its post.

    Yields every message, with its topic.

    The store is locked by the caller.

    Args:
        posts: Topics, and the Markdown of their posts.
        config: Names the channels.
        store: Keeps the receipts.
        controls: Clock and stop.
        again: Also what was told before.
        environ: Has the secrets; by default the process's own.
    """
    environ = os.environ if environ is None else environ
    for lost in store.receipts.settle(LOST):
        yield lost.topic, delivery_of(lost, "unknown", LOST)
    messages = {topic: _message(path, config) for topic, path in posts}
    for channel in config.deliver.channels:
        sender = open_sender(channel, environ, config.deliver.timeout_s)
        line = Line(channel, sender, store, controls, environ)
        try:
            for topic, message in messages.items():
                if message is None or not channel.takes(topic):
                    continue
                for delivery in _told(line, message, again):
                    yield topic, delivery
        finally:
            sender.close()


def _told(line: Line, message: Message, again: bool) -> Iterator[Delivery]:
    # A day's posts of the topic know nothing of these receipts.
    kind = "week" if "W" in message.items[0] else "month"
    topic = f"{message.topic} ({kind})"
    for receiver in line.sender.receivers:
        past = line.store.receipts.of(topic, line.channel.name, receiver)
        known = {i for r in past if r.state in KNOWN for i in r.items}
        if line.controls.stop.is_set() or (not again and known >= {*message.items}):
            continue
        receipt = Receipt(
            topic=topic,
            day=message.day,
            channel=line.channel.name,
            receiver=receiver,
            items=message.items,
            sha256=message.sha256,
            at=line.controls.now(),
        )
        answer = line.sent(message, receipt)
        yield delivery_of(receipt, answer.state, answer.text)


def _message(path: Path, config: Config) -> Message | None:
    """The message about a post as its file has it; None where nothing stands in it."""
    try:
        review = standing_review(path.with_suffix(".json")).review
    except UNREADABLE as error:
        log.warning("not told post=%s: %s", path, type(error).__name__)
        return None
    if not (review.papers or review.news):
        return None
    return compose_review(
        review, language=config.output.language, site_url=config.deliver.site_url
    )
