"""ArXiv as an entry of `SOURCES`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

from chatpaper.config import Config
from chatpaper.net import Downloader, Http, Pace
from chatpaper.sources.arxiv.source import ArxivSource
from chatpaper.sources.source import Surroundings

# Somebody who waits for an answer is told by then that there is no way to arXiv.
UNCONNECTED_S = 10.0


@contextmanager
def open_arxiv(config: Config, around: Surroundings) -> Iterator[ArxivSource]:
    """ArXiv as configured, with a cache of its PDFs."""
    arxiv = config.arxiv
    with Http(
        Pace(arxiv.gap_s, sleep=around.rest),
        contact=arxiv.contact,
        timeout_s=arxiv.timeout_s,
        tries=arxiv.tries,
        max_wait_s=arxiv.max_wait_s,
        unconnected_s=UNCONNECTED_S if around.is_awaited else math.inf,
        stopped=around.stopped,
        transport=around.transport,
    ) as http:
        downloader = Downloader(
            http,
            config.storage.path / "pdf",
            check=around.check_pdf,
            max_mb=config.reading.max_mb,
            # A recorded night must hold every PDF.
            reuse=around.transport is None,
        )
        yield ArxivSource(
            http,
            base_url=arxiv.base_url,
            rss_base_url=arxiv.rss_base_url,
            gap_s=arxiv.gap_s,
            fetch=downloader.fetch,
            now=around.now,
        )
