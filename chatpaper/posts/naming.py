"""Anchors: addresses within a post that a claim keeps."""

from __future__ import annotations

import re
from urllib.parse import quote

from chatpaper.records import FIELDS, Field
from chatpaper.text import file_stem, short_hash

_OLD_ARXIV_ID = re.compile(r"[a-z-]+(?:\.[A-Z]{2})?/\d{7}")
# Plain ids that an old one of arXiv's or a claim's anchor may be spelled like.
_TAKEN = re.compile(rf"[a-z-]+(?:\.[A-Z]{{2}})?-\d{{7}}|.*-(?:{'|'.join(FIELDS)})-\d+")
_PLAIN_ID = re.compile(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")
ANCHOR = re.compile(rf"{_PLAIN_ID.pattern}(?:-(?:{'|'.join(FIELDS)})-[1-9]\d*)?")


def entry_anchor(paper_id: str) -> str:
    """Where a paper's entry in a post can be linked to: `2611.00001`.

    Old arXiv ids have a hyphen for the slash. Any other id that is not plain, or that
    one of those could be taken for, gets a short hash, so that none share an anchor.

    Args:
        paper_id: Without version.
    """
    if _PLAIN_ID.fullmatch(paper_id) and not _TAKEN.fullmatch(paper_id):
        return paper_id
    if _OLD_ARXIV_ID.fullmatch(paper_id):
        return paper_id.replace("/", "-")
    plain = "-".join(_PLAIN_ID.findall(paper_id)) or "paper"
    return f"{plain}-{short_hash(paper_id)}"


def anchor_line(paper_id: str) -> str:
    """The line of Markdown above a paper's heading, where its entry begins.

    Args:
        paper_id: Without version.
    """
    return f'<a id="{entry_anchor(paper_id)}"></a>'


def anchor_of(paper_id: str, field: Field, number: int) -> str:
    """Where a claim of a post can be linked to: `2611.00001-points-2`.

    It stays the same whatever becomes of the claim's neighbours.

    Args:
        paper_id: Without version.
        field: Of the claim.
        number: Of the claim among all of its field, from 1.
    """
    return f"{entry_anchor(paper_id)}-{field}-{number}"


def address_beside(topic: str, paper_id: str) -> str:
    """Where a paper's entry is, from another topic's post of the same day.

    Hexo serves a post as a folder, whatever stands before `:title/` or `:name/` in its
    permalink; a permalink that ends otherwise would need another address.

    Args:
        topic: Whose post has the entry.
        paper_id: Without version.

    Source:
        https://hexo.io/docs/permalinks
    """
    return f"../{quote(file_stem(topic, 'topic'))}/#{entry_anchor(paper_id)}"
