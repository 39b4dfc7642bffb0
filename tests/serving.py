"""The page of `chatpaper serve` over real HTTP, in a thread, against both stand-ins."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from chatpaper.config import Config
from chatpaper.web import Site, Waits, open_site, server_of
from night import Night
from servers.gemini_faults import KEY

TOKEN = "0123456789abcdef"


@dataclass
class Page:
    """A page that is being served, and one visitor of it."""

    site: Site
    url: str
    port: int
    visitor: httpx2.Client = field(repr=False)
    connections: Collection[Any] = field(repr=False)

    def has(self, client: socket.socket) -> bool:
        """Whether the server has a connection with this client."""
        theirs = client.getsockname()
        return any(each.client == theirs for each in list(self.connections))

    def drop(
        self, pdf: bytes, name: str = "a.pdf", **kwargs: object
    ) -> httpx2.Response:
        """Drop a PDF."""
        files = {"file": (name, pdf, "application/pdf")}
        return self.visitor.post("/api/papers", files=files, **kwargs)  # type: ignore[arg-type]

    def ask(self, paper_id: str, **kwargs: object) -> httpx2.Response:
        """Paste an id."""
        form = {"id": paper_id}
        return self.visitor.post("/api/papers", data=form, **kwargs)  # type: ignore[arg-type]

    def told(self, answer: httpx2.Response) -> list[dict[str, object]]:
        """Every event of the job that an answer names, until it is over."""
        assert answer.status_code == 202, answer.text
        address = f"/api/papers/{answer.json()['job']}/events"
        with self.visitor.stream("GET", address) as events:
            lines = list(events.iter_lines())
        data = [line.removeprefix("data: ") for line in lines if line[:5] == "data:"]
        return [json.loads(text) for text in data]

    def end(self, answer: httpx2.Response) -> dict[str, object]:
        """The last event of a job."""
        return self.told(answer)[-1]


@contextmanager
def served(
    night: Night,
    *,
    token: str = "",
    key: str | None = KEY,
    headers: Mapping[str, str] | None = None,
    waits: Waits | None = None,
    **web: object,
) -> Iterator[Page]:
    """Serve a page with these keys of `web`, on a night's stand-ins and store."""
    night.settings["web"] = {"port": 0, **web}
    config = Config.model_validate(night.sections)
    with open_site(config, token=token, key=key) as site:
        site.waits = waits or site.waits
        server = server_of(site)
        sock = socket.create_server((config.web.host, 0))
        port = sock.getsockname()[1]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        while not server.started:
            time.sleep(0.005)
        url = f"http://127.0.0.1:{port}"
        english = {"accept-language": "en", **(headers or {})}
        with httpx2.Client(base_url=url, headers=english, timeout=100) as visitor:
            try:
                connections = server.server_state.connections
                yield Page(site, url, port, visitor, connections)
            finally:
                server.handle_exit(2, None)
                thread.join()
