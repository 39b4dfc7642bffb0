"""What was checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chatpaper.records.document import Box

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
