"""The records that flow through chatpaper: frozen, typed, without I/O.

Topic → Paper → Document → Summary → Digest → Post, and a RunReport of it all.
Every time is aware UTC. Pages count from 1. Boxes are `(x0, top, x1, bottom)` in
points, origin at the page's top left, y growing downwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Box = tuple[float, float, float, float]

# ---------------------------------------------------------------- what is asked


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


# ---------------------------------------------------------------- what arXiv says


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One version of a paper, as its source describes it; no field is from a model.

    Attributes:
        id: Base arXiv id without version (`2401.11831`, `hep-th/9901001`), or the
            stem of a local file.
        version: From 1.
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
        source: Where the record comes from.
    """

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
    source: Literal["arxiv", "folder", "samples"] = "arxiv"

    @property
    def versioned_id(self) -> str:
        """Id with version: `2401.11831v2`."""
        return f"{self.id}v{self.version}"

    def page_url(self, page: int) -> str | None:
        """Link to one page of the PDF, None for papers without a PDF address."""
        return f"{self.pdf_url}#page={page}" if self.pdf_url else None


# ---------------------------------------------------------------- what the PDF says

SectionKind = Literal[
    "front", "abstract", "section", "appendix", "references", "acknowledgements"
]
FigureKind = Literal["figure", "table", "algorithm"]
PassageKind = Literal["caption", "table", "figure", "algorithm", "footnote", "margin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One printed line of a section: where `text[start:]` of its section stands.

    Attributes:
        start: Offset into the section's text of the line's first character.
        page: From 1.
        box: In points.
    """

    start: int
    page: int
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and the running text up to the next heading.

    Attributes:
        level: 1 for sections and appendices, 2 for subsections ...
        number: As printed (`3.1`, `IV`, `A`), None when unnumbered.
        title: As printed, without the number; empty for the front matter.
        page: Where the heading stands, from 1.
        kind: What it is; text before the first heading is `front`.
        text: Running text: paragraphs split by a blank line, words whole.
        lines: For each printed line its offset, page and box, in order.
    """

    level: int
    number: str | None
    title: str
    page: int
    kind: SectionKind = "section"
    text: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Text kept apart from the running text: captions, table cells, notes, margins."""

    kind: PassageKind
    text: str
    page: int
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure, table or algorithm with its caption.

    Attributes:
        kind: What it is.
        label: As printed: `Figure 3`, `Table II`.
        caption: The whole caption, without the label.
        page: From 1.
        box: The figure itself without its caption, in points.
        caption_box: The caption, in points.
    """

    kind: FigureKind
    label: str
    caption: str
    page: int
    box: Box
    caption_box: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenText:
    """Words in the PDF that a reader of the page cannot see.

    Attributes:
        reason: Why they cannot be seen.
        text: The words.
        page: From 1.
        box: In points.
    """

    reason: Literal["white", "tiny", "invisible", "transparent", "off-page", "covered"]
    text: str
    page: int
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a PDF holds.

    Attributes:
        paper_id: Versioned id of the paper, or the file's stem.
        page_count: Pages of the file; `pages_read` of them were read.
        title, abstract: As printed, empty when not found.
        affiliations: As printed on the first page.
        code_urls: GitHub, GitLab, Hugging Face and project pages, as printed.
        sections: In reading order; every running character once.
        figures: Figures, tables and algorithms in page order.
        passages: Text kept apart from the sections.
        hidden: Text no reader sees; never part of sections or passages.
        missing: What could not be read, one sentence each, in English.
    """

    paper_id: str
    page_count: int
    pages_read: int
    title: str = ""
    abstract: str = ""
    affiliations: tuple[str, ...] = ()
    code_urls: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    figures: tuple[Figure, ...] = ()
    passages: tuple[Passage, ...] = ()
    hidden: tuple[HiddenText, ...] = ()
    missing: tuple[str, ...] = ()


# ---------------------------------------------------------------- what the model says

Field = Literal[
    "abstract",  # 摘要: one sentence
    "points",  # 要点: 3 to 7
    "background",  # 研究背景
    "prior_work",  # 已有方法及问题
    "approach",  # 研究方法
    "results",  # 实验结果
    "method",  # 方法: 2 to 8 ordered steps
    "significance",  # 结论: 意义
    "novelty",  # 结论: 创新点
    "performance",  # 结论: 性能
    "limitations",  # 结论: 工作量/局限
]
FIELDS: tuple[Field, ...] = (
    "abstract",
    "points",
    "background",
    "prior_work",
    "approach",
    "results",
    "method",
    "significance",
    "novelty",
    "performance",
    "limitations",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement about the paper and the words of the paper it rests on.

    Attributes:
        field: Which part of the digest it belongs to.
        text: In the digest's language.
        quote: Short verbatim quote from the paper; empty when none was given.
    """

    field: Field
    text: str
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a model says of one paper: only claims, never bibliographic facts.

    A field without a claim could not be made and is shown as 未生成.

    Attributes:
        title: The title in the digest's language; empty when not made.
        keywords: In the digest's language.
        claims: In the order of `FIELDS`, and of the reply within a field.
    """

    title: str = ""
    keywords: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()

    def of(self, name: Field) -> tuple[Claim, ...]:
        """Claims of one field, in order."""
        return tuple(claim for claim in self.claims if claim.field == name)


# ---------------------------------------------------------------- what was checked

FindingKind = Literal[
    "number",  # a quantity that is nowhere in the paper
    "contradicted",  # the paper gives another value, or turns the direction round
    "misattributed",  # the value is in the paper, but said of something else
    "quote",  # the evidence is not in the paper
    "name",  # a Latin-script name that is nowhere in the paper
    "form",  # leak, placeholder, wrong language, too long, repeated, refusal
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something in a claim that the paper does not bear out.

    Attributes:
        kind: What is wrong.
        text: The faulty words, as they stand in the claim.
        reason: One sentence in English, for the log, the JSON and the repair call.
        found: The nearest sentence of the paper, if any.
        page: Where `found` stands, if known.
    """

    kind: FindingKind
    text: str
    reason: str
    found: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a quote stands in the paper.

    Attributes:
        page: From 1.
        box: Of the quote's first printed line, in points; None in plain text.
        section: Title of the section, empty for captions and notes.
        sentence: The paper's own words there.
        score: Alignment, 0 to 100.
    """

    page: int
    box: Box | None
    section: str
    sentence: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was found out about one claim.

    Attributes:
        place: Where its evidence stands, None when it was not found.
        findings: What is wrong with it; empty when nothing is.
    """

    place: Place | None = None
    findings: tuple[Finding, ...] = ()


# ---------------------------------------------------------------- what is published


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A rendered figure beside the post.

    Attributes:
        file: Name in the post's asset folder.
        kind, label, caption, page: Of the figure shown.
        width_px, height_px: Of the image.
    """

    file: str
    kind: FigureKind
    label: str
    caption: str
    page: int
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who wrote a summary, from what, when and at what price.

    Attributes:
        provider: `gemini` or `extractive`.
        model: The model's own name for itself, or the method's.
        prompt: Short hash of prompt and schema; empty without a model.
        basis: What the summary was made from.
        made_at: Aware UTC.
        calls, tokens_in, tokens_out: Over all calls for this paper.
        cost_usd: None when the price of the model is not known.
        seconds: Wall time of the calls.
    """

    provider: str
    model: str
    prompt: str = ""
    basis: Literal["full text", "partial text", "abstract"] = "full text"
    made_at: datetime
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A paper, or a part of one, that was lost, and why.

    Attributes:
        id: Versioned id.
        stage: Where it was lost.
        reason: One sentence in English, safe to show.
    """

    id: str
    stage: Literal["download", "read", "summarize", "verify", "budget", "publish"]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One paper's entry in a post.

    Attributes:
        paper: arXiv's facts.
        summary: The checked summary; None when there is none.
        checks: One per claim of the summary, in order.
        affiliations, code_urls: From the PDF.
        pictures: Shown with the entry, most telling first.
        hidden: Words no reader sees, announced to the reader.
        page_count: Of the PDF; 0 when it was not read.
        provenance: Of the summary; None when there is none.
        failure: Why the entry is not whole; None when it is.
    """

    paper: Paper
    summary: Summary | None = None
    checks: tuple[Check, ...] = ()
    affiliations: tuple[str, ...] = ()
    code_urls: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    hidden: tuple[HiddenText, ...] = ()
    page_count: int = 0
    provenance: Provenance | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A new version of a paper that was posted before.

    Attributes:
        paper: The new version.
        previous: The version that was posted.
        posted_on: Day of that post.
    """

    paper: Paper
    previous: Paper
    posted_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """The day's post on one topic, ready to be written.

    Attributes:
        topic: The topic's name.
        day: In the output time zone.
        digests: Newest paper first.
        updates: New versions of papers posted earlier.
        left_out: Papers that the budget left for the next run.
        markdown: The whole file.
        data: The JSON twin's text.
        stem: Safe file name without suffix; the asset folder's name too.
    """

    topic: str
    day: date
    digests: tuple[Digest, ...]
    updates: tuple[Update, ...] = ()
    left_out: tuple[Paper, ...] = ()
    markdown: str = ""
    data: str = ""
    stem: str = ""


# ---------------------------------------------------------------- what a run did


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmUse:
    """Model use of a run; `cost_usd` is None when a price is not known."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What one run did for one topic.

    Attributes:
        topic: The topic's name.
        day: Of the post, in the output time zone.
        status: How it ended.
        found: Papers the source returned, after de-duplication.
        new: Those not posted before.
        posted: Entries published by this run.
        failed: What was lost, and why.
        post: Path of the post, None when none was written.
        seconds: Wall time.
        llm: Model use.
        why: Code of the reason for an empty or shortened post; empty when full.
        message: One sentence in English.
    """

    topic: str
    day: date
    status: Literal["done", "partial", "nothing new", "failed"]
    found: int = 0
    new: int = 0
    posted: int = 0
    failed: tuple[Failure, ...] = ()
    post: str | None = None
    seconds: float = 0.0
    llm: LlmUse = field(default_factory=LlmUse)
    why: str = ""
    message: str = ""


def claim_label(summary: Summary, index: int) -> str:
    """Name of a claim within its summary: `points 2`, `method 1`."""
    claim = summary.claims[index]
    nth = sum(other.field == claim.field for other in summary.claims[: index + 1])
    return f"{claim.field} {nth}"


def checked_claims(digest: Digest) -> Iterator[tuple[Claim, Check]]:
    """Claims of a digest beside their checks, in order."""
    if digest.summary is not None:
        yield from zip(digest.summary.claims, digest.checks, strict=True)
