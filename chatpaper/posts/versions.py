"""What the template shows of new versions, and of papers that were left out."""

from __future__ import annotations

from dataclasses import dataclass

from chatpaper.posts.diff import word_diff
from chatpaper.posts.entries import Labelled, day_of, dotted, title_of
from chatpaper.posts.markdown import Markdown, clean, escape, link, safe_url
from chatpaper.posts.phrases import Phrases
from chatpaper.records import Paper, Update


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One new version as the template wants it."""

    title: str
    facts: Markdown
    changes: tuple[Labelled, ...]
    abstract: Markdown | None


def change_of(update: Update, say: Phrases) -> Change:
    """What a new version changed in title, comment and abstract."""
    old, new = update.previous, update.paper
    facts = [
        f"v{old.version} → v{new.version}",
        link("PDF", new.pdf_url) if safe_url(new.pdf_url) else "",
        link(new.versioned_id, new.abs_url),
        day_of(new.updated),
        say.posted_on.format(day=update.posted_on.isoformat()),
    ]
    changes = []
    if title_of(old) != title_of(new):
        changes.append((say.title_was, word_diff(title_of(old), title_of(new))))
    before, after = clean(old.comment or ""), clean(new.comment or "")
    if before != after:
        arrow = f"{escape(before or say.none)} → {escape(after or say.none)}"
        changes.append((say.comment_was, Markdown(arrow)))
    changed = clean(old.abstract) != clean(new.abstract)
    return Change(
        title=title_of(new),
        facts=dotted(facts),
        changes=tuple(changes),
        abstract=word_diff(old.abstract, new.abstract) if changed else None,
    )


def left_out_line(paper: Paper) -> Markdown:
    """One paper the budget left for the next run."""
    return dotted([escape(title_of(paper)), link(paper.versioned_id, paper.abs_url)])
