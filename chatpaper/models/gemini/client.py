"""Gemini over google-genai: one request per call, retried by rules of our own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from chatpaper.errors import SummaryError
from chatpaper.models.calls import (
    CallFailure,
    Calls,
    believed,
    plain_name,
    without_key,
)
from chatpaper.models.exchange import (
    CHARS_PER_TOKEN,
    Finish,
    ModelReply,
    ModelRequest,
    price_usd,
)
from chatpaper.models.gemini_provider import BASE_URL, HALF_PRICE
from chatpaper.net import NO_KEEPALIVE, bound_exchange
from chatpaper.records import Usage

if TYPE_CHECKING:
    import httpx2
    from google.genai import Client, types

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
Tier = Literal["standard", "flex"]

# Flex answers within 1 to 15 minutes: https://ai.google.dev/gemini-api/docs/flex-inference
FLEX_TIMEOUT_S = 900.0

_FINISHES: dict[str, Finish] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "CONTINUATION": "length",
    "RECITATION": "recitation",
    "SAFETY": "withheld",
    "LANGUAGE": "withheld",
    "BLOCKLIST": "withheld",
    "PROHIBITED_CONTENT": "withheld",
    "SPII": "withheld",
    "ESCALATION": "withheld",
    "PUP_LIMITED_DISABLED": "withheld",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GeminiSettings:
    """How one model is asked; what a run's config says of it.

    Attributes:
        model: As Google names it.
        base_url: Of the API; empty for Google's own.
        api_version: `v1` or `v1beta`.
        timeout_s: Longest silence in one request, which may take three times it;
            flex gets at least `FLEX_TIMEOUT_S`.
        service_tier: `flex` costs half and may be shed, or time out; that request
            is then asked again as standard.
        thinking_level: Empty for the model's own default.
        max_output_tokens: For one reply, thinking included.
        tries: Requests for one reply, at most.
        max_wait_s: Seconds spent waiting between them, at most; with the timeouts
            of `tries` requests, this bounds every call.
        requests_per_minute: Over all threads; 0 for no limit.
        prices: By model, US dollars for a million tokens (in, out).
    """

    model: str = "gemini-3.5-flash-lite"
    base_url: str = ""
    api_version: str = "v1beta"
    timeout_s: float = 120.0
    service_tier: Tier = "standard"
    thinking_level: str = ""
    max_output_tokens: int = 8192
    tries: int = 5
    max_wait_s: float = 300.0
    requests_per_minute: float = 0
    prices: Mapping[str, tuple[float, float]] = field(default_factory=dict)


class Gemini:
    """Google's Gemini as a `Model`; may be asked from several threads at once.

    Args:
        api_key: From the environment; never logged, never in an error.
        settings: Which model, and how it is asked.
        sleep: Waits that many seconds.
        now: Monotonic seconds.
        transport: Carries the requests; None for the network.
    """

    def __init__(
        self,
        api_key: str,
        settings: GeminiSettings | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._key = api_key.strip()
        self._settings = settings or GeminiSettings()
        self._now = now
        self._transport = transport
        self._calls = Calls(
            self._failure_of,
            tries=self._settings.tries,
            max_wait_s=self._settings.max_wait_s,
            requests_per_minute=self._settings.requests_per_minute,
            sleep=sleep,
            now=now,
        )
        self._lock = threading.Lock()
        self._client: Client | None = None

    @property
    def model(self) -> str:
        """As Google names it."""
        return self._settings.model

    def __repr__(self) -> str:
        return f"Gemini(model={self.model!r}, base_url={self._base_url!r})"

    @property
    def _base_url(self) -> str:
        return self._settings.base_url or BASE_URL

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None

    def complete(self, request: ModelRequest) -> ModelReply:
        """Ask Gemini once, with bounded retries of what waiting cures.

        Raises:
            SummaryError: No reply was to be had.
            QuotaSpent: The day's quota is spent or the key is refused; every
                later call raises it at once, without a request.
        """
        started = self._now()
        tiers = [self._settings.service_tier]
        response = self.call(request.paper_id, lambda: self._ask(request, tiers))
        reply = self.read(response, tier=tiers[-1])
        usage = replace(reply.usage, seconds=self._now() - started)
        log.info(
            "model replied paper=%s finish=%s tokens_in=%d tokens_out=%d seconds=%.1f",
            request.paper_id,
            reply.detail,
            usage.tokens_in,
            usage.tokens_out,
            usage.seconds,
        )
        return replace(reply, usage=usage)

    def call(
        self, about: str, work: Callable[[], Answer], *, tries: int | None = None
    ) -> Answer:
        """Do some work on `client()` with the retries and errors of `complete`."""
        return self._calls.call(about, work, tries=tries)

    def read(self, response: types.GenerateContentResponse, *, tier: str) -> ModelReply:
        """The reply in one response; `seconds` of its usage stay 0."""
        reply = read_response(response, self.model, self._settings.prices, tier=tier)
        text, name = (
            without_key(each, self._key) for each in (reply.text, reply.model)
        )
        return replace(reply, text=text, model=name)

    def _failure_of(self, error: Exception) -> CallFailure | None:
        # The SDK, whose errors these are, is loaded with the first call.
        from chatpaper.models.gemini.failures import failure_of

        return failure_of(error, key=self._key, model=self.model)

    def _ask(
        self, request: ModelRequest, tiers: list[Tier]
    ) -> types.GenerateContentResponse:
        """One request; a shed flex request is asked again at once as standard."""
        if tiers[-1] == "flex":
            try:
                return self._send(request, "flex")
            except Exception as error:
                failure = self._failure_of(error)
                if failure is None or not failure.shed:
                    raise
            log.warning("flex was shed, asking standard paper=%s", request.paper_id)
            tiers.append("standard")
            self._calls.take_turn()
        return self._send(request, "standard")

    def _send(self, request: ModelRequest, tier: Tier) -> types.GenerateContentResponse:
        from google.genai import types

        config = self.reply_config(request)
        if tier == "flex":
            config["service_tier"] = types.ServiceTier.FLEX
            timeout_s = max(self._settings.timeout_s, FLEX_TIMEOUT_S)
            config["http_options"] = {"timeout": int(timeout_s * 1000)}
        try:
            return self.client().models.generate_content(
                model=self.model, contents=request.prompt, config=config
            )
        except RecursionError as error:
            # The SDK parses a reply before we see it, so its cost is estimated.
            reason = "the reply was JSON nested without end"
            usage = self._estimate(request)
            raise SummaryError(request.paper_id, reason, usage) from error

    def _estimate(self, request: ModelRequest) -> Usage:
        """The cost of a call whose reply cannot be read: its prompt, by its length."""
        tokens_in = len(request.prompt) // CHARS_PER_TOKEN
        cost = price_usd(self._settings.prices, self.model, tokens_in, 0)
        return Usage(calls=1, tokens_in=tokens_in, cost_usd=cost)

    def reply_config(self, request: ModelRequest) -> types.GenerateContentConfigDict:
        """How a reply is to be made: for one call, or for one in a batch."""
        config: types.GenerateContentConfigDict = {
            "response_mime_type": "application/json",
            "response_json_schema": request.schema,
            "max_output_tokens": self._settings.max_output_tokens,
            # A continuation would be further calls that nobody counts.
            "automatic_continuation": False,
        }
        if self._settings.thinking_level:
            level: Any = self._settings.thinking_level.upper()
            config["thinking_config"] = {"thinking_level": level}
        return config

    def client(self) -> Client:
        """The SDK's client, made when first used; its own retries stay off."""
        with self._lock:
            if self._client is None:
                from google.genai import Client, types

                self._client = Client(
                    api_key=self._key,
                    vertexai=False,
                    http_options=types.HttpOptions(
                        base_url=self._base_url,
                        api_version=self._settings.api_version,
                        timeout=int(self._settings.timeout_s * 1000),
                        client_args={
                            "event_hooks": {"request": [bound_exchange]},
                            "limits": NO_KEEPALIVE,
                            "transport": self._transport,
                        },
                    ),
                )
            return self._client


def read_response(
    response: types.GenerateContentResponse,
    model: str,
    prices: Mapping[str, tuple[float, float]],
    *,
    tier: str = "standard",
) -> ModelReply:
    """The reply in one response; `seconds` of its usage stay 0."""
    name = plain_name(response.model_version or "") or model
    text, finish, detail = _said(response)
    discount = 0.0 if tier == "standard" else HALF_PRICE
    counts = _token_counts(response, text)
    if counts is None:
        usage = Usage(calls=1, cost_usd=None, uncounted=1)
    else:
        cost = price_usd(prices, name, *counts, discount=discount)
        if cost is None:
            cost = price_usd(prices, model, *counts, discount=discount)
        tokens_in, tokens_out = counts
        usage = Usage(
            calls=1, tokens_in=tokens_in, tokens_out=tokens_out, cost_usd=cost
        )
    return ModelReply(text=text, finish=finish, detail=detail, model=name, usage=usage)


def _token_counts(
    response: types.GenerateContentResponse, text: str
) -> tuple[int, int] | None:
    """Tokens in and out; None when the server does not tell both."""
    used = response.usage_metadata
    tokens_in = believed(used.prompt_token_count) if used else None
    if used is None or tokens_in is None:
        return None
    tokens_out = believed(used.candidates_token_count)
    if tokens_out is None and text:
        total = believed(used.total_token_count)
        return None if total is None else (tokens_in, max(total - tokens_in, 0))
    return tokens_in, (tokens_out or 0) + (believed(used.thoughts_token_count) or 0)


def _said(response: types.GenerateContentResponse) -> tuple[str, Finish, str]:
    feedback = response.prompt_feedback
    if feedback and feedback.block_reason:
        return "", "blocked", _word(feedback.block_reason)
    if not response.candidates:
        return "", "other", "no candidate"
    candidate = response.candidates[0]
    parts = (candidate.content and candidate.content.parts) or []
    text = "".join(part.text or "" for part in parts if not part.thought)
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    detail = _word(candidate.finish_reason)
    return text, _FINISHES.get(detail, "other"), detail


def _word(value: object) -> str:
    """An enumeration's bare word, also when the SDK does not know it."""
    word = str(getattr(value, "value", value) or "NO_REASON")
    return "".join(char for char in word if char.isalnum() or char == "_")[:60]
