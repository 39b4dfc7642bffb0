"""One paper's entry, and the line of a new version."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chatpaper.posts.claims import (
    claim_line,
    is_summarized,
    leaks,
    page_link,
    quote_lines,
    shown_claims,
    unnumbered,
    words_of_paper,
)
from chatpaper.posts.colophon import colophon_of, correction_words
from chatpaper.posts.markdown import Markdown, clean, escape, link, safe_url, word_diff
from chatpaper.posts.phrases import Phrases, failure_words
from chatpaper.records import Digest, Field, Paper, Picture, Update
from chatpaper.text import is_doi, says_withdrawn

# --------------------------------------------------------------------------------------
# What the template shows of one paper: records in, ready lines out.

MAX_PAGE_LINKS = 5
OVERVIEW: tuple[Field, ...] = ("background", "prior_work", "approach")
CONCLUSION: tuple[Field, ...] = ("results", "significance", "limitations")
Labelled = tuple[str, Markdown]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPicture:
    """A picture and the line below it."""

    image: Markdown
    caption: Markdown


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEntry:
    """One paper as the template wants it; a plain `str` is still to be escaped.

    What is empty is not shown, but for the lead and the points.
    """

    title: str
    translated: str
    people: tuple[Labelled, ...]
    abstract: Markdown
    folded: bool
    facts: Markdown
    warnings: tuple[Markdown, ...]
    summarized: bool
    lead: Markdown
    points: tuple[Markdown, ...]
    overview: tuple[Labelled, ...]
    method: tuple[Markdown, ...]
    method_failed: bool
    conclusion: tuple[Labelled, ...]
    keywords: Markdown
    colophon: Markdown
    quotes: tuple[Markdown, ...]
    pictures: tuple[ShownPicture, ...]


def title_of(paper: Paper) -> str:
    """The title as printed; the id of a paper without one."""
    return clean(paper.title) or clean(paper.versioned_id) or "?"


def entry_of(digest: Digest, say: Phrases, folder: str) -> ShownEntry:
    """One paper's entry; its pictures lie in `folder` beside the post."""
    paper, summary = digest.paper, digest.summary
    summarized = is_summarized(digest)
    return ShownEntry(
        title=title_of(paper),
        translated=_unleaked(summary.title, digest) if summary else "",
        people=tuple(_people(digest, say)),
        abstract=escape(paper.abstract, links=True),
        folded=summarized,
        facts=_facts(digest, say),
        warnings=tuple(_warnings(digest, say)),
        summarized=summarized,
        lead=_joined(digest, "abstract", say) or Markdown(say.missing),
        points=_listed(digest, "points", say),
        overview=_labelled(digest, OVERVIEW, say),
        method=_listed(digest, "method", say),
        method_failed=_failed(digest, "method"),
        conclusion=_labelled(digest, CONCLUSION, say),
        keywords=_keywords(digest, say),
        colophon=colophon_of(digest, say),
        quotes=quote_lines(digest, say),
        pictures=tuple(
            _image(picture, digest, say, folder) for picture in digest.pictures
        ),
    )


def _unleaked(text: str, digest: Digest) -> str:
    text = unnumbered(text)
    return "" if leaks(text, words_of_paper(digest)) else text


def _keywords(digest: Digest, say: Phrases) -> Markdown:
    keywords = digest.summary.keywords if digest.summary else ()
    words = dict.fromkeys(_unleaked(word, digest) for word in keywords)
    # Each by itself: a lone dollar makes no formula with that of the next one.
    return Markdown(say.separator.join(escape(word) for word in words if word))


def _listed(digest: Digest, name: Field, say: Phrases) -> tuple[Markdown, ...]:
    shown = shown_claims(digest, name)
    return tuple(claim_line(checked, digest.paper, say) for checked in shown)


def _joined(digest: Digest, name: Field, say: Phrases) -> Markdown:
    return Markdown(" ".join(_listed(digest, name, say)))


def _labelled(
    digest: Digest, names: Iterable[Field], say: Phrases
) -> tuple[Labelled, ...]:
    """The fields that have claims, and those that failed."""
    lines = ((name, _joined(digest, name, say)) for name in names)
    return tuple(
        (say.fields[name], line or Markdown(say.missing))
        for name, line in lines
        if line or _failed(digest, name)
    )


def _failed(digest: Digest, name: Field) -> bool:
    return digest.summary is not None and name in digest.summary.missing


# ---------------------------------------------------------------- facts


def authors_of(paper: Paper) -> str:
    """The authors as printed."""
    # Two names may make a formula between them.
    return clean(", ".join(filter(None, map(clean, paper.authors))))


def _people(digest: Digest, say: Phrases) -> Iterable[Labelled]:
    if authors := authors_of(digest.paper):
        yield say.authors, escape(authors)
    if digest.affiliation and (place := clean(digest.affiliation.text)):
        yield say.affiliation, escape(place)


def _facts(digest: Digest, say: Phrases) -> Markdown:
    """`[PDF](...) · [arXiv:2401.11831v1](...) · cs.CV · 2024-01-22 · comment`."""
    paper = digest.paper
    known: list[str] = []
    if safe_url(paper.pdf_url):
        known.append(link("PDF", paper.pdf_url))
    prefix = "arXiv:" if paper.source == "arxiv" else ""
    known.append(link(prefix + paper.versioned_id, paper.abs_url))
    if digest.code_url and safe_url(digest.code_url.text):
        known.append(link(say.code, digest.code_url.text))
    known.append(escape(paper.primary_category))
    known.append(day_of(paper.published))
    known.append(escape(paper.comment or "", links=True))
    known.append(escape(paper.journal_ref or ""))
    if paper.doi:
        address = f"https://doi.org/{paper.doi}" if is_doi(paper.doi) else None
        known.append(link(f"doi:{paper.doi}", address))
    return dotted(known)


def day_of(moment: datetime | None) -> str:
    """Its date; empty without one."""
    return moment.date().isoformat() if moment else ""


def dotted(parts: Iterable[str]) -> Markdown:
    """Those parts that are not empty, on one line."""
    return Markdown(" · ".join(filter(None, parts)))


def withdrawal_of(paper: Paper, say: Phrases) -> Labelled | None:
    """That the paper was withdrawn, if its record says so."""
    if says_withdrawn(paper.comment or "", paper.abstract):
        return say.withdrawal, escape(say.withdrawn)
    return None


def _warnings(digest: Digest, say: Phrases) -> Iterable[Markdown]:
    if withdrawal := withdrawal_of(digest.paper, say):
        yield Markdown(f"**{withdrawal[0]}**{say.colon}{withdrawal[1]}")
    if corrected := correction_words(digest, say):
        yield Markdown(f"**{say.correction}**{say.colon}{escape(corrected)}")
    if digest.hidden:
        pages = sorted({hidden.page for hidden in digest.hidden})[:MAX_PAGE_LINKS]
        links = [page_link(page, digest.paper, say) for page in pages]
        yield Markdown(" ".join([f"**{say.hidden}**", *links]))
    if digest.failure is not None:
        yield Markdown(f"**{failure_words(digest.failure, say)}**")
    elif not is_summarized(digest):
        yield Markdown(f"**{say.missing}**")


# ---------------------------------------------------------------- figures


# Nothing in it needs a backslash.
_PLAIN_LABEL = re.compile(r"(?i)(?!.*www\.)[^\W\d_](?:[^\W_]|[ ()–]|\.(?!\.)|-(?!-))*")


def _image(picture: Picture, digest: Digest, say: Phrases, folder: str) -> ShownPicture:
    label = clean(picture.label) or say.figure[picture.kind]
    parts = [f"**{escape(label)}**", escape(picture.caption)]
    parts.append(page_link(picture.page, digest.paper, say))
    # Hexo prints it as it is written here, and in some settings as HTML.
    spoken = label if _PLAIN_LABEL.fullmatch(label) else say.figure[picture.kind]
    return ShownPicture(
        image=Markdown(f"![{escape(spoken)}]({folder}/{picture.file})"),
        caption=Markdown(" ".join(filter(None, parts))),
    )


# --------------------------------------------------------------------------------------
# What the template shows of new versions, and of papers that were left out.


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownUpdate:
    """One new version as the template wants it."""

    title: str
    facts: Markdown
    changes: tuple[Labelled, ...]
    abstract: Markdown | None


def change_of(update: Update, say: Phrases) -> ShownUpdate:
    """What a new version changed in title, comment and abstract."""
    old, new = update.previous, update.paper
    facts = [
        f"v{old.version} → v{new.version}",
        link("PDF", new.pdf_url) if safe_url(new.pdf_url) else "",
        link(new.versioned_id, new.abs_url),
        day_of(new.updated),
        say.posted_on.format(day=update.posted_on.isoformat()),
    ]
    changes = [withdrawal] if (withdrawal := withdrawal_of(new, say)) else []
    if title_of(old) != title_of(new):
        changes.append((say.title_was, word_diff(title_of(old), title_of(new))))
    before, after = clean(old.comment or ""), clean(new.comment or "")
    if before != after:
        arrow = f"{escape(before or say.none)} → {escape(after or say.none)}"
        changes.append((say.comment_was, Markdown(arrow)))
    changed = clean(old.abstract) != clean(new.abstract)
    return ShownUpdate(
        title=title_of(new),
        facts=dotted(facts),
        changes=tuple(changes),
        abstract=word_diff(old.abstract, new.abstract) if changed else None,
    )


def left_out_line(paper: Paper) -> Markdown:
    """One paper the budget left for the next run."""
    return dotted([escape(title_of(paper)), link(paper.versioned_id, paper.abs_url)])
