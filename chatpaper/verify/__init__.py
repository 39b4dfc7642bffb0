"""Checks of what a summary says against what its paper prints."""

from chatpaper.verify.claims_file import verify_claims_file
from chatpaper.verify.form import check_form, check_repeats
from chatpaper.verify.lookup import (
    PaperIndex,
    look_up,
    look_up_labels,
    look_up_title,
    verify,
)
from chatpaper.verify.notation import en_value, zh_value
from chatpaper.verify.numbers import check_numbers, read_quantities
from chatpaper.verify.passages import nearest_sentences
from chatpaper.verify.printed_text import PrintedText
from chatpaper.verify.quotes import LocatedQuote, find_quote
from chatpaper.verify.verdicts import (
    TITLE,
    Judgements,
    TitleItem,
    judge,
    judge_request,
    judge_version,
    located_quotes,
    may_judge,
    may_judge_title,
    passages_for_repair,
    read_verdicts,
    with_verdict,
    words_shown,
)
from chatpaper.verify.vocabulary import (
    LEFT_IN_ENGLISH,
    Vocabulary,
    check_names,
    names_in,
)

__all__ = [
    "LEFT_IN_ENGLISH",
    "TITLE",
    "Judgements",
    "LocatedQuote",
    "PaperIndex",
    "PrintedText",
    "TitleItem",
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
    "located_quotes",
    "look_up",
    "look_up_labels",
    "look_up_title",
    "may_judge",
    "may_judge_title",
    "names_in",
    "nearest_sentences",
    "passages_for_repair",
    "read_quantities",
    "read_verdicts",
    "verify",
    "verify_claims_file",
    "with_verdict",
    "words_shown",
    "zh_value",
]
