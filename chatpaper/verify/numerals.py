"""Numbers written in words, Chinese and English, and the value of each."""

from __future__ import annotations

import re
from decimal import Decimal

_ZH_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_ZH_TENS = {"十": 10, "百": 100, "千": 1000}
_ZH_GROUPS = {"万": 10**4, "亿": 10**8}

_UP_TO_NINETEEN = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen
    fourteen fifteen sixteen seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth"
_EN_DIGITS = {word: value for value, word in enumerate(_UP_TO_NINETEEN.split())}
_EN_TENS = {word: 10 * value for value, word in enumerate(_TENS.split(), start=2)}
EN_SCALES = {
    "hundred": 10**2,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
# "zero" is read in no paper as a count: zero-shot, zero-mean.
EN_WORDS = (*list(_EN_DIGITS)[1:], *_EN_TENS)

# Words that say a number without naming it: `both views`, `a dual-path encoder`.
EN_IMPLIED = {
    "single": 1,
    "both": 2,
    "dual": 2,
    "duo": 2,
    "double": 2,
    "doubled": 2,
    "doubles": 2,
    "doubling": 2,
    "twin": 2,
    "twice": 2,
    "twofold": 2,
    "pair": 2,
    "couple": 2,
    "triple": 3,
    "triples": 3,
    "tripled": 3,
    "thrice": 3,
    "threefold": 3,
    "trio": 3,
    "triad": 3,
    "ternary": 3,
    "fourfold": 4,
    "quadruple": 4,
    "quad": 4,
    "quadrupled": 4,
    "fivefold": 5,
    "tenfold": 10,
    "dozen": 12,
}
EN_FRACTIONS = {
    "half": 2,
    "halves": 2,
    "halved": 2,
    "halve": 2,
    "halving": 2,
    "third": 3,
    "thirds": 3,
    "quarter": 4,
    "quarters": 4,
    "fifth": 5,
    "fifths": 5,
    "sixth": 6,
    "eighth": 8,
    "tenth": 10,
    "twentieth": 20,
    "hundredth": 100,
}
EN_ORDINALS = {word: rank for rank, word in enumerate(_ORDINALS.split(), start=1)}


def zh_value(text: str) -> int | None:
    """Value of a Chinese numeral: `两百五十` 250, `一千二` None (left unread).

    Returns:
        None when the characters do not make a number.
    """
    total = group = digit = 0
    last_was_digit = False
    for char in text:
        if char in _ZH_DIGITS:
            if last_was_digit and digit:
                return None
            digit, last_was_digit = _ZH_DIGITS[char], True
            continue
        if char in _ZH_TENS:
            group += (digit if last_was_digit and digit else 1) * _ZH_TENS[char]
        elif char in _ZH_GROUPS:
            total = (total + group + digit or 1) * _ZH_GROUPS[char]
            group = 0
        else:
            return None
        digit, last_was_digit = 0, False
    return total + group + digit


def en_value(words: list[str]) -> Decimal | None:
    """Value of English number words: `["twenty", "five"]` 25.

    Returns:
        None when the words do not make a number.
    """
    total = part = 0
    for word in words:
        if word in _EN_DIGITS or word in _EN_TENS:
            value = _EN_DIGITS.get(word, _EN_TENS.get(word, 0))
            if part % 10 or (part and value >= 10 and part % 100):
                return None
            part += value
        elif word == "hundred":
            part = (part or 1) * 100
        elif word in EN_SCALES:
            total, part = total + (part or 1) * EN_SCALES[word], 0
        else:
            return None
    return Decimal(total + part)


def alternatives(words: tuple[str, ...] | list[str]) -> str:
    """A pattern for any of the words, grouped by first letter so that it fails fast."""
    grouped: dict[str, list[str]] = {}
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        grouped.setdefault(word[0], []).append(
            re.escape(word[1:]).replace(r"\ ", "[ -]")
        )
    return "|".join(
        f"{re.escape(first)}(?:{'|'.join(rest)})"
        for first, rest in sorted(grouped.items())
    )
