"""What a post must say of a new version, by the records of both."""

from __future__ import annotations

from collections.abc import Iterator

from chatpaper.posts.gate.known import link_part, text_part
from chatpaper.posts.gate.rendered import authors_of, is_http, one_line, title_of
from chatpaper.posts.gate.rows import ExpectedBlock, dotted, row_of
from chatpaper.posts.phrases import Phrases
from chatpaper.records import Paper, Update
from chatpaper.text import says_withdrawn

_NAMED = 6  # authors that came, and that went


def withdrawal_rows(paper: Paper, say: Phrases) -> Iterator[ExpectedBlock]:
    """That arXiv's record says so."""
    if says_withdrawn(paper.comment or "", paper.abstract):
        label = text_part(say.withdrawal, "bold")
        yield row_of("papers", label, text_part(say.colon + say.withdrawn))


def update_rows(update: Update, say: Phrases) -> Iterator[ExpectedBlock]:
    """Versions and days, then what changed, and that the abstract did not."""
    old, new = update.previous, update.paper
    facts = [
        text_part(f"v{old.version} → v{new.version}"),
        link_part("PDF", new.pdf_url) if is_http(new.pdf_url) else text_part(""),
        link_part(new.versioned_id, new.abs_url),
        text_part(new.updated.date().isoformat() if new.updated else ""),
        text_part(say.posted_on.format(day=update.posted_on.isoformat())),
    ]
    yield row_of("papers", *dotted(facts))
    withdrawal = list(withdrawal_rows(new, say))
    yield from withdrawal
    before, after = one_line(old.comment or ""), one_line(new.comment or "")
    titles, abstracts = _change(title_of(old), title_of(new)), None
    if titles:
        label = text_part(say.title_was, "bold")
        change = (say.colon + titles[0], say.colon + titles[1])
        yield row_of("papers", label, change=change)
    if authors := _authors_changed(old, new, say):
        words = say.colon + authors
        yield row_of("papers", text_part(say.authors, "bold"), text_part(words))
    if before != after:
        words = f"{say.colon}{before or say.none} → {after or say.none}"
        yield row_of("papers", text_part(say.comment_was, "bold"), text_part(words))
    if abstracts := _change(one_line(old.abstract), one_line(new.abstract)):
        row = row_of("papers", fold_words=say.abstract_was, change=abstracts)
        yield row._replace(may_skip=True)
    elif titles or authors or withdrawal or before != after:
        yield row_of("papers", text_part(say.abstract_same))
    else:
        yield row_of("papers", text_part(say.unchanged))


def _change(old: str, new: str) -> tuple[str, str] | None:
    return (old, new) if old != new else None


def _authors_changed(old: Paper, new: Paper, say: Phrases) -> str:
    was, now = authors_of(old), authors_of(new)
    came = [name for name in now if name not in was]
    gone = [name for name in was if name not in now]
    told = []
    for words, names in ((say.authors_new, came), (say.authors_gone, gone)):
        shown = ", ".join(names[:_NAMED])
        if len(names) > _NAMED:
            shown = say.among.format(names=shown, n=len(names))
        told += [words.format(names=shown)] if names else []
    return (say.stop.join(told) or say.authors_moved) if was != now else ""
