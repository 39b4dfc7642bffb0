"""Summaries: what a language model says of one paper, in a checked shape."""

from chatpaper.summary.questions import (
    MAX_CLAIM_CHARS,
    MAX_QUESTION_CHARS,
    answer_request,
    answer_version,
    evidence_request,
    evidence_version,
    read_answer,
    read_claim,
    read_evidence,
    read_question,
)
from chatpaper.summary.repair import (
    FaultyClaim,
    read_repair,
    repair_request,
    replacement_claims,
)
from chatpaper.summary.reply import Reply, parse_reply
from chatpaper.summary.request import (
    Basis,
    Draft,
    paper_text,
    prompt_version,
    read_summary,
    summarize,
    summary_request,
)
from chatpaper.summary.translation import needs_translation, with_translation

__all__ = [
    "MAX_CLAIM_CHARS",
    "MAX_QUESTION_CHARS",
    "Basis",
    "Draft",
    "FaultyClaim",
    "Reply",
    "answer_request",
    "answer_version",
    "evidence_request",
    "evidence_version",
    "needs_translation",
    "paper_text",
    "parse_reply",
    "prompt_version",
    "read_answer",
    "read_claim",
    "read_evidence",
    "read_question",
    "read_repair",
    "read_summary",
    "repair_request",
    "replacement_claims",
    "summarize",
    "summary_request",
    "with_translation",
]
