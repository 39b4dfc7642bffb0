"""Trust: what a summary says, held against what its paper prints."""

from chatpaper.verify.check import (
    Tally,
    describe,
    keep_sound_labels,
    verify,
    verify_title,
)
from chatpaper.verify.numbers import verify_claims_file

__all__ = [
    "Tally",
    "describe",
    "keep_sound_labels",
    "verify",
    "verify_claims_file",
    "verify_title",
]
