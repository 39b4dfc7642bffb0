"""One generateContent call to the stand-in Gemini."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from servers.gemini_answers import answered, evidenced
from servers.gemini_faults import FINISHES, Refused, pick, refuse_bad, refuse_scripted
from servers.gemini_replies import judged, paper_of, repaired, spoilt, written

if TYPE_CHECKING:
    from servers.gemini import GeminiStandIn


# Faults that keep counts of tokens from the client.
UNTOLD = {
    "total-only": ("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount"),
    "no-candidates-count": ("candidatesTokenCount", "thoughtsTokenCount"),
    "no-counts-but-prompt": (
        "candidatesTokenCount",
        "thoughtsTokenCount",
        "totalTokenCount",
    ),
}
KINDS = {
    frozenset({"verdicts"}): "judge",
    frozenset({"claims"}): "repair",
    frozenset({"answer"}): "answer",
    frozenset({"quotes"}): "evidence",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One generateContent request, or one request of a batch.

    Attributes:
        paper: Title of the paper, as sent.
        kind: `summary`, `judge`, `repair`, `answer` or `evidence`.
        model: As named in the URL.
        fault: What it was answered with; `ok` for nothing special.
        tokens_in, tokens_out: As told to the client; 0 for an error.
        body: As it came over the wire.
        path: Of the URL.
        timeout_s: How long the client said it would wait; 0 when it did not.
    """

    paper: str
    kind: str
    fault: str
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    body: Mapping[str, Any] = field(default_factory=dict)
    path: str = ""
    timeout_s: float = 0


def generate(
    stand_in: GeminiStandIn,
    model: str,
    body: Mapping[str, Any],
    path: str,
    timeout_s: float = 0,
) -> tuple[str, dict[str, Any]]:
    """Answer one generateContent body; `Refused` is a scripted or a real refusal."""
    contents = pick(body, "contents") or []
    prompt = "".join(p.get("text", "") for c in contents for p in c.get("parts", []))
    config = pick(body, "generationConfig") or {}
    schema = pick(config, "responseJsonSchema") or {}
    properties = frozenset(schema.get("properties", {}))
    kind = KINDS.get(properties, "summary")
    title, text = paper_of(prompt)
    fault = stand_in.next_fault(prompt, kind)
    time.sleep(stand_in.latency_s)
    stand_in.going.wait()
    call = Call(
        paper=title,
        kind=kind,
        fault=fault,
        model=model,
        body=body,
        path=path,
        timeout_s=timeout_s,
    )
    try:
        refuse_bad(config, schema, prompt)
        refuse_scripted(fault, pick(body, "serviceTier"), stand_in.retry_s)
    except Refused:
        stand_in.record(call)
        raise
    if fault in ("blocked", "no-candidate"):
        feedback = {"blockReason": "PROHIBITED_CONTENT"} if fault == "blocked" else {}
        answer: dict[str, Any] = {
            "promptFeedback": feedback,
            "usageMetadata": dict.fromkeys(
                ("promptTokenCount", "totalTokenCount"), len(prompt) // 4
            ),
            "modelVersion": model,
        }
    else:
        lie = fault.removeprefix("lie-") if fault.startswith("lie-") else ""
        if kind == "judge":
            reply = judged(prompt, stand_in.judge, fault)
        elif kind == "repair":
            reply = repaired(prompt, text, lie, stand_in.translation_of(text)[1])
        elif kind == "answer":
            reply = answered(prompt, text, lie, stand_in.answers)
        elif kind == "evidence":
            reply = evidenced(prompt, text, lie, stand_in.answers)
        else:
            reply = stand_in.reply_for(text) or written(title, text, lie)
            reply = stand_in.with_title(reply, text)
            if "translation" in properties:
                reply = stand_in.with_translation(reply, text)
        answer = _candidate(model, prompt, spoilt(reply, fault), fault)
        if fault == "odd-model":
            answer["modelVersion"] = f"{model}\ud800\x1b[31m"
    used = answer["usageMetadata"]
    tokens_in = used["promptTokenCount"]
    tokens_out = used["totalTokenCount"] - tokens_in
    stand_in.record(replace(call, tokens_in=tokens_in, tokens_out=tokens_out))
    if fault.startswith("counts-"):
        count = -5 if fault == "counts-negative" else 10**30
        answer["usageMetadata"] = dict.fromkeys(used, count)
    if fault == "no-usage":
        del answer["usageMetadata"]
    for name in UNTOLD.get(fault, ()):
        answer["usageMetadata"].pop(name, None)
    return fault, answer


def _candidate(model: str, prompt: str, text: str, fault: str) -> dict[str, Any]:
    reason, kept = FINISHES.get(fault, ("STOP", True))
    candidate: dict[str, Any] = {"index": 0, "finishReason": reason}
    if kept:
        cut = (
            text[: len(text) * 2 // 3]
            if reason in ("MAX_TOKENS", "CONTINUATION")
            else text
        )
        parts = [{"text": cut}]
        if fault == "thoughts":
            parts.insert(0, {"text": "Let me think.", "thought": True})  # type: ignore[dict-item]
        candidate["content"] = {"role": "model", "parts": parts}
    if fault == "continuation":
        candidate["continuationToken"] = "bW9yZQ=="
    usage = {
        "promptTokenCount": len(prompt) // 4,
        "candidatesTokenCount": len(text) // 2 if kept else 0,
        "thoughtsTokenCount": 50 if fault == "thoughts" else 0,
    }
    usage["totalTokenCount"] = sum(usage.values())
    return {
        "candidates": [candidate],
        "usageMetadata": usage,
        "modelVersion": model,
        "responseId": "stand-in",
    }
