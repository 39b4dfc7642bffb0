"""chatpaper: what is new on arXiv, as a daily post that can be trusted.

In a notebook::

    import chatpaper

    chatpaper.read_pdf("paper.pdf")
    chatpaper.summarize("2401.11831")
    chatpaper.find_papers("GAN", since="7d")
    chatpaper.run("GAN", source="samples")

`chatpaper.aio` has the same for an event loop. Importing does nothing but define names;
what a name needs is imported when the name is first used.
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatpaper.api import (
        Answer,
        FigurePicture,
        Listing,
        PostedClaim,
        Sheet,
        ShownClaim,
        ask_paper,
        check_claim,
        figure_picture,
        find_papers,
        posted_claims,
        posted_papers,
        read_pdf,
        read_pdfs,
        run,
        summarize,
        summarize_all,
    )
    from chatpaper.config import Config, load_config
    from chatpaper.errors import (
        ArgumentError,
        BudgetSpent,
        ChatpaperError,
        ConfigError,
        DocumentError,
        FetchError,
        PostError,
        PromptError,
        QuotaSpent,
        StoreError,
        SummaryError,
        Throttled,
    )
    from chatpaper.records import (
        Check,
        Claim,
        Digest,
        Document,
        Figure,
        Finding,
        Paper,
        Post,
        RunReport,
        Section,
        Summary,
        Table,
        Topic,
    )

__version__ = "0.2.0"

__all__ = [
    "Answer",
    "ArgumentError",
    "BudgetSpent",
    "ChatpaperError",
    "Check",
    "Claim",
    "Config",
    "ConfigError",
    "Digest",
    "Document",
    "DocumentError",
    "FetchError",
    "Figure",
    "FigurePicture",
    "Finding",
    "Listing",
    "Paper",
    "Post",
    "PostError",
    "PostedClaim",
    "PromptError",
    "QuotaSpent",
    "RunReport",
    "Section",
    "Sheet",
    "ShownClaim",
    "StoreError",
    "Summary",
    "SummaryError",
    "Table",
    "Throttled",
    "Topic",
    "ask_paper",
    "check_claim",
    "figure_picture",
    "find_papers",
    "load_config",
    "posted_claims",
    "posted_papers",
    "read_pdf",
    "read_pdfs",
    "run",
    "summarize",
    "summarize_all",
]

_HOMES = {
    "api": (
        "Answer",
        "FigurePicture",
        "Listing",
        "PostedClaim",
        "Sheet",
        "ShownClaim",
        "ask_paper",
        "check_claim",
        "figure_picture",
        "find_papers",
        "posted_claims",
        "posted_papers",
        "read_pdf",
        "read_pdfs",
        "run",
        "summarize",
        "summarize_all",
    ),
    "config": ("Config", "load_config"),
    "records": (
        "Check",
        "Claim",
        "Digest",
        "Document",
        "Figure",
        "Finding",
        "Paper",
        "Post",
        "RunReport",
        "Section",
        "Summary",
        "Table",
        "Topic",
    ),
}

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> object:
    if name == "aio":
        return importlib.import_module(f"{__name__}.aio")
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = next((home for home, names in _HOMES.items() if name in names), "errors")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
