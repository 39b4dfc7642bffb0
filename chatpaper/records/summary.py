"""A paper's summary, claim by claim, and what the checks say of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from chatpaper.records.document import Box
from chatpaper.records.shown import Shown

# --------------------------------------------------------------------------------------
# What the model says.

Field = Literal[
    "abstract",  # 摘要: one sentence
    "points",  # 要点: 3 to 5
    "background",  # 研究背景
    "prior_work",  # 已有方法及问题
    "approach",  # 研究思路, with what is new in it
    "method",  # 方法: ordered steps
    "results",  # 主要结果, with the main figure
    "significance",  # 意义
    "limitations",  # 局限, with scope and conditions
    "translation",  # 摘要译文: all of the paper's abstract, where it is asked for
]
TRANSLATION: Field = "translation"
# What a digest is made of; a translation stands beside the abstract that it is of.
FIELDS: tuple[Field, ...] = tuple(n for n in get_args(Field) if n != TRANSLATION)
MAX_QUOTES = 3


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Claim(Shown):
    """One statement about the paper and the words of the paper it rests on.

    Attributes:
        field: Which part of the digest it belongs to.
        text: In the digest's language.
        evidence: Short verbatim quotes from the paper, at most `MAX_QUOTES`; empty
            when none was given.
    """

    field: Field
    text: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Summary(Shown):
    """What a model says of one paper: only claims, never bibliographic facts.

    A field without a claim has nothing in the paper, unless it is `missing`.

    Attributes:
        title: The title in the digest's language; empty when not made.
        keywords: In the digest's language.
        claims: In the order of `FIELDS`, and of the reply within a field; then the
            translation, whose evidence is the abstract.
        missing: Fields that failed: they came in no usable form.
    """

    _shown: ClassVar = ("title", "claims", "keywords", "missing")

    title: str = ""
    keywords: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    missing: tuple[Field, ...] = ()

    def of(self, name: Field) -> tuple[Claim, ...]:
        """Claims of one field, in order."""
        return tuple(claim for claim in self.claims if claim.field == name)


# --------------------------------------------------------------------------------------
# What was checked.

FindingKind = Literal[
    "quote",  # a quote is not in the paper
    "number",  # a quantity that none of the claim's own quotes has
    "name",  # a Latin-script name that is nowhere in the paper
    "form",  # leak, placeholder, wrong language, too long, repeated, refusal
    "contradicted",  # the judge: the paper says otherwise
    "unsupported",  # the judge: the evidence does not bear it out
]

# Whether a claim tells what was asked; the judge says so of claims of an answer.
Answers = Literal["fully", "partly", "no"]

Verdict = Literal[
    "supported",
    "contradicted",
    "unsupported",
    "unjudged",  # the judge was asked and gave no usable verdict
]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Finding(Shown):
    """Something wrong in a claim.

    Attributes:
        kind: What is wrong.
        text: The faulty words, as they stand in the claim.
        reason: One sentence for the log, the JSON and the repair call; untrusted
            when the judge wrote it.
        found: The nearest sentence of the paper, if any.
        page: Where `found` stands, if known.
    """

    kind: FindingKind
    text: str
    reason: str
    found: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Place(Shown):
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


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Check(Shown):
    """What was found out about one claim.

    Attributes:
        places: Where each of its quotes stands, in order; None for a quote that was
            not located.
        findings: What is wrong with the claim; empty when nothing is.
        verdict: What the judge said of it; None when no judge was asked.
    """

    places: tuple[Place | None, ...] = ()
    findings: tuple[Finding, ...] = ()
    verdict: Verdict | None = None

    @property
    def located(self) -> tuple[Place, ...]:
        """The places of those quotes that were located."""
        return tuple(place for place in self.places if place is not None)
