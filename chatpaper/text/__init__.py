"""Pure functions of text that any room may use: LaTeX, characters, sentences."""

from chatpaper.text.characters import (
    CLASS,
    compact,
    fold,
    han_punctuation,
    json_line,
    one_line,
    unaccented,
    unbroken,
    without_controls,
    words_of,
)
from chatpaper.text.days import (
    parse_day,
)
from chatpaper.text.doi import (
    is_doi,
    read_doi,
)
from chatpaper.text.file_names import (
    file_stem,
    is_file_name,
    short_hash,
)
from chatpaper.text.formulas import (
    blank_formulas,
    find_formulas,
)
from chatpaper.text.latex import (
    decode,
    plain_formulas,
    spell_signs,
    without_latex,
)
from chatpaper.text.leaks import (
    Leak,
    LeakKind,
    find_leaks,
)
from chatpaper.text.math_commands import harmless_formulas, is_harmless
from chatpaper.text.sentences import (
    MAX_CHARS,
    MIN_CHARS,
    STOPWORDS,
    Role,
    Sentence,
    content_words,
    fit_to_show,
    paper_sentences,
    sentence_ends,
    split_sentences,
)
from chatpaper.text.withdrawal import says_withdrawn

__all__ = [
    "CLASS",
    "MAX_CHARS",
    "MIN_CHARS",
    "STOPWORDS",
    "Leak",
    "LeakKind",
    "Role",
    "Sentence",
    "blank_formulas",
    "compact",
    "content_words",
    "decode",
    "file_stem",
    "find_formulas",
    "find_leaks",
    "fit_to_show",
    "fold",
    "han_punctuation",
    "harmless_formulas",
    "is_doi",
    "is_file_name",
    "is_harmless",
    "json_line",
    "one_line",
    "paper_sentences",
    "parse_day",
    "plain_formulas",
    "read_doi",
    "says_withdrawn",
    "sentence_ends",
    "short_hash",
    "spell_signs",
    "split_sentences",
    "unaccented",
    "unbroken",
    "without_controls",
    "without_latex",
    "words_of",
]
