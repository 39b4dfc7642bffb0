"""The blocks of text that an entry of a post is made of, as a reader sees them."""

from __future__ import annotations

from collections.abc import Iterable

from chatpaper.posts.entries import Entry, Labelled
from chatpaper.posts.gate.page import plain
from chatpaper.posts.markdown import clean, escape
from chatpaper.posts.phrases import Phrases
from chatpaper.records import Digest


def own_words(digest: Digest, entry: Entry, say: Phrases) -> set[str]:
    """Blocks of an entry that no model wrote."""
    people = _lines(entry.people, say)
    captions = (plain(picture.caption) for picture in entry.pictures)
    return {
        clean(digest.paper.abstract),
        plain(entry.facts),
        plain(entry.colophon),
        *map(plain, entry.quotes),
        "\n".join(people),
        *captions,
        *map(plain, entry.warnings),
        "",  # of a picture
    }


def written_words(entry: Entry, say: Phrases) -> set[str]:
    """Blocks of an entry that a model wrote, and their labels."""
    lead = (say.fields["abstract"], entry.lead)
    keywords = (say.keywords, escape(entry.keywords))
    labelled = [lead, keywords, *entry.overview, *entry.conclusion]
    return {
        plain(escape(entry.translated)),
        *map(plain, (*entry.points, *entry.method)),
        *_lines(labelled, say),
        *(say.fields[name] for name in ("points", "method")),
        *(say.overview, say.conclusion, say.missing),
    }


def _lines(lines: Iterable[Labelled], say: Phrases) -> list[str]:
    return [f"{label}{say.colon}{plain(text)}" for label, text in lines]
