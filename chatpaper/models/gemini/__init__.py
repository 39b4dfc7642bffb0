"""Gemini: its client, its failures by kind, and its batches."""

from chatpaper.models.gemini.batch import (
    BatchState,
    find,
    poll_job,
    portions,
    submit,
)
from chatpaper.models.gemini.client import (
    HALF_PRICE,
    Gemini,
)

__all__ = [
    "HALF_PRICE",
    "BatchState",
    "Gemini",
    "find",
    "poll_job",
    "portions",
    "submit",
]
