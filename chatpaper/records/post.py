"""The day's post, and the report of the run that wrote it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Literal

from chatpaper.records.document import Fact, FigureKind, HiddenText
from chatpaper.records.paper import Paper
from chatpaper.records.relevance import Relevance
from chatpaper.records.shown import Shown
from chatpaper.records.summary import Check, Summary
from chatpaper.records.usage import Usage

# --------------------------------------------------------------------------------------
# What is published.


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Picture(Shown):
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


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Provenance(Shown):
    """Who wrote a summary, from what, when and at what price.

    Attributes:
        provider: `gemini`, `openai` or `extractive`.
        model: The model's own name for itself, or the method's.
        prompt: Short hash of prompt and schema; empty without a model.
        basis: What the summary was made from.
        made_at: Aware UTC.
        calls, tokens_in, tokens_out: Over all calls for this paper.
        cost_usd: None when the price of the model, or the number of tokens, is not
            known.
        seconds: Wall time of the calls.
        judge: Name of the model that judged the claims; empty when none did.
        judge_prompt: Short hash of the judge's prompt and schema.
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
    judge: str = ""
    judge_prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Removed(Shown):
    """How much of a summary was not published: claims by reason, and the title.

    Attributes:
        contradicted: The judge: the paper says otherwise.
        unsupported: Not borne out, where the user wants such claims dropped.
        unjudged: The judge gave no usable verdict.
        form: Wording that is not for readers.
        title: 1 where the title in the digest's language did not pass its checks;
            the paper's own stands alone then.
    """

    contradicted: int = 0
    unsupported: int = 0
    unjudged: int = 0
    form: int = 0
    title: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Failure(Shown):
    """A paper, or a part of one, that was lost, and why.

    Attributes:
        id: Versioned id.
        stage: Where it was lost.
        reason: One sentence in English, safe to show.
    """

    id: str
    stage: Literal["download", "read", "summarize", "verify"]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Correction(Shown):
    """A summary that a later one has taken the place of.

    Attributes:
        on: Day on which it was replaced, in the output time zone.
        summary, checks, provenance: What stood there before.
    """

    on: date
    summary: Summary
    checks: tuple[Check, ...] = ()
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Digest(Shown):
    """One paper's entry in a post.

    Attributes:
        paper: arXiv's facts.
        summary: The checked summary; None when there is none.
        checks: One per claim of the summary, in order.
        affiliation: The first author's institution; None when in doubt.
        code_url: Where the authors say their code is; None when they do not.
        pictures: Shown with the entry, most telling first.
        hidden: Words no reader sees, announced to the reader.
        page_count: Of the PDF; 0 when it was not read.
        provenance: Of the summary; None when there is none.
        removed: What of the summary was not published.
        failure: Why the entry is not whole; None when it is.
        relevance: To the reader's interests; None when nothing was ranked.
        corrections: Summaries that stood here before this one, oldest first.
        stands_in: Name of the topic whose post of the same day has this entry in full;
            here it is a line that leads there. Empty for an entry of its own.
        withdrawn_on: Day on which the paper was withdrawn, after it was posted; None
            for any other.
    """

    _shown: ClassVar = ("paper", "summary", "pictures", "hidden", "failure")

    paper: Paper
    summary: Summary | None = None
    checks: tuple[Check, ...] = ()
    affiliation: Fact | None = None
    code_url: Fact | None = None
    pictures: tuple[Picture, ...] = ()
    hidden: tuple[HiddenText, ...] = ()
    page_count: int = 0
    provenance: Provenance | None = None
    removed: Removed = Removed()
    failure: Failure | None = None
    relevance: Relevance | None = None
    corrections: tuple[Correction, ...] = ()
    stands_in: str = ""
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Update(Shown):
    """A new version of a paper that was posted before.

    Attributes:
        paper: The new version.
        previous: The version that was posted.
        posted_on: Day of that post.
        stands_in: As in `Digest`.
    """

    paper: Paper
    previous: Paper
    posted_on: date
    stands_in: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Post(Shown):
    """The day's post on one topic, ready to be written.

    Attributes:
        topic: The topic's name.
        day: In the output time zone.
        digests: Most relevant paper first, where papers were ranked, then newest; also
            those that another post of the day has in full.
        updates: New versions of papers posted earlier.
        left_out: Papers that the budget left for the next run.
        listed: Papers less relevant than those with an entry, most relevant first.
        markdown: The whole file.
        data: The JSON twin's text.
        stem: Safe file name without suffix; the asset folder's name too.
    """

    _shown: ClassVar = ("topic", "day", "digests", "updates", "left_out", "listed")

    topic: str
    day: date
    digests: tuple[Digest, ...]
    updates: tuple[Update, ...] = ()
    left_out: tuple[Paper, ...] = ()
    listed: tuple[Paper, ...] = ()
    markdown: str = ""
    data: str = ""
    stem: str = ""

    @property
    def entries(self) -> tuple[Digest, ...]:
        """The digests that stand here in full."""
        return tuple(digest for digest in self.digests if not digest.stands_in)

    @property
    def new_versions(self) -> tuple[Update, ...]:
        """The updates that stand here in full."""
        return tuple(update for update in self.updates if not update.stands_in)

    @property
    def elsewhere(self) -> tuple[Digest, ...]:
        """The digests that another post of the day has in full."""
        return tuple(digest for digest in self.digests if digest.stands_in)

    @property
    def lines(self) -> tuple[Digest | Update, ...]:
        """All that another post of the day has in full, the updates last."""
        told = (update for update in self.updates if update.stands_in)
        return (*self.elsewhere, *told)


# --------------------------------------------------------------------------------------
# What a run did.


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RunReport(Shown):
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
        undelivered: Messages that were refused, or of which nobody knows.
    """

    _shown: ClassVar = (
        "topic",
        "day",
        "status",
        "found",
        "new",
        "posted",
        "failed",
        "post",
        "message",
    )

    topic: str
    day: date
    status: Literal["done", "partial", "nothing new", "failed"]
    found: int = 0
    new: int = 0
    posted: int = 0
    failed: tuple[Failure, ...] = ()
    post: str | None = None
    seconds: float = 0.0
    llm: Usage = field(default_factory=Usage)
    why: str = ""
    message: str = ""
    undelivered: tuple[str, ...] = ()
