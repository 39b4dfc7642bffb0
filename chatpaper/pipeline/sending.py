"""One channel of one night: a message leaves, and its receipt says what came of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from chatpaper.delivery import (
    Answer,
    Message,
    Sender,
    missing_variables,
    without_secrets,
)
from chatpaper.errors import ConfigError, where_raised
from chatpaper.pipeline.controls import Controls
from chatpaper.settings import Channel
from chatpaper.store import Receipt, Store

log = logging.getLogger(__name__)

# Before a refusal that may pass is asked about again; nights are short of patience.
WAITS_S = (5.0, 20.0)
ABSENT_WAITS_S = (2.0, 6.0)  # where nothing listens; mail servers restart in seconds
KNOWN = ("delivered", "unknown", "begun")  # what is not sent again
LOST = "the run ended before the answer came"
# So many messages without an answer, and a channel is left alone for the night: each
# would take its whole time, and be one more of which nobody knows.
MAX_UNKNOWN = 2


@dataclass(slots=True)
class Line:
    """A channel that is open.

    Attributes:
        channel, sender: As configured, and what sends to it.
        store: Keeps the receipts.
        controls: Clock and stop.
        environ: Has the secrets.
    """

    channel: Channel
    sender: Sender
    store: Store
    controls: Controls
    environ: Mapping[str, str]
    _tired: bool = False
    _unknown: int = 0

    def sent(self, message: Message, receipt: Receipt) -> Answer:
        """Send a message; the receipt is noted before it leaves, and its answer after.

        Raises:
            StoreError: The store refuses.
        """
        receipts = self.store.receipts
        number = receipts.begin(receipt)
        answer = self._asked(message, receipt.receiver)
        waits = () if self._tired else zip(WAITS_S, ABSENT_WAITS_S, strict=True)
        for wait_s, absent_wait_s in waits:
            if answer.state != "refused" or not answer.passing:
                break
            receipts.end(number, "refused", answer.text)
            if self.controls.rest(absent_wait_s if answer.absent else wait_s):
                break
            receipts.end(number, "begun", "")
            answer = self._asked(message, receipt.receiver)
        # Who was waited for in vain is not waited for again tonight.
        self._tired = self._tired or answer.passing
        self._unknown += answer.state == "unknown"
        answer = replace(answer, text=without_secrets(answer.text, self.sender.secrets))
        receipts.end(number, answer.state, answer.text)
        say: Callable[..., None] = log.info
        if answer.state != "delivered":
            say = log.warning
        say(
            "%s topic=%s day=%s channel=%s answer=%s",
            answer.state,
            receipt.topic,
            receipt.day,
            self.channel.name,
            answer.text,
        )
        return answer

    def _asked(self, message: Message, receiver: str) -> Answer:
        if missing := missing_variables(self.channel, self.environ):
            text = f"{' and '.join(missing)} must be set in the environment"
            return Answer(state="refused", text=text)
        if self._unknown >= MAX_UNKNOWN:
            text = f"not tried: {MAX_UNKNOWN} messages had no answer"
            return Answer(state="refused", text=text)
        try:
            return self.sender.send(message, receiver)
        except ConfigError as error:
            return Answer(state="refused", text=str(error))
        except Exception as error:  # noqa: BLE001 - its text may hold a secret
            # A fault of ours on one channel must not cost the others, nor the report.
            what = where_raised(error)
            name = self.channel.name
            log.error("a fault of chatpaper's own channel=%s at=%s", name, what)
            return Answer(state="unknown", text=f"a fault of chatpaper's own ({what})")
