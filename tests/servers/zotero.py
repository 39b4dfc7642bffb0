"""A stand-in for Zotero's Web API, version 3, over real HTTP on loopback.

https://www.zotero.org/support/dev/web_api/v3/basics
"""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from servers.silent import Silent, SilentServer

KEY = "P9NiFoyLeZu2bZNvvuQPDWsd"


def item(number: int, title: str, **more: object) -> dict[str, Any]:
    """An item as the API has it."""
    key = f"ITEM{number:04d}"
    data = {"key": key, "version": 7, "itemType": "journalArticle", "title": title}
    return {"key": key, "version": 7, "data": {**data, **more}}


@dataclass
class ZoteroStandIn:
    """One library; use it as a context manager.

    Attributes:
        items: Of the library.
        version: Of the library.
        key: That may read it; None for everybody.
        script: Status and headers of the first answers; later ones are good.
        backoff: Sent with every good answer, if any.
        asked: Query and headers of every request.
        body: In place of the items, where it is not None.
    """

    items: list[dict[str, Any]] = field(default_factory=list)
    version: int = 7
    key: str | None = KEY
    script: deque[tuple[int, dict[str, str]]] = field(default_factory=deque)
    backoff: str = ""
    asked: list[tuple[dict[str, list[str]], dict[str, str]]] = field(
        default_factory=list
    )
    body: bytes | None = None

    def __enter__(self) -> Self:
        library = self

        class Handler(Silent, BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                library._answer(self)

        self._server = SilentServer(("127.0.0.1", 0), Handler)
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        address = urlsplit(handler.path)
        query, headers = parse_qs(address.query), dict(handler.headers.items())
        self.asked.append((query, headers))
        if self.script:
            status, more = self.script.popleft()
            _send(handler, status, more, b"")
            return
        assert headers.get("Zotero-API-Version") == "3"
        if self.key is not None and headers.get("Zotero-API-Key") != self.key:
            _send(handler, 403, {}, b"Forbidden")
            return
        if address.path != "/users/12345/items/top":
            _send(handler, 404, {}, b"Not found")
            return
        since = headers.get("If-Modified-Since-Version")
        shown = {"Last-Modified-Version": str(self.version)}
        shown |= {"Backoff": self.backoff} if self.backoff else {}
        if since is not None and int(since) >= self.version:
            _send(handler, 304, shown, b"")
            return
        start, limit = (int(query[name][0]) for name in ("start", "limit"))
        assert limit <= 100
        page = self.items[start : start + limit]
        shown["Total-Results"] = str(len(self.items))
        if start + limit < len(self.items):
            more_url = f"{self.url}{address.path}?start={start + limit}&limit={limit}"
            shown["Link"] = f'<{more_url}>; rel="next"'
        body = json.dumps(page).encode() if self.body is None else self.body
        _send(handler, 200, shown, body)


def _send(
    handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes
) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    if status != 304:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
