"""Who summarises a paper: a language model, or a method that needs none.

To add one, write a module with a `ModelProvider`, and a line for it in `PROVIDERS`.
"""

from chatpaper.models.budget import REPLY_TOKENS, MeteredModel
from chatpaper.models.exchange import (
    CHARS_PER_TOKEN,
    KEYWORDS,
    Answer,
    Finish,
    Model,
    ModelReply,
    ModelRequest,
    ParsedReply,
    Untimed,
    ask,
    fenced,
    price_usd,
    read_finish,
    reply_schema,
    schema_version,
)
from chatpaper.models.extractive import ExtractiveProvider
from chatpaper.models.gemini_provider import GeminiProvider
from chatpaper.models.json_text import NoObject, read_object
from chatpaper.models.openai_provider import OpenAIProvider
from chatpaper.models.own import OwnModel, OwnProvider, own_model
from chatpaper.models.prompts import VARIABLES, Prompt, load_prompt
from chatpaper.models.providers import (
    BatchAnswer,
    BatchModel,
    BatchState,
    Extractor,
    LlmConfig,
    ModelProvider,
    Provider,
    asked_for,
    key_names,
    provider_names,
)
from chatpaper.models.second import (
    judge_of,
    judge_problems,
    leaves_home,
    name_beside,
    other_judge,
    other_writer,
    split_name,
    words_of,
)

# With `auto`, the first whose key is there is taken, if it has a model of its own; one
# that needs no key comes last.
PROVIDERS: dict[str, Provider] = {
    each.name: each
    for each in (
        GeminiProvider(),
        OpenAIProvider(),
        ExtractiveProvider(),
    )
}

__all__ = [
    "CHARS_PER_TOKEN",
    "KEYWORDS",
    "PROVIDERS",
    "REPLY_TOKENS",
    "VARIABLES",
    "Answer",
    "BatchAnswer",
    "BatchModel",
    "BatchState",
    "Extractor",
    "Finish",
    "LlmConfig",
    "MeteredModel",
    "Model",
    "ModelProvider",
    "ModelReply",
    "ModelRequest",
    "NoObject",
    "OwnModel",
    "OwnProvider",
    "ParsedReply",
    "Prompt",
    "Provider",
    "Untimed",
    "ask",
    "asked_for",
    "fenced",
    "judge_of",
    "judge_problems",
    "key_names",
    "leaves_home",
    "load_prompt",
    "name_beside",
    "other_judge",
    "other_writer",
    "own_model",
    "price_usd",
    "provider_names",
    "read_finish",
    "read_object",
    "reply_schema",
    "schema_version",
    "split_name",
    "words_of",
]
