"""A bounded memory of a session."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """The last values under their keys, no more than so many; for many threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[str, T] = {}
        self._lock, self._making = threading.Lock(), threading.Lock()

    def get(self, key: str) -> T | None:
        """The value of a key, which counts as new then."""
        with self._lock:
            value = self._kept.pop(key, None)
            if value is not None:
                self._kept[key] = value
            return value

    def get_or_make(self, key: str, make: Callable[[], T]) -> T:
        """The value of a key, made where there is none, by one thread alone."""
        with self._making:
            value = self.get(key)
            if value is None:
                value = make()
                self.put(key, value)
            return value

    def put(self, key: str, value: T) -> None:
        """Keep a value; the one that was used least lately goes, if need be."""
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = value
            if len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
