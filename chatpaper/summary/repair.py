"""One call to a model that names faulty claims and asks for better ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import Field, ValidationError

from chatpaper.models import (
    ModelRequest,
    NoObject,
    ParsedReply,
    Prompt,
    fenced,
    read_object,
    reply_schema,
)
from chatpaper.records import TRANSLATION, Claim, Finding, Summary
from chatpaper.summary.reply import (
    MAX_TEXT_CHARS,
    MAX_TRANSLATION_CHARS,
    Quotes,
    StrictModel,
    quotes_of,
    readable,
)
from chatpaper.summary.request import and_translation, language_variables
from chatpaper.text import one_line


class Replacement(StrictModel):
    """What takes the place of one numbered claim; an empty text withdraws it."""

    number: Annotated[int, Field(ge=1)]
    evidence: Quotes | Annotated[list[str], Field(max_length=0)]
    text: Annotated[str, Field(max_length=MAX_TRANSLATION_CHARS)]


class _ReplacementSchema(StrictModel):
    """As `Replacement`, in the words that a schema can say."""

    number: Annotated[int, Field(ge=1)]
    evidence: Annotated[list[str], Field(max_length=3)]
    text: str


class RepairReply(StrictModel):
    """What a model says when faulty claims are named to it."""

    claims: Annotated[list[_ReplacementSchema], Field(max_length=40)]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultyClaim:
    """A claim with findings.

    Attributes:
        claim: As it stands.
        findings: What is wrong with it.
    """

    claim: Claim
    findings: Sequence[Finding]


def repair_request(
    faulty: Mapping[int, FaultyClaim],
    passages: str,
    *,
    paper_id: str,
    prompt: Prompt,
    language: str = "zh",
    translation: Prompt | None = None,
) -> ModelRequest:
    """The question to a model about faulty claims.

    Args:
        faulty: By number, from 1.
        passages: The parts of the paper that bear on them.
        paper_id: Versioned id, for logs and errors.
        prompt: The bundled `repair`, or one with its variables.
        language: Of the claims.
        translation: The bundled `translation`, for when one is among the claims.

    Raises:
        PromptError: The prompt's variables are not those of `repair`.
    """
    text, fence = fenced(passages)
    claims = "\n".join(f"{number}. {_named(item)}" for number, item in faulty.items())
    filled = prompt.fill(
        fence=fence, passages=text, claims=claims, **language_variables(language)
    )
    translated = any(item.claim.field == TRANSLATION for item in faulty.values())
    if translated and translation is not None:
        filled = and_translation(filled, translation, language)
    return ModelRequest(
        paper_id=paper_id,
        prompt=filled,
        schema=reply_schema(RepairReply),
        step="later",
    )


def _named(faulty: FaultyClaim) -> str:
    claim = faulty.claim
    lines = [f"[{claim.field}] {claim.text}"]
    lines += [f'   evidence given: "{quote}"' for quote in claim.evidence]
    for finding in faulty.findings:
        about = f"{finding.text!r}: " if finding.text else ""
        lines.append(
            f"   {finding.kind}: {about}{one_line(finding.reason, compose=True)}"
        )
        if finding.found:
            lines.append(
                f"   the paper says: {one_line(finding.found, compose=True)[:400]}"
            )
    return "\n".join(lines)


def read_repair(text: str) -> ParsedReply[Mapping[int, Replacement]]:
    """Usable replacements by number; a bad one spoils no other."""
    try:
        data = read_object(text, keys=("claims",)).value
    except NoObject:
        return ParsedReply(value={}, worth=0, fault="the reply was not JSON")
    items = data.get("claims")
    good: dict[int, Replacement] = {}
    for item in items if isinstance(items, list) else []:
        replacement = _replacement(item)
        if replacement is not None:
            good.setdefault(replacement.number, replacement)
    return ParsedReply(
        value=good, worth=len(good), fault="" if good else "the reply named no claim"
    )


def _replacement(item: Any) -> Replacement | None:
    if not isinstance(item, dict):
        return None
    try:
        return Replacement.model_validate(
            {**item, "evidence": quotes_of(item.get("evidence"))}
        )
    except ValidationError:
        return None


def replacement_claims(
    summary: Summary,
    indexes: Mapping[int, int],
    replacements: Mapping[int, Replacement],
) -> dict[int, Claim | None]:
    """The new claims by the index of the old; None for one that is withdrawn.

    Args:
        summary: As it stands.
        indexes: Of its claims, by the number they were named with.
        replacements: By number; claims that the reply leaves out stay as they are.
    """
    return {
        index: _claim(summary.claims[index], replacements[number])
        for number, index in indexes.items()
        if number in replacements
        and _fits(summary.claims[index], replacements[number].text)
    }


def _fits(old: Claim, text: str) -> bool:
    """Whether a replacement is no longer than its field may be."""
    return old.field == TRANSLATION or len(text) <= MAX_TEXT_CHARS


def _claim(old: Claim, replacement: Replacement) -> Claim | None:
    text = readable(replacement.text)
    if not text:
        return None
    if old.field == TRANSLATION:
        return replace(old, text=text)
    return Claim(field=old.field, text=text, evidence=tuple(replacement.evidence))
