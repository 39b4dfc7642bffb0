"""One paper's entry, and the line of a new version."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chatpaper.posts.changes import abstract_diff, author_words, word_diff
from chatpaper.posts.claims import (
    claim_line,
    is_summarized,
    leaks,
    page_link,
    quote_lines,
    shortened,
    shown_claims,
    unnumbered,
    words_of_paper,
)
from chatpaper.posts.colophon import colophon_of
from chatpaper.posts.history import correction_words, withdrawal_words
from chatpaper.posts.markdown import Markdown, clean, escape, link, safe_url
from chatpaper.posts.naming import entry_anchor
from chatpaper.posts.phrases import Phrases
from chatpaper.posts.reasons import failure_words, near_words
from chatpaper.records import Digest, Field, Paper, Picture, Update
from chatpaper.text import is_doi, says_withdrawn, sentence_ends

# --------------------------------------------------------------------------------------
# What the template shows of one paper: records in, ready lines out.

MAX_PAGE_LINKS = 5
MAX_AUTHORS = 6  # by name in the open part; all of them stand in the fold
MAX_CAPTION_CHARS = 160  # two lines on a screen
# Of a day on which every entry may show a figure and all its points at once. On a
# longer one a reader first wants to know which papers to open.
SHORT_DAY = 8
MAX_POINTS = 3  # open on a longer day
BEFORE_METHOD: tuple[Field, ...] = ("background", "prior_work", "approach")
AFTER_METHOD: tuple[Field, ...] = ("results", "significance", "limitations")
Labelled = tuple[str, Markdown]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPicture:
    """A picture and the line below it."""

    image: Markdown
    caption: Markdown


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEntry:
    """One paper as the template wants it; a plain `str` is still to be escaped.

    What is empty is not shown, but for the lead. From `more_points` on it stands in the
    fold of an entry with a summary.
    """

    anchor: Markdown
    title: str
    head: tuple[Markdown, ...]
    near: Markdown
    warnings: tuple[Markdown, ...]
    summarized: bool
    figures: tuple[ShownPicture, ...]
    lead: Markdown
    points: tuple[Markdown, ...]
    more_points: tuple[Markdown, ...]
    before: tuple[Labelled, ...]
    method: tuple[Markdown, ...]
    method_failed: bool
    after: tuple[Labelled, ...]
    keywords: Markdown
    more_figures: tuple[ShownPicture, ...]
    authors: Markdown
    abstract: Markdown
    quotes: tuple[Markdown, ...]
    colophon: Markdown


def title_of(paper: Paper) -> str:
    """The title as printed; the id of a paper without one."""
    return clean(paper.title) or clean(paper.versioned_id) or "?"


def translated_title(digest: Digest) -> str:
    """The title in the language of the post; empty where no model gave one."""
    return _unleaked(digest.summary.title, digest) if digest.summary else ""


def entry_of(
    digest: Digest, say: Phrases, folder: str, *, is_short_day: bool = True
) -> ShownEntry:
    """One paper's entry; its pictures lie in `folder` beside the post."""
    points = _listed(digest, "points", say)
    n_points = len(points) if is_short_day else MAX_POINTS
    pictures = [_image(p, digest, say, folder) for p in digest.pictures]
    summarized = is_summarized(digest)
    # The first figure tells most: `figures` chooses them in this order.
    n_figures = 1 if summarized and is_short_day else 0
    names = _names(digest.paper)
    return ShownEntry(
        anchor=Markdown(entry_anchor(digest.paper.id)),
        title=title_of(digest.paper),
        head=tuple(filter(None, _head(digest, say))),
        near=_near(digest, say),
        warnings=tuple(_warnings(digest, say)),
        summarized=summarized,
        figures=tuple(pictures[:n_figures]),
        lead=_joined(digest, "abstract", say) or Markdown(say.missing),
        points=points[:n_points],
        more_points=points[n_points:],
        before=_labelled(digest, BEFORE_METHOD, say),
        method=_listed(digest, "method", say),
        method_failed=_failed(digest, "method"),
        after=_labelled(digest, AFTER_METHOD, say),
        keywords=_keywords(digest, say),
        more_figures=tuple(pictures[n_figures:]),
        authors=escape(_together(names) if len(names) > MAX_AUTHORS else ""),
        abstract=escape(digest.paper.abstract, links=True),
        quotes=quote_lines(digest, say),
        colophon=colophon_of(digest, say),
    )


def _unleaked(text: str, digest: Digest) -> str:
    text = unnumbered(text)
    return "" if leaks(text, words_of_paper(digest)) else text


def keywords_of(digest: Digest) -> list[str]:
    """What a paper is about, in a model's words."""
    keywords = digest.summary.keywords if digest.summary else ()
    words = dict.fromkeys(_unleaked(word, digest) for word in keywords)
    return list(filter(None, words))


def _keywords(digest: Digest, say: Phrases) -> Markdown:
    # Each by itself: a lone dollar makes no formula with that of the next one.
    return Markdown(say.separator.join(map(escape, keywords_of(digest))))


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


def _head(digest: Digest, say: Phrases) -> Iterable[Markdown]:
    """The lines below the title: the translated one, then people and facts."""
    title = translated_title(digest)
    yield Markdown(f"**{escape(title)}**" if title else "")
    place = clean(digest.affiliation.text) if digest.affiliation else ""
    # Words of ours begin the line: Hexo takes a colon there for a list of terms.
    people = [
        escape(f"{label}{say.colon}{words}") if words else Markdown()
        for label, words in (
            (say.authors, authors_of(digest.paper, say)),
            (say.affiliation, place),
        )
    ]
    yield dotted([*people, *_facts(digest, say)])


def authors_of(paper: Paper, say: Phrases) -> str:
    """The authors as printed; of many the first ones, and how many there are."""
    names = _names(paper)
    if len(names) <= MAX_AUTHORS:
        return _together(names)
    return say.among.format(names=_together(names[: MAX_AUTHORS - 1]), n=len(names))


def _names(paper: Paper) -> list[str]:
    return list(filter(None, map(clean, paper.authors)))


def all_authors(paper: Paper) -> str:
    """All authors as printed."""
    return _together(_names(paper))


def _together(names: Iterable[str]) -> str:
    # Two names may make a formula between them.
    return clean(", ".join(names))


def _facts(digest: Digest, say: Phrases) -> list[str]:
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
    return known


def _near(digest: Digest, say: Phrases) -> Markdown:
    """What of the reader's interests the paper is near to."""
    near = digest.relevance.near if digest.relevance else ()
    return dotted(escape(near_words(interest, say)) for interest in near)


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
    if withdrawn := withdrawal_words(digest, say):
        yield Markdown(f"**{say.withdrawal}**{say.colon}{escape(withdrawn)}")
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
    caption = short_caption(clean(picture.caption))
    parts = [f"**{escape(label)}**", escape(caption)]
    parts.append(page_link(picture.page, digest.paper, say))
    # Hexo prints it as it is written here, and in some settings as HTML.
    spoken = label if _PLAIN_LABEL.fullmatch(label) else say.figure[picture.kind]
    return ShownPicture(
        image=Markdown(f"![{escape(spoken)}]({folder}/{picture.file})"),
        caption=Markdown(" ".join(filter(None, parts))),
    )


def short_caption(caption: str) -> str:
    """The sentences of a caption that fit on two lines, or the start of the first."""
    if len(caption) <= MAX_CAPTION_CHARS:
        return caption
    whole = [end for end in sentence_ends(caption) if end <= MAX_CAPTION_CHARS]
    if whole:
        return f"{caption[: whole[-1]].rstrip()} …"
    return shortened(caption, MAX_CAPTION_CHARS)


# --------------------------------------------------------------------------------------
# What the template shows of new versions, and of papers that were left out.


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownUpdate:
    """One new version as the template wants it."""

    anchor: Markdown
    title: str
    facts: Markdown
    changes: tuple[Labelled, ...]
    abstract: Markdown


def change_of(update: Update, say: Phrases) -> ShownUpdate:
    """What a new version changed in title, authors, comment and abstract."""
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
    if authors := author_words(old, new, say):
        changes.append((say.authors, escape(authors)))
    before, after = clean(old.comment or ""), clean(new.comment or "")
    if before != after:
        arrow = f"{escape(before or say.none)} → {escape(after or say.none)}"
        changes.append((say.comment_was, Markdown(arrow)))
    return ShownUpdate(
        anchor=Markdown(entry_anchor(new.id)),
        title=title_of(new),
        facts=dotted(facts),
        changes=tuple(changes),
        abstract=abstract_diff(old, new),
    )


def left_out_line(paper: Paper) -> Markdown:
    """One paper that has no entry."""
    return dotted([escape(title_of(paper)), link(paper.versioned_id, paper.abs_url)])
