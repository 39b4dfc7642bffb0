"""What a run may spend on the model, and what it has spent."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

from chatpaper.errors import BudgetSpent, QuotaSpent, RunStopped, SummaryError
from chatpaper.models.exchange import (
    CHARS_PER_TOKEN,
    Model,
    ModelReply,
    ModelRequest,
)
from chatpaper.records import Usage

# A digest is about 2,500 tokens long.
REPLY_TOKENS = 2_500
# A judge is shown half of the paper at most, and says little of each claim.
JUDGE_SHARE = 0.5
VERDICT_TOKENS = 600


class MeteredModel:
    """A model that stops when the run's budget is spent, and counts what it uses.

    Before a call its price is estimated and set aside, so that calls under way
    together cannot overspend. A call that begins a paper sets the price of the paper's
    next call aside as well. A paper that was begun is ended before another is begun in
    its place, see `paper`. After a `QuotaSpent` nothing is asked any more.
    """

    def __init__(
        self,
        model: Model,
        *,
        concurrency: int,
        others: Mapping[str, Model] | None = None,
        second: str = "",
        max_usd: float = 0.0,
        max_tokens: int = 0,
        price: tuple[float, float] | None = None,
        prices: Mapping[str, tuple[float, float]] | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        """Wrap a model.

        Args:
            model: Who is asked.
            concurrency: Calls at a time.
            others: Who is asked by requests that name another model.
            second: Of these, who is asked after a paper's first call.
            max_usd: Budget in US dollars; 0 means none.
            max_tokens: Budget in tokens, in and out together; 0 means none.
            price: US dollars for a million tokens (in, out); None when not known,
                then only `max_tokens` can hold.
            prices: Of the others, by name.
            stop: Once set, no paper is begun any more.
        """
        self._models = {"": model, **(others or {})}
        self._second = second
        self._slots = _CallSlots(concurrency)
        self._lock = threading.Lock()
        self._max_usd = max_usd
        self._max_tokens = max_tokens
        self._prices = {**(prices or {}), "": price}
        self._stop = stop or threading.Event()
        self._used = Usage()
        # Of the budget; what a server did not count is in them as estimated.
        self._spent_usd, self._spent_tokens = 0.0, 0
        self._ordered = Usage()
        self._reserved_usd = 0.0
        self._reserved_tokens = 0
        self._next_call: dict[str, tuple[float, int]] = {}  # by paper
        self._mine = threading.local()  # whether this thread has a place
        self.spent: QuotaSpent | None = None

    @contextmanager
    def paper(self, paper_id: str, *, begun: bool) -> Iterator[None]:
        """Keep one place for all calls about a paper, which this thread makes.

        So a quota that is spent, or a stop, finds few papers that are drafted and not
        judged.

        Args:
            paper_id: Versioned id.
            begun: Whether its first reply is there already; it goes before others.
        """
        with self._slots.hold(late=not begun):
            self._mine.has_place = True
            try:
                yield
            finally:
                self._mine.has_place = False
                with self._lock:
                    self._take_back(paper_id)

    def complete(self, request: ModelRequest) -> ModelReply:
        """Ask, within the budget.

        Raises:
            BudgetSpent: The budget of the run does not allow another call.
            RunStopped: The run is being ended, and the call would begin a paper.
            QuotaSpent: The model said so, now or earlier in this run.
            SummaryError: The call failed.
        """
        with self._place(request):
            if self._stop.is_set() and request.step != "later":
                raise RunStopped(request.paper_id, "the run was interrupted")
            usd, tokens = self._reserve(request)
            used: Usage | None = None
            try:
                reply = self._models[request.model].complete(request)
                used = reply.usage
            except SummaryError as error:
                used = error.usage
                if request.model:
                    # Whose quota it is, or whose key: there are two.
                    reason = f"{request.model}: {error.reason}"
                    error = type(error)(error.paper_id, reason, error.usage)
                if isinstance(error, QuotaSpent):
                    self.spent = error
                raise error from error.__cause__
            finally:
                with self._lock:
                    self._reserved_usd -= usd
                    self._reserved_tokens -= tokens
                    self._used += used or Usage()
                    if used is not None:
                        self._spend(used, usd, tokens)
        return reply

    def commit(self, request: ModelRequest, *, discount: float) -> None:
        """Set the price of a call aside for good: a batch makes it for us.

        Raises:
            BudgetSpent, RunStopped, QuotaSpent: As for `complete`.
        """
        if self._stop.is_set():
            raise RunStopped(request.paper_id, "the run was interrupted")
        self._reserve(request, discount)

    def note(self, usage: Usage) -> None:
        """Count what an earlier run ordered and paid from its own budget."""
        with self._lock:
            self._ordered += usage

    @property
    def use(self) -> Usage:
        """What was used so far."""
        with self._lock:
            return self._used + self._ordered

    def is_stopped(self) -> bool:
        """Whether the run ends, and nothing is begun any more."""
        return self._stop.is_set()

    def _place(self, request: ModelRequest) -> AbstractContextManager[None]:
        """The place of one call, which its paper may have."""
        if getattr(self._mine, "has_place", False):
            return nullcontext()
        return self._slots.hold(late=request.step != "later")

    def _take_back(self, paper_id: str) -> None:
        """Set nothing aside any more for a paper's next call."""
        usd, tokens = self._next_call.pop(paper_id, (0.0, 0))
        self._reserved_usd -= usd
        self._reserved_tokens -= tokens

    def _reserve(
        self, request: ModelRequest, discount: float = 0.0
    ) -> tuple[float, int]:
        tokens_in = len(request.prompt) // CHARS_PER_TOKEN
        tokens_out = VERDICT_TOKENS if request.step == "later" else REPLY_TOKENS
        usd, tokens = self._estimate(request.model, tokens_in, tokens_out, discount)
        more_usd, more_tokens = 0.0, 0
        if request.step == "first":
            judged = round(tokens_in * JUDGE_SHARE)
            # A discount is that of a batch, and of its model.
            more_usd, more_tokens = self._estimate(
                self._second, judged, VERDICT_TOKENS, 0 if self._second else discount
            )
        with self._lock:
            if self.spent is not None:
                raise type(self.spent)(request.paper_id, self.spent.reason)
            self._take_back(request.paper_id)
            dollars = self._spent_usd + self._reserved_usd + usd + more_usd
            counted = self._spent_tokens + self._reserved_tokens
            # A shorter paper might still fit: only the calls of this one end here.
            if self._max_usd and dollars > self._max_usd:
                raise BudgetSpent(
                    request.paper_id, f"the budget of {self._max_usd:g} USD is spent"
                )
            if self._max_tokens and counted + tokens + more_tokens > self._max_tokens:
                raise BudgetSpent(
                    request.paper_id,
                    f"the budget of {self._max_tokens} tokens is spent",
                )
            self._reserved_usd += usd + more_usd
            self._reserved_tokens += tokens + more_tokens
            if request.step == "first":
                self._next_call[request.paper_id] = more_usd, more_tokens
        return usd, tokens

    def _spend(self, used: Usage, usd: float, tokens: int) -> None:
        """Take a call out of the budget: as counted, or else as it was estimated."""
        if not used.uncounted:
            usd, tokens = used.cost_usd or 0.0, used.tokens_in + used.tokens_out
        self._spent_usd += usd
        self._spent_tokens += tokens

    def _estimate(
        self, model: str, tokens_in: int, tokens_out: int, discount: float
    ) -> tuple[float, int]:
        """Dollars and tokens of a call."""
        price_in, price_out = self._prices.get(model) or (0.0, 0.0)
        usd = (tokens_in * price_in + tokens_out * price_out) / 1e6 * (1 - discount)
        return usd, tokens_in + tokens_out


class _CallSlots:
    """A number of calls at a time; those that are not late go first."""

    def __init__(self, count: int) -> None:
        self._free, self._early = count, 0
        self._changed = threading.Condition()

    @contextmanager
    def hold(self, *, late: bool) -> Iterator[None]:
        """Hold a slot for the block."""
        with self._changed:
            self._early += not late
            self._changed.wait_for(lambda: self._free and not (late and self._early))
            self._early -= not late
            self._free -= 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()
