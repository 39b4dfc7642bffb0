"""Numbers written in Chinese and English words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from chatpaper.verify.notation import (
    EN_FRACTIONS,
    EN_IMPLIED,
    EN_ORDINALS,
    EN_SCALES,
    EN_SMALL,
    GLUE,
    ZH_DIGITS,
    G,
    en_value,
    zh_value,
)
from chatpaper.verify.quantities import (
    BARE,
    COUNTED,
    RANK,
    SHARE,
    TIMES,
    UNITS,
    Quantity,
    new_quantity,
    take_unit,
)

_ANY = f"{ZH_DIGITS}十百千万亿"
_POINTED = f"[{_ANY}]+(?:点[{ZH_DIGITS}]+[万亿]*)?(?<!点)"
_TO_NINE = "[一二两三四五六七八九]"
# 参数, 系数, 倍数 ...: 数 as the end of a noun, not "some".
_NOUNS = (
    "参系函指个分变倍多少次阶代维基对级总人位帧点像张算常底层计整实复奇偶负正质无岁件页"
)
_ZH = re.compile(
    rf"(?<![第{_ANY}数几])(?<!进(?=一步))(?P<minus>负|零下)?(?:"
    rf"(?P<whole>[{_ANY}]+)分之(?P<part>{_POINTED})"
    rf"|(?P<some>(?:(?<![{_NOUNS}])数|几|[上近](?=[百千万亿]))[十百千万亿]+"
    rf"|(?:{_TO_NINE}?十|{_TO_NINE}百)几)"
    rf"|(?P<low>十?{_TO_NINE})(?P<high>{_TO_NINE})(?P<scale>[十百千万亿]*)(?![{_ANY}点])"
    rf"|(?P<num>{_POINTED}))"
)
_HALF = re.compile(
    r"一半|半数|减半|过半|对半|(?<![一两二三四五六七八九十大多过上下前后])半"
    r"(?=个?小时|天|年|分钟|秒|个月)"
)
_TENTHS = re.compile(
    rf"(?P<tens>{_TO_NINE})成(?P<ones>{_TO_NINE}|半)?(?=[的以左，。；、]|$)"
)
_DOUBLED = re.compile(r"翻了?(?:(?P<times>[一两二三四])番|倍)|加倍")
_RANKED = re.compile(
    rf"第([{_ANY}]+)(?:名|位|天|百分位)|(?:排名|位列|位居|名列)第([{_ANY}]+)"
)
# 三次样条, 十分, 百科, 三角: numerals inside a word.
_WITHIN_WORD = re.compile(
    r"次(?:样条|曲线|多项式|插值|方|元|型|贝塞尔|B|项)|步走|项式|分(?![之支])|位一体|重(?!要)|人称|类似|个人|层楼"
)
_TWO_COUNTS = ("阶段", "步", "级", "分支")  # 二 elsewhere: 二维, 二分类, 二次
_ONE_COUNTS = re.compile(
    rf"{G}(?:个?数量级|个?小时|分钟|秒(?!级)|天|周|个?月|个星期|倍)"
)

_WORD = re.compile(r"(?<![A-Za-z])[A-Za-z]+(?![A-Za-z])")
_NEXT = re.compile(rf"[ {GLUE}-]+(?:and )?([A-Za-z]+)\b")
_ONE = re.compile(
    r"(?i)(?<![A-Z])(?:(half)(?:[ -]an?)?|an?)[ -]"
    r"(?=(?:second|minute|hour|day|week|month|year|decade|century"
    r"|order[ -]of[ -]magnitude)s?\b)"
)
_SOME = {"tens": 10, "dozens": 10} | {f"{w}s": v for w, v in EN_SCALES.items()}
_OF = re.compile(rf"(?i)[ {GLUE}]+of[ {GLUE}]+(thousands|millions|billions)\b")
_MAX_WORDS = 20  # more make no number
_BEST = {"wins", "winner", "winners", "winning", "won", "champion", "best", "top"}


def read_words(spelt: str) -> Iterator[Quantity]:
    """Read the numbers written in words, Chinese ones first.

    Args:
        spelt: In plain spelling, marks and references blanked.
    """
    yield from _chinese(spelt)
    for match in _ONE.finditer(spelt):
        unit, end = take_unit(spelt, match.end())
        yield new_quantity(
            spelt, match.start(), end, Fraction(1, 2 if match[1] else 1), unit
        )
    end = 0
    for match in _WORD.finditer(spelt):
        quantity = _english(spelt, match) if match.start() >= end else None
        if quantity is not None:
            end = quantity.end
            yield quantity


def read_ordinals(spelt: str) -> Iterator[Quantity]:
    """Read `third` and `best`, which bear out a rank."""
    for match in _WORD.finditer(spelt):
        word = match.group().lower()
        rank = 1 if word in _BEST else EN_ORDINALS.get(word)
        if rank is not None:
            yield new_quantity(spelt, *match.span(), rank, RANK)


# ---------------------------------------------------------------- Chinese


def _chinese(spelt: str) -> Iterator[Quantity]:
    for match in _HALF.finditer(spelt):
        (start, end), unit = match.span(), SHARE
        if match.group() == "半":
            unit, end = take_unit(spelt, end)
        yield new_quantity(spelt, start, end, Fraction(1, 2), unit)
    for match in _TENTHS.finditer(spelt):
        ones = "5" if match["ones"] == "半" else match["ones"] or "零"
        percent = zh_value(f"{match['tens']}十{ones}") or Fraction(0)
        yield new_quantity(spelt, *match.span(), percent, UNITS["%"])
    for match in _DOUBLED.finditer(spelt):
        times = zh_value(match["times"] or "一") or Fraction(1)
        yield new_quantity(spelt, *match.span(), 2 ** int(times), TIMES)
    for match in _RANKED.finditer(spelt):
        rank = zh_value(match[1] or match[2])
        if rank:
            yield new_quantity(spelt, *match.span(), rank, RANK)
    for match in _ZH.finditer(spelt):
        quantity = _share(spelt, match) if match["part"] else _number(spelt, match)
        if quantity is not None:
            yield quantity


def _share(spelt: str, match: re.Match[str]) -> Quantity | None:
    """三分之二, 百分之八十五点五, 百万分之三."""
    whole, part = zh_value(match["whole"]), zh_value(match["part"])
    if not whole or part is None:
        return None
    return new_quantity(spelt, *match.span(), part / whole, SHARE)


def _number(spelt: str, match: re.Match[str]) -> Quantity | None:
    (start, end), numeral = match.span(), match["num"]
    unit, stop = take_unit(spelt, end)
    if spelt[stop - 1].isascii() and spelt[stop - 1].isalpha():
        unit, stop = BARE, end  # no Chinese numeral before a Latin unit
    counted = None if unit else COUNTED.match(spelt, end)
    stop = counted.end() if counted else stop
    spread = _spread(match)
    if spread:
        # A lone 万 or 百 is part of a word.
        sure = numeral is None or len(numeral) > 1 or counted or unit
        least, most = spread
        return (
            new_quantity(spelt, start, stop, least, unit, below=most) if sure else None
        )
    value = zh_value(numeral or match.group())
    if value is None or not (unit or _is_number(spelt, match, counted)):
        return None
    if numeral == "一" and not _ONE_COUNTS.match(spelt, end):
        return None  # an article
    if unit.dimension == "s" and 1900 <= value <= 2100:
        unit = BARE  # 二〇二四年
    sign = -1 if match["minus"] else 1
    is_counted = counted is not None
    return new_quantity(spelt, start, stop, sign * value, unit, counted=is_counted)


def _spread(match: re.Match[str]) -> tuple[Fraction, Fraction] | None:
    """The least and the greatest value of 数百, 十几, 三四十; of 百万 in 百万参数."""
    some, numeral = match["some"], match["num"]
    if some and some.endswith("几"):
        least = zh_value(some[:-1]) or Fraction(10)
        return least, least + (9 if least < 100 else 99)
    if some or (numeral and numeral[0] != "十" and not numeral.strip("十百千万亿")):
        least = zh_value("一" + (some[1:] if some else numeral)) or Fraction(1)
        return least, 10 * least - 1
    if match["low"]:
        ten = 10 if len(match["low"]) > 1 else 0
        low, high = (zh_value(match[key][-1]) or 0 for key in ("low", "high"))
        scale = zh_value("一" + match["scale"]) or 1
        if high - low == 1 or (low == 3 and high == 5):
            return Fraction((ten + low) * scale), Fraction((ten + high) * scale)
    return None


def _is_number(spelt: str, match: re.Match[str], counted: re.Match[str] | None) -> bool:
    """Whether a numeral without a unit counts something, and is not in a word."""
    numeral = match["num"] or ""
    if numeral == "零" or _WITHIN_WORD.match(spelt, match.end()):
        return False
    if numeral == "二":
        return counted is not None and counted.group() in _TWO_COUNTS
    is_long = numeral[:1] != "十" and any(c in numeral[1:] for c in "十百千万亿点")
    return counted is not None or is_long or match["minus"] is not None


# ---------------------------------------------------------------- English


def _english(spelt: str, match: re.Match[str]) -> Quantity | None:
    word, (start, end) = match.group().lower(), match.span()
    if word in _SOME:
        more = _OF.match(spelt, end)
        least = _SOME[word] * (_SOME[more[1].lower()] if more else 1)
        end = more.end() if more else end
        return new_quantity(spelt, start, end, least, below=10 * least - 1)
    if word in EN_FRACTIONS:
        alone = word in EN_ORDINALS and not spelt.endswith("a ", 0, start)
        share = Fraction(1, EN_FRACTIONS[word])
        return None if alone else new_quantity(spelt, start, end, share, SHARE)
    if word in EN_IMPLIED:
        return new_quantity(spelt, start, end, EN_IMPLIED[word])
    if en_value([word]) is None:
        return None
    words, more = [word], _NEXT.match(spelt, end)
    while more and len(words) < _MAX_WORDS and _goes_on(words, more, spelt):
        words.append(more[1].lower())
        end = more.end()
        more = _NEXT.match(spelt, end)
    value = en_value(words) or Fraction(0)
    part = more[1].lower() if more else ""
    if more and part == "fold":
        return new_quantity(spelt, start, more.end(), value, TIMES)
    parts = EN_FRACTIONS.get(part, 0)
    if more and value < parts:
        return new_quantity(spelt, start, more.end(), value / parts, SHARE)
    unit, end = take_unit(spelt, end)
    return new_quantity(spelt, start, end, value, unit)


def _goes_on(words: list[str], more: re.Match[str], spelt: str) -> bool:
    """Whether the next word belongs to the number, as after "two": point five."""
    if more[1].lower() == "point" and "point" not in words:
        digit = _NEXT.match(spelt, more.end())
        return digit is not None and EN_SMALL.get(digit[1].lower(), 10) < 10
    return en_value([*words, more[1].lower()]) is not None
