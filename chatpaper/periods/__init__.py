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
from chatpaper.periods.review import Entry, Lead, Review
from chatpaper.periods.shown import (
    Line,
    Listing,
    Place,
    ShownReview,
    moved_sentence,
    shown_review,
)
from chatpaper.periods.standing import (
    UNREADABLE,
    StandingReview,
    review_twins,
    standing_review,
    standing_reviews,
)
from chatpaper.periods.twin import read_review, sha256_of, write_review
from chatpaper.periods.words import changes_in

__all__ = [
    "UNREADABLE",
    "Entry",
    "Kind",
    "Lead",
    "Line",
    "Listing",
    "Period",
    "Place",
    "Review",
    "ShownReview",
    "Sources",
    "StandingReview",
    "changes_in",
    "check_review",
    "layout_of",
    "moved_sentence",
    "named_period",
    "period_ended_by",
    "read_review",
    "render_review",
    "review_of",
    "review_twins",
    "sha256_of",
    "shown_review",
    "standing_review",
    "standing_reviews",
    "week_end",
    "write_review",
]
