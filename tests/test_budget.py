"""What a run may spend."""

import sys
import threading
import time
from dataclasses import replace

import pytest

from chatpaper.errors import BudgetSpent, QuotaSpent, RunStopped, SummaryError
from chatpaper.models import (
    MeteredModel,
    ModelReply,
    ModelRequest,
)
from chatpaper.records import Usage

PRICE = (1.0, 10.0)
ASK = ModelRequest(paper_id="2611.1v1", prompt="p" * 4000, schema={})
USED = Usage(calls=1, tokens_in=1000, tokens_out=2000, cost_usd=0.021)


class Model:
    """Answers, or raises what it was given; remembers how many calls ran at once."""

    def __init__(self, *errors: SummaryError | None) -> None:
        self.errors = list(errors)
        self.calls = self.together = self.most = 0
        self.lock = threading.Lock()

    def complete(self, request: ModelRequest) -> ModelReply:
        with self.lock:
            self.calls += 1
            self.together += 1
            self.most = max(self.most, self.together)
            error = self.errors.pop(0) if self.errors else None
        try:
            if error is not None:
                raise error
            return ModelReply(
                text=request.paper_id,
                finish="stop",
                detail="STOP",
                model="m",
                usage=USED,
            )
        finally:
            with self.lock:
                self.together -= 1


def test_use_is_counted() -> None:
    """Tokens and dollars of all calls add up."""
    metered = MeteredModel(Model(), concurrency=1, price=PRICE)

    metered.complete(ASK)
    metered.complete(ASK)

    assert metered.use == Usage(
        calls=2, tokens_in=2000, tokens_out=4000, cost_usd=0.042, seconds=0.0
    )


def test_unusable_replies_are_counted_too() -> None:
    """A failed call that cost something is paid all the same."""
    model = Model(SummaryError("2611.1v1", "cut", USED), SummaryError("2611.1v1", "no"))
    metered = MeteredModel(model, concurrency=1, price=PRICE)

    for _ in range(2):
        with pytest.raises(SummaryError):
            metered.complete(ASK)

    assert metered.use.calls == 1


@pytest.mark.parametrize("limit", [{"max_usd": 0.06}, {"max_tokens": 8000}])
def test_budget_ends_calls_before_it_is_overspent(limit: dict[str, float]) -> None:
    """A call whose estimate does not fit is not made."""
    model = Model()
    metered = MeteredModel(model, concurrency=1, price=PRICE, **limit)  # type: ignore[arg-type]
    metered.complete(ASK)
    metered.complete(ASK)

    with pytest.raises(BudgetSpent, match="budget"):
        metered.complete(ASK)

    assert model.calls == 2
    assert metered.spent is None


def test_no_price_leaves_dollars_unlimited() -> None:
    """Without a price only the tokens can be bounded."""
    metered = MeteredModel(Model(), concurrency=1, max_usd=0.0001)

    assert metered.complete(ASK).text == "2611.1v1"


def test_spent_quota_ends_all_calls() -> None:
    """After the model's own no, nothing is asked any more."""
    model = Model(QuotaSpent("2611.1v1", "per day"))
    metered = MeteredModel(model, concurrency=1, price=PRICE)

    for _ in range(3):
        with pytest.raises(QuotaSpent, match="per day"):
            metered.complete(ASK)

    assert model.calls == 1
    assert metered.spent is not None


def test_calls_at_a_time_are_bounded() -> None:
    """Many threads, few calls under way."""
    model = Model()
    metered = MeteredModel(model, concurrency=2, price=PRICE)
    threads = [
        threading.Thread(target=metered.complete, args=(ASK,)) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert model.calls == 16
    assert model.most <= 2


def test_room_is_kept_for_the_call_that_follows() -> None:
    """A paper is begun only where its judge can be paid too, and then it is."""
    model = Model()
    metered = MeteredModel(model, concurrency=1, max_tokens=7_000, price=PRICE)
    first = replace(ASK, step="first")
    metered.complete(first)

    with pytest.raises(BudgetSpent):
        metered.complete(replace(first, paper_id="2611.2v1"))
    metered.complete(replace(ASK, step="later"))

    assert model.calls == 2


class Slow(Model):
    """Answers when it is let to, and says of whom it was asked in which order."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[str] = []
        self.gate = threading.Event()

    def complete(self, request: ModelRequest) -> ModelReply:
        self.order.append(f"{request.paper_id} {request.step}")
        assert self.gate.wait(60)
        return super().complete(request)


def is_waiting(thread: threading.Thread) -> bool:
    """Whether a thread waits for its place, or for the gate."""
    frame = sys._current_frames().get(thread.ident or 0)
    return frame is not None and frame.f_code.co_name == "wait"


def test_a_paper_that_was_begun_is_ended_first() -> None:
    """With one place no other paper is begun between its first and its last call."""
    slow = Slow()
    slow.gate.set()
    metered = MeteredModel(slow, concurrency=1, price=PRICE)
    asking, others = threading.Event(), 5

    def ask(name: str) -> None:
        asking.wait(60)
        with metered.paper(name, begun=False):
            metered.complete(replace(ASK, paper_id=name, step="first"))
            time.sleep(0.02)  # its claims are looked up, and the others would begin
            metered.complete(replace(ASK, paper_id=name, step="later"))

    threads = [threading.Thread(target=ask, args=(f"{n}",)) for n in range(others)]
    for thread in threads:
        thread.start()
    asking.set()
    for thread in threads:
        thread.join()

    papers = [said.split()[0] for said in slow.order]
    assert papers[::2] == papers[1::2]
    assert len(set(papers)) == others


def test_a_paper_whose_draft_is_there_goes_first() -> None:
    """With one place it overtakes those that would be begun."""
    slow = Slow()
    metered = MeteredModel(slow, concurrency=1, price=PRICE)

    def ask(name: str, *, begun: bool) -> None:
        with metered.paper(name, begun=begun):
            ask = replace(ASK, paper_id=name)
            metered.complete(replace(ask, step="later" if begun else "first"))

    threads = []
    for name in ("a", "b", "c", "begun"):
        kwargs = {"begun": name == "begun"}
        thread = threading.Thread(target=ask, args=(name,), kwargs=kwargs)
        threads.append(thread)
        thread.start()
        while not is_waiting(thread):
            time.sleep(0.001)
    slow.gate.set()
    for thread in threads:
        thread.join()

    assert [said.split()[0] for said in slow.order][:2] == ["a", "begun"]
    assert len(slow.order) == 4


def test_a_paper_that_is_over_sets_nothing_aside() -> None:
    """The room that was kept for a second call that it does not need is free again."""
    model = Model()
    metered = MeteredModel(model, concurrency=1, max_tokens=7_600, price=PRICE)
    first = replace(ASK, step="first")
    with metered.paper("2611.1v1", begun=False):
        metered.complete(first)

    # 3,000 tokens were used, and this one may use 4,600 with its judge.
    metered.complete(replace(first, paper_id="2611.2v1"))
    assert model.calls == 2


def test_a_stop_lets_a_begun_paper_end() -> None:
    """No paper is begun any more; what is under way is judged, and can go out."""
    stop = threading.Event()
    stop.set()
    metered = MeteredModel(Model(), concurrency=1, stop=stop)

    with pytest.raises(RunStopped):
        metered.complete(replace(ASK, step="first"))
    assert metered.complete(replace(ASK, step="later")).text


def test_what_a_batch_will_cost_is_set_aside_for_good() -> None:
    """Orders leave less for calls, at their discount, and are no use yet."""
    metered = MeteredModel(Model(), concurrency=1, max_usd=0.03, price=PRICE)

    metered.commit(ASK, discount=0.5)

    with pytest.raises(BudgetSpent, match=r"0\.03 USD"):
        metered.complete(ASK)
    metered.commit(ASK, discount=0.5)
    with pytest.raises(BudgetSpent):
        metered.commit(ASK, discount=0.5)
    assert metered.use == Usage()


def test_a_stopped_run_orders_nothing() -> None:
    """After a stop no money is spent by batch either."""
    stop = threading.Event()
    stop.set()

    with pytest.raises(RunStopped):
        MeteredModel(Model(), concurrency=1, stop=stop).commit(ASK, discount=0.5)


def test_what_was_ordered_earlier_is_counted_but_not_held_against_the_run() -> None:
    """A night's budget is not spent by what the night before has ordered."""
    metered = MeteredModel(Model(), concurrency=1, max_usd=0.03, price=PRICE)

    metered.note(USED)
    metered.note(USED)

    assert metered.complete(ASK).usage == USED
    assert metered.use.calls == 3
    assert metered.use.cost_usd == pytest.approx(0.063)
