"""Citation keys: who, when, and the first word that tells something."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from chatpaper.citations.names import names_of
from chatpaper.records import Paper
from chatpaper.text import STOPWORDS, blank_formulas, compact, words_of

_NOT_ASCII = re.compile(r"[^a-z0-9]+")


def keys_of(papers: Sequence[Paper]) -> list[str]:
    """A key for each paper, in order: `goodfellow2014generative`.

    Keys are of ASCII letters and digits. Papers that would share one have their id
    behind it, each of them, so that a key does not hang on the order of the papers.

    Args:
        papers: Of different versioned ids.
    """
    plain = [_key(paper) for paper in papers]
    shared = Counter(plain)
    return [
        f"{key}-{_ascii(paper.versioned_id)}" if shared[key] > 1 else key
        for paper, key in zip(papers, plain, strict=True)
    ]


def _key(paper: Paper) -> str:
    names = names_of(paper)
    who = _ascii(compact(names[0].family)) if names else ""
    year = str(paper.published.year) if paper.published else ""
    words = map(_ascii, words_of(blank_formulas(paper.title)))
    telling = (word for word in words if len(word) > 1 and word not in STOPWORDS)
    return f"{who}{year}{next(telling, '')}" or _ascii(paper.id) or "paper"


def _ascii(text: str) -> str:
    folded = text.casefold()
    plain = folded if folded.isascii() else "".join(map(_spelled, folded))
    return _NOT_ASCII.sub("", plain)


# Letters of one piece, which no decomposition takes apart: `ł` is an l with a stroke.
_NAMED = re.compile(r"LATIN SMALL (?:LETTER|LIGATURE) ([A-Z]{1,2})(?: WITH .+)?")
_SPELLED = {"ı": "i", "ð": "d", "þ": "th", "ŋ": "ng", "ə": "e", "ɛ": "e", "ɔ": "o"}


def _spelled(letter: str) -> str:
    """A letter of Latin script in plain ones; any other as it is."""
    if letter.isascii() or letter in _SPELLED:
        return _SPELLED.get(letter, letter)
    named = _NAMED.fullmatch(unicodedata.name(letter, ""))
    return named[1].lower() if named else letter
