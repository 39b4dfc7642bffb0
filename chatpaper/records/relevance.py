"""Why a paper comes before others: what of a reader's interests it is near to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chatpaper.records.shown import Shown

InterestKind = Literal["author", "text", "starred", "library"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Interest(Shown):
    """One thing that a reader cares for.

    Attributes:
        kind: A followed author, the reader's own words, a starred paper, or a paper
            of the reader's library.
        words: The author's name, those words, or the paper's title.
    """

    kind: InterestKind
    words: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Relevance(Shown):
    """How near a paper is to a reader's interests.

    Attributes:
        score: Orders the papers of a night, the highest first; of no meaning beyond
            that.
        near: Followed authors, then what it stands out as near to, nearest first;
            often empty.
    """

    score: float
    near: tuple[Interest, ...] = ()
