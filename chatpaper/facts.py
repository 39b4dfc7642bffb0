"""Facts read by pattern, set against arXiv's record before they are shown."""

from __future__ import annotations

import re
import unicodedata

from chatpaper.own_links import best_link, own_links
from chatpaper.records import Document, Fact, Paper


def own_code_link(paper: Paper, document: Document) -> Fact | None:
    """Where the paper's own code is: as arXiv's record says, else as the PDF says."""
    for text in (paper.abstract, paper.comment or ""):
        if link := best_link(own_links(text, place="record", title=paper.title)):
            return Fact(text=link.url, quote=link.quote, page=None)
    return document.code_url


def first_institution(paper: Paper, document: Document) -> Fact | None:
    """The first author's institution, if the PDF names the author whom arXiv names.

    What holds an author's whole name is no institution.
    """
    fact = document.affiliation
    if fact is None or not paper.authors:
        return fact
    printed = _plain(fact.quote.split(" … ")[0])
    known = [word for word in _plain(paper.authors[0]).split() if len(word) > 1]
    shown = _plain(fact.text)
    if not any(word in printed for word in known):
        return None
    return None if any(_plain(name) in shown for name in paper.authors) else fact


def _plain(text: str) -> str:
    """Lower-case letters without accents, words apart."""
    bare = unicodedata.normalize("NFKD", text)
    letters = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", letters.casefold()))
