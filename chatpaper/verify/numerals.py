"""The value of a number written in words, Chinese or English, or in both scripts."""

from __future__ import annotations

import re
from fractions import Fraction

_TO_TEN = "zero one two three four five six seven eight nine ten"
_TEENS = "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth"
EN_SMALL = {word: n for n, word in enumerate(f"{_TO_TEN} {_TEENS}".split())} | {
    word: 10 * n for n, word in enumerate(_TENS.split(), start=2)
}
EN_ORDINALS = {word: rank for rank, word in enumerate(_ORDINALS.split(), start=1)}
EN_SCALES = {
    "hundred": 10**2,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
# Words that say a number without naming it: `both views`, `a dual-path encoder`.
_IMPLIED = {
    2: "both dual duo twin pair couple double doubled doubles doubling twice twofold",
    3: "triple triples tripled tripling threefold thrice trio triad ternary",
    4: "quadruple quadruples quadrupled fourfold quad",
    5: "fivefold",
    10: "tenfold",
    12: "dozen",
}
EN_IMPLIED = {word: n for n, words in _IMPLIED.items() for word in words.split()}
_PARTS = {2: "half halves halved halve halving", 4: "quarter quarters"}
_NTHS = {3: "third", 5: "fifth", 6: "sixth", 8: "eighth", 10: "tenth", 100: "hundredth"}
EN_FRACTIONS = {word: n for n, words in _PARTS.items() for word in words.split()} | {
    word + ending: n for n, word in _NTHS.items() for ending in ("", "s")
}

ZH_DIGITS = "零一二三四五六七八九两〇"
ZH_SCALES = {"亿": 10**8, "万": 10**4, "千": 10**3, "百": 100, "十": 10}
MAX_NUMERALS = 40  # longer runs are no numbers
_ARABIC = re.compile(r"\d+(?:\.\d+)?")


def zh_value(text: str) -> Fraction | None:
    """Value of a Chinese numeral, which may hold digits: `三点二`, `13万2千`, `两百五`.

    Returns:
        None when the characters do not make a number.
    """
    if len(text) > MAX_NUMERALS:
        return None
    whole, point, decimals = text.partition("点")
    if not point:
        return _zh_whole(text)
    digits = decimals.rstrip("十百千万亿")
    scale = _zh_whole(decimals[len(digits) :] or "一")
    value = _zh_whole(whole)
    if value is None or scale is None or not digits or set(digits) - set(ZH_DIGITS):
        return None
    return (value + Fraction(_positional(digits), 10 ** len(digits))) * scale


def _zh_whole(text: str) -> Fraction | None:
    for scale, factor in ZH_SCALES.items():
        if scale in text:
            left, _, right = text.rpartition(scale)
            many = _zh_whole(left) if left else Fraction(1)
            rest = _zh_rest(right, factor)
            return None if many is None or rest is None else many * factor + rest
    if _ARABIC.fullmatch(text):
        return Fraction(text)
    spelt = bool(text) and not set(text) - set(ZH_DIGITS)
    # 两三 is no number of two digits; 二〇二四 is one of four.
    if not spelt or (len(text) > 1 and len(text.lstrip("零〇")) > 1 and len(text) < 4):
        return None
    return Fraction(_positional(text))


def _zh_rest(text: str, factor: int) -> Fraction | None:
    """What follows a scale: in 三万五 the last digit counts thousands."""
    if not text:
        return Fraction(0)
    value = _zh_whole(text.lstrip("零〇") or "零")
    if value is not None and len(text) == 1 and factor > 10:
        value *= factor // 10
    return value if value is not None and value < factor else None


def _positional(digits: str) -> int:
    value = 0
    for char in digits:
        value = 10 * value + {"两": 2, "〇": 0}.get(char, ZH_DIGITS.index(char))
    return value


def en_value(words: list[str]) -> Fraction | None:
    """Value of English number words: `["zero", "point", "five"]` 1/2.

    Returns:
        None when the words do not make a number.
    """
    if "point" in words:
        at = words.index("point")
        digits = [EN_SMALL.get(word, 99) for word in words[at + 1 :]]
        whole = en_value(words[:at])
        if whole is None or any(digit > 9 for digit in digits):
            return None
        return whole + Fraction(int("0" + "".join(map(str, digits))), 10 ** len(digits))
    total = part = 0
    for word in words:
        value = EN_SMALL.get(word)
        if value is not None:
            if part % 10 or (part and value >= 10 and part % 100):
                return None
            part += value
        elif word == "hundred":
            part = (part or 1) * 100
        elif word in EN_SCALES:
            total, part = total + (part or 1) * EN_SCALES[word], 0
        else:
            return None
    return Fraction(total + part)
