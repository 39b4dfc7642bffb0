"""Models that a user may bring: they answer as the stand-in of Gemini does."""

from __future__ import annotations

import threading
import time

from chatpaper.models import ModelReply, ModelRequest
from chatpaper.records import Usage
from servers.gemini_replies import judged, paper_of, repaired, written


def toy(prompt: str) -> str:
    """A function from a prompt to a reply."""
    if "\nCLAIMS\n" in prompt:
        return judged(prompt, lambda _: "supported")
    title, text = paper_of(prompt)
    return written(title, text) if text else repaired(prompt, text)


class Toy:
    """An object with `complete`, and what it was asked.

    Attributes:
        name: As posts show it.
        verdict: On every claim.
        held: Every reply waits for it; set it to let them go.
        most: Calls that were under way at a time, at most.
    """

    def __init__(self, name: str = "toy-1", verdict: str = "supported") -> None:
        """Answer at once."""
        self.name = name
        self.verdict = verdict
        self.asked: list[ModelRequest] = []
        self.held = threading.Event()
        self.held.set()
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()

    def complete(self, request: ModelRequest) -> ModelReply:
        """Answer."""
        with self._lock:
            self.asked.append(request)
            self._now += 1
            self.most = max(self.most, self._now)
        assert self.held.wait(60), "nobody let the reply go"
        time.sleep(0.02)
        with self._lock:
            self._now -= 1
        is_judge = "\nCLAIMS\n" in request.prompt
        text = (
            judged(request.prompt, lambda _: self.verdict)
            if is_judge
            else toy(request.prompt)
        )
        usage = Usage(calls=1, tokens_in=10, tokens_out=5)
        return ModelReply(
            text=text, finish="stop", detail="", model=self.name, usage=usage
        )
