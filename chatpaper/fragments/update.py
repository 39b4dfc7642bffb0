"""What a new version of a paper changed."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from chatpaper.fragments.entry import Linked
from chatpaper.fragments.words import html_of, html_of_markdown
from chatpaper.posts import (
    Phrases,
    abstract_diff,
    author_words,
    clean,
    safe_url,
    title_of,
    withdrawal_words,
    word_diff,
)
from chatpaper.records import Digest, Update


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownUpdate:
    """One new version, ready for a template.

    Attributes:
        title: Of the new version.
        plain_title: The same without markup.
        facts: Versions, links and days.
        changes: What changed in title, authors and comment, each under its name.
        abstract: Of its sentences those that changed, with what was taken out and what
            came in; empty when it is the same.
    """

    title: Markup
    plain_title: str
    facts: tuple[Linked, ...]
    changes: tuple[tuple[str, Markup], ...]
    abstract: Markup


def update_of(update: Update, say: Phrases) -> ShownUpdate:
    """A new version as it is shown."""
    old, new = update.previous, update.paper
    changes = []
    if withdrawn := withdrawal_words(Digest(paper=new), say):
        changes.append((say.withdrawal, html_of(withdrawn)))
    if title_of(old) != title_of(new):
        changes.append((say.title_was, _diff(title_of(old), title_of(new))))
    if authors := author_words(old, new, say):
        changes.append((say.authors, html_of(authors)))
    before, after = clean(old.comment or ""), clean(new.comment or "")
    if before != after:
        words = Markup("{} → {}").format(
            html_of(before or say.none), html_of(after or say.none)
        )
        changes.append((say.comment_was, words))
    facts = [Linked(words=escape(f"v{old.version} → v{new.version}"))]
    if pdf := safe_url(new.pdf_url):
        facts.append(Linked(words=Markup("PDF"), url=pdf))
    facts.append(Linked(words=html_of(new.versioned_id), url=safe_url(new.abs_url)))
    if new.updated:
        facts.append(Linked(words=escape(new.updated.date().isoformat())))
    day = update.posted_on.isoformat()
    facts.append(Linked(words=html_of(say.posted_on.format(day=day))))
    return ShownUpdate(
        title=html_of(title_of(new)),
        plain_title=title_of(new),
        facts=tuple(facts),
        changes=tuple(changes),
        abstract=html_of_markdown(abstract_diff(old, new)),
    )


def _diff(old: str, new: str) -> Markup:
    return html_of_markdown(word_diff(old, new))
