"""How numbers are written: one spelling for their signs, the value of number words."""

from __future__ import annotations

import re
from fractions import Fraction

# --------------------------------------------------------------------------------------
# One spelling: every replacement is as long as what it replaces, so an offset into the
# plain text is an offset into the text that was handed in.
from chatpaper.text import spell_signs

# Stands where a character was that joins its neighbours: `$`, a brace, `{,}`.
GLUE = "\x01"
G = rf"[ {GLUE}]{{0,16}}"  # what may stand between the parts of a number

_FULL_WIDTH = "０１２３４５６７８９％＋／＝＜＞．ｘＸ"
_CHARACTERS = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
        **dict.fromkeys("～∼〜˜∽", "~"),
        **dict.fromkeys("✕✖⨯╳Х⨉", "×"),
        **dict.fromkeys(
            "\t\n\r\v\f\xa0\u2002\u2003\u2004\u2005\u2007\u2008\u3000", " "
        ),
        **dict.fromkeys("\u2006\u2009\u202f${}*", GLUE),
        **dict.fromkeys("\u02da\u00ba", "°"),
        **{char: chr(ord(char) - 0xFEE0) for char in _FULL_WIDTH},
        **dict(
            zip("﹪’個張條種項層組幀時鐘參", "%'个张条种项层组帧时钟参", strict=True)
        ),
    }
)
# Traditional and financial numerals, read only beside one another: 陆 is land as well.
_FORMAL = str.maketrans(
    "壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億兩", "一二二三三四五六六七八九十百千万亿两"
)
_FORMAL_RUN = re.compile(
    f"[{''.join(map(chr, _FORMAL))}零一二三四五六七八九十百千万亿]{{2,}}|[萬億兩]"
)

_RAISED_DEGREE = re.compile(rf"\^{GLUE}*(?=°)")
_THOUSANDS = re.compile(r"(?<=\d)\{,\}(?=\d{3})")

_PART = (
    r"(?:[Ff]ig(?:ure)?|[Tt]ab(?:le)?|[Ss]ec(?:tion)?|[Ee]q(?:uation)?|[Aa]lg(?:orithm)?"
    r"|[Aa]ppendix|[Cc]hapter|[Tt]heorem|[Ll]emma|[Pp]age|[Ll]ine|Proposition|Definition"
    r"|Corollary|Footnote)s?"
)
# Digits that count nothing.
_MASKS = tuple(
    re.compile(pattern)
    for pattern in (
        r"https?://[!-~]+|www\.[!-~]+|@(?:\.?\d[\d.:]*|[A-Za-z0-9-]+\.[A-Za-z][\w.]*)",
        r"ar[Xx]iv:?\s?\d{4}\.\d{4,5}(?:v\d+)?|doi:?\s?10\.\d{4,}/\S+",
        # marks of lists, at their beginning and inside
        rf"\A[-•#>†{GLUE} \t]*\d{{1,2}}(?:[.、．:：)）](?!\d)\s*|\.(?=[^\d\s%]))",
        r"(?<=[;；。，：])[ ]?\d{1,2}[)）](?=\s?\S)",
        # (3), SO(3), 0.26(1); [3, 17]; Fig. 2 and 3; 图4
        r"[（(]\d{1,2}[)）](?!\s*[eE×]|\d)|\[\d{1,3}(?:\s*[,;-]\s*\d{1,3})*\]",
        rf"(?<![A-Za-z]){_PART}\.?[ ~({GLUE}]*[A-Z]?\d+(?:\.\d+)*[a-z]?"
        r"(?:\)?\s*(?:,|-|and|&)\s*\(?\d+(?:\.\d+)*[a-z]?)*\)?",
        r"(?:[图表式节章]|方程|公式|算法|附录|定理)\s*\d+(?:\.\d+)*",
        # x_1, cm^{-3}, R^2, s^{-1}; but 10^5 is a number
        rf"(?:_|(?<=[^\d {GLUE}])\^|(?<=[^\d {GLUE}][ {GLUE}])\^)"
        rf"{G}[-+]?{G}\d+(?:[./]\d+)*",
        r"\d+[ -]?(?:自由度|[Dd]egrees?[ -]of[ -][Ff]reedom|[Dd][Oo][Ff])",
        # 文本2图像: 2 for "to"
        r"(?<=[\u4e00-\u9fff])2(?=图像|视频|文本|语音|动作|人脸|三维|场景)",
        r"\d{1,2}\s?月(?:\s?\d{1,2}\s?[日号])?",
    )
)


def plain(text: str) -> str:
    """Spell dashes, spaces, full-width digits and LaTeX marks one way.

    Returns:
        A text as long as the one handed in, character over character.
    """
    text = spell_signs(text, GLUE)
    text = _THOUSANDS.sub(_glue, text)
    text = _FORMAL_RUN.sub(lambda match: match.group().translate(_FORMAL), text)
    text = text.translate(_CHARACTERS)
    return _RAISED_DEGREE.sub(_glue, text)


def _glue(match: re.Match[str]) -> str:
    return GLUE * len(match.group())


def blank_out(text: str) -> str:
    """Blank digits that count nothing, offsets kept.

    Args:
        text: In plain spelling.
    """
    for pattern in _MASKS:
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    return text


# --------------------------------------------------------------------------------------
# The value of a number written in words, Chinese or English, or in both scripts.

_TO_TEN = "zero one two three four five six seven eight nine ten"
_TEENS = "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth"
EN_SMALL = {word: n for n, word in enumerate(f"{_TO_TEN} {_TEENS}".split())} | {
    word: 10 * n for n, word in enumerate(_TENS.split(), start=2)
}
EN_ORDINALS = {word: rank for rank, word in enumerate(_ORDINALS.split(), start=1)}
EN_SCALES = {"hundred": 10**2, "thousand": 10**3} | {
    word: 1000**n for n, word in enumerate(("million", "billion", "trillion"), start=2)
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
_AS_DIGITS = str.maketrans(ZH_DIGITS, "012345678920")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_DECIMAL = re.compile(r"(.+)点(\d+)([十百千万亿]*)")
_NO_NUMBER = re.compile(f"[{ZH_DIGITS}]{{2,3}}|.{{41,}}")  # 两三; 二〇二四 is one


def zh_value(text: str) -> Fraction | None:
    """Value of a Chinese numeral, which may hold digits: `三点二`, `13万2千`, `两百五`.

    Returns:
        None when the characters do not make a number.
    """
    if _NO_NUMBER.fullmatch(text):
        return None
    text = text.translate(_AS_DIGITS)
    decimal = _DECIMAL.fullmatch(text)
    if decimal is None:
        return _zh_whole(text)
    whole, digits, scale = decimal.groups()
    value, factor = _zh_whole(whole), _zh_whole(scale or "1")
    if value is None or factor is None:
        return None
    return (value + Fraction(int(digits), 10 ** len(digits))) * factor


def _zh_whole(text: str) -> Fraction | None:
    for scale, factor in ZH_SCALES.items():
        if scale in text:
            left, _, right = text.rpartition(scale)
            many, rest = _zh_whole(left or "1"), _zh_whole(right or "0")
            if many is None or rest is None or rest >= factor:
                return None
            if len(right) == 1 and factor > 10:
                rest *= factor // 10  # in 三万五 the last digit counts thousands
            return many * factor + rest
    return Fraction(text) if _DIGITS.fullmatch(text) else None


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
