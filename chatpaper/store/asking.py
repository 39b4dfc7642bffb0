"""One asker of a question at a time, whatever process it runs in."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

log = logging.getLogger(__name__)

ASKING = "asking"
# As long as a model may take for a paper; then it is paid for twice rather than never.
LONGEST_S = 180.0
POLL_S = 0.1
# Lock files stay. Two questions that share one wait for each other, and lose nothing.
_FILES = 512


@contextmanager
def only_asker(
    directory: Path,
    key: str,
    *,
    longest_s: float = LONGEST_S,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Iterator[None]:
    """Wait while another run or page asks the same question, then be the one that asks.

    The system frees the lock however its holder ends, so that a killed process blocks
    nobody. On a disk without locks nobody waits.

    Args:
        directory: The storage folder; it is there.
        key: Of the reply, in hexadecimal digits.
        longest_s: After so long the question is asked all the same.
        is_stopped: Whether to wait no longer, since the run ends.
    """
    folder = directory / ASKING
    with ExitStack() as held:
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            lock = FileLock(folder / f"{int(key[:8], 16) % _FILES:03x}", mode=0o600)
            if _locked(lock, longest_s, is_stopped):
                held.callback(lock.release)
            elif not is_stopped():
                log.warning("another process has asked for %g s; asking too", longest_s)
        except (OSError, NotImplementedError) as error:
            log.debug("no lock: %s", error)
        yield


def _locked(lock: FileLock, longest_s: float, is_stopped: Callable[[], bool]) -> bool:
    end_s = time.monotonic() + longest_s
    while True:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if is_stopped() or time.monotonic() >= end_s:
                return False
            time.sleep(POLL_S)
        else:
            return True
