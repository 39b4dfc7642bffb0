"""Summaries: what a language model says of one paper, in a checked shape."""

from chatpaper.summary.repair import (
    FaultyClaim,
    Replacement,
    read_repair,
    repair_request,
    replacement_claims,
)
from chatpaper.summary.reply import Reply, parse_reply
from chatpaper.summary.request import (
    Basis,
    Draft,
    PaperText,
    paper_text,
    prompt_version,
    read_summary,
    summarize,
    summary_request,
)
from chatpaper.summary.translation import needs_translation, with_translation

__all__ = [
    "Basis",
    "Draft",
    "FaultyClaim",
    "PaperText",
    "Replacement",
    "Reply",
    "needs_translation",
    "paper_text",
    "parse_reply",
    "prompt_version",
    "read_repair",
    "read_summary",
    "repair_request",
    "replacement_claims",
    "summarize",
    "summary_request",
    "with_translation",
]
