"""One host at a time: HTTP with named errors, pace, retries, downloads."""

from chatpaper.net.download import (
    Downloader,
    check_pdf,
)
from chatpaper.net.http import (
    Http,
    WorthWaiting,
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
    "PASSING",
    "Downloader",
    "Http",
    "Pace",
    "Patience",
    "Player",
    "Recorder",
    "WorthWaiting",
    "check_pdf",
    "open_client",
    "retry_after_s",
    "shown",
    "untrusted",
    "user_agent",
]
