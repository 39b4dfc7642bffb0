"""What a server of OpenAI's protocol answered, as a whole or as a stream."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from chatpaper.models.calls import believed, plain_name
from chatpaper.models.exchange import Finish, ModelReply, ModelRequest, price_usd
from chatpaper.models.json_text import NoObject, read_object
from chatpaper.models.openai.failures import BadAnswer, Refusal
from chatpaper.records import Usage

if TYPE_CHECKING:
    import httpx2

MAX_BYTES = 16_000_000
Prices = Mapping[str, tuple[float, float]]

_FINISHES: dict[str, Finish] = {
    "stop": "stop",
    "eos": "stop",
    "end_turn": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "withheld",
    "sensitive": "withheld",
    "recitation": "recitation",
}
# The server's own trouble, told where a reason to stop should stand.
_BROKEN = frozenset({"error", "network_error", "insufficient_system_resource"})
# Thoughts that stand before a reply. Some templates print no opening.
_THOUGHTS = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<seed:think>", "</seed:think>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
)
_CHANNEL = "<|channel|>final<|message|>"


def text_of(response: httpx2.Response) -> str:
    """A body, up to a bound."""
    octets = bytearray()
    for chunk in response.iter_bytes():
        octets += chunk
        if len(octets) > MAX_BYTES:
            raise BadAnswer("the model's server sent more than any reply holds")
    return octets.decode("utf-8", "replace")


def read_body(text: str, headers: Any) -> dict[str, Any]:
    """The completion in a body; a stream is put together.

    Raises:
        BadAnswer: There is none.
        Refusal: It is an error under a status that says otherwise.
        RecursionError: It is nested without end.
    """
    start = text.lstrip("\ufeff \t\r\n")
    kind = headers.get("content-type", "")
    if start.startswith(("data:", "event:", ":")) or "event-stream" in kind:
        found = _joined(start)
    elif start.startswith("<"):
        raise BadAnswer(
            "the model's server sent a page and no reply: is llm.base_url right?"
        )
    else:
        try:
            found = json.loads(start)
        except ValueError as error:
            raise BadAnswer("the model's server sent no valid JSON") from error
    if not isinstance(found, dict):
        raise BadAnswer("the model's server sent no reply")
    choices = found.get("choices")
    if not (isinstance(choices, list) and choices and isinstance(choices[0], dict)):
        if found.get("error"):
            raise Refusal(_status_of(found["error"]), headers, start)
        raise BadAnswer("the model's server sent no reply")
    return found


def _status_of(error: object) -> int:
    code = str(error.get("code")) if isinstance(error, dict) else ""
    return int(code) if re.fullmatch("[45][0-9][0-9]", code) else 502


def _joined(text: str) -> dict[str, Any]:
    """A stream's chunks as the one answer that they are pieces of."""
    whole: dict[str, Any] = {}
    said, refusal, reason = [], [], None
    for line in text.splitlines():
        if not line.startswith("data:") or not (data := line[5:].strip()):
            continue
        if data == "[DONE]":
            break
        try:
            chunk = json.loads(data)
        except ValueError as error:
            raise BadAnswer("the model's server sent no valid JSON") from error
        if not isinstance(chunk, dict):
            continue
        whole |= {k: chunk[k] for k in ("model", "usage", "error") if chunk.get(k)}
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if isinstance(choice, dict):
            delta = choice.get("delta") or choice.get("message")
            if isinstance(delta, dict):
                said.append(_text_of(delta.get("content")))
                refusal.append(_text_of(delta.get("refusal")))
            reason = choice.get("finish_reason") or reason
    if "error" in whole:
        return whole
    if reason is None:
        raise BadAnswer("the model's stream broke off")
    message = {"content": "".join(said), "refusal": "".join(refusal)}
    whole["choices"] = [{"message": message, "finish_reason": reason}]
    return whole


def read_answer(found: Mapping[str, Any], *, model: str, prices: Prices) -> ModelReply:
    """The reply in an answer; `seconds` of its usage stay 0.

    Raises:
        BadAnswer: The server broke off.
    """
    choice = found["choices"][0]
    message = choice.get("message")
    message = message if isinstance(message, dict) else {}
    text = without_thoughts(_text_of(message.get("content")))
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    detail = _word(choice.get("finish_reason"))
    if detail in _BROKEN or choice.get("error"):
        raise BadAnswer("the model's server broke off")
    finish = _FINISHES.get(detail, "other")
    if message.get("refusal") and not text:
        finish, detail = "withheld", "refusal"
    name = plain_name(str(found.get("model") or "")) or model
    counts = _token_counts(found.get("usage"), text)
    if counts is None:
        usage = Usage(calls=1, cost_usd=None, uncounted=1)
    else:
        cost = price_usd(prices, name, *counts)
        if cost is None:
            cost = price_usd(prices, model, *counts)
        tokens_in, tokens_out = counts
        usage = Usage(
            calls=1, tokens_in=tokens_in, tokens_out=tokens_out, cost_usd=cost
        )
    return ModelReply(text=text, finish=finish, detail=detail, model=name, usage=usage)


def is_thought_away(reply: ModelReply) -> bool:
    """Whether most of a limit went into thoughts; no token is half a character."""
    return not reply.text.strip() or 2 * len(reply.text) < reply.usage.tokens_out


def fits(text: str, request: ModelRequest) -> bool:
    """Whether a reply is an object with keys of the form that was asked for."""
    properties = request.schema.get("properties")
    keys = frozenset(properties) if isinstance(properties, dict) else frozenset()
    try:
        found = read_object(text, keys)
    except NoObject:
        return False
    return not keys or not keys.isdisjoint(found.value)


def _text_of(content: object) -> str:
    """A text, or the texts among a list of parts, thoughts left out."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(
        str(part.get("text") or "")
        for part in parts
        if isinstance(part, dict)
        and part.get("type", "text") in ("text", "output_text")
    )


def without_thoughts(text: str) -> str:
    """A reply without the thoughts that a template left before it."""
    text = text.rpartition(_CHANNEL)[2]
    start = text.lstrip()
    for opening, closing in _THOUGHTS:
        if start.startswith(opening):
            return start.partition(closing)[2].lstrip()
        if closing in start and not start.startswith(("{", "[", "```")):
            return start.partition(closing)[2].lstrip()
    return text


def _token_counts(used: object, text: str) -> tuple[int, int] | None:
    """Tokens in and out; None when the server does not tell both."""
    if not isinstance(used, dict):
        return None
    tokens_in = believed(used.get("prompt_tokens", used.get("input_tokens")))
    tokens_out = believed(used.get("completion_tokens", used.get("output_tokens")))
    total = believed(used.get("total_tokens"))
    if tokens_in is None or (not tokens_in and text):
        return None
    if tokens_out is None or (not tokens_out and text):
        return (
            None
            if total is None or total <= tokens_in
            else (tokens_in, total - tokens_in)
        )
    # Some count thoughts in the total alone.
    return tokens_in, max(tokens_out, (total or 0) - tokens_in)


def _word(value: object) -> str:
    """A reason's bare word."""
    return re.sub(r"\W", "", str(value or "no_reason"))[:60]
