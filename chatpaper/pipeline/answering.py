"""One paper, asked: a question answered by claims, or a claim checked.

    answer_question  -> answer -> look up -> judge -> repair -> look up -> judge
    check_claim      -> evidence -> look up -> judge

The replies are kept by the question that they answer, as those of a summary are: to ask
again costs nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from textwrap import indent
from typing import Literal

from chatpaper.config import Config
from chatpaper.errors import ConfigError
from chatpaper.models import Extractor, ParsedReply
from chatpaper.pipeline.asking import choose_provider
from chatpaper.pipeline.assembly import Tools
from chatpaper.pipeline.digest import with_printed_facts
from chatpaper.pipeline.drafts import SummaryWriter
from chatpaper.pipeline.provenance import provenance_of
from chatpaper.pipeline.summaries import (
    PaperCalls,
    checked_summary,
    publishable_claims,
)
from chatpaper.posts import shown_claims
from chatpaper.reading import parse_document
from chatpaper.records import (
    Check,
    Claim,
    Digest,
    Document,
    Finding,
    Paper,
    Provenance,
    Summary,
)
from chatpaper.store import ASKED
from chatpaper.summary import (
    answer_request,
    answer_version,
    evidence_request,
    evidence_version,
    read_answer,
    read_claim,
    read_evidence,
    read_question,
)
from chatpaper.verify import (
    LocatedQuote,
    PaperIndex,
    check_names,
    check_numbers,
    judge,
    look_up,
    nearest_sentences,
    with_verdict,
    words_shown,
)
from chatpaper.workers import result_of

Ruling = Literal["supported", "contradicted", "not supported", "cannot tell"]

_HAN = re.compile(r"[\u3400-\u9fff]")
_MAX_NEAREST_CHARS = 600


# --------------------------------------------------------------------------------------
# A question.


def answer_question(
    paper: Paper, document: Document, question: str, config: Config, tools: Tools
) -> Digest:
    """Answer a question by claims that the paper bears out.

    Args:
        paper: Which.
        document: Of its PDF.
        question: Somebody's; it is bounded and cleaned here.
        config: Language, who judges, and what becomes of unsupported claims.
        tools: Model and store.

    Returns:
        The claims that may be shown, with their checks, as the digest of the paper.
        `summary` is None where the model found nothing that answers the question; it
        has no claims where none of its claims passed the checks.

    Raises:
        ConfigError: The question is empty or too long, or there is no model.
        QuotaSpent: The budget or the quota does not allow the calls.
        SummaryError: There was no usable reply, or no verdict.
    """
    asked = read_question(question)
    writer = _model_of(tools, config)
    paper = with_printed_facts(paper, document)
    language = config.output.language
    request, text = answer_request(
        paper,
        document,
        asked,
        prompt=writer.prompts["answer"],
        language=language,
        max_chars=config.llm.max_input_chars,
    )
    calls = _calls(paper, PaperIndex(document, paper), config, writer)
    claims = calls.ask("answer", request, read_answer)
    version = answer_version(writer.prompts["answer"], language)
    digest = Digest(paper=paper, page_count=document.page_count, hidden=document.hidden)
    if not claims:
        made = provenance_of(
            calls.replies, writer=writer, basis=text.basis, prompt=version
        )
        return replace(digest, provenance=made)
    judged = checked_summary(
        calls, Summary(claims=claims), basis=text.basis, prompt=version
    )
    summary, checks, removed = publishable_claims(judged, config.trust.unsupported)
    digest = replace(
        digest,
        summary=summary,
        checks=checks,
        removed=removed,
        provenance=judged.provenance,
    )
    return _grounded(digest)


def _grounded(digest: Digest) -> Digest:
    """Without claims that no post may print, or that rest on no words of the paper.

    A post marks the latter. An answer is of somebody who may have been talked into it,
    and has nothing that the paper does not have.
    """
    assert digest.summary is not None
    shown = shown_claims(digest)
    kept = [checked for checked in shown if checked.check.located]
    gone = digest.removed
    return replace(
        digest,
        summary=replace(digest.summary, claims=tuple(c.claim for c in kept)),
        checks=tuple(checked.check for checked in kept),
        removed=replace(
            gone,
            form=gone.form + len(digest.summary.claims) - len(shown),
            unsupported=gone.unsupported + len(shown) - len(kept),
        ),
    )


# --------------------------------------------------------------------------------------
# A claim.


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimVerdict:
    """What a paper has to say to somebody's claim about it.

    Attributes:
        paper: Which.
        claim: The claim, with the words of the paper that bear on it.
        check: Where these stand, and what was found.
        ruling: `not supported` also where a number or a name is not the paper's.
        reason: In English; from the judge, or of the rules; untrusted.
        provenance: Who found and judged; None without a model.
    """

    paper: Paper
    claim: Claim
    check: Check
    ruling: Ruling
    reason: str = ""
    provenance: Provenance | None = None

    def __str__(self) -> str:
        pairs = zip(self.claim.evidence, self.check.places, strict=True)
        quotes = [f'    p.{place.page}: "{words}"' for words, place in pairs if place]
        return "\n".join([": ".join(filter(None, (self.ruling, self.reason))), *quotes])

    def _repr_markdown_(self) -> str:
        # As a block of code, in which no foreign word is more than a word.
        return indent(str(self), "    ")


def check_claim(
    paper: Paper, document: Document, claim: str, config: Config, tools: Tools
) -> ClaimVerdict:
    """Hold somebody's claim against a paper.

    A model finds the words that bear on it; only those that stand in the paper count.
    Numbers and names are looked up, and the judge rules. Without a model there are only
    the look-ups, and the sentences that share most words with the claim.

    Args:
        paper: Which.
        document: Of its PDF.
        claim: Somebody's, in any language; it is bounded and cleaned here.
        config: Who judges.
        tools: Model and store.

    Raises:
        ConfigError: The claim is empty or too long.
        QuotaSpent, SummaryError: As for `answer_question`.
    """
    text = read_claim(claim)
    paper = with_printed_facts(paper, document)
    index = PaperIndex(document, paper)
    if isinstance(tools.writer, Extractor):
        return _looked_up(text, paper, index)
    writer = tools.writer
    request, sent = evidence_request(
        paper,
        document,
        text,
        prompt=writer.prompts["evidence"],
        max_chars=config.llm.max_input_chars,
    )
    calls = _calls(paper, index, config, writer)
    quotes = calls.ask("evidence", request, partial(_read_located, index=index))
    found = [quote for quote in quotes if isinstance(index.find(quote), LocatedQuote)]
    evidence = tuple(found) or _nearest(text, index)
    stated = Claim(field="points", text=text, evidence=evidence)
    check = _check(stated, index)
    ruling: Ruling = "cannot tell"
    reason = "no words that bear on it were found in the paper"
    if sent.basis != "full text":
        reason += f", of which the model had the {sent.basis}"
    if check.located:
        verdicts = judge(
            {1: stated},
            index,
            answer=partial(calls.ask, "judge"),
            paper_id=paper.versioned_id,
            prompt=writer.prompts["judge"],
            model=config.judge_model,
        )
        check = with_verdict(check, verdicts.get(1))
        ruling, reason = _ruling(check)
    version = evidence_version(writer.prompts["evidence"])
    made = provenance_of(calls.replies, writer=writer, basis=sent.basis, prompt=version)
    return ClaimVerdict(
        paper=paper,
        claim=stated,
        check=check,
        ruling=ruling,
        reason=reason,
        provenance=made,
    )


def _ruling(check: Check) -> tuple[Ruling, str]:
    """What a judged check comes to, and why."""
    reasons = {finding.kind: _reason(finding) for finding in reversed(check.findings)}
    if check.verdict == "contradicted":
        return "contradicted", reasons["contradicted"]
    if check.verdict == "unjudged":
        return "cannot tell", "the judge gave no verdict on it"
    # What the judge lets pass, a rule may still have found.
    for kind in ("unsupported", "number", "name"):
        if kind in reasons:
            return "not supported", reasons[kind]
    return "supported", ""


def _reason(finding: Finding) -> str:
    return f"{finding.text}: {finding.reason}" if finding.text else finding.reason


def _looked_up(text: str, paper: Paper, index: PaperIndex) -> ClaimVerdict:
    """What rules alone can say: which sentences are near, which words are not there."""
    stated = Claim(field="points", text=text, evidence=_nearest(text, index))
    found = index.printed.blocks
    findings = [
        Finding(kind="number", text=number.quantity.text, reason="not in the paper")
        for number in check_numbers(text, [block.text for block in found])
        if number.found is None
    ]
    findings += check_names(text, index.vocabulary, language=_language(text))
    places = _check(stated, index).places
    lacking = ", ".join(dict.fromkeys(finding.text for finding in findings))
    told = f"the paper does not have {lacking}" if lacking else "none is lacking"
    return ClaimVerdict(
        paper=paper,
        claim=stated,
        check=Check(places=places, findings=tuple(findings)),
        ruling="cannot tell",
        reason="no language model is set up: nothing was judged; of numbers and names"
        f" {told}",
    )


def _check(stated: Claim, index: PaperIndex) -> Check:
    """The look-ups of somebody's claim, whose form is their own business.

    Its quotes were found by a model, and need not have each of its numbers: these may
    stand round them, where the judge sees them.
    """
    (check,) = look_up(
        Summary(claims=(stated,)), index, language=_language(stated.text)
    )
    lacking = {
        number.quantity.text
        for number in check_numbers(stated.text, [words_shown(stated, index)])
        if number.found is None
    }
    kept = tuple(
        finding
        for finding in check.findings
        if finding.kind == "name"
        or (finding.kind == "number" and finding.text in lacking)
    )
    return replace(check, findings=kept)


def _read_located(text: str, index: PaperIndex) -> ParsedReply[tuple[str, ...]]:
    """The quotes of a reply, which is asked for again when the paper has none of them.

    They are kept all the same: the paper may be searched by them.
    """
    read = read_evidence(text)
    hits = [q for q in read.value if isinstance(index.find(q), LocatedQuote)]
    if not read.value or hits:
        return replace(read, worth=read.worth and 1 + len(hits))
    fault = "none of its quotes stands in the paper: copy them character for character"
    return replace(read, worth=1, fault=fault)


def _nearest(text: str, index: PaperIndex) -> tuple[str, ...]:
    """The sentences of the paper that share most words with a text."""
    spans = nearest_sentences(text, index.printed)
    sentences = (" ".join(span.words.split()) for span in spans)
    return tuple(s for s in sentences if 0 < len(s) <= _MAX_NEAREST_CHARS)


def _language(text: str) -> str:
    """In English only what is written like a name is one."""
    return "zh" if _HAN.search(text) else "en"


# --------------------------------------------------------------------------------------
# Who is asked.


def _model_of(tools: Tools, config: Config) -> SummaryWriter:
    """The language model that a question needs.

    Raises:
        ConfigError: There is none, with the way to have one.
    """
    if isinstance(tools.writer, SummaryWriter):
        return tools.writer
    need = "to ask a paper takes a language model"
    if config.llm.provider == "auto":
        choose_provider(config.llm, None, need=need)
    raise ConfigError("llm.provider", f"it is {tools.writer.name}: {need}")


def _calls(
    paper: Paper, index: PaperIndex, config: Config, writer: SummaryWriter
) -> PaperCalls:
    return PaperCalls(
        paper.versioned_id,
        index,
        config,
        writer,
        kept_under=f"{ASKED}{paper.versioned_id}",
    )


def document_of(paper: Paper, pdf: Path, config: Config, tools: Tools) -> Document:
    """A paper's PDF, read in a worker.

    Raises:
        DocumentError: It cannot be read, or its worker was lost.
    """
    tools.controls.watch(paper.versioned_id, "read")
    future = tools.readers.submit(
        parse_document, paper.versioned_id, pdf, max_pages=config.reading.max_pages
    )
    return result_of(future, paper.versioned_id)
