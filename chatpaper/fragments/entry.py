"""What is shown of one paper: the claims, marks and facts that its post shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from chatpaper.fragments.words import html_of, html_of_markdown
from chatpaper.posts import (
    AFTER_METHOD,
    BEFORE_METHOD,
    CheckedClaim,
    Phrases,
    all_authors,
    clean,
    colophon_of,
    corrections_of,
    failure_words,
    is_verbatim,
    joined_quotes,
    keywords_of,
    located_quotes,
    marks,
    near_words,
    printed_claim,
    safe_url,
    shown_claims,
    tip,
    title_of,
    translated_title,
    withdrawal_words,
)
from chatpaper.records import FIELDS, Digest, Field, Picture

PictureUrl = Callable[[Picture], str | None]
# Of a page, and the anchor of the claim whose quotes stand on it; "" for no claim.
PageUrl = Callable[[int, str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Words that may lead somewhere.

    Attributes:
        words: Shown.
        url: An http(s) address, or None.
        tip: Shown on hover.
    """

    words: Markup
    url: str | None = None
    tip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownClaim:
    """One claim.

    Attributes:
        anchor: Its own, as in the post.
        label: Its field, numbered where the field has several.
        words: Of the claim.
        pages: Where its quotes stand.
        marks: What did not pass a check.
        quotes: Each page with its quotes; empty for a sentence of the paper itself.
    """

    anchor: str
    label: str
    words: Markup
    pages: tuple[Linked, ...]
    marks: tuple[str, ...]
    quotes: tuple[tuple[Linked, tuple[Markup, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The claims of one field.

    Attributes:
        name, label: Of the field.
        claims: Empty for a field that was not generated.
    """

    name: Field
    label: str
    claims: tuple[ShownClaim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPicture:
    """A figure; `url` None where it cannot be had."""

    url: str | None
    label: str
    caption: Markup
    page: Linked
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCorrection:
    """A summary that was replaced: when and by whom, claims that went and came."""

    words: str
    gone: tuple[Markup, ...]
    new: tuple[Markup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEntry:
    """One paper, ready for a template; what is empty is not shown.

    Attributes:
        title: As printed.
        plain_title: The same without markup.
        translated, plain_translated: In the summary's language, likewise.
        authors: In printed order.
        affiliation: Of the first author.
        facts: Links, category, day, comment.
        near: What of the reader's interests the paper is near to.
        warnings: That the paper was withdrawn, hidden text, and why the entry is not
            whole.
        summarized: Whether there is a claim to show.
        lead, points, method: Of these fields.
        overview, conclusion: Of their fields.
        keywords: In the summary's language.
        colophon: What was checked, from what and by whom.
        abstract: Of the paper.
        pictures: Most telling first.
        corrections: How it was corrected, the last time first.
    """

    title: Markup
    plain_title: str
    translated: Markup
    plain_translated: str
    authors: str
    affiliation: str
    facts: tuple[Linked, ...]
    near: tuple[str, ...]
    warnings: tuple[tuple[str, tuple[Linked, ...]], ...]
    summarized: bool
    lead: Section
    points: Section
    overview: tuple[Section, ...]
    method: Section | None
    conclusion: tuple[Section, ...]
    keywords: tuple[Markup, ...]
    colophon: Markup
    abstract: Markup
    pictures: tuple[ShownPicture, ...]
    corrections: tuple[ShownCorrection, ...]

    @property
    def evidence(self) -> tuple[ShownClaim, ...]:
        """The claims whose quotes say more than they do, in order."""
        parts = [*self.overview, self.method, *self.conclusion]
        sections = [self.lead, self.points, *filter(None, parts)]
        claims = (c for section in sections for c in section.claims if c.quotes)
        return tuple(claims)


def entry_of(
    digest: Digest,
    say: Phrases,
    picture_url: PictureUrl = lambda _: None,
    page_url: PageUrl | None = None,
) -> ShownEntry:
    """One paper as it is shown.

    Args:
        digest: What is known of it.
        say: The fixed words.
        picture_url: Where a picture lies; by default nowhere.
        page_url: Where a page is shown, an address of our own; by default where the
            paper's PDF lies.
    """
    paper = digest.paper
    url_of = page_url or (lambda page, _: safe_url(paper.page_url(page)))
    translated = translated_title(digest)
    near = digest.relevance.near if digest.relevance else ()
    sections = {
        name: _section(found, name, say, url_of) for name, found in _by_field(digest)
    }
    method = sections["method"]
    place = digest.affiliation.text if digest.affiliation else ""
    summarized = any(section.claims for section in sections.values())
    return ShownEntry(
        title=html_of(title_of(paper)),
        plain_title=title_of(paper),
        translated=html_of(translated),
        plain_translated=translated,
        authors=all_authors(paper),
        affiliation=clean(place),
        facts=tuple(_facts(digest, say)),
        near=tuple(near_words(interest, say) for interest in near),
        warnings=tuple(_warnings(digest, summarized, say, url_of)),
        summarized=summarized,
        lead=sections["abstract"],
        points=sections["points"],
        overview=_those(digest, BEFORE_METHOD, sections),
        method=method if method.claims or _failed(digest, "method") else None,
        conclusion=_those(digest, AFTER_METHOD, sections),
        keywords=tuple(map(html_of, keywords_of(digest))),
        colophon=html_of_markdown(colophon_of(digest, say)),
        abstract=html_of(paper.abstract, links=True),
        pictures=tuple(
            _picture(picture, say, picture_url(picture), url_of)
            for picture in digest.pictures
        ),
        corrections=tuple(
            ShownCorrection(
                words=corrected.words(say),
                gone=tuple(map(html_of, corrected.claims()[0])),
                new=tuple(map(html_of, corrected.claims()[1])),
            )
            for corrected in corrections_of(digest)
        ),
    )


# ---------------------------------------------------------------- claims


def _by_field(digest: Digest) -> Iterator[tuple[Field, list[CheckedClaim]]]:
    """Every field with its claims that may be shown."""
    shown = shown_claims(digest)
    for name in FIELDS:
        yield name, [checked for checked in shown if checked.claim.field == name]


def _those(
    digest: Digest, names: Iterable[Field], sections: Mapping[Field, Section]
) -> tuple[Section, ...]:
    """The fields that have claims, and those that failed."""
    return tuple(
        sections[name]
        for name in names
        if sections[name].claims or _failed(digest, name)
    )


def _failed(digest: Digest, name: Field) -> bool:
    return digest.summary is not None and name in digest.summary.missing


def _section(
    shown: Sequence[CheckedClaim], name: Field, say: Phrases, url_of: PageUrl
) -> Section:
    label, claims = say.fields[name], []
    for number, checked in enumerate(shown, 1):
        numbered = f"{label} {number}" if len(shown) > 1 else label
        claims.append(shown_claim(checked, say, numbered, url_of))
    return Section(name=name, label=label, claims=tuple(claims))


def shown_claim(
    checked: CheckedClaim, say: Phrases, label: str, page_url: PageUrl
) -> ShownClaim:
    """One claim as it is shown, under a label."""
    claim, check = checked.claim, checked.check
    pages = [
        (
            _page(page, say, page_url(page, checked.anchor), joined_quotes(quotes)),
            quotes,
        )
        for page, quotes in located_quotes(claim, check).items()
    ]
    quoted = [] if is_verbatim(claim, check) else pages
    return ShownClaim(
        anchor=checked.anchor,
        label=label,
        words=html_of(printed_claim(claim)),
        pages=tuple(page for page, _ in pages),
        marks=marks(check, say),
        quotes=tuple(
            (page, tuple(html_of(say.quote.format(words=quote)) for quote in quotes))
            for page, quotes in quoted
            if quotes
        ),
    )


def _page(page: int, say: Phrases, url: str | None, quotes: str = "") -> Linked:
    words = Markup("[{}]").format(say.page.format(page=page))
    return Linked(words=words, url=url, tip=tip(quotes))


# ---------------------------------------------------------------- facts


def _facts(digest: Digest, say: Phrases) -> Iterable[Linked]:
    paper = digest.paper
    if pdf := safe_url(paper.pdf_url):
        yield Linked(words=Markup("PDF"), url=pdf)
    name = ("arXiv:" if paper.source == "arxiv" else "") + paper.versioned_id
    yield Linked(words=html_of(name), url=safe_url(paper.abs_url))
    if digest.code_url and (code := safe_url(digest.code_url.text)):
        yield Linked(words=escape(say.code), url=code)
    day = paper.published.date().isoformat() if paper.published else ""
    comment = html_of(paper.comment or "", links=True)
    category, journal = (
        html_of(paper.primary_category),
        html_of(paper.journal_ref or ""),
    )
    for words in (category, escape(day), comment, journal):
        if words:
            yield Linked(words=words)
    if paper.doi:
        doi = clean(paper.doi)
        yield Linked(
            words=html_of(f"doi:{doi}"),
            url=safe_url(f"https://doi.org/{doi}") if doi.startswith("10.") else None,
        )


def _warnings(
    digest: Digest, summarized: bool, say: Phrases, url_of: PageUrl
) -> Iterable[tuple[str, tuple[Linked, ...]]]:
    if withdrawn := withdrawal_words(digest, say):
        yield f"{say.withdrawal}{say.colon}{withdrawn}", ()
    if digest.hidden:
        pages = sorted({hidden.page for hidden in digest.hidden})[:5]
        yield say.hidden, tuple(_page(page, say, url_of(page, "")) for page in pages)
    if digest.failure is not None:
        yield failure_words(digest.failure, say), ()
    elif not summarized:
        yield say.missing, ()


def _picture(
    picture: Picture, say: Phrases, url: str | None, url_of: PageUrl
) -> ShownPicture:
    return ShownPicture(
        url=url,
        label=clean(picture.label) or say.figure[picture.kind],
        caption=html_of(picture.caption),
        page=_page(picture.page, say, url_of(picture.page, "")),
        width_px=picture.width_px,
        height_px=picture.height_px,
    )
