"""A stand-in for the Gemini API over real HTTP, on loopback.

It knows generateContent and batchGenerateContent on /v1 and /v1beta, takes both
spellings of field names, refuses what Gemini refuses, and writes its summaries
from the paper's own sentences. Faults are scripted by name: see `FAULTS`.

By hand: `python tests/servers/gemini.py --port 8765 --latency-s 2`
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
from collections import deque
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Self

if not __package__:  # started by its path
    sys.path.insert(0, str(Path(__file__).parents[1]))

from servers.gemini_calls import Call, generate
from servers.gemini_faults import FAULTS, KEY, Refused, key_info, pick, refuse_scripted
from servers.gemini_replies import translated
from servers.silent import SilentServer


class GeminiStandIn:
    """The server; use it as a context manager.

    Args:
        latency_s: Before each answer.
        faults: For the first calls, in order; later ones are `ok`.
        by_paper: For the calls about papers whose text holds the key.
        by_kind: For the first calls of a kind, as `Call` has them. Other
            faults, but for `always`, are never those of a judge's call.
        always: For every call that nothing else is said of.
        judge: Verdict on a claim's text; `supported` by default.
        replies: Whole summaries for papers whose text holds the key.
        titles: Translated ones of papers whose text holds the key.
        translations: Of the abstracts of papers whose text holds the key, where one is
            asked for: the draft's and the repair's; empty for none.
        answers: Whole replies to questions, or about claims, that hold the key.
        mends: Whether a repair call after a lie is answered truthfully.
        retry_s: The wish in Retry-After and RetryInfo.
        batch_polls: Polls that find a batch running before it ends.
        batch_end: SUCCEEDED, PARTIALLY_SUCCEEDED, FAILED, EXPIRED or CANCELLED.

    Attributes:
        calls: Every request that named a model, in the order of their answers.
        come: How many such requests have come, answered or not.
        going: Every answer waits for it; clear it to hold them back.
        last: So many requests come before answers are held back; 0 for no end.
        problems: What a real server would have minded, beyond its refusals.
        batch_refuses: HTTP status that `create`, `list` or `get` of batches ends with.
        batch_names: Whether the reply of a place says which request it answers.
        batch_order: Of the replies, which have no place of their own then.
    """

    def __init__(
        self,
        *faults: str,
        latency_s: float = 0.0,
        by_paper: Mapping[str, tuple[str, ...]] | None = None,
        by_kind: Mapping[str, tuple[str, ...]] | None = None,
        always: str = "ok",
        judge: Callable[[str], str] = lambda _: "supported",
        replies: Mapping[str, str] | None = None,
        titles: Mapping[str, str] | None = None,
        translations: Mapping[str, tuple[str, str]] | None = None,
        answers: Mapping[str, str] | None = None,
        mends: bool = True,
        retry_s: float = 7.0,
        batch_polls: int = 1,
        batch_end: str = "SUCCEEDED",
        port: int = 0,
    ) -> None:
        self.script = deque(faults)
        self.by_paper = {k: deque(v) for k, v in (by_paper or {}).items()}
        self.by_kind = {k: deque(v) for k, v in (by_kind or {}).items()}
        scripts = (*self.by_paper.values(), *self.by_kind.values())
        named = {*faults, always, *(f for v in scripts for f in v)}
        assert named <= FAULTS, named - FAULTS
        self.always, self.mends = always, mends
        self.judge, self.replies = judge, dict(replies or {})
        self.titles, self.translations = dict(titles or {}), dict(translations or {})
        self.answers = dict(answers or {})
        self.latency_s, self.retry_s = latency_s, retry_s
        self.batch_polls, self.batch_end = batch_polls, batch_end
        self.batch_refuses: dict[str, int] = {}
        self.batch_names: Callable[[int], bool] = lambda _: True
        self.batch_order: Callable[[list[Any]], list[Any]] = list
        self.calls: list[Call] = []
        self.come = self.last = 0
        self.going = threading.Event()
        self.going.set()
        self.problems: list[str] = []
        self.jobs: dict[str, dict[str, Any]] = {}
        self.closing = threading.Event()
        self.lock = threading.Lock()
        self._http = _Server(("127.0.0.1", port), _Handler)
        self._http.stand_in = self
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(0.02,), daemon=True
        )

    @property
    def base_url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.going.set()
        self._http.shutdown()
        self._http.server_close()

    def next_fault(self, prompt: str, kind: str) -> str:
        """What this call is answered with."""
        with self.lock:
            self.come += 1
            if self.last and self.come > self.last:
                self.going.clear()
            if self.by_kind.get(kind):
                return self.by_kind[kind].popleft()
            for key, faults in self.by_paper.items():
                if kind != "judge" and key in prompt and faults:
                    return faults.popleft()
            if self.script and kind != "judge":
                return self.script.popleft()
        lies = self.always.startswith("lie-")
        truthful = lies and (kind == "judge" or (kind == "repair" and self.mends))
        return "ok" if truthful else self.always

    def reply_for(self, text: str) -> str:
        """The scripted summary of a paper; empty when there is none."""
        return next((v for k, v in self.replies.items() if k in text), "")

    def with_title(self, reply: str, text: str) -> str:
        """A summary with the paper's scripted title, if there is one."""
        title = next((v for k, v in self.titles.items() if k in text), None)
        if title is None:
            return reply
        return json.dumps({**json.loads(reply), "title": title}, ensure_ascii=False)

    def with_translation(self, reply: str, text: str) -> str:
        """A summary with the paper's translated abstract, if there is to be one."""
        words = self.translation_of(text)[0]
        return json.dumps(json.loads(reply) | ({"translation": words} if words else {}))

    def translation_of(self, text: str) -> tuple[str, str]:
        """That of the draft, and that of the repair."""
        scripted = (v for k, v in self.translations.items() if k in text)
        return next(scripted, (translated(text),) * 2)

    def record(self, call: Call) -> None:
        """Remember a call."""
        with self.lock:
            self.calls.append(call)


class _Server(SilentServer):
    stand_in: GeminiStandIn


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *args: object) -> None:
        """Stay silent."""

    def do_POST(self) -> None:
        size = int(self.headers.get("content-length", 0))
        body = json.loads(self.rfile.read(size))
        self._answered(lambda: self._post(body))

    def do_GET(self) -> None:
        self._answered(lambda: _poll(self.server.stand_in, self.path))

    def _answered(self, work: Any) -> None:
        try:
            self._check_key()
            answer = work()
        except Refused as refused:
            wish = f"{self.server.stand_in.retry_s:g}"
            extra = {"retry-after": wish} if refused.tells_wait else {}
            self._send(refused.code, {"error": refused.error}, extra)
            return
        if answer is not None:
            self._send(200, answer)

    def _check_key(self) -> None:
        stand_in = self.server.stand_in
        if "key=" in self.path or KEY in self.path:
            stand_in.problems.append("the key is in the URL")
        if self.headers.get("x-goog-api-key") != KEY:
            raise Refused(
                400, "API key not valid. Please pass a valid one.", key_info()
            )

    def _post(self, body: Mapping[str, Any]) -> dict[str, Any] | None:
        stand_in = self.server.stand_in
        found = re.fullmatch(r"/(v1|v1beta)/models/([\w.\-]+):(\w+)", self.path)
        if not found:
            raise Refused(404, "Requested entity was not found.")
        _, model, method = found.groups()
        if method == "batchGenerateContent":
            return self._broken(*_submit(stand_in, model, body))
        timeout_s = float(self.headers.get("x-server-timeout", 0))
        fault, answer = generate(stand_in, model, body, self.path, timeout_s)
        return self._broken(fault, answer)

    def _broken(self, fault: str, answer: dict[str, Any]) -> dict[str, Any] | None:
        """Break the connection or the body when that is the fault."""
        stand_in = self.server.stand_in
        if fault == "hang":
            stand_in.closing.wait(600)
        elif fault == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        elif fault == "cut":
            self._send(200, answer, cut=True)
        elif fault == "truncated-body":
            self._send(200, json.dumps(answer)[:-40])
            return None
        elif fault == "deep-body":
            self._send(200, "[" * 200_000)
            return None
        elif fault in ("html-200", "503-html"):
            page = "<!DOCTYPE html><html><title>Oops</title><p>Try later.</html>"
            self._send(200 if fault == "html-200" else 503, page)
            return None
        else:
            return answer
        self.close_connection = True
        self.connection.close()
        return None

    def _send(
        self,
        code: int,
        answer: Mapping[str, Any] | str,
        headers: Mapping[str, str] | None = None,
        *,
        cut: bool = False,
    ) -> None:
        text = answer if isinstance(answer, str) else json.dumps(answer)
        kind = "text/html" if text[0] == "<" else "application/json; charset=UTF-8"
        with contextlib.suppress(OSError):
            self.send_response(code)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(text)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode("ascii")[: len(text) // (1 + cut)])


# -------------------------------------------------------------------- batches


def _submit(
    stand_in: GeminiStandIn, model: str, body: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Make a job; the script's next fault is that of this very request."""
    _refuse(stand_in, "create")
    batch = pick(body, "batch") or {}
    source = pick(batch, "inputConfig") or {}
    requests = pick(source.get("requests") or {}, "requests") or []
    if not requests:
        raise Refused(400, "The batch holds no requests.")
    fault = stand_in.next_fault("", "batch")
    refuse_scripted(fault, None, stand_in.retry_s)
    name = f"batches/{len(stand_in.jobs) + 1:06d}"
    job = {"model": model, "requests": requests, "polls": 0}
    with stand_in.lock:
        stand_in.jobs[name] = {**job, "label": pick(batch, "displayName")}
    return fault, _operation(stand_in, name, "PENDING")


def _operation(stand_in: GeminiStandIn, name: str, state: str) -> dict[str, Any]:
    metadata = {
        "model": f"models/{stand_in.jobs[name]['model']}",
        "name": name,
        "displayName": stand_in.jobs[name]["label"],
        "createTime": "2026-11-20T00:00:00Z",
        # The SDK translates BATCH_STATE_ words, but not this one.
        "state": ("JOB" if "_" in state else "BATCH") + f"_STATE_{state}",
    }
    return {"name": name, "metadata": metadata}


def _poll(stand_in: GeminiStandIn, path: str) -> dict[str, Any]:
    name = path.partition("?")[0].removeprefix("/v1beta/").removeprefix("/v1/")
    _refuse(stand_in, "list" if name == "batches" else "get")
    if name == "batches":
        listed = [_operation(stand_in, job, "RUNNING") for job in stand_in.jobs]
        return {"operations": listed}
    job = stand_in.jobs.get(name)
    if job is None:
        raise Refused(404, "Requested entity was not found.")
    with stand_in.lock:
        job["polls"] += 1
    if job["polls"] <= stand_in.batch_polls:
        return _operation(stand_in, name, "RUNNING")
    operation = _operation(stand_in, name, stand_in.batch_end)
    operation["done"] = True
    if stand_in.batch_end in ("SUCCEEDED", "PARTIALLY_SUCCEEDED"):
        if "responses" not in job:
            made = [_one(stand_in, job["model"], r) for r in job["requests"]]
            for place, response in enumerate(made):
                if not stand_in.batch_names(place):
                    del response["metadata"]
            job["responses"] = stand_in.batch_order(made)
        output = {"inlinedResponses": {"inlinedResponses": job["responses"]}}
        operation["metadata"]["output"] = operation["response"] = output
    else:
        operation["error"] = {"code": 13, "message": f"job {stand_in.batch_end}"}
    return operation


def _refuse(stand_in: GeminiStandIn, what: str) -> None:
    if code := stand_in.batch_refuses.get(what):
        raise Refused(code, f"Batches: {what} is not available.")


def _one(
    stand_in: GeminiStandIn, model: str, item: Mapping[str, Any]
) -> dict[str, Any]:
    metadata = {"metadata": item.get("metadata") or {}}
    try:
        _, answer = generate(stand_in, model, item["request"], "batch")
    except Refused as refused:
        error = {"code": refused.code, "message": str(refused)}
        return {"error": error, **metadata}
    return {"response": answer, **metadata}


# -------------------------------------------------------------------- by hand


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description="a stand-in for the Gemini API")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency-s", type=float, default=0.0)
    parser.add_argument("--faults", default="", help="for the first calls: 503,ok,hang")
    parser.add_argument("--always", default="ok", help="for all other calls")
    args = parser.parse_args()
    faults = [name for name in args.faults.split(",") if name]
    server = GeminiStandIn(
        *faults, latency_s=args.latency_s, always=args.always, port=args.port
    )
    with server, contextlib.suppress(KeyboardInterrupt):
        print(f"{server.base_url} (key: {KEY})", flush=True)
        threading.Event().wait()
    print(f"{len(server.calls)} calls")


if __name__ == "__main__":
    main()
