"""What was checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chatpaper.records.document import Box

FindingKind = Literal[
    "quote",  # a quote is not in the paper
    "number",  # a quantity that none of the claim's own quotes has
    "name",  # a Latin-script name that is nowhere in the paper
    "form",  # leak, placeholder, wrong language, too long, repeated, refusal
    "contradicted",  # the judge: the paper says otherwise
    "unsupported",  # the judge: the evidence does not bear it out
]

Verdict = Literal[
    "supported",
    "contradicted",
    "unsupported",
    "unjudged",  # the judge was asked and gave no usable verdict
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
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
