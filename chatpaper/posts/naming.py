"""File names for topics of any name."""

from __future__ import annotations

import hashlib
import re
import unicodedata

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
    digest = hashlib.sha256(topic.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{cut or 'topic'}-{digest}"
