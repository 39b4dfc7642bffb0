"""What can go wrong, as one tree.

ChatpaperError
├── ConfigError(path, problems)               the configuration
│   └── ArgumentError(argument, problems)     what a function was called with
├── FetchError(url, status, retry_after_s)    arXiv, its feed or a PDF was not to be had
│   └── Throttled                             the host asks us to slow down or to stop
├── DocumentError(paper_id, reason)           a PDF that cannot be read
├── PromptError(name, reason)                 a prompt file that does not fit its use
├── SummaryError(paper_id, reason)            a model call or reply that cannot be used
│   ├── RequestRefused                        the server will not do this, ever
│   └── QuotaSpent                            no further call can succeed in this run
│       ├── BudgetSpent                       the run's own budget allows no such call
│       └── RunStopped                        the run is being ended from outside
├── PostError(path, problems)                 a draft the publish gate refuses
├── SiteError(path, reason)                   a site that may not replace the last one
└── StoreError(path, reason)                  the store or the disk
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatpaper.records import Usage


class ChatpaperError(Exception):
    """Base of every error that chatpaper raises on purpose."""


class ConfigError(ChatpaperError):
    """Bad configuration or arguments.

    Attributes:
        path: The file, key or option.
        problems: Every bad key and why it is bad, joined by "; ".
    """

    def __init__(self, path: str, problems: str) -> None:
        super().__init__(path, problems)
        self.path = path
        self.problems = problems

    def __str__(self) -> str:
        return f"{self.path}: {self.problems}"


class ArgumentError(ConfigError):
    """A bad argument, by its name in Python.

    Other arguments stand in `problems` as `since=` or `yes=True`, in backticks. A
    command line says its own options in place of them all (`cli/commands.py`).
    """

    def __str__(self) -> str:
        return f"argument {self.path}: {self.problems}"


class FetchError(ChatpaperError):
    """A request that failed for good, after its bounded retries.

    Attributes:
        url: What was asked, never with a key in it.
        reason: One sentence for the user.
        status: HTTP status, or None when there was no reply.
        retry_after_s: The server's own wish, in seconds, if it gave one.
    """

    def __init__(
        self,
        url: str,
        reason: str,
        status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(url, reason, status, retry_after_s)
        self.url = url
        self.reason = reason
        self.status = status
        self.retry_after_s = retry_after_s

    def __str__(self) -> str:
        return f"{self.reason} ({self.url})"


class Throttled(FetchError):
    """The host asks us to slow down (406, 429, 503) or to stop (403)."""


class DocumentError(ChatpaperError):
    """A PDF that cannot be read: damaged, encrypted, empty, without text, too slow."""

    def __init__(self, paper_id: str, reason: str) -> None:
        super().__init__(paper_id, reason)
        self.paper_id = paper_id
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.paper_id}: {self.reason}"


class PromptError(ChatpaperError):
    """A prompt file whose variables are not those its use fills in."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name = name
        self.reason = reason

    def __str__(self) -> str:
        return f"prompt {self.name}: {self.reason}"


class SummaryError(ChatpaperError):
    """A model call that failed, or a reply that cannot be used.

    Attributes:
        paper_id: Versioned id.
        reason: One sentence for the user.
        usage: What unusable replies cost all the same; None when nothing.
    """

    def __init__(self, paper_id: str, reason: str, usage: Usage | None = None) -> None:
        super().__init__(paper_id, reason, usage)
        self.paper_id = paper_id
        self.reason = reason
        self.usage = usage

    def __str__(self) -> str:
        return f"{self.paper_id}: {self.reason}"


class RequestRefused(SummaryError):
    """The server refuses a request, and would refuse it again; it did nothing."""


class QuotaSpent(SummaryError):
    """No further call can succeed in this run: quota spent or key refused."""


class BudgetSpent(QuotaSpent):
    """The budget that the user set for a run does not allow this call."""


class RunStopped(QuotaSpent):
    """The run is being ended from outside: no call is begun any more."""


class PostError(ChatpaperError):
    """A draft that the publish gate refuses; `problems` is one finding a line."""

    def __init__(self, path: str, problems: str) -> None:
        super().__init__(path, problems)
        self.path = path
        self.problems = problems

    def __str__(self) -> str:
        return f"{self.path}: {self.problems}"


class SiteError(ChatpaperError):
    """A site that its gate refuses, or that cannot be made; the last one stays."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class StoreError(ChatpaperError):
    """The store or the disk refuses: full, read-only, locked, corrupt."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


def where_raised(error: BaseException) -> str:
    """What an unexpected error is, and the innermost line of our own code it left.

    Returns:
        As `KeyError at verify/numbers.py:41`.
    """
    import traceback

    root = Path(__file__).parent
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(root)]
    at = (ours or frames)[-1]
    path = Path(at.filename)
    name = path.relative_to(root).as_posix() if ours else path.name
    return f"{type(error).__name__} at {name}:{at.lineno}"
