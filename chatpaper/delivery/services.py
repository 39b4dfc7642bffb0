"""Every other service, through apprise: Telegram, Slack, ntfy, Bark and some hundred.

Source:
    https://github.com/caronc/apprise/wiki
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Mapping
from threading import Thread
from typing import Any

from chatpaper.delivery.answers import Answer, delivered, refused, unknown
from chatpaper.delivery.message import Message, as_chat, fitted
from chatpaper.delivery.secrets import secret_of, silenced
from chatpaper.settings import AppriseChannel

EXCHANGE_FACTOR = 3  # of the longest silence
# apprise takes HTTP 200 for success there, whatever the body says.
OWN = {
    "feishu": "feishu",
    "lark": "feishu",
    "dingtalk": "dingtalk",
    "wecombot": "wecom",
}
# Bytes. ntfy makes a file of what is longer, and no telephone shows more of the others.
LONGEST = 4096
MARGIN = 64  # of the longest body: signs that apprise spells out, the title's own line

_NEVER_SENT = re.compile(
    "NewConnectionError|NameResolutionError|ConnectTimeout|Failed to establish"
)
_STATUS = re.compile(r"error=(\d{3})\b")


class AnyService:
    """Sends to one of apprise's addresses."""

    receivers = ("",)

    def __init__(self, variable: str, url: str, timeout_s: float) -> None:
        """Nothing is imported or sent yet.

        Args:
            variable: Where the address was found.
            url: apprise's address of the service; a secret.
            timeout_s: Longest silence.
        """
        self._variable, self._url, self._timeout_s = variable, url, timeout_s
        self.secrets = (url,) if url else ()

    def send(self, message: Message, receiver: str) -> Answer:
        """Send a message once."""
        del receiver
        kind = self._url.partition("://")[0].removesuffix("s").casefold()
        if kind in OWN:
            return refused(f"{kind}: give the channel the kind {OWN[kind]}")
        heard = _Listener()
        with silenced(), heard:
            try:
                service = self._service()
            except ImportError:
                return refused("not installed: pip install 'chatpaper[notify]'")
            if service is None:
                return refused(f"{self._variable} holds no address that apprise knows")
            told: list[bool] = []
            longest_s = EXCHANGE_FACTOR * self._timeout_s
            text = self._text(message, service)

            def work() -> None:
                told.append(bool(service.notify(title=message.subject, **text)))

            # It bounds each silence, not all of them together.
            thread = Thread(target=work, name="apprise", daemon=True)
            thread.start()
            thread.join(longest_s)
            if not told:
                over = thread.is_alive()
                said = f"no answer within {longest_s:g} s" if over else "apprise failed"
                return unknown(said)
        if told[0]:
            return delivered("apprise: taken")
        if len(service) > 1:
            # Some of the address's targets may have it, and would have it twice.
            return unknown("one of several targets did not take it")
        return heard.answer()

    def show(self, message: Message) -> str:
        """What would be sent, if the service takes as much."""
        return as_chat(message)

    def close(self) -> None:
        """Nothing is open."""

    def _service(self) -> Any:
        with warnings.catch_warnings():
            # Of its own dependencies; nobody who reads our log can mend them.
            warnings.simplefilter("ignore")
            import apprise

            service = apprise.Apprise.instantiate(self._url, suppress_exceptions=True)
        if service is not None:
            service.socket_connect_timeout = self._timeout_s
            service.socket_read_timeout = self._timeout_s
        return service

    def _text(self, message: Message, service: Any) -> dict[str, str]:
        limit = min(int(service.body_maxlen), LONGEST) - MARGIN
        if not service.title_maxlen:
            limit -= len(message.subject)
        # Some limits are of bytes, and some services spell signs out.
        cut = fitted(message, lambda m: len(as_chat(m).encode()), limit)
        return {"body": as_chat(cut)[: max(limit, 1)], "body_format": "text"}


class _Listener(logging.Handler):
    """Hears what apprise logs, which may hold secrets, and keeps only what it means."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._status = ""
        self._never_sent = False
        self._log = logging.getLogger("apprise")

    def __enter__(self) -> None:
        log = self._log
        self._before = (log.handlers[:], log.propagate, log.level)
        log.handlers[:], log.propagate = [self], False
        log.setLevel(logging.DEBUG)

    def __exit__(self, *_: object) -> None:
        self._log.handlers[:], self._log.propagate, level = self._before
        self._log.setLevel(level)

    def emit(self, record: logging.LogRecord) -> None:
        """Look at a line."""
        words = record.getMessage()
        self._never_sent |= bool(_NEVER_SENT.search(words))
        if status := _STATUS.search(words):
            self._status = status[1]

    def answer(self) -> Answer:
        """What became of a message that apprise says did not go through."""
        if self._status in ("502", "504"):
            return unknown(f"HTTP {self._status}")
        if self._status:
            passing = self._status in ("408", "425", "429", "503")
            return refused(
                f"the service refuses it: HTTP {self._status}", passing=passing
            )
        if self._never_sent:
            return refused("no connection to the service", passing=True)
        return unknown("apprise tells no answer of the service")


def open_service(
    settings: AppriseChannel, environ: Mapping[str, str], timeout_s: float
) -> AnyService:
    """The service of a channel."""
    name = settings.url_env
    return AnyService(name, secret_of(name, environ), timeout_s)
