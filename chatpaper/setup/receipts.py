"""The doctor on deliveries: what is missing, and when each last went through."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Literal

from chatpaper.config import Config
from chatpaper.delivery import missing_variables
from chatpaper.errors import ChatpaperError
from chatpaper.periods import named_period
from chatpaper.settings import Channel, MailChannel
from chatpaper.store import Receipt, Store

Health = Literal["ok", "warn", "bad"]
Finding = tuple[str, Health, str, str]
_Key = tuple[str, str, str]


def examine_deliveries(
    config: Config, environ: Mapping[str, str] | None
) -> Iterator[Finding]:
    """Name, health, text and fix for each channel, and each topic that goes there.

    Asks nobody, and shows no secret.
    """
    environ = os.environ if environ is None else environ
    try:
        with Store(config.storage.path) as store:
            last = {_key(r): r for r in store.receipts.latest("delivered")}
            tried = {_key(r): r for r in store.receipts.latest("refused", "unknown")}
    except ChatpaperError:
        # The check of the store has said so.
        return
    for channel in config.deliver.channels:
        name = f"deliver {channel.name}"
        if missing := missing_variables(channel, environ):
            words = " and ".join(missing)
            yield name, "bad", f"{words} not set", "set it in the environment"
        if channel.kind == "apprise" and find_spec("apprise") is None:
            fix = "pip install 'chatpaper[notify]'"
            yield name, "bad", "apprise is not installed", fix
        known = {entry.name.casefold() for entry in config.topics}
        for topic in channel.topics:
            if topic.casefold() not in known:
                fix = "correct it, or add it to topics"
                yield name, "warn", f"{topic} is no topic of the configuration", fix
        topics = [entry.name for entry in config.topics if channel.takes(entry.name)]
        # Of weeks and months there are receipts where they were asked for.
        told = sorted(
            {topic for topic, name, _ in {**last, **tried} if name == channel.name}
        )
        topics += [name for name in told if name.rpartition(" (")[0] in topics]
        for topic in topics:
            for receiver in _receivers(channel):
                key = (topic, channel.name, receiver)
                yield name, *_history(key, last.get(key), tried.get(key))


def _key(receipt: Receipt) -> _Key:
    return receipt.topic, receipt.channel, receipt.receiver


def _receivers(channel: Channel) -> tuple[str, ...]:
    return channel.to if isinstance(channel, MailChannel) else ("",)


def _history(
    key: _Key, last: Receipt | None, tried: Receipt | None
) -> tuple[Health, str, str]:
    topic, _, receiver = key
    whom = f"{topic} to {receiver}" if receiver else topic
    if last is None:
        text = f"{whom}: nothing was delivered yet"
    else:
        text = f"{whom}: delivered {last.at:%Y-%m-%d %H:%M} UTC, of {last.day}"
    if tried is None or (last is not None and tried.number < last.number):
        return "ok", text, ""
    text += f"; then {tried.state} on {tried.at:%Y-%m-%d %H:%M} UTC: {tried.answer}"
    period = next(filter(named_period, tried.items), "")
    command = f"chatpaper digest {period} --deliver"
    if tried.state == "unknown":
        command = command if period else f"chatpaper deliver --day {tried.day}"
        return "warn", text, f"ask, and `{command} --again`"
    again = f"`{command}`" if period else "the next run"
    return "warn", text, f"{again} sends it again"
