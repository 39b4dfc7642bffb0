"""How much of a text's words papers share: BM25, as a share of what is possible."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from chatpaper.text import STOPWORDS, fold

# The usual constants of BM25: how soon a repeated word counts no more, and how much
# the length of a text matters.
_K, _B = 1.2, 0.75
# A run of letters and digits; of Chinese, which has no spaces, every two signs.
_TERM = re.compile(r"[a-z0-9]+|(?=([\u3400-\u9fff]{2}))")


class SharedWords:
    """The words of some papers, with which texts are compared.

    A word that few of these papers have counts for more than one that most have.

    Source:
        Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond,
        2009, section 3.
    """

    def __init__(self, papers: Sequence[str]) -> None:
        counted = [Counter(_terms(text)) for text in papers]
        lengths = [sum(counts.values()) for counts in counted]
        usual = sum(lengths) / len(lengths) if any(lengths) else 1.0
        self._size = len(papers)
        # By word: the papers that have it, and what it adds to each, from 0 to 1.
        self._gains: dict[str, list[tuple[int, float]]] = {}
        for nth, (counts, length) in enumerate(zip(counted, lengths, strict=True)):
            slack = _K * (1 - _B + _B * length / usual)
            for word, count in counts.items():
                self._gains.setdefault(word, []).append((nth, count / (count + slack)))

    def shares(self, text: str) -> list[float]:
        """For each paper, how much of a text's weight it has, from 0 to 1."""
        weights = {word: self._weight(word) for word in set(_terms(text))}
        whole = sum(weights.values())
        shares = [0.0] * self._size
        for word, weight in weights.items():
            for nth, gain in self._gains.get(word, ()):
                shares[nth] += weight * gain / whole
        return shares

    def _weight(self, word: str) -> float:
        having = len(self._gains.get(word, ()))
        return math.log(1 + (self._size - having + 0.5) / (having + 0.5))


def _terms(text: str) -> Iterable[str]:
    for found in _TERM.finditer(fold(text)):
        word = found[1] or found[0]
        if word and word not in STOPWORDS:
            yield word
