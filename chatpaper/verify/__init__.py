"""Trust: what a summary says, held against what its paper prints."""

from chatpaper.verify.check import look_up, look_up_labels, verify
from chatpaper.verify.index import PaperIndex
from chatpaper.verify.judge import (
    Judged,
    Judgement,
    judge,
    judge_request,
    judge_version,
    located,
    may_judge,
    passages_for_repair,
    read_verdicts,
    with_verdict,
)
from chatpaper.verify.numbers import verify_claims_file

__all__ = [
    "Judged",
    "Judgement",
    "PaperIndex",
    "judge",
    "judge_request",
    "judge_version",
    "located",
    "look_up",
    "look_up_labels",
    "may_judge",
    "passages_for_repair",
    "read_verdicts",
    "verify",
    "verify_claims_file",
    "with_verdict",
]
