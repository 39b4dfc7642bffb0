"""Gemini: its client, its failures by kind, and its batches."""

from chatpaper.models.gemini.batch import (
    BatchState,
    find,
    poll_job,
    portions,
    submit,
)
from chatpaper.models.gemini.client import (
    BASE_URL,
    HALF_PRICE,
    Gemini,
    GeminiSettings,
)

__all__ = [
    "BASE_URL",
    "HALF_PRICE",
    "BatchState",
    "Gemini",
    "GeminiSettings",
    "find",
    "poll_job",
    "portions",
    "submit",
]
