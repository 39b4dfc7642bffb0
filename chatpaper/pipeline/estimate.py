"""What so many papers will take: hours, tokens and dollars, before any is spent."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

from chatpaper.config import Config
from chatpaper.models import CHARS_PER_TOKEN, REPLY_TOKENS, price_usd
from chatpaper.models.gemini import HALF_PRICE
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a number of papers will take.

    Attributes:
        papers: How many.
        hours: Wall time on this machine; a batch's day of waiting comes on top.
        slowest: What those hours are spent with, as the stations work side by side.
        tokens_in, tokens_out: Of the model.
        cost_usd: None when the model's price is not known.
        basis: What it rests on, one sentence in English.
    """

    papers: int
    hours: float
    slowest: Literal["downloading", "reading", "summarising"]
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    basis: str


def estimate(
    papers: int, periods: int, config: Config, store: Store, *, online: bool, llm: bool
) -> Estimate:
    """What papers will take.

    Args:
        papers: How many.
        periods: Searches they are found by.
        config: Limits, workers, prices.
        store: What was measured so far.
        online: Whether they come from arXiv, one request each.
        llm: Whether a model summarises them.
    """
    read, pages, chars, reading_s = store.document_means()
    if read < ENOUGH:
        pages, chars, reading_s = PAGES, CHARS, READING_S
    bought, mean_in, mean_out, summing_s = store.summary_means()
    if bought < ENOUGH:
        sent = min(chars, config.llm.max_input_chars) / CHARS_PER_TOKEN
        mean_in, mean_out, calls = sent + PROMPT_TOKENS, float(REPLY_TOKENS), 1.0
        if config.trust.judge:
            mean_in += JUDGE_TOKENS_IN
            mean_out += JUDGE_TOKENS_OUT
            calls += 1
        if config.trust.repair:
            mean_in += REPAIRS * REPAIR_TOKENS_IN
            mean_out += REPAIRS * REPAIR_TOKENS_OUT
            calls += REPAIRS * (1 + config.trust.judge)
        summing_s = CALL_S * calls
    requests = papers + papers / PAPERS_PER_PAGE + periods if online else 0.0
    workers = config.reading.workers or os.cpu_count() or 1
    seconds = {
        "downloading": requests * config.arxiv.gap_s,
        "reading": papers * reading_s / workers,
        "summarising": papers * summing_s / config.llm.concurrency if llm else 0.0,
    }
    if config.llm.service_tier == "batch":
        seconds["summarising"] = 0.0
    slowest = max(seconds, key=lambda name: seconds[name])
    tokens_in, tokens_out = round(papers * mean_in), round(papers * mean_out)
    if not llm:
        tokens_in = tokens_out = 0
    return Estimate(
        papers=papers,
        hours=seconds[slowest] / 3600,
        slowest=slowest,  # type: ignore[arg-type]
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        cost_usd=_price(config, tokens_in, tokens_out) if llm else 0.0,
        basis=(
            f"{_basis(read, 'papers read')}: {pages:.0f} pages, {reading_s:.1f} s each"
            + (
                f"; {_basis(bought, 'summaries bought')}: {mean_in:.0f} tokens in,"
                f" {mean_out:.0f} out each"
                if llm
                else ""
            )
        ),
    )


def _basis(count: int, what: str) -> str:
    return f"measured on {count} {what}" if count >= ENOUGH else "assumed"


def _price(config: Config, tokens_in: int, tokens_out: int) -> float | None:
    llm = config.llm
    discount = 0.0 if llm.service_tier == "standard" else HALF_PRICE
    return price_usd(llm.prices, llm.model, tokens_in, tokens_out, discount=discount)
