"""One call that names the faulty claims and asks for better ones."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from chatpaper import records
from chatpaper.errors import SummaryError
from chatpaper.exchange import ModelRequest
from chatpaper.prompts import Prompt
from chatpaper.records import FIELDS, Claim, Document, Finding, Paper, Summary
from chatpaper.summary.draft import Drafted, Model, language_variables, read_finish
from chatpaper.summary.reply import clean, json_body
from chatpaper.summary.schema import reply_schema
from chatpaper.summary.text import paper_text

log = logging.getLogger(__name__)

REPAIR_VARIABLES = frozenset({"fence", "paper", "language", "abstract_limit", "claims"})


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Mended(_Part):
    """What takes the place of one numbered claim; an empty text withdraws it."""

    number: Annotated[int, Field(ge=1)]
    text: Annotated[str, Field(max_length=600)]
    evidence: Annotated[str, Field(max_length=1000)]


class RepairReply(_Part):
    """What a model says when faulty claims are named to it."""

    claims: Annotated[list[Mended], Field(max_length=40)]


def repair(
    paper: Paper,
    document: Document | None,
    summary: Summary,
    faults: Mapping[int, Sequence[Finding]],
    *,
    model: Model,
    prompt: Prompt,
    missing: Sequence[records.Field] = (),
    language: str = "zh",
    max_chars: int = 120_000,
) -> Drafted:
    """Ask once for better claims in place of the faulty ones, and for missing fields.

    Args:
        paper: Whose summary it is.
        document: As given to `summarize`.
        summary: As it stands.
        faults: What is wrong, by the index of the claim; claims that are not
            named keep their words.
        model: Who is asked.
        prompt: With the variables `REPAIR_VARIABLES`.
        missing: Fields that came in no usable form; each gets at most one claim.
        language: Of the claims.
        max_chars: Of the paper's text.

    Returns:
        The summary with replaced claims in place, and without those withdrawn.
        Claims that the reply leaves out stay as they are.

    Raises:
        SummaryError: No usable reply; its `usage` says what it cost all the same.
        PromptError: The prompt's variables are not `REPAIR_VARIABLES`.
    """
    text = paper_text(paper, document, max_chars=max_chars)
    indexes = [index for index in sorted(faults) if faults[index]]
    named = [_named(summary.claims[index], faults[index]) for index in indexes]
    named += [f"[{name}] (this part of the reply was missing)" for name in missing]
    filled = prompt.fill(
        fence=text.fence,
        paper=text.text,
        **language_variables(language),
        claims="\n".join(f"{nth}. {claim}" for nth, claim in enumerate(named, 1)),
    )
    reply = model.complete(
        ModelRequest(
            paper_id=paper.versioned_id,
            prompt=filled,
            schema=reply_schema(RepairReply),
        )
    )
    mended = _mended(reply.text)
    fault = read_finish(reply) or ("" if mended else "the reply was not of use")
    if not mended:
        raise SummaryError(paper.versioned_id, f"repair: {fault}", reply.usage)
    return Drafted(
        summary=_merged(summary, indexes, missing, mended),
        usage=reply.usage,
        model=reply.model,
        basis=text.basis,
        left_out=text.left_out,
    )


def _named(claim: Claim, findings: Sequence[Finding]) -> str:
    lines = [f"[{claim.field}] {claim.text}", f"   evidence given: {claim.quote}"]
    for finding in findings:
        lines.append(f"   {finding.kind}: {finding.text!r}: {clean(finding.reason)}")
        if finding.found:
            lines.append(f"   the paper says: {clean(finding.found)[:400]}")
    return "\n".join(lines)


def _mended(text: str) -> dict[int, Mended]:
    """Good replacements by number; a bad one costs only itself."""
    try:
        data: Any = from_json(json_body(text), allow_partial=True)
    except ValueError:
        return {}
    items = data.get("claims") if isinstance(data, dict) else None
    good: dict[int, Mended] = {}
    for item in items if isinstance(items, list) else []:
        try:
            mended = Mended.model_validate(item)
        except ValidationError:
            continue
        good.setdefault(mended.number, mended)
    return good


def _merged(
    summary: Summary,
    indexes: Sequence[int],
    missing: Sequence[records.Field],
    mended: Mapping[int, Mended],
) -> Summary:
    claims: list[Claim | None] = list(summary.claims)
    for nth, index in enumerate(indexes, 1):
        if nth in mended:
            claims[index] = _claim(summary.claims[index].field, mended[nth])
    for nth, name in enumerate(missing, len(indexes) + 1):
        if nth in mended:
            claims.append(_claim(name, mended[nth]))
    kept = [claim for claim in claims if claim is not None]
    kept.sort(key=lambda claim: FIELDS.index(claim.field))
    return replace(summary, claims=tuple(kept))


def _claim(name: records.Field, mended: Mended) -> Claim | None:
    text = clean(mended.text)
    return Claim(field=name, text=text, quote=clean(mended.evidence)) if text else None
