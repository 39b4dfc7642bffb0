"""Anchors: addresses within a post that a claim keeps."""

from __future__ import annotations

import re

from chatpaper.records import FIELDS, Field
from chatpaper.text import short_hash

_OLD_ARXIV_ID = re.compile(r"[a-z-]+(?:\.[A-Z]{2})?/\d{7}")
_PLAIN_ID = re.compile(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")
ANCHOR = re.compile(rf"{_PLAIN_ID.pattern}-(?:{'|'.join(FIELDS)})-[1-9]\d*")


def anchor_of(paper_id: str, field: Field, number: int) -> str:
    """Where a claim of a post can be linked to: `2611.00001-points-2`.

    It stays the same whatever becomes of the claim's neighbours. An id that is no
    arXiv id and holds odd characters gets a short hash, so that none share an anchor.

    Args:
        paper_id: Without version.
        field: Of the claim.
        number: Of the claim among all of its field, from 1.
    """
    name = paper_id
    if _OLD_ARXIV_ID.fullmatch(paper_id):
        name = paper_id.replace("/", "-")
    elif not _PLAIN_ID.fullmatch(paper_id):
        plain = "-".join(_PLAIN_ID.findall(paper_id)) or "paper"
        name = f"{plain}-{short_hash(paper_id)}"
    return f"{name}-{field}-{number}"
