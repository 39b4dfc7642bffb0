"""Servers of OpenAI's protocol as an entry of `PROVIDERS`; their client comes late."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chatpaper.models.providers import LlmConfig, ModelProvider

if TYPE_CHECKING:
    import httpx2

    from chatpaper.models.openai import OpenAI

BASE_URL = "https://api.openai.com/v1"
HTTP_OK = 200
MOST_NAMES = 8  # of models, in a line


class OpenAIProvider(ModelProvider):
    """Opens models of OpenAI, and of whoever speaks its protocol."""

    name = "openai"
    key_names = ("OPENAI_API_KEY",)
    key_page = "https://platform.openai.com/api-keys"
    discount = 0.0
    default_model = ""

    def needs_key(self, llm: LlmConfig) -> bool:
        """A server of this machine asks for a key only where `llm.key_env` says so."""
        return bool(llm.key_env) or not _is_loopback(base_url_of(llm))

    def problem(self, key: str, value: object, before: Mapping[str, object]) -> str:
        """What is Gemini's alone is said, and that a model must be named."""
        if key == "base_url" and re.search(r"[?#]", str(value)):
            return "must have no ? and no #"
        if key == "model" and (
            not value or (str(value).startswith("gemini") and not before["base_url"])
        ):
            return "must name a model of the server at llm.base_url"
        if key == "api_version" and value != "v1beta":
            return "is Gemini's: put the version into llm.base_url"
        if key == "service_tier" and value != "standard":
            return "only gemini has flex and batch"
        return ""

    @contextmanager
    def open(
        self,
        llm: LlmConfig,
        name: str,
        *,
        key: str,
        sleep: Callable[[float], None],
        transport: httpx2.BaseTransport | None = None,
        memory: Path | None = None,
    ) -> Iterator[OpenAI]:
        """One of the server's models."""
        from chatpaper.models.openai import Memory, OpenAI, OpenAISettings

        settings = OpenAISettings(
            model=name,
            base_url=base_url_of(llm),
            timeout_s=llm.timeout_s,
            thinking_level=llm.thinking_level,
            max_output_tokens=llm.max_output_tokens,
            tries=llm.tries,
            max_wait_s=llm.max_wait_s,
            requests_per_minute=llm.requests_per_minute,
            prices=llm.prices,
        )
        with OpenAI(
            key, settings, memory=Memory(memory), sleep=sleep, transport=transport
        ) as model:
            yield model

    def probe(self, llm: LlmConfig, key: str) -> tuple[str, Mapping[str, str]]:
        """The list of the server's models."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return f"{base_url_of(llm)}/models", headers

    def doubt(self, llm: LlmConfig, status: int, body: bytes) -> tuple[str, str]:
        """Whether the address is one of an API, and whether it has the model."""
        address = base_url_of(llm)
        if status in (401, 403):
            named = " or ".join((llm.key_env,) if llm.key_env else self.key_names)
            return f"{address}: HTTP {status}", f"is the key in {named} of this server?"
        names = _models_in(body) if status == HTTP_OK else None
        if names is None and status in (HTTP_OK, 404, 405):
            better = (
                "" if re.search(r"/v\d", address) else f": did you mean {address}/v1?"
            )
            text = f"{address}/models: HTTP {status}, no list of models"
            return text, f"check llm.base_url{better}"
        if not names or llm.model in names or f"{llm.model}:latest" in names:
            return "", ""
        some = ", ".join(names[:MOST_NAMES]) + (" ..." if names[MOST_NAMES:] else "")
        return f"{address} lists no {llm.model}", f"set llm.model to one of: {some}"


def _models_in(body: bytes) -> list[str] | None:
    """The names in a list of models, as they may be shown; None for another thing."""
    try:
        found = json.loads(body)
        entries = found["data"] if isinstance(found, dict) else found
        names = [str(entry["id"]) for entry in entries or ()]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return [name[:100] for name in names if name.isprintable()]


def base_url_of(llm: LlmConfig) -> str:
    """The address that `/chat/completions` is added to."""
    address = (llm.base_url or BASE_URL).rstrip("/")
    return address.removesuffix("/chat/completions").rstrip("/")


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
