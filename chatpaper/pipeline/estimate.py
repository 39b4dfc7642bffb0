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
# What a judge is shown and says of the 21 claims of a draft: means of four papers.
JUDGE_TOKENS_IN, JUDGE_TOKENS_OUT = 5_200, 200
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
    if not isinstance(provider, Extractor):
        bought, mean_in, mean_out, summing_s = _summary_means(config, store, chars)
        tokens_in, tokens_out = round(papers * mean_in), round(papers * mean_out)
        basis += (
            f"; {_basis(bought, 'summaries bought')}: {mean_in:.0f} tokens in,"
            f" {mean_out:.0f} out each"
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
        cost_usd=_price(config, provider, tokens_in, tokens_out),
        basis=basis,
    )


def _summary_means(
    config: Config, store: Store, chars: float
) -> tuple[int, float, float, float]:
    """How many summaries were bought; tokens in and out, and seconds, of one."""
    bought, mean_in, mean_out, seconds = store.summary_means()
    if bought >= ENOUGH:
        return bought, mean_in, mean_out, seconds
    sent = min(chars, config.llm.max_input_chars) / CHARS_PER_TOKEN
    mean_in, mean_out, calls = sent + PROMPT_TOKENS, float(REPLY_TOKENS), 1.0
    translates = config.output.translate_abstract and config.output.language == "zh"
    mean_out += translates * TRANSLATION_TOKENS_OUT
    if config.trust.judge:
        mean_in += JUDGE_TOKENS_IN + translates * TRANSLATION_TOKENS_JUDGED
        mean_out += JUDGE_TOKENS_OUT
        calls += 1
    if config.trust.repair:
        mean_in += REPAIRS * REPAIR_TOKENS_IN
        mean_out += REPAIRS * REPAIR_TOKENS_OUT
        calls += REPAIRS * (1 + config.trust.judge)
    return bought, mean_in, mean_out, CALL_S * calls


def _basis(count: int, what: str) -> str:
    return f"measured on {count} {what}" if count >= ENOUGH else "assumed"


def _price(
    config: Config, provider: Provider, tokens_in: int, tokens_out: int
) -> float | None:
    if isinstance(provider, Extractor):
        return 0.0
    llm = config.llm
    discount = 0.0 if llm.service_tier == "standard" else provider.discount
    return price_usd(llm.prices, llm.model, tokens_in, tokens_out, discount=discount)
