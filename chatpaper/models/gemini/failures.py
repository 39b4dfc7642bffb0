"""What went wrong between us and Gemini, and whether asking again may help."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import httpx2
from google.genai import errors
from pydantic import ValidationError

from chatpaper.net import BUSY, PASSING, no_network, untrusted

Retry = Literal[
    "later",  # waiting may help
    "never",  # this request fails, another may not
    "stop",  # every further request of this run fails as well
]
# What the SDK lets through when a connection, a body or an answer is broken.
FOREIGN = (
    errors.APIError,
    errors.UnknownApiResponseError,
    httpx2.HTTPError,
    json.JSONDecodeError,
    ValidationError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFailure:
    """One failed request.

    Attributes:
        retry: Whether asking again may help.
        reason: One sentence in English, without keys and without HTML.
        wait_s: How long the server wants us to wait, if it said so.
        shed: The server had no room: another tier may.
    """

    retry: Retry
    reason: str
    wait_s: float | None = None
    shed: bool = False


def failure_of(error: Exception, *, key: str, model: str) -> CallFailure:
    """Read one of the `FOREIGN` errors; `key` is cut out of what is told."""
    if isinstance(error, errors.APIError):
        return _refused(error, key=key, model=model)
    if isinstance(error, httpx2.TimeoutException):
        reason = "the model did not answer in time"
        return CallFailure(retry="later", reason=reason, shed=True)
    if isinstance(error, httpx2.HTTPError):
        host = error.request.url.host if isinstance(error, httpx2.RequestError) else ""
        if reason := untrusted(error, host):
            return CallFailure(retry="stop", reason=reason)
        if words := no_network(error, str(error.request.url)):
            return CallFailure(retry="later", reason=f"no network: {words}")
        kind = type(error).__name__
        return CallFailure(
            retry="later", reason=f"the connection to the model broke ({kind})"
        )
    return CallFailure(retry="later", reason="the model's server sent no valid JSON")


def _refused(error: errors.APIError, *, key: str, model: str) -> CallFailure:
    code, said = error.code, _said(error, key)
    if code == 429 and _spent_for_today(error):
        return CallFailure(retry="stop", reason=f"the model's quota is spent{said}")
    if code in (401, 403) or (code == 400 and _bad_key(error)):
        return CallFailure(retry="stop", reason=f"the key was refused (HTTP {code})")
    if code == 404:
        return CallFailure(retry="never", reason=f"{model} was not found (HTTP 404)")
    if code in BUSY | PASSING:
        words = "too many requests" if code == 429 else "the model's server failed"
        return CallFailure(
            retry="later",
            reason=f"{words} (HTTP {code})",
            wait_s=_wished_wait_s(error),
            shed=code in BUSY,
        )
    return CallFailure(
        retry="never", reason=f"the request was refused (HTTP {code}){said}"
    )


def _details(error: errors.APIError, kind: str) -> Iterator[Mapping[str, Any]]:
    body = error.details.get("error") if isinstance(error.details, dict) else None
    details = body.get("details") if isinstance(body, dict) else None
    for detail in details if isinstance(details, list) else []:
        if isinstance(detail, dict) and str(detail.get("@type", "")).endswith(kind):
            yield detail


def _spent_for_today(error: errors.APIError) -> bool:
    """Whether waiting minutes is in vain: a daily quota, or a model without one."""
    quotas = [
        str(violation.get("quotaId", ""))
        for detail in _details(error, "google.rpc.QuotaFailure")
        for violation in detail.get("violations") or ()
        if isinstance(violation, dict)
    ]
    zero = re.search(r"\blimit: 0\b", str(error.message))
    return bool(zero) or any("PerDay" in quota for quota in quotas)


def _bad_key(error: errors.APIError) -> bool:
    infos = _details(error, "google.rpc.ErrorInfo")
    reasons = {str(info.get("reason")) for info in infos}
    words = str(error.message).casefold()
    return "api key" in words or bool(
        reasons & {"API_KEY_INVALID", "API_KEY_EXPIRED", "API_KEY_SERVICE_BLOCKED"}
    )


def _wished_wait_s(error: errors.APIError) -> float | None:
    """The longer of RetryInfo and Retry-After, in seconds."""
    wishes = [
        str(detail.get("retryDelay", "")).removesuffix("s")
        for detail in _details(error, "google.rpc.RetryInfo")
    ]
    headers = getattr(error.response, "headers", None) or {}
    wishes.append(str(headers.get("retry-after", "")))
    delays = [float(w) for w in wishes if re.fullmatch(r"\d{1,9}(\.\d+)?", w.strip())]
    return max(delays) if delays and all(map(math.isfinite, delays)) else None


def _said(error: errors.APIError, key: str) -> str:
    """The server's own words, short and plain; nothing when it sent a page."""
    words = " ".join(str(error.message or "").replace(key, "***").split())
    if not words or re.search(r"<[a-zA-Z!/]", words):
        return ""
    return f": {words[:160]}"
