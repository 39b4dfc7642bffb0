"""The fold of an entry that holds its claims' quotes, for readers without a mouse."""

from __future__ import annotations

from collections.abc import Iterator

from chatpaper.posts.claims import (
    Judged,
    is_verbatim,
    located_quotes,
    page_link,
    shown_claims,
)
from chatpaper.posts.markdown import Markdown, escape
from chatpaper.posts.phrases import Phrases
from chatpaper.records import FIELDS, Digest, Paper


def quote_lines(digest: Digest, say: Phrases) -> tuple[Markdown, ...]:
    """One line per claim: its name, which leads back to it, and its located quotes.

    A claim that is a sentence of the paper itself has said it all.
    """
    lines = []
    for name in FIELDS:
        claims = shown_claims(digest, name)
        for number, judged in enumerate(claims, 1):
            label = say.fields[name] + (f" {number}" if len(claims) > 1 else "")
            quotes = " ".join(filter(None, _quotes(judged, digest.paper, say)))
            if quotes and not is_verbatim(judged.claim, judged.check):
                line = f"[{escape(label)}](#{judged.anchor}){say.colon}{quotes}"
                lines.append(Markdown(line))
    return tuple(lines)


def _quotes(judged: Judged, paper: Paper, say: Phrases) -> Iterator[str]:
    for page, quotes in located_quotes(judged.claim, judged.check).items():
        words = [escape(say.quote.format(words=quote)) for quote in quotes]
        yield " ".join([*words, page_link(page, paper, say)] if words else [])
