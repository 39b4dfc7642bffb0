"""What the tools take; an agent sees bounds and descriptions as the schema."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chatpaper.summary import MAX_CLAIM_CHARS, MAX_QUESTION_CHARS

ArxivId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        description="arXiv id, as 2401.11831 or 2401.11831v2, or id of a posted paper.",
    ),
]
ArxivIds = Annotated[list[ArxivId], Field(min_length=1, max_length=50)]
Format = Annotated[
    Literal["bibtex", "ris", "csl-json"], Field(description="Of the entries.")
]
Query = Annotated[
    str,
    Field(
        max_length=300,
        description="Words in English or Chinese; empty for the newest papers.",
    ),
]
TopicName = Annotated[
    str | None, Field(max_length=200, description="Only posts on this topic.")
]
TopicWords = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description="A topic of the configuration, or English words that title or"
        " abstract must have; several are a phrase.",
    ),
]
Question = Annotated[
    str,
    Field(
        description="One question that the paper itself can answer; at most"
        f" {MAX_QUESTION_CHARS} characters."
    ),
]
ClaimText = Annotated[
    str,
    Field(
        description="One statement that is understood by itself, in any language; at"
        f" most {MAX_CLAIM_CHARS} characters."
    ),
]
_DAY = "2026-11-24, 2026-11 (its first day), yesterday, or 7d (seven days ago)"
PostedSince = Annotated[
    str | None,
    Field(
        max_length=20,
        description=f"Only posts of this day and later: {_DAY}. Days are those of the"
        " blog's time zone; a paper is posted days after its submission.",
    ),
]
SubmittedSince = Annotated[
    str | None,
    Field(
        max_length=20,
        description=f"Only papers submitted on this day (UTC) and later: {_DAY}."
        " By default the last days that a nightly run looks at.",
    ),
]
ManyPosts = Annotated[int, Field(ge=1, le=20, description="Papers, at most.")]
ManyNew = Annotated[int, Field(ge=1, le=25, description="Papers, at most.")]
Offset = Annotated[
    int, Field(ge=0, le=100_000, description="Where to begin: the last `next_offset`.")
]
