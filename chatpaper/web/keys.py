"""Visitors' model keys never reach a log, whoever would put them there."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

SHORTEST_KEY = 8  # what is shorter is a word


class _Keyless(logging.Filter):
    """Takes the keys that are in use out of every record."""

    def __init__(self, keys: Callable[[], Iterable[str]]) -> None:
        super().__init__()
        self._keys = keys

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without a key."""
        keys = [key for key in self._keys() if len(key) >= SHORTEST_KEY]
        if keys:
            if record.exc_info:
                record.exc_text = logging.Formatter().formatException(record.exc_info)
            record.msg, record.args = record.getMessage(), ()
            for key in keys:
                record.msg = record.msg.replace(key, "***")
                record.exc_text = record.exc_text and record.exc_text.replace(
                    key, "***"
                )
        return True


@contextmanager
def blacked_out(keys: Callable[[], Iterable[str]]) -> Iterator[None]:
    """Keep keys out of chatpaper's log for the length of a block."""
    handlers = list(logging.getLogger("chatpaper").handlers)
    keyless = _Keyless(keys)
    for handler in handlers:
        handler.addFilter(keyless)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(keyless)
