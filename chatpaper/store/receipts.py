"""Receipts: what was delivered to whom, and what the other side said of it.

A receipt is written before its message leaves, as `begun`. One that is still begun
when nobody is at work belongs to a run that was killed: whether the message arrived is
not known.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from chatpaper.store.database import Database

ReceiptState = Literal[
    "begun",  # under way
    "delivered",  # the other side said that it took it
    "refused",  # it did not take it: nothing arrived
    "unknown",  # it left, and no answer came
]
_COLUMNS = "n, topic, day, channel, receiver, items, sha256, at, state, answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One message to one receiver.

    Attributes:
        topic, day: Of the post.
        channel: Its name in the configuration.
        receiver: Whom of the channel; empty where it has but one.
        items: Keys of what the message told.
        sha256: Of its text, in hexadecimal.
        at: When it was sent; aware UTC.
        state: What became of it.
        answer: The other side's words, or why there are none; never a secret.
        number: In the store, from 1; 0 before it is there.
    """

    topic: str
    day: date
    channel: str
    receiver: str
    items: tuple[str, ...]
    sha256: str
    at: datetime
    state: ReceiptState = "begun"
    answer: str = ""
    number: int = 0


class Receipts:
    """The receipts of a store.

    Raises:
        StoreError: From every method: the disk refuses.
    """

    def __init__(self, db: Database) -> None:
        """Of an open file."""
        self._db = db

    def begin(self, receipt: Receipt) -> int:
        """Note a message that is about to leave; returns the receipt's number."""
        with self._db.transaction() as db:
            values = (
                receipt.topic,
                receipt.day.isoformat(),
                receipt.channel,
                receipt.receiver,
                json.dumps(receipt.items),
                receipt.sha256,
                receipt.at.isoformat(),
                receipt.state,
                receipt.answer,
            )
            added = db.execute(
                "INSERT INTO receipts (topic, day, channel, receiver, items, sha256,"
                " at, state, answer) VALUES (?,?,?,?,?,?,?,?,?)",
                values,
            )
            return int(added.lastrowid or 0)

    def end(self, number: int, state: ReceiptState, answer: str) -> None:
        """Note what became of a message."""
        self._db.write(
            "UPDATE receipts SET state = ?, answer = ? WHERE n = ?",
            (state, answer, number),
        )

    def settle(self, answer: str) -> list[Receipt]:
        """Let what was begun by a run that is gone be unknown; returns those."""
        begun = self._found("state = 'begun'", ())
        for receipt in begun:
            self.end(receipt.number, "unknown", answer)
        return begun

    def of(self, topic: str, channel: str, receiver: str) -> list[Receipt]:
        """All receipts of a topic for a receiver, oldest first."""
        return self._found(
            "topic = ? AND channel = ? AND receiver = ?", (topic, channel, receiver)
        )

    def latest(self, *states: ReceiptState) -> list[Receipt]:
        """The last receipt of each topic, channel and receiver, in these states."""
        return self._found(
            "n IN (SELECT max(n) FROM receipts WHERE state IN"
            " (SELECT value FROM json_each(?)) GROUP BY topic, channel, receiver)",
            (json.dumps(states),),
        )

    def _found(self, where: str, values: tuple[object, ...]) -> list[Receipt]:
        sql = f"SELECT {_COLUMNS} FROM receipts WHERE {where} ORDER BY n"  # noqa: S608
        return [_receipt(row) for row in self._db.rows(sql, values)]


def _receipt(row: Sequence[Any]) -> Receipt:
    number, topic, day, channel, receiver, items, sha256, at, state, answer = row
    return Receipt(
        topic=topic,
        day=date.fromisoformat(day),
        channel=channel,
        receiver=receiver,
        items=tuple(json.loads(items)),
        sha256=sha256,
        at=datetime.fromisoformat(at),
        state=state,
        answer=answer,
        number=number,
    )
