"""What outlives a run: the ledger, the replies paid for, and the lock."""

from chatpaper.store.ledger import (
    LedgerEntry,
    PaidReply,
    PendingPost,
    Purpose,
    State,
    Store,
)
from chatpaper.store.lock import only_run

__all__ = [
    "LedgerEntry",
    "PaidReply",
    "PendingPost",
    "Purpose",
    "State",
    "Store",
    "only_run",
]
