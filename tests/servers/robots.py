"""A stand-in for webhooks over real HTTP, on loopback: Feishu, DingTalk, WeCom, ntfy.

It checks what the real services check and answers as they do, HTTP 200 with a code in
the body. Other answers are scripted by name, for the first calls, in order.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

TOKEN = "b3f1c2d4-0123-4567-89ab-secret-token"
SECRET = "SECd7a0f6f1e9b8c7d6"
MAX_BYTES = 20_000


def sign(key: str, text: str) -> str:
    """As both services that sign have it."""
    digest = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


@dataclass
class Robots:
    """The server; use it as a context manager.

    Attributes:
        script: Names of `FAULTS` for the first calls; later ones are answered well.
        signs: Whether Feishu and DingTalk ask for a signature.
        taken: Bodies that were taken, in order.
        calls: Of all requests.
    """

    script: deque[str] = field(default_factory=deque)
    signs: bool = False
    taken: list[Any] = field(default_factory=list)
    calls: int = 0

    def __enter__(self) -> Self:
        robots = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers.get("Content-Length", 0))
                robots._answer(self, self.rfile.read(size))

            do_PUT = do_POST  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.closing = self._closing = threading.Event()  # type: ignore[attr-defined]
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def url(self, kind: str) -> str:
        """A webhook."""
        place = {
            "feishu": f"open-apis/bot/v2/hook/{TOKEN}",
            "dingtalk": f"robot/send?access_token={TOKEN}",
            "wecom": f"cgi-bin/webhook/send?key={TOKEN}",
        }[kind]
        return f"http://127.0.0.1:{self.port}/{place}"

    # ------------------------------------------------------------ answers

    def _answer(self, handler: BaseHTTPRequestHandler, raw: bytes) -> None:
        self.calls += 1
        if self.script and (fault := self.script.popleft()) != "ok":
            FAULTS[fault](handler)
            return
        path = handler.path
        if TOKEN not in path and not path.startswith("/ntfy") and path != "/":
            _say(handler, 200, {"errcode": 93000, "errmsg": "invalid webhook"})
            return
        said = json.loads(raw)
        if "/hook/" in path:
            _say(handler, 200, self._feishu(said, raw))
        elif path.startswith("/robot/"):
            _say(handler, 200, self._dingtalk(said, raw, urlsplit(path).query))
        elif path.startswith("/cgi-bin/"):
            _say(handler, 200, self._wecom(said))
        else:
            self.taken.append(said)
            _say(handler, 200, {"id": "x"})

    def _feishu(self, said: Any, raw: bytes) -> dict[str, object]:
        if len(raw) > MAX_BYTES or said["msg_type"] != "post":
            return {"code": 9499, "msg": "Bad Request", "data": {}}
        stamp = said.get("timestamp", "")
        if self.signs and said.get("sign") != sign(f"{stamp}\n{SECRET}", ""):
            return {"code": 19021, "msg": "sign match fail or timestamp is not within"}
        assert not self.signs or abs(int(stamp) - time.time()) < 3600
        for row in said["content"]["post"]["zh_cn"]["content"]:
            assert {part["tag"] for part in row} <= {"text", "a"}
        self.taken.append(said)
        return {
            "StatusCode": 0,
            "StatusMessage": "success",
            "code": 0,
            "msg": "success",
        }

    def _dingtalk(self, said: Any, raw: bytes, query: str) -> dict[str, object]:
        if len(raw) > MAX_BYTES:
            return {"errcode": 460101, "errmsg": "message too long, exceed 20000 bytes"}
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        stamp = asked.get("timestamp", "")
        if self.signs and asked.get("sign") != sign(SECRET, f"{stamp}\n{SECRET}"):
            return {"errcode": 310000, "errmsg": "sign not match"}
        assert not self.signs or abs(int(stamp) / 1000 - time.time()) < 3600
        assert said["at"]["isAtAll"] is False
        self.taken.append(said)
        return {"errcode": 0, "errmsg": "ok"}

    def _wecom(self, said: Any) -> dict[str, object]:
        if len(said["markdown"]["content"].encode()) > 4096:
            return {"errcode": 40058, "errmsg": "markdown.content exceed max length"}
        self.taken.append(said)
        return {"errcode": 0, "errmsg": "ok"}


def _say(
    handler: BaseHTTPRequestHandler,
    status: int,
    body: object,
    *,
    kind: str = "application/json",
    headers: tuple[tuple[str, str], ...] = (),
) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(data)))
    for name, value in headers:
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(data)


def _page(handler: BaseHTTPRequestHandler) -> None:
    _say(handler, 200, b"<html><body>Please log in</body></html>", kind="text/html")


def _reset(handler: BaseHTTPRequestHandler) -> None:
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()


def _cut(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(
        b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"errcode": 0, "code": 0'
    )
    handler.connection.shutdown(socket.SHUT_RDWR)


def _silent(handler: BaseHTTPRequestHandler) -> None:
    handler.server.closing.wait(60)  # type: ignore[attr-defined]


def _drip(handler: BaseHTTPRequestHandler) -> None:
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        while not handler.server.closing.wait(0.02):  # type: ignore[attr-defined]
            handler.wfile.write(b" ")
    except OSError:
        pass


def _refused(status: int, body: object) -> Any:
    return lambda handler: _say(handler, status, body)


FAULTS: dict[str, Any] = {
    "code 19021": _refused(200, {"code": 19021, "msg": f"bad {TOKEN}"}),
    "errcode 310000": _refused(
        200, {"errcode": 310000, "errmsg": "keywords not in content"}
    ),
    "errcode 45009": _refused(
        200, {"errcode": 45009, "errmsg": "api freq out of limit"}
    ),
    "errcode as text": _refused(200, {"errcode": "0", "code": "0"}),
    "code false": _refused(200, {"errcode": False, "code": False}),
    "no code": _refused(200, {"ok": True}),
    "a list": _refused(200, [0]),
    "empty": _refused(200, b""),
    "html": _page,
    "429": _refused(429, {"errmsg": "slow down"}),
    "500": _refused(500, b"oops"),
    "502": _refused(502, b"bad gateway"),
    "401": _refused(401, {"msg": "who are you"}),
    "redirect": lambda handler: _say(
        handler, 302, b"", headers=(("Location", "http://127.0.0.1:1/elsewhere"),)
    ),
    "reset": _reset,
    "cut": _cut,
    "silent": _silent,
    "drip": _drip,
}
