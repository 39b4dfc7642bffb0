"""What a page says of its paper to a browser's reference manager."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from chatpaper.citations.names import names_of
from chatpaper.records import Paper


def to_coins(paper: Paper) -> str:
    """The `title` of a `<span class="Z3988">`, still to be escaped.

    Source:
        https://en.wikipedia.org/wiki/COinS
    """
    return urlencode(list(_coins(paper)), errors="replace")


def _coins(paper: Paper) -> Iterator[tuple[str, str]]:
    yield "ctx_ver", "Z39.88-2004"
    yield "rft_val_fmt", "info:ofi/fmt:kev:mtx:journal"
    yield "rft.genre", "preprint"
    yield "rft.atitle", paper.title or paper.versioned_id
    names = names_of(paper)
    if names and names[0].given:
        yield "rft.aulast", names[0].family
        yield "rft.aufirst", names[0].given
    for name in names:
        yield "rft.au", f"{name.given} {name.family} {name.suffix}".strip()
    if paper.published:
        yield "rft.date", paper.published.date().isoformat()
    if paper.source == "arxiv":
        yield "rft.jtitle", "arXiv"
        yield "rft_id", f"info:arxiv/{paper.id}"
    if paper.doi:
        yield "rft_id", f"info:doi/{paper.doi}"
    if paper.abs_url:
        yield "rft_id", paper.abs_url


def meta_tags(paper: Paper) -> tuple[tuple[str, str], ...]:
    """Names and contents of a page's `citation_*` elements, still to be escaped.

    Source:
        https://scholar.google.com/intl/en/scholar/inclusion.html#indexing
    """
    return tuple(_tags(paper))


def _tags(paper: Paper) -> Iterator[tuple[str, str]]:
    yield "citation_title", paper.title or paper.versioned_id
    for name in names_of(paper):
        yield "citation_author", name.sorted
    if paper.published:
        yield "citation_publication_date", f"{paper.published:%Y/%m/%d}"
    if paper.updated:
        yield "citation_online_date", f"{paper.updated:%Y/%m/%d}"
    if paper.source == "arxiv":
        yield "citation_arxiv_id", paper.id
        yield "citation_publisher", "arXiv"
    known = {
        "citation_doi": paper.doi,
        "citation_pdf_url": paper.pdf_url,
        "citation_abstract_html_url": paper.abs_url,
        "citation_abstract": paper.abstract,
    }
    yield from ((name, value) for name, value in known.items() if value)
