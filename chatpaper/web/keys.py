"""Visitors' model keys never reach a log, whoever would put them there."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

SHORTEST_KEY = 8  # what is shorter is a word


class KeyRing(logging.Filter):
    """The keys that are in use; as a filter it takes them out of every record."""

    def __init__(self) -> None:
        """No key is in use."""
        super().__init__()
        self._keys: Counter[str] = Counter()

    @contextmanager
    def holding(self, key: str) -> Iterator[None]:
        """Use a key for the length of a block; an empty one is none."""
        self._keys[key] += 1
        try:
            yield
        finally:
            self._keys[key] -= 1
            self._keys += Counter()  # drops what nobody uses any more

    @contextmanager
    def guarding(self, name: str) -> Iterator[None]:
        """Keep keys out of a log, whatever its handlers do, for a block."""
        handlers = list(logging.getLogger(name).handlers)
        for handler in handlers:
            handler.addFilter(self)
        try:
            yield
        finally:
            for handler in handlers:
                handler.removeFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without a key."""
        keys = [key for key in list(self._keys) if len(key) >= SHORTEST_KEY]
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
