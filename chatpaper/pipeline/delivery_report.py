"""What became of a message, for people and for the report of a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chatpaper.periods import named_period
from chatpaper.store import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message, and what became of it.

    Attributes:
        topic, day, channel, receiver: Whose it was.
        state: As in a receipt; `shown` when nothing was sent.
        text: The answer, or what would be sent.
        again: The command that sends it once more; empty for that of a day's post.
    """

    topic: str
    day: date
    channel: str
    receiver: str
    state: str
    text: str
    again: str = ""

    @property
    def is_done(self) -> bool:
        """Whether nothing is amiss."""
        return self.state in ("delivered", "shown")

    @property
    def sentence(self) -> str:
        """For people."""
        to = " ".join(filter(None, (self.channel, self.receiver)))
        if self.state == "unknown":
            again = self.again or f"chatpaper deliver --day {self.day} --again"
            return (
                f"{to}: nobody knows whether the message of {self.day} arrived"
                f" ({self.text}); `{again}` sends it once more"
            )
        again = "; the next run tries again" if self.state == "refused" else ""
        return f"{to}: {self.state}: {self.text}{again}"


def delivery_of(receipt: Receipt, state: str, text: str) -> Delivery:
    """The same as a receipt tells it, in another state."""
    period = next(filter(named_period, receipt.items), "")
    return Delivery(
        topic=receipt.topic,
        day=receipt.day,
        channel=receipt.channel,
        receiver=receipt.receiver,
        state=state,
        text=text,
        again=f"chatpaper digest {period} --deliver --again" if period else "",
    )
