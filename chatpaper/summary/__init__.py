"""Summaries: what a language model says of one paper, in a checked shape."""

from chatpaper.summary.mend import (
    Faulty,
    Replacement,
    read_repair,
    repair_request,
    replaced,
)
from chatpaper.summary.reply import (
    Reply,
    parse_reply,
)
from chatpaper.summary.request import (
    Basis,
    Drafted,
    PaperText,
    paper_text,
    prompt_version,
    read_summary,
    summarize,
    summary_request,
)

__all__ = [
    "Basis",
    "Drafted",
    "Faulty",
    "PaperText",
    "Replacement",
    "Reply",
    "paper_text",
    "parse_reply",
    "prompt_version",
    "read_repair",
    "read_summary",
    "repair_request",
    "replaced",
    "summarize",
    "summary_request",
]
