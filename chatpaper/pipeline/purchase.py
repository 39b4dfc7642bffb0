"""Summaries bought from a model: once each, checked, mended once, kept for good."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol

from chatpaper.errors import SummaryError
from chatpaper.exchange import ModelRequest, Usage
from chatpaper.prompts import Prompt
from chatpaper.records import Check, Document, Field, Paper, Provenance, Summary
from chatpaper.store import Store
from chatpaper.summary import (
    Basis,
    Drafted,
    Model,
    prompt_version,
    repair,
    summarize,
    summary_request,
)
from chatpaper.summary.reply import NEEDED
from chatpaper.verify import verify

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms summaries are bought.

    Attributes:
        model_name: As asked for; part of the key under which a summary is kept.
        summary_prompt, repair_prompt: Of the two model calls.
        language: Of the digest.
        max_input_chars: Of the paper's text that the model gets.
        repair: Whether faulty claims go back to the model, once.
    """

    model_name: str
    summary_prompt: Prompt
    repair_prompt: Prompt
    language: Literal["zh", "en"] = "zh"
    max_input_chars: int = 120_000
    repair: bool = True


class Unbought(Exception):
    """The summary is ordered, and comes with a batch."""


class Orders(Protocol):
    """Who orders summaries by batch."""

    def take(
        self, request: ModelRequest, *, key: str, basis: Basis, prompt: str
    ) -> bool:
        """Whether the summary comes by batch; False leaves it to a single call."""
        ...


class Buyer:
    """Buys summaries; one instance serves many threads."""

    def __init__(
        self,
        terms: Terms,
        *,
        model: Model,
        store: Store,
        now: Callable[[], datetime],
        orders: Orders | None = None,
    ) -> None:
        """Make a buyer that asks `model` and keeps what it pays for in `store`.

        With `orders`, only what it does not take is asked of the model.
        """
        self._terms = terms
        self._orders = orders
        self._model = model
        self._store = store
        self._now = now

    def summary(
        self, paper: Paper, document: Document
    ) -> tuple[Summary, Provenance, tuple[Check, ...]]:
        """A summary from the purse, or from the model; mended once, with its checks.

        Raises:
            Unbought: It comes with a batch.
            SummaryError: It could not be bought.
        """
        request, basis, key = self._request(paper, document)
        final = self._store.summary(_final(key))
        if final is not None:
            return *final, self._verified(paper, document, final[0])
        missing: tuple[Field, ...] = ()
        draft = self._store.summary(key)
        if draft is None:
            if self._orders is not None and self._orders.take(
                request, key=key, basis=basis, prompt=self._version()
            ):
                raise Unbought
            draft, missing = self._drafted(paper, document, key)
        else:
            missing = tuple(name for name in NEEDED if not draft[0].of(name))
        summary, provenance, checks = self._mended(paper, document, *draft, missing)
        self._store.keep_summary(_final(key), paper.versioned_id, summary, provenance)
        return summary, provenance, checks

    def _drafted(
        self, paper: Paper, document: Document, key: str
    ) -> tuple[tuple[Summary, Provenance], tuple[Field, ...]]:
        terms = self._terms
        drafted = summarize(
            paper,
            document,
            model=self._model,
            prompt=terms.summary_prompt,
            language=terms.language,
            max_chars=terms.max_input_chars,
        )
        log.info(
            "summarised paper=%s seconds=%.1f tokens_in=%d tokens_out=%d",
            paper.versioned_id,
            drafted.usage.seconds,
            drafted.usage.tokens_in,
            drafted.usage.tokens_out,
        )
        bought = drafted.summary, provenance_of(drafted, self._version(), self._now())
        self._store.keep_summary(key, paper.versioned_id, *bought)
        return bought, drafted.missing

    def _mended(
        self,
        paper: Paper,
        document: Document,
        summary: Summary,
        provenance: Provenance,
        missing: Sequence[Field],
    ) -> tuple[Summary, Provenance, tuple[Check, ...]]:
        """The summary after its one repair call, or as it was if that is no better."""
        terms = self._terms
        checks = self._verified(paper, document, summary)
        faults = {n: c.findings for n, c in enumerate(checks) if c.findings}
        if not terms.repair or not (faults or missing):
            return summary, provenance, checks
        try:
            mended = repair(
                paper,
                document,
                summary,
                faults,
                model=self._model,
                prompt=terms.repair_prompt,
                missing=missing,
                language=terms.language,
                max_chars=terms.max_input_chars,
            )
        except SummaryError as error:
            # The draft is paid for: it is published with its faults marked.
            log.warning("not repaired paper=%s: %s", paper.versioned_id, error.reason)
            return summary, spent(provenance, error.usage or Usage()), checks
        provenance = spent(provenance, mended.usage)
        again = self._verified(paper, document, mended.summary)
        if missing or _faults(again) < _faults(checks):
            return mended.summary, provenance, again
        return summary, provenance, checks

    def _request(
        self, paper: Paper, document: Document
    ) -> tuple[ModelRequest, Basis, str]:
        """The model's request for a paper, its basis, and its summary's key."""
        terms = self._terms
        request, text = summary_request(
            paper,
            document,
            prompt=terms.summary_prompt,
            language=terms.language,
            max_chars=terms.max_input_chars,
        )
        asked = "\0".join(
            [paper.versioned_id, terms.model_name, self._version(), request.prompt]
        )
        return request, text.basis, hashlib.sha256(asked.encode()).hexdigest()

    def _version(self) -> str:
        return prompt_version(self._terms.summary_prompt, self._terms.language)

    def _verified(
        self, paper: Paper, document: Document, summary: Summary
    ) -> tuple[Check, ...]:
        return verify(summary, document, paper=paper, language=self._terms.language)


def provenance_of(drafted: Drafted, prompt: str, made_at: datetime) -> Provenance:
    """Who wrote a draft, from what, when and at what price."""
    return Provenance(
        provider="gemini",
        model=drafted.model,
        prompt=prompt,
        basis=drafted.basis,
        made_at=made_at,
        calls=drafted.usage.calls,
        tokens_in=drafted.usage.tokens_in,
        tokens_out=drafted.usage.tokens_out,
        cost_usd=drafted.usage.cost_usd,
        seconds=drafted.usage.seconds,
    )


def spent(provenance: Provenance, usage: Usage) -> Provenance:
    """Provenance after further calls."""
    known = provenance.cost_usd is not None and usage.cost_usd is not None
    cost = (provenance.cost_usd or 0) + (usage.cost_usd or 0)
    return replace(
        provenance,
        calls=provenance.calls + usage.calls,
        tokens_in=provenance.tokens_in + usage.tokens_in,
        tokens_out=provenance.tokens_out + usage.tokens_out,
        cost_usd=cost if known else None,
        seconds=provenance.seconds + usage.seconds,
    )


def _final(key: str) -> str:
    return f"{key}:final"


def _faults(checks: Sequence[Check]) -> int:
    return sum(len(check.findings) for check in checks)
