"""How a server wants to be asked: what it refuses, and what is tried instead.

Servers that speak OpenAI's protocol differ in what they take of it. The forms that a
reply can be asked for in make a ladder; a refusal leads one rung down, and what worked
is remembered for the server and the model.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import ConfigDict, TypeAdapter, ValidationError

from chatpaper.models.exchange import ModelRequest, Schema

log = logging.getLogger(__name__)

Rung = Literal["json_schema", "json_object", "text"]
RUNGS: tuple[Rung, ...] = ("json_schema", "json_object", "text")
Limit = Literal["max_tokens", "max_completion_tokens"]
# After so long a server may have learned what it once refused.
KEPT_FOR = timedelta(days=7)
# A model that thinks its whole limit away is given so many times as much, once.
ROOM = 4

# The field that says how much thinking there may be, by `llm.thinking_level`.
EFFORT = "reasoning_effort"
# Fields that switch a model's thinking off.
_OFF: Mapping[str, Mapping[str, Any]] = {
    "thinking": {"thinking": {"type": "disabled"}},
    "enable_thinking": {"enable_thinking": False},
    "chat_template_kwargs": {
        "chat_template_kwargs": {"enable_thinking": False, "thinking": False}
    },
    "reasoning": {"reasoning": {"enabled": False}},
    "": {},
}
# By the end of the host's name; any other server may be vLLM, SGLang or llama.cpp,
# which hand unknown arguments to the template of the model.
_THINKING_OF = {
    "api.deepseek.com": "thinking",
    "bigmodel.cn": "thinking",
    "z.ai": "thinking",
    "moonshot.cn": "thinking",
    "moonshot.ai": "thinking",
    "volces.com": "thinking",
    "aliyuncs.com": "enable_thinking",
    "siliconflow.cn": "enable_thinking",
    "siliconflow.com": "enable_thinking",
    "openrouter.ai": "reasoning",
    # These refuse fields that they do not know.
    "openai.com": "",
    "openai.azure.com": "",
    "googleapis.com": "",
    "groq.com": "",
    "mistral.ai": "",
    "x.ai": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How one model of one server is asked.

    Attributes:
        rung: The form that the reply is asked for in.
        strict: Whether the schema is to be followed to the letter.
        limit: The name of the limit on a reply's tokens.
        most_tokens: The highest limit that the server takes; 0 for not known.
        roomy: Whether the model thinks, and needs room for that.
        thinking: The field that switches thinking off, or bounds it; empty for none.
        stream: Whether the server answers in streams only.
    """

    rung: Rung = "json_schema"
    strict: bool = True
    limit: Limit = "max_tokens"
    most_tokens: int = 0
    roomy: bool = False
    thinking: str = ""
    stream: bool = False

    @property
    def lower(self) -> Manner | None:
        """One rung down; None at the bottom."""
        below = RUNGS[RUNGS.index(self.rung) + 1 :]
        return replace(self, rung=below[0]) if below else None

    def tokens(self, wanted: int) -> int:
        """The limit on a reply's tokens."""
        wanted *= ROOM if self.roomy else 1
        return min(wanted, self.most_tokens) if self.most_tokens else wanted


def first_manner(base_url: str, level: str) -> Manner:
    """How a server is asked of which nothing is known but its address.

    Args:
        base_url: Of the API.
        level: `llm.thinking_level`; empty switches thinking off where it is known how.
    """
    host = urlsplit(base_url).hostname or ""
    known = (
        field for end, field in _THINKING_OF.items() if f".{host}".endswith(f".{end}")
    )
    newest = host == "api.openai.com"
    return Manner(
        thinking=EFFORT if level else next(known, "chat_template_kwargs"),
        limit="max_completion_tokens" if newest else "max_tokens",
    )


def tell_change(before: Manner, after: Manner) -> None:
    """Log what is done otherwise from now on; nothing for nothing."""
    old = asdict(before)
    changed = [f"{k}={v}" for k, v in asdict(after).items() if v != old[k]]
    if changed:
        log.warning("model is asked otherwise %s", " ".join(changed))


def body_of(
    manner: Manner, request: ModelRequest, *, model: str, tokens: int, level: str
) -> dict[str, Any]:
    """A request as it goes over the wire.

    Args:
        manner: How the server is asked.
        request: The question.
        model: As the server names it.
        tokens: Of the reply, at most.
        level: `llm.thinking_level`.
    """
    prompt = request.prompt
    if manner.rung != "json_schema":
        prompt = f"{prompt}\n\n{_in_words(request.schema)}"
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": "user", "content": prompt}],
        # Some servers stream unless they are told not to.
        "stream": manner.stream,
        manner.limit: tokens,
    }
    if manner.stream:
        body["stream_options"] = {"include_usage": True}
    if manner.rung == "json_object":
        body["response_format"] = {"type": "json_object"}
    elif manner.rung == "json_schema":
        schema: dict[str, Any] = {"name": "reply", "schema": _closed(request.schema)}
        if manner.strict:
            schema["strict"] = True
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if manner.thinking == EFFORT:
        return {**body, EFFORT: level}
    return {**body, **_OFF[manner.thinking]}


def _in_words(schema: Schema) -> str:
    text = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    return (
        "Reply with one JSON object and nothing else: no Markdown, no words before or"
        f" after it. It is an instance of this JSON Schema:\n{text}"
    )


def _closed(schema: Schema) -> dict[str, Any]:
    """A schema whose objects have no other keys, as `strict` wants it."""
    closed = dict(schema)
    if isinstance(items := closed.get("items"), dict):
        closed["items"] = _closed(items)
    if isinstance(named := closed.get("properties"), dict):
        closed["properties"] = {name: _closed(part) for name, part in named.items()}
        closed["additionalProperties"] = False
    return closed


# --------------------------------------------------------------------------------------
# What a refusal teaches.

_FORM = re.compile(
    r"response[_ ]?format|json[_ ]?schema|json[_ ]?object|json[_ ]?mode"
    r"|structured[_ ]?output|guided|grammar|schema|requested parameters"
)
_STRICT = re.compile(
    r"strict|additionalproperties|m(?:in|ax)items|invalid schema|required"
)
_LIMITS = re.compile(
    r"max_(?:completion_|new_|output_)?tokens|(?:completion|output) tokens"
)
_BOUNDS = (
    r"at most (\d+)",
    r"range of max_tokens is \[\s*\d+\s*,\s*(\d+)",
    r"(?:less|lower|smaller) than or equal to `?(\d+)",
    r"<=? ?(\d+)",
    r"maximum (?:value|limit)?\D{0,30}(\d+)",
    r"between \d+ and (\d+)",
    r"\[\d+, ?(\d+)\]",
)
_UNKNOWN = re.compile(
    r"unknown|unrecogni[sz]ed|unsupported|unexpected|not supported|not permitted"
    r"|extra (?:fields|inputs)|additional propert|not allowed|invalid (?:field|param)"
)
_THINKING = re.compile(r"thinking|reasoning|chat_template|effort")


def lesson(manner: Manner, words: str, *, tokens: int, guess: bool) -> Manner | None:
    """What to do otherwise after a refusal; None when the refusal is of another kind.

    Args:
        manner: How the server was asked.
        words: What it said, in any case.
        tokens: The limit that was asked for.
        guess: Whether a refusal that names nothing may be about something of ours.
    """
    said = words.casefold()
    if _LIMITS.search(said):
        if bound := _bound(said, tokens):
            return replace(manner, most_tokens=bound)
        if _UNKNOWN.search(said) or "instead" in said:
            return _other_limit(manner)
    if "stream" in said and not manner.stream and re.search("only|must|enable", said):
        if "enable_thinking" in said and manner.thinking != "enable_thinking":
            return replace(manner, thinking="enable_thinking")
        return replace(manner, stream=True)
    if manner.thinking and _THINKING.search(said):
        return replace(manner, thinking="")
    if _FORM.search(said):
        if manner.rung == "json_schema" and manner.strict and _STRICT.search(said):
            return replace(manner, strict=False)
        return manner.lower
    if guess and (not said or _UNKNOWN.search(said)):
        return replace(manner, thinking="") if manner.thinking else manner.lower
    return None


def _bound(said: str, tokens: int) -> int:
    """The highest limit that a refusal names below the one that was asked for."""
    found = (int(n) for pattern in _BOUNDS for n in re.findall(pattern, said))
    return max((n for n in found if 0 < n < tokens), default=0)


def _other_limit(manner: Manner) -> Manner:
    name: Limit = (
        "max_tokens"
        if manner.limit == "max_completion_tokens"
        else "max_completion_tokens"
    )
    return replace(manner, limit=name)


# --------------------------------------------------------------------------------------
# What is remembered.

_FILE_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept(Manner):
    """A manner that worked, since when, and the model's own name for itself then."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    since: date
    served: str


_KEPT = TypeAdapter(_Kept)


class Memory:
    """What was learned of servers, in a file; without a file, for as long as it lives.

    A file that cannot be read or written costs a few refusals, and no run.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    def recall(self, key: str) -> tuple[Manner, str] | None:
        """What worked not long ago, and the model's own name for itself then."""
        try:
            kept = _KEPT.validate_python(self._entries().get(key))
        except ValidationError:
            return None
        if kept.thinking not in (*_OFF, EFFORT) or _today() - kept.since >= KEPT_FOR:
            return None
        known = {field.name: getattr(kept, field.name) for field in fields(Manner)}
        return Manner(**known), kept.served

    def keep(self, key: str, manner: Manner, served: str) -> None:
        """Remember what worked, from today."""
        since = _today().isoformat()
        self._put(key, {**asdict(manner), "since": since, "served": served})

    def forget(self, key: str) -> None:
        """Know nothing of a server."""
        self._put(key, None)

    def _entries(self) -> dict[str, dict[str, Any]]:
        if self._path is None:
            return {}
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            log.warning("%s cannot be read, begun anew: %s", self._path, error)
            return {}
        return found if isinstance(found, dict) else {}

    def _put(self, key: str, entry: Mapping[str, Any] | None) -> None:
        if self._path is None:
            return
        with _FILE_LOCK:
            entries = {k: v for k, v in self._entries().items() if k != key}
            if entry is not None:
                entries[key] = dict(entry)
            part = self._path.with_suffix(".part")
            try:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                part.write_text(json.dumps(entries, indent=1), encoding="utf-8")
                part.replace(self._path)
            except OSError as error:
                log.warning("%s cannot be written: %s", self._path, error.strerror)


def _today() -> date:
    return datetime.now(UTC).date()
