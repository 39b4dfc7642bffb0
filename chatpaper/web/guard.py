"""What every request passes first, and what every answer is sent with.

There are no cookies. A visitor's token comes in a header that the page's script sets,
or in a form; so no other site can have a visitor's browser use it. The token reaches
the page behind the `#` of an address, which browsers send to nobody: no log and no
`Referer` has it. A paper's page is found by its id alone, which nobody can guess; it is
not logged either.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote, urlsplit

from chatpaper.settings import WebConfig
from chatpaper.web.limits import Rate, visitor
from chatpaper.web.words import Language, Refusal, spoken

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MINUTE_S = 60.0
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors {framed_by}"
)
_OF_PROXIES = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")
_JOB = re.compile(r"/papers/[^/]+")
# A name or an address, with a port; nothing that only a parser would find one in.
_HOST = re.compile(r"(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?", re.ASCII)
LOGGED_CHARS = 200


class Guard:
    """An ASGI application round another: names, origins, rates, headers."""

    def __init__(
        self,
        app: App,
        web: WebConfig,
        refuse: Callable[[Scope, Refusal], App],
        language: Language,
        *,
        is_private: bool = False,
    ) -> None:
        """Guard an application.

        Args:
            app: Answers what passes.
            web: Limits and names.
            refuse: Makes the answer to a request that does not pass.
            language: Spoken to who does not say.
            is_private: Whether nobody but the owner should reach it.
        """
        self._app, self._web, self._refuse = app, web, refuse
        self._language, self._is_private = language, is_private
        self._rate = Rate(web.requests_per_minute, MINUTE_S)
        self._names = {"localhost", *(name.lower() for name in web.hosts)}
        self._headers = _headers(web)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = _header_values(scope)
        began, status = time.monotonic(), 0
        scope["state"] = scope.get("state") or {}
        scope["state"]["visitor"] = visitor(
            (scope.get("client") or ("", 0))[0],
            headers.get("x-forwarded-for", []),
            self._web.trusted_proxies,
        )
        scope["state"]["language"] = self._spoken(scope, headers)

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                there = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(pair for pair in self._headers if pair[0] not in there),
                ]
            await send(message)

        try:
            self._check(scope, headers)
            await self._app(scope, receive, guarded)
        except Refusal as refusal:
            await self._refuse(scope, refusal)(scope, receive, guarded)
        finally:
            log.info(
                "%s %s %d %.0f ms",
                scope["method"],
                # Decoded, lest a spelling hide an id; and then spelled again, lest it
                # hold a line of its own.
                quote(_JOB.sub("/papers/*", scope["path"]), safe="/*")[:LOGGED_CHARS],
                status,
                1000 * (time.monotonic() - began),
            )

    def _check(self, scope: Scope, headers: dict[str, list[str]]) -> None:
        hosts = headers.get("host", [])
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            raise Refusal("host")
        # A proxy that nobody told of would let in whoever reaches it.
        is_alone = self._is_private and not self._web.trusted_proxies
        if is_alone and any(name in headers for name in _OF_PROXIES):
            raise Refusal("proxied")
        if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            _check_origin(hosts[0], headers)
        if scope["path"] == "/healthz":
            return
        if wait_s := self._rate.wait_s(scope["state"]["visitor"]):
            raise Refusal("rate", retry_after_s=wait_s, seconds=round(wait_s) + 1)

    def _is_ours(self, host: str) -> bool:
        """Whether a `Host` is a name of ours; another site cannot have an address.

        https://en.wikipedia.org/wiki/DNS_rebinding
        """
        if not _HOST.fullmatch(host):
            return False
        try:
            name = urlsplit(f"//{host}").hostname or ""
            if name in self._names:
                return True
            return bool(ipaddress.ip_address(name))
        except ValueError:
            return False

    def _spoken(self, scope: Scope, headers: dict[str, list[str]]) -> Language:
        query = scope.get("query_string", b"").decode("latin-1")
        asked = re.search(r"(?:^|&)lang=(zh|en)(?:&|$)", query)
        if asked:
            return "zh" if asked[1] == "zh" else "en"
        return spoken(",".join(headers.get("accept-language", [])), self._language)


def _header_values(scope: Scope) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        values.setdefault(name.decode("latin-1").lower(), []).append(
            value.decode("latin-1")
        )
    return values


def _check_origin(host: str, headers: dict[str, list[str]]) -> None:
    """Refuse what a page of another site sends; a program sends neither header."""
    sites = headers.get("sec-fetch-site")
    if sites is not None and sites[0] not in ("same-origin", "none"):
        raise Refusal("origin")
    for origin in headers.get("origin", []):
        if _place_of(origin) == host.lower():
            continue
        if sites is None:
            raise Refusal("origin")
        # The browser knows its own page; where it is under another name, a proxy has
        # put its own in place, and may let in anybody.
        if origin != "null":
            raise Refusal("proxied")


def _place_of(origin: str) -> str:
    """The host and port of an `Origin`; empty when nobody can tell."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _headers(web: WebConfig) -> list[tuple[bytes, bytes]]:
    framed_by = " ".join(web.framed_by) or "'none'"
    headers = {
        "content-security-policy": CSP.format(framed_by=framed_by),
        "x-content-type-options": "nosniff",
        # A form without a script needs its `Origin`, which `no-referrer` would take.
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
    }
    if not web.framed_by:
        headers["x-frame-options"] = "DENY"
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def is_token(given: str, token: str) -> bool:
    """Whether a token is the right one, in a time that tells nothing of it."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())
