"""What a reader must find in a post, by the records of its JSON twin alone.

Nothing here is the writer's: the rules are written a second time, shorter and without
Markdown, so that a fault of the writer is not on both sides of the comparison. The two
share the fixed words, the scheme of the anchors, and the look for leaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import NamedTuple

from chatpaper.posts.gate.known import (
    ExpectedClaim,
    ExpectedSegment,
    FoldedWords,
    KnownClaim,
    bare,
    colophon_words,
    known_claims,
    link_part,
    merged,
    notice_lines,
    page_part,
    printed_words,
    quote_piece,
    shown_claim,
    text_part,
)
from chatpaper.posts.gate.rendered import fold, is_http, one_line, title_of
from chatpaper.posts.phrases import Phrases
from chatpaper.posts.twin import Twin
from chatpaper.records import FIELDS, Digest, Field, Paper, Update
from chatpaper.text import find_leaks, says_withdrawn

_OVERVIEW: tuple[Field, ...] = ("background", "prior_work", "approach")
# What may be said of a picture, and what can be looked up at doi.org.
_LABEL = re.compile(r"(?i)(?!.*www\.)[^\W\d_](?:[^\W_]|[ ()–]|\.(?!\.)|-(?!-))*")
_DOI = re.compile(r"(?!.*/\.{1,2}(?:/|$))10(?:\.\d+)+/[\w.;()/:<>\[\]+#&=,-]+", re.A)
_CONCLUSION: tuple[Field, ...] = ("results", "significance", "limitations")

# --------------------------------------------------------------------------------------
# The blocks and sections that are expected.


class ExpectedBlock(NamedTuple):
    """A block as it must be.

    Attributes:
        rule: Broken where it is missing.
        place: What it stands in, and the words on its fold.
        parts: Before its claims.
        claims: In it, in order.
        links_itself: Whether bare addresses in it are links.
        change: Old and new text, of which both must be read off the rest of the block.
        any_order: Whether names between brackets or semicolons may change places.
    """

    rule: str
    place: tuple[tuple[str, ...], str]
    parts: tuple[ExpectedSegment, ...]
    claims: tuple[ExpectedClaim, ...] = ()
    links_itself: bool = False
    change: tuple[str, str] | None = None
    any_order: bool = False


@dataclass(frozen=True, slots=True)
class ExpectedSection:
    """A heading and the rows below it.

    Attributes:
        level: Of the heading; 0 for what stands before the first.
        title: Folded.
        paper: Versioned id; empty where it is no paper's.
        rows: In order.
        barred: Folded words that no reader may see, each with the reason.
    """

    level: int
    title: str
    paper: str
    rows: tuple[ExpectedBlock, ...]
    barred: tuple[tuple[str, str], ...] = ()


def _row(
    rule: str,
    *parts: ExpectedSegment,
    inside: tuple[str, ...] = (),
    fold_words: str = "",
    claims: Sequence[ExpectedClaim] = (),
    links_itself: bool = False,
    change: tuple[str, str] | None = None,
) -> ExpectedBlock:
    place = (inside, fold_words)
    return ExpectedBlock(
        rule, place, merged(parts), tuple(claims), links_itself, change
    )


def _dotted(parts: Iterable[ExpectedSegment]) -> list[ExpectedSegment]:
    """Those parts that have words, with a dot between any two."""
    known = [part for part in parts if part.words]
    dots = chain([()], repeat((text_part("·"),)))
    return [p for dot, part in zip(dots, known, strict=False) for p in (*dot, part)]


# --------------------------------------------------------------------------------------
# The sections of a post.


def sections_of(twin: Twin, say: Phrases) -> list[ExpectedSection]:
    """Everything a post must show, in order, and nothing else."""
    claims = [known_claims(digest) for digest in twin.digests]
    day = fold(f"{twin.day.isoformat()} {say.updated}")
    sections = [
        ExpectedSection(0, "", "", tuple(_notice_rows(twin, claims, say))),
        ExpectedSection(1, day, "", ()),
    ]
    for digest, known in zip(twin.digests, claims, strict=True):
        rows = _entry_rows(digest, known, say, twin.stem)
        barred = tuple((k.barred, fold(k.words)) for k in known if k.barred and k.words)
        sections.append(_section(digest.paper, rows, barred))
    if twin.updates:
        sections.append(ExpectedSection(1, fold(say.new_versions), "", ()))
        sections += [_section(u.paper, _update_rows(u, say)) for u in twin.updates]
    if twin.left_out:
        title = fold(say.left_out.format(n=len(twin.left_out)))
        sections.append(
            ExpectedSection(1, title, "", tuple(_left_out_rows(twin.left_out)))
        )
    return sections


def _notice_rows(
    twin: Twin, claims: Sequence[Sequence[KnownClaim]], say: Phrases
) -> Iterator[ExpectedBlock]:
    for line in notice_lines(twin, claims, say):
        # Escaped TeX in a model's name may sort it elsewhere.
        row = _row("claims", text_part(line), inside=("quote",))
        yield row._replace(any_order=True)


def _section(
    paper: Paper,
    rows: Iterable[ExpectedBlock],
    barred: tuple[tuple[str, str], ...] = (),
) -> ExpectedSection:
    return ExpectedSection(
        2, fold(title_of(paper)), paper.versioned_id, tuple(rows), barred
    )


def _entry_rows(
    digest: Digest, known: Sequence[KnownClaim], say: Phrases, stem: str
) -> Iterator[ExpectedBlock]:
    paper, summary = digest.paper, digest.summary
    allowed = [k for k in known if not k.barred]
    shown = [shown_claim(k, paper, say) for k in allowed]
    printed = printed_words(digest)
    if summary and (title := _unleaked(summary.title, printed)):
        yield _row("claims", text_part(title, "bold"))
    yield from _people(digest, say)
    if fold(paper.abstract):
        place = say.original if shown else ""
        text = text_part(paper.abstract)
        yield _row("papers", text, fold_words=place, links_itself=True)
    yield _row("papers", *_facts(digest, say), links_itself=True)
    yield from _warnings(digest, say, is_summarized=bool(shown))
    if shown and summary:
        yield from _summary_rows(shown, summary.missing, say)
        if keywords := say.separator.join(_keywords(digest, printed)):
            label = text_part(say.keywords, "bold")
            yield _row("claims", label, text_part(say.colon + keywords))
    if colophon := colophon_words(digest, known, say):
        yield _row("claims", text_part(colophon))
    yield from _quote_rows(allowed, paper, say)
    yield from _picture_rows(digest, say, stem)


def _unleaked(text: str, printed: str) -> str:
    line = bare(text)
    return "" if find_leaks(line, printed=printed) else line


def _keywords(digest: Digest, printed: str) -> Iterable[str]:
    words = digest.summary.keywords if digest.summary else ()
    lines = (_unleaked(word, printed) for word in words)
    return dict.fromkeys(filter(None, lines))


def _people(digest: Digest, say: Phrases) -> Iterator[ExpectedBlock]:
    authors = ", ".join(filter(None, map(one_line, digest.paper.authors)))
    place = one_line(digest.affiliation.text) if digest.affiliation else ""
    lines = [(say.authors, authors), (say.affiliation, place)]
    parts = [
        part
        for label, words in lines
        if words
        for part in (text_part(label, "bold"), text_part(say.colon + words))
    ]
    if parts:
        yield _row("papers", *parts)


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
    return _dotted(parts)


def _withdrawal(paper: Paper, say: Phrases) -> Iterator[ExpectedBlock]:
    if says_withdrawn(paper.comment or "", paper.abstract):
        label = text_part(say.withdrawal, "bold")
        yield _row("papers", label, text_part(say.colon + say.withdrawn))


def _correction(digest: Digest, say: Phrases) -> Iterator[ExpectedBlock]:
    if digest.corrections and digest.summary:
        last, claims = digest.corrections[-1], digest.summary.claims
        old = {claim.text for claim in last.summary.claims}
        new = {claim.text for claim in claims}
        made = say.none
        if by := last.provenance:
            day = by.made_at.date().isoformat()
            made = say.made_on.format(model=one_line(by.model), day=day)
        words = say.corrected.format(
            day=last.on, made=made, gone=len(old - new), new=len(new - old)
        )
        label = text_part(say.correction, "bold")
        yield _row("claims", label, text_part(say.colon + words))


def _warnings(
    digest: Digest, say: Phrases, *, is_summarized: bool
) -> Iterator[ExpectedBlock]:
    yield from _withdrawal(digest.paper, say)
    yield from _correction(digest, say)
    if digest.hidden:
        pages = sorted({hidden.page for hidden in digest.hidden})[:5]  # a line's worth
        links = [page_part(page, digest.paper, say) for page in pages]
        yield _row("claims", text_part(say.hidden, "bold"), *links)
    if digest.failure is not None:
        reason = say.stages[digest.failure.stage]
        yield _row("fields", text_part(say.failed.format(reason=reason), "bold"))
    elif not is_summarized:
        yield _row("fields", text_part(say.missing, "bold"))


def _summary_rows(
    shown: Sequence[ExpectedClaim], missing: Sequence[Field], say: Phrases
) -> Iterator[ExpectedBlock]:
    fields = {name: [c for c in shown if c.field == name] for name in FIELDS}
    nothing = _row("fields", text_part(say.missing))

    def labelled(name: Field, *inside: str) -> ExpectedBlock:
        label, claims = text_part(say.fields[name], "bold"), fields[name]
        words = say.colon if claims else say.colon + say.missing
        return _row("fields", label, text_part(words), inside=inside, claims=claims)

    def items(name: Field, kind: str) -> Iterator[ExpectedBlock]:
        yield _row("fields", text_part(say.fields[name], "bold"))
        rows = [_row("claims", inside=(kind,), claims=[c]) for c in fields[name]]
        yield from rows or [nothing]

    def part(label: str, names: Sequence[Field]) -> Iterator[ExpectedBlock]:
        if due := [name for name in names if fields[name] or name in missing]:
            yield _row("fields", text_part(label, "bold"))
            yield from (labelled(name, "bullet") for name in due)

    yield labelled("abstract", "quote")
    yield from items("points", "bullet")
    yield from part(say.overview, _OVERVIEW)
    if fields["method"] or "method" in missing:
        yield from items("method", "step")
    yield from part(say.conclusion, _CONCLUSION)


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
                yield _row("quotes", *parts, inside=("bullet",), fold_words=say.quotes)


def _picture_rows(digest: Digest, say: Phrases, stem: str) -> Iterator[ExpectedBlock]:
    for picture in digest.pictures:
        label = one_line(picture.label) or say.figure[picture.kind]
        spoken = label if _LABEL.fullmatch(label) else say.figure[picture.kind]
        image = text_part(spoken, "image")._replace(address=f"{stem}/{picture.file}")
        yield _row("images", image, fold_words=say.figures)
        page = page_part(picture.page, digest.paper, say)
        parts = [text_part(label, "bold"), text_part(picture.caption), page]
        yield _row("papers", *parts, fold_words=say.figures)


def _update_rows(update: Update, say: Phrases) -> Iterator[ExpectedBlock]:
    old, new = update.previous, update.paper
    facts = [
        text_part(f"v{old.version} → v{new.version}"),
        link_part("PDF", new.pdf_url) if is_http(new.pdf_url) else text_part(""),
        link_part(new.versioned_id, new.abs_url),
        text_part(new.updated.date().isoformat() if new.updated else ""),
        text_part(say.posted_on.format(day=update.posted_on.isoformat())),
    ]
    yield _row("papers", *_dotted(facts))
    withdrawal = list(_withdrawal(new, say))
    yield from withdrawal
    before, after = one_line(old.comment or ""), one_line(new.comment or "")
    titles, abstracts = _change(title_of(old), title_of(new)), None
    if titles:
        label = text_part(say.title_was, "bold")
        change = (say.colon + titles[0], say.colon + titles[1])
        yield _row("papers", label, change=change)
    if before != after:
        words = f"{say.colon}{before or say.none} → {after or say.none}"
        yield _row("papers", text_part(say.comment_was, "bold"), text_part(words))
    if abstracts := _change(one_line(old.abstract), one_line(new.abstract)):
        yield _row("papers", fold_words=say.abstract_was, change=abstracts)
    if not (titles or abstracts or withdrawal or before != after):
        yield _row("papers", text_part(say.unchanged))


def _change(old: str, new: str) -> tuple[str, str] | None:
    return (old, new) if old != new else None


def _left_out_rows(papers: Sequence[Paper]) -> Iterator[ExpectedBlock]:
    for paper in papers:
        parts = [
            text_part(title_of(paper)),
            link_part(paper.versioned_id, paper.abs_url),
        ]
        yield _row("papers", *_dotted(parts), inside=("bullet",))
