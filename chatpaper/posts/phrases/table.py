"""What fixed words a post needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chatpaper.records import Field, FigureKind, FindingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Every word of a post that is ours; `{}` slots are filled by `str.format`."""

    description: str
    about_model: str
    judged_all: str
    judged_some: str
    judged_none: str
    same_model: str
    about_extractive: str
    about_others: str
    made_on: str
    about_asked: str
    about_nothing: str
    caution: str
    counts: str
    count_failed: str
    count_left_out: str
    count_updates: str
    updated: str
    colon: str
    comma: str
    separator: str
    authors: str
    original: str
    affiliation: str
    code: str
    keywords: str
    overview: str
    conclusion: str
    fields: Mapping[Field, str]
    missing: str
    failed: str
    stages: Mapping[str, str]
    page: str
    mark: str
    unplaced: str
    findings: Mapping[FindingKind, str]
    checked: str
    doubtful: str
    removed: Mapping[str, str]
    stop: str
    basis: str
    bases: Mapping[str, str]
    pages: str
    model: str
    extractive: str
    judge: str
    judge_some: str
    no_judge: str
    quotes: str
    quote: str
    hidden: str
    figures: str
    figure: Mapping[FigureKind, str]
    new_versions: str
    posted_on: str
    title_was: str
    abstract_was: str
    comment_was: str
    unchanged: str
    none: str
    left_out: str

    @property
    def folds(self) -> frozenset[str]:
        """The words a fold may carry."""
        return frozenset({self.original, self.quotes, self.figures, self.abstract_was})
