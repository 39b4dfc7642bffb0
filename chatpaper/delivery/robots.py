"""Robots of Feishu, DingTalk and WeCom: one POST, whose reply's body is the answer.

All three answer HTTP 200 to what they refuse, with a code in the body. Only the code 0
of the service itself counts as delivered.

Source:
    https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
    https://open.dingtalk.com/document/robots/custom-robot-access
    https://developer.work.weixin.qq.com/document/path/91770
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import httpx2

from chatpaper.delivery.answers import Answer, delivered, refused, unknown
from chatpaper.delivery.message import Message, as_markdown, fitted
from chatpaper.delivery.secrets import secret_of, silenced, without_secrets
from chatpaper.net import (
    NO_KEEPALIVE,
    Deadline,
    broken,
    connection_refused,
    first_bytes,
    no_network,
    open_client,
    untrusted,
    user_agent,
)
from chatpaper.settings import RobotChannel

EXCHANGE_FACTOR = 3  # of the longest silence; a robot answers at once
MAX_REPLY = 65_536  # bytes
# Statuses behind which the service may have taken the message all the same.
GATEWAYS = (502, 504)
BUSY = (408, 425, 429, 503)

# --------------------------------------------------------------------------------------
# What the services differ in.


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One robot's form.

    Attributes:
        name: For people.
        body: The request's JSON, of a message, seconds since 1970 and the secret.
        query: What is put behind the webhook, likewise.
        size: Of a message, in what `limit` counts.
        limit: What the service takes, less some room.
        codes: Keys of the reply, one of which holds 0 for "taken".
        words: Key of the reply's explanation.
        passing: Codes that say "too fast" or "too busy".
    """

    name: str
    body: Callable[[Message, int, str], dict[str, object]]
    query: Callable[[int, str], dict[str, str]]
    size: Callable[[Message], int]
    limit: int
    codes: tuple[str, ...]
    words: tuple[str, ...]
    passing: tuple[int, ...]


def _signature(key: str, text: str) -> str:
    digest = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _feishu_body(message: Message, now_s: int, secret: str) -> dict[str, object]:
    rows: list[list[dict[str, str]]] = []
    for block in message.blocks:
        for line in block:
            rows.append([])
            for span in line:
                if span.url:
                    rows[-1].append({"tag": "a", "text": span.text, "href": span.url})
                else:
                    rows[-1].append({"tag": "text", "text": f"{span.text} "})
    # The subject is the title already, unless the first line leads somewhere.
    is_said = len(rows) > 1 and not any("href" in part for part in rows[0])
    content = rows[1:] if is_said else rows
    post = {"zh_cn": {"title": message.subject, "content": content}}
    body: dict[str, object] = {"msg_type": "post", "content": {"post": post}}
    if secret:
        # The text to be signed is the key, and nothing is signed with it.
        sign = _signature(f"{now_s}\n{secret}", "")
        body = {"timestamp": str(now_s), "sign": sign, **body}
    return body


def _dingtalk_body(message: Message, now_s: int, secret: str) -> dict[str, object]:
    del now_s, secret
    text = as_markdown(message).replace("\n", "  \n")
    return {
        "msgtype": "markdown",
        "markdown": {"title": message.subject, "text": text},
        "at": {"atMobiles": [], "atUserIds": [], "isAtAll": False},
    }


def _dingtalk_query(now_s: int, secret: str) -> dict[str, str]:
    now_ms = str(1000 * now_s)
    if not secret:
        return {}
    return {"timestamp": now_ms, "sign": _signature(secret, f"{now_ms}\n{secret}")}


def _wecom_body(message: Message, now_s: int, secret: str) -> dict[str, object]:
    del now_s, secret
    return {"msgtype": "markdown", "markdown": {"content": as_markdown(message)}}


def _size_of(
    body: Callable[[Message, int, str], dict[str, object]],
) -> Callable[[Message], int]:
    return lambda message: len(_json(body(message, 0, "x")))


def _json(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _unsigned(now_s: int, secret: str) -> dict[str, str]:
    del now_s, secret
    return {}


SERVICES: dict[str, Service] = {
    "feishu": Service(
        name="Feishu",
        body=_feishu_body,
        query=_unsigned,
        size=_size_of(_feishu_body),
        limit=20_000,  # 20 KB a request
        codes=("code", "StatusCode"),
        words=("msg", "StatusMessage"),
        passing=(9499, 11232),
    ),
    "dingtalk": Service(
        name="DingTalk",
        body=_dingtalk_body,
        query=_dingtalk_query,
        size=_size_of(_dingtalk_body),
        limit=20_000,  # bytes of a request, error 460101
        codes=("errcode",),
        words=("errmsg",),
        passing=(-1, 130101, 410100),
    ),
    "wecom": Service(
        name="WeCom",
        body=_wecom_body,
        query=_unsigned,
        size=lambda message: len(as_markdown(message).encode()),
        limit=4096,  # bytes of `content`
        codes=("errcode",),
        words=("errmsg",),
        passing=(-1, 45009),
    ),
}


# --------------------------------------------------------------------------------------
# What they have in common.


class Robot:
    """Sends to one webhook."""

    receivers = ("",)

    def __init__(
        self, service: Service, variable: str, url: str, secret: str, timeout_s: float
    ) -> None:
        """Nothing is sent yet.

        Args:
            service: Whose robot it is.
            variable: Where the webhook was found.
            url: The webhook; a secret.
            secret: What signs; empty for a robot that does not ask for it.
            timeout_s: Longest silence; a whole exchange may take three times it.
        """
        self._service, self._variable = service, variable
        self._url, self._secret, self._timeout_s = url, secret, timeout_s
        self.secrets = tuple(filter(None, (url, secret)))

    def send(self, message: Message, receiver: str) -> Answer:
        """Send a message once."""
        del receiver
        if not _is_web_address(self._url):
            return refused(f"{self._variable} holds no address of a webhook")
        now_s = int(time.time())
        body = _json(self._service.body(self._cut(message), now_s, self._secret))
        query = self._service.query(now_s, self._secret)
        signs = "".join(f"&{name}={quote(v, safe='')}" for name, v in query.items())
        url = self._url + (signs if "?" in self._url else signs.replace("&", "?", 1))
        with silenced():
            return self._posted(url, body)

    def show(self, message: Message) -> str:
        """What would be sent."""
        return as_markdown(self._cut(message))

    def close(self) -> None:
        """Nothing is open."""

    def _cut(self, message: Message) -> Message:
        return fitted(message, self._service.size, self._service.limit)

    def _posted(self, url: str, body: bytes) -> Answer:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": user_agent(""),
        }
        with open_client(timeout=self._timeout_s, limits=NO_KEEPALIVE) as client:
            try:
                request = client.build_request(
                    "POST", url, content=body, headers=headers
                )
            except (httpx2.InvalidURL, ValueError):
                return refused(f"{self._variable} holds no address of a webhook")
            longest_s = EXCHANGE_FACTOR * self._timeout_s
            with Deadline(request, longest_s) as deadline:
                try:
                    response = client.send(request, stream=True)
                    reply = first_bytes(response, MAX_REPLY)
                except httpx2.HTTPError as error:
                    if deadline.passed:
                        return unknown(f"no whole answer within {longest_s:g} s")
                    return self._failed(error, url)
            if deadline.passed:
                return unknown(f"no whole answer within {longest_s:g} s")
        return self._answer(response.status_code, reply)

    def _failed(self, error: httpx2.HTTPError, url: str) -> Answer:
        if words := untrusted(error, httpx2.URL(url).host):
            return refused(words)
        words = no_network(error, url) or broken(error, self._timeout_s)
        words = without_secrets(words, self.secrets)
        # Before there is a connection, nothing has left.
        early = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError)
        if isinstance(error, (*early, httpx2.UnsupportedProtocol)):
            return refused(words, passing=True, absent=connection_refused(error))
        return unknown(words)

    def _answer(self, status: int, reply: bytes) -> Answer:
        service = self._service
        said = _read(reply)
        codes = [said[key] for key in service.codes if key in said]
        words = next((str(said[key]) for key in service.words if said.get(key)), "")
        words = without_secrets(words, self.secrets)
        code = codes[0] if codes else None
        if status == httpx2.codes.OK and type(code) is int:
            if code == 0:
                return delivered(f"{service.name}: {words or 'ok'}")
            text = f"{service.name} refuses it: {code} {words}"
            return refused(text, passing=code in service.passing)
        if status == httpx2.codes.OK:
            return refused(f"HTTP 200, but not from {service.name}: no code in it")
        text = f"HTTP {status} {words}"
        if status in GATEWAYS:
            return unknown(text)
        return refused(text, passing=status in BUSY)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _read(reply: bytes) -> dict[str, object]:
    try:
        said = json.loads(reply)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def open_robot(
    settings: RobotChannel, environ: Mapping[str, str], timeout_s: float
) -> Robot:
    """The robot of a channel."""
    service = SERVICES[getattr(settings, "kind", "")]
    variable, signing = settings.variables
    url, secret = (secret_of(name, environ) for name in (variable, signing))
    return Robot(service, variable, url, secret, timeout_s)
