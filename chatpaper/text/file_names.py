"""Names that a file can bear, for ids and topics of any name."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

# Bytes of a stem. File systems take 255; a suffix, a hash and a temporary file's own
# suffix are still to come.
MAX_BYTES = 80
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?\Z")

_PLACES = frozenset("/\\:\0")  # a Windows drive's sign among them

Kind = Literal["paper", "picture", "topic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spelling:
    """How names of one kind are spelled; files of earlier versions hang on it.

    Attributes:
        unsafe: What is replaced.
        sign: By what; a slash counts as this sign.
        edges: Not at either end.
        digits: Of the hash behind a name that is not safe already. 0 for none; then a
            name is not composed (NFC) or cut either, lest two papers share a file.
    """

    unsafe: re.Pattern[str]
    sign: str
    edges: str
    digits: int


_SPELLINGS: dict[Kind, _Spelling] = {
    "paper": _Spelling(
        unsafe=re.compile(r"[^A-Za-z0-9.-]"), sign="_", edges=".", digits=12
    ),
    "picture": _Spelling(
        unsafe=re.compile(r"[^A-Za-z0-9.-]+"), sign="_", edges=".", digits=0
    ),
    # Letters of any script, since a topic's name is read in the list of posts.
    "topic": _Spelling(
        unsafe=re.compile(r"(?:[^\w.+]|\.{2,})+"), sign="-", edges="-._+", digits=8
    ),
}


def file_stem(name: str, kind: Kind) -> str:
    """A file name without suffix: `hep-th/9901001v1` is `hep-th_9901001v1`.

    A name that is safe already stays as it is; any other gets a short hash of itself,
    so that `3DGS/GS` and `3DGS-GS` do not share a file. `image denoising` shares one
    with `image-denoising`.

    Args:
        name: Any text.
        kind: Of a `paper`'s PDF or a `topic`'s post; of a paper's `picture`, whose name
            starts with the paper's id and never had a hash.
    """
    spelling = _SPELLINGS[kind]
    composed = unicodedata.normalize("NFC", name) if spelling.digits else name
    safe = spelling.unsafe.sub(spelling.sign, composed).strip(spelling.edges)
    if not spelling.digits:
        return safe
    cut = safe.encode("utf-8", "replace")[:MAX_BYTES].decode("utf-8", "ignore")
    cut = cut.rstrip(spelling.edges)
    # A blank within a topic's name is plain enough; who has a topic of either spelling
    # is told that they would share a file.
    like = {"paper": "/", "topic": " "}.get(kind, "")
    whole = name.replace(like, spelling.sign) if like else name
    if cut and cut == whole and not _RESERVED.match(cut):
        return cut
    return f"{cut or kind}-{short_hash(name, digits=spelling.digits)}"


def is_file_name(stem: str) -> bool:
    """Whether a stem that a file says of itself names a file, and no other place."""
    return not _PLACES.intersection(stem) and stem not in (".", "..")


def short_hash(text: str, *, digits: int = 8) -> str:
    """The first hexadecimal digits of a text's SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:digits]
