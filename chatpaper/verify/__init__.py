"""Trust: what a summary says, held against what its paper prints."""

from chatpaper.verify.check import (
    look_up,
    look_up_labels,
    verify,
)
from chatpaper.verify.evidence import (
    Evidence,
)
from chatpaper.verify.form import (
    check_form,
    check_repeats,
)
from chatpaper.verify.index import (
    PaperIndex,
)
from chatpaper.verify.names import (
    Vocabulary,
    check_names,
    names_in,
)
from chatpaper.verify.numbers import (
    check_numbers,
    read_quantities,
    verify_claims_file,
)
from chatpaper.verify.quantities import (
    en_value,
    zh_value,
)
from chatpaper.verify.quotes import (
    Hit,
    find_quote,
)
from chatpaper.verify.verdicts import (
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

__all__ = [
    "Evidence",
    "Hit",
    "Judged",
    "Judgement",
    "PaperIndex",
    "Vocabulary",
    "check_form",
    "check_names",
    "check_numbers",
    "check_repeats",
    "en_value",
    "find_quote",
    "judge",
    "judge_request",
    "judge_version",
    "located",
    "look_up",
    "look_up_labels",
    "may_judge",
    "names_in",
    "passages_for_repair",
    "read_quantities",
    "read_verdicts",
    "verify",
    "verify_claims_file",
    "with_verdict",
    "zh_value",
]
