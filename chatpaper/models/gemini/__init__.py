"""Gemini: its client, its failures by kind, and its batches."""

from chatpaper.models.gemini.batch import (
    find,
    poll_job,
    portions,
    submit,
)
from chatpaper.models.gemini.client import (
    Gemini,
    GeminiSettings,
)
from chatpaper.models.gemini.provider import (
    GeminiProvider,
)

__all__ = [
    "Gemini",
    "GeminiProvider",
    "GeminiSettings",
    "find",
    "poll_job",
    "portions",
    "submit",
]
