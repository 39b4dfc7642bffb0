"""Claims as a reader sees them, flat: one row a claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from chatpaper.api.days import Day, as_day
from chatpaper.api.listing import Listing
from chatpaper.api.stated import stated_claims
from chatpaper.config import Config
from chatpaper.records import Digest, Field, Post, Shown


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownClaim(Shown):
    """One claim that may be shown.

    Attributes:
        field: Which part of the digest it belongs to.
        text: Its words.
        quotes: The paper's words that it rests on, as far as they were found there.
        pages: Where each of them stands, from 1.
        marks: What a reader is warned of, in the language of the post.
    """

    field: Field
    text: str
    quotes: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PostedClaim(Shown):
    """One claim of a post.

    Attributes:
        paper_id: Versioned id.
        title: Of the paper, as printed.
        topic, day: Of the post.
        field, text, quotes, pages, marks: As for `ShownClaim`.
    """

    paper_id: str
    title: str
    topic: str
    day: date
    field: Field
    text: str
    quotes: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    marks: tuple[str, ...] = ()


def claims_of(digest: Digest, language: str) -> Listing[ShownClaim]:
    """The claims of a digest that may be shown, in order."""
    return Listing(ShownClaim(**facts) for facts in _facts(digest, language))


def posted_claims_of(
    post: Post, language: str, *, with_lines: bool
) -> Iterator[PostedClaim]:
    """The claims of a post.

    Args:
        post: From its twin.
        language: Of the marks.
        with_lines: Also of papers that another topic's post of the day has in full.
    """
    for digest in post.digests if with_lines else post.entries:
        paper = digest.paper
        for facts in _facts(digest, language):
            yield PostedClaim(
                paper_id=paper.versioned_id,
                title=paper.title,
                topic=post.topic,
                day=post.day,
                **facts,
            )


def _facts(digest: Digest, language: str) -> Iterator[dict[str, Any]]:
    for stated in stated_claims(digest, language=language):
        yield {
            "field": stated.part,
            "text": stated.text,
            "quotes": tuple(quote.words for quote in stated.quotes),
            "pages": tuple(quote.page for quote in stated.quotes),
            "marks": stated.marks,
        }


def posts_of(topic: str | None, since: Day | None, config: Config) -> Iterator[Post]:
    """The posts on a topic since a day, oldest first.

    Raises:
        ArgumentError: `since` is no day.
    """
    from chatpaper.outputs import posts_in

    first = as_day("since", since, config)
    return (
        post
        for post in posts_in(config.output.dir)
        if topic is None or post.topic.casefold() == topic.casefold()
        if first is None or post.day >= first
    )
