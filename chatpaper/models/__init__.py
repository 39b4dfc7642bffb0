"""Who fills the summary schema: Gemini, or the paper's own sentences."""

from chatpaper.models.budget import REPLY_TOKENS, MeteredModel
from chatpaper.models.exchange import (
    CHARS_PER_TOKEN,
    KEYWORDS,
    Finish,
    Model,
    ModelReply,
    ModelRequest,
    ParsedReply,
    Step,
    ask,
    fenced,
    price_usd,
    read_finish,
    reply_schema,
    schema_version,
)
from chatpaper.models.json_text import NoObject, read_object
from chatpaper.models.prompts import VARIABLES, Prompt, load_prompt

__all__ = [
    "CHARS_PER_TOKEN",
    "KEYWORDS",
    "REPLY_TOKENS",
    "VARIABLES",
    "Finish",
    "MeteredModel",
    "Model",
    "ModelReply",
    "ModelRequest",
    "NoObject",
    "ParsedReply",
    "Prompt",
    "Step",
    "ask",
    "fenced",
    "load_prompt",
    "price_usd",
    "read_finish",
    "read_object",
    "reply_schema",
    "schema_version",
]
