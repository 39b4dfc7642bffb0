"""Claims as they stand in an entry, with their marks, and the quotes they rest on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, repeat
from typing import Literal

from chatpaper.posts.markdown import Markdown, clean, escape, link
from chatpaper.posts.naming import anchor_of
from chatpaper.posts.phrases import Phrases
from chatpaper.records import (
    FIELDS,
    TRANSLATION,
    Check,
    Claim,
    Digest,
    Field,
    Finding,
    Paper,
)
from chatpaper.text import Leak, find_leaks

# --------------------------------------------------------------------------------------
# One claim as a line of a post: its anchor, its words, its pages, its marks.

MAX_MARK_CHARS = 60
MAX_QUOTE_CHARS = 300  # a few lines on a phone
Barred = Literal["contradicted", "unjudged", "form"]
_WIDE_STOPS = tuple("。！？；）」”")
_NUMBERED = re.compile(
    r"^(?:(?:[（(]\d{1,2}[)）][:：]?|\d{1,2}(?:[)）、．]|\.(?=\s))|[•·*+-]\s)\s*)+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedClaim:
    """A claim of a digest and what was found out about it.

    Attributes:
        claim, check: As recorded.
        anchor: Its own in the post.
        barred: Why no post may print it; None when one may.
    """

    claim: Claim
    check: Check
    anchor: str
    barred: Barred | None


def checked_claims(digest: Digest) -> tuple[CheckedClaim, ...]:
    """All claims of a digest, in order."""
    if digest.summary is None:
        return ()
    printed = words_of_paper(digest)
    numbers: dict[Field, int] = {}
    checked = []
    checks = chain(digest.checks, repeat(Check()))
    for claim, check in zip(digest.summary.claims, checks, strict=False):
        numbers[claim.field] = number = numbers.get(claim.field, 0) + 1
        anchor = anchor_of(digest.paper.id, claim.field, number)
        barred = _barred(claim, check, printed)
        checked.append(
            CheckedClaim(claim=claim, check=check, anchor=anchor, barred=barred)
        )
    return tuple(checked)


def shown_claims(digest: Digest, *fields: Field) -> tuple[CheckedClaim, ...]:
    """The claims of some fields (all by default) that a post may show, in order.

    Not for readers are claims that the paper contradicts, claims that the judge was
    asked about in vain, and words that failed their check or leak a prompt.
    """
    return tuple(
        checked
        for checked in checked_claims(digest)
        if checked.barred is None and (not fields or checked.claim.field in fields)
    )


def translation_of(digest: Digest) -> str:
    """The paper's abstract as a model translated it; empty where none may be shown."""
    shown = shown_claims(digest, TRANSLATION)
    return " ".join(printed_claim(checked.claim) for checked in shown)


def is_summarized(digest: Digest) -> bool:
    """Whether there is a claim to show."""
    return bool(shown_claims(digest))


def _barred(claim: Claim, check: Check, printed: str) -> Barred | None:
    kinds = {finding.kind for finding in check.findings}
    if check.verdict == "contradicted" or "contradicted" in kinds:
        return "contradicted"
    if check.verdict == "unjudged":
        return "unjudged"
    leaky = not is_verbatim(claim, check) and leaks(clean(claim.text), printed)
    # A translation has no place for marks: it is sound, or it is not shown.
    marked = kinds or check.verdict == "unsupported" or not check.located
    if claim.field == TRANSLATION and marked:
        return "form"
    return "form" if "form" in kinds or leaky or not printed_claim(claim) else None


def words_of_paper(digest: Digest) -> str:
    """What an entry knows of the paper's own words: none of them is a leak."""
    places = chain.from_iterable(check.located for check in digest.checks)
    return "\n".join(
        [digest.paper.title, digest.paper.abstract, *(p.sentence for p in places)]
    )


@lru_cache(maxsize=4096)
def leaks(text: str, printed: str) -> tuple[Leak, ...]:
    """Leaks in a text, remembered: an entry asks about each claim several times."""
    return find_leaks(text, printed=printed)


# ---------------------------------------------------------------- evidence


def located_quotes(claim: Claim, check: Check) -> dict[int, tuple[str, ...]]:
    """The claim's quotes that stand in the paper, as printed, by page, in order."""
    pages: dict[int, tuple[str, ...]] = {}
    evidence = chain(claim.evidence, repeat(""))
    for quote, place in zip(evidence, check.places, strict=False):
        if place is not None:
            words = shortened(clean(quote), MAX_QUOTE_CHARS)
            before = pages.get(place.page, ())
            pages[place.page] = (*before, words) if words else before
    return dict(sorted(pages.items()))


def joined_quotes(quotes: Iterable[str]) -> str:
    """The quotes on one page, as its link shows them on hover."""
    return shortened(" … ".join(quotes), MAX_QUOTE_CHARS)


def is_verbatim(claim: Claim, check: Check) -> bool:
    """Whether a claim is a sentence of the paper, word for word and found there."""
    located = zip(claim.evidence, check.places, strict=False)
    return claim.text.strip() in {
        quote.strip() for quote, place in located if place is not None
    }


def shortened(text: str, most: int) -> str:
    """A text cut between words to about so many characters."""
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]}…"


# ---------------------------------------------------------------- the line


def printed_claim(claim: Claim) -> str:
    """The claim's words without a list number of the model's own."""
    return unnumbered(claim.text)


def unnumbered(text: str) -> str:
    """A text as printed, without list marks at its head."""
    return _NUMBERED.sub("", clean(text))


def claim_line(checked: CheckedClaim, paper: Paper, say: Phrases) -> Markdown:
    """The claim between its anchor and links to its pages, with its marks."""
    claim, check = checked.claim, checked.check
    words = printed_claim(claim)
    pages = [
        page_link(page, paper, say, title=joined_quotes(quotes))
        for page, quotes in located_quotes(claim, check).items()
    ]
    # A full-width stop brings its own space.
    gap = " " if pages and not words.endswith(_WIDE_STOPS) else ""
    bold = (f" **{escape(mark)}**" for mark in marks(check, say))
    head = claim_words(checked)
    return Markdown("".join([head, gap, " ".join(pages), *bold]))


def claim_words(checked: CheckedClaim) -> Markdown:
    """The claim behind its anchor, as its line begins in a post of any language."""
    words = escape(printed_claim(checked.claim))
    return Markdown(f'<a id="{checked.anchor}"></a>{words}')


def marks(check: Check, say: Phrases) -> tuple[str, ...]:
    """The marks of a claim: one per finding, or that it could not be located."""
    words = [_finding_words(finding, say) for finding in check.findings]
    if check.verdict == "unsupported":
        words.append(say.findings["unsupported"])
    if not check.located and not words:
        words.append(say.unplaced)
    return tuple(say.mark.format(words=text) for text in dict.fromkeys(words))


def _finding_words(finding: Finding, say: Phrases) -> str:
    text = clean(finding.text)
    text = "" if leaks(text, "") else text
    if len(text) > MAX_MARK_CHARS:
        text = text[:MAX_MARK_CHARS].rstrip() + "…"
    return clean(say.findings[finding.kind].format(text=text)).rstrip("：: ")


def page_link(page: int, paper: Paper, say: Phrases, *, title: str = "") -> Markdown:
    """`[p.4]`, a link where the paper has a PDF address."""
    words = say.page.format(page=page)
    linked = link(words, paper.page_url(page), title=title)
    return linked if linked.startswith("[") else escape(f"[{words}]")


# --------------------------------------------------------------------------------------
# The fold of an entry that holds its claims' quotes, for readers without a mouse.


def quote_lines(digest: Digest, say: Phrases) -> tuple[Markdown, ...]:
    """One line per claim: its name, which leads back to it, and its located quotes.

    A claim that is a sentence of the paper itself has said it all.
    """
    lines = []
    for name in FIELDS:
        claims = shown_claims(digest, name)
        for number, checked in enumerate(claims, 1):
            label = say.fields[name] + (f" {number}" if len(claims) > 1 else "")
            quotes = " ".join(filter(None, _quotes(checked, digest.paper, say)))
            if quotes and not is_verbatim(checked.claim, checked.check):
                line = f"[{escape(label)}](#{checked.anchor}){say.colon}{quotes}"
                lines.append(Markdown(line))
    return tuple(lines)


def _quotes(checked: CheckedClaim, paper: Paper, say: Phrases) -> Iterator[str]:
    for page, quotes in located_quotes(checked.claim, checked.check).items():
        words = [escape(say.quote.format(words=quote)) for quote in quotes]
        yield " ".join([*words, page_link(page, paper, say)] if words else [])
