"""A reader's question or claim about one paper: what is asked, what is replied."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from chatpaper.errors import ConfigError
from chatpaper.models import (
    ModelRequest,
    NoObject,
    ParsedReply,
    Prompt,
    fenced,
    read_object,
    reply_schema,
    schema_version,
)
from chatpaper.records import Claim, Document, Paper
from chatpaper.summary.reply import (
    Quote,
    ReplyClaim,
    StrictModel,
    claims_of,
    quotes_of,
)
from chatpaper.summary.request import LANGUAGES, PaperText, paper_text
from chatpaper.text import one_line

# A question that needs more is several; a claim as long as any of ours can be.
MAX_QUESTION_CHARS = 500
MAX_CLAIM_CHARS = 600


def read_question(text: str) -> str:
    """Somebody's question on one line, without what nobody sees.

    Raises:
        ConfigError: It is empty or too long.
    """
    return _bounded("question", text, MAX_QUESTION_CHARS)


def read_claim(text: str) -> str:
    """Somebody's claim; as `read_question`.

    Raises:
        ConfigError: It is empty or too long.
    """
    return _bounded("claim", text, MAX_CLAIM_CHARS)


def _bounded(name: str, text: object, most: int) -> str:
    if not isinstance(text, str):
        raise ConfigError(name, f"{reprlib.repr(text)} is no text: write it in quotes")
    # Counted before it is looked into: it may be megabytes.
    if len(text) > 10 * most:
        raise ConfigError(name, f"{len(text)} characters long, at most {most}")
    line = one_line(text, compose=True)
    if not any(char.isalnum() for char in line):
        raise ConfigError(name, "says nothing")
    if len(line) > most:
        raise ConfigError(name, f"{len(line)} characters long, at most {most}")
    return line


# --------------------------------------------------------------------------------------
# A question, answered by claims.


class AnswerReply(StrictModel):
    """What a model answers; nothing, where the paper does not say."""

    answer: Annotated[list[ReplyClaim], Field(max_length=5)]


def answer_version(prompt: Prompt, language: str) -> str:
    """Short hash of the prompt, its schema and the language."""
    return schema_version(prompt.text, AnswerReply, language)


def answer_request(
    paper: Paper,
    document: Document | None,
    question: str,
    *,
    prompt: Prompt,
    language: str = "zh",
    max_chars: int = 120_000,
) -> tuple[ModelRequest, PaperText]:
    """The question to a model, and the text of the paper in it.

    Args:
        paper: Its title and, without a document, its abstract are sent.
        document: None when there is no PDF to be had.
        question: From `read_question`.
        prompt: The bundled `answer`, or one with its variables.
        language: Of the claims.
        max_chars: Of the paper's text.

    Raises:
        PromptError: The prompt's variables are not those of `answer`.
    """
    # The paper comes first: a server may keep what many questions have in common.
    text = paper_text(paper, document, max_chars=max_chars)
    asked, fence = fenced(question, "question")
    filled = prompt.fill(
        fence=text.fence,
        paper=text.text,
        question_fence=fence,
        question=asked,
        language=LANGUAGES.get(language, language),
    )
    schema = reply_schema(AnswerReply)
    return ModelRequest(paper_id=paper.versioned_id, prompt=filled, schema=schema), text


def read_answer(text: str) -> ParsedReply[tuple[Claim, ...]]:
    """The usable claims of a reply; an empty list is an answer, too."""
    data = _object(text, "answer")
    if isinstance(data, str):
        return ParsedReply(value=(), worth=0, fault=data)
    items, whole = data
    # They are the takeaways of what was asked: a part of a summary that has several.
    claims = tuple(claims_of("points", items))
    # A model may say in a claim without evidence that there is none.
    groundless = all(isinstance(i, Mapping) and i.get("evidence") == [] for i in items)
    if not claims and not groundless:
        fault = "the reply had no usable claim: each has `evidence` and `text`"
        return ParsedReply(value=(), worth=0, fault=fault)
    fault = "" if whole else "the reply broke off or was not whole JSON"
    # What broke off before its first claim may have had one to make.
    worth = len(claims) + 1 if whole else len(claims)
    return ParsedReply(value=claims, worth=worth, fault=fault)


# --------------------------------------------------------------------------------------
# A claim, for which evidence is looked for.


class EvidenceReply(StrictModel):
    """What a model finds in a paper that bears on a claim."""

    quotes: Annotated[list[Quote], Field(max_length=3)]


def evidence_version(prompt: Prompt) -> str:
    """Short hash of the prompt and its schema."""
    return schema_version(prompt.text, EvidenceReply)


def evidence_request(
    paper: Paper,
    document: Document | None,
    claim: str,
    *,
    prompt: Prompt,
    max_chars: int = 120_000,
) -> tuple[ModelRequest, PaperText]:
    """The question which words of a paper bear on a claim; see `answer_request`.

    Raises:
        PromptError: The prompt's variables are not those of `evidence`.
    """
    text = paper_text(paper, document, max_chars=max_chars)
    said, fence = fenced(claim, "claim")
    filled = prompt.fill(
        fence=text.fence, paper=text.text, claim_fence=fence, claim=said
    )
    schema = reply_schema(EvidenceReply)
    return ModelRequest(paper_id=paper.versioned_id, prompt=filled, schema=schema), text


def read_evidence(text: str) -> ParsedReply[tuple[str, ...]]:
    """The quotes of a reply; an empty list is a reply, too."""
    data = _object(text, "quotes")
    if isinstance(data, str):
        return ParsedReply(value=(), worth=0, fault=data)
    quotes = tuple(quotes_of(data[0]))
    return ParsedReply(value=quotes, worth=len(quotes) + 1)


def _object(text: str, key: str) -> tuple[list[Any], bool] | str:
    """The list under a reply's one key, and whether it is whole; or what is wrong."""
    try:
        found = read_object(text, keys=(key,))
    except NoObject as error:
        return f"the reply was {error}"
    value = found.value.get(key) if isinstance(found.value, Mapping) else None
    if not isinstance(value, list):
        return f"the reply had no list under `{key}`"
    return value, "cut short" not in found.mends
