"""One claim as a line of a post: its words, its page, its marks."""

from __future__ import annotations

import re
from functools import lru_cache

from chatpaper.leaks import Leak, find_leaks
from chatpaper.posts.markdown import Markdown, clean, escape, link
from chatpaper.posts.phrases import Phrases
from chatpaper.records import Check, Claim, Digest, Field, Finding, Paper

MAX_MARK_CHARS = 60
_WIDE_STOPS = tuple("。！？；）」”")
_NUMBERED = re.compile(
    r"^(?:(?:[（(]\d{1,2}[)）][:：]?|\d{1,2}(?:[)）、．]|\.(?=\s))|[•·*+-]\s)\s*)+"
)


def shown_claims(digest: Digest, *fields: Field) -> tuple[tuple[Claim, Check], ...]:
    """The claims of some fields (all by default) that a post may show, in order.

    A claim whose form failed its check, or that leaks a prompt, is not for readers.
    """
    if digest.summary is None:
        return ()
    printed = words_of_paper(digest)
    checks = digest.checks + (Check(),) * len(digest.summary.claims)
    return tuple(
        (claim, check)
        for claim, check in zip(digest.summary.claims, checks, strict=False)
        if (not fields or claim.field in fields) and _fit(claim, check, printed)
    )


def is_summarized(digest: Digest) -> bool:
    """Whether there is a claim to show."""
    return bool(shown_claims(digest))


def _fit(claim: Claim, check: Check, printed: str) -> bool:
    if any(finding.kind == "form" for finding in check.findings):
        return False
    return bool(printed_claim(claim)) and (
        is_verbatim(claim, check) or not leaks(clean(claim.text), printed)
    )


def words_of_paper(digest: Digest) -> str:
    """What an entry knows of the paper's own words: none of them is a leak."""
    places = (check.place for check in digest.checks if check.place is not None)
    return "\n".join(
        [digest.paper.title, digest.paper.abstract, *(p.sentence for p in places)]
    )


@lru_cache(maxsize=4096)
def leaks(text: str, printed: str) -> tuple[Leak, ...]:
    """Leaks in a text, remembered: writer and gate ask about the same ones."""
    return find_leaks(text, printed=printed)


def is_verbatim(claim: Claim, check: Check) -> bool:
    """Whether a claim is a sentence of the paper, word for word and found there."""
    return check.place is not None and claim.text.strip() == claim.quote.strip()


def printed_claim(claim: Claim) -> str:
    """The claim's words without a list number of the model's own."""
    return unnumbered(claim.text)


def unnumbered(text: str) -> str:
    """A text as printed, without list marks at its head."""
    return _NUMBERED.sub("", clean(text))


def claim_line(claim: Claim, check: Check, paper: Paper, say: Phrases) -> Markdown:
    """The claim, a link to its page, and a mark for whatever was not borne out."""
    words = printed_claim(claim)
    parts: list[str] = [escape(words)]
    if check.place is not None:
        # A full-width stop brings its own space.
        parts.append("" if words.endswith(_WIDE_STOPS) else " ")
        parts.append(page_link(check.place.page, paper, say))
    parts += [f" **{escape(mark)}**" for mark in marks(check, say)]
    return Markdown("".join(parts))


def marks(check: Check, say: Phrases) -> tuple[str, ...]:
    """The marks of a claim: one per finding, or that it could not be located."""
    words = [_finding_words(finding, say) for finding in check.findings]
    if check.place is None and not words:
        words = [say.unplaced]
    return tuple(say.mark.format(words=text) for text in dict.fromkeys(words))


def _finding_words(finding: Finding, say: Phrases) -> str:
    text = clean(finding.text)
    text = "" if leaks(text, "") else text
    if len(text) > MAX_MARK_CHARS:
        text = text[:MAX_MARK_CHARS].rstrip() + "…"
    return clean(say.findings[finding.kind].format(text=text)).rstrip("：: ")


def page_link(page: int, paper: Paper, say: Phrases) -> Markdown:
    """`[p.4]`, a link where the paper has a PDF address."""
    words = say.page.format(page=page)
    linked = link(words, paper.page_url(page))
    return linked if linked.startswith("[") else escape(f"[{words}]")
