"""One call per paper fills the reply schema."""

from __future__ import annotations

from dataclasses import dataclass

from chatpaper.exchange import (
    Model,
    ModelRequest,
    Read,
    Usage,
    ask,
    reply_schema,
    schema_version,
)
from chatpaper.prompts import Prompt
from chatpaper.records import Document, Paper, Summary
from chatpaper.summary.language import language_variables
from chatpaper.summary.reply import Reply, parse_reply
from chatpaper.summary.text import Basis, PaperText, paper_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A summary as the model wrote it, unchecked, and what it took.

    Attributes:
        summary: Of the paper.
        usage: Of every call made for it.
        model: The model's own name for itself.
        basis: What the summary was made from.
    """

    summary: Summary
    usage: Usage
    model: str
    basis: Basis


def prompt_version(prompt: Prompt, language: str = "zh") -> str:
    """Short hash of prompt, schema and language: who else asks, asks the same."""
    return schema_version(prompt.text, Reply, language)


def summary_request(
    paper: Paper,
    document: Document | None,
    *,
    prompt: Prompt,
    language: str = "zh",
    max_chars: int = 120_000,
) -> tuple[ModelRequest, PaperText]:
    """What `summarize` asks, and the text of the paper in it.

    Raises:
        PromptError: The prompt's variables are not those of `summary`.
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


def read_summary(text: str) -> Read[Summary]:
    """What can be kept of a reply, and why it should be asked for again, if so.

    A reply that breaks off is asked for again however much of it was read. One that
    breaks off before it says how the paper works is of no use.
    """
    parsed = parse_reply(text)
    fault = ""
    if not parsed.usable:
        fault = f"the reply was {_listed(parsed.faults)}"
    elif not parsed.whole:
        fault = "the reply broke off or was not whole JSON"
    goes_far = parsed.summary.of("approach") or parsed.summary.of("method")
    stump = not (parsed.whole or goes_far)
    worth = len(parsed.summary.claims) if parsed.usable and not stump else 0
    return Read(value=parsed.summary, worth=worth, fault=fault)


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

    A reply with some good fields keeps them. One without an abstract or points, or cut
    short, is asked for again with the fault named, and the richer one is kept.

    Args:
        paper: Its title and, without a document, its abstract are sent.
        document: None when there is no PDF to be had.
        model: Who is asked.
        prompt: The bundled `summary`, or one with its variables.
        language: Of the claims: `zh` or `en`.
        max_chars: Of the paper's text; see `paper_text` for what goes first.
        tries: Replies asked for, at most.

    Raises:
        SummaryError: No usable reply; its `usage` says what it cost all the same.
        PromptError: The prompt's variables are not those of `summary`.
    """
    request, text = summary_request(
        paper, document, prompt=prompt, language=language, max_chars=max_chars
    )
    answer = ask(model, request, read_summary, tries=tries)
    return Drafted(
        summary=answer.value,
        usage=answer.usage,
        model=answer.model,
        basis=text.basis,
    )


def _listed(faults: tuple[str, ...]) -> str:
    if faults and faults[0].startswith("not a JSON object"):
        return faults[0]
    return "not of the asked-for shape" + "".join(f"; {f}" for f in faults[:6])
