"""Records as results: cleaned, and cut to what a client's context bears."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel

from chatpaper.agents.results import ClaimOut, PaperOut, PostedOut, QuoteOut
from chatpaper.agents.shelf import Posted
from chatpaper.api import Quoted, Stated, stated_claims
from chatpaper.posts import (
    clean,
    phrases_in,
    title_of,
    translated_title,
    withdrawal_words,
)
from chatpaper.records import Digest, Paper

M = TypeVar("M", bound=BaseModel)

# Marks and fixed words are for the agent; claims are in the language of their post.
LANGUAGE = "en"
MAX_AUTHORS, MAX_NAME_CHARS, MAX_TITLE_CHARS = 5, 80, 300
# A list ends where it would fill a client's context: about 6,000 tokens.
MAX_CHARS = 24_000


def paper_out(paper: Paper) -> PaperOut:
    """A paper as its source describes it."""
    authors = [cut(name, MAX_NAME_CHARS) for name in paper.authors]
    return PaperOut(
        id=shown_id(paper.versioned_id),
        title=cut(title_of(paper), MAX_TITLE_CHARS),
        authors=authors[:MAX_AUTHORS],
        more_authors=max(0, len(authors) - MAX_AUTHORS),
        url=paper.abs_url,
    )


def posted_out(posted: Posted, digest: Digest) -> PostedOut:
    """A paper of a post, with the sentence that sums it up."""
    first = [
        each
        for each in stated_claims(digest, language=LANGUAGE)
        if each.part == "abstract"
    ][:1]
    withdrawn = withdrawal_words(digest, phrases_in(LANGUAGE))
    return PostedOut(
        **paper_out(digest.paper).model_dump(),
        title_translated=cut(translated_title(digest), MAX_TITLE_CHARS),
        topic=clean(posted.topic),
        day=posted.day.isoformat(),
        summary="".join(each.text for each in first),
        marks=[
            *([f"⚠ {withdrawn}"] if withdrawn else []),
            *(mark for each in first for mark in each.marks),
        ],
    )


def claim_out(stated: Stated) -> ClaimOut:
    """A claim that may be shown."""
    return ClaimOut(
        part=stated.part,
        text=stated.text,
        verdict=stated.verdict,
        marks=list(stated.marks),
        quotes=[quote_out(each) for each in stated.quotes],
    )


def quote_out(quoted: Quoted) -> QuoteOut:
    """Words of the paper."""
    return QuoteOut(
        words=quoted.words, page=quoted.page, section=quoted.section, url=quoted.url
    )


def fitting(items: Sequence[M]) -> list[M]:
    """The first of some results, as many as a client's context bears; one at least."""
    shown: list[M] = []
    chars = 0
    for item in items:
        chars += len(item.model_dump_json())
        if shown and chars > MAX_CHARS:
            break
        shown.append(item)
    return shown


def next_offset(offset: int, shown: int, total: int) -> int | None:
    """Where a list goes on; None at its end."""
    return offset + shown if offset + shown < total else None


def cut(text: str, most: int) -> str:
    """A text on one line, cut to so many characters."""
    words = clean(text)
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def shown_id(name: str) -> str:
    """An id, or what was given for one."""
    return cut(name, 60)
