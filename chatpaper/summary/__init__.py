"""Summaries: what a language model says of one paper, in a checked shape."""

from chatpaper.summary.draft import (
    SUMMARY_VARIABLES,
    Drafted,
    Model,
    drafted,
    prompt_version,
    read_reply,
    summarize,
    summary_request,
)
from chatpaper.summary.repair import REPAIR_VARIABLES, repair
from chatpaper.summary.text import Basis, PaperText, paper_text

__all__ = [
    "REPAIR_VARIABLES",
    "SUMMARY_VARIABLES",
    "Basis",
    "Drafted",
    "Model",
    "PaperText",
    "drafted",
    "paper_text",
    "prompt_version",
    "read_reply",
    "repair",
    "summarize",
    "summary_request",
]
