"""What outlives a run: the ledger, the replies paid for, and the lock."""

from chatpaper.store.asking import only_asker
from chatpaper.store.entries import LedgerEntry, State
from chatpaper.store.excerpt import (
    Excerpt,
    copy_store,
    excerpt_of,
    put_excerpt,
)
from chatpaper.store.folders import why_unwritable
from chatpaper.store.ledger import PendingPost, Store
from chatpaper.store.libraries import KeptLibrary
from chatpaper.store.lock import only_run
from chatpaper.store.receipts import Receipt
from chatpaper.store.replies import PaidReply, Purpose
from chatpaper.store.schema import ASKED
from chatpaper.store.texts import KeptPost, PostText

__all__ = [
    "ASKED",
    "Excerpt",
    "KeptLibrary",
    "KeptPost",
    "LedgerEntry",
    "PaidReply",
    "PendingPost",
    "PostText",
    "Purpose",
    "Receipt",
    "State",
    "Store",
    "copy_store",
    "excerpt_of",
    "only_asker",
    "only_run",
    "put_excerpt",
    "why_unwritable",
]
