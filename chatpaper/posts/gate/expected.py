"""What a reader must find in a post, by the records of its JSON twin alone.

Nothing here is the writer's: the rules are written a second time, shorter and without
Markdown, so that a fault of the writer is not on both sides of the comparison. The two
share the fixed words, the scheme of the anchors, and the look for leaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from chatpaper.posts.gate.credit import colophon_words, notice_lines
from chatpaper.posts.gate.known import (
    ExpectedClaim,
    ExpectedSegment,
    FoldedWords,
    KnownClaim,
    caption_part,
    known_claims,
    link_part,
    near_words,
    page_part,
    quote_piece,
    shown_claim,
    text_part,
    unleaked,
)
from chatpaper.posts.gate.overview import overview_rows
from chatpaper.posts.gate.rendered import (
    authors_of,
    fold,
    is_http,
    one_line,
    title_of,
)
from chatpaper.posts.gate.rows import ExpectedBlock, ExpectedSection, dotted, row_of
from chatpaper.posts.gate.updates import update_rows, withdrawal_rows
from chatpaper.posts.naming import entry_anchor
from chatpaper.posts.phrases import Phrases
from chatpaper.posts.twin import Twin
from chatpaper.records import FIELDS, Digest, Field, Paper, Picture

_BEFORE: tuple[Field, ...] = ("background", "prior_work", "approach")
_AFTER: tuple[Field, ...] = ("results", "significance", "limitations")
# Papers of a day with figures; open points, authors.
_SHORT_DAY, _OPEN_POINTS, _NAMED_AUTHORS = 8, 3, 6
_LABEL = re.compile(r"(?i)(?!.*www\.)[^\W\d_](?:[^\W_]|[ ()–]|\.(?!\.)|-(?!-))*")
_DOI = re.compile(r"(?!.*/\.{1,2}(?:/|$))10(?:\.\d+)+/[\w.;()/:<>\[\]+#&=,-]+", re.A)

# --------------------------------------------------------------------------------------
# The sections of a post.


def sections_of(twin: Twin, say: Phrases) -> list[ExpectedSection]:
    """Everything a post must show, in order, and nothing else."""
    full = [digest for digest in twin.digests if not digest.stands_in]
    claims = [known_claims(digest) for digest in full]
    overview = tuple(overview_rows(twin, claims, say))
    title = (2, fold(say.overview)) if overview else (0, "")
    notice = tuple(_notice_rows(twin, claims, say))
    sections = [ExpectedSection(*title, "", (*overview, *notice))]
    if full:
        sections.append(ExpectedSection(2, fold(say.papers), "", ()))
    is_short_day = len(full) <= _SHORT_DAY
    for digest, known in zip(full, claims, strict=True):
        rows = _entry_rows(digest, known, say, twin.stem, is_short_day=is_short_day)
        barred = tuple((k.barred, fold(k.words)) for k in known if k.barred and k.words)
        _append(sections, _section(digest.paper, rows, barred))
    updates = [update for update in twin.updates if not update.stands_in]
    if updates:
        sections.append(ExpectedSection(2, fold(say.new_versions), "", ()))
        for update in updates:
            _append(sections, _section(update.paper, update_rows(update, say)))
    for phrase, papers in ((say.left_out, twin.left_out), (say.listed, twin.listed)):
        if papers:
            words = fold(phrase.format(n=len(papers)))
            titles = tuple(_title_rows(papers))
            sections.append(ExpectedSection(2, words, "", titles))
    return sections


def _append(sections: list[ExpectedSection], section: ExpectedSection) -> None:
    """Add a paper's section; its anchor stands before its heading, so further up."""
    anchor = ExpectedClaim(None, entry_anchor(section.paper.rpartition("v")[0]))
    before = sections[-1]
    rows = (*before.rows, row_of("anchors", claims=[anchor]))
    sections[-1] = replace(before, rows=rows)
    sections.append(section)


def _notice_rows(
    twin: Twin, claims: Sequence[Sequence[KnownClaim]], say: Phrases
) -> Iterator[ExpectedBlock]:
    for line in notice_lines(twin, claims, say):
        # Escaped TeX in a model's name may sort it elsewhere.
        row = row_of("claims", text_part(line), inside=("quote",))
        yield row._replace(any_order=True)


def _section(
    paper: Paper,
    rows: Iterable[ExpectedBlock],
    barred: tuple[tuple[str, str], ...] = (),
) -> ExpectedSection:
    return ExpectedSection(
        3, fold(title_of(paper)), paper.versioned_id, tuple(rows), barred
    )


def _entry_rows(
    digest: Digest,
    known: Sequence[KnownClaim],
    say: Phrases,
    stem: str,
    *,
    is_short_day: bool,
) -> Iterator[ExpectedBlock]:
    paper, summary = digest.paper, digest.summary
    allowed = [k for k in known if not k.barred]
    shown = [shown_claim(k, paper, say) for k in allowed]
    yield _head_row(digest, say)
    if digest.relevance and digest.relevance.near:
        near = (near_words(interest, say) for interest in digest.relevance.near)
        yield row_of("papers", *dotted(map(text_part, near)))
    yield from _warnings(digest, say, is_summarized=bool(shown))
    text = text_part(paper.abstract)
    colophon = colophon_words(digest, known, say)
    made = [row_of("claims", text_part(colophon))] if colophon else []
    if not (shown and summary):
        if text.words:
            yield row_of("papers", text, links_itself=True)
        yield from _all_authors(paper, say)
        yield from made
        yield from _picture_rows(digest.pictures, paper, say, stem, say.figures)
        return
    n_figures = int(is_short_day)
    yield from _picture_rows(digest.pictures[:n_figures], paper, say, stem, "")
    rest: list[ExpectedBlock] = []
    for row, is_open in _summary_rows(
        shown, summary.missing, say, is_short_day=is_short_day
    ):
        if is_open:
            yield row
        else:
            rest.append(row)
    if keywords := say.separator.join(_keywords(digest)):
        label = text_part(say.keywords, "bold")
        rest.append(row_of("claims", label, text_part(say.colon + keywords)))
    rest += _picture_rows(digest.pictures[n_figures:], paper, say, stem, "")
    rest += _all_authors(paper, say)
    if text.words:
        label, colon = text_part(say.original, "bold"), text_part(say.colon)
        rest.append(row_of("papers", label, colon, text, links_itself=True))
    for k in allowed:
        if k.is_translation:
            label = text_part(say.translation, "bold")
            rest.append(row_of("claims", label, text_part(say.colon + k.words)))
    if quotes := [*_quote_rows(allowed, paper, say)]:
        rest += [row_of("quotes", text_part(say.quotes, "bold")), *quotes]
    for row in (*rest, *made):
        yield row._replace(place=(row.place[0], say.details))


def _keywords(digest: Digest) -> Iterable[str]:
    words = digest.summary.keywords if digest.summary else ()
    lines = (unleaked(word, digest) for word in words)
    return dict.fromkeys(filter(None, lines))


def _head_row(digest: Digest, say: Phrases) -> ExpectedBlock:
    """The translated title, people and facts, all in one paragraph."""
    authors = authors_of(digest.paper)
    names = ", ".join(authors)
    if len(authors) > _NAMED_AUTHORS:
        first = ", ".join(authors[: _NAMED_AUTHORS - 1])
        names = say.among.format(names=first, n=len(authors))
    place = one_line(digest.affiliation.text) if digest.affiliation else ""
    labelled = ((say.authors, names), (say.affiliation, place))
    people = [text_part(a + say.colon + b) for a, b in labelled if b]
    parts = dotted([*people, *_facts(digest, say)])
    if digest.summary:
        title = unleaked(digest.summary.title, digest)
        parts[:0] = [text_part(title, "bold")] if title else []
    return row_of("papers", *parts, links_itself=True)


def _all_authors(paper: Paper, say: Phrases) -> Iterator[ExpectedBlock]:
    """All of a paper with many."""
    if len(authors := authors_of(paper)) > _NAMED_AUTHORS:
        label, words = text_part(say.authors, "bold"), say.colon + ", ".join(authors)
        yield row_of("papers", label, text_part(words))


def _facts(digest: Digest, say: Phrases) -> list[ExpectedSegment]:
    paper, code = digest.paper, digest.code_url
    prefix = "arXiv:" if paper.source == "arxiv" else ""
    parts = [link_part(prefix + paper.versioned_id, paper.abs_url)]
    if is_http(paper.pdf_url):
        parts.insert(0, link_part("PDF", paper.pdf_url))
    if code and is_http(code.text):
        parts.append(link_part(say.code, code.text))
    parts.append(text_part(paper.primary_category))
    parts.append(
        text_part(paper.published.date().isoformat() if paper.published else "")
    )
    parts.append(text_part(paper.comment or ""))
    parts.append(text_part(paper.journal_ref or ""))
    if paper.doi:
        address = f"https://doi.org/{paper.doi}" if _DOI.fullmatch(paper.doi) else None
        parts.append(link_part(f"doi:{paper.doi}", address))
    return parts


def _correction(digest: Digest, say: Phrases) -> Iterator[ExpectedBlock]:
    if digest.corrections and digest.summary:
        last, claims = digest.corrections[-1], digest.summary.claims
        old = {claim.text for claim in last.summary.claims}
        new = {claim.text for claim in claims}
        made, now = say.none, digest.provenance
        if by := last.provenance:
            day = by.made_at.date().isoformat()
            made = say.made_on.format(model=one_line(by.model), day=day)
        words = say.corrected.format(
            day=last.on,
            now=one_line(now.model) if now else say.none,
            made=made,
            gone=len(old - new),
            new=len(new - old),
        )
        label = text_part(say.correction, "bold")
        yield row_of("claims", label, text_part(say.colon + words))


def _warnings(
    digest: Digest, say: Phrases, *, is_summarized: bool
) -> Iterator[ExpectedBlock]:
    if withdrawal := list(withdrawal_rows(digest.paper, say)):
        yield from withdrawal
    elif digest.withdrawn_on:
        words = say.colon + say.withdrawn_later.format(day=digest.withdrawn_on)
        yield row_of("papers", text_part(say.withdrawal, "bold"), text_part(words))
    yield from _correction(digest, say)
    if digest.hidden:
        pages = sorted({hidden.page for hidden in digest.hidden})[:5]  # a line's worth
        links = [page_part(page, digest.paper, say) for page in pages]
        yield row_of("claims", text_part(say.hidden, "bold"), *links)
    if digest.failure is not None:
        reason = say.stages[digest.failure.stage]
        yield row_of("fields", text_part(say.failed.format(reason=reason), "bold"))
    elif not is_summarized:
        yield row_of("fields", text_part(say.missing, "bold"))


def _summary_rows(
    shown: Sequence[ExpectedClaim],
    missing: Sequence[Field],
    say: Phrases,
    *,
    is_short_day: bool,
) -> Iterator[tuple[ExpectedBlock, bool]]:
    """The rows of all fields, and whether each stands outside of the fold."""
    fields = {name: [c for c in shown if c.field == name] for name in FIELDS}

    def labelled(name: Field) -> ExpectedBlock:
        label, claims = text_part(say.fields[name], "bold"), fields[name]
        words = say.colon if claims else say.colon + say.missing
        return row_of("fields", label, text_part(words), claims=claims)

    def bold(words: str) -> ExpectedBlock:
        return row_of("fields", text_part(words, "bold"))

    def item(claim: ExpectedClaim, kind: str) -> ExpectedBlock:
        return row_of("claims", inside=(kind,), claims=[claim])

    def some(names: Sequence[Field]) -> Iterator[tuple[ExpectedBlock, bool]]:
        due = [name for name in names if fields[name] or name in missing]
        yield from ((labelled(name), False) for name in due)

    yield labelled("abstract"), True
    points = fields["points"]
    n_open = len(points) if is_short_day else _OPEN_POINTS
    yield from ((item(claim, "bullet"), True) for claim in points[:n_open])
    if points[n_open:]:
        yield bold(say.more_points), False
        yield from ((item(claim, "bullet"), False) for claim in points[n_open:])
    yield from some(_BEFORE)
    if fields["method"] or "method" in missing:
        yield bold(say.fields["method"]), False
        steps = [item(claim, "step") for claim in fields["method"]]
        nothing = [row_of("fields", text_part(say.missing))]
        yield from ((row, False) for row in steps or nothing)
    yield from some(_AFTER)


def _quote_rows(
    allowed: Sequence[KnownClaim], paper: Paper, say: Phrases
) -> Iterator[ExpectedBlock]:
    """Every claim's quotes again, for readers without a mouse."""
    before, after = say.quote.split("{words}")
    for name in FIELDS:
        claims = [known for known in allowed if known.claim.field == name]
        for number, known in enumerate(claims, 1):
            label = say.fields[name] + (f" {number}" if len(claims) > 1 else "")
            parts: list[ExpectedSegment] = []
            for page, quotes in known.quotes().items():
                for quote in quotes:
                    pieces = (
                        FoldedWords(before),
                        quote_piece(quote),
                        FoldedWords(after),
                    )
                    parts.append(ExpectedSegment("text", pieces))
                parts += [page_part(page, paper, say)] if quotes else []
            if parts and not known.is_verbatim:
                link = text_part(label, "link")._replace(address=f"#{known.anchor}")
                parts = [link, text_part(say.colon), *parts]
                yield row_of("quotes", *parts, inside=("bullet",))


def _picture_rows(
    pictures: Sequence[Picture],
    paper: Paper,
    say: Phrases,
    stem: str,
    fold_words: str,
) -> Iterator[ExpectedBlock]:
    for picture in pictures:
        label = one_line(picture.label) or say.figure[picture.kind]
        spoken = label if _LABEL.fullmatch(label) else say.figure[picture.kind]
        image = text_part(spoken, "image")._replace(address=f"{stem}/{picture.file}")
        yield row_of("images", image, fold_words=fold_words)
        page = page_part(picture.page, paper, say)
        caption = caption_part(picture.caption)
        parts = [text_part(label, "bold"), caption, page]
        yield row_of("papers", *parts, fold_words=fold_words)


def _title_rows(papers: Sequence[Paper]) -> Iterator[ExpectedBlock]:
    for paper in papers:
        parts = [
            text_part(title_of(paper)),
            link_part(paper.versioned_id, paper.abs_url),
        ]
        yield row_of("papers", *dotted(parts), inside=("bullet",))
