"""What is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a reader follows.

    Attributes:
        name: As typed by the user; any text.
        queries: arXiv query expressions, joined by OR (`ti:GAN OR abs:GAN`).
        categories: arXiv categories to keep (`cs.CV`); empty keeps all.
        exclude: Words that drop a paper when its title or abstract has one.
        find: Search by submission, read the announcement feed, or both.
    """

    name: str
    queries: tuple[str, ...]
    categories: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    find: Literal["search", "announced", "both"] = "search"
