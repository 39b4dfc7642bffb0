"""A reply of a model, as it is kept once it was paid for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chatpaper.records import Usage

Purpose = Literal["draft", "judge", "repair", "answer", "evidence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidReply:
    """A model's reply that was paid for.

    Attributes:
        paper_id: Versioned id of the paper it is about, behind `ASKED` for a question.
        purpose: What was asked for.
        made_at: Aware UTC.
        text: The reply as it came.
        model: The model's own name for itself.
        usage: Of every call made for it.
        by_order: Only its place in a batch says that it is about this paper.
    """

    paper_id: str
    purpose: Purpose
    made_at: datetime
    text: str
    model: str
    usage: Usage
    by_order: bool = False
