"""What is being done for a call, told to the client that waits for it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

Tell = Callable[[str], None]

# Of the call that this thread works for.
tell: ContextVar[Tell] = ContextVar("tell", default=lambda _: None)

_WORDS = {
    "download": "fetching the PDF",
    "read": "reading the PDF",
    "answer": "asking the model",
    "evidence": "looking for evidence",
    "judge": "judging",
    "repair": "mending what failed a check",
}


def watch(paper_id: str, activity: str) -> None:
    """Tell what is begun for a paper; see `Controls.watch`."""
    if activity in _WORDS:
        tell.get()(f"{paper_id}: {_WORDS[activity]}")
