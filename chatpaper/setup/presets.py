"""`chatpaper init --provider NAME`: who that is, and the lines that config.yaml needs.

Addresses and names of models are as public documentation had them on `LOOKED_UP`. A
price stands here only where the provider's own page had one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from chatpaper.models import PROVIDERS

LOOKED_UP = date(2026, 11, 29)
# About forty papers: with an unknown price a run is bounded by its tokens.
MAX_TOKENS = 1_000_000
_COMMENT_AT = 38  # column of the comments in config.yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A provider as one knows it.

    Attributes:
        provider: `llm.provider`.
        base_url: Empty for the provider's own.
        model: Empty for the provider's own.
        key_env: Where its key is; empty for the provider's own variable, or for none.
        key_page: Where a key is to be had; empty where none is needed.
        price: US dollars for a million tokens (in, out); None when it was not found.
        page: Where models and prices are.
        input_chars: `llm.max_input_chars`; 0 for the default.
        note: What else is to be known, in a line.
    """

    provider: str = "openai"
    base_url: str = ""
    model: str = ""
    key_env: str = ""
    key_page: str = ""
    price: tuple[float, float] | None = None
    page: str = ""
    input_chars: int = 0
    note: str = ""

    @property
    def key(self) -> str:
        """The variable with its key; empty where none is needed."""
        own = PROVIDERS[self.provider].key_names[:1] if self.key_page else ()
        return self.key_env or "".join(own)


_LOCAL_CHARS = 60_000  # some 15,000 tokens, and room for the prompt and the reply
PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "gemini": Preset(
            provider="gemini",
            key_page="https://aistudio.google.com/apikey",
            page="https://ai.google.dev/gemini-api/docs/pricing",
        ),
        "deepseek": Preset(
            base_url="https://api.deepseek.com",
            model="deepseek-flash",
            key_env="DEEPSEEK_API_KEY",
            key_page="https://platform.deepseek.com/api_keys",
            page="https://api-docs.deepseek.com/quick_start/pricing",
        ),
        "qwen": Preset(
            base_url="https://dashscope.aliyuncs.com/compatible-mode/v1",
            model="qwen-plus",
            key_env="DASHSCOPE_API_KEY",
            key_page="https://bailian.console.aliyun.com/",
            page="https://help.aliyun.com/zh/model-studio/models",
            note="outside of China: https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
        ),
        "kimi": Preset(
            base_url="https://api.moonshot.cn/v1",
            model="kimi-k2.6",
            key_env="MOONSHOT_API_KEY",
            key_page="https://platform.kimi.com/",
            page="https://platform.kimi.com/docs/pricing/chat",
            note="outside of China: https://api.moonshot.ai/v1, with a key of its own",
        ),
        "glm": Preset(
            base_url="https://open.bigmodel.cn/api/paas/v4",
            model="glm-5.2",
            key_env="ZHIPU_API_KEY",
            key_page="https://open.bigmodel.cn/",
            page="https://open.bigmodel.cn/pricing",
            note="outside of China: https://api.z.ai/api/paas/v4, with its own key",
        ),
        "openrouter": Preset(
            base_url="https://openrouter.ai/api/v1",
            model="qwen/qwen-plus",
            key_env="OPENROUTER_API_KEY",
            key_page="https://openrouter.ai/keys",
            price=(0.40, 1.20),
            page="https://openrouter.ai/models",
        ),
        "openai": Preset(
            model="gpt-5.4-mini",
            key_page="https://platform.openai.com/api-keys",
            page="https://developers.openai.com/api/docs/pricing",
        ),
        "ollama": Preset(
            base_url="http://localhost:11434/v1",
            model="qwen3:8b",
            price=(0, 0),
            page="https://ollama.com/library",
            input_chars=_LOCAL_CHARS,
            note="start it with OLLAMA_CONTEXT_LENGTH=32768: with less it cuts papers"
            " off unsaid",
        ),
        "vllm": Preset(
            base_url="http://localhost:8000/v1",
            model="Qwen/Qwen3-8B",
            price=(0, 0),
            page="https://docs.vllm.ai/en/latest/serving/openai_compatible_server/",
            input_chars=_LOCAL_CHARS,
            note="vllm serve Qwen/Qwen3-8B --max-model-len 32768",
        ),
        "llamacpp": Preset(
            base_url="http://localhost:8080/v1",
            model="qwen3-8b",
            price=(0, 0),
            page="https://github.com/ggml-org/llama.cpp/tree/master/tools/server",
            input_chars=_LOCAL_CHARS,
            note="llama-server -m FILE.gguf --alias qwen3-8b --ctx-size 32768",
        ),
    }
)


def lines_of(preset: Preset) -> dict[str, object]:
    """The keys of `llm` that a preset sets, in the order of config.yaml."""
    keys: dict[str, object] = {"provider": preset.provider}
    for name in ("base_url", "key_env", "model"):
        if value := getattr(preset, name):
            keys[name] = value
    if preset.input_chars:
        keys["max_input_chars"] = preset.input_chars
    if preset.provider != "gemini" and preset.price is None:
        keys["max_tokens_per_run"] = MAX_TOKENS
    if preset.price:
        keys["prices_as_of"] = LOOKED_UP.isoformat()
    return keys


def with_preset(text: str, name: str) -> str:
    """A commented config.yaml whose section `llm` is for a provider."""
    preset = PRESETS[name]
    head, llm, rest = _sections(text)
    for key, value in lines_of(preset).items():
        comment = _comments(name, preset).get(key, "")
        line = f"  {key}: {value}"
        line = f"{line:<{_COMMENT_AT}} # {comment}" if comment else line
        old = re.compile(rf"^  {key}:.*(?:\n {{30,}}#.*)*", re.MULTILINE)
        llm = old.sub(line.replace("\\", r"\\"), llm)
    if preset.price:
        low, high = preset.price
        llm = f'{llm.rstrip()}\n    "{preset.model}": [{low:g}, {high:g}]\n\n'
    return head + llm + rest


def _sections(text: str) -> tuple[str, str, str]:
    """What stands before, in and after the section `llm`."""
    start = text.index("\nllm:\n") + 1
    end = re.compile(r"(?m)^\w").search(text, start + 4)
    stop = end.start() if end else len(text)
    return text[:start], text[start:stop], text[stop:]


def _comments(name: str, preset: Preset) -> dict[str, str]:
    day = LOOKED_UP.isoformat()
    bound = f"the price was not found: see {preset.page}"
    comments = {
        "provider": f"{name}, as documented on {day}",
        "model": f"others: {preset.page}",
        "max_tokens_per_run": f"{bound},\n{'':<{_COMMENT_AT}} # put it"
        " under prices, and this back to 0",
    }
    return comments | ({"base_url": preset.note} if preset.base_url else {})


def advice_of(name: str) -> Iterator[str]:
    """What is left to do, a line each."""
    preset = PRESETS[name]
    if preset.key:
        yield f"export {preset.key}=...   # a key: {preset.key_page}"
    else:
        yield "no key is needed"
    if preset.note:
        yield preset.note
    yield "chatpaper doctor   # whether it answers"
