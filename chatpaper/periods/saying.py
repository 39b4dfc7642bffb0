"""What a paper says in statements that hold: names, data sets, keywords, its venue.

Only statements count that a judge found borne out and that bear no mark. A name in one
of them was looked up in the paper when it was checked. A keyword is a model's, so it
counts only where such a statement has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from chatpaper.posts import (
    CheckedClaim,
    Phrases,
    entry_anchor,
    keywords_of,
    marks,
    printed_claim,
    shown_claims,
    venue_of,
)
from chatpaper.records import FIELDS, Digest
from chatpaper.text import compact
from chatpaper.verify import LEFT_IN_ENGLISH, names_in

_MAX_WORD_CHARS = 40
_JOINING = {"vs", "et", "al", "etc", "ie", "eg", "and", "or", "of"}
_CUE = re.compile(
    r"(?i)数据集|基准|语料|测试集|训练集|验证集"
    r"|\bdata ?sets?\b|\bbenchmarks?\b|\bcorp(?:us|ora)\b"
)
_NAME = r"[A-Za-z0-9][\w.+/&-]*(?: \d{2,4}(?!\d))?"
_AND = r"\s*(?:、|，|,\s*(?:and\s)?|和|与|及|以及|或|\band\b|\bor\b|&)\s*"
# "CIFAR-10、FFHQ 和 ImageNet 等三个数据集"; "the CIFAR-10 and ImageNet data sets".
_LISTED = re.compile(
    rf"(?P<names>{_NAME}(?:{_AND}{_NAME})*)\s*"
    r"(?:等)?\s*(?:上的|的|这)?\s*(?:[一二两三四五六七八九十\d]+\s*[个种项])?\s*(?:公开|标准)?\Z"
)
_REACH_CHARS = 120


@dataclass(frozen=True, slots=True)
class Word:
    """A name or keyword of one paper.

    Attributes:
        key: The same for every spelling.
        spelling: As the statement has it.
        anchor: Of the first statement with it.
    """

    key: str
    spelling: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Sayings:
    """What can be counted of one entry.

    Attributes:
        names, keywords: Each once.
        data: Keys of those names that are called a data set there.
        venue: Where arXiv says that the paper is; empty when it does not.
        counted: Whether any statement counts.
    """

    names: tuple[Word, ...]
    keywords: tuple[Word, ...]
    data: frozenset[str]
    venue: str
    counted: bool


def sayings_of(digest: Digest, topic: str, say: Phrases) -> Sayings:
    """What one entry says.

    Args:
        digest: The entry.
        topic: Its own name tells nothing.
        say: Words of the marks.
    """
    solid = [c for c in shown_claims(digest, *FIELDS) if is_solid(c, say)]
    dull = {compact(topic), key_of(topic)}
    names: dict[str, Word] = {}
    for claim in solid:
        text = printed_claim(claim.claim)
        for name in telling_names(text):
            key = key_of(name)
            if key not in dull:
                names.setdefault(key, Word(key, name, claim.anchor))
    keywords: dict[str, Word] = {}
    for word in keywords_of(digest):
        key = word.casefold()
        where = next((c for c in solid if key in c.claim.text.casefold()), None)
        if (
            where
            and len(word) <= _MAX_WORD_CHARS
            and key_of(word) not in {*names, *dull}
        ):
            keywords.setdefault(key, Word(key, word, where.anchor))
    return Sayings(
        names=tuple(names.values()),
        keywords=tuple(keywords.values()),
        data=frozenset(_data_sets(solid)) & names.keys(),
        venue=venue_of(digest.paper),
        counted=bool(solid),
    )


def is_solid(claim: CheckedClaim, say: Phrases) -> bool:
    """Whether a judge found a statement borne out, and nothing speaks against it."""
    return claim.check.verdict == "supported" and not marks(claim.check, say)


def entry_of(digest: Digest) -> str:
    """Where an entry begins in its post."""
    return entry_anchor(digest.paper.id)


@lru_cache(maxsize=2**15)  # the gate asks for the same statements once more
def telling_names(text: str) -> tuple[str, ...]:
    """Names of methods, metrics, models and data sets, of one word or several.

    Words side by side are one name, of which one at least has a capital or a digit and
    says more than a word that Chinese prose leaves in English.
    """
    language = "zh" if re.search(r"[\u4e00-\u9fff]", text) else "en"
    words = set(names_in(text, language=language)) - _JOINING
    if not words:
        return ()
    one = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    side_by_side = rf"(?<![A-Za-z0-9])(?:{one})(?: (?:{one}))*(?![A-Za-z0-9])"
    return tuple(
        name
        for name in re.findall(side_by_side, text)
        if any(map(_tells, name.split())) and len(name) <= _MAX_WORD_CHARS
    )


def _tells(word: str) -> bool:
    key = compact(word)
    is_common = not LEFT_IN_ENGLISH.isdisjoint((key, key.removesuffix("s")))
    return any(c.isupper() or c.isdigit() for c in word) and not is_common


def key_of(name: str) -> str:
    """By which spellings of a name are the same: `CIFAR-10`, `CIFAR10`; `NeRFs`."""
    return compact(re.sub(r"(?<=[A-Z])s\Z", "", name))


def _data_sets(claims: Iterable[CheckedClaim]) -> Iterator[str]:
    """Keys of names that a statement, or the paper in its quotes, calls a data set."""
    for claim in claims:
        quotes = (place.sentence for place in claim.check.located)
        for text in (claim.claim.text, *quotes):
            for cue in _CUE.finditer(text):
                before = text[max(0, cue.start() - _REACH_CHARS) : cue.start()]
                if found := _LISTED.search(before):
                    yield from map(key_of, re.split(_AND, found["names"]))
