"""One host at a time: HTTP with named errors, pace, retries, downloads."""

from chatpaper.net.deadline import (
    NO_KEEPALIVE,
    Deadline,
    bound_exchange,
)
from chatpaper.net.download import (
    Downloader,
    cached_pdf,
    check_pdf,
)
from chatpaper.net.http import (
    Http,
    WorthWaiting,
    broken,
    connection_refused,
    first_bytes,
    no_network,
    retry_after_s,
    shown,
    user_agent,
)
from chatpaper.net.pace import (
    Pace,
)
from chatpaper.net.recording import (
    Player,
    Recorder,
)
from chatpaper.net.retry import (
    BUSY,
    PASSING,
    Patience,
)
from chatpaper.net.surroundings import (
    open_client,
    untrusted,
)

__all__ = [
    "BUSY",
    "NO_KEEPALIVE",
    "PASSING",
    "Deadline",
    "Downloader",
    "Http",
    "Pace",
    "Patience",
    "Player",
    "Recorder",
    "WorthWaiting",
    "bound_exchange",
    "broken",
    "cached_pdf",
    "check_pdf",
    "connection_refused",
    "first_bytes",
    "no_network",
    "open_client",
    "retry_after_s",
    "shown",
    "untrusted",
    "user_agent",
]
