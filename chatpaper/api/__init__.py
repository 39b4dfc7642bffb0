"""chatpaper in a notebook: read one PDF, summarise one paper, show it, write posts.

The functions that `import chatpaper` offers. Each takes what is typed first: names,
days as texts, one topic or several, a model of one's own.
"""

from chatpaper.api.asking import Answer, answer_of, ask_paper, check_claim
from chatpaper.api.claims import PostedClaim, ShownClaim
from chatpaper.api.listing import Listing
from chatpaper.api.papers import (
    find_papers,
    named_papers,
    posted_claims,
    posted_papers,
    preview_papers,
)
from chatpaper.api.pdfs import figure_picture, read_pdf, read_pdfs
from chatpaper.api.posts import run
from chatpaper.api.progress import progress_of
from chatpaper.api.sheet import FigurePicture, Sheet
from chatpaper.api.site import make_site
from chatpaper.api.stated import Quoted, Stated, quotes_of, stated_claims
from chatpaper.api.summaries import summarize, summarize_all

__all__ = [
    "Answer",
    "FigurePicture",
    "Listing",
    "PostedClaim",
    "Quoted",
    "Sheet",
    "ShownClaim",
    "Stated",
    "answer_of",
    "ask_paper",
    "check_claim",
    "figure_picture",
    "find_papers",
    "make_site",
    "named_papers",
    "posted_claims",
    "posted_papers",
    "preview_papers",
    "progress_of",
    "quotes_of",
    "read_pdf",
    "read_pdfs",
    "run",
    "stated_claims",
    "summarize",
    "summarize_all",
]
