"""chatpaper: what is new on arXiv, as a daily post that can be trusted.

In a notebook::

    import chatpaper

    chatpaper.read_pdf("paper.pdf").sections
    chatpaper.summarize("2401.11831")
    chatpaper.run(topics=["GAN"], source="samples")

Importing it does nothing but define names; what a name needs is imported when the
name is first used.
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatpaper.api import Answer, Sheet, ask_paper, check_claim, read_pdf, summarize
    from chatpaper.config import Config, load_config
    from chatpaper.errors import (
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
    from chatpaper.pipeline.run import run
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
        Topic,
    )

__version__ = "0.2.0"

__all__ = [
    "Answer",
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
    "Finding",
    "Paper",
    "Post",
    "PostError",
    "PromptError",
    "QuotaSpent",
    "RunReport",
    "Section",
    "Sheet",
    "StoreError",
    "Summary",
    "SummaryError",
    "Table",
    "Throttled",
    "Topic",
    "ask_paper",
    "check_claim",
    "load_config",
    "read_pdf",
    "run",
    "summarize",
]

_HOMES = {
    "api": (
        "Answer",
        "Sheet",
        "ask_paper",
        "check_claim",
        "read_pdf",
        "summarize",
    ),
    "config": ("Config", "load_config"),
    "pipeline.run": ("run",),
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
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = next((home for home, names in _HOMES.items() if name in names), "errors")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
