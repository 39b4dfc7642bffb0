"""The JSON file beside a period's post: all that it says, as records."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Literal

from chatpaper.periods.review import Review
from chatpaper.text import is_file_name, unbroken

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT: Literal[1] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTwin:
    """What the file holds.

    Attributes:
        format: Of the file; the name of its key tells it from the twin of a day.
        review: What the post says.
        markdown_sha256: Of the post as it was rendered, in hexadecimal.
        renewed_on: Day on which it last said something else than before; None for a
            post that never did.
    """

    period_format: Literal[1]
    review: Review
    markdown_sha256: str
    renewed_on: date | None = None


@cache
def _adapter() -> TypeAdapter[ReviewTwin]:
    from pydantic import TypeAdapter

    return TypeAdapter(ReviewTwin)


def write_review(
    review: Review, markdown: str, *, renewed_on: date | None = None
) -> str:
    """The JSON text of a review and the post that was made of it."""
    twin = ReviewTwin(
        period_format=FORMAT,
        review=review,
        markdown_sha256=sha256_of(markdown),
        renewed_on=renewed_on,
    )
    plain = _adapter().dump_python(twin, mode="json")
    if renewed_on is None:
        del plain["renewed_on"]
    text = unbroken(json.dumps(plain, ensure_ascii=False, indent=1)) + "\n"
    return text.encode("utf-8", "ignore").decode("utf-8")


def read_review(text: str) -> ReviewTwin:
    """The twin in a JSON text.

    Raises:
        ValueError: Not the twin of a period's post.
    """
    twin = _adapter().validate_json(text)
    review = twin.review
    stems = {review.stem, *(entry.stem for entry in review.papers)}
    stems |= {news.stem for news in review.news}
    stems |= {m.stem for count in review.counts for m in count.mentions}
    if not all(map(is_file_name, stems)):
        raise ValueError("a stem is no file name")
    return twin


def sha256_of(markdown: str) -> str:
    """By which a post is known again, in hexadecimal."""
    return hashlib.sha256(markdown.encode()).hexdigest()
