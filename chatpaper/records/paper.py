"""Topics, and papers as their source describes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from chatpaper.records.shown import Shown

# --------------------------------------------------------------------------------------
# What arXiv says.


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Paper(Shown):
    """One version of a paper, as its source describes it; no field is from a model.

    Attributes:
        id: Base arXiv id without version (`2401.11831`, `hep-th/9901001`), or the
            stem of a local file.
        version: From 1; 0 for a file that has no versions.
        title: One line, LaTeX text decoded, `$math$` kept.
        authors: In printed order, LaTeX decoded.
        abstract: One paragraph, LaTeX text decoded, `$math$` kept.
        comment: arXiv's comment field, if any.
        journal_ref, doi: As arXiv has them, if any.
        primary_category: `cs.CV`; empty when unknown.
        categories: arXiv categories, the primary one first.
        published: Submission of version 1; None for a local file without metadata.
        updated: Submission of this version; None likewise.
        abs_url, pdf_url: http(s) pages to link to, None for papers not on arXiv.
        source: Name of the source that the record comes from.
    """

    _shown: ClassVar = (
        "id",
        "version",
        "title",
        "authors",
        "published",
        "primary_category",
    )

    id: str
    version: int = 1
    title: str
    authors: tuple[str, ...] = ()
    abstract: str = ""
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    primary_category: str = ""
    categories: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    abs_url: str | None = None
    pdf_url: str | None = None
    source: str = "arxiv"

    @property
    def versioned_id(self) -> str:
        """Id with version, if it has any: `2401.11831v2`."""
        return f"{self.id}v{self.version}" if self.version else self.id

    def page_url(self, page: int) -> str | None:
        """Link to one page of the PDF, None for papers without a PDF address."""
        return f"{self.pdf_url}#page={page}" if self.pdf_url else None


# --------------------------------------------------------------------------------------
# What is asked.


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Topic(Shown):
    """What a reader follows.

    Attributes:
        name: As typed by the user; any text.
        queries: arXiv query expressions, joined by OR (`ti:GAN OR abs:GAN`).
        categories: arXiv categories to keep (`cs.CV`); empty keeps all.
        exclude: Words that drop a paper when its title or abstract has one.
        find: Search by submission, read the announcement feed, or both.
        primary_only: Drop papers whose primary category is none of `categories`.
    """

    name: str
    queries: tuple[str, ...]
    categories: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    find: Literal["search", "announced", "both"] = "search"
    primary_only: bool = False


def age_key(paper: Paper) -> tuple[float, str]:
    """Sorts papers from old to new; those without a date come first."""
    moment = paper.published.timestamp() if paper.published else float("-inf")
    return moment, paper.id
