"""chatpaper in a notebook: read one PDF, summarise one paper, show it.

`chatpaper.pipeline.run` writes whole posts; here are the stages one at a time.
"""

from chatpaper.api.asking import Answer, answer_of, ask_paper, check_claim
from chatpaper.api.papers import (
    find_papers,
    named_papers,
    posted_papers,
    preview_papers,
)
from chatpaper.api.pdfs import read_pdf, read_pdfs
from chatpaper.api.sheet import Sheet
from chatpaper.api.site import make_site
from chatpaper.api.stated import Quoted, Stated, quotes_of, stated_claims
from chatpaper.api.summaries import summarize, summarize_all

__all__ = [
    "Answer",
    "Quoted",
    "Sheet",
    "Stated",
    "answer_of",
    "ask_paper",
    "check_claim",
    "find_papers",
    "make_site",
    "named_papers",
    "posted_papers",
    "preview_papers",
    "quotes_of",
    "read_pdf",
    "read_pdfs",
    "stated_claims",
    "summarize",
    "summarize_all",
]
