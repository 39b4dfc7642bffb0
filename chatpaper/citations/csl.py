"""CSL-JSON, which pandoc, Zotero and every citeproc read."""

from __future__ import annotations

import json
from collections.abc import Sequence

from chatpaper.citations.keys import keys_of
from chatpaper.citations.names import Name, names_of
from chatpaper.records import Paper


def to_csl_json(papers: Sequence[Paper]) -> str:
    """An array with one item a paper, of the type `article`, which is a preprint.

    Args:
        papers: In the order of the items; each versioned id once.

    Source:
        https://docs.citationstyles.org/en/stable/specification.html#appendix-iii-types
    """
    keyed = zip(keys_of(papers), papers, strict=True)
    items = [_item(key, paper) for key, paper in keyed]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _item(key: str, paper: Paper) -> dict[str, object]:
    day = paper.published
    item = {
        "id": key,
        "type": "article",
        "title": paper.title or paper.versioned_id,
        "author": [_name(name) for name in names_of(paper)],
        "issued": {"date-parts": [[day.year, day.month, day.day]]} if day else None,
        "publisher": "arXiv" if paper.source == "arxiv" else None,
        "number": f"arXiv:{paper.versioned_id}" if paper.source == "arxiv" else None,
        "abstract": paper.abstract,
        "DOI": paper.doi,
        "URL": paper.abs_url,
        "note": paper.journal_ref,
    }
    return {name: value for name, value in item.items() if value}


def _name(name: Name) -> dict[str, str]:
    if not name.given:
        return {"literal": name.family}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {part: text for part, text in parts.items() if text}
