"""What a translated abstract must have beside what any claim must."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chatpaper.records import Finding
from chatpaper.text import find_formulas
from chatpaper.verify.vocabulary import INDEXED

# Chinese characters for each word of the abstract: of thirteen translations by hand,
# from 1.49 to 1.93. One that leaves out a third of its sentences has 1.1.
MIN_PER_WORD, MAX_PER_WORD = 1.15, 2.8
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{2,}|\d+(?:\.\d+)?")


def check_translation(text: str, abstract: str) -> Iterator[Finding]:
    """Formulas that the abstract does not have, and a length that is not its own.

    Args:
        text: The translation.
        abstract: As printed.
    """
    for formula in dict.fromkeys(_formulas(text)):
        if _bare(formula) not in _bare(abstract):
            reason = "the formula is nowhere in the abstract"
            yield Finding(kind="name", text=formula, reason=reason)
    words, length = len(_WORD.findall(abstract)), len(_letters(text))
    if not MIN_PER_WORD * words <= length <= MAX_PER_WORD * words:
        reason = f"{length} characters for {words} words: not all of it, or more"
        yield Finding(kind="form", text=text[:80], reason=reason)


def _formulas(text: str) -> Iterator[str]:
    yield from (found.body for found in find_formulas(text))
    yield from (match.group() for match in INDEXED.finditer(text))


def _bare(text: str) -> str:
    """Without spaces, braces and dollars, in which two hands differ."""
    return re.sub(r"[\s{}$]", "", text.replace("＼", "\\"))


def _letters(text: str) -> list[str]:
    """Chinese characters, and words and numbers that stand among them."""
    return [*_HAN.findall(text), *_WORD.findall(text)]
