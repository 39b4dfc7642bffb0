"""The records that flow through chatpaper: frozen, typed, without I/O.

Topic → Paper → Document → Summary → Digest → Post, and a RunReport of it all.
Every time is aware UTC. Pages count from 1. Boxes are `(x0, top, x1, bottom)` in
points, origin at the page's top left, y growing downwards.
"""

from __future__ import annotations

from chatpaper.records.document import (
    Box,
    Document,
    Fact,
    Figure,
    FigureKind,
    HiddenText,
    Line,
    Passage,
    PassageKind,
    Section,
    SectionKind,
    Table,
)
from chatpaper.records.frames import data_frame
from chatpaper.records.outline import html_table
from chatpaper.records.paper import Paper, Topic, age_key
from chatpaper.records.post import (
    Correction,
    Digest,
    Failure,
    Picture,
    Post,
    Provenance,
    Removed,
    RunReport,
    Update,
)
from chatpaper.records.relevance import Interest, InterestKind, Relevance
from chatpaper.records.shown import Shown, brief
from chatpaper.records.summary import (
    FIELDS,
    MAX_QUOTES,
    TRANSLATION,
    Answers,
    Check,
    Claim,
    Field,
    Finding,
    FindingKind,
    Place,
    Summary,
    Verdict,
)
from chatpaper.records.usage import Usage

__all__ = [
    "FIELDS",
    "MAX_QUOTES",
    "TRANSLATION",
    "Answers",
    "Box",
    "Check",
    "Claim",
    "Correction",
    "Digest",
    "Document",
    "Fact",
    "Failure",
    "Field",
    "Figure",
    "FigureKind",
    "Finding",
    "FindingKind",
    "HiddenText",
    "Interest",
    "InterestKind",
    "Line",
    "Paper",
    "Passage",
    "PassageKind",
    "Picture",
    "Place",
    "Post",
    "Provenance",
    "Relevance",
    "Removed",
    "RunReport",
    "Section",
    "SectionKind",
    "Shown",
    "Summary",
    "Table",
    "Topic",
    "Update",
    "Usage",
    "Verdict",
    "age_key",
    "brief",
    "data_frame",
    "html_table",
]
