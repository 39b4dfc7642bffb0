"""Counts that a text does not state but lists: `a, b, and c`, `1) ... 2) ...`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Protocol

from chatpaper.verify.quantity import Quantity


class Paper(Protocol):
    """What is asked of a paper here."""

    @property
    def texts(self) -> tuple[str, ...]:
        """Its passages."""

    def has_word(self, word: str) -> bool:
        """Whether a word stands in it."""

    def counts_in(self, passage: int) -> Sequence[Quantity]:
        """The small counts of one passage, in order."""


_REACH = 80  # characters round a count in which its list is sought
MOST = 12  # Longer lists are not counted by a reader either.

_MARKERS = (
    (re.compile(r"(?<![A-Za-z0-9])[（(]?(\d{1,2})[)）](?=[\s\w:：])"), int),
    (re.compile(r"(?<![A-Za-z0-9])\(([a-h])\)"), lambda mark: ord(mark) - 96),
    (
        re.compile(r"(?<![A-Za-z])\(?(i|ii|iii|iv|v|vi)\)(?=\s)"),
        ["0", "i", "ii", "iii", "iv", "v", "vi"].index,
    ),
    (re.compile(r"([①②③④⑤⑥⑦⑧])"), "0①②③④⑤⑥⑦⑧".index),
    (re.compile(r"(?<![\w.,])([1-9])\.\s(?=[A-Z])"), int),
)
_ORDINALS = re.compile(
    r"(?i)\b(first(?:ly)?|second(?:ly)?|third(?:ly)?|fourth(?:ly)?|fifth)\b"
    r"(?! order| time)"
)
_RANK = {"firs": 1, "seco": 2, "thir": 3, "four": 4, "fift": 5}
_ITEMS = re.compile(r"、|以及|和|与|及|,\s*(?:and\s)?|\band\b|/|或")
_COARSE = re.compile(r"，\s*(?:以及|和|与|及)")
_CHAIN = re.compile(r"[；;]")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9+\-]{1,}")
_INTRODUCED = re.compile(
    r"^[^，。；,;：:]{0,16}?(?:[：:]|——|，?(?:包括|分别是|分别为)[：:]?)"
)
_FROM = re.compile(
    r".*(?:分为|分成|包括|包含|结合|结合了|从|由|对|在|为|即|利用|采用|使用|通过|提出了?|[，。；：,;:（(])"
)
_SUBJECT = re.compile(r"^(?P<items>[^，。；]+?)(?:是|为|作为)")
_VERB_AFTER = re.compile(
    r"(?:方面|优于|超过|上|中|下|达到?|和|与|有|了)[^、和与及]{0,3}$"
)
_NAME = r"[A-Z][\w+\-]*(?:[ -][A-Z0-9][\w+\-]*){0,3}"


def marked_lists(texts: Iterable[str]) -> tuple[tuple[int, str], ...]:
    """The marked and the ordinal lists of some texts.

    Returns:
        For each its length and the words round its first mark, which name what it
        lists.
    """
    lists: list[tuple[int, str]] = []
    for text in texts:
        for pattern, number in _MARKERS:
            marks = [(m.start(), number(m.group(1))) for m in pattern.finditer(text)]
            lists += _runs(text, marks)
        ordinals = [
            (m.start(), _RANK[m.group(1)[:4].lower()]) for m in _ORDINALS.finditer(text)
        ]
        lists += _runs(text, ordinals)
    return tuple(lists)


def _runs(text: str, marks: list[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    """Runs 1, 2, ... n in a sequence of marks, with the words before and after 1."""
    first, length = 0, 0
    for start, mark in [*marks, (len(text), 1)]:
        if mark == length + 1 and length:
            length += 1
        elif mark == 1:
            if length > 1:
                yield length, text[max(0, first - 120) : first + 40]
            first, length = start, 1


def claim_lists(claim: str, start: int, end: int, value: int, index: Paper) -> bool:
    """Whether the claim itself lists `value` items beside its count.

    Items in Latin script must stand in the paper: an invented list proves nothing.
    """
    return any(
        len(items) == value and all(map(_in_source(index), items))
        for items in _beside(claim, start, end)
    )


def _beside(claim: str, start: int, end: int) -> list[list[str]]:
    lists = []
    introduced = _INTRODUCED.match(claim[end : end + _REACH])
    if introduced:
        lists.append(_split(_sentence_rest(claim, end + introduced.end())))
    before = claim[max(0, start - _REACH) : start]
    lists.append(_split(_FROM.sub("", before)))
    clause = re.split(r"[，。；：]", before)[-1]
    subject = _SUBJECT.match(clause)
    if subject:
        lists.append(_split(subject["items"]))
    elif not _VERB_AFTER.search(clause):
        lists.append(_split(clause))
    return [items for items in lists if items and not _VERB_AFTER.search(items[-1])]


def _sentence_rest(claim: str, start: int) -> str:
    return re.split(r"[。！？\n]", claim[start : start + 4 * _REACH], maxsplit=1)[0]


def _split(text: str) -> list[str]:
    """The items of a list; none when its marks leave open where they end."""
    for chain in (_CHAIN, _COARSE):
        if chain.search(text):
            return _said(chain.split(text))
    listed = _said(re.split("、", text))
    last = _said(_ITEMS.split(listed[-1])) if listed else []
    return [*listed[:-1], *last] if len(last) <= 2 else []


def _said(items: Iterable[str]) -> list[str]:
    return [item for item in items if item.strip(' 等的“”"，')]


def _in_source(index: Paper) -> Callable[[str], bool]:
    def known(item: str) -> bool:
        return all(index.has_word(word) for word in _LATIN.findall(item))

    return known


def names_before(index: Paper, nouns: str, value: int) -> bool:
    """Whether the paper puts `value` different names before a noun, or lists them.

    Args:
        index: The paper.
        nouns: A pattern for the noun, English, singular or plural.
        value: The count looked for.
    """
    single = re.compile(rf"({_NAME})\s+(?:[a-z]+\s)?(?:{nouns})")
    chain = re.compile(rf"((?:{_NAME},\s+)*{_NAME},?\s+and\s+{_NAME})\s+(?:{nouns})")
    after = re.compile(
        rf"(?:{nouns})\s*(?:,|:|\(|,? (?:such as|including|namely|i\.e\.,?|like))\s*"
        rf"((?:[^,.;()]{{2,60}},\s+)*[^,.;()]{{2,60}}?,?\s+and\s+[^,.;()]{{2,60}})"
    )
    found: set[str] = set()
    for text in index.texts:
        for match in (*chain.finditer(text), *after.finditer(text)):
            if len(_split(match.group(1))) == value:
                return True
        found |= {match.group(1).lower() for match in single.finditer(text)}
        for match in chain.finditer(text):
            found |= {item.strip().lower() for item in _split(match.group(1))}
    return len(found) == value


def adds_up(index: Paper, nouns: str, value: int) -> bool:
    """Whether two counts of the noun in one sentence add up: five ... and three ..."""
    noun = re.compile(rf"(?i)(?:{nouns})")
    for nth, text in enumerate(index.texts):
        counts = index.counts_in(nth)
        for one, other in pairwise(counts):
            between = text[one.end : other.start]
            if one.values[0] + other.values[0] != value or len(between) > 120:
                continue
            joined = re.search(r"\b(?:and|plus)\s+$", between) and "." not in between
            if joined and noun.search(text, other.end, other.end + 50):
                return True
    return False
