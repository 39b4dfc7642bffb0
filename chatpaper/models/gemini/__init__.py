"""Gemini: its client, its failures by kind, and its batches."""

from chatpaper.models.gemini.batch import (
    BatchGemini,
    find,
    poll_job,
    portions,
    submit,
)
from chatpaper.models.gemini.client import (
    Gemini,
    GeminiSettings,
)

__all__ = [
    "BatchGemini",
    "Gemini",
    "GeminiSettings",
    "find",
    "poll_job",
    "portions",
    "submit",
]
