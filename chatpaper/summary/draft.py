"""One call per paper fills the reply schema; one more mends an unusable reply."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass, replace
from typing import Protocol

from chatpaper.errors import SummaryError
from chatpaper.exchange import ModelReply, ModelRequest, Usage
from chatpaper.prompts import Prompt
from chatpaper.records import Document, Field, Paper, Summary
from chatpaper.summary.reply import Parsed, Reply, parse_reply
from chatpaper.summary.schema import reply_schema
from chatpaper.summary.text import Basis, PaperText, paper_text

log = logging.getLogger(__name__)

SUMMARY_VARIABLES = frozenset({"fence", "paper", "language", "abstract_limit"})

LANGUAGES = {"zh": "Simplified Chinese (简体中文)", "en": "English"}
ABSTRACT_LIMITS = {"zh": "100 characters", "en": "40 words"}


class Model(Protocol):
    """Who answers prompts; must be callable from several threads at once."""

    def complete(self, request: ModelRequest) -> ModelReply:
        """Ask once.

        Raises:
            SummaryError: No reply was to be had.
            QuotaSpent: Nor will there be one in this run.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A summary as the model wrote it, unchecked, and what it took.

    Attributes:
        summary: Of the paper.
        usage: Of every call made for it.
        model: The model's own name for itself.
        basis: What the summary was made from.
        missing: Fields that came in no usable form.
        left_out: Parts of the paper that were not sent, in English.
    """

    summary: Summary
    usage: Usage
    model: str
    basis: Basis
    missing: tuple[Field, ...] = ()
    left_out: tuple[str, ...] = ()


def prompt_version(prompt: Prompt, language: str = "zh") -> str:
    """Short hash of prompt, schema and language: who else asks, asks the same."""
    asked = json.dumps([prompt.text, reply_schema(Reply), language], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()[:12]


def language_variables(language: str) -> dict[str, str]:
    """What both prompts say of the language: its name, and how long 摘要 may be."""
    return {
        "language": LANGUAGES.get(language, language),
        "abstract_limit": ABSTRACT_LIMITS.get(language, ABSTRACT_LIMITS["en"]),
    }


def summary_request(
    paper: Paper,
    document: Document | None,
    *,
    prompt: Prompt,
    language: str = "zh",
    max_chars: int = 120_000,
) -> tuple[ModelRequest, PaperText]:
    """What `summarize` would ask, for models that are asked in batches.

    Raises:
        PromptError: The prompt's variables are not `SUMMARY_VARIABLES`.
    """
    text = paper_text(paper, document, max_chars=max_chars)
    filled = prompt.fill(
        fence=text.fence,
        paper=text.text,
        **language_variables(language),
    )
    request = ModelRequest(
        paper_id=paper.versioned_id, prompt=filled, schema=reply_schema(Reply)
    )
    return request, text


def summarize(
    paper: Paper,
    document: Document | None,
    *,
    model: Model,
    prompt: Prompt,
    language: str = "zh",
    max_chars: int = 120_000,
    tries: int = 2,
) -> Drafted:
    """Have a model fill the summary schema from the paper's own text.

    A reply with some good fields keeps them. One without any, or cut short, is
    asked for again with the fault named.

    Args:
        paper: Its title and, without a document, its abstract are sent.
        document: None when there is no PDF to be had.
        model: Who is asked.
        prompt: With the variables `SUMMARY_VARIABLES`.
        language: Of the claims: `zh` or `en`.
        max_chars: Of the paper's text; see `paper_text` for what goes first.
        tries: Replies asked for, at most.

    Raises:
        SummaryError: No usable reply; its `usage` says what it cost all the same.
        PromptError: The prompt's variables are not `SUMMARY_VARIABLES`.
    """
    request, text = summary_request(
        paper, document, prompt=prompt, language=language, max_chars=max_chars
    )
    parsed, name, usage = _ask(model, request, tries)
    return drafted(parsed, text, model=name, usage=usage)


def drafted(parsed: Parsed, text: PaperText, *, model: str, usage: Usage) -> Drafted:
    """A usable reply with what it was made from."""
    return Drafted(
        summary=parsed.summary,
        usage=usage,
        model=model,
        basis=text.basis,
        missing=parsed.missing,
        left_out=text.left_out,
    )


def _ask(model: Model, request: ModelRequest, tries: int) -> tuple[Parsed, str, Usage]:
    """The richest usable reply of at most `tries`, who gave it, and what all took."""
    best, name, usage, asked = Parsed(summary=Summary()), "", Usage(), request
    for left in reversed(range(tries)):
        try:
            reply = model.complete(asked)
        except SummaryError as error:
            if best.usable:
                log.warning("retry failed paper=%s: %s", error.paper_id, error.reason)
                break
            spent = usage + (error.usage or Usage())
            raise type(error)(error.paper_id, error.reason, spent) from error
        usage += reply.usage
        parsed, fault = read_reply(reply)
        if len(parsed.summary.claims) >= len(best.summary.claims):
            best, name = parsed, reply.model
        if fault is None:
            break
        log.warning("reply unusable paper=%s: %s", request.paper_id, fault)
        if not best.usable and (not left or reply.finish in ("blocked", "withheld")):
            raise SummaryError(request.paper_id, fault, usage)
        asked = replace(
            request, prompt=f"{request.prompt}\n\n{_complaint(reply, fault)}"
        )
    return best, name, usage


def read_reply(reply: ModelReply) -> tuple[Parsed, str | None]:
    """What could be kept of a reply, and why it should be asked for again, if so."""
    parsed = parse_reply(reply.text)
    fault = read_finish(reply)
    if fault is None and not parsed.usable:
        fault = f"the reply was {_listed(parsed.faults)}"
    return parsed, fault


def read_finish(reply: ModelReply) -> str | None:
    """Why a reply is not whole, in English; None when it may be."""
    reasons = {
        "blocked": "the prompt was blocked",
        "withheld": "the reply was withheld",
        "recitation": "the reply was withheld for repeating a text",
        "length": "the reply was cut short",
    }
    reason = reasons.get(reply.finish)
    if reason is None and not reply.text.strip():
        reason = "the reply was empty"
    return f"{reason} ({reply.detail})" if reason else None


def _listed(faults: tuple[str, ...]) -> str:
    if faults and faults[0].startswith("not JSON"):
        return faults[0]
    return "not of the asked-for shape" + "".join(f"; {f}" for f in faults[:6])


def _complaint(reply: ModelReply, fault: str) -> str:
    advice = {
        "length": " Write less: fewer and shorter claims, and no quote above 20 words.",
        "recitation": " Keep every quote below 12 words.",
    }.get(reply.finish, "")
    return (
        f"An earlier reply to this could not be used: {fault}.{advice}"
        " Reply with one JSON object of the given schema and nothing else."
    )
