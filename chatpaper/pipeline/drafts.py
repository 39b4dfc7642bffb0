"""What the model is asked for a paper's draft, and what a reply to it is kept by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chatpaper.config import Config
from chatpaper.models import MeteredModel, ModelRequest, Prompt
from chatpaper.pipeline.batch_jobs import Batches
from chatpaper.pipeline.controls import Watch, unwatched
from chatpaper.records import Document, Paper
from chatpaper.store import Store
from chatpaper.summary import Basis, needs_translation, summary_request


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryWriter:
    """The language model that writes summaries, and what its calls need.

    Attributes:
        provider: Name of who runs the model.
        model: Is asked, within the run's budget.
        prompts: Of its calls by name: `summary`, `judge` ... as in `VARIABLES`.
        store: Keeps its replies.
        now: The clock, aware UTC.
        watch: See `Controls.watch`.
        batches: Orders drafts by batch; None when each is asked for at once.
    """

    provider: str
    model: MeteredModel
    prompts: Mapping[str, Prompt]
    store: Store
    now: Callable[[], datetime]
    watch: Watch = unwatched
    batches: Batches | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRequest:
    """What the model is asked for a paper's draft.

    Attributes:
        request: The question, the paper's text in it.
        basis: What that text was made from.
        key: Of the reply, in the store.
        abstract: That a translation is asked of; empty when none is.
    """

    request: ModelRequest
    basis: Basis
    key: str
    abstract: str = ""


def draft_request(
    paper: Paper, document: Document, config: Config, writer: SummaryWriter
) -> DraftRequest:
    """Make the question for a paper's draft; it is not asked yet.

    Where the abstract can be translated there are two, with and without that. The one
    that is configured is asked, but not where the other was paid for already.
    """
    language, abstract = config.output.language, paper.abstract.strip()

    def asking(of: str) -> DraftRequest:
        request, text = summary_request(
            paper,
            document,
            prompt=writer.prompts["summary"],
            language=language,
            max_chars=config.llm.max_input_chars,
            translation=writer.prompts["translation"] if of else None,
        )
        request = replace(request, step="first" if config.trust.judge else "only")
        key = reply_key(request, config.llm.model)
        return DraftRequest(request=request, basis=text.basis, key=key, abstract=of)

    if not needs_translation(abstract, language):
        return asking("")
    wanted, other = asking(abstract), asking("")
    if not config.output.translate_abstract:
        wanted, other = other, wanted
    kept = writer.store.reply
    return other if kept(wanted.key) is None and kept(other.key) else wanted


def comes_by_batch(draft: DraftRequest, writer: SummaryWriter) -> bool:
    """Whether a draft is ordered by batch; it is, if that is how drafts are bought.

    Raises:
        BudgetSpent: The run's budget does not allow it.
        SummaryError: Several batches had no usable reply for it.
    """
    if writer.batches is None or writer.store.reply(draft.key) is not None:
        return False
    return writer.batches.order(draft.request, key=draft.key)


def reply_key(request: ModelRequest, model_name: str) -> str:
    """The key of a reply in the store: all that was asked, and of whom."""
    asked = json.dumps(
        [
            request.paper_id,
            request.model or model_name,
            request.prompt,
            request.schema,
        ],
        sort_keys=True,
    )
    return hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest()
