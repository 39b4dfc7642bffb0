"""Asking again where waiting may cure it: one loop for arXiv and for models."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import tenacity

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# Statuses that a later try may not meet. 429 and 503 say besides that the host has
# too much to do, and often for how long.
BUSY = frozenset({429, 503})
PASSING = frozenset({408, 425, 500, 502, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often, and how long, one thing is asked for.

    Attributes:
        tries: Requests, at most.
        backoff_s: First wait after a failure; doubled each time.
        longest_s: No such wait is longer.
        max_wait_s: Seconds of waiting, all tries together; a host that asks for more
            is not asked again.
    """

    tries: int
    backoff_s: float
    longest_s: float
    max_wait_s: float

    def wait_s(self, nth: int) -> float:
        """Seconds after the failure of try `nth`, from 1, when nobody says how many."""
        # Threads that failed together must not come back together.
        spread = 1 + random.uniform(0, 0.25)  # noqa: S311 - no secret
        return min(self.backoff_s * 2.0 ** (nth - 1) * spread, self.longest_s)

    def retry(
        self,
        work: Callable[[], Answer],
        *,
        is_passing: Callable[[BaseException], bool],
        wait_s: Callable[[BaseException, float], float],
        sleep: Callable[[float], None],
    ) -> Answer:
        """Do some work, again and again while waiting may help.

        Args:
            work: Asks once.
            is_passing: Whether an error may be gone at a later try.
            wait_s: Seconds to wait after an error, from those that `self.wait_s` has.
            sleep: Waits, or sees to it that the next try does.

        Raises:
            BaseException: The last error, as it was raised.
        """

        def after(state: tenacity.RetryCallState) -> float:
            return wait_s(_error_of(state), self.wait_s(state.attempt_number))

        def is_enough(state: tenacity.RetryCallState) -> bool:
            waited_s = state.idle_for + state.upcoming_sleep
            return state.attempt_number >= self.tries or waited_s > self.max_wait_s

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(is_passing),
            wait=after,
            stop=is_enough,
            before_sleep=_WaitLog().note,
            sleep=sleep,
            reraise=True,
        )
        answer: Answer = retrying(work)
        return answer


class _WaitLog:
    """Says why something is waited for, once as long as it stays the same."""

    def __init__(self) -> None:
        self._said = ""

    def note(self, state: tenacity.RetryCallState) -> None:
        """Log the wait after a try that failed."""
        why = str(_error_of(state))
        after = "the same" if why == self._said else why
        self._said = why
        log.warning(
            "waiting try=%d wait_s=%.1f after=%s",
            state.attempt_number,
            state.upcoming_sleep,
            after,
        )


def _error_of(state: tenacity.RetryCallState) -> BaseException:
    error = state.outcome.exception() if state.outcome else None
    assert error is not None  # only errors are retried
    return error
