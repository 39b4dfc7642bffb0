"""Pure functions of text that any room may use: LaTeX, characters, sentences."""

from chatpaper.text.characters import (
    CLASS,
    json_line,
    unbroken,
)
from chatpaper.text.latex import (
    decode,
    fold,
)
from chatpaper.text.leaks import (
    Leak,
    LeakKind,
    find_leaks,
)
from chatpaper.text.sentences import (
    MAX_CHARS,
    MIN_CHARS,
    STOPWORDS,
    Role,
    Sentence,
    content_words,
    fit_to_show,
    paper_sentences,
    split_sentences,
)

__all__ = [
    "CLASS",
    "MAX_CHARS",
    "MIN_CHARS",
    "STOPWORDS",
    "Leak",
    "LeakKind",
    "Role",
    "Sentence",
    "content_words",
    "decode",
    "find_leaks",
    "fit_to_show",
    "fold",
    "json_line",
    "paper_sentences",
    "split_sentences",
    "unbroken",
]
