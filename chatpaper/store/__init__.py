"""What outlives a run: the ledger, the replies paid for, and the lock."""

from chatpaper.store.excerpt import (
    Excerpt,
    copy_store,
    excerpt_of,
    put_excerpt,
)
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
    "Excerpt",
    "LedgerEntry",
    "PaidReply",
    "PendingPost",
    "Purpose",
    "State",
    "Store",
    "copy_store",
    "excerpt_of",
    "only_run",
    "put_excerpt",
]
