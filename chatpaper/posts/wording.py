"""What fixed words a post needs; `phrases` has them in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chatpaper.records import Field, FigureKind, FindingKind, InterestKind

# --------------------------------------------------------------------------------------
# The keys of the front matter, as the Butterfly theme for Hexo reads them.

# https://butterfly.js.org/posts/dc584b87/#Post-Front-matter
KEYS = (
    "title",
    "date",
    "author",
    "cover",
    "top_img",
    "categories",
    "tags",
    "description",
    "keywords",
    "toc",
    "toc_number",
    "toc_style_simple",
    "copyright",
    "copyright_author",
    "copyright_author_href",
    "copyright_url",
    "copyright_info",
    "mathjax",
    "katex",
    "aplayer",
    "highlight_shrink",
    "aside",
    "abcjs",
)

# --------------------------------------------------------------------------------------
# What fixed words a post needs.


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Every word of a post that is ours; `{}` slots are filled by `str.format`."""

    title: str
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
    about_elsewhere: str
    caution: str
    counts: str
    count_failed: str
    count_left_out: str
    count_listed: str
    count_updates: str
    count_elsewhere: str
    elsewhere: str
    updated: str
    colon: str
    comma: str
    separator: str
    gap: str
    full_stop: str
    authors: str
    original: str
    affiliation: str
    code: str
    survey: str
    data: str
    keywords: str
    overview: str
    outline: str
    conclusion: str
    papers: str
    details: str
    more_points: str
    among: str
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
    correction: str
    corrected: str
    withdrawal: str
    withdrawn: str
    withdrawn_later: str
    withdrawn_badge: str
    title_was: str
    authors_new: str
    authors_gone: str
    authors_moved: str
    abstract_was: str
    comment_was: str
    abstract_same: str
    unchanged: str
    none: str
    left_out: str
    listed: str
    near: Mapping[InterestKind, str]
    near_author: str
    near_words: str
    near_any: str

    @property
    def folds(self) -> frozenset[str]:
        """The words a fold may carry."""
        now = {self.details, self.figures, self.abstract_was}
        return frozenset({*now, self.original, self.quotes})  # and in earlier versions
