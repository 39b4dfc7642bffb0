"""A call of a client: what is being done for it is told, and whether it still waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import ContextVar

from chatpaper.pipeline import Activity, ends_with

Tell = Callable[[str], None]

# Of the call that this thread works for.
tell: ContextVar[Tell] = ContextVar("tell", default=lambda _: None)
cancelled: ContextVar[threading.Event | None] = ContextVar("cancelled", default=None)

_WORDS = {
    "download": "fetching the PDF",
    "read": "reading the PDF",
    "answer": "asking the model",
    "evidence": "looking for evidence",
    "judge": "judging",
    "repair": "mending what failed a check",
}


def watch(paper_id: str, activity: Activity, stop: threading.Event) -> None:
    """Tell what is begun for a paper; see `Controls.watch`.

    Raises:
        RunStopped: Nobody waits for it any more, and it must not be paid.
    """
    gone = cancelled.get()
    ends_with(*(event for event in (stop, gone) if event))(paper_id, activity)
    if activity in _WORDS:
        tell.get()(f"{paper_id}: {_WORDS[activity]}")
