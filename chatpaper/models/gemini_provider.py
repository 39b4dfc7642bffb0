"""Gemini as an entry of `PROVIDERS`; its client is loaded when it is opened.

Whoever reads the configuration imports this, and need not wait for an HTTP library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from chatpaper.models.providers import LlmConfig, ModelProvider

if TYPE_CHECKING:
    import httpx2

    from chatpaper.models.gemini import BatchGemini

BASE_URL = "https://generativelanguage.googleapis.com"
# The flex and batch tiers cost half: https://ai.google.dev/gemini-api/docs/optimization
HALF_PRICE = 0.5


class GeminiProvider(ModelProvider):
    """Opens Gemini's models."""

    name = "gemini"
    key_names = ("GEMINI_API_KEY", "GOOGLE_API_KEY")
    key_page = "https://aistudio.google.com/apikey"
    discount = HALF_PRICE
    default_model = "gemini-3.5-flash-lite"

    @contextmanager
    def open(
        self,
        llm: LlmConfig,
        name: str,
        *,
        key: str,
        sleep: Callable[[float], None],
        transport: httpx2.BaseTransport | None = None,
        memory: Path | None = None,  # noqa: ARG002 - it has one manner
    ) -> Iterator[BatchGemini]:
        """One of Gemini's models."""
        from chatpaper.models.gemini import BatchGemini, GeminiSettings
        from chatpaper.net import open_client

        settings = GeminiSettings(
            model=name,
            base_url=llm.base_url,
            api_version=llm.api_version,
            timeout_s=llm.timeout_s,
            # The few single calls beside a batch cost no more than the batch.
            service_tier="standard" if llm.service_tier == "standard" else "flex",
            thinking_level=llm.thinking_level,
            max_output_tokens=llm.max_output_tokens,
            tries=llm.tries,
            max_wait_s=llm.max_wait_s,
            requests_per_minute=llm.requests_per_minute,
            prices=llm.prices,
        )
        # The SDK makes its client late, in a thread: what is wrong is said here.
        open_client(transport=transport).close()
        with BatchGemini(key, settings, sleep=sleep, transport=transport) as gemini:
            yield gemini

    def probe(self, llm: LlmConfig, key: str) -> tuple[str, Mapping[str, str]]:
        """The model's own page."""
        base = llm.base_url or BASE_URL
        url = f"{base}/{llm.api_version}/models/{llm.model}"
        return url, {"x-goog-api-key": key}
