"""Who pays for what is asked of a model: the server, by the day, or the visitor."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from chatpaper.config import Config
from chatpaper.models import CHARS_PER_TOKEN, MeteredModel
from chatpaper.pipeline import (
    SummaryWriter,
    Tools,
    has_one_key,
    open_writer,
    prices_of,
)
from chatpaper.web.budget import Allowance, DayBudget

# A draft and its second try, two judgements and a repair take no more than so many
# times the tokens of one prompt.
PROMPTS_PER_PAPER = 5
_LOOK_S = 0.2


class Purse:
    """Gives each paper and each question what it may cost."""

    def __init__(
        self, config: Config, budget: DayBudget, stop: threading.Event
    ) -> None:
        """Nothing is paid yet.

        Args:
            config: Prices and limits.
            budget: Of the server's own key.
            stop: Once set, nobody waits for money.
        """
        self._config, self.budget, self._stop = config, budget, stop

    @contextmanager
    def paying(self, own_key: str, tools: Tools) -> Iterator[Tools]:
        """The tools with a model that is paid for by who asks, or by the server."""
        if own_key:
            config = bounded(self._config, self._config.web.max_usd_per_paper)
            if not has_one_key(config):
                # Nobody judges for a visitor at the server's expense.
                config = config.judged_by("")
            controls = replace(tools.controls, key=own_key)
            with open_writer(config, tools.store, controls, by_batch=False) as writer:
                yield replace(tools, writer=writer)
        elif isinstance(tools.writer, SummaryWriter):
            taken = self._allowance()
            metered = self._metered(tools.writer, taken)
            writer = replace(tools.writer, model=metered, watch=tools.controls.watch)
            try:
                yield replace(tools, writer=writer)
            finally:
                if taken is not None:
                    self.budget.settle(taken, metered.use)
        else:
            yield tools

    def _allowance(self) -> Allowance | None:
        """What the job may cost; waits for papers that may give something back."""
        while (taken := self.budget.take()) is None:
            if self.budget.is_spent() or self._stop.wait(_LOOK_S):
                return None
        return taken

    def _metered(self, writer: SummaryWriter, taken: Allowance | None) -> MeteredModel:
        """The server's model behind the allowance of one paper.

        Without one it asks nothing; what is in the store is there all the same.
        """
        shared = writer.model
        llm, judge = self._config.llm, self._config.judge_model
        return MeteredModel(
            shared,
            others={judge: shared} if judge else {},
            second=judge,
            concurrency=1,
            max_usd=taken.usd if taken else 0.0,
            max_tokens=taken.tokens if taken else 1,
            price=llm.prices.get(llm.model),
            prices=prices_of(self._config),
            stop=self._stop,
        )


def paper_tokens(config: Config) -> int:
    """The most that one paper can take, by the lengths that are allowed."""
    llm = config.llm
    prompt = llm.max_input_chars // CHARS_PER_TOKEN + llm.max_output_tokens
    return PROMPTS_PER_PAPER * prompt


def bounded(config: Config, usd: float) -> Config:
    """The configuration with another budget for whatever a model is opened for."""
    update = {"max_usd_per_run": usd, "max_tokens_per_run": 0}
    return config.model_copy(update={"llm": config.llm.model_copy(update=update)})
