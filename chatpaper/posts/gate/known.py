"""The claims of a twin: which a reader may see, with what words, quotes and marks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import NamedTuple

from chatpaper.posts.gate.rendered import (
    fold,
    fold_address,
    fold_attribute,
    is_http,
    one_line,
    title_of,
)
from chatpaper.posts.naming import anchor_of, entry_anchor
from chatpaper.posts.phrases import Phrases
from chatpaper.records import Check, Claim, Digest, Field, Interest, Paper
from chatpaper.text import file_stem, find_leaks

# The writer cuts marks at 60 characters, quotes at 300 and captions at 160, after it
# has escaped TeX in them, which lengthens them. What is shorter must be shown whole.
_CUT_MARK_CHARS, _CUT_QUOTE_CHARS, _CUT_CAPTION_CHARS = 50, 250, 130
_LIST_MARK = re.compile(
    r"(?:(?:[（(]\d{1,2}[)）][:：]?|\d{1,2}(?:[)）、．]|\.(?=\s))|[•·*+-]\s)\s*)+"
)

# --------------------------------------------------------------------------------------
# How much a post must have of what the records hold.


class FoldedWords(NamedTuple):
    """Folded words; of some a beginning and an ellipsis are enough."""

    text: str
    may_be_cut: bool = False


class ExpectedSegment(NamedTuple):
    """A segment as it must be: its kind, words, address, and title on hover."""

    kind: str
    pieces: tuple[FoldedWords, ...]
    address: str = ""
    hover: tuple[FoldedWords, ...] = ()

    @property
    def words(self) -> str:
        """For messages."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class ExpectedClaim:
    """A claim between its anchor and the next, or the anchor of an entry.

    Attributes:
        field: Of the claim; None of an entry.
        anchor: Its own.
        parts: Its words and the links to its pages.
        marks: One per finding, in any order.
    """

    field: Field | None
    anchor: str
    parts: tuple[ExpectedSegment, ...] = ()
    marks: tuple[ExpectedSegment, ...] = ()


def text_part(words: str, kind: str = "text") -> ExpectedSegment:
    """A segment of one kind with all of some words."""
    return ExpectedSegment(kind, (FoldedWords(fold(words)),))


def caption_part(caption: str) -> ExpectedSegment:
    """A caption; a long one may be cut."""
    line = one_line(caption)
    may_be_cut = len(line) > _CUT_CAPTION_CHARS
    return ExpectedSegment("text", (FoldedWords(fold(line), may_be_cut),))


def link_part(
    words: str, address: str | None, hover: Iterable[FoldedWords] = ()
) -> ExpectedSegment:
    """A link where the address can be one and the words are plain, else these alone."""
    if not is_http(address) or not {*"[]"}.isdisjoint(words):
        return text_part(words)
    return text_part(words, "link")._replace(
        address=fold_address(address or ""), hover=tuple(hover)
    )


def merged(parts: Iterable[ExpectedSegment]) -> tuple[ExpectedSegment, ...]:
    """Parts without empty ones, running text as one."""
    joined: list[ExpectedSegment] = []
    for part in parts:
        if part.kind != "text":
            joined.append(part)
        elif part.words:
            before = joined.pop().pieces if joined and joined[-1].kind == "text" else ()
            joined.append(ExpectedSegment("text", (*before, *part.pieces)))
    return tuple(joined)


def made_of(shown: str, pieces: Sequence[FoldedWords]) -> bool:
    """Whether folded words are those pieces, cut at most where they may be."""
    if not pieces:
        return not shown
    (text, may_be_cut), rest = pieces[0], pieces[1:]
    if shown.startswith(text) and made_of(shown[len(text) :], rest):
        return True
    if not may_be_cut:
        return False
    if shown.endswith("…") and text.startswith(shown[:-1]) and _may_end(rest):
        return True
    dots = (i for i, char in enumerate(shown) if char == "…")
    return any(
        text.startswith(shown[:dot]) and made_of(shown[dot + 1 :], rest) for dot in dots
    )


def _may_end(rest: Sequence[FoldedWords]) -> bool:
    """Whether all pieces from here on may be missing."""
    return all(piece.may_be_cut for piece in rest)


# --------------------------------------------------------------------------------------
# Claims: which may be shown, and with what.


@dataclass(frozen=True, slots=True)
class KnownClaim:
    """A claim of the twin, what its check says, and why no reader may see it."""

    claim: Claim
    check: Check
    words: str
    anchor: str
    barred: str

    @property
    def is_verbatim(self) -> bool:
        """Whether it is itself a sentence of the paper, found there."""
        pairs = zip(self.claim.evidence, self.check.places, strict=False)
        located = {quote.strip() for quote, place in pairs if place is not None}
        return self.claim.text.strip() in located

    @property
    def is_translation(self) -> bool:
        """Whether it is the abstract in other words, and no statement of its own."""
        return self.claim.field == "translation"

    @property
    def is_marked(self) -> bool:
        """Whether a post marks it as doubtful."""
        check = self.check
        doubtful = bool(check.findings) or check.verdict == "unsupported"
        return doubtful or not check.located

    def quotes(self) -> dict[int, list[str]]:
        """Its quotes that stand in the paper, by page."""
        pages: dict[int, list[str]] = {}
        pairs = zip(
            chain(self.claim.evidence, repeat("")), self.check.places, strict=False
        )
        for quote, place in pairs:
            if place is not None:
                quotes = pages.setdefault(place.page, [])
                quotes += [line] if (line := one_line(quote)) else []
        return dict(sorted(pages.items()))


def known_claims(digest: Digest) -> list[KnownClaim]:
    """All claims of a digest, in order."""
    printed = printed_words(digest)
    numbers: Counter[Field] = Counter()
    known = []
    checks = chain(digest.checks, repeat(Check()))
    claims = digest.summary.claims if digest.summary else ()
    for claim, check in zip(claims, checks, strict=False):
        numbers[claim.field] += 1
        anchor = anchor_of(digest.paper.id, claim.field, numbers[claim.field])
        found = KnownClaim(claim, check, bare(claim.text), anchor, "")
        barred = _reason(found, printed)
        known.append(KnownClaim(claim, check, found.words, anchor, barred))
    return known


def _reason(known: KnownClaim, printed: str) -> str:
    kinds = {finding.kind for finding in known.check.findings}
    for reason in ("contradicted", "unjudged"):
        if known.check.verdict == reason or reason in kinds:
            return reason
    leaky = find_leaks(one_line(known.claim.text), printed=printed)
    if known.is_translation and known.is_marked:
        return "form"
    if "form" in kinds or not known.words or (leaky and not known.is_verbatim):
        return "form"
    return ""


def printed_words(digest: Digest) -> str:
    """Words of the paper itself: none of them is a leak."""
    places = chain.from_iterable(check.located for check in digest.checks)
    paper = digest.paper
    return "\n".join([paper.title, paper.abstract, *(p.sentence for p in places)])


def shown_title(digest: Digest) -> str:
    """The translated title; the paper's own where there is none for a reader."""
    title = unleaked(digest.summary.title, digest) if digest.summary else ""
    return title or title_of(digest.paper)


def unleaked(text: str, digest: Digest) -> str:
    """A model's words on one line; empty where they are not for a reader."""
    line = bare(text)
    return "" if find_leaks(line, printed=printed_words(digest)) else line


def bare(text: str) -> str:
    """A text on one line, without a list mark of the model's own."""
    line = one_line(text)
    mark = _LIST_MARK.match(line)
    return line[mark.end() :] if mark else line


def shown_claim(known: KnownClaim, paper: Paper, say: Phrases) -> ExpectedClaim:
    """What a post has of a claim that may be shown."""
    pages = []
    for page, quotes in known.quotes().items():
        # On hover the quotes of a page are cut once more, all together.
        may_be_cut = len(" … ".join(quotes)) > _CUT_QUOTE_CHARS
        pieces = (FoldedWords(fold_attribute(quote), may_be_cut) for quote in quotes)
        hover = [p for piece in pieces for p in (FoldedWords("…", may_be_cut), piece)][
            1:
        ]
        pages.append(page_part(page, paper, say, hover))
    return ExpectedClaim(
        field=known.claim.field,
        anchor=known.anchor,
        parts=merged([text_part(known.words), *pages]),
        marks=tuple(_marks(known, say)),
    )


def page_part(
    page: int, paper: Paper, say: Phrases, hover: Iterable[FoldedWords] = ()
) -> ExpectedSegment:
    """The link to a page of a paper's PDF, in brackets where it has no address."""
    words, address = say.page.format(page=page), paper.page_url(page)
    return (
        link_part(words, address, hover)
        if is_http(address)
        else text_part(f"[{words}]")
    )


def quote_piece(words: str) -> FoldedWords:
    """A quote as it is listed."""
    return FoldedWords(fold(words), may_be_cut=len(words) > _CUT_QUOTE_CHARS)


def _marks(known: KnownClaim, say: Phrases) -> Iterator[ExpectedSegment]:
    opening, closing = say.mark.split("{words}")
    for finding in known.check.findings:
        head, _, tail = say.findings[finding.kind].partition("{text}")
        words = one_line(finding.text)
        if "{text}" not in say.findings[finding.kind] or find_leaks(words, printed=""):
            words = ""
        may_be_cut = len(words) > _CUT_MARK_CHARS
        # A mark does not end in the colon before words that are not shown.
        folded = fold(words).rstrip("：:") + fold(tail)
        head = fold(opening + head)
        head = head if folded else head.rstrip("：:")
        pieces = (
            FoldedWords(head),
            FoldedWords(folded, may_be_cut),
            FoldedWords(fold(closing)),
        )
        yield ExpectedSegment("bold", pieces)
    if known.check.verdict == "unsupported":
        yield text_part(say.mark.format(words=say.findings["unsupported"]), "bold")
    elif not known.check.located and not known.check.findings:
        yield text_part(say.mark.format(words=say.unplaced), "bold")


def near_words(interest: Interest, say: Phrases) -> str:
    """What a paper is near to, cut to a line."""
    words = one_line(interest.words)
    short = words if len(words) <= 60 else f"{words[:59].rstrip()}…"
    return say.near[interest.kind].format(words=short)


def addresses_beside(digests: Iterable[Digest]) -> set[str]:
    """Where the entries of other posts of the day are that a post leads to."""
    return {
        f"../{file_stem(digest.stands_in, 'topic')}/#{entry_anchor(digest.paper.id)}"
        for digest in digests
        if digest.stands_in
    }
