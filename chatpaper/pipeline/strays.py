"""Replies of a batch that came without a name: are they of the paper they stand for?"""

from __future__ import annotations

import logging

from chatpaper.pipeline.drafts import DraftRequest, SummaryWriter
from chatpaper.summary import read_summary
from chatpaper.verify import PaperIndex, located_quotes

log = logging.getLogger(__name__)

# Of a paper's own draft, at least so many quotes are found in it; a few may be faulty.
OWN_QUOTES = 0.8


def discard_stray_reply(
    draft: DraftRequest, index: PaperIndex, writer: SummaryWriter
) -> None:
    """Forget a draft that came without a name, and is not of this paper.

    A paper's own draft quotes it: nearly all of its quotes are found there.
    """
    reply = writer.store.reply(draft.key)
    if reply is None or not reply.by_order:
        return
    claims = read_summary(reply.text).value.claims
    quotes = sum(len(claim.evidence) for claim in claims)
    found = sum(len(located_quotes(claim, index)) for claim in claims)
    if quotes and found >= OWN_QUOTES * quotes:
        return
    reason = f"the batch's reply is of another paper: {found} of {quotes} quotes found"
    log.warning("reply discarded paper=%s: %s", reply.paper_id, reason)
    writer.store.forget_replies(reply.paper_id)
    if writer.batches is not None:
        writer.batches.reject(reply.paper_id, draft.key, reason)
