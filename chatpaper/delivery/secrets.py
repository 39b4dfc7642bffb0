"""Secrets of channels: read from the environment, and taken out of every text."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import quote, unquote, urlsplit

SHORTEST = 6  # what is shorter is a word
# They log addresses, some at INFO.
_TALKERS = (
    "httpx2",
    "httpcore2.connection",
    "httpcore2.http11",
    "httpcore2.http2",
    "httpcore2.proxy",
    "urllib3.connectionpool",
    "requests",
)


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """A text in which secrets are blacked out; of addresses, also their parts."""
    parts = {part for secret in secrets for part in _parts(secret)}
    for part in sorted(parts, key=len, reverse=True):
        text = text.replace(part, "***")
    return text


def _parts(secret: str) -> Iterator[str]:
    whole = [secret]
    if "://" in secret:
        address = urlsplit(secret)
        # The host of a webhook is none, that of apprise's addresses may be a token.
        known = address.scheme in ("http", "https")
        places = [address.path, address.query] if known else [secret.split("://")[1]]
        for place in places:
            whole += re.split("[/?&=:@,]", place)
    for part in whole:
        for form in {part, quote(part, safe=""), unquote(part)}:
            if len(form) >= SHORTEST:
                yield form


def secret_of(name: str, environ: Mapping[str, str]) -> str:
    """What the environment holds under a name; empty for nothing."""
    return environ.get(name, "").strip()


@contextmanager
def silenced() -> Iterator[None]:
    """Let no client log what it is asked for, whatever the program logs else."""

    def drop(_: logging.LogRecord) -> bool:
        return False

    loggers = [logging.getLogger(name) for name in _TALKERS]
    for logger in loggers:
        logger.addFilter(drop)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(drop)
