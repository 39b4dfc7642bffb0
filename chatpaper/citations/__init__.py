"""Papers as the entries of a reference manager: BibTeX, RIS and CSL-JSON.

Everything comes from the source's own facts; no word of a model is in it. To add a
format, write a module with a function from papers to a text, and a line in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chatpaper.citations.bibtex import to_bibtex
from chatpaper.citations.csl import to_csl_json
from chatpaper.citations.names import names_of
from chatpaper.citations.ris import to_ris
from chatpaper.citations.web import meta_tags, to_coins
from chatpaper.records import Paper

__all__ = [
    "FORMATS",
    "meta_tags",
    "names_of",
    "to_bibtex",
    "to_coins",
    "to_csl_json",
    "to_ris",
]

FORMATS: dict[str, Callable[[Sequence[Paper]], str]] = {
    "bibtex": to_bibtex,
    "ris": to_ris,
    "csl-json": to_csl_json,
}
