"""Summaries: what a language model says of one paper, in a checked shape."""

from chatpaper.summary.draft import (
    Drafted,
    prompt_version,
    read_summary,
    summarize,
    summary_request,
)
from chatpaper.summary.repair import (
    Faulty,
    Replacement,
    read_repair,
    repair_request,
    replaced,
)
from chatpaper.summary.text import Basis, PaperText, paper_text

__all__ = [
    "Basis",
    "Drafted",
    "Faulty",
    "PaperText",
    "Replacement",
    "paper_text",
    "prompt_version",
    "read_repair",
    "read_summary",
    "repair_request",
    "replaced",
    "summarize",
    "summary_request",
]
