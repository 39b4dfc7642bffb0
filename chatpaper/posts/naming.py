"""Names that a file or an address can bear, for topics and claims of any name."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from chatpaper.records import FIELDS, Field

MAX_STEM_BYTES = 80
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?\Z")


def stem_of(topic: str) -> str:
    """A file name without suffix: letters, digits, `-`, `_`, `+` and inner dots.

    A name that is safe already stays as it is; any other gets a short hash of the
    topic, so that `3DGS/GS` and `3DGS-GS` do not share a file.
    """
    name = unicodedata.normalize("NFC", topic)
    safe = re.sub(r"[^\w.+-]+|\.{2,}", "-", name)
    safe = re.sub(r"-{2,}", "-", safe).strip("-._+")
    cut = safe.encode("utf-8", "replace")[:MAX_STEM_BYTES].decode("utf-8", "ignore")
    cut = cut.rstrip("-._+")
    if cut and cut == topic and not _RESERVED.match(cut):
        return cut
    return f"{cut or 'topic'}-{_short_hash(topic)}"


# ---------------------------------------------------------------- anchors

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
        name = f"{plain}-{_short_hash(paper_id)}"
    return f"{name}-{field}-{number}"


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
