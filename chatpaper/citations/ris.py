"""RIS, line by line: what EndNote, Zotero and library catalogues read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chatpaper.citations.keys import keys_of
from chatpaper.citations.names import names_of
from chatpaper.records import Paper
from chatpaper.text import one_line


def to_ris(papers: Sequence[Paper]) -> str:
    """One record a paper: unpublished work (`UNPB`) that arXiv distributes.

    Args:
        papers: In the order of the records; each versioned id once.

    Source:
        https://en.wikipedia.org/wiki/RIS_(file_format)
    """
    keyed = zip(keys_of(papers), papers, strict=True)
    return "\n".join(
        "".join(f"{tag}  - {one_line(value)}\n" for tag, value in _lines(key, paper))
        for key, paper in keyed
    )


def _lines(key: str, paper: Paper) -> Iterator[tuple[str, str]]:
    yield "TY", "UNPB"
    yield "ID", key
    yield "TI", paper.title or paper.versioned_id
    for name in names_of(paper):
        yield "AU", name.sorted
    if paper.published:
        yield "PY", str(paper.published.year)
        yield "DA", f"{paper.published:%Y/%m/%d}"
    if paper.source == "arxiv":
        yield "PB", "arXiv"
        yield "AN", f"arXiv:{paper.versioned_id}"
    known = {
        "AB": paper.abstract,
        "DO": paper.doi,
        "N1": paper.journal_ref,
        "UR": paper.abs_url,
        "L1": paper.pdf_url,
    }
    yield from ((tag, value) for tag, value in known.items() if value)
    for category in paper.categories:
        yield "KW", category
    yield "ER", ""
