"""What went wrong between us and Gemini, and whether asking again may help."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2
from google.genai import errors
from pydantic import ValidationError

from chatpaper.models.calls import CallFailure, connection_failure, server_words
from chatpaper.net import BUSY, PASSING

# What the SDK lets through when a connection, a body or an answer is broken.
FOREIGN = (
    errors.APIError,
    errors.UnknownApiResponseError,
    httpx2.HTTPError,
    json.JSONDecodeError,
    ValidationError,
)


def failure_of(error: Exception, *, key: str, model: str) -> CallFailure | None:
    """What an error means; None for one that is not of the `FOREIGN` ones.

    The key is cut out of what is told.
    """
    if not isinstance(error, FOREIGN):
        return None
    if isinstance(error, errors.APIError):
        return _refused(error, key=key, model=model)
    if isinstance(error, httpx2.HTTPError):
        return connection_failure(error)
    return CallFailure(retry="later", reason="the model's server sent no valid JSON")


def _refused(error: errors.APIError, *, key: str, model: str) -> CallFailure:
    code, said = error.code, server_words(error.message, key)
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
