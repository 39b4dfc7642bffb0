"""What a refusal by a server of OpenAI's protocol means."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx2

from chatpaper.models.calls import (
    CallFailure,
    Retry,
    connection_failure,
    server_words,
)
from chatpaper.net import BUSY, PASSING, retry_after_s, shown

BASE = "llm.base_url"
NO_KEY = "the server wants a key, whose variable llm.key_env must name"
# A reply of fewer tokens is no summary; a server counts a few more than it tells.
LEAST_ROOM, MARGIN = 1024, 64


class Refusal(Exception):
    """An answer that is an error; its text may hold the key, and is not shown."""

    def __init__(self, status: int, headers: httpx2.Headers, body: str) -> None:
        super().__init__(status)
        self.status, self.headers = status, headers
        self.said = read_error(body)

    def __reduce__(self) -> tuple[object, ...]:
        # It may be the cause of an error that crosses processes; the key stays here.
        return type(self), (self.status, httpx2.Headers(), ""), {"said": self.said}

    def __str__(self) -> str:
        return f"HTTP {self.status}"


class BadAnswer(Exception):
    """An answer that is none, though its status says so; a later one may be better."""


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

Kind = Literal[
    "away",  # a redirect
    "spent",  # no money, or no quota for the day
    "busy",  # waiting may help
    "filter",  # the prompt is not liked
    "key",
    "long",  # beyond what the model can read
    "model",  # there is none of that name
    "path",  # there is nothing at the address
    "other",
]

_KEY = re.compile(
    r"(?:incorrect|invalid|wrong|missing|expired|no) api.?key|api.?key (?:not|is) "
    r"|invalid_api_key|authentication_error|无效的令牌"
)
_SPENT = re.compile(
    r"insufficient.?(?:quota|balance|credit|funds)|exceeded.{0,6}current.quota"
    # Not any word of billing: OpenAI's plain limits of rate have a link to it.
    r"|plan and billing|billing.(?:hard.limit|not.active)|arrearage|overdue"
    r"|out of credits|per.?day|daily limit|余额|欠费"
)
_FILTER = re.compile(
    r"content.?filter|content.?management|content.?policy|responsibleaipolicy"
    r"|data.?inspection|inappropriate content|content exists risk|moderation|flagged"
    r"|敏感"
)
_GLM_FILTER = "1301"
# Groq's word for a reply that did not keep to the form: another one may.
_SLIP = "json_validate_failed"
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
_CONTEXT = re.compile(
    r"context.?(?:length|window|size)\D{0,40}?(\d+)|\(n_ctx = (\d+)\)"
)
_INPUT = re.compile(
    r"(\d+) (?:tokens )?(?:input tokens|prompt tokens|of text input|from the input"
    r"|in (?:the messages|your prompt|the prompt|the input))"
)


def kind_of(error: Refusal) -> Kind:
    """What kind of refusal it is."""
    status, said = error.status, error.said.all
    rows: tuple[tuple[Kind, bool], ...] = (
        ("away", 300 <= status < 400),
        ("spent", status == 402),
        ("spent", status in (400, 403, 429) and bool(_SPENT.search(said))),
        ("busy", status in BUSY | PASSING or status > 501),
        ("busy", _SLIP in said),
        ("filter", bool(_FILTER.search(said))),
        ("filter", _GLM_FILTER in error.said.code.split()),
        ("key", status in (401, 403)),
        ("key", status == 400 and bool(_KEY.search(said))),
        ("long", status == 413),
        ("long", status in (400, 422) and bool(_LONG.search(said))),
        ("model", bool(_MODEL.search(said))),
        ("path", status in (404, 405)),
    )
    return next((kind for kind, fits in rows if fits), "other")


def failure_of(
    error: Exception, *, key: str, model: str, base_url: str
) -> CallFailure | None:
    """What an error means; None for one that is not the server's.

    The key is cut out of what is told.
    """
    if isinstance(error, httpx2.HTTPError):
        return connection_failure(error)
    if isinstance(error, BadAnswer):
        return CallFailure(retry="later", reason=str(error))
    if not isinstance(error, Refusal):
        return None
    told, words = f"(HTTP {error.status})", server_words(error.said.words, key)
    kind = kind_of(error)
    if kind == "busy":
        what = (
            "too many requests" if error.status == 429 else "the model's server failed"
        )
        return CallFailure(
            retry="later", reason=f"{what} {told}", wait_s=_wished_wait_s(error)
        )
    reasons: dict[Kind, tuple[Retry, str]] = {
        "away": (
            "stop",
            f"the server sends us to {_where(error, key)} {told}: is {BASE} right?",
        ),
        "spent": ("stop", f"the model's quota is spent {told}{words}"),
        "filter": ("never", f"the prompt was blocked {told}{words}"),
        "key": (
            "stop",
            f"the key was refused {told}" if key else f"{NO_KEY} {told}",
        ),
        "long": (
            "never",
            f"too long for {model} {told}: lower llm.max_input_chars{words}",
        ),
        "model": ("stop", f"{model} was not found {told}{words}"),
        "path": ("stop", _not_there(error.status, base_url)),
        "other": ("never", f"the request was refused {told}{words}"),
    }
    retry, reason = reasons[kind]
    return CallFailure(retry=retry, reason=reason)


def room_beside(error: Refusal, prompt_chars: int) -> int:
    """Tokens that are left for a reply, as a refusal for length tells; 0 for none."""
    said = error.said.all
    context, asked = _CONTEXT.search(said), _INPUT.search(said)
    if context is None:
        return 0
    size = int(next(filter(None, context.groups())))
    # A token of other languages is shorter than one of English.
    used = int(asked[1]) if asked else prompt_chars // 3
    room = size - used - MARGIN
    return room if room >= LEAST_ROOM else 0


def _where(error: Refusal, key: str) -> str:
    """The host of a redirect, and no more of its address."""
    place = error.headers.get("location", "")
    if key and key.casefold() in place.casefold():
        return "another address"
    return urlsplit(shown(place)).hostname or "another address"


def _not_there(status: int, base_url: str) -> str:
    reason = f"{base_url} has no chat/completions (HTTP {status})"
    if not re.search(r"/v\d", base_url):
        return f"{reason}: did you mean {base_url}/v1 for {BASE}?"
    return f"{reason}: is {BASE} right?"


def _wished_wait_s(error: Refusal) -> float | None:
    """Seconds that the server wants us to wait, of its header or of its words."""
    wish = retry_after_s(error.headers)
    found = re.search(
        r"try again in (?:(\d{1,4})m)?(\d{1,6}(?:\.\d+)?)(ms|s)", error.said.all
    )
    if wish is not None or found is None:
        return wish
    seconds = float(found[2]) / (1000 if found[3] == "ms" else 1)
    return 60 * int(found[1] or 0) + seconds
