"""What a run and its hosts say to each other, kept in a folder and said again from it.

Both ends are transports of an HTTP client, which is where a run touches the network:
what is above them, retries and the model's SDK among it, works as in any other run.
Each exchange is one JSON file with the request and the head of the reply, and the
reply's body beside it, as it came:

    0001.json   0001.reply.xml   0002.json   0002.reply.pdf ...
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx2

from chatpaper.errors import ConfigError
from chatpaper.net.http import shown
from chatpaper.net.surroundings import open_client

# Of a reply's head: what is acted upon. A cookie, a name of a machine or an account
# is not among it, and of a request's head nothing is kept at all.
KEPT_HEADERS = ("content-type", "content-encoding", "retry-after", "date", "location")
_SUFFIXES = {"xml": ".xml", "json": ".json", "pdf": ".pdf", "html": ".html"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How an exchange broke.

    Attributes:
        kind: Name of httpx2's error.
        words: Its text.
    """

    kind: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and its reply.

    Attributes:
        method, url: Of the request; the address without a user's name and password.
        request: Its body; JSON where it is JSON, else text.
        status: Of the reply; None when there was none.
        headers: Those of `KEPT_HEADERS`.
        fault: How the connection broke, before the reply or in the middle of it.
    """

    method: str
    url: str
    request: object = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Fault | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """Requests that are alike have the same."""
        return self.method, self.url, json.dumps(self.request, sort_keys=True)


# --------------------------------------------------------------------------------------
# Keeping.


class Recorder(httpx2.BaseTransport):
    """Passes requests on to their hosts, and keeps what is said."""

    def __init__(self, folder: Path, secrets: Mapping[str, str]) -> None:
        """Nothing is sent or written yet.

        Args:
            folder: Made when it is first needed.
            secrets: Words that must not be kept, and what stands in their place.
        """
        self._folder = folder
        self._secrets = secrets
        self._count = 0
        self._lock = threading.Lock()
        # A client, and not a bare transport: it heeds the environment's proxies.
        self._client = open_client()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; its exchange is kept once the reply has been read."""
        # So that a person can read what is kept.
        request.headers["accept-encoding"] = "identity"
        exchange = _asked(request, self._secrets)
        with self._lock:
            self._count += 1
            number = self._count
        try:
            response = self._client.send(request, stream=True)
        except httpx2.HTTPError as error:
            self._keep(number, exchange, b"", error)
            raise
        kept = {n: response.headers[n] for n in KEPT_HEADERS if n in response.headers}
        exchange = Exchange(
            method=exchange.method,
            url=exchange.url,
            request=exchange.request,
            status=response.status_code,
            headers={name: self._clean(value) for name, value in kept.items()},
        )
        body = _KeptBody(self, number, exchange, response)
        return httpx2.Response(response.status_code, headers=kept, stream=body)

    def close(self) -> None:
        """Nothing: several clients use this transport; `finish` closes it."""

    def finish(self) -> None:
        """Close the connections."""
        self._client.close()

    def _clean(self, text: str) -> str:
        for secret, word in self._secrets.items():
            text = text.replace(secret, word)
        return text

    def _keep(
        self, number: int, exchange: Exchange, body: bytes, error: Exception | None
    ) -> None:
        values = asdict(exchange)
        if error is not None:
            fault = Fault(kind=type(error).__name__, words=self._clean(str(error)))
            values["fault"] = asdict(fault)
        for secret, word in self._secrets.items():
            body = body.replace(secret.encode(), word.encode())
        kind = exchange.headers.get("content-type", "")
        suffix = next((s for k, s in _SUFFIXES.items() if k in kind), ".txt")
        if "content-encoding" in exchange.headers:
            suffix = ".packed"
        self._folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(values, ensure_ascii=False, indent=1)
        if body:
            (self._folder / f"{number:04}.reply{suffix}").write_bytes(body)
        (self._folder / f"{number:04}.json").write_bytes(
            text.encode("utf-8", "replace")
        )


def _asked(request: httpx2.Request, secrets: Mapping[str, str]) -> Exchange:
    """A request, without what must not be kept."""
    url, text = shown(str(request.url)), request.read().decode("utf-8", "replace")
    for secret, word in secrets.items():
        url, text = url.replace(secret, word), text.replace(secret, word)
    try:
        body: object = json.loads(text)
    except ValueError:
        body = text or None
    return Exchange(method=request.method, url=url, request=body)


class _KeptBody(httpx2.SyncByteStream):
    """A reply's body on its way through; kept as far as it was read."""

    def __init__(
        self,
        recorder: Recorder,
        number: int,
        exchange: Exchange,
        response: httpx2.Response,
    ) -> None:
        self._recorder, self._number = recorder, number
        self._exchange, self._response = exchange, response
        self._body = bytearray()
        self._error: Exception | None = httpx2.ReadError("nobody read the rest")
        self._is_kept = False

    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in self._response.iter_raw():
                self._body += chunk
                yield chunk
            self._error = None
        except httpx2.HTTPError as error:
            self._error = error
            raise

    def close(self) -> None:
        self._response.close()
        if not self._is_kept:
            self._is_kept = True
            self._recorder._keep(  # noqa: SLF001 - its own other half
                self._number, self._exchange, bytes(self._body), self._error
            )


# --------------------------------------------------------------------------------------
# Saying it again.


class Player(httpx2.BaseTransport):
    """Answers requests from a recording, and touches no network.

    Like requests are answered in the order in which they were answered first.

    Attributes:
        missing: Requests that the recording has no reply to, in order.
    """

    def __init__(self, folder: Path) -> None:
        """Read the heads of all exchanges.

        Raises:
            ConfigError: A file of the folder is none of a recording.
        """
        self.missing: list[str] = []
        self._lock = threading.Lock()
        self._left: dict[tuple[str, str, str], deque[tuple[Exchange, Path]]] = {}
        for path in sorted(folder.glob("*.json")):
            if ".reply" not in path.name:
                exchange = _read_exchange(path)
                self._left.setdefault(exchange.key, deque()).append((exchange, path))

    @property
    def unused(self) -> Sequence[str]:
        """Recorded requests that nobody made, by their files' names."""
        left = [pair for queue in self._left.values() for pair in queue]
        left.sort(key=lambda pair: pair[1])
        return [f"{path.name} ({e.method} {e.url})" for e, path in left]

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The recorded reply.

        Raises:
            TransportError: The recorded one, or there is no such request.
        """
        asked = _asked(request, {})
        with self._lock:
            queue = self._left.get(asked.key)
            if not queue:
                self.missing.append(f"{asked.method} {asked.url}")
                raise httpx2.ConnectError("the recording has no such request")
            exchange, path = queue.popleft()
        if exchange.status is None:
            raise _error_of(exchange)
        body = _body_of(path)
        return httpx2.Response(
            exchange.status,
            headers=dict(exchange.headers),
            stream=_PlayedBody(body, exchange),
        )

    def close(self) -> None:
        """Nothing is open."""


class _PlayedBody(httpx2.SyncByteStream):
    def __init__(self, body: bytes, exchange: Exchange) -> None:
        self._body, self._exchange = body, exchange

    def __iter__(self) -> Iterator[bytes]:
        size = 2**16
        for start in range(0, len(self._body), size):
            yield self._body[start : start + size]
        if self._exchange.fault is not None:
            raise _error_of(self._exchange)


def _read_exchange(path: Path) -> Exchange:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        fault = values["fault"]
        return Exchange(**{**values, "fault": Fault(**fault) if fault else None})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ConfigError(str(path), "not an exchange of a recording") from error


def _body_of(path: Path) -> bytes:
    found = sorted(path.parent.glob(f"{path.stem}.reply*"))
    return found[0].read_bytes() if found else b""


def _error_of(exchange: Exchange) -> httpx2.TransportError:
    fault = exchange.fault or Fault(kind="", words="the recording has no reply")
    kind = getattr(httpx2, fault.kind, None)
    if not (isinstance(kind, type) and issubclass(kind, httpx2.TransportError)):
        kind = httpx2.ReadError
    return kind(fault.words)
