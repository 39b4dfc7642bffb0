"""What a refusal by a server of OpenAI's protocol means."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import httpx2

from chatpaper.models.calls import CallFailure, connection_failure, server_words
from chatpaper.net import BUSY, retry_after_s, shown


class Refusal(Exception):
    """An answer that is an error; its text may hold the key, and is not shown."""

    def __init__(self, status: int, headers: httpx2.Headers, body: str) -> None:
        super().__init__(status)
        self.status, self.headers = status, headers
        self.said = read_error(body)

    def __str__(self) -> str:
        return f"HTTP {self.status}"


class BadAnswer(Exception):
    """An answer that is none, though its status says so; a later one may be better."""


FOREIGN = (Refusal, BadAnswer, httpx2.HTTPError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a body says of its error.

    Attributes:
        words: For people; empty when the body is a page or nothing.
        code: For programs, with the type and the parameter; may be empty.
    """

    words: str = ""
    code: str = ""

    @property
    def all(self) -> str:
        """Everything, in lower case."""
        return f"{self.code} {self.words}".casefold().strip()


def read_error(body: str) -> Said:
    """What is said in any of the forms that servers use.

    They are `{"error": {"message", "type", "param", "code"}}`, a text in place of that
    object, the object alone, `{"detail": …}` as FastAPI has it, and a list of these.
    """
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        return Said(words=body[:500])
    if isinstance(found, list) and found:
        found = found[0]
    if not isinstance(found, dict):
        return Said(words=str(found or "")[:500])
    inner = found.get("error") or found.get("errors") or found.get("detail") or found
    if not isinstance(inner, dict):
        return Said(words=_text(inner), code=_text(found.get("code")))
    words = next(
        (inner[k] for k in ("message", "msg", "detail", "error") if inner.get(k)), ""
    )
    # OpenRouter hands on what the provider behind it said.
    behind = inner.get("metadata")
    raw = behind.get("raw") if isinstance(behind, dict) else None
    codes = [inner.get(name) for name in ("code", "type", "param", "status")]
    return Said(
        words=" ".join(filter(None, (_text(words), _text(raw)))),
        code=" ".join(filter(None, map(_text, codes))),
    )


def _text(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text[:2000]


# --------------------------------------------------------------------------------------
# One table: the first row that fits says what a refusal means.

_KEY = re.compile(
    r"(?:incorrect|invalid|wrong|missing|expired|no) api.?key|api.?key (?:not|is) "
    r"|invalid_api_key|authentication_error|无效的令牌"
)
_SPENT = re.compile(
    r"insufficient.?(?:quota|balance|credit|funds)|exceeded your current quota|billing"
    r"|arrearage|overdue|out of credits|per.?day|daily limit|余额|欠费"
)
_FILTER = re.compile(
    r"content.?filter|content.?management|content.?policy|responsibleaipolicy"
    r"|data.?inspection|inappropriate content|content exists risk|moderation|flagged"
    r"|\b1301\b|敏感"
)
_LONG = re.compile(
    r"context.?(?:length|window|size)|maximum context|n_ctx|exceed.?context"
    r"|(?:prompt|input|request) (?:is |was )?too (?:long|large)"
    r"|too many (?:input )?tokens"
    r"|maximum (?:input|prompt) length|range of input length|string too long"
)
_MODEL = re.compile(
    r"model.?not.?(?:found|exist)|no such model|unknown.?model|not a valid model"
    r"|invalid.?model|model\b.{0,80}(?:does not exist|not found|not supported)"
    r"|模型不存在"
)


def failure_of(
    error: Exception, *, key: str, model: str, base_url: str
) -> CallFailure | None:
    """What an error means; None for one that is not of the `FOREIGN` ones.

    The key is cut out of what is told.
    """
    if isinstance(error, httpx2.HTTPError):
        return connection_failure(error)
    if isinstance(error, BadAnswer):
        return CallFailure(retry="later", reason=str(error))
    if not isinstance(error, Refusal):
        return None
    status, said = error.status, error.said.all
    words = server_words(error.said.words, key)
    told = f"(HTTP {status})"
    if 300 <= status < 400:
        where = shown(error.headers.get("location", "")) or "elsewhere"
        reason = f"the server sends us away, to {where} {told}: set llm.base_url"
        return CallFailure(retry="stop", reason=reason)
    if status == 402 or (status in (400, 403, 429) and _SPENT.search(said)):
        return CallFailure(retry="stop", reason=f"the model's quota is spent{words}")
    if status in BUSY or status >= 500:
        kind = "too many requests" if status == 429 else "the model's server failed"
        wait_s = _wished_wait_s(error)
        return CallFailure(retry="later", reason=f"{kind} {told}", wait_s=wait_s)
    if _FILTER.search(said):
        return CallFailure(
            retry="never", reason=f"the prompt was blocked {told}{words}"
        )
    if status in (401, 403) or (status == 400 and _KEY.search(said)):
        reason = f"the key was refused {told}" if key else f"a key is wanted {told}"
        return CallFailure(retry="stop", reason=reason)
    if is_too_long(error):
        reason = f"the paper is too long for {model} {told}: lower llm.max_input_chars"
        return CallFailure(retry="never", reason=reason)
    if _MODEL.search(said):
        reason = f"{model} was not found {told}{words}: set llm.model"
        return CallFailure(retry="stop", reason=reason)
    if status in (404, 405):
        return CallFailure(retry="stop", reason=_not_there(status, base_url))
    if status in (408, 425):
        return CallFailure(retry="later", reason=f"the model's server failed {told}")
    reason = f"the request was refused {told}{words}"
    return CallFailure(retry="never", reason=reason)


def is_too_long(error: Refusal) -> bool:
    """Whether the prompt is beyond what the model can read."""
    return error.status == 413 or (
        error.status in (400, 422) and bool(_LONG.search(error.said.all))
    )


def _not_there(status: int, base_url: str) -> str:
    reason = f"{base_url} has no chat/completions (HTTP {status})"
    if not re.search(r"/v\d", base_url):
        return f"{reason}: did you mean {base_url}/v1 for llm.base_url?"
    return f"{reason}: is llm.base_url right?"


def _wished_wait_s(error: Refusal) -> float | None:
    """Seconds that the server wants us to wait, of its header or of its words."""
    wish = retry_after_s(error.headers)
    found = re.search(r"try again in (?:(\d+)m)?([\d.]{1,9})(ms|s)", error.said.all)
    if wish is not None or found is None:
        return wish
    seconds = float(found[2].strip(".") or 0) / (1000 if found[3] == "ms" else 1)
    return 60 * int(found[1] or 0) + seconds
