"""Somebody's claim, held against one paper: evidence -> look up -> judge."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from textwrap import indent
from typing import Literal

from chatpaper.config import Config
from chatpaper.models import Extractor, ParsedReply
from chatpaper.pipeline.answering import calls_about
from chatpaper.pipeline.assembly import Tools
from chatpaper.pipeline.digest import with_printed_facts
from chatpaper.pipeline.provenance import provenance_of
from chatpaper.records import (
    Check,
    Claim,
    Document,
    Finding,
    Paper,
    Provenance,
    Summary,
)
from chatpaper.summary import (
    evidence_request,
    evidence_version,
    read_claim,
    read_evidence,
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

Ruling = Literal["supported", "contradicted", "not supported", "cannot tell"]

_HAN = re.compile(r"[\u3400-\u9fff]")
_MAX_NEAREST_CHARS = 600


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
    calls = calls_about(paper, index, config, writer)
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
