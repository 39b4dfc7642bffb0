"""The server itself: who may listen where, slow visitors, and how it ends."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from chatpaper.config import Config
from chatpaper.errors import ConfigError, StoreError
from chatpaper.store import only_run
from chatpaper.web.app import make_app
from chatpaper.web.board import Board
from chatpaper.web.budget import DayBudget
from chatpaper.web.jobs import Shelf
from chatpaper.web.limits import Waits, is_within
from chatpaper.web.paying import Purse, paper_tokens
from chatpaper.web.site import Site
from chatpaper.web.workshop import Workshop

log = logging.getLogger(__name__)

TOKEN_CHARS = 16
MAX_CONNECTIONS = 512
MAX_FROM_ONE = 96  # of them, where it is no proxy and not this machine
MAX_HEADER_BYTES = 32_768
END_S = 2  # answers under way, when the server ends


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that waits for slow visitors, but not for ever.

    uvicorn bounds only the time between two requests.
    """

    trusted_proxies: Sequence[str] = ()
    waits = Waits()
    _late: asyncio.TimerHandle | None = None
    _stuck: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody connected, and is to send a request."""
        super().connection_made(transport)
        if self._is_one_too_many():
            self.transport.abort()
        self._wait(self.waits.headers)

    def data_received(self, data: bytes) -> None:
        """A part of a request came."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait(self.waits.headers)
        elif self.conn.our_state in (h11.DONE, h11.MUST_CLOSE):
            # It was refused, and what still comes is thrown away.
            self._wait(self.waits.rest)
        else:
            self._cancel()

    def pause_writing(self) -> None:
        """The visitor does not take what is sent."""
        super().pause_writing()
        self._stuck = self.loop.call_later(self.waits.reading, self.transport.abort)

    def resume_writing(self) -> None:
        """The visitor took some."""
        super().resume_writing()
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        super().connection_lost(exc)
        self._cancel()
        if self._stuck is not None:
            self._stuck.cancel()

    def _is_one_too_many(self) -> bool:
        host = self.client[0] if self.client else ""
        if _is_loopback(host) or is_within(host, self.trusted_proxies):
            return False
        theirs = [
            other
            for other in self.connections
            if isinstance(other, PatientProtocol) and other.client
            if other.client[0] == host
        ]
        return len(theirs) > MAX_FROM_ONE

    def _wait(self, seconds: float) -> None:
        """Wait for no longer than that, unless somebody waits already."""
        if self._late is None:
            self._late = self.loop.call_later(seconds, self.transport.abort)

    def _cancel(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


class Server(uvicorn.Server):
    """A server that tells its jobs of a stop at once, and then ends in peace.

    uvicorn would wait for those who follow a job, and then raise the signal anew.
    """

    def __init__(self, config: uvicorn.Config, close: Callable[[], None]) -> None:
        super().__init__(config)
        self._close = close

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Ctrl-C, or a service's stop."""
        del sig, frame
        if not self.should_exit:
            threading.Thread(target=self._close, name="close", daemon=True).start()
        self.should_exit = True


@contextmanager
def open_site(config: Config, *, token: str, key: str | None = None) -> Iterator[Site]:
    """Everything that is served, with its jobs at work until the block ends.

    Args:
        config: Checked.
        token: Asked of visitors; empty for none.
        key: Of the server's model; None has it taken from the environment.

    Raises:
        ConfigError: It would be open to strangers, or a key or a folder is missing.
        StoreError: The store cannot be used, or another server uses it.
    """
    is_private = check_openness(config, token)
    directory = config.storage.path / "web"
    web = config.web
    with only_run(directory, wait_s=0):
        try:
            shelf = Shelf(directory)
            budget = DayBudget(
                directory / "budget.json",
                max_usd=web.max_usd_per_day,
                max_tokens=web.max_tokens_per_day,
                paper_usd=web.max_usd_per_paper,
                paper_tokens=paper_tokens(config),
                now=lambda: datetime.now(UTC),
            )
        except OSError as error:
            raise StoreError(str(directory), error.strerror or str(error)) from error
        stop = threading.Event()
        purse = Purse(config, budget, stop)
        workshop = Workshop(config, directory, purse, stop, key)
        has_model = workshop.check()
        _warn_of_price(config, has_model=has_model, is_private=is_private)
        board = Board(shelf, workshop, web, has_model=has_model)
        site = Site(config=config, board=board, token=token, is_private=is_private)
        with workshop.keys.guarding("chatpaper"):
            board.start()
            try:
                yield site
            finally:
                board.close()
                site.pictures.close()


def server_of(site: Site) -> Server:
    """A server of a site; `run` serves until it is stopped."""
    web = site.config.web
    settings: dict[str, Any] = {
        "host": web.host,
        "port": web.port,
        "http": type(
            "Protocol",
            (PatientProtocol,),
            {"trusted_proxies": web.trusted_proxies, "waits": site.waits},
        ),
        "ws": "none",
        "lifespan": "off",
        "access_log": False,
        "log_config": None,
        "proxy_headers": False,
        "server_header": False,
        "limit_concurrency": MAX_CONNECTIONS,
        "timeout_keep_alive": site.waits.idle,
        "timeout_graceful_shutdown": END_S,
        "h11_max_incomplete_event_size": MAX_HEADER_BYTES,
    }
    config = uvicorn.Config(make_app(site), **settings)
    return Server(config, site.board.close)


def serve(
    config: Config, *, token: str, tell: Callable[[str], None] = lambda _: None
) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Args:
        config: Checked.
        token: Asked of visitors; empty for none.
        tell: Is told the address once it answers.

    Raises:
        ConfigError, StoreError: See `open_site`; the port is taken.
    """
    os.umask(0o077)
    share_the_log()
    with open_site(config, token=token) as site:
        server = server_of(site)
        sock = _bound(server.config)
        host, port = sock.getsockname()[:2]
        name = f"[{host}]" if ":" in host else host
        tell(f"http://{name}:{port}/")
        server.run(sockets=[sock])


def share_the_log() -> None:
    """Have uvicorn's errors among ours, where visitors' keys are taken out.

    Else they stand bare on stderr, and so does a line for every port scanner.
    """
    theirs = logging.getLogger("uvicorn.error")
    theirs.handlers[:] = logging.getLogger("chatpaper").handlers
    theirs.setLevel(logging.ERROR)
    theirs.propagate = False


def check_openness(config: Config, token: str) -> bool:
    """Whether nobody but the owner reaches the page.

    Raises:
        ConfigError: Strangers would, and there is no token, or one that can be guessed.
    """
    web = config.web
    is_private = _is_loopback(web.host) and not web.hosts
    if token and len(token) < TOKEN_CHARS:
        problem = f"the token is shorter than {TOKEN_CHARS} characters"
        raise ConfigError("CHATPAPER_WEB_TOKEN", problem)
    if not token and not is_private and not web.open:
        where = "web.hosts" if _is_loopback(web.host) else "web.host"
        problem = (
            "others would reach the page: set CHATPAPER_WEB_TOKEN, for example to"
            " what `openssl rand -hex 16` prints, or web.open: true"
        )
        raise ConfigError(where, problem)
    return is_private and not token


def _warn_of_price(config: Config, *, has_model: bool, is_private: bool) -> None:
    """A budget in dollars holds only where a price is known."""
    llm, web = config.llm, config.web
    names = {llm.model, config.judge_llm.model}
    unknown = sorted(names - llm.prices.keys())
    if not has_model or not unknown or web.max_tokens_per_day:
        return
    problem = (
        f"llm.prices has no {', '.join(unknown)}, so web.max_usd_per_day cannot hold:"
        " set web.max_tokens_per_day, or web.max_usd_per_day: 0 for no budget"
    )
    if not is_private and web.max_usd_per_day:
        raise ConfigError("web.max_tokens_per_day", problem)
    log.warning("%s", problem)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bound(config: uvicorn.Config) -> Any:
    import socket

    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    sock = socket.socket(family)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((config.host, config.port))
        # Whoever is told the address may connect at once.
        sock.listen(config.backlog)
    except OSError as error:
        sock.close()
        where = f"{config.host}:{config.port}"
        raise ConfigError("web.port", f"{where}: {error.strerror or error}") from error
    sock.set_inheritable(True)
    return sock
