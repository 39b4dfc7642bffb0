"""What a model is sent to summarise one paper, and the call that does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chatpaper.models import (
    Model,
    ModelRequest,
    ParsedReply,
    Prompt,
    ask,
    fenced,
    reply_schema,
    schema_version,
)
from chatpaper.records import Document, Paper, Section, Summary, Usage
from chatpaper.summary.reply import (
    Reply,
    TranslatedReply,
    block_of,
    parse_reply,
    with_extras,
    with_text,
)

# --------------------------------------------------------------------------------------
# The text of a paper as a model gets it: fenced, in order, within a budget.

Basis = Literal["full text", "partial text", "abstract"]

_CUT = "\n[...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperText:
    """What is sent of a paper.

    Attributes:
        text: Between an opening and a closing `<fence>` tag.
        fence: The tags' name; it depends on all of the text, so that no text
            can hold its own.
        basis: What the text was made from.
    """

    text: str
    fence: str
    basis: Basis


def paper_text(
    paper: Paper, document: Document | None, *, max_chars: int = 120_000
) -> PaperText:
    """Title, abstract, sections, captions, tables and appendices, in that order.

    The abstract is arXiv's where the paper has one. The title page, references and
    acknowledgements are never sent. What exceeds `max_chars` goes in this order:
    appendices, notes, tables, captions, then the ends of the longest sections, so
    that short ones such as the conclusion stay whole.

    A table stands behind the section that first speaks of it, its caption above it;
    one that no section speaks of stands behind the captions.
    """
    title = f"Title: {paper.title}"
    body = _body(document) if document else []
    abstract = _abstract(paper, document, body)
    head = f"{title}\n\nAbstract\n{abstract}" if abstract else title
    room = max_chars - len(head)
    parts, is_whole = _shortened(body, room)
    if document:
        parts = with_extras(document, body, parts, room - sum(map(len, parts)))
    basis: Basis = "abstract"
    if body and document:
        is_whole &= document.pages_read >= document.page_count
        basis = "full text" if is_whole else "partial text"
    text, fence = fenced("\n\n".join([head, *parts]))
    return PaperText(text=text, fence=fence, basis=basis)


def _body(document: Document) -> list[Section]:
    sections = with_text([s for s in document.sections if s.kind == "section"])
    # A paper in which nothing but its front was told apart is sent as it stands.
    return sections or [
        s for s in document.sections if s.kind == "front" and s.text.strip()
    ]


def _abstract(paper: Paper, document: Document | None, body: Sequence[Section]) -> str:
    """What arXiv says; what was found in print only where arXiv says nothing."""
    known = paper.abstract.strip()
    if known or document is None:
        return known
    printed = "\n\n".join(s.text for s in document.sections if s.kind == "abstract")
    found = document.abstract or printed.strip()
    return "" if any(found in section.text for section in body) else found


def _shortened(body: Sequence[Section], room: int) -> tuple[list[str], bool]:
    """Sections with their headings, and whether none had to be cut.

    The longest are cut to one length, at which all fit.
    """
    blocks = [block_of(section) for section in body]
    if sum(map(len, blocks)) <= room:
        return blocks, True
    left, height = room, 0
    for nth, length in enumerate(sorted(map(len, blocks))):
        height = max(left // (len(blocks) - nth), 0)
        if length > height:
            break
        left -= length
    return [b if len(b) <= height else _clipped(b, height) for b in blocks], False


def _clipped(block: str, height: int) -> str:
    room = max(height - len(_CUT), 0)
    end = max(block.rfind(". ", 0, room) + 1, block.rfind("\n\n", 0, room), room // 2)
    return block[:end] + _CUT


# --------------------------------------------------------------------------------------
# What prompts say of the language that claims are written in.

LANGUAGES = {"zh": "Simplified Chinese (简体中文)", "en": "English"}
ABSTRACT_LIMITS = {"zh": "100 characters", "en": "40 words"}


def language_variables(language: str) -> dict[str, str]:
    """The language's name, and how long 摘要 may be, for the variables of a prompt."""
    return {
        "language": LANGUAGES.get(language, language),
        "abstract_limit": ABSTRACT_LIMITS.get(language, ABSTRACT_LIMITS["en"]),
    }


def and_translation(filled: str, translation: Prompt, language: str) -> str:
    """A filled prompt that asks for the abstract's translation, too."""
    asked = translation.fill(language=language_variables(language)["language"])
    return f"{filled}\n\n{asked}"


# --------------------------------------------------------------------------------------
# One call per paper fills the reply schema.


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
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


def prompt_version(
    prompt: Prompt, language: str = "zh", *, translation: Prompt | None = None
) -> str:
    """Short hash of prompt, schema and language; equal for equal questions."""
    if translation is None:
        return schema_version(prompt.text, Reply, language)
    return schema_version(prompt.text, TranslatedReply, language, translation.text)


def summary_request(
    paper: Paper,
    document: Document | None,
    *,
    prompt: Prompt,
    language: str = "zh",
    max_chars: int = 120_000,
    translation: Prompt | None = None,
) -> tuple[ModelRequest, PaperText]:
    """The question of `summarize`, and the text of the paper in it.

    With the prompt `translation` one part more is asked for: the abstract, translated.

    Raises:
        PromptError: The prompt's variables are not those of `summary`.
    """
    text = paper_text(paper, document, max_chars=max_chars)
    filled = prompt.fill(
        fence=text.fence,
        paper=text.text,
        **language_variables(language),
    )
    shape: type[Reply] = Reply
    if translation is not None:
        shape, filled = TranslatedReply, and_translation(filled, translation, language)
    request = ModelRequest(
        paper_id=paper.versioned_id, prompt=filled, schema=reply_schema(shape)
    )
    return request, text


def read_summary(text: str) -> ParsedReply[Summary]:
    """What is usable of a reply, and why to ask for it again, if so.

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
    return ParsedReply(value=parsed.summary, worth=worth, fault=fault)


def summarize(
    paper: Paper,
    document: Document | None,
    *,
    model: Model,
    prompt: Prompt,
    language: str = "zh",
    max_chars: int = 120_000,
    tries: int = 2,
) -> Draft:
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
    return Draft(
        summary=answer.value,
        usage=answer.usage,
        model=answer.model,
        basis=text.basis,
    )


def _listed(faults: tuple[str, ...]) -> str:
    if faults and faults[0].startswith("not a JSON object"):
        return faults[0]
    return "not of the asked-for shape" + "".join(f"; {f}" for f in faults[:6])
