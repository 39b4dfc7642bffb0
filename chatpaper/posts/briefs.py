"""An entry in brief: what of it stands in the post and may be told elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from chatpaper.posts.claims import (
    claim_line,
    is_summarized,
    marks,
    printed_claim,
    shown_claims,
)
from chatpaper.posts.entries import title_of, translated_title
from chatpaper.posts.markdown import safe_url
from chatpaper.posts.phrases import phrases_in
from chatpaper.posts.reasons import failure_words
from chatpaper.records import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """One paper in brief; every text is a foreign one, and plain.

    Attributes:
        title: As arXiv has it.
        translated: In the post's language; empty when there is none.
        claims: Its sentences in brief, each with its marks.
        anchor: Of the first of them in the post; empty without one.
        url: The paper's page, http(s); None when it has none.
        summarized: Whether the entry has a summary.
        failed: Why it has none, in fixed words; empty when it has.
    """

    title: str
    translated: str
    claims: tuple[str, ...]
    anchor: str
    url: str | None
    summarized: bool
    failed: str


def brief_of(digest: Digest, *, language: str, markdown: str) -> Brief:
    """An entry in brief; of its claims only those that the post has word for word.

    A claim that somebody has changed in the post, or whose marks have, is not told.

    Args:
        digest: Of the post.
        language: Of the fixed words.
        markdown: The post as it stands on the disk.
    """
    say = phrases_in(language)
    claims, anchor = [], ""
    for shown in shown_claims(digest, "abstract"):
        if claim_line(shown, digest.paper, say) in markdown:
            words = printed_claim(shown.claim)
            claims.append(" ".join([words, *marks(shown.check, say)]))
            anchor = anchor or shown.anchor
    failure = digest.failure
    summarized = is_summarized(digest)
    return Brief(
        title=title_of(digest.paper),
        translated=translated_title(digest),
        claims=tuple(claims),
        anchor=anchor,
        url=safe_url(digest.paper.abs_url),
        summarized=summarized,
        failed="" if summarized or failure is None else failure_words(failure, say),
    )
