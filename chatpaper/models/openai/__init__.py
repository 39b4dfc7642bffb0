"""Any server of OpenAI's chat completions: its client, its failures, its ways."""

from chatpaper.models.openai.client import OpenAI, OpenAISettings
from chatpaper.models.openai.manner import RUNGS, Memory

__all__ = [
    "RUNGS",
    "Memory",
    "OpenAI",
    "OpenAISettings",
]
