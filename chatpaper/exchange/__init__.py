"""What is asked of a language model, what it says, and what can be read of that."""

from chatpaper.exchange.asking import Answer, Model, Read, ask, read_finish
from chatpaper.exchange.fence import fenced
from chatpaper.exchange.json_text import NoObject, ReadObject, read_object
from chatpaper.exchange.records import (
    CHARS_PER_TOKEN,
    Finish,
    ModelReply,
    ModelRequest,
    Schema,
    Step,
    Usage,
    price_usd,
)
from chatpaper.exchange.schema import reply_schema, schema_version

__all__ = [
    "CHARS_PER_TOKEN",
    "Answer",
    "Finish",
    "Model",
    "ModelReply",
    "ModelRequest",
    "NoObject",
    "Read",
    "ReadObject",
    "Schema",
    "Step",
    "Usage",
    "ask",
    "fenced",
    "price_usd",
    "read_finish",
    "read_object",
    "reply_schema",
    "schema_version",
]
