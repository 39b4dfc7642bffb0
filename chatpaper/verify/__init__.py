"""Trust: what a summary says, held against what its paper prints."""

from chatpaper.verify.check import look_up, look_up_labels, verify
from chatpaper.verify.index import PaperIndex
from chatpaper.verify.numbers import verify_claims_file

__all__ = [
    "PaperIndex",
    "look_up",
    "look_up_labels",
    "verify",
    "verify_claims_file",
]
