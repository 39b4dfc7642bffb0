"""What the tests of the arXiv source share: papers, faults, and sources that ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

from chatpaper.net import Http, Pace
from chatpaper.records import Topic
from chatpaper.sources.arxiv import ArxivSource
from servers.arxiv import ArxivStandIn, Record

START, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)
GAN = Topic(name="GAN", queries=("ti:GAN OR abs:GAN",))
NOT_XML = b"<!DOCTYPE html><html><body><br>Just a moment</body></html>"
XHTML = b"<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>"

Make = Callable[..., ArxivSource]


def record(number: int, **changes: object) -> Record:
    """A GAN paper, newer with every number."""
    facts: dict[str, object] = {
        "id": f"2401.{number:05d}",
        "title": f"A GAN of kind {number}",
        "published": START + timedelta(hours=number),
    }
    return Record(**{**facts, **changes})  # type: ignore[arg-type]


def without_entries(page: bytes) -> bytes:
    """The page with its totals, but no papers."""
    head, _, rest = page.partition(b"<entry>")
    return head + rest.rpartition(b"</entry>")[2]


class Naps(list[float]):
    """A sleep that only takes note."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@contextmanager
def sources(arxiv: ArxivStandIn, naps: Naps) -> Iterator[Make]:
    """Makes sources that ask the stand-in and never sleep."""
    with ExitStack() as stack:

        def build(
            *,
            page_size: int = 100,
            pace: Pace | None = None,
            now: datetime | None = None,
            **patience: float,
        ) -> ArxivSource:
            http = Http(pace or Pace(0.0, sleep=naps), contact="a@b.org", **patience)  # type: ignore[arg-type]
            stack.enter_context(http)
            return ArxivSource(
                http,
                base_url=arxiv.url,
                rss_base_url=arxiv.url,
                page_size=page_size,
                now=(lambda: now) if now else None,
            )

        yield build
