"""A stand-in for arXiv over real HTTP, on loopback: API, PDFs and feeds.

It answers `/api/query`, `/pdf/IDvN` and `/rss/CATEGORIES` from records, remembers when
each request came and how many were under way, and goes wrong as it is told.

By hand: `python tests/servers/arxiv.py --corpus DIR --port 8764`
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

if not __package__:  # started by its path
    sys.path[0] = str(Path(__file__).parents[1])

from servers.arxiv_faults import Asked, Fault
from servers.arxiv_feeds import (
    EASTERN,
    Record,
    atom_feed,
    error_feed,
    read_corpus,
    rss_feed,
    tiny_pdf,
)
from servers.arxiv_query import BadQueryError, Texts, answer, split_words

__all__ = ["ArxivStandIn", "Asked", "Fault", "Record", "read_corpus", "tiny_pdf"]

MAX_RESULTS = 30_000


@dataclass(slots=True)
class _Rule:
    prefix: str
    fault: Fault
    skip: int
    times: int


class ArxivStandIn:
    """The server; use it as a context manager.

    Args:
        records: What arXiv holds; several versions of a paper are several records.
        now: The server's clock, for records with `announced_at`; None serves all.
        port: 0 takes a free one.

    Attributes:
        records: May be changed while the server runs.
        now: May be set while the server runs.
        feed_day: The day the feed says it is of, in place of the right one.
        asked: Every request, in order of arrival.
    """

    def __init__(
        self,
        records: Iterable[Record] = (),
        *,
        now: Callable[[], datetime] | None = None,
        port: int = 0,
    ) -> None:
        self.records = list(records)
        self.now = now
        self.feed_day: date | None = None
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        self.lock = threading.Lock()
        self._rules: list[_Rule] = []
        self._at_once = 0
        self._server = _Server(self, port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Address, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def fail(self, prefix: str, *faults: Fault, times: int = 1, skip: int = 0) -> None:
        """Let answers go wrong for paths that begin with `prefix`.

        Args:
            prefix: As `/api`, `/pdf/2401.00001`, `/`.
            faults: One after the other.
            times: How often each happens.
            skip: Requests that go well before the first.
        """
        for nth, fault in enumerate(faults):
            self._rules.append(_Rule(prefix, fault, 0 if nth else skip, times))

    def heal(self) -> None:
        """Forget every fault that was arranged."""
        self._rules.clear()

    def count(self, prefix: str = "/") -> int:
        """Requests so far for paths that begin with `prefix`."""
        return sum(asked.path.startswith(prefix) for asked in self.asked)

    def most_at_once(self) -> int:
        """The greatest number of requests that were under way together."""
        return max((asked.at_once for asked in self.asked), default=0)

    def begin(
        self, path: str, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> Fault:
        """Note a request; returns what is to go wrong with it."""
        with self.lock:
            self._at_once += 1
            self.asked.append(
                Asked(
                    path=path,
                    query=query,
                    headers=headers,
                    at_once=self._at_once,
                )
            )
            for rule in self._rules:
                if path.startswith(rule.prefix) and rule.times:
                    if rule.skip:
                        rule.skip -= 1
                        break
                    rule.times -= 1
                    return rule.fault
        return Fault()

    def end(self) -> None:
        """A request is over."""
        with self.lock:
            self._at_once -= 1

    def reply(self, path: str, query: Mapping[str, str]) -> tuple[int, str, bytes]:
        """Status, content type and body that arXiv would give."""
        if path == "/api/query":
            return self._api(query)
        if path.startswith("/pdf/"):
            return self._pdf(path.removeprefix("/pdf/"))
        if path.startswith("/rss/"):
            feed = self._rss(path.removeprefix("/rss/").split("+"))
            return 200, "application/rss+xml; charset=utf-8", feed
        return 404, "text/html", b"<html><body>Not found</body></html>"

    def announced(self) -> list[Record]:
        """Records that are out by now, every version."""
        if self.now is None:
            return list(self.records)
        now = self.now()
        return [
            record
            for record in self.records
            if record.announced_at is None or record.announced_at <= now
        ]

    def _api(self, query: Mapping[str, str]) -> tuple[int, str, bytes]:
        try:
            start = int(query.get("start", "0"))
            size = int(query.get("max_results", "10"))
            if start < 0 or not 0 <= size <= MAX_RESULTS or start >= MAX_RESULTS:
                raise BadQueryError("start and max_results are out of range")
            found = _sorted(self._matching(query), query)
        except ValueError as error:
            return 400, "application/atom+xml", error_feed(str(error))
        page = found[start : start + size]
        feed = atom_feed(query.get("search_query", ""), page, len(found), start)
        return 200, "application/atom+xml; charset=UTF-8", feed

    def _matching(self, query: Mapping[str, str]) -> list[Record]:
        latest = _latest(self.announced())
        records = list(latest.values())
        if names := query.get("id_list"):
            versions = {record.name: record for record in self.announced()} | latest
            wanted = names.split(",")
            for name in wanted:
                if not name[:1].isalnum() or " " in name:
                    raise BadQueryError(f"incorrect id format for {name}")
            records = [versions[name] for name in wanted if name in versions]
        search = query.get("search_query", "")
        if search:
            hits = answer(search, [_texts(record) for record in records])
            records = [record for at, record in enumerate(records) if at in hits]
        elif not names:
            raise BadQueryError("neither search_query nor id_list")
        return records

    def _pdf(self, name: str) -> tuple[int, str, bytes]:
        announced = self.announced()
        versions = {record.name: record for record in announced} | _latest(announced)
        record = versions.get(name)
        if record is None or record.pdf is None:
            return 404, "text/html", b"<html><body>No PDF for this paper</body></html>"
        content = (
            record.pdf if isinstance(record.pdf, bytes) else record.pdf.read_bytes()
        )
        return 200, "application/pdf", content

    def _rss(self, categories: Sequence[str]) -> bytes:
        today = (self.now or partial(datetime.now, UTC))().astimezone(EASTERN).date()
        items = [
            (record, record.kind or _kind(record, categories))
            for record in self.announced()
            if record.announced_at and set(categories) & set(record.categories)
            if record.announced_at.astimezone(EASTERN).date()
            == today - timedelta(days=1)
        ]
        return rss_feed(categories, self.feed_day or today, items)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, arxiv: ArxivStandIn, port: int) -> None:
        self.arxiv = arxiv
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: object, client_address: object) -> None:
        assert isinstance(request, socket.socket)
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: object) -> None:
        assert isinstance(request, socket.socket)
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Close what clients keep open."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        arxiv = self.server.arxiv
        address = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        path = unquote(address.path)
        fault = arxiv.begin(path, query, dict(self.headers.items()))
        try:
            if fault.hang_s:
                arxiv.closing.wait(fault.hang_s)
            if fault.reset:
                self._reset()
            else:
                self._send(fault, *arxiv.reply(path, query))
        finally:
            arxiv.end()

    def _send(self, fault: Fault, status: int, kind: str, body: bytes) -> None:
        if fault.body is not None:
            body = fault.body if isinstance(fault.body, bytes) else fault.body(body)
        self.send_response_only(status if fault.status == 200 else fault.status)
        headers = {"Date": self.date_time_string(), "Content-Type": kind}
        for name, value in (headers | dict(fault.headers)).items():
            self.send_header(name, value)
        if fault.unsized:
            self.close_connection = True
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        sent = body[: int(len(body) * fault.cut)]
        step = max(1, len(sent) // 100) if fault.drip_s else max(1, len(sent))
        for at in range(0, len(sent), step):
            self.wfile.write(sent[at : at + step])
            if fault.drip_s:
                self.server.arxiv.closing.wait(fault.drip_s)
        if fault.cut < 1:
            self.close_connection = True

    def _reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        os.close(self.connection.detach())

    def log_message(self, *words: object) -> None:
        """Say nothing."""


def _latest(records: Iterable[Record]) -> dict[str, Record]:
    latest: dict[str, Record] = {}
    for record in records:
        if record.id not in latest or latest[record.id].version < record.version:
            latest[record.id] = record
    return latest


def _sorted(records: list[Record], query: Mapping[str, str]) -> list[Record]:
    order = query.get("sortBy", "relevance")
    backwards = query.get("sortOrder", "descending") == "descending"
    if order == "submittedDate":
        return sorted(records, key=lambda r: (r.published, r.id), reverse=backwards)
    if order == "lastUpdatedDate":
        return sorted(
            records, key=lambda r: r.updated or r.published, reverse=backwards
        )
    return records


def _texts(record: Record) -> Texts:
    return Texts(
        words={
            "ti": split_words(record.title),
            "abs": split_words(record.abstract),
            "au": split_words(" ".join(record.authors)),
            "co": split_words(record.comment or ""),
            "jr": split_words(record.journal_ref or ""),
            "id": split_words(record.id),
        },
        categories=record.categories,
        submitted=f"{record.published:%Y%m%d%H%M}",
    )


def _kind(record: Record, categories: Sequence[str]) -> str:
    crossed = record.categories[0] not in categories
    if record.version > 1:
        return "replace-cross" if crossed else "replace"
    return "cross" if crossed else "new"


def main() -> None:
    """Serve a corpus until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8764)
    options = parser.parse_args()
    records = read_corpus(options.corpus)
    with ArxivStandIn(records, port=options.port) as server:
        print(f"{len(records)} papers at {server.url}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print(f"{server.count()} requests")


if __name__ == "__main__":
    main()
