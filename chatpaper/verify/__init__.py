"""Trust: what a summary says, held against what its paper prints."""

from chatpaper.verify.check import Tally, describe, verify, verify_title

__all__ = ["Tally", "describe", "verify", "verify_title"]
