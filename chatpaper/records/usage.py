"""What model calls have used."""

from __future__ import annotations

from dataclasses import dataclass

from chatpaper.records.shown import Shown


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Usage(Shown):
    """What calls have used; `cost_usd` is None when a price, or a count, is not known.

    Attributes:
        calls: Replies received, usable or not.
        tokens_in: Of the prompts.
        tokens_out: Of the replies, thinking included.
        cost_usd: In US dollars.
        seconds: Wall time of the calls, waiting included.
        uncounted: Replies whose tokens the server did not tell; the numbers of tokens
            hold nothing of them.
    """

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = 0.0
    seconds: float = 0.0
    uncounted: int = 0

    def __add__(self, other: Usage) -> Usage:
        """Both together."""
        known = self.cost_usd is not None and other.cost_usd is not None
        return Usage(
            calls=self.calls + other.calls,
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
            cost_usd=(self.cost_usd or 0) + (other.cost_usd or 0) if known else None,
            seconds=self.seconds + other.seconds,
            uncounted=self.uncounted + other.uncounted,
        )

    def __sub__(self, earlier: Usage) -> Usage:
        """What was used since."""
        known = self.cost_usd is not None and earlier.cost_usd is not None
        return Usage(
            calls=self.calls - earlier.calls,
            tokens_in=self.tokens_in - earlier.tokens_in,
            tokens_out=self.tokens_out - earlier.tokens_out,
            cost_usd=(self.cost_usd or 0) - (earlier.cost_usd or 0) if known else None,
            seconds=self.seconds - earlier.seconds,
            uncounted=self.uncounted - earlier.uncounted,
        )
