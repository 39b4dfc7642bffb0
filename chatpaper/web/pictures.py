"""Pages of a paper as pictures, with the quotes of a claim marked on them."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

# Asked for here, so that a server without it does not begin.
import PIL  # noqa: F401

from chatpaper.config import ReadingConfig
from chatpaper.errors import DocumentError
from chatpaper.records import Box
from chatpaper.web.files import write_private
from chatpaper.web.jobs import PDF
from chatpaper.web.words import Refusal
from chatpaper.workers import MarkedPage, ProcessPerCall, WorkerLost, draw_page

PAGES = "pages"
AT_A_TIME = 2
MAX_WAITING = 40
TIMEOUT_S = 20.0
MAX_KEPT = 60  # pictures of one paper; more are drawn each time

Quotes = Sequence[tuple[str, Box | None]]


class Pictures:
    """Draws pages, each in a process of its own, and keeps them beside their paper."""

    def __init__(self, reading: ReadingConfig) -> None:
        """Nothing is begun before the first picture."""
        self._readers = ProcessPerCall(
            AT_A_TIME,
            timeout_s=min(reading.timeout_s, TIMEOUT_S),
            memory_mb=reading.max_memory_mb,
        )
        self._waiting = 0

    def close(self) -> None:
        """Draw no more."""
        self._readers.stop.set()
        self._readers.shutdown(wait=False, cancel_futures=True)

    async def page(self, folder: Path, number: int, quotes: Quotes) -> MarkedPage:
        """A page of a paper.

        Args:
            folder: Of the paper.
            number: Of the page, from 1.
            quotes: What is marked, as `draw_page` takes it.

        Raises:
            Refusal: It cannot be drawn, or too many wait for theirs.
        """
        key = hashlib.sha256(json.dumps(quotes).encode()).hexdigest()[:20]
        path = folder / PAGES / f"{number}-{key}"
        kept = await asyncio.to_thread(_kept, path)
        if kept is not None:
            return kept
        if self._waiting >= MAX_WAITING:
            raise Refusal("pages", retry_after_s=5)
        self._waiting += 1
        try:
            drawn = await asyncio.wrap_future(
                self._readers.submit(draw_page, folder / PDF, number, quotes)
            )
        except (DocumentError, WorkerLost) as error:
            raise Refusal("page") from error
        finally:
            self._waiting -= 1
        await asyncio.to_thread(_keep, path, drawn)
        return drawn


def _kept(path: Path) -> MarkedPage | None:
    try:
        head, _, data = path.read_bytes().partition(b"\n")
        last_page, marks = json.loads(head)
        return MarkedPage(data, tuple(map(tuple, marks)), int(last_page))
    except (OSError, ValueError, TypeError):
        return None


def _keep(path: Path, drawn: MarkedPage) -> None:
    """Keep a picture, where there is room; it can be drawn again."""
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if len(list(path.parent.iterdir())) < MAX_KEPT:
            head = json.dumps([drawn.last_page, drawn.marks])
            write_private(path, head.encode() + b"\n" + drawn.data)
    except OSError:
        return
