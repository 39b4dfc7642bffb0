"""What so many papers will take: hours, tokens and dollars, before any is spent."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

from chatpaper.config import Config
from chatpaper.models import (
    CHARS_PER_TOKEN,
    REPLY_TOKENS,
    Extractor,
    ModelProvider,
    Provider,
    price_usd,
)
from chatpaper.sources import Source
from chatpaper.store import Store

# Assumed until this store has measured its own: means over 60 papers of arXiv from 1994
# to 2025 in many fields, up to three figures rendered, on one core of a small server.
PAGES = 20.9
CHARS = 55_300.0
READING_S = 1.0
# The prompt around the paper and the schema of the reply, counted.
PROMPT_TOKENS = 1_600
# What a judge is shown and says of a draft's 21 claims and title: means of four papers.
JUDGE_TOKENS_IN, JUDGE_TOKENS_OUT = 5_600, 210
# A repair with its own judge, assumed for every second paper.
REPAIR_TOKENS_IN, REPAIR_TOKENS_OUT, REPAIRS = 2_400, 230, 0.5
CALL_S = 15.0
# Too few to say what is usual.
ENOUGH = 20
PAPERS_PER_PAGE = 100
# An abstract of 200 words in Chinese, and what a judge is shown to hold it against.
TRANSLATION_TOKENS_OUT, TRANSLATION_TOKENS_JUDGED = 300, 900

Work = Literal["downloading", "reading", "summarising"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a number of papers will take.

    Attributes:
        papers: How many.
        hours: Wall time on this machine; a batch's day of waiting comes on top.
        slowest: What those hours are spent with, as the stages work side by side.
        tokens_in, tokens_out: Of the model.
        cost_usd: None when the model's price is not known.
        basis: What it rests on, one sentence in English.
    """

    papers: int
    hours: float
    slowest: Work
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    basis: str


def estimate_papers(
    papers: int,
    periods: int,
    config: Config,
    store: Store,
    *,
    source: Source,
    provider: Provider,
) -> Estimate:
    """What papers will take.

    Args:
        papers: How many.
        periods: Searches they are found by.
        config: Limits, workers, prices.
        store: What was measured so far.
        source: Where they come from; a live one is asked once for each paper.
        provider: Who summarises them.
    """
    read, pages, chars, reading_s = store.document_means()
    if read < ENOUGH:
        pages, chars, reading_s = PAGES, CHARS, READING_S
    basis = f"{_basis(read, 'papers read')}: {pages:.0f} pages, {reading_s:.1f} s each"
    tokens_in = tokens_out = 0
    summing_s = 0.0
    cost_usd: float | None = 0.0
    if not isinstance(provider, Extractor):
        one = _summary_means(config, store, chars)
        summing_s, cost_usd = one.seconds, _price(config, provider, papers, one)
        tokens_in, tokens_out = (
            round(papers * one.tokens_in),
            round(papers * one.tokens_out),
        )
        basis += (
            f"; {_basis(one.bought, 'summaries bought')}: {one.tokens_in:.0f} tokens"
            f" in, {one.tokens_out:.0f} out each; {_models(config)}"
        )
    if config.llm.service_tier == "batch":
        summing_s = 0.0
    requests = papers + papers / PAPERS_PER_PAGE + periods if source.live else 0.0
    workers = config.reading.workers or os.cpu_count() or 1
    seconds: dict[Work, float] = {
        "downloading": requests * source.gap_s,
        "reading": papers * reading_s / workers,
        "summarising": papers * summing_s / config.llm.concurrency,
    }
    slowest = max(seconds, key=lambda work: seconds[work])
    return Estimate(
        papers=papers,
        hours=seconds[slowest] / 3600,
        slowest=slowest,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        cost_usd=cost_usd,
        basis=basis,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Summary:
    """What one summary takes, on average.

    Attributes:
        bought: On how many that rests.
        tokens_in, tokens_out, seconds: Of all its calls.
        judge_in, judge_out: Of these tokens, those of the judge.
    """

    bought: int
    tokens_in: float
    tokens_out: float
    seconds: float
    judge_in: float
    judge_out: float


def _summary_means(config: Config, store: Store, chars: float) -> _Summary:
    """As measured, or as assumed for papers of so many characters."""
    bought, mean_in, mean_out, seconds, judge_in, judge_out = store.summary_means()
    if bought < ENOUGH:
        sent = min(chars, config.llm.max_input_chars) / CHARS_PER_TOKEN
        mean_in, mean_out, calls = sent + PROMPT_TOKENS, float(REPLY_TOKENS), 1.0
        output = config.output
        translates = output.translate_abstract and output.language == "zh"
        mean_out += translates * TRANSLATION_TOKENS_OUT
        judge_in = judge_out = 0.0
        if config.trust.judge:
            judge_in = JUDGE_TOKENS_IN + translates * TRANSLATION_TOKENS_JUDGED
            judge_out = float(JUDGE_TOKENS_OUT)
            calls += 1
        if config.trust.repair:
            mean_in += REPAIRS * REPAIR_TOKENS_IN
            mean_out += REPAIRS * REPAIR_TOKENS_OUT
            calls += REPAIRS * (1 + config.trust.judge)
        mean_in, mean_out = mean_in + judge_in, mean_out + judge_out
        seconds = CALL_S * calls
    return _Summary(
        bought=round(bought),
        tokens_in=mean_in,
        tokens_out=mean_out,
        seconds=seconds,
        judge_in=judge_in,
        judge_out=judge_out,
    )


def _models(config: Config) -> str:
    """Who writes, and who judges if that is another."""
    judge = config.judge_model if config.trust.judge else ""
    return f"{config.llm.model} writes" + (f", {judge} judges" if judge else "")


def _basis(count: int, what: str) -> str:
    return f"measured on {count} {what}" if count >= ENOUGH else "assumed"


def _price(
    config: Config, provider: ModelProvider, papers: int, one: _Summary
) -> float | None:
    """Each model's tokens at its own price."""
    llm, judge = config.llm, config.judge_llm
    discount = 0.0 if llm.service_tier == "standard" else provider.discount
    theirs = discount if judge.provider == llm.provider else 0.0
    shares = (
        (llm.model, one.tokens_in - one.judge_in, one.tokens_out - one.judge_out, 0),
        (judge.model, one.judge_in, one.judge_out, 1),
    )
    costs = [
        price_usd(
            llm.prices,
            model,
            round(papers * tokens_in),
            round(papers * tokens_out),
            discount=theirs if judges else discount,
        )
        for model, tokens_in, tokens_out, judges in shares
        if tokens_in or not judges
    ]
    return None if None in costs else sum(cost or 0.0 for cost in costs)
