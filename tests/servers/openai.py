"""A stand-in for a server of OpenAI's chat completions over real HTTP, on loopback.

It refuses what such servers refuse, each in its own spelling, and writes its replies
as the stand-in Gemini does. Faults are scripted by name: see `FAULTS`.

By hand: `python tests/servers/openai.py --port 8766 --takes json_object`
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import socket
import struct
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Self

if not __package__:  # started by its path
    sys.path.insert(0, str(Path(__file__).parents[1]))

from servers.gemini_answers import answered, evidenced
from servers.gemini_replies import (
    judged,
    paper_of,
    repaired,
    spoilt,
    translated,
    written,
)
from servers.silent import Silent, SilentServer

KEY = "sk-stand-in-0123456789"
MODEL = "stand-in-1"
PROSE = "I am sorry, but I would rather tell you in my own words."
KINDS = {
    frozenset({"verdicts"}): "judge",
    frozenset({"claims"}): "repair",
    frozenset({"answer"}): "answer",
    frozenset({"quotes"}): "evidence",
}
# Status, what stands under `error` (or the whole body), and headers.
REFUSALS: dict[str, tuple[int, Any, dict[str, str]]] = {
    "401": (401, {"message": f"Incorrect API key provided: {KEY}."}, {}),
    "403": (403, {"message": "Forbidden"}, {}),
    "402": (402, {"message": "Insufficient Balance", "code": "invalid_request"}, {}),
    "429": (429, {"message": "Rate limit reached"}, {}),
    "429-retry-after": (429, {"message": "Slow down"}, {"retry-after": "7"}),
    "429-try-again": (429, {"message": "Please try again in 6.5s."}, {}),
    "429-quota": (
        429,
        {
            "message": "You exceeded your current quota, please check your plan.",
            "type": "insufficient_quota",
            "code": "insufficient_quota",
        },
        {"retry-after": "7"},
    ),
    "429-glm": (429, {"code": "1113", "message": "您的账户已欠费，请充值后重试。"}, {}),
    "429-billing-link": (
        429,
        {
            "message": "Rate limit reached on tokens per min (TPM). You can increase"
            " your rate limit by adding a payment method at https://h/billing.",
            "code": "rate_limit_exceeded",
        },
        {},
    ),
    "400-slip": (
        400,
        {"message": "Failed to generate JSON.", "code": "json_validate_failed"},
        {},
    ),
    "400-glm-filter": (400, {"code": "1301", "message": "系统检测到不安全内容"}, {}),
    "400-1301-tokens": (400, {"message": "1301 input tokens are wrong"}, {}),
    "400-arrearage": (
        400,
        {"code": "Arrearage", "message": "Access denied, please make sure"},
        {},
    ),
    "400-key": (400, {"message": f"Invalid API key: {KEY}"}, {}),
    "400-model": (400, {"message": "Model Not Exist"}, {}),
    "404-model": (
        404,
        {"message": "The model `x` does not exist", "code": "model_not_found"},
        {},
    ),
    "400-long": (
        400,
        {
            "message": "This model's maximum context length is 2048 tokens.",
            "code": "context_length_exceeded",
        },
        {},
    ),
    "413": (413, {"message": "Payload Too Large"}, {}),
    "400-filter": (
        400,
        {"message": "The response was filtered", "code": "content_filter"},
        {},
    ),
    "400-risk": (400, {"message": "Content Exists Risk"}, {}),
    "400-odd": (400, {"message": f"Something else is wrong, {KEY}"}, {}),
    "408": (408, {"message": "Timeout"}, {}),
    "500": (500, {"message": f"Scripted for {KEY}"}, {}),
    "502": (502, {"message": "Bad Gateway"}, {}),
    "503": (503, {"message": "Overloaded"}, {}),
    "529": (529, {"message": "Overloaded", "type": "overloaded_error"}, {}),
}
FAULTS = frozenset(
    {"ok", "hang", "reset", "cut", "truncated-body", "html-200", "503-html", "deep"}
    | {"empty", "refusal", "filter", "broken", "error-200", "no-choices", "redirect"}
    | {"think", "think-unopened", "reasoning", "parts", "length", "odd-model"}
    | {"no-usage", "total-only", "negative-usage", "stream", "stream-cut"}
    | {"not-json", "fenced", "wrong-schema", "prose", "half-verdicts", "odd-verdicts"}
    | {"lie-numbers", "lie-quotes", "lie-names"}
    | REFUSALS.keys()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request for a completion.

    Attributes:
        kind: `summary`, `judge`, `repair`, `answer` or `evidence`.
        form: `json_schema`, `json_object` or `text`.
        fault: What it was answered with; a refusal of its form is `refused`.
        body: As it came over the wire.
        tokens_in, tokens_out: As told to the client; 0 for an error.
    """

    kind: str
    form: str
    fault: str
    body: Mapping[str, Any] = field(default_factory=dict)
    tokens_in: int = 0
    tokens_out: int = 0


class OpenAIStandIn:
    """The server; use it as a context manager.

    Args:
        faults: For the first calls that are not refused for their form, in order.
        takes: Kinds of `response_format`; another is refused in the words of `says`.
        drops: Kinds of `response_format` that are taken and ignored: without the
            schema in the prompt the reply is prose.
        says: How a kind of `response_format` is refused.
        status: Of that refusal.
        refuses: Other fields that are refused, with the words for it.
        streams: Whether it streams unless it is told not to.
        only_streams: Whether it refuses to answer otherwise.
        context: Tokens that prompt and limit may have together, and how more is
            refused; `{used}` in it becomes the prompt's tokens.
        thinks: Tokens that are thought away before the first word, unless a field of
            `off` is in the request.
        off: Fields that switch thinking off.
        most: The highest limit on tokens that is taken; 0 for any.
        served: The name that replies carry.
        key: That is wanted; empty for none.
        base: The path before `/chat/completions`.
        always: For every call that nothing else is said of.
        by_kind: For the first calls of a kind: `summary`, `judge` or `repair`.
        by_paper: For every summary of a paper whose text holds the key.
        judge: Verdict on a claim's text.
        reads: Tokens of a prompt that are read, and counted, at most; 0 for all.
        raw: Every answer's body, in place of what it would be.
        says_only: Every reply's text, in place of what it would be.

    Attributes:
        calls: Every request for a completion, in order of arrival.
        problems: What no client may do.
        seen: Every path that was asked for.
    """

    def __init__(
        self,
        *faults: str,
        takes: Collection[str] = ("json_schema", "json_object"),
        drops: Collection[str] = (),
        says: str = "This response_format type is unavailable now",
        status: int = 400,
        refuses: Mapping[str, str] | None = None,
        streams: bool = False,
        only_streams: bool = False,
        context: tuple[int, str] = (0, ""),
        thinks: int = 0,
        off: Collection[str] = (),
        most: int = 0,
        served: str = MODEL,
        key: str = KEY,
        base: str = "/v1",
        always: str = "ok",
        by_kind: Mapping[str, tuple[str, ...]] | None = None,
        by_paper: Mapping[str, str] | None = None,
        judge: Callable[[str], str] = lambda _: "supported",
        reads: int = 0,
        raw: str = "",
        says_only: str = "",
        port: int = 0,
    ) -> None:
        self.script = deque(faults)
        self.by_kind = {k: deque(v) for k, v in (by_kind or {}).items()}
        self.by_paper = dict(by_paper or {})
        named = {*faults, always, *self.by_paper.values()}
        named |= {*(f for v in self.by_kind.values() for f in v)}
        assert named <= FAULTS, named - FAULTS
        self.takes, self.drops, self.says, self.status = takes, drops, says, status
        self.refuses, self.streams = dict(refuses or {}), streams
        self.only_streams, self.context = only_streams, context
        self.thinks, self.off, self.most = thinks, off, most
        self.served, self.key, self.base = served, key, base
        self.reads, self.raw = reads, raw
        self.always, self.judge, self.says_only = always, judge, says_only
        self.calls: list[Call] = []
        self.problems: list[str] = []
        self.seen: list[str] = []
        self.closing = threading.Event()
        self.lock = threading.Lock()
        self._http = _Server(("127.0.0.1", port), _Handler)
        self._http.stand_in = self
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(0.02,), daemon=True
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def base_url(self) -> str:
        """What `llm.base_url` must be."""
        return self.url + self.base

    def forms(self) -> Counter[tuple[str, str]]:
        """How many requests there were of each form, refused ones apart."""
        ends = (("refused" if c.fault == "refused" else "answered") for c in self.calls)
        return Counter(zip((call.form for call in self.calls), ends, strict=True))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()

    def next_fault(self, kind: str, prompt: str) -> str:
        """What this call is answered with."""
        with self.lock:
            for key, fault in self.by_paper.items():
                if kind != "judge" and key in prompt:
                    return fault
            if self.by_kind.get(kind):
                return self.by_kind[kind].popleft()
            if self.script and kind != "judge":
                return self.script.popleft()
        lies = self.always.startswith("lie-")
        return "ok" if lies and kind != "summary" else self.always

    def record(self, call: Call) -> None:
        """Remember a call."""
        with self.lock:
            self.calls.append(call)


class _Server(SilentServer):
    stand_in: OpenAIStandIn


class _Refused(Exception):
    def __init__(
        self, status: int, error: object, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status)
        self.status, self.error, self.headers = status, error, headers or {}


class _Handler(Silent, BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))
        self._answered(lambda: self._complete(body))

    def do_GET(self) -> None:
        self._answered(self._models)

    def _answered(self, work: Callable[[], None]) -> None:
        stand_in = self.server.stand_in
        # As a proxy it is asked for whole addresses.
        self.path = re.sub("^http://[^/]*", "", self.path)
        stand_in.seen.append(self.path)
        if KEY in self.path:
            stand_in.problems.append("the key is in the URL")
        try:
            if not self.path.startswith(f"{stand_in.base}/"):
                raise _Refused(404, "404 page not found")
            wanted = f"Bearer {stand_in.key}"
            if stand_in.key and self.headers.get("authorization") != wanted:
                raise _Refused(401, {"message": "Incorrect API key provided"})
            if not stand_in.key and self.headers.get("authorization"):
                stand_in.problems.append("a key was sent to who wants none")
            work()
        except _Refused as refused:
            body = refused.error
            whole = body if isinstance(body, str) else json.dumps({"error": body})
            self._send(refused.status, whole, refused.headers)

    def _models(self) -> None:
        if self.path != f"{self.server.stand_in.base}/models":
            raise _Refused(404, {"message": "no such page"})
        entry = {"id": MODEL, "object": "model", "owned_by": "tests"}
        self._send(200, json.dumps({"object": "list", "data": [entry]}))

    def _complete(self, body: Mapping[str, Any]) -> None:
        stand_in = self.server.stand_in
        if self.path != f"{stand_in.base}/chat/completions":
            raise _Refused(404, {"message": f"Invalid URL (POST {self.path})"})
        prompt = "".join(message["content"] for message in body["messages"])
        form, schema = _asked(body, prompt)
        kind = KINDS.get(frozenset(schema.get("properties", ())), "summary")

        def note(fault: str, tokens_in: int = 0, tokens_out: int = 0) -> None:
            stand_in.record(
                Call(
                    kind=kind,
                    form=form,
                    fault=fault,
                    body=body,
                    tokens_in=tokens_in,
                    tokens_out=tokens_out,
                )
            )

        try:
            _refuse(stand_in, body, form, prompt)
        except _Refused:
            note("refused")
            raise
        fault = stand_in.next_fault(kind, prompt)
        if fault in REFUSALS:
            note(fault)
            status, error, headers = REFUSALS[fault]
            raise _Refused(status, error, headers)
        if fault == "redirect":
            note(fault)
            elsewhere = f"http://localhost:{self.server.server_address[1]}/v2/chat"
            raise _Refused(307, "", {"location": elsewhere})
        answer = _answer(stand_in, body, kind, form, prompt, fault)
        used = answer.get("usage") or {}
        note(fault, used.get("prompt_tokens", 0), used.get("completion_tokens", 0))
        self._broken(fault, answer, body)

    def _broken(
        self, fault: str, answer: dict[str, Any], body: Mapping[str, Any]
    ) -> None:
        """Send the answer, or break what the fault says."""
        stand_in = self.server.stand_in
        page = "<!DOCTYPE html><html><title>Oops</title><p>Try later.</html>"
        streams = stand_in.streams and body.get("stream") is not False
        if stand_in.raw:
            self._send(200, stand_in.raw)
        elif fault == "hang":
            stand_in.closing.wait(600)
            self.close_connection = True
        elif fault == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            self.connection.close()
        elif fault == "cut":
            self._send(200, json.dumps(answer), cut=True)
            self.close_connection = True
            self.connection.close()
        elif fault == "truncated-body":
            self._send(200, json.dumps(answer)[:-40])
        elif fault == "deep":
            self._send(200, "[" * 200_000)
        elif fault in ("html-200", "503-html"):
            self._send(200 if fault == "html-200" else 503, page)
        elif streams or body.get("stream") or fault.startswith("stream"):
            self._send(200, _chunks(answer, whole=fault != "stream-cut"))
        else:
            self._send(200, json.dumps(answer))

    def _send(
        self,
        status: int,
        text: str,
        headers: Mapping[str, str] | None = None,
        *,
        cut: bool = False,
    ) -> None:
        kind = "application/json"
        if text.startswith("<"):
            kind = "text/html"
        elif text.startswith("data:"):
            kind = "text/event-stream"
        octets = text.encode()
        with contextlib.suppress(OSError):
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(octets)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(octets[: len(octets) // (1 + cut)])


def _asked(body: Mapping[str, Any], prompt: str) -> tuple[str, dict[str, Any]]:
    """The form of the reply, and its schema, wherever it stands."""
    wanted = body.get("response_format") or {}
    form = wanted.get("type", "text")
    if form == "json_schema":
        return form, wanted["json_schema"]["schema"]
    found = re.search(r"JSON Schema:\n(\{.*)$", prompt, re.M)
    return form, json.loads(found[1]) if found else {}


def _refuse(
    stand_in: OpenAIStandIn, body: Mapping[str, Any], form: str, prompt: str
) -> None:
    """Refuse what such a server refuses."""
    if form != "text" and form not in (*stand_in.takes, *stand_in.drops):
        says = stand_in.says
        raise _Refused(stand_in.status, {"message": says} if says else "")
    if form == "json_object" and "json" not in prompt.casefold():
        raise _Refused(400, {"message": "Prompt must contain the word 'json'"})
    for name, words in stand_in.refuses.items():
        if name in body or (name == "strict" and '"strict": true' in json.dumps(body)):
            raise _Refused(400, {"message": words, "param": name})
    if stand_in.only_streams and not body.get("stream"):
        words = (
            "This model only support stream mode, please enable the stream parameter"
        )
        raise _Refused(400, {"message": words})
    size, words = stand_in.context
    used = len(prompt) // 4
    if size and used + _limit(body) > size:
        raise _Refused(400, {"message": words.format(used=used)})
    if stand_in.most and _limit(body) > stand_in.most:
        most = stand_in.most
        words = (
            f"Invalid max_tokens value, the valid range of max_tokens is [1, {most}]"
        )
        raise _Refused(400, {"message": words})


def _limit(body: Mapping[str, Any]) -> int:
    names = ("max_tokens", "max_completion_tokens")
    return int(next((body[name] for name in names if name in body), 10**9))


def _answer(
    stand_in: OpenAIStandIn,
    body: Mapping[str, Any],
    kind: str,
    form: str,
    prompt: str,
    fault: str,
) -> dict[str, Any]:
    title, text = paper_of(prompt)
    lie = fault.removeprefix("lie-") if fault.startswith("lie-") else ""
    if kind == "judge":
        reply = judged(prompt, stand_in.judge, fault)
    elif kind == "repair":
        reply = repaired(prompt, text, lie)
    elif kind == "answer":
        reply = answered(prompt, text, lie, {})
    elif kind == "evidence":
        reply = evidenced(prompt, text, lie, {})
    else:
        reply = written(title, text, lie)
        if "`translation`" in prompt:
            more = {"translation": translated(text)}
            reply = json.dumps(json.loads(reply) | more)
    if fault == "prose" or form in stand_in.drops:
        reply = PROSE
    reply = stand_in.says_only or spoilt(reply, fault)
    message, reason = _message(reply, fault)
    thinks = stand_in.thinks and not any(name in body for name in stand_in.off)
    if thinks and _limit(body) <= stand_in.thinks:
        message, reason = {"role": "assistant", "content": ""}, "length"
        message["reasoning_content"] = "Let me think."
    tokens_out = len(message.get("content") or "") // 2 + (
        stand_in.thinks if thinks else 0
    )
    tokens_in = min(len(prompt) // 4, stand_in.reads or len(prompt))
    answer: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": stand_in.served,
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": {
            "prompt_tokens": tokens_in,
            "completion_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
            "prompt_tokens_details": {"cached_tokens": 0},
        },
    }
    if fault == "no-usage":
        del answer["usage"]
    elif fault == "total-only":
        answer["usage"] = {
            k: v for k, v in answer["usage"].items() if k != "completion_tokens"
        }
    elif fault == "negative-usage":
        answer["usage"] = {"prompt_tokens": -5, "completion_tokens": 10**30}
    elif fault == "odd-model":
        answer["model"] = f"{stand_in.served}\ud800\x1b[31m"
    elif fault == "no-choices":
        answer["choices"] = []
    elif fault == "error-200":
        return {"error": {"message": "Provider returned error", "code": 502}}
    return answer


def _message(reply: str, fault: str) -> tuple[dict[str, Any], str]:
    message: dict[str, Any] = {"role": "assistant", "content": reply}
    if fault == "empty":
        message["content"] = ""
    elif fault == "refusal":
        message |= {"content": None, "refusal": "I cannot help with that."}
    elif fault == "think":
        message["content"] = f"<think>\nA {{draft}}: {reply[:40]}\n</think>\n\n{reply}"
    elif fault == "think-unopened":
        message["content"] = f"Let me see.\n</think>\n\n{reply}"
    elif fault == "reasoning":
        message |= {"reasoning_content": "{Let me see.", "reasoning": "Let me see."}
    elif fault == "parts":
        thought = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}
        message["content"] = [thought, {"type": "text", "text": reply}]
    elif fault == "length":
        message["content"] = reply[: len(reply) * 2 // 3]
    elif fault == "filter":
        message["content"] = ""
    reasons = {"length": "length", "filter": "content_filter", "broken": "error"}
    return message, reasons.get(fault, "stop")


def _chunks(answer: Mapping[str, Any], *, whole: bool) -> str:
    """An answer as a stream of server-sent events."""
    (choice,) = answer["choices"]
    content = choice["message"]["content"] or ""
    parts = [content[at : at + 50] for at in range(0, len(content), 50)]
    head = {"id": answer["id"], "model": answer["model"]}
    deltas: list[Any] = [{"index": 0, "delta": {"content": part}} for part in parts]
    deltas[:0] = [{"index": 0, "delta": {"role": "assistant", "content": None}}]
    if whole:
        reason = choice["finish_reason"]
        deltas.append({"index": 0, "delta": {}, "finish_reason": reason})
    events: list[Any] = [{**head, "choices": [delta]} for delta in deltas]
    if whole and "usage" in answer:
        events.append({**head, "choices": [], "usage": answer["usage"]})
    lines = [f"data: {json.dumps(event)}" for event in events]
    return "\n\n".join(["data:", *lines, "data: [DONE]", ""] if whole else lines)


# -------------------------------------------------------------------- by hand


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description="a stand-in for OpenAI's protocol")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--takes", default="json_schema,json_object")
    parser.add_argument("--always", default="ok", help="for all calls")
    args = parser.parse_args()
    takes = tuple(filter(None, args.takes.split(",")))
    server = OpenAIStandIn(takes=takes, always=args.always, port=args.port)
    with server, contextlib.suppress(KeyboardInterrupt):
        print(f"{server.base_url} (key: {KEY}, model: {MODEL})", flush=True)
        threading.Event().wait()
    print(dict(server.forms()))


if __name__ == "__main__":
    main()
