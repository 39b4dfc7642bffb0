"""What one session works with: opened when needed, within one budget, for days."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from chatpaper.config import Config
from chatpaper.errors import BudgetSpent, QuotaSpent, RunStopped, Throttled
from chatpaper.pipeline import Controls, Tools, open_tools
from chatpaper.records import Usage

# Tools ask no more once a quota was spent or arXiv has refused us. A session outlives
# that: so much later they are opened anew.
REOPEN_S = 600.0


class Session:
    """Tools for many calls, which may come from several threads."""

    def __init__(
        self, config: Config, controls: Controls, *, clock: Callable[[], float]
    ) -> None:
        """Nothing is opened yet.

        Args:
            config: Who is asked, and for how much.
            controls: Key, clock and stop.
            clock: Monotonic seconds.
        """
        self._config, self._controls, self._clock = config, controls, clock
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._open: Tools | None = None
        self._under_way, self._reopen_at_s = 0, float("inf")
        self._spent = Usage()

    @contextmanager
    def tools(self) -> Iterator[Tools]:
        """The tools, for one call.

        Raises:
            ConfigError, PromptError, StoreError: As `open_tools`.
        """
        with self._lock:
            if not self._under_way and self._clock() >= self._reopen_at_s:
                self._close()
            if self._open is None:
                self._open = self._stack.enter_context(self._opened())
            tools = self._open
            self._under_way += 1
        try:
            yield tools
        except (QuotaSpent, Throttled) as error:
            if not isinstance(error, BudgetSpent | RunStopped):
                with self._lock:
                    later = self._clock() + REOPEN_S
                    self._reopen_at_s = min(self._reopen_at_s, later)
            raise
        finally:
            with self._lock:
                self._under_way -= 1

    def close(self) -> None:
        """Give up what is under way, and close what was opened."""
        self._controls.stop.set()
        with self._lock:
            self._close()

    @property
    def spent_usd(self) -> float | None:
        """What all calls have cost so far; None when a price is not known."""
        with self._lock:
            now = self._open.usage if self._open else Usage()
            return (self._spent + now).cost_usd

    def _close(self) -> None:
        if self._open is not None:
            self._spent += self._open.usage
        self._stack.close()
        self._open, self._reopen_at_s = None, float("inf")

    def _opened(self) -> AbstractContextManager[Tools]:
        """The tools, with what is left of the budget."""
        llm, spent = self._config.llm, self._spent
        tokens = llm.max_tokens_per_run - spent.tokens_in - spent.tokens_out
        usd = llm.max_usd_per_run - (spent.cost_usd or 0.0)
        # Nothing left is not the 0 that means no bound.
        left = {
            "max_usd_per_run": max(usd, 1e-9) if llm.max_usd_per_run else 0.0,
            "max_tokens_per_run": max(tokens, 1) if llm.max_tokens_per_run else 0,
        }
        config = self._config.model_copy(update={"llm": llm.model_copy(update=left)})
        return open_tools(config, "arxiv", self._controls, by_batch=False)
