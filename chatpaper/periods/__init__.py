"""A week or a month of a topic: what was posted, what moved, as a post of its own."""

from chatpaper.periods.calendar import (
    Kind,
    Period,
    named_period,
    period_ended_by,
    week_end,
)
from chatpaper.periods.gate import check_review
from chatpaper.periods.making import Sources, review_of
from chatpaper.periods.page import layout_of, render_review
from chatpaper.periods.review import Review
from chatpaper.periods.twin import read_review, sha256_of, write_review

__all__ = [
    "Kind",
    "Period",
    "Review",
    "Sources",
    "check_review",
    "layout_of",
    "named_period",
    "period_ended_by",
    "read_review",
    "render_review",
    "review_of",
    "sha256_of",
    "week_end",
    "write_review",
]
